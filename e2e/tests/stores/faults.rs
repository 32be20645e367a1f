//! What the store in `DynamoDB` makes of failures.

use std::{
    net::{Ipv4Addr, TcpListener},
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
};
use jiff::Timestamp;
use libtest_mimic::{Failed, Trial};
use processor_lambda::dynamodb::DynamoDbStore;
use trailalerts_e2e::{
    emulator::Emulator,
    faults::{Answer, FaultServer},
    tables,
};
use trailalerts_processor::store::{
    Committed, Item, Key, Order, Range, Store, StoreError, When, Write,
};

use crate::RUNTIME;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const TABLE: &str = "the-state";

/// How long an attempt may take here.
const TIMEOUT: Duration = Duration::from_millis(300);

pub fn trials() -> Vec<Trial> {
    macro_rules! trials {
        ($($name:ident)*) => {
            vec![$(Trial::test(format!("faults::{}", stringify!($name)), || {
                RUNTIME.block_on($name())
            })),*]
        };
    }
    trials! {
        throttling_passes
        failures_of_the_service_pass
        garbage_passes
        silence_passes
        a_refused_connection_passes
        a_failure_that_passes_meanwhile_is_not_seen
        a_refused_permission_names_the_permission
        a_missing_table_is_named
        a_table_of_other_keys_is_named
        wrong_credentials_do_not_pass
        a_client_without_credentials_says_so
        conditions_and_contests_are_conflicts
        reasons_of_a_canceled_transaction_are_told_apart
        a_repeated_write_is_no_conflict
        a_repeated_transaction_has_one_token
        a_table_of_others_is_named
        missing_tables_of_the_emulator_are_named
    }
}

fn server(answers: &[Answer]) -> std::io::Result<(FaultServer, DynamoDbStore)> {
    let server = FaultServer::start(answers.to_vec())?;
    let store = store(&server.endpoint());
    Ok((server, store))
}

fn store(endpoint: &str) -> DynamoDbStore {
    DynamoDbStore::new(tables::client(endpoint, TIMEOUT), TABLE)
}

fn put(sort: &str) -> Write {
    let item = Item { key: Key::new("p", sort), version: 1, expires: None, body: "{}".to_owned() };
    Write::Put(item, When::Absent)
}

fn delete(sort: &str) -> Write {
    Write::Delete(Key::new("p", sort), When::Version(1))
}

fn range() -> Range {
    let (from, to) = ("a".to_owned(), "z".to_owned());
    Range { partition: "p".to_owned(), from, to, order: Order::Ascending, limit: 10 }
}

/// Each operation, by its name, and why it failed.
async fn failures(store: &DynamoDbStore) -> Vec<(&'static str, StoreError)> {
    let expected = "a failure";
    vec![
        ("GetItem", store.get(&Key::new("p", "s"), NOW).await.expect_err(expected)),
        ("Query", store.query(&range(), NOW).await.expect_err(expected)),
        ("PutItem", store.commit(&[put("a")], NOW).await.expect_err(expected)),
        ("DeleteItem", store.commit(&[delete("a")], NOW).await.expect_err(expected)),
        (
            "TransactWriteItems",
            store.commit(&[put("a"), delete("b")], NOW).await.expect_err(expected),
        ),
    ]
}

/// That all operations fail so, and say these words.
async fn all_fail(store: &DynamoDbStore, passing: bool, words: &[&str]) {
    for (operation, error) in failures(store).await {
        assert_eq!(error.passing, passing, "{error}");
        for word in words.iter().chain(&[operation, TABLE]) {
            assert!(error.message.contains(word), "{word}: {error}");
        }
    }
}

async fn throttling_passes() -> Result<(), Failed> {
    let codes =
        ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"];
    for code in codes {
        let (server, store) = server(&[Answer::error(400, code, "Rate exceeded")])?;
        all_fail(&store, true, &[code, "Rate exceeded"]).await;
        assert_eq!(server.requests().len(), 5 * 3, "three attempts each");
    }
    Ok(())
}

async fn failures_of_the_service_pass() -> Result<(), Failed> {
    let (_server, store) = server(&[Answer::error(500, "InternalServerError", "Oops")])?;
    all_fail(&store, true, &["InternalServerError", "Oops"]).await;
    let (_server, store) = server(&[Answer::Status(503, String::new())])?;
    all_fail(&store, true, &["503"]).await;
    Ok(())
}

async fn garbage_passes() -> Result<(), Failed> {
    let (_server, store) = server(&[Answer::Status(200, "<html>".to_owned())])?;
    // What only says that it was done needs no reading.
    for (_, error) in [
        ("", store.get(&Key::new("p", "s"), NOW).await.expect_err("no JSON")),
        ("", store.query(&range(), NOW).await.expect_err("no JSON")),
    ] {
        assert!(error.passing && error.message.contains(TABLE), "{error}");
    }
    Ok(())
}

