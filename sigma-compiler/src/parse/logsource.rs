//! `logsource`: only CloudTrail records are ever matched, so only what is written for them is
//! compiled.

use super::attributes::Attributes;
use crate::{
    diagnostic::{Code, Diagnostic, Edit, nearest},
    node::Entry,
};

const EXPECTED: &str = "write `product: aws` and `service: cloudtrail`";

/// What a part of a log source must be; `None` for those that say nothing about it.
fn expected(name: &str) -> Option<&'static str> {
    match name {
        "product" => Some("aws"),
        "service" => Some("cloudtrail"),
        "category" => Some(""),
        _ => None,
    }
}

/// The part of a `logsource` that names another log source than CloudTrail.
pub fn other_logsource(parts: &[Entry]) -> Option<(&Entry, &str)> {
    parts.iter().find_map(|part| {
        let expected = expected(&part.key.value)?;
        let found = part.value.as_str()?;
        (!found.eq_ignore_ascii_case(expected)).then_some((part, found))
    })
}

impl Attributes<'_> {
    /// Reports a log source that is not CloudTrail.
    pub fn logsource(&mut self) {
        let Some(entry) = self.get("logsource") else {
            return self.missing("logsource").unwrap_or_default();
        };
        let Some(parts) = entry.value.as_mapping() else {
            let place = if entry.value.is_unwritten() { entry.key.span } else { entry.value.span };
            let label = format!("this is {}", entry.value.type_name());
            let diagnostic = Diagnostic::error(Code::InvalidAttribute, "`logsource` must be a map");
            return self.invalid(diagnostic.at(place, label).help(EXPECTED)).unwrap_or_default();
        };
        for part in parts {
            let name = &part.key.value;
            if expected(name).is_some() && part.value.as_str().is_none() {
                let message = format!("`{name}` must be a text");
                self.diagnostics.push(
                    Diagnostic::error(Code::InvalidAttribute, message)
                        .at(part.value.span, format!("this is {}", part.value.type_name()))
                        .help(EXPECTED),
                );
                return;
            }
        }
        if let Some((part, found)) = other_logsource(parts) {
            let (what, name) = (self.kind.word(), &part.key.value);
            let message =
                format!("this {what} is written for another log source: {name} `{found}`");
            let diagnostic = Diagnostic::error(Code::OtherLogsource, message)
                .at(part.value.span, "only AWS CloudTrail records are matched");
            let near = expected(name).and_then(|expected| nearest(found, [expected]));
            self.diagnostics.push(match near {
                Some(near) => diagnostic.did_you_mean(part.value.span, found, near),
                None => diagnostic.help(format!(
                    "{EXPECTED}, or leave such rules out: `skip_others` in `settings.yml`"
                )),
            });
            return;
        }
        if parts.iter().any(|part| part.key.value == "product") {
            return;
        }
        let diagnostic = Diagnostic::error(Code::OtherLogsource, "the log source names no product");
        let misspelt = parts.iter().find(|part| nearest(&part.key.value, ["product"]).is_some());
        self.diagnostics.push(match misspelt {
            Some(part) => {
                let (place, found) = (part.key.span, &part.key.value);
                diagnostic.at(place, "").did_you_mean(place, found, "product")
            }
            None => {
                let service = parts.iter().find(|part| part.key.value == "service");
                let edit = service.map(|part| Edit::add_below(part.span(), "product: aws"));
                diagnostic.at(entry.key.span, "").help(EXPECTED).edits(edit)
            }
        });
    }
}
