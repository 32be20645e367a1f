//! What is generated of what documents and settings say of alerts.

use trailalerts_conformance::RULE_SET;
use trailalerts_core::{
    Level,
    alerting::{Activity, Alerting, Channel, Hours, Settings, Stream, Streams},
};

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;

#[test]
fn a_rule_says_what_its_document_says() {
    let rule = RULE_SET.rules.iter().find(|each| each.title == "Joined key").expect("a fixture");
    let except = Activity {
        windows: &[
            Hours {
                days: [true, true, true, true, true, false, false],
                from: 23 * HOUR,
                to: 24 * HOUR,
            },
            Hours {
                days: [false, false, false, false, false, true, true],
                from: 22 * HOUR + 30 * MINUTE,
                to: 6 * HOUR,
            },
        ],
        except: true,
        timezone: "Europe/Zurich",
    };
    let expected = Alerting {
        cooldown: Some(1_800),
        cooldown_by: Some(&["actor", "requestParameters.userName"]),
        channels: Some(&["security-mail", "slack"]),
        distribution: &["userIdentity.userName"],
        activity: Some(except),
        expected_silence: None,
    };
    assert_eq!(rule.alerting, expected);
    let (monday, sunday) = (0, 6);
    for (day, second, alerts) in [
        (monday, 5 * HOUR, false),
        (monday, 6 * HOUR, true),
        (monday, 23 * HOUR - 1, true),
        (monday, 23 * HOUR, false),
        (sunday, 12 * HOUR, true),
        (sunday, 23 * HOUR, false),
    ] {
        assert_eq!(except.holds(day, second), alerts, "{day} {second}");
    }
}

#[test]
fn a_correlation_says_what_its_document_says() {
    let correlations = RULE_SET.correlations;
    let absence =
        correlations.iter().find(|each| each.title == "Correlation absence").expect("a fixture");
    let silence = Activity {
        windows: &[Hours {
            days: [true, false, false, false, false, true, true],
            from: 0,
            to: 6 * HOUR,
        }],
        except: false,
        timezone: "UTC",
    };
    let expected = Alerting {
        cooldown: Some(0),
        cooldown_by: Some(&[]),
        expected_silence: Some(silence),
        ..Alerting::NONE
    };
    assert_eq!(absence.alerting, expected);
}

#[test]
fn what_a_document_leaves_out_is_nothing() {
    let other = RULE_SET.rules.iter().find(|each| each.title == "Joined user").expect("a fixture");
    assert_eq!(other.alerting, Alerting::NONE);
}

#[test]
fn settings_are_those_of_the_file() {
    let expected = Settings {
        cooldown: 7_200,
        channels: &[
            Channel { name: "security-mail", min_severity: Level::Informational },
            Channel { name: "slack", min_severity: Level::High },
        ],
        streams: Streams {
            silent_after: 2_700,
            learn: false,
            delay: 600,
            expected: &[
                Stream {
                    account: "111122223333",
                    region: "eu-central-1",
                    silent_after: Some(3_600),
                },
                Stream { account: "012345678901", region: "us-east-1", silent_after: None },
            ],
        },
        accounts: &[("111122223333", "production")],
    };
    assert_eq!(RULE_SET.settings, expected);
}

#[test]
fn without_settings_the_defaults_count() {
    for (set, _) in trailalerts_conformance::random::SETS {
        assert_eq!(set.settings, Settings::DEFAULT);
    }
    let Settings { cooldown, channels, streams, accounts } = Settings::DEFAULT;
    assert_eq!((cooldown, channels.len(), accounts.len()), (3_600, 0, 0));
    assert_eq!((streams.silent_after, streams.learn, streams.delay), (1_800, true, 900));
}