async fn silence_passes() -> Result<(), Failed> {
    let began = Instant::now();
    let (_server, store) = server(&[Answer::Nothing])?;
    all_fail(&store, true, &["too long"]).await;
    assert!(began.elapsed() < Duration::from_secs(30));
    let (_server, store) = server(&[Answer::Hangup])?;
    all_fail(&store, true, &["could not be asked"]).await;
    Ok(())
}

async fn a_refused_connection_passes() -> Result<(), Failed> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    drop(listener);
    all_fail(&store(&endpoint), true, &["could not be asked", "refused"]).await;
    Ok(())
}

async fn a_failure_that_passes_meanwhile_is_not_seen() -> Result<(), Failed> {
    let answers = [
        Answer::error(500, "InternalServerError", ""),
        Answer::error(400, "ThrottlingException", ""),
        Answer::Status(200, "{}".to_owned()),
    ];
    let (first, store) = server(&answers)?;
    assert_eq!(store.get(&Key::new("p", "s"), NOW).await?, None);
    assert_eq!(first.requests().len(), 3);
    let (_server, store) = server(&answers)?;
    assert_eq!(store.commit(&[put("a")], NOW).await?, Committed::Done);
    Ok(())
}

async fn a_refused_permission_names_the_permission() -> Result<(), Failed> {
    let said = "User: arn:aws:sts::1:assumed-role/x/y is not authorized";
    let (server, store) = server(&[Answer::error(400, "AccessDeniedException", said)])?;
    for (operation, error) in failures(&store).await {
        assert!(!error.passing, "{error}");
        let permission = match operation {
            "TransactWriteItems" => "Allow dynamodb:PutItem and dynamodb:DeleteItem".to_owned(),
            one => format!("Allow dynamodb:{one}"),
        };
        for words in [said, TABLE, &permission] {
            assert!(error.message.contains(words), "{words}: {error}");
        }
    }
    assert_eq!(server.requests().len(), 5, "it is not tried again");
    Ok(())
}

async fn a_missing_table_is_named() -> Result<(), Failed> {
    let answer = Answer::error(400, "ResourceNotFoundException", "Requested resource not found");
    let (_server, store) = server(&[answer])?;
    all_fail(&store, false, &["no such table", "deploy it"]).await;
    Ok(())
}

async fn a_table_of_other_keys_is_named() -> Result<(), Failed> {
    let said = "The provided key element does not match the schema";
    let (_server, store) = server(&[Answer::error(400, "ValidationException", said)])?;
    all_fail(&store, false, &[said, "`pk` and `sk`"]).await;
    Ok(())
}

async fn wrong_credentials_do_not_pass() -> Result<(), Failed> {
    let answer = Answer::error(400, "UnrecognizedClientException", "The security token is invalid");
    let (_server, store) = server(&[answer])?;
    all_fail(&store, false, &["credentials"]).await;
    Ok(())
}

async fn a_client_without_credentials_says_so() -> Result<(), Failed> {
    let config = || aws_sdk_dynamodb::Config::builder().behavior_version(BehaviorVersion::latest());
    let without_credentials = config().region(Region::from_static("eu-central-1"));
    let without_region =
        config().credentials_provider(Credentials::new("test", "test", None, None, "tests"));
    for (config, word) in [(without_credentials, "credentials"), (without_region, "Missing Region")]
    {
        let store = DynamoDbStore::new(Client::from_conf(config.build()), TABLE);
        all_fail(&store, false, &[word, "Check the region and the credentials"]).await;
    }
    Ok(())
}

async fn conditions_and_contests_are_conflicts() -> Result<(), Failed> {
    for code in ["ConditionalCheckFailedException", "TransactionConflictException"] {
        let (_server, store) = server(&[Answer::error(400, code, "")])?;
        assert_eq!(store.commit(&[put("a")], NOW).await?, Committed::Conflict, "{code}");
        assert_eq!(store.commit(&[delete("a")], NOW).await?, Committed::Conflict, "{code}");
    }
    Ok(())
}

