//! A proposal as the text that goes into the rules.

use serde_json::json;
use trailalerts_core::{Level, Rule};
use trailalerts_processor::facts::digest;

use super::by::By;
use crate::output::plain;

/// A threshold of a rule.
#[derive(Debug, Clone, Copy)]
pub struct Threshold<'t> {
    /// The rule.
    pub rule: &'static Rule,
    /// What matches have in common that are counted together.
    pub by: &'t By,
    /// How many matches.
    pub count: u32,
    /// Within so many minutes.
    pub minutes: u64,
}

impl Threshold<'_> {
    /// The list that a file of `postprocessing_rules` holds.
    pub fn postprocessing_rules(&self) -> String {
        let mut members = vec![
            ("type", json!("threshold")),
            ("sigmaRuleTitle", json!(self.rule.title)),
            ("thresholdCount", json!(self.count)),
            ("windowMinutes", json!(self.minutes)),
            ("severity_adjustment", json!(self.level().name())),
            ("description", json!(self.description())),
        ];
        if let By::Fields(fields) = self.by {
            members.push(("groupBy", json!(fields)));
        }
        let members: Vec<String> =
            members.into_iter().map(|(name, value)| format!("    \"{name}\": {value}")).collect();
        format!("[\n  {{\n{}\n  }}\n]\n", members.join(",\n"))
    }

    /// The document of a Sigma correlation.
    pub fn correlation(&self) -> String {
        let mut text = format!("title: {}\n", quoted(&self.description()));
        text += &format!("id: {}\n", self.id());
        text += "correlation:\n    type: event_count\n    rules:\n";
        text += &format!("        - {}\n", quoted(self.reference()));
        let fields = match self.by {
            By::ActorAndAccount => {
                text += "    # Here sessions of a role are counted apart, since Sigma groups by fields.\n";
                vec!["userIdentity.arn", "recipientAccountId"]
            }
            By::Fields(fields) => fields.to_vec(),
        };
        if fields.is_empty() {
            text += "    group-by: []\n";
        } else {
            text += "    group-by:\n";
            for field in fields {
                text += &format!("        - {}\n", quoted(field));
            }
        }
        text += &format!("    timespan: {}\n", span(self.minutes, ""));
        text += &format!("    condition:\n        gte: {}\n", self.count);
        text += &format!("level: {}\n", self.level().name());
        text
    }

    /// A level above that of the rule: that it happens often is worse than that it happens.
    fn level(&self) -> Level {
        match self.rule.level {
            Level::Informational => Level::Low,
            Level::Low => Level::Medium,
            Level::Medium => Level::High,
            Level::High | Level::Critical => Level::Critical,
        }
    }

    fn description(&self) -> String {
        let title = plain(self.rule.title);
        format!("{title}: {} or more within {}", self.count, span(self.minutes, " "))
    }

    /// What Sigma calls the rule by: its id where it has one, else its name.
    fn reference(&self) -> &'static str {
        match self.rule.name {
            Some(name) if self.rule.id.len() != 36 => name,
            _ => self.rule.id,
        }
    }

    /// The same for the same rule, window and group, as for a rule whose threshold is changed.
    fn id(&self) -> String {
        let by = self.by.names().join("\n");
        let mut digits =
            digest(&["suggest-threshold", self.rule.id, &self.minutes.to_string(), &by]);
        // A UUID of version 8 (RFC 9562).
        digits.replace_range(12..13, "8");
        digits.replace_range(16..17, "8");
        for at in [8, 13, 18, 23] {
            digits.insert(at, '-');
        }
        digits
    }
}

/// A text as YAML reads it: JSON's texts are YAML's.
fn quoted(text: &str) -> String {
    json!(text).to_string()
}

/// `10m`, `2h`, `1d`; `10 minutes`, `2 hours`, `1 day` where the unit is written out.
pub fn span(minutes: u64, between: &str) -> String {
    let units = [(24 * 60, "d", "day"), (60, "h", "hour"), (1, "m", "minute")];
    let fitting =
        units.into_iter().find(|(length, ..)| minutes > 0 && minutes.is_multiple_of(*length));
    let (length, short, long) = fitting.unwrap_or((1, "m", "minute"));
    let number = minutes / length;
    match (between.is_empty(), number) {
        (true, _) => format!("{number}{short}"),
        (false, 1) => format!("1{between}{long}"),
        (false, _) => format!("{number}{between}{long}s"),
    }
}
