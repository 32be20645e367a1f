//! A store in a `DynamoDB` table.
//!
//! The table has the text attributes `pk` as its partition key and `sk` as its sort key, and the
//! attribute `expires` for its time to live. An item has these, `version`, a number, and `body`, a
//! text. `DynamoDB` removes expired items when it finds the time, up to days later: until then they
//! are passed over here.

mod answer;
mod attempts;
mod failure;
mod item;
mod write;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use jiff::Timestamp;
use trailalerts_processor::store::{
    Committed, Item, Key, Order, Range, Store, StoreError, Write, check_key, check_range,
    check_writes,
};

use self::{
    attempts::Attempts,
    item::{BODY, EXPIRES, PARTITION, SORT, VERSION, second, text},
    write::Change,
};

/// Most items that are asked for at once; a page ends at 1 MB at the latest.
const ITEMS_PER_PAGE: usize = 1_000;

/// A store in a `DynamoDB` table.
///
/// Retries and time-outs are those of the client. It should have time-outs: the SDK sets none for
/// an answer that does not come.
#[derive(Debug, Clone)]
pub struct DynamoDbStore {
    client: Client,
    table: String,
}

impl DynamoDbStore {
    /// The store in a table, by its name or ARN; whether there is one, the first use shows.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// A write of one item. It costs half of a transaction, but cannot say which attempt it was.
    async fn commit_one(&self, change: Change) -> Result<Committed, StoreError> {
        let attempts = Attempts::default();
        let committed = match change {
            Change::Put(item, condition) => {
                let request = self
                    .client
                    .put_item()
                    .table_name(&self.table)
                    .set_item(Some(item))
                    .set_condition_expression(condition.expression)
                    .set_expression_attribute_names(condition.names)
                    .set_expression_attribute_values(condition.values);
                let answer = request.customize().interceptor(attempts.clone()).send().await;
                answer::of_one(answer, "PutItem", &self.table)
            }
            Change::Delete(key, condition) => {
                let request = self
                    .client
                    .delete_item()
                    .table_name(&self.table)
                    .set_key(Some(key))
                    .set_condition_expression(condition.expression)
                    .set_expression_attribute_names(condition.names)
                    .set_expression_attribute_values(condition.values);
                let answer = request.customize().interceptor(attempts.clone()).send().await;
                answer::of_one(answer, "DeleteItem", &self.table)
            }
        }?;
        if committed == Committed::Conflict && attempts.one_is_uncertain() {
            // What is in the way may be our own first attempt, whose answer was lost.
            return Err(StoreError {
                passing: true,
                message: format!(
                    "whether a write of table `{}` was made is unknown: it was repeated after an \
                     answer that was lost",
                    self.table
                ),
            });
        }
        Ok(committed)
    }

    /// A transaction. The SDK gives each a token of its own, by which `DynamoDB` knows a repeated
    /// attempt. None is made from the writes: the same writes can be meant twice.
    async fn commit_all(&self, changes: Vec<Change>) -> Result<Committed, StoreError> {
        let items: Result<Vec<_>, _> =
            changes.into_iter().map(|change| change.transacted(&self.table)).collect();
        let request = self.client.transact_write_items().set_transact_items(Some(items?));
        answer::of_all(request.send().await, &self.table)
    }
}

impl Store for DynamoDbStore {
    async fn get(&self, key: &Key, now: Timestamp) -> Result<Option<Item>, StoreError> {
        check_key(key)?;
        let request = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(item::key(key)))
            .consistent_read(true);
        let answer =
            request.send().await.map_err(|error| failure::of(&error, "GetItem", &self.table))?;
        let found = answer.item.map(|found| item::read(found, &self.table)).transpose()?;
        Ok(found.filter(|item| !item.has_expired(now)))
    }

    async fn query(&self, range: &Range, now: Timestamp) -> Result<Vec<Item>, StoreError> {
        check_range(range)?;
        // Ends that DynamoDB would refuse.
        if range.from > range.to || range.to.is_empty() {
            return Ok(Vec::new());
        }
        let (condition, from) = if range.from.is_empty() {
            ("#p = :p AND #s <= :to", None)
        } else {
            ("#p = :p AND #s BETWEEN :from AND :to", Some(text(&range.from)))
        };
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .scan_index_forward(range.order == Order::Ascending)
            .projection_expression("#p, #s, #v, #e, #b")
            .key_condition_expression(condition)
            .filter_expression("attribute_not_exists(#e) OR #e > :now")
            .expression_attribute_names("#p", PARTITION)
            .expression_attribute_names("#s", SORT)
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_names("#e", EXPIRES)
            .expression_attribute_names("#b", BODY)
            .expression_attribute_values(":p", text(&range.partition))
            .expression_attribute_values(":to", text(&range.to))
            .expression_attribute_values(":now", second(now));
        let request = match from {
            Some(from) => request.expression_attribute_values(":from", from),
            None => request,
        };

        let mut items = Vec::new();
        let mut behind = None;
        // What is asked for counts before the filter: a page can be empty, and not the last. Where
        // many have expired, the pages grow.
        let mut page = range.limit.min(ITEMS_PER_PAGE);
        while items.len() < range.limit {
            let answer = request
                .clone()
                .set_limit(i32::try_from(page).ok())
                .set_exclusive_start_key(behind)
                .send()
                .await
                .map_err(|error| failure::of(&error, "Query", &self.table))?;
            for found in answer.items.into_iter().flatten().take(range.limit - items.len()) {
                items.push(item::read(found, &self.table)?);
            }
            behind = answer.last_evaluated_key.filter(|key| !key.is_empty());
            if behind.is_none() {
                break;
            }
            page = (2 * page).min(ITEMS_PER_PAGE);
        }
        Ok(items)
    }

    async fn commit(&self, writes: &[Write], now: Timestamp) -> Result<Committed, StoreError> {
        check_writes(writes)?;
        let mut changes: Vec<_> = writes.iter().map(|write| Change::new(write, now)).collect();
        match changes.len() {
            0 => Ok(Committed::Done),
            1 => match changes.pop() {
                Some(change) => self.commit_one(change).await,
                None => Ok(Committed::Done),
            },
            _ => self.commit_all(changes).await,
        }
    }
}

/// Attributes by their names.
type Attributes = std::collections::HashMap<String, AttributeValue>;
