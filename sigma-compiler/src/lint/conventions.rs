//! SigmaHQ's conventions of form ("SigmaHQ Rule Conventions" and the validators that enforce them
//! in its repository), as far as they are plain rules. They bind nobody else, so these are notes.

use crate::{
    ast::Rule,
    diagnostic::{Code, Diagnostic},
    source::SourceFile,
};

const LONGEST_TITLE: usize = 120;
const SHORTEST_DESCRIPTION: usize = 16;

/// Words that stay small in a title.
const SMALL: [&str; 20] = [
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "new", "of", "on", "or", "over",
    "the", "through", "to", "via", "with", "without",
];

/// Judges a rule and, for the first of a file, the name of the file.
pub fn conventions(rule: &Rule, files: &[SourceFile], found: &mut Vec<Diagnostic>) {
    let file = &files[rule.file.0];
    if rule.number < 2 && !is_conventional(file.name()) {
        found.push(
            Diagnostic::note(
                Code::FileName,
                format!("`{}` is not a file name as SigmaHQ writes them", file.name()),
            )
            .at(rule.title.span, "in this file")
            .help("use 10 to 90 of `a` to `z`, `0` to `9` and `_`, at least one `_`, and `.yml`"),
        );
    }
    if let Some((words, help)) = title(&rule.title.value) {
        found.push(
            Diagnostic::note(Code::TitleForm, format!("this title {words}"))
                .at(rule.title.span, "not as SigmaHQ writes titles")
                .help(help),
        );
    }
    found.extend(description(rule));
}

fn is_conventional(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".yml") else { return false };
    (10..=90).contains(&stem.len())
        && stem.contains('_')
        && stem.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// What is unusual about a title, and what to do.
fn title(title: &str) -> Option<(String, String)> {
    let length = title.chars().count();
    if length > LONGEST_TITLE {
        let words = format!("has {length} characters");
        return Some((words, format!("use at most {LONGEST_TITLE}")));
    }
    if title.ends_with('.') {
        return Some(("ends with a full stop".to_owned(), "remove it".to_owned()));
    }
    if title.starts_with("Detect ") || title.starts_with("Detects ") {
        let words = "begins with what every rule does".to_owned();
        return Some((words, "begin it with what is detected".to_owned()));
    }
    let small = title.split(' ').find(|word| is_small(word) && !SMALL.contains(word))?;
    Some((
        format!("has the word `{small}` in lower case"),
        "begin each word with a capital, but `of`, `the` and their like".to_owned(),
    ))
}

/// Whether a word is in lower case, and no name of a file, path or setting.
fn is_small(word: &str) -> bool {
    word.chars().any(char::is_lowercase)
        && !word.chars().any(char::is_uppercase)
        && !word.contains(['.', '/', '_'])
        && !word.starts_with(|c: char| c.is_ascii_digit())
}

fn description(rule: &Rule) -> Option<Diagnostic> {
    let help = "say in a sentence or two what it detects, and why that matters";
    let Some(description) = rule.description.as_ref().filter(|text| !text.value.is_empty()) else {
        return Some(
            Diagnostic::note(Code::DescriptionForm, "this rule has no description")
                .at(rule.title.span, "")
                .help(help),
        );
    };
    let length = description.value.chars().count();
    (length < SHORTEST_DESCRIPTION).then(|| {
        Diagnostic::note(Code::DescriptionForm, "this description says little")
            .at(description.span, format!("less than {SHORTEST_DESCRIPTION} characters"))
            .help(help)
    })
}

#[cfg(test)]
mod tests {
    use super::{is_conventional, title};

    #[test]
    fn file_names_are_of_small_letters_digits_and_underscores() {
        let cases = [
            ("aws_root_account_usage.yml", true),
            ("aws_s3_get.yml", true),
            ("aws_get.yml", false),
            ("awsrootaccountusage.yml", false),
            ("AWS_root_account_usage.yml", false),
            ("aws-root-account-usage.yml", false),
            ("aws_root_account_usage.yaml", false),
            ("aws_größe_der_regel.yml", false),
        ];
        for (name, expected) in cases {
            assert_eq!(is_conventional(name), expected, "{name}");
        }
        assert!(is_conventional(&format!("aws_{}.yml", "x".repeat(86))));
        assert!(!is_conventional(&format!("aws_{}.yml", "x".repeat(87))));
    }

    #[test]
    fn titles_are_short_and_have_capitals() {
        let fine = [
            "AWS Root Credentials",
            "Login to Console via the New Path",
            "Use of whoami.exe and /etc/passwd",
            "S3 Access by 2fa",
            "Ünder Änderung",
            "",
        ];
        for text in fine {
            assert_eq!(title(text), None, "{text}");
        }
        let cases = [
            (
                "AWS root Credentials",
                "has the word `root` in lower case",
                "begin each word with a capital, but `of`, `the` and their like",
            ),
            ("AWS Root Credentials.", "ends with a full stop", "remove it"),
            ("Detects Root", "begins with what every rule does", "begin it with what is detected"),
        ];
        for (text, words, help) in cases {
            assert_eq!(title(text), Some((words.to_owned(), help.to_owned())), "{text}");
        }
        assert!(title(&"Long ".repeat(24)).is_none());
        assert!(title(&"Longer ".repeat(24)).is_some());
    }
}
