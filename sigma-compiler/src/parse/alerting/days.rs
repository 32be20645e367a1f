//! Days of the week: `all`, `mon`, `mon-fri`, or a list of days and ranges.

use super::Reader;
use crate::{
    diagnostic::{Diagnostic, Edit, nearest},
    node::{Entry, Kind, Node, Scalar},
    source::Span,
};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const NAMES: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const FORM: &str = "write `all`, days such as `mon`, a range such as `mon-fri`, or a list of them";

/// The days, from Monday.
pub fn parse_days(reader: &mut Reader<'_>, entry: &Entry) -> Option<[bool; 7]> {
    let nodes = match &entry.value.kind {
        Kind::Sequence(nodes) if nodes.is_empty() => {
            let diagnostic = reader.error("`days` is empty").at(entry.value.span, "").help(FORM);
            return reader.report(diagnostic);
        }
        Kind::Sequence(nodes) => nodes.as_slice(),
        Kind::Scalar(Scalar::String(_)) => std::slice::from_ref(&entry.value),
        _ => {
            let message = "`days` must be a text or a list of texts";
            let diagnostic = reader.wrong_type(entry, message).help(FORM);
            return reader.report(diagnostic);
        }
    };
    let mut named: [Option<Span>; 7] = [None; 7];
    let mut fits = true;
    for node in nodes {
        let Some(text) = node.as_str() else {
            let diagnostic = reader
                .error("every element of `days` must be a text")
                .at(node.span, format!("this is {}", node.type_name()))
                .help(FORM);
            fits = false;
            reader.report::<()>(diagnostic);
            continue;
        };
        let Some(days) = days(text) else {
            let diagnostic = reader.error(format!("`{text}` is no day")).at(node.span, "");
            fits = false;
            reader.report::<()>(meant(diagnostic, node, text, nodes.len() == 1));
            continue;
        };
        let again = days.iter().find_map(|day| Some((*day, named[*day]?)));
        if let Some((day, first)) = again {
            let diagnostic = reader
                .error(format!("`days` names `{}` twice", DAYS[day]))
                .at(node.span, "again here")
                .at(first, "first here")
                .help("name each day once");
            fits = false;
            reader.report::<()>(diagnostic);
        }
        days.into_iter().for_each(|day| named[day] = Some(node.span));
    }
    fits.then(|| named.map(|day| day.is_some()))
}

/// The days of one text.
fn days(text: &str) -> Option<Vec<usize>> {
    let day = |name: &str| DAYS.iter().position(|day| *day == name);
    if text == "all" {
        return Some((0..7).collect());
    }
    let Some((first, last)) = text.split_once('-') else {
        return day(text).map(|day| vec![day]);
    };
    let (first, last) = (day(first)?, day(last)?);
    let length = (last + 7 - first) % 7 + 1;
    Some((first..first + length).map(|day| day % 7).collect())
}

/// What to write where a day is misspelt or written in full.
fn meant(diagnostic: Diagnostic, node: &Node, text: &str, alone: bool) -> Diagnostic {
    if let Some(meant) = range_meant(text) {
        return diagnostic.did_you_mean(node.span, text, &meant);
    }
    let parts: Option<Vec<String>> = text
        .split([',', ' '])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(range_meant)
        .collect();
    match parts.filter(|parts| parts.len() > 1 && alone) {
        Some(parts) => {
            let list = format!("[{}]", parts.join(", "));
            diagnostic.help(format!("write a list: `{list}`")).edit(Edit::replace(node.span, list))
        }
        None => diagnostic.help(FORM),
    }
}

fn range_meant(text: &str) -> Option<String> {
    let day = |name: &str| {
        let name = name.trim().to_lowercase();
        let at = NAMES.iter().position(|full| name.len() >= 3 && full.starts_with(&name));
        let name = name.as_str();
        at.map(|at| DAYS[at])
            .or_else(|| nearest(name, DAYS))
            .or_else(|| nearest(name, NAMES).and_then(|near| near.get(..3)))
    };
    match text.split_once(['-', '–']) {
        Some((first, last)) => Some(format!("{}-{}", day(first)?, day(last)?)),
        None if text.trim().eq_ignore_ascii_case("all") => Some("all".to_owned()),
        None => day(text).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::{days, range_meant};

    #[test]
    fn ranges_go_around_the_week() {
        let cases: [(&str, Option<&[usize]>); 10] = [
            ("all", Some(&[0, 1, 2, 3, 4, 5, 6])),
            ("mon", Some(&[0])),
            ("mon-fri", Some(&[0, 1, 2, 3, 4])),
            ("sat-mon", Some(&[5, 6, 0])),
            ("sun-sat", Some(&[6, 0, 1, 2, 3, 4, 5])),
            ("wed-wed", Some(&[2])),
            ("Mon", None),
            ("mon-", None),
            ("mon - fri", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(days(text).as_deref(), expected, "`{text}`");
        }
    }

    #[test]
    fn days_in_full_and_misspelt_are_understood() {
        let cases = [
            ("Mon", Some("mon")),
            ("Tues", Some("tue")),
            ("Wednesday", Some("wed")),
            ("mon - Friday", Some("mon-fri")),
            ("mon–fri", Some("mon-fri")),
            ("thrusday", Some("thu")),
            ("ALL", Some("all")),
            ("weekend", None),
            ("mo", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(range_meant(text).as_deref(), expected, "`{text}`");
        }
    }
}
