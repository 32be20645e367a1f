//! The one product type of every stage that can fail: a diagnostic with a stable code,
//! labelled places and a remedy, and its printed form.

mod edit;
mod render;

use crate::source::Span;

pub use edit::{Change, Edit, apply};

macro_rules! codes {
    ($($variant:ident = $name:literal: $meaning:literal,)*) => {
        /// Stable name of a kind of diagnostic, as printed in `error[name]`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $meaning] $variant,)* }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The name that messages show and settings refer to.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// What the code stands for, in one sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning,)* }
            }
        }
    };
}

codes! {
    // Files
    UnreadableFile = "unreadable-file": "A file or folder of the rules directory cannot be read.",
    NotUtf8 = "not-utf8": "A file is not UTF-8 text.",
    FileTooLarge = "file-too-large": "A file is larger than any rule document needs to be.",
    UnknownFile = "unknown-file": "A file of the rules directory is of no kind that is compiled.",
    NoRules = "no-rules": "The rules directory holds no rule.",
    // YAML and JSON
    InvalidYaml = "invalid-yaml": "The text is not well-formed YAML.",
    InvalidJson = "invalid-json": "The text is not well-formed JSON.",
    YamlTab = "yaml-tab": "A tab stands where YAML allows only spaces.",
    DuplicateKey = "duplicate-key": "A mapping holds the same key twice.",
    InvalidKey = "invalid-key": "A key of a mapping is not a plain text.",
    TooDeep = "too-deep": "The document nests deeper than any rule needs.",
    TooManyNodes = "too-many-nodes": "A document grows beyond any rule's size once aliases, placeholders and patterns are expanded.",
    UnsupportedYaml = "unsupported-yaml": "A feature of YAML that rules do not use: a tag, or a merge key.",
    AmbiguousValue = "ambiguous-value": "A value is written in a form that YAML reads as something else.",
    // Documents and attributes
    Unsupported = "unsupported": "A kind of document or attribute that is not supported yet.",
    NotAMapping = "not-a-mapping": "A rule document is not a mapping of attributes.",
    MissingAttribute = "missing-attribute": "An attribute that every rule needs is missing.",
    UnknownAttribute = "unknown-attribute": "An attribute is likely a misspelling of a standard one.",
    InvalidAttribute = "invalid-attribute": "An attribute has a value of the wrong type or form.",
    InvalidId = "invalid-id": "The id of a rule is not a UUID.",
    MissingId = "missing-id": "A rule has no id.",
    DuplicateId = "duplicate-id": "Two rules carry the same id.",
    DuplicateTitle = "duplicate-title": "Two rules carry the same title.",
    OtherLogsource = "other-logsource": "A rule is written for another log source than AWS CloudTrail.",
    // Detection
    UselessTimeframe = "useless-timeframe": "A detection has a `timeframe`, which has no effect without an aggregation.",
    EmptyDetection = "empty-detection": "A detection has no search identifier, or one holds nothing to search for.",
    InvalidField = "invalid-field": "A field name is empty or malformed.",
    UnknownModifier = "unknown-modifier": "A value modifier that Sigma does not have.",
    ConflictingModifiers = "conflicting-modifiers": "Value modifiers that make no sense together, or in this order.",
    UselessAll = "useless-all": "`all` stands where it changes nothing: on one value, or where all values must hold anyway.",
    InvalidValue = "invalid-value": "A value is of a type that its modifier cannot use.",
    InvalidRegex = "invalid-regex": "A regular expression does not compile.",
    InvalidNetwork = "invalid-network": "A network is not valid CIDR notation.",
    // Conditions
    MissingCondition = "missing-condition": "A detection has no condition.",
    InvalidCondition = "invalid-condition": "A condition does not follow the grammar.",
    UnsupportedCondition = "unsupported-condition": "A condition uses a construct that is not supported.",
    UnknownIdentifier = "unknown-identifier": "A condition names a search identifier that the detection does not define.",
    UnmatchedPattern = "unmatched-pattern": "A pattern of search identifiers fits none of them, or too few.",
    UnusedIdentifier = "unused-identifier": "A search identifier is not used by any condition.",
    // Rules that compile and cannot be meant so
    NeverTrue = "never-true": "A condition that no record can meet.",
    AlwaysTrue = "always-true": "A condition that every record meets.",
    EqualRules = "equal-rules": "Two rules that match the same records.",
    FilterHidesRule = "filter-hides-rule": "A Sigma filter that leaves out every match of a rule.",
    ExceptionHidesRule = "exception-hides-rule": "An exception that leaves out every match of its rule.",
    CoveredValue = "covered-value": "A value of a list that makes no difference beside another one.",
    UnreachableValue = "unreachable-value": "A value that no record can meet.",
    // Facts and conventions
    CatchAllRule = "catch-all-rule": "A rule that is tried on every record.",
    UnknownTag = "unknown-tag": "A tag that is likely a misspelling of one that Sigma knows.",
    DuplicateTag = "duplicate-tag": "A rule has the same tag twice.",
    FileName = "file-name": "The name of a file is not of the form that SigmaHQ uses.",
    TitleForm = "title-form": "A title is not of the form that SigmaHQ uses.",
    DescriptionForm = "description-form": "A rule has no description, or a very short one.",
    // Placeholders
    InvalidPlaceholders = "invalid-placeholders": "The file of placeholders does not have its documented form.",
    UnknownPlaceholder = "unknown-placeholder": "A rule names a placeholder that no list is given for.",
    RuleOff = "rule-off": "A rule is off because the list of a placeholder that it needs is empty.",
    // Settings
    InvalidSettings = "invalid-settings": "The settings file does not have its documented form.",
    TwoSettingsFiles = "two-settings-files": "A rules directory holds two settings files.",
    SkippedRules = "skipped-rules": "Rules for other log sources are left out, as the settings say.",
    DisabledRules = "disabled-rules": "Rules are left out because the settings disable them.",
    UnknownChannel = "unknown-channel": "A rule names a channel that the settings do not know.",
    UnknownTimezone = "unknown-timezone": "A time zone is named that does not exist.",
    // Sigma filters
    InclusiveFilter = "inclusive-filter": "A Sigma filter leaves only the matches that it describes, where the contrary is usual.",
    UnknownRule = "unknown-rule": "A rule is named that does not exist.",
    AmbiguousRule = "ambiguous-rule": "A rule is named in a way that fits several.",
    // Correlations and post-processing rules
    InvalidCorrelation = "invalid-correlation": "The `correlation` section of a document does not follow the specification.",
    InvalidTimespan = "invalid-timespan": "A timespan is no number with a unit, or none that can be used.",
    ContradictoryCondition = "contradictory-condition": "The condition of a correlation never holds, or holds whatever happens.",
    CircularCorrelation = "circular-correlation": "Correlations name each other in a circle.",
    IncompleteAlias = "incomplete-alias": "An alias does not say which field is meant in one of the rules.",
    UnusedAlias = "unused-alias": "An alias is not used by its correlation.",
    InvalidPostprocessing = "invalid-postprocessing": "A file of post-processing rules does not have its documented form.",
    DuplicatePostprocessing = "duplicate-postprocessing": "Two post-processing rules say the same.",
    UniqueGroupKey = "unique-group-key": "Matches are grouped by a field that differs from record to record.",
    // Exceptions and tests
    InvalidExceptions = "invalid-exceptions": "The exceptions file does not have its documented form.",
    UnknownTitle = "unknown-title": "A rule title is named that no rule carries.",
    AmbiguousTitle = "ambiguous-title": "A rule title is named that several rules carry.",
    TwoExceptionFiles = "two-exception-files": "Both `exceptions.json` and `exception.json` are present.",
    InvalidAddress = "invalid-address": "An excluded address is neither an IP address nor a network.",
    InvalidTests = "invalid-tests": "A test file does not have its documented form.",
    MissingTests = "missing-tests": "A rule has no record that it should match, or none that it should not.",
    WeakTests = "weak-tests": "No test record of a rule notices that a part of the rule is changed.",
}

