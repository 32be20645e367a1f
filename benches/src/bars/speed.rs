//! Ratios of processor time: how much more than the least that has to be done, and how much less than
//! others take.

use std::error::Error;

use super::lab::{itself, scan, show};
use super::{Bar, Bars, Lab, Limit, Rules};
use crate::corpus::{Cached, Profile};
use crate::measure::{Contender, Usage, compare};
use crate::{programs, rules, share};

/// Files of the usual corpus: some 340 MB inflated.
const FILES: u64 = 64;
/// Files for other engines, which take long.
const FEW_FILES: u64 = 16;
/// Above what is inflated as a whole.
const LONG: u64 = 200_000_000;

/// What each of a few programs took.
fn cpu<const N: usize>(
    lab: &Lab,
    corpus: &Cached,
    contenders: [Contender; N],
) -> Result<[f64; N], Box<dyn Error>> {
    let usages = lab.compare(corpus, &contenders)?;
    let cpu: Vec<f64> = usages.iter().map(|usage| usage.cpu).collect();
    cpu.try_into().map_err(|_| "a run is missing".into())
}

fn inflating(corpus: &Cached) -> Result<Contender, Box<dyn Error>> {
    itself("inflating with libdeflate", "inflate-whole", &[&corpus.folder])
}

pub fn whole(lab: &Lab) -> Bars {
    let corpus = lab.corpus(Profile::Usual, FILES)?;
    println!("    {}", share::describe(&corpus)?);
    let program = lab.program(Rules::Usual)?;
    let scan = scan("scan", &program, &corpus.folder, Some(1));
    let [floor, scan] = cpu(lab, &corpus, [inflating(&corpus)?, scan])?;
    Ok(vec![Bar::ratio("scan ÷ inflating whole files with libdeflate", scan / floor, 1.40)])
}

pub fn streaming(lab: &Lab) -> Bars {
    let corpus = lab.long_files(2, LONG)?;
    let program = lab.program(Rules::Usual)?;
    let floor = itself("inflating with flate2", "inflate-stream", &[&corpus.folder])?;
    let scan = scan("scan", &program, &corpus.folder, Some(1));
    let [floor, scan] = cpu(lab, &corpus, [floor, scan])?;
    Ok(vec![Bar::ratio("scan of large files ÷ inflating a stream", scan / floor, 1.45)])
}

pub fn rules(lab: &Lab) -> Bars {
    let corpus = lab.corpus(Profile::Usual, FILES)?;
    let usual = scan("scan", &lab.program(Rules::Usual)?, &corpus.folder, Some(1));
    let program = lab.program(Rules::Thousand)?;
    let thousand = scan("scan with 1,000 rules", &program, &corpus.folder, Some(1));
    let [usual, thousand] = cpu(lab, &corpus, [usual, thousand])?;
    Ok(vec![Bar::ratio("scan with 1,000 rules ÷ with the usual ones", thousand / usual, 1.05)])
}

pub fn peers(lab: &Lab) -> Bars {
    let bar = |value| Bar {
        name: "the fastest other engine ÷ scan".into(),
        value,
        limit: Limit::AtLeast(12.0),
        unit: "×",
    };
    if !cfg!(feature = "peers") {
        return Ok(vec![bar(Err("built without the feature `peers`".into()))]);
    }
    let corpus = lab.corpus(Profile::Usual, FEW_FILES)?;
    let program = lab.program(Rules::Usual)?;
    let scan = scan("scan", &program, &corpus.folder, Some(1));
    let own = rules::own();
    let rsigma = itself("rsigma", "rsigma", &[&corpus.folder, &own])?;
    let sigma_rust = itself("sigma-rust", "sigma-rust", &[&corpus.folder, &own])?;
    let programs = [inflating(&corpus)?, scan, rsigma, sigma_rust];
    let [floor, scan, rsigma, sigma_rust] = cpu(lab, &corpus, programs)?;
    println!("    rsigma {:.1} ×, sigma-rust {:.1} ×", rsigma / scan, sigma_rust / scan);
    println!("    rsigma ÷ inflating {:.1} ×", rsigma / floor);
    Ok(vec![bar(Ok(rsigma.min(sigma_rust) / scan))])
}

pub fn portable(lab: &Lab) -> Bars {
    let name = "scan without special instructions ÷ inflating";
    if !programs::has_feature("portable")? {
        let (value, limit) = (Err("no such feature".into()), Limit::AtMost(2.0));
        return Ok(vec![Bar { name: name.into(), value, limit, unit: "×" }]);
    }
    let corpus = lab.corpus(Profile::Usual, FILES)?;
    let program = lab.portable_program(Rules::Usual)?;
    let scan = scan("scan without special instructions", &program, &corpus.folder, Some(1));
    let [floor, scan] = cpu(lab, &corpus, [inflating(&corpus)?, scan])?;
    Ok(vec![Bar::ratio(name, scan / floor, 2.0)])
}

pub fn threads(lab: &Lab) -> Bars {
    let corpus = lab.corpus(Profile::Usual, FILES)?;
    let program = lab.program(Rules::Usual)?;
    let usages = lab.compare(
        &corpus,
        &[
            scan("scan on 1 thread", &program, &corpus.folder, Some(1)),
            scan("scan on 2 threads", &program, &corpus.folder, Some(2)),
        ],
    )?;
    let walls: Vec<f64> = usages.iter().map(|Usage { wall, .. }| *wall).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let value = match walls[..] {
        [one, two] if cores > 1 => Ok(one / two),
        _ => Err("one processor only".into()),
    };
    let name = "time of a scan on 1 thread ÷ on 2".into();
    Ok(vec![Bar { name, value, limit: Limit::AtLeast(1.85), unit: "×" }])
}

pub fn catch_all(lab: &Lab) -> Bars {
    let program = lab.program(Rules::Usual)?;
    let corpora =
        [lab.corpus(Profile::HitNothing, FEW_FILES)?, lab.corpus(Profile::HitCatchAll, FEW_FILES)?];
    let contenders = [
        scan("no record matches", &program, &corpora[0].folder, Some(1)),
        scan("every record matches", &program, &corpora[1].folder, Some(1)),
    ];
    let usages = compare(&contenders, lab.rounds)?;
    let mut per_record = Vec::new();
    for ((corpus, contender), usage) in corpora.iter().zip(&contenders).zip(&usages) {
        show(corpus, contender, usage);
        per_record.push(usage.cpu / corpus.size.records as f64);
    }
    let [nothing, all] = per_record[..] else {
        return Err("a run is missing".into());
    };
    Ok(vec![Bar::ratio("a record that matches ÷ one that does not", all / nothing, 2.0)])
}

pub fn keywords(lab: &Lab) -> Bars {
    if !rules::keyword().exists() {
        let (value, limit) = (Err("no such rules".into()), Limit::AtMost(3.0));
        return Ok(vec![Bar {
            name: "scan with a keyword rule ÷ without".into(),
            value,
            limit,
            unit: "×",
        }]);
    }
    let corpus = lab.corpus(Profile::Usual, FEW_FILES)?;
    let usual = scan("scan", &lab.program(Rules::Usual)?, &corpus.folder, Some(1));
    let program = lab.program(Rules::Keyword)?;
    let keyword = scan("scan with a keyword rule", &program, &corpus.folder, Some(1));
    let [usual, keyword] = cpu(lab, &corpus, [usual, keyword])?;
    Ok(vec![Bar::ratio("scan with a keyword rule ÷ without", keyword / usual, 3.0)])
}
