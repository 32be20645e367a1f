//! What a rule or correlation says of its alerts.

use serde_json::{Value, json};
use trailalerts_core::alerting::{Activity, Alerting, Hours};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Name and value of each part, those that say nothing without one.
pub fn lines(alerting: &Alerting) -> Vec<(&'static str, Option<String>)> {
    let list = |texts: &[&str], none: &str| match texts {
        [] => none.to_owned(),
        texts => texts.join("\n"),
    };
    let cooldown = |seconds: u64| match seconds {
        0 => "none".to_owned(),
        seconds => format!("{seconds} s"),
    };
    let distribution = Some(alerting.distribution).filter(|fields| !fields.is_empty());
    vec![
        ("cooldown", alerting.cooldown.map(cooldown)),
        ("cooldown_by", alerting.cooldown_by.map(|names| list(names, "nothing"))),
        ("channels", alerting.channels.map(|names| list(names, "none"))),
        ("distribution", distribution.map(|fields| list(fields, ""))),
        ("activity", alerting.activity.map(|activity| hours(&activity))),
        ("expected_silence", alerting.expected_silence.map(|activity| hours(&activity))),
    ]
}

/// A line each window.
pub fn hours(activity: &Activity) -> String {
    let except = if activity.except { "except " } else { "" };
    let line = |window: &Hours| {
        let days = days(window).join(" ");
        let (from, to) = (clock(window.from), clock(window.to));
        format!("{except}{days}, {from} to {to} {}", activity.timezone)
    };
    activity.windows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn days(window: &Hours) -> Vec<&'static str> {
    DAYS.into_iter().zip(window.days).filter(|(_, held)| *held).map(|(day, _)| day).collect()
}

fn clock(second: u32) -> String {
    format!("{:02}:{:02}", second / 3_600, second / 60 % 60)
}

/// An object.
pub fn as_json(alerting: &Alerting) -> Value {
    json!({
        "cooldown_seconds": alerting.cooldown,
        "cooldown_by": alerting.cooldown_by,
        "channels": alerting.channels,
        "distribution": alerting.distribution,
        "activity": alerting.activity.as_ref().map(activity),
        "expected_silence": alerting.expected_silence.as_ref().map(activity),
    })
}

fn activity(activity: &Activity) -> Value {
    let window = |window: &Hours| json!({ "days": days(window), "from": clock(window.from), "to": clock(window.to) });
    json!({
        "hours": activity.windows.iter().map(window).collect::<Vec<_>>(),
        "except": activity.except,
        "timezone": activity.timezone,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use trailalerts_conformance::RULE_SET;
    use trailalerts_core::alerting::Alerting;

    fn joined_key() -> &'static Alerting {
        let rule = RULE_SET.rules.iter().find(|rule| rule.title == "Joined key");
        &rule.expect("a fixture").alerting
    }

    #[test]
    fn hours_are_shown_as_people_write_them() {
        let lines = super::lines(joined_key());
        let shown = |name: &str| {
            let found = lines.iter().find(|(each, _)| *each == name);
            found.and_then(|(_, value)| value.as_deref())
        };
        assert_eq!(shown("cooldown"), Some("1800 s"));
        assert_eq!(shown("cooldown_by"), Some("actor\nrequestParameters.userName"));
        assert_eq!(
            shown("activity"),
            Some(
                "except mon tue wed thu fri, 23:00 to 24:00 Europe/Zurich\n\
                 except sat sun, 22:30 to 06:00 Europe/Zurich"
            )
        );
        assert_eq!(shown("expected_silence"), None);
        let absence = RULE_SET.correlations.iter().find(|each| each.alerting.cooldown.is_some());
        let lines = super::lines(&absence.expect("a fixture").alerting);
        assert!(lines.contains(&("cooldown", Some("none".to_owned()))), "{lines:?}");
        assert!(lines.contains(&("cooldown_by", Some("nothing".to_owned()))), "{lines:?}");
        assert!(super::lines(&Alerting::NONE).iter().all(|(_, value)| value.is_none()));
    }

    #[test]
    fn json_tells_nothing_from_none() {
        let json = super::as_json(joined_key());
        assert_eq!(json["channels"], json!(["security-mail", "slack"]));
        assert_eq!(
            json["activity"]["hours"][1],
            json!({ "days": ["sat", "sun"], "from": "22:30", "to": "06:00" })
        );
        assert_eq!(json["activity"]["except"], true);
        assert_eq!(super::as_json(&Alerting::NONE)["cooldown_by"], json!(null));
    }
}