impl Code {
    /// Whether it is told of rules that compile, so that its level is a choice. What is left out of
    /// a build is no lint: that is always told.
    pub fn is_lint(self) -> bool {
        matches!(
            self,
            Code::UnknownFile
                | Code::NoRules
                | Code::AmbiguousValue
                | Code::UnknownAttribute
                | Code::InvalidId
                | Code::MissingId
                | Code::DuplicateId
                | Code::DuplicateTitle
                | Code::UselessTimeframe
                | Code::UnusedIdentifier
                | Code::NeverTrue
                | Code::AlwaysTrue
                | Code::EqualRules
                | Code::FilterHidesRule
                | Code::ExceptionHidesRule
                | Code::CoveredValue
                | Code::UnreachableValue
                | Code::CatchAllRule
                | Code::UnknownTag
                | Code::DuplicateTag
                | Code::FileName
                | Code::TitleForm
                | Code::DescriptionForm
                | Code::UniqueGroupKey
                | Code::InclusiveFilter
                | Code::UnusedAlias
                | Code::MissingTests
                | Code::WeakTests
        )
    }
}

/// How much a diagnostic weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Told, never failing.
    Note,
    /// Likely a mistake; compiles.
    Warning,
    /// Does not compile.
    Error,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A place that a diagnostic points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is said about it; may be empty.
    pub text: String,
}

