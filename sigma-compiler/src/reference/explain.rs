//! Why a rule does or does not match a record, as plain data.

use super::item::{self, candidates, reach, value_holds, value_text};
use super::json::Json;
use super::{condition_holds, search_holds};
use crate::ast::{Detection, DetectionItem, Modifier, Search, Value};
use crate::check::CheckedRule;

/// Why a rule does or does not match a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Whether the rule matches: any of its conditions holds, and all of its filters do.
    pub holds: bool,
    /// The conditions, in the order of the rule.
    pub conditions: Vec<ConditionExplanation>,
    /// The search identifiers, in the order of the rule, used by a condition or not.
    pub identifiers: Vec<IdentifierExplanation>,
    /// The Sigma filters that narrow the rule.
    pub filters: Vec<FilterExplanation>,
}

/// One Sigma filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterExplanation {
    /// Its title.
    pub title: String,
    /// Whether it lets the rule match: any of its conditions holds.
    pub holds: bool,
    /// Its conditions.
    pub conditions: Vec<ConditionExplanation>,
    /// Its search identifiers.
    pub identifiers: Vec<IdentifierExplanation>,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionExplanation {
    /// Its text.
    pub text: String,
    /// Whether it holds.
    pub holds: bool,
}

/// One search identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierExplanation {
    /// Its name.
    pub name: String,
    /// Whether it holds.
    pub holds: bool,
    /// What it searches for.
    pub search: SearchExplanation,
}

/// A search in the shape that the rule gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchExplanation {
    /// A map, of which all parts must hold.
    All {
        /// Whether they do.
        holds: bool,
        /// The parts.
        parts: Vec<SearchExplanation>,
    },
    /// A list, of which any part must hold.
    Any {
        /// Whether one does.
        holds: bool,
        /// The parts.
        parts: Vec<SearchExplanation>,
    },
    /// A detection item.
    Item(ItemExplanation),
}

impl SearchExplanation {
    /// All detection items of the search, in the order of the rule.
    pub fn items(&self) -> Vec<&ItemExplanation> {
        match self {
            SearchExplanation::Item(item) => vec![item],
            SearchExplanation::All { parts, .. } | SearchExplanation::Any { parts, .. } => {
                parts.iter().flat_map(SearchExplanation::items).collect()
            }
        }
    }
}

/// One detection item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemExplanation {
    /// `field|modifier|modifier`; without a field for keywords, and empty where these have no
    /// modifier.
    pub key: String,
    /// Whether the item holds.
    pub holds: bool,
    /// The values that the rule wants.
    pub values: Vec<ValueExplanation>,
    /// What stands at the field: nothing where it is missing, an array before its elements. For
    /// keywords, the values of the record in which one of them is found.
    pub found: Vec<Found>,
}

/// One value that a rule wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueExplanation {
    /// Its text as the rule writes it.
    pub text: String,
    /// Whether it holds by itself, before `neq` turns the item into its contrary.
    pub holds: bool,
    /// For `fieldref`, what stands at the field that the value names.
    pub referenced: Option<Vec<Found>>,
}

/// A value of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its type.
    pub kind: Kind,
    /// Its text: of a string without quotes and escapes, of an object or array the compact text.
    pub text: String,
}

/// The types of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// Why a rule does or does not match a record: the verdict on each of its parts, and what the
/// record holds there.
pub fn explain(rule: &CheckedRule, record: &Json) -> Explanation {
    let (conditions, identifiers) = explain_detection(&rule.rule.detection, record);
    let filters: Vec<_> = rule
        .filters
        .iter()
        .map(|filter| {
            let (conditions, identifiers) = explain_detection(&filter.detection, record);
            FilterExplanation {
                title: filter.title.value.clone(),
                holds: conditions.iter().any(|each| each.holds),
                conditions,
                identifiers,
            }
        })
        .collect();
    Explanation {
        holds: conditions.iter().any(|each| each.holds) && filters.iter().all(|each| each.holds),
        conditions,
        identifiers,
        filters,
    }
}

fn explain_detection(
    detection: &Detection,
    record: &Json,
) -> (Vec<ConditionExplanation>, Vec<IdentifierExplanation>) {
    let conditions = detection.conditions.iter().map(|condition| ConditionExplanation {
        text: condition.text.value.clone(),
        holds: condition_holds(&condition.expr, detection, record),
    });
    let identifiers = detection.identifiers.iter().map(|identifier| IdentifierExplanation {
        name: identifier.name.value.clone(),
        holds: search_holds(&identifier.search, record),
        search: explain_search(&identifier.search, record),
    });
    (conditions.collect(), identifiers.collect())
}

fn explain_search(search: &Search, record: &Json) -> SearchExplanation {
    let holds = search_holds(search, record);
    let explain_all =
        |parts: &[Search]| parts.iter().map(|part| explain_search(part, record)).collect();
    match search {
        Search::All(parts) => SearchExplanation::All { holds, parts: explain_all(parts) },
        Search::Any(parts) => SearchExplanation::Any { holds, parts: explain_all(parts) },
        Search::Item(item) => SearchExplanation::Item(explain_item(item, record)),
    }
}

fn explain_item(item: &DetectionItem, record: &Json) -> ItemExplanation {
    let candidates = candidates(item, record);
    let on = |value: &Value, candidates: &[&Json]| value_holds(item, value, candidates, record);
    let values = item
        .values
        .iter()
        .map(|value| ValueExplanation {
            text: value_text(&value.value).to_owned(),
            holds: on(&value.value, &candidates),
            referenced: item.has(Modifier::FieldRef).then(|| {
                let mut others = Vec::new();
                reach(record, value_text(&value.value), &mut others);
                others.into_iter().map(found).collect()
            }),
        })
        .collect();
    let shown = candidates.iter().copied().filter(|candidate| {
        item.field.is_some() || item.values.iter().any(|value| on(&value.value, &[candidate]))
    });
    ItemExplanation {
        key: key(item),
        holds: item::holds(item, record),
        values,
        found: shown.map(found).collect(),
    }
}

fn found(value: &Json) -> Found {
    let kind = match value {
        Json::Null => Kind::Null,
        Json::Bool(_) => Kind::Bool,
        Json::Number(_) => Kind::Number,
        Json::String(_) => Kind::String,
        Json::Array(_) => Kind::Array,
        Json::Object(_) => Kind::Object,
    };
    Found { kind, text: value.text().map_or_else(|| "null".to_owned(), |text| text.into_owned()) }
}

/// The key of an item as a rule writes it.
pub(crate) fn key(item: &DetectionItem) -> String {
    let mut key = item.field.as_ref().map_or(String::new(), |field| field.value.clone());
    for modifier in &item.modifiers {
        key.push('|');
        key.push_str(modifier.value.name());
    }
    key
}
