//! Writes and their conditions.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    error::BuildError,
    types::{Delete, Put, TransactWriteItem},
};
use jiff::Timestamp;
use trailalerts_processor::store::{StoreError, When, Write};

use super::{
    Attributes,
    item::{self, EXPIRES, PARTITION, VERSION, number, second},
};

/// A write as `DynamoDB` takes it.
pub(super) enum Change {
    /// Writes these attributes.
    Put(Attributes, Condition),
    /// Removes what is under this key.
    Delete(Attributes, Condition),
}

/// What is asked of the item that is there.
pub(super) struct Condition {
    pub(super) expression: Option<String>,
    pub(super) names: Option<HashMap<String, String>>,
    pub(super) values: Option<Attributes>,
}

impl Change {
    pub(super) fn new(write: &Write, now: Timestamp) -> Self {
        match write {
            Write::Put(item, when) => Self::Put(item::attributes(item), Condition::new(*when, now)),
            Write::Delete(key, when) => Self::Delete(item::key(key), Condition::new(*when, now)),
        }
    }

    /// The change as a part of a transaction.
    pub(super) fn transacted(self, table: &str) -> Result<TransactWriteItem, StoreError> {
        let item = TransactWriteItem::builder();
        Ok(match self {
            Self::Put(attributes, condition) => item.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(attributes))
                    .set_condition_expression(condition.expression)
                    .set_expression_attribute_names(condition.names)
                    .set_expression_attribute_values(condition.values)
                    .build()
                    .map_err(|error| incomplete(&error))?,
            ),
            Self::Delete(key, condition) => item.delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(key))
                    .set_condition_expression(condition.expression)
                    .set_expression_attribute_names(condition.names)
                    .set_expression_attribute_values(condition.values)
                    .build()
                    .map_err(|error| incomplete(&error))?,
            ),
        }
        .build())
    }
}

fn incomplete(error: &BuildError) -> StoreError {
    StoreError { passing: false, message: format!("a write could not be built: {error}") }
}

impl Condition {
    fn new(when: When, now: Timestamp) -> Self {
        let (expression, name, mut values) = match when {
            When::Always => return Self { expression: None, names: None, values: None },
            When::Absent => {
                ("attribute_not_exists(#i) OR #e <= :now", ("#i", PARTITION), Attributes::new())
            }
            When::Version(version) => (
                "#i = :version AND (attribute_not_exists(#e) OR #e > :now)",
                ("#i", VERSION),
                Attributes::from([(":version".to_owned(), number(version))]),
            ),
        };
        values.insert(":now".to_owned(), second(now));
        let names = [name, ("#e", EXPIRES)].map(|(name, is)| (name.to_owned(), is.to_owned()));
        Self {
            expression: Some(expression.to_owned()),
            names: Some(HashMap::from(names)),
            values: Some(values),
        }
    }
}
