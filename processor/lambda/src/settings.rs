//! What a deployment of the processor is told by its environment.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use trailalerts_core::alerting;
use trailalerts_lambda::environment::{Environment, EnvironmentError, Variable};

/// Where state is kept.
pub const TABLE: Variable = Variable {
    name: "TRAILALERTS_TABLE",
    meaning: "the name of the DynamoDB table that keeps the state",
    otherwise: Some("there is no state: every match that weighs enough alerts, unfiltered"),
};

/// Where channels lead.
pub const CHANNELS: Variable = Variable {
    name: "TRAILALERTS_CHANNELS",
    meaning: "JSON of where each channel leads, such as {\"security-mail\": {\"email\": {\"from\": \
              \"alerts@example.com\", \"to\": [\"security@example.com\"]}}, \"on-call\": {\"sns\": \
              {\"topic\": \"arn:aws:sns:eu-central-1:111122223333:on-call\"}}}",
    otherwise: None,
};

/// Whose messages could not be decided on.
pub const DEAD_LETTER_QUEUE: Variable = Variable {
    name: "TRAILALERTS_DEAD_LETTER_QUEUE",
    meaning: "the ARN of the queue of messages that could not be decided on, which alert unfiltered",
    otherwise: Some("messages of all queues are decided on"),
};

/// All settings of the processor.
pub const VARIABLES: [Variable; 3] = [TABLE, CHANNELS, DEAD_LETTER_QUEUE];

/// The most recipients of an e-mail that SES takes.
const MOST_RECIPIENTS: usize = 50;

/// The settings of the processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where state is kept, if it is.
    pub table: Option<String>,
    /// Where channels lead, by name.
    pub routes: BTreeMap<String, Route>,
    /// The queue of messages that could not be decided on.
    pub dead_letter_queue: Option<String>,
}

/// Where a channel leads.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Route {
    /// E-mail, sent by SES.
    Email(Email),
    /// A topic of SNS.
    Sns(Topic),
}

/// E-mail, sent by SES.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Email {
    /// The sender, whom SES has verified.
    pub from: String,
    /// Who gets it.
    pub to: Vec<String>,
}

/// A topic of SNS.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Its ARN.
    pub topic: String,
}

impl Settings {
    /// Reads them; `channels` are those of the rule set.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn read(
        mut environment: Environment,
        channels: &[alerting::Channel],
    ) -> Result<Settings, EnvironmentError> {
        let table = environment.text(&TABLE);
        let routes: Option<BTreeMap<String, Route>> = environment.json(&CHANNELS);
        let dead_letter_queue = environment.text(&DEAD_LETTER_QUEUE);
        if let Some(queue) = &dead_letter_queue
            && !queue.starts_with("arn:")
        {
            environment.wrong(&DEAD_LETTER_QUEUE, &"an ARN begins with `arn:`");
        }
        if let Some(routes) = &routes {
            for problem in problems(routes, channels) {
                environment.wrong(&CHANNELS, &problem);
            }
        }
        environment.finish()?;
        Ok(Settings { table, routes: routes.unwrap_or_default(), dead_letter_queue })
    }
}

/// What is wrong with routes: with each of them, and with their names.
fn problems(routes: &BTreeMap<String, Route>, channels: &[alerting::Channel]) -> Vec<String> {
    let mut problems = Vec::new();
    if routes.is_empty() {
        problems.push("there is no channel, so nobody would be told".to_owned());
    }
    for (name, route) in routes {
        match route {
            Route::Email(Email { from, to }) => {
                for address in to.iter().chain([from]).filter(|address| !is_address(address)) {
                    problems.push(format!("`{address}` of channel `{name}` is no e-mail address"));
                }
                if to.is_empty() || to.len() > MOST_RECIPIENTS {
                    problems.push(format!(
                        "channel `{name}` has {} recipients: SES takes 1 to {MOST_RECIPIENTS}",
                        to.len()
                    ));
                }
            }
            Route::Sns(Topic { topic }) => {
                if !(topic.starts_with("arn:") && topic.contains(":sns:")) {
                    problems.push(format!("`{topic}` of channel `{name}` is no ARN of a topic"));
                }
            }
        }
    }
    let named: BTreeSet<&str> = channels.iter().map(|channel| channel.name).collect();
    let led: BTreeSet<&str> = routes.keys().map(String::as_str).collect();
    if !named.is_empty() {
        for name in named.difference(&led) {
            problems.push(format!("channel `{name}` of settings.yml leads nowhere"));
        }
        for name in led.difference(&named) {
            problems.push(format!("there is no channel `{name}` in settings.yml"));
        }
    }
    problems
}

/// Whether SES may take it for an address; whether there is one, it tells itself.
fn is_address(text: &str) -> bool {
    let sound = |c: char| !c.is_control();
    text.chars().all(sound)
        && text.rsplit_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

#[cfg(test)]
mod tests {
    use trailalerts_core::Level;

    use super::*;

    const MAIL: &str = r#"{"mail":{"email":{"from":"a@example.com","to":["b@example.com"]}}}"#;

    fn read(
        variables: &[(&str, &str)],
        channels: &[&'static str],
    ) -> Result<Settings, Vec<String>> {
        let channels: Vec<_> = channels
            .iter()
            .map(|name| alerting::Channel { name, min_severity: Level::Low })
            .collect();
        let variables = variables
            .iter()
            .map(|(name, value)| (format!("TRAILALERTS_{name}"), (*value).to_owned()));
        Settings::read(Environment::of(variables), &channels).map_err(|error| error.0)
    }

    #[test]
    fn what_is_right_is_read() {
        let settings = read(&[("CHANNELS", MAIL), ("TABLE", "state")], &["mail"]).unwrap();
        assert_eq!(settings.table.as_deref(), Some("state"));
        let email =
            Email { from: "a@example.com".to_owned(), to: vec!["b@example.com".to_owned()] };
        assert_eq!(settings.routes.get("mail"), Some(&Route::Email(email)));
        assert!(read(&[("CHANNELS", MAIL)], &[]).is_ok());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let topic = r#"{"mail":{"sns":{"topic":"on-call"}}}"#;
        let nobody = r#"{"mail":{"email":{"from":"a","to":[]}}}"#;
        for (channels, named, expected) in [
            ("", &[][..], vec!["is not set"]),
            ("{}", &[], vec!["nobody would be told"]),
            ("[]", &[], vec!["invalid type"]),
            (r#"{"a":{"pigeon":{}}}"#, &[], vec!["unknown variant `pigeon`"]),
            (r#"{"a":{"sns":{"topic":"x","x":1}}}"#, &[], vec!["unknown field `x`"]),
            (topic, &[], vec!["is no ARN of a topic"]),
            (nobody, &[], vec!["`a` of channel `mail` is no e-mail address", "0 recipients"]),
            (MAIL, &["slack"], vec!["`slack` of settings.yml leads nowhere", "no channel `mail`"]),
        ] {
            let found = read(&[("CHANNELS", channels)], named).unwrap_err();
            assert_eq!(found.len(), expected.len(), "{channels}: {found:?}");
            for (found, expected) in found.iter().zip(expected) {
                assert!(found.contains(expected), "{channels}: {found}");
            }
        }
        let found = read(&[("CHANNELS", MAIL), ("DEAD_LETTER_QUEUE", "x")], &[]).unwrap_err();
        assert!(found[0].contains("an ARN begins with"), "{found:?}");
    }
}