fn canceled(codes: &[&str]) -> Answer {
    let reasons: Vec<_> =
        codes.iter().map(|code| format!(r#"{{"Code":"{code}","Message":"so it is"}}"#)).collect();
    let reasons = reasons.join(",");
    Answer::Status(
        400,
        format!(
            r#"{{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message":"cancelled","CancellationReasons":[{reasons}]}}"#
        ),
    )
}

async fn reasons_of_a_canceled_transaction_are_told_apart() -> Result<(), Failed> {
    let writes = [put("a"), delete("b")];
    let conflicts = [
        ["ConditionalCheckFailed", "None"],
        ["None", "TransactionConflict"],
        // It would have failed without the throttling, too.
        ["ThrottlingError", "ConditionalCheckFailed"],
    ];
    for codes in conflicts {
        let (_server, store) = server(&[canceled(&codes)])?;
        assert_eq!(store.commit(&writes, NOW).await?, Committed::Conflict, "{codes:?}");
    }
    let failures = [
        (["None", "ThrottlingError"], true, "ThrottlingError"),
        (["ProvisionedThroughputExceeded", "None"], true, "ProvisionedThroughputExceeded"),
        (["ValidationError", "None"], false, "ValidationError"),
        (["ThrottlingError", "ValidationError"], false, "ValidationError"),
        (["ConditionalCheckFailed", "ValidationError"], false, "ValidationError"),
        (["None", "None"], false, "TransactionCanceledException"),
    ];
    for (codes, passing, word) in failures {
        let (_server, store) = server(&[canceled(&codes)])?;
        let error = store.commit(&writes, NOW).await.expect_err("a failure");
        assert_eq!(error.passing, passing, "{codes:?}: {error}");
        assert!(error.message.contains(word) && error.message.contains(TABLE), "{error}");
    }
    let answer = Answer::error(400, "TransactionInProgressException", "");
    let (_server, store) = server(&[answer])?;
    assert!(store.commit(&writes, NOW).await.expect_err("it may be made yet").passing);
    Ok(())
}

/// A condition that fails after an answer was lost can fail because of our own first attempt.
async fn a_repeated_write_is_no_conflict() -> Result<(), Failed> {
    let failed = Answer::error(400, "ConditionalCheckFailedException", "");
    let lost = [
        Answer::error(500, "InternalServerError", ""),
        Answer::Nothing,
        Answer::Hangup,
        Answer::Status(502, String::new()),
    ];
    for lost in lost {
        for write in [put("a"), delete("a")] {
            let (server, store) = server(&[lost.clone(), failed.clone()])?;
            let error = store.commit(&[write], NOW).await.expect_err("nobody knows");
            assert!(error.passing && error.message.contains("unknown"), "{lost:?}: {error}");
            assert_eq!(server.requests().len(), 2, "{lost:?}");
        }
    }
    // What was throttled was not written.
    let (_server, store) = server(&[Answer::error(400, "ThrottlingException", ""), failed])?;
    assert_eq!(store.commit(&[put("a")], NOW).await?, Committed::Conflict);
    Ok(())
}

/// `DynamoDB` knows by the token that a transaction is repeated; the same writes another time are
/// another transaction.
async fn a_repeated_transaction_has_one_token() -> Result<(), Failed> {
    let (server, store) = server(&[
        Answer::error(500, "InternalServerError", ""),
        Answer::Status(200, "{}".to_owned()),
    ])?;
    let writes = [put("a"), delete("b")];
    for _ in 0..2 {
        assert_eq!(store.commit(&writes, NOW).await?, Committed::Done);
    }
    let tokens: Vec<_> = server.requests().iter().map(|request| token(request)).collect();
    let [first, repeated, second] = &tokens[..] else {
        return Err(format!("{} requests", tokens.len()).into());
    };
    assert!(first.is_some(), "a transaction has a token");
    assert_eq!(first, repeated);
    assert_ne!(first, second);
    Ok(())
}

fn token(request: &str) -> Option<String> {
    let (_, behind) = request.split_once(r#""ClientRequestToken":""#)?;
    Some(behind.split_once('"')?.0.to_owned())
}

async fn a_table_of_others_is_named() -> Result<(), Failed> {
    let key = r#""pk":{"S":"p"},"sk":{"S":"s"}"#;
    let items = [
        (format!("{{{key}}}"), "version"),
        (format!(r#"{{{key},"version":{{"S":"1"}},"body":{{"S":""}}}}"#), "version"),
        (format!(r#"{{{key},"version":{{"N":"-1"}},"body":{{"S":""}}}}"#), "version"),
        (format!(r#"{{{key},"version":{{"N":"1"}}}}"#), "body"),
        (
            format!(
                r#"{{{key},"version":{{"N":"1"}},"body":{{"S":""}},"expires":{{"N":"1e300"}}}}"#
            ),
            "expires",
        ),
    ];
    for (item, word) in items {
        let (_server, store) = server(&[Answer::Status(200, format!(r#"{{"Item":{item}}}"#))])?;
        let error = store.get(&Key::new("p", "s"), NOW).await.expect_err(word);
        assert!(!error.passing, "{error}");
        assert!(error.message.contains(TABLE) && error.message.contains(word), "{error}");
    }
    Ok(())
}

async fn missing_tables_of_the_emulator_are_named() -> Result<(), Failed> {
    let emulator = Emulator::shared()?;
    let client = tables::client(&emulator.endpoint(), Duration::from_secs(60));
    all_fail(&DynamoDbStore::new(client, TABLE), false, &["no such table"]).await;
    Ok(())
}
