//! Each reason for a decision, and that it comes before all that follow.

use jiff::Timestamp;
use trailalerts_core::{
    Level,
    alerting::{Activity, Alerting, Hours},
};

use super::{Admission, Channel, Decision, Question, admit, judge};

#[test]
fn a_duplicate_is_one_whatever_exceptions_say() {
    let rows = [
        (true, true, Some(Decision::Duplicate)),
        (true, false, Some(Decision::Duplicate)),
        (false, true, Some(Decision::Excluded)),
        (false, false, None),
    ];
    for (done, excluded, expected) in rows {
        assert_eq!(admit(Admission { done, excluded }), expected, "{done}, {excluded}");
    }
}

/// Hours that never hold, and a rule that says nothing else.
const NEVER: Alerting = Alerting {
    activity: Some(Activity {
        windows: &[Hours { days: [true; 7], from: 0, to: 86_400 }],
        except: true,
        timezone: "UTC",
    }),
    ..Alerting::NONE
};

/// What stands in the way of an alert, in the order in which it is looked at.
#[derive(Debug, Clone, Copy)]
struct Ways {
    stored: bool,
    outside_hours: bool,
    below_severity: bool,
    told_elsewhere: bool,
    in_cooldown: bool,
}

impl Ways {
    /// Every set of them.
    fn all() -> impl Iterator<Item = Ways> {
        (0..32_u32).map(|bits| Ways {
            stored: bits & 1 > 0,
            outside_hours: bits & 2 > 0,
            below_severity: bits & 4 > 0,
            told_elsewhere: bits & 8 > 0,
            in_cooldown: bits & 16 > 0,
        })
    }

    fn decision(self) -> Decision {
        let running = || Decision::InCooldown { alert: "running".to_owned() };
        let rows = [
            (self.stored, Decision::Stored),
            (self.outside_hours, Decision::OutsideHours),
            (self.below_severity, Decision::BelowSeverity),
            (self.told_elsewhere, Decision::ToldElsewhere),
            (self.in_cooldown, running()),
        ];
        let first = rows.into_iter().find_map(|(stands, decision)| stands.then_some(decision));
        first.unwrap_or_else(|| Decision::Alerted { alert: "own".to_owned() })
    }
}

#[test]
fn the_first_reason_decides() {
    let channels = [Channel { name: "pager".to_owned(), min_severity: Level::High }];
    for ways in Ways::all() {
        let question = Question {
            id: "own",
            generate: !ways.stored,
            alerting: if ways.outside_hours { &NEVER } else { &Alerting::NONE },
            time: Timestamp::UNIX_EPOCH,
            severity: if ways.below_severity { Level::Medium } else { Level::High },
            channels: &channels,
            told_elsewhere: ways.told_elsewhere,
            running: ways.in_cooldown.then_some("running"),
        };
        let (decision, owed) = judge(&question);
        assert_eq!(decision, ways.decision(), "{ways:?}");
        let told = matches!(decision, Decision::Alerted { .. });
        assert_eq!(owed, if told { vec!["pager".to_owned()] } else { Vec::new() }, "{ways:?}");
    }
}

#[test]
fn channels_take_what_is_not_below_them_and_what_rules_send_them() {
    let channel = |name: &str, min_severity| Channel { name: name.to_owned(), min_severity };
    let channels = [channel("all", Level::Informational), channel("pager", Level::High)];
    type Names = &'static [&'static str];
    let rows: [(Option<Names>, Level, Names); 7] = [
        (None, Level::Critical, &["all", "pager"]),
        (None, Level::High, &["all", "pager"]),
        (None, Level::Medium, &["all"]),
        (Some(&["pager"]), Level::High, &["pager"]),
        (Some(&["pager"]), Level::Medium, &[]),
        (Some(&["gone"]), Level::Critical, &[]),
        (Some(&[]), Level::Critical, &[]),
    ];
    for (named, severity, expected) in rows {
        let question = Question {
            id: "own",
            generate: true,
            alerting: &Alerting { channels: named, ..Alerting::NONE },
            time: Timestamp::UNIX_EPOCH,
            severity,
            channels: &channels,
            told_elsewhere: false,
            running: None,
        };
        let (decision, owed) = judge(&question);
        assert_eq!(owed, expected, "{named:?}, {severity}");
        assert_eq!(decision == Decision::BelowSeverity, expected.is_empty(), "{named:?}");
    }
}
