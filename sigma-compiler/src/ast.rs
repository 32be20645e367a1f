//! One rule document as its author wrote it: the grammar of the Sigma rules specification 2.1,
//! with the place of every part. Knows no other file and no Rust.

mod alerting;
mod correlation;
mod postprocessing;

use crate::{
    diagnostic::{Code, Severity},
    source::{FileId, Span, Spanned},
};

pub use alerting::{Activity, AlertSettings, Alerting, Channel, Hours, Stream, Streams};
pub use correlation::{
    Alias, Comparison, Correlation, CorrelationCondition, CorrelationKind, Operator,
};
pub use postprocessing::{PostprocessingKind, PostprocessingRule};

/// Severity of a rule (Sigma rules specification, "Level"), in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// `informational`
    Informational,
    /// `low`
    Low,
    /// `medium`
    Medium,
    /// `high`
    High,
    /// `critical`
    Critical,
}

/// Maturity of a rule (Sigma rules specification, "Status").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// `stable`
    Stable,
    /// `test`
    Test,
    /// `experimental`
    Experimental,
    /// `deprecated`
    Deprecated,
    /// `unsupported`
    Unsupported,
}

/// A detection rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The file that holds it.
    pub file: FileId,
    /// Its place among the rules of the file, from 1.
    pub number: usize,
    /// `title`
    pub title: Spanned<String>,
    /// `id`, in lower case
    pub id: Option<Spanned<String>>,
    /// `name`, by which other documents may call the rule
    pub name: Option<Spanned<String>>,
    /// `status`
    pub status: Option<Status>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `references`
    pub references: Vec<String>,
    /// `author`
    pub author: Option<String>,
    /// `date`, as written
    pub date: Option<String>,
    /// `modified`, as written
    pub modified: Option<String>,
    /// `tags`
    pub tags: Vec<Spanned<String>>,
    /// `fields`
    pub fields: Vec<String>,
    /// `falsepositives`
    pub falsepositives: Vec<String>,
    /// `level`
    pub level: Option<Level>,
    /// `related`
    pub related: Vec<Related>,
    /// `license`
    pub license: Option<String>,
    /// `taxonomy`
    pub taxonomy: Option<String>,
    /// `scope`
    pub scope: Vec<String>,
    /// Attributes that Sigma does not define, with their values as JSON text.
    pub custom: Vec<(String, String)>,
    /// `trailalerts`
    pub alerting: Alerting,
    /// `detection`
    pub detection: Detection,
}

/// An element of `related`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The id of another rule, in lower case.
    pub id: String,
    /// `type`: how the two relate.
    pub relation: String,
}

/// A Sigma filter (Sigma filters specification): rules match only where its condition holds, too.
#[derive(Debug, Clone)]
pub struct Filter {
    /// The file that holds it.
    pub file: FileId,
    /// `title`
    pub title: Spanned<String>,
    /// `id`, in lower case
    pub id: Option<Spanned<String>>,
    /// The rules that it narrows.
    pub rules: FilteredRules,
    /// Its search identifiers and condition, which know nothing of those of the rules.
    pub detection: Detection,
}

/// Which rules a Sigma filter narrows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilteredRules {
    /// `any`: all of them.
    Any,
    /// Those of these ids or names.
    Named(Vec<Spanned<String>>),
}

/// The `detection` of a rule, or what stands in its place in a Sigma filter.
#[derive(Debug, Clone)]
pub struct Detection {
    /// Search identifiers in the order they are written.
    pub identifiers: Vec<SearchIdentifier>,
    /// The condition, or several of which any may hold.
    pub conditions: Vec<Condition>,
}

/// A named search of a detection.
#[derive(Debug, Clone)]
pub struct SearchIdentifier {
    /// Its name.
    pub name: Spanned<String>,
    /// What it searches for.
    pub search: Search,
}

/// What a search identifier holds.
#[derive(Debug, Clone)]
pub enum Search {
    /// A map: all of its items hold.
    All(Vec<Search>),
    /// A list: any of its elements holds.
    Any(Vec<Search>),
    /// One item.
    Item(DetectionItem),
}

impl Search {
    /// How many values it holds.
    // The nodes of a document are bounded in depth, so the recursion is bounded too.
    pub fn size(&self) -> usize {
        match self {
            Search::All(parts) | Search::Any(parts) => parts.iter().map(Search::size).sum(),
            Search::Item(item) => item.values.len(),
        }
    }
}

/// `field|modifier|modifier: values`, or keywords where there is no field.
#[derive(Debug, Clone)]
pub struct DetectionItem {
    /// The dotted path of the field; `None` for keywords.
    pub field: Option<Spanned<String>>,
    /// The chain of value modifiers, in order. Only chains that the language allows occur here.
    pub modifiers: Vec<Spanned<Modifier>>,
    /// One or more values, of types that the modifiers can use.
    pub values: Vec<Spanned<Value>>,
    /// From the key to the last value.
    pub span: Span,
}

impl DetectionItem {
    /// Whether the chain has this modifier.
    pub fn has(&self, modifier: Modifier) -> bool {
        self.modifiers.iter().any(|each| each.value == modifier)
    }
}

/// A value of a detection item, as YAML reads it (types as PyYAML resolves them).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer or decimal number, in decimal notation.
    Number(String),
    /// A text; wildcards and escapes are not yet read.
    String(String),
}

