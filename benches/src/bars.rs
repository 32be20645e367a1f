//! The bars that TrailAlerts is held to, in groups that can be measured alone.

mod cost;
mod lab;
mod speed;

use std::error::Error;
use std::fmt;

use clap::ValueEnum;

pub use lab::{Lab, Rules};

type Bars = Result<Vec<Bar>, Box<dyn Error>>;

/// What is measured together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Group {
    /// Scanning whole files, to inflating them
    Whole,
    /// Scanning files too large to be held, to inflating them
    Streaming,
    /// A thousand rules, to those that are usual
    Rules,
    /// Other engines, to TrailAlerts
    Peers,
    /// Without special instructions, to inflating
    Portable,
    /// One thread, to two
    Threads,
    /// The most memory
    Memory,
    /// Records that all match, to records that do not
    CatchAll,
    /// With a rule that looks for words everywhere, to without
    Keywords,
    /// The time until the command does something, and until the detector asks for an event
    Start,
    /// Building the rules, and the size of what comes of it
    Build,
}

impl Group {
    /// Measures the group.
    ///
    /// # Errors
    /// Something could not be built or run.
    pub fn measure(self, lab: &Lab) -> Bars {
        match self {
            Group::Whole => speed::whole(lab),
            Group::Streaming => speed::streaming(lab),
            Group::Rules => speed::rules(lab),
            Group::Peers => speed::peers(lab),
            Group::Portable => speed::portable(lab),
            Group::Threads => speed::threads(lab),
            Group::CatchAll => speed::catch_all(lab),
            Group::Keywords => speed::keywords(lab),
            Group::Memory => cost::memory(lab),
            Group::Start => cost::start(lab),
            Group::Build => cost::build(lab),
        }
    }
}

/// Something measured, and what it must be.
#[derive(Debug, Clone)]
pub struct Bar {
    /// What was measured, in a few words.
    pub name: String,
    /// What came out; nothing where it could not be measured, and why.
    pub value: Result<f64, String>,
    /// What it must be.
    pub limit: Limit,
    /// What it is counted in.
    pub unit: &'static str,
}

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// No more than so much.
    AtMost(f64),
    /// No less than so much.
    AtLeast(f64),
}

impl Bar {
    /// A bar that a ratio must stay below.
    fn ratio(name: impl Into<String>, value: f64, most: f64) -> Self {
        Self { name: name.into(), value: Ok(value), limit: Limit::AtMost(most), unit: "×" }
    }

    /// Whether it is met, where it was measured.
    pub fn met(&self) -> Option<bool> {
        let value = self.value.as_ref().ok()?;
        Some(match self.limit {
            Limit::AtMost(most) => *value <= most,
            Limit::AtLeast(least) => *value >= least,
        })
    }

    /// What was measured, for people.
    pub fn shown(&self) -> String {
        match &self.value {
            Ok(value) => format!("{value:.2} {}", self.unit),
            Err(reason) => reason.clone(),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::AtMost(most) => write!(f, "≤ {most}"),
            Limit::AtLeast(least) => write!(f, "≥ {least}"),
        }
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.met() {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "not measured",
        };
        let limit = format!("{} {}", self.limit, self.unit);
        write!(f, "{verdict:12}  {:58}  {:>10}  {limit}", self.name, self.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::{Bar, Limit};

    #[test]
    fn bars_are_met_or_not() {
        let bar = |value, limit| Bar { name: String::new(), value, limit, unit: "×" }.met();
        assert_eq!(bar(Ok(1.4), Limit::AtMost(1.4)), Some(true));
        assert_eq!(bar(Ok(1.41), Limit::AtMost(1.4)), Some(false));
        assert_eq!(bar(Ok(1.9), Limit::AtLeast(1.85)), Some(true));
        assert_eq!(bar(Ok(1.8), Limit::AtLeast(1.85)), Some(false));
        assert_eq!(bar(Err("no".into()), Limit::AtLeast(1.85)), None);
    }
}