/// One finding about the rules directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// Its weight.
    pub severity: Severity,
    /// What is wrong, in one line, without a full stop.
    pub message: String,
    /// The place it is about, first, then others that explain it; empty where a whole directory is meant.
    pub labels: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
    /// The help as changes of the files, where it can be said so; all of them belong together.
    pub edits: Vec<Edit>,
}

impl Diagnostic {
    fn new(severity: Severity, code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            labels: Vec::new(),
            help: None,
            edits: Vec::new(),
        }
    }

    /// An error of the given kind.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A warning of the given kind.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A note of the given kind.
    pub fn note(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, message)
    }

    /// Points at a place; the first label is the main one.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what to change to follow the help.
    #[must_use]
    pub fn edit(mut self, edit: Edit) -> Self {
        self.edits.push(edit);
        self
    }

    /// The same, where the change may be none or several.
    #[must_use]
    pub fn edits(mut self, edits: impl IntoIterator<Item = Edit>) -> Self {
        self.edits.extend(edits);
        self
    }

    /// Asks whether `near` was meant where `found` was written within a span, which the edit puts
    /// in its place.
    #[must_use]
    pub fn did_you_mean(self, span: Span, found: &str, near: &str) -> Self {
        self.help(format!("did you mean `{near}`?")).edit(Edit::rename(span, found, near))
    }

    /// Whether a build shows it: errors, warnings, and the notes that count what is left out.
    pub fn concerns_builds(&self) -> bool {
        self.severity > Severity::Note
            || matches!(self.code, Code::SkippedRules | Code::DisabledRules)
    }

    /// The place of the main label.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// Sorts by file and place, so that the order does not depend on the order of the checks.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics
        .sort_by_key(|diagnostic| (diagnostic.span(), diagnostic.code, diagnostic.message.clone()));
}

/// Whether any of them is an error.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// The name among `candidates` that `name` most likely was meant to be: the only nearest one, with
/// no more than one mistake in four characters. Upper and lower case make no difference.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let mut nearest: Option<(usize, &str)> = None;
    let mut alone = true;
    for candidate in candidates {
        let distance = strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase());
        let length = wanted.chars().count().min(candidate.chars().count());
        if distance > length / 4 && !(distance == 1 && length == 3) {
            continue;
        }
        match nearest {
            Some((other, _)) if other < distance => {}
            Some((other, known)) if other == distance => alone &= known == candidate,
            _ => (nearest, alone) = (Some((distance, candidate)), true),
        }
    }
    nearest.filter(|_| alone).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_name_is_suggested_where_few_letters_differ() {
        let cases: [(&str, &[&str], Option<&str>); 16] = [
            ("titel", &["title", "id"], Some("title")),
            ("hihg", &["high", "low"], Some("high")),
            ("High", &["high", "low"], Some("high")),
            ("lwo", &["high", "low"], Some("low")),
            ("desciption", &["description"], Some("description")),
            ("excludedActor", &["excludedActors", "excludedActorsRegex"], Some("excludedActors")),
            ("log_source", &["logsource"], Some("logsource")),
            ("größse", &["größe"], Some("größe")),
            ("state", &["status", "title", "date"], None),
            ("severe", &["high", "low", "medium"], None),
            ("x", &["i", "m", "s"], None),
            ("re", &["gt", "i"], None),
            ("filter_c", &["filter_a", "filter_b"], None),
            ("filter_c", &["filter_a", "filter_a"], Some("filter_a")),
            ("filterc", &["filter_c", "filter_a"], Some("filter_c")),
            ("anything", &[], None),
        ];
        for (name, candidates, expected) in cases {
            assert_eq!(
                nearest(name, candidates.iter().copied()),
                expected,
                "`{name}` of {candidates:?}"
            );
        }
    }

    #[test]
    fn line_and_column_count_characters() {
        let file = crate::source::SourceFile::new("f", "ab\nZoë 李x\r\n\nend");
        let cases = [
            (0, (1, 1)),
            (2, (1, 3)),
            (3, (2, 1)),
            (7, (2, 4)),
            (8, (2, 5)),
            (11, (2, 6)),
            (14, (3, 1)),
            (15, (4, 1)),
            (18, (4, 4)),
            (99, (4, 4)),
        ];
        for (offset, expected) in cases {
            assert_eq!(file.line_column(offset), expected, "offset {offset}");
        }
    }
}
