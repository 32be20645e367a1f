//! The rules to measure with, and directories of many rules made of them.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::corpus::Generator;
use crate::floor::files;
use crate::random::Random;

const SERVICES: [&str; 20] = [
    "appstream",
    "appsync",
    "batch",
    "cloud9",
    "codeartifact",
    "comprehend",
    "connect",
    "datasync",
    "devicefarm",
    "directconnect",
    "fsx",
    "gamelift",
    "iot",
    "kendra",
    "lightsail",
    "mediaconvert",
    "neptune",
    "quicksight",
    "transfer",
    "workspaces",
];
const VERBS: [&str; 12] = [
    "Create",
    "Delete",
    "Update",
    "Put",
    "Attach",
    "Detach",
    "Enable",
    "Disable",
    "Associate",
    "Disassociate",
    "Start",
    "Modify",
];
const NOUNS: [&str; 30] = [
    "AccessPolicy",
    "Alias",
    "Application",
    "Channel",
    "Connection",
    "Contact",
    "Dataset",
    "Device",
    "Domain",
    "Endpoint",
    "Environment",
    "Export",
    "Fleet",
    "Gateway",
    "Host",
    "Image",
    "Index",
    "Job",
    "Key",
    "Listener",
    "Model",
    "Network",
    "Package",
    "Pipeline",
    "Repository",
    "Schedule",
    "Server",
    "Share",
    "Template",
    "Workspace",
];

/// `benches/rules`
pub fn own() -> PathBuf {
    benches().join("rules")
}

/// `benches/keyword`: what is added to them to look for a word everywhere in a record.
pub fn keyword() -> PathBuf {
    benches().join("keyword")
}

/// The folder of this package.
pub fn benches() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// How many files with rules a directory has.
///
/// # Errors
/// It cannot be read.
pub fn count(directory: &Path) -> Result<usize, Box<dyn Error>> {
    let files = files(&directory.join("sigma_rules"))?;
    Ok(files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "yml")).count())
}

/// Copies a rules directory, without what tests its rules.
///
/// # Errors
/// It cannot be read, or the copy cannot be written.
pub fn copy(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to.join("sigma_rules"))?;
    for (from, to) in
        [(from.to_owned(), to.to_owned()), (from.join("sigma_rules"), to.join("sigma_rules"))]
    {
        for path in files(&from)?.iter().filter(|path| path.is_file()) {
            let name = path.file_name().unwrap_or_default();
            if !name.to_string_lossy().ends_with("_tests.json") {
                fs::copy(path, to.join(name))?;
            }
        }
    }
    Ok(())
}

/// Makes a directory of so many rules: those of `benches/rules`, and others of the kind that most
/// rules are.
///
/// # Errors
/// It cannot be written.
pub fn many(rules: usize, directory: &Path) -> Result<(), Box<dyn Error>> {
    copy(&own(), directory)?;
    let generator = Generator::new()?;
    let mut random = Random::new(0x7275_6c65, 0);
    for number in 0..rules.saturating_sub(count(&own())?) {
        let text = rule(number, &generator, &mut random);
        fs::write(directory.join("sigma_rules").join(format!("generated_{number:04}.yml")), text)?;
    }
    Ok(())
}

/// One rule: of twenty, seventeen concern one call of one service, two a call of whatever service, and
/// one a call that is often seen, with more to be true of it.
fn rule(number: usize, generator: &Generator, random: &mut Random) -> String {
    let pair = |number: usize| {
        let (service, rest) = (number % SERVICES.len(), number / SERVICES.len());
        (service, rest % VERBS.len(), rest / VERBS.len() + number % 7)
    };
    let (service, verb, noun) = pair(number);
    let (service, verb, noun) = (SERVICES[service], VERBS[verb], NOUNS[noun % NOUNS.len()]);
    let mut detection = String::new();
    let _ = match number % 20 {
        3 | 13 => write!(
            detection,
            "    selection:\n        eventName: '{verb}{noun}{number}'\n        requestParameters.name|startswith: 'unit-{number}'\n"
        ),
        8 => {
            let call = random.pick_weighted(generator.calls());
            write!(
                detection,
                "    selection:\n        eventSource: '{}.amazonaws.com'\n        eventName: '{}'\n        userIdentity.arn|endswith: '/visitor-{number}'\n        sourceIPAddress|startswith: '172.31.'\n",
                call.service, call.name
            )
        }
        _ => {
            let other = NOUNS[random.below(NOUNS.len() as u64) as usize];
            let success = if random.per_mille(500) { "        errorCode: null\n" } else { "" };
            write!(
                detection,
                "    selection:\n        eventSource: '{service}.amazonaws.com'\n        eventName:\n            - '{verb}{noun}{number}'\n            - '{verb}{other}Batch{number}'\n{success}"
            )
        }
    };
    let mut id = String::new();
    random.uuid(&mut id);
    let level = ["low", "medium", "high"][number % 3];
    format!(
        "title: Generated {number} {verb} {noun} of {service}\nid: {id}\nstatus: test\ndescription: |\n    Stands for one of many rules, of which each concerns a call or two.\nlogsource:\n    product: aws\n    service: cloudtrail\ndetection:\n{detection}    condition: selection\nfalsepositives:\n    - None, it is not meant to match\nlevel: {level}\n"
    )
}
