//! What the `trailalerts` attribute says of alerts.

mod activity;
mod clock;
mod days;
mod timezone;

use super::reader::Reader;
use crate::{
    ast::Alerting,
    diagnostic::{Code, Diagnostic, Edit, nearest},
    node::{Entry, Kind},
    source::Spanned,
};
use activity::parse_activity;

/// What alerts may have in common beside fields.
const WORDS: [&str; 3] = ["actor", "account", "severity"];

const A_FIELD: &str = "the dotted path of a field";

/// Parses the parts of the attribute; those that are wrong are reported and left out.
pub fn parse_alerting(reader: &mut Reader<'_>, parts: &[Entry]) -> Alerting {
    let get = |name: &str| parts.iter().find(|part| part.key.value == name);
    let plain = |texts: Vec<Spanned<String>>| texts.into_iter().map(|text| text.value).collect();
    Alerting {
        cooldown: get("cooldown").and_then(|part| reader.cooldown(part)),
        cooldown_by: get("cooldown_by").and_then(|part| cooldown_by(reader, part)).map(plain),
        channels: get("channels")
            .and_then(|part| reader.texts(part, "the name of a channel of `settings.yml`")),
        distribution: get("distribution")
            .and_then(|part| distribution(reader, part))
            .map(plain)
            .unwrap_or_default(),
        activity: get("activity").and_then(|part| parse_activity(reader, part)),
        expected_silence: get(super::own::EXPECTED_SILENCE)
            .and_then(|part| parse_activity(reader, part)),
    }
}

/// `cooldown_by`: fields and words; none, where all alerts of a rule share one cooldown.
fn cooldown_by(reader: &mut Reader<'_>, part: &Entry) -> Option<Vec<Spanned<String>>> {
    if matches!(&part.value.kind, Kind::Sequence(nodes) if nodes.is_empty()) {
        return Some(Vec::new());
    }
    let names = reader.texts(part, "a field, or one of `actor`, `account` and `severity`")?;
    let mut fits = true;
    for name in names.iter().filter(|name| !WORDS.contains(&name.value.as_str())) {
        let diagnostic = match nearest(&name.value, WORDS) {
            // No field of a record is called so.
            Some(near) => reader
                .error(format!("`{}` is neither a field nor a word of `cooldown_by`", name.value))
                .at(name.span, "")
                .did_you_mean(name.span, &name.value, near),
            None => match no_field(name) {
                Some(diagnostic) => diagnostic,
                None => continue,
            },
        };
        fits = false;
        reader.report::<()>(diagnostic);
    }
    fits.then_some(names)
}

fn distribution(reader: &mut Reader<'_>, part: &Entry) -> Option<Vec<Spanned<String>>> {
    let fields = reader.texts(part, A_FIELD)?;
    let before = reader.diagnostics.len();
    reader.diagnostics.extend(fields.iter().filter_map(no_field));
    (reader.diagnostics.len() == before).then_some(fields)
}

/// What is wrong with the name of a field.
fn no_field(name: &Spanned<String>) -> Option<Diagnostic> {
    let text = name.value.as_str();
    let diagnostic = Diagnostic::error(Code::InvalidField, format!("`{text}` is not a field name"));
    if let Some((field, _)) = text.split_once('|') {
        let diagnostic = diagnostic.at(name.span, "modifiers have no meaning here");
        let field = field.trim_end();
        return Some(match field.is_empty() {
            true => diagnostic.help(format!("write {A_FIELD}, for example `userIdentity.arn`")),
            false => diagnostic
                .help(format!("write `{field}`"))
                .edit(Edit::rename(name.span, text, field)),
        });
    }
    let empty = text.split('.').any(str::is_empty);
    (empty || text.contains(char::is_whitespace)).then(|| {
        let found = if empty { "a name is missing beside a dot" } else { "it holds a space" };
        diagnostic
            .at(name.span, found)
            .help(format!("write {A_FIELD}, for example `userIdentity.arn`"))
    })
}
