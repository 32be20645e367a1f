//! The table and the drawing of `docs/performance.md`.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::bars::{Bar, Limit};
use crate::rules::benches;

const BEGIN: &str = "<!-- measured: written by `trailalerts-bench bars --write-docs` -->\n";
const END: &str = "<!-- end of what was measured -->\n";

/// Writes what was measured into the page, in place of what was measured before.
///
/// # Errors
/// The page has no place for it, or cannot be written.
pub fn write(bars: &[Bar]) -> Result<(), Box<dyn Error>> {
    let docs = benches().join("../docs");
    let page = docs.join("performance.md");
    let text = fs::read_to_string(&page)
        .map_err(|error| format!("cannot read {}: {error}", page.display()))?;
    fs::write(&page, insert(&text, &measured(bars))?)?;
    let drawing: PathBuf = docs.join("performance/bars.svg");
    fs::create_dir_all(docs.join("performance"))?;
    fs::write(&drawing, svg(bars))?;
    println!("wrote {} and {}", page.display(), drawing.display());
    Ok(())
}

/// When, on what, what came of it, and the drawing of that.
fn measured(bars: &[Bar]) -> String {
    let drawing = "![How much of what is allowed each figure takes](performance/bars.svg)";
    format!("{}\n{}\n{drawing}\n", circumstances(), table(bars))
}

/// Puts something between the marks of a page.
fn insert(page: &str, what: &str) -> Result<String, String> {
    let parts =
        page.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.ok_or("the page has no marks to write between")?;
    Ok(format!("{before}{BEGIN}\n{what}\n{END}{after}"))
}

/// When and on what it was measured.
fn circumstances() -> String {
    let date = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("an unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let rustc = rustc.unwrap_or_else(|_| "an unknown rustc".into());
    format!("Measured on {date}: {model}, {cores} cores, {rustc}.\n")
}

fn table(bars: &[Bar]) -> String {
    let mut table = String::from("| what | measured | bar | |\n|---|--:|--:|---|\n");
    for bar in bars {
        let verdict = match bar.met() {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "",
        };
        let (name, shown, limit, unit) = (&bar.name, bar.shown(), bar.limit, bar.unit);
        let _ = writeln!(table, "| {name} | {shown} | {limit} {unit} | {verdict} |");
    }
    table
}

const ROW: usize = 30;
/// Where the drawn bars begin, how long one is that just meets its bar, and how long one can be.
const LEFT: f64 = 370.0;
const FULL: f64 = 260.0;
const LONGEST: f64 = 1.5 * FULL;

/// Draws how much of what is allowed each figure takes.
fn svg(bars: &[Bar]) -> String {
    let drawn: Vec<(&Bar, f64)> = bars
        .iter()
        .filter_map(|bar| {
            let value = *bar.value.as_ref().ok()?;
            Some((
                bar,
                match bar.limit {
                    Limit::AtMost(most) => value / most,
                    Limit::AtLeast(least) => least / value,
                },
            ))
        })
        .collect();
    let (width, height) = (LEFT + LONGEST + 150.0, 50 + ROW * drawn.len());
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="13">
<title>How much of what is allowed each figure takes</title>
<style>
text {{ fill: #24292f }} .met {{ fill: #2a9d8f }} .missed {{ fill: #d1495b }} line {{ stroke: #57606a }}
@media (prefers-color-scheme: dark) {{ text {{ fill: #d0d7de }} line {{ stroke: #8b949e }} }}
</style>
"##
    );
    let bound = LEFT + FULL;
    let _ =
        writeln!(svg, r#"<text x="{bound}" y="20" text-anchor="middle">what is allowed</text>"#);
    for (row, (bar, share)) in drawn.iter().enumerate() {
        let (top, base) = (34 + row * ROW, 50 + row * ROW);
        let length = (share * FULL).clamp(1.0, LONGEST);
        let class = if bar.met() == Some(true) { "met" } else { "missed" };
        let (names, values) = (LEFT - 10.0, LEFT + length.max(FULL) + 8.0);
        let (name, shown, limit) = (&bar.name, bar.shown(), bar.limit);
        let _ = writeln!(svg, r#"<text x="{names}" y="{base}" text-anchor="end">{name}</text>"#);
        let _ = writeln!(
            svg,
            r#"<rect class="{class}" x="{LEFT}" y="{top}" width="{length:.1}" height="22" rx="3"/>"#
        );
        let _ = writeln!(svg, r#"<text x="{values:.1}" y="{base}">{shown} ({limit})</text>"#);
    }
    let end = height - 12;
    let _ = writeln!(
        svg,
        r#"<line x1="{bound}" y1="28" x2="{bound}" y2="{end}" stroke-width="1.5" stroke-dasharray="4 3"/>"#
    );
    svg.push_str("</svg>\n");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars() -> [Bar; 3] {
        let bar = |name: &str, value, limit| Bar { name: name.into(), value, limit, unit: "×" };
        [
            bar("fast", Ok(1.2), Limit::AtMost(1.4)),
            bar("few", Ok(6.0), Limit::AtLeast(12.0)),
            bar("later", Err("not yet".into()), Limit::AtMost(5.0)),
        ]
    }

    #[test]
    fn the_table_stands_between_the_marks() {
        let page = format!("# Page\n{BEGIN}old\n{END}after\n");
        let written = insert(&page, &table(&bars())).unwrap();
        assert_eq!(
            written,
            format!(
                "# Page\n{BEGIN}\n| what | measured | bar | |\n|---|--:|--:|---|\n\
                 | fast | 1.20 × | ≤ 1.4 × | met |\n| few | 6.00 × | ≥ 12 × | **missed** |\n\
                 | later | not yet | ≤ 5 × |  |\n\n{END}after\n"
            )
        );
        assert!(insert("# Page\n", "").is_err());
    }

    #[test]
    fn the_drawing_has_what_was_measured() {
        let drawn = svg(&bars());
        assert_eq!(drawn.matches("<rect").count(), 2);
        // As much as allowed is 260 long: 1.2 of 1.4 are 223, and twice as much ends at 390.
        assert!(
            drawn.contains(r#"width="222.9""#) && drawn.contains(r#"width="390.0""#),
            "{drawn}"
        );
    }
}
