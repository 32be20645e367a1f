//! `timezone`: a name of the IANA time zone database.

use std::sync::LazyLock;

use jiff::tz::TimeZoneDatabase;

use super::Reader;
use crate::{
    diagnostic::{Code, Diagnostic, nearest},
    node::{Entry, Kind, Scalar},
    source::Spanned,
};

/// All names. The database is compiled in, so that they are the same on any machine.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let names = TimeZoneDatabase::bundled();
    // This one stands for a clock that was never set.
    names.available().map(|name| name.to_string()).filter(|name| name != "Factory").collect()
});

/// The name, as the database writes it.
pub fn parse_timezone(reader: &mut Reader<'_>, entry: &Entry) -> Option<Spanned<String>> {
    const FORM: &str = "write a name of the IANA database, for example `Europe/Zurich` or `UTC`";
    let name = match &entry.value.kind {
        Kind::Scalar(Scalar::String(text)) => text.trim(),
        Kind::Scalar(Scalar::Int(_)) if reader.written(&entry.value).contains(':') => {
            reader.written(&entry.value)
        }
        _ => {
            let diagnostic = reader.wrong_type(entry, "`timezone` must be a text").help(FORM);
            return reader.report(diagnostic);
        }
    };
    let span = entry.value.span;
    if NAMES.iter().any(|known| known == name) {
        return Some(Spanned::new(name.to_owned(), span));
    }
    let message = format!("there is no time zone `{name}`");
    let diagnostic = Diagnostic::error(Code::UnknownTimezone, message).at(span, "");
    reader.report(match meant(name) {
        Some(near) => diagnostic.did_you_mean(span, name, near),
        None if name.contains(|c: char| c.is_ascii_digit()) => diagnostic.help(
            "write the name of a place, for example `Europe/Zurich`: its clock knows summer time, \
             an offset does not",
        ),
        None => diagnostic.help(FORM),
    })
}

/// The name that was likely meant: a misspelling, or a city without its continent.
fn meant(name: &str) -> Option<&'static str> {
    let names = || NAMES.iter().map(String::as_str);
    if let Some(near) = nearest(name, names()) {
        return Some(near);
    }
    let wanted = name.rsplit('/').next().unwrap_or(name).replace(' ', "_");
    let city = |name: &'static str| name.rsplit_once('/').map(|(_, city)| city);
    let near = nearest(&wanted, names().filter_map(city))?;
    let mut named = names().filter(|name| city(name) == Some(near));
    named.next().filter(|_| named.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::{NAMES, meant};

    #[test]
    fn the_names_are_those_of_the_database() {
        for name in ["UTC", "Europe/Zurich", "America/Argentina/Buenos_Aires", "Asia/Kolkata"] {
            assert!(NAMES.iter().any(|known| known == name), "{name}");
        }
        assert!(NAMES.len() > 500, "{}", NAMES.len());
    }

    #[test]
    fn misspellings_and_cities_are_understood() {
        let cases = [
            ("europe/zurich", Some("Europe/Zurich")),
            ("Europe/Züric", Some("Europe/Zurich")),
            ("Zurich", Some("Europe/Zurich")),
            ("New York", Some("America/New_York")),
            ("Europe/Tokyo", Some("Asia/Tokyo")),
            ("utc", Some("UTC")),
            ("nowhere", None),
            ("+02:00", None),
            ("", None),
        ];
        for (name, expected) in cases {
            assert_eq!(meant(name), expected, "`{name}`");
        }
    }
}