/// A value modifier (Sigma specification, modifiers appendix) that can be compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Modifier {
    /// `contains`
    Contains,
    /// `startswith`
    StartsWith,
    /// `endswith`
    EndsWith,
    /// `all`
    All,
    /// `re`
    Re,
    /// `i` or `ignorecase`, after `re`
    IgnoreCase,
    /// `m` or `multiline`, after `re`
    MultiLine,
    /// `s` or `dotall`, after `re`
    DotAll,
    /// `cased`
    Cased,
    /// `exists`
    Exists,
    /// `cidr`
    Cidr,
    /// `fieldref`
    FieldRef,
    /// `gt`
    Gt,
    /// `gte`
    Gte,
    /// `lt`
    Lt,
    /// `lte`
    Lte,
    /// `neq`
    Neq,
    /// `expand`
    Expand,
    /// `windash`
    Windash,
    /// `utf16`: UTF-16, little-endian, with a byte order mark
    Utf16,
    /// `utf16le` or `wide`
    Utf16Le,
    /// `utf16be`
    Utf16Be,
    /// `base64`
    Base64,
    /// `base64offset`
    Base64Offset,
    /// `minute`
    Minute,
    /// `hour`
    Hour,
    /// `day`
    Day,
    /// `week`
    Week,
    /// `month`
    Month,
    /// `year`
    Year,
}

/// A condition with its text.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The text as written.
    pub text: Spanned<String>,
    /// Its meaning.
    pub expr: ConditionExpr,
}

/// A condition's expression (Sigma rules specification, "Condition").
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConditionExpr {
    /// A search identifier by its name.
    Identifier(Spanned<String>),
    /// `1 of x*`, `all of them` and their kin.
    Of {
        /// How many of them.
        quantity: Quantity,
        /// Which.
        pattern: Spanned<IdentifierPattern>,
    },
    /// `not …`
    Not(Box<ConditionExpr>),
    /// `… and …`: two or more operands.
    And(Vec<ConditionExpr>),
    /// `… or …`: two or more operands.
    Or(Vec<ConditionExpr>),
}

/// How many search identifiers must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// `1 of`, `any of`, `N of`: at least so many.
    AtLeast(usize),
    /// `all of`
    All,
}

/// Which search identifiers a quantity speaks of. Those that begin with `_` are left out of
/// `them` and of patterns that do not begin with `_` themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentifierPattern {
    /// `them`
    Them,
    /// A name with any number of `*`.
    Pattern(String),
}

impl IdentifierPattern {
    /// Whether a search identifier of this name is meant.
    pub fn fits(&self, name: &str) -> bool {
        match self {
            IdentifierPattern::Them => !name.starts_with('_'),
            IdentifierPattern::Pattern(pattern) => {
                (pattern.starts_with('_') || !name.starts_with('_')) && star_fits(pattern, name)
            }
        }
    }
}

fn star_fits(pattern: &str, name: &str) -> bool {
    let Some((prefix, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut name) = name.strip_prefix(prefix) else {
        return false;
    };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return name.ends_with(part);
        }
        let Some(at) = name.find(part) else {
            return false;
        };
        name = &name[at + part.len()..];
    }
    true
}

/// The lists of `placeholders.yml`, by name.
#[derive(Debug, Clone, Default)]
pub struct Placeholders {
    /// One entry a placeholder.
    pub lists: Vec<(Spanned<String>, Vec<Spanned<Value>>)>,
}

/// A rule or filter for another log source, which the settings leave out.
#[derive(Debug, Clone)]
pub struct Skipped {
    /// The title, or where the document begins.
    pub place: Span,
    /// Whether it is a filter.
    pub filter: bool,
    /// Its `title`, where it has one.
    pub title: Option<String>,
    /// Its `id` and `name`, as far as it has them.
    pub names: Vec<String>,
}

impl Skipped {
    /// Whether a title, id or name is that of the document.
    pub fn is_named(&self, name: &str) -> bool {
        self.title.iter().chain(&self.names).any(|known| known.eq_ignore_ascii_case(name))
    }
}

/// `settings.yml`
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// `logsources`, `skip_others`: rules for other log sources than CloudTrail are no error.
    pub skip_other_logsources: Option<bool>,
    /// `disabled_rules`: ids and titles.
    pub disabled_rules: Vec<Spanned<String>>,
    /// `lints`: levels of lints for every rule.
    pub lints: Vec<(Code, LintLevel)>,
    /// What is chosen for all alerts.
    pub alerts: AlertSettings,
}

/// How much a lint weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LintLevel {
    /// Nothing is said.
    Off,
    /// It is said with this weight.
    At(Severity),
}

impl Settings {
    /// Takes the settings of a later rules directory: what it says replaces what was said before,
    /// and its disabled rules are added.
    pub fn merge(&mut self, later: Settings) {
        self.skip_other_logsources = later.skip_other_logsources.or(self.skip_other_logsources);
        self.disabled_rules.extend(later.disabled_rules);
        self.lints.extend(later.lints);
        self.alerts.merge(later.alerts);
    }
}

/// The entries of `exceptions.json`.
#[derive(Debug, Clone, Default)]
pub struct Exceptions {
    /// One entry a rule title.
    pub entries: Vec<ExceptionEntry>,
}

/// What to leave out of one rule's alerts: a match is excluded when any of the lists fits.
#[derive(Debug, Clone)]
pub struct ExceptionEntry {
    /// The title of the rule.
    pub title: Spanned<String>,
    /// `excludedActors`: ARNs.
    pub actors: Vec<String>,
    /// `excludedSourceIPs`: addresses and networks in CIDR notation.
    pub source_ips: Vec<ipnet::IpNet>,
    /// `excludedActorsRegex`: regular expressions that compile.
    pub actors_regex: Vec<String>,
}
