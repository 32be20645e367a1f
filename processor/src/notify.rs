//! Alerts as notifications: for e-mail, and as plain text.
//!
//! Text of records reaches them without control characters and without those that turn the
//! direction of text around; in HTML it is escaped.

use askama::Template;

use crate::alert::{Alert, Related};

/// Longest subject, in characters: what SNS takes.
const MOST_SUBJECT: usize = 99;

/// An alert as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// One line, printable ASCII alone, of at most 99 characters.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as an HTML document.
    pub html: String,
}

/// What both forms show.
#[derive(Template)]
#[template(path = "email.html")]
struct Html<'v> {
    view: &'v View,
}

#[derive(Template)]
#[template(path = "email.txt", escape = "none")]
struct Text<'v> {
    view: &'v View,
}

struct View {
    severity: &'static str,
    title: String,
    unfiltered: Option<String>,
    facts: Vec<(&'static str, String)>,
    distributions: Vec<(String, Vec<String>)>,
    related: Vec<String>,
}

impl Notification {
    /// The notification of an alert; `accounts` has the names that people know accounts by.
    ///
    /// # Errors
    /// If a template fails, which none does.
    pub fn of(alert: &Alert, accounts: &[(&str, &str)]) -> Result<Notification, askama::Error> {
        let view = View::of(alert, accounts);
        Ok(Notification {
            subject: subject(alert, accounts),
            text: Text { view: &view }.render()?,
            html: Html { view: &view }.render()?,
        })
    }
}

impl View {
    fn of(alert: &Alert, accounts: &[(&str, &str)]) -> View {
        let mut facts = vec![("Why", clean(&alert.reason))];
        let mut fact = |name: &'static str, text: Option<String>| {
            facts.extend(text.map(|text| (name, clean(&text))));
        };
        fact("Kind", Some(alert.kind.name().to_owned()));
        let time = format!("{}{}", alert.time, if alert.dated { "" } else { " (of its arrival)" });
        fact("Time", Some(time));
        fact("Actor", alert.actor.clone());
        fact("Account", alert.account.as_deref().map(|id| named(id, accounts)));
        fact("Region", alert.region.clone());
        let group = alert.group.iter().map(|(name, value)| format!("{name} = {value}"));
        fact("In common", some(group.collect::<Vec<_>>().join(", ")));
        fact("Matches", (alert.count > 0).then(|| alert.count.to_string()));
        let again = (alert.told > 1).then(|| format!("for the {}. time: it goes on", alert.told));
        fact("Told", again);
        let suppressed = alert.suppressed;
        fact(
            "Kept back",
            (suppressed > 0).then(|| format!("{suppressed} more since the last alert")),
        );
        fact("Rule", Some(alert.rule_id.clone()));
        fact("Event IDs", some(alert.event_ids.join(", ")));
        fact("Alert", Some(alert.id.clone()));
        let distributions = alert.distributions.iter().map(|distribution| {
            let mut lines: Vec<String> = distribution
                .values
                .iter()
                .map(|(value, count)| clean(&format!("{count} × {value}")))
                .collect();
            if distribution.others > 0 {
                lines.push(format!("{} other values", distribution.others));
            }
            (clean(&distribution.field), lines)
        });
        View {
            severity: alert.severity.name(),
            title: clean(&alert.rule_title),
            unfiltered: alert.unfiltered.as_deref().map(clean),
            facts,
            distributions: distributions.collect(),
            related: alert.related.iter().map(|related| clean(&line(related))).collect(),
        }
    }
}

/// A record in a line.
fn line(related: &Related) -> String {
    let seen = &related.seen;
    let mut line = format!("{} {}", related.time, seen.title);
    let actor = Some(&seen.actor).filter(|actor| !actor.is_empty());
    let texts = [&seen.event_name, &seen.source_ip, &seen.account, &seen.region, &seen.event_id];
    for text in actor.into_iter().chain(texts.into_iter().flatten()) {
        line.push_str(&format!(", {text}"));
    }
    line
}

/// An account with the name that people know it by.
fn named(id: &str, accounts: &[(&str, &str)]) -> String {
    match accounts.iter().find(|(known, _)| *known == id) {
        Some((_, name)) => format!("{id} ({name})"),
        None => id.to_owned(),
    }
}

fn subject(alert: &Alert, accounts: &[(&str, &str)]) -> String {
    let mut subject = format!("[{}] {}", alert.severity, alert.rule_title);
    if let Some(account) = &alert.account {
        subject.push_str(&format!(" in {}", named(account, accounts)));
    }
    let printable = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
    subject.chars().map(printable).take(MOST_SUBJECT).collect()
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// Text without what moves the cursor, or text around it.
fn clean(text: &str) -> String {
    let is_sound = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if is_sound(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

#[cfg(test)]
mod tests {
    use trailalerts_core::Level;

    use super::*;
    use crate::{alert::Distribution, pattern::Group};

    fn alert() -> Alert {
        let time = "2026-11-22T10:00:00Z".parse().unwrap();
        let reason = "iam <b>CreateUser</b> from 192.0.2.1\r\nBcc: x".to_owned();
        let mut alert = Alert::of_absence("a1".to_owned(), time, &Group(Vec::new()), reason);
        alert.rule_title = "Rule \u{202e}Ü\n".to_owned();
        alert.rule_id = "r1".to_owned();
        alert.severity = Level::High;
        alert.account = Some("111122223333".to_owned());
        alert.actor = Some("<script>alert(1)</script>".to_owned());
        alert.count = 12;
        alert.suppressed = 3;
        alert.distributions = vec![Distribution {
            field: "sourceIPAddress".to_owned(),
            values: vec![("\"192.0.2.1\" & co".to_owned(), 2)],
            others: 4,
            count: 6,
        }];
        alert
    }

    #[test]
    fn everything_is_told_in_both_forms_and_nothing_unescaped() {
        let accounts = [("111122223333", "production")];
        let Notification { subject, text, html } = Notification::of(&alert(), &accounts).unwrap();
        assert_eq!(subject, "[high] Rule ??? in 111122223333 (production)");
        for expected in [
            "iam <b>CreateUser</b> from 192.0.2.1\u{fffd}\u{fffd}Bcc: x",
            "111122223333 (production)",
            "<script>alert(1)</script>",
            "3 more since the last alert",
            "2 × \"192.0.2.1\" & co",
            "4 other values",
            "2026-11-22T10:00:00Z",
        ] {
            assert!(text.contains(expected), "{expected} in {text}");
        }
        for expected in ["&#60;script&#62;alert(1)", "production", "&#38; co", "12"] {
            assert!(html.contains(expected), "{expected} in {html}");
        }
        assert!(!html.contains("<script") && !html.contains("<b>Create"), "{html}");
        let plain = |text: &str| text.chars().all(|c| !c.is_control() || c == '\n');
        assert!(plain(&text) && plain(&html));
    }

    #[test]
    fn a_subject_is_a_line_that_every_channel_takes() {
        let mut alert = alert();
        alert.rule_title = "é".repeat(200);
        let subject = Notification::of(&alert, &[]).unwrap().subject;
        assert_eq!(subject.len(), MOST_SUBJECT);
        assert!(subject.is_ascii());
    }

    #[test]
    fn what_was_not_decided_says_so_first() {
        let mut alert = alert();
        alert.unfiltered = Some("there is no state".to_owned());
        let Notification { text, html, .. } = Notification::of(&alert, &[]).unwrap();
        for form in [&text, &html] {
            let (said, why) = (form.find("there is no state"), form.find("CreateUser"));
            assert!(said.is_some() && said < why, "{form}");
        }
    }
}
