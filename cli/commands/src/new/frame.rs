//! A CloudTrail record around the fields that a rule speaks of. Accounts, names and addresses are
//! invented, or of the ranges kept for documentation.

use jiff::Timestamp;
use sigma_compiler::{
    derive::Edit,
    reference::{Json, Text},
};

use super::uuid;
use crate::Failure;

/// Who may have made the call.
const IDENTITIES: [&str; 3] = [
    r#"{"type": "IAMUser", "principalId": "AIDAEXAMPLEANNMEYER0", "arn": "arn:aws:iam::111122223333:user/ann.meyer",
        "accountId": "111122223333", "accessKeyId": "AKIAEXAMPLEANNMEYER0", "userName": "ann.meyer"}"#,
    r#"{"type": "AssumedRole", "principalId": "AROAEXAMPLEDEPLOY000:ann.meyer",
        "arn": "arn:aws:sts::111122223333:assumed-role/deploy/ann.meyer", "accountId": "111122223333",
        "accessKeyId": "ASIAEXAMPLEDEPLOY000", "sessionContext": {"sessionIssuer": {"type": "Role",
        "principalId": "AROAEXAMPLEDEPLOY000", "arn": "arn:aws:iam::111122223333:role/deploy",
        "accountId": "111122223333", "userName": "deploy"},
        "attributes": {"creationDate": "2026-01-12T08:00:00Z", "mfaAuthenticated": "true"}}}"#,
    r#"{"type": "Root", "principalId": "111122223333", "arn": "arn:aws:iam::111122223333:root",
        "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLEROOT00000"}"#,
];

/// Records in which nothing remarkable is done, one for each kind of identity.
pub fn frames() -> Result<Vec<Json>, Failure> {
    let time = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default();
    let frame = |identity: &str| {
        let text = format!(
            r#"{{"eventVersion": "1.11", "userIdentity": {identity}, "eventTime": "{time}",
            "eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances", "awsRegion": "us-east-1",
            "sourceIPAddress": "198.51.100.24", "userAgent": "aws-cli/2.31.4", "requestParameters": null,
            "responseElements": null, "requestID": "{}", "eventID": "{}", "readOnly": false,
            "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": "111122223333",
            "eventCategory": "Management"}}"#,
            uuid()?,
            uuid()?,
        );
        Json::parse(&text).map_err(Failure::Io)
    };
    IDENTITIES.iter().map(|identity| frame(identity)).collect()
}

/// The record with identifiers of its own, so that it is no duplicate of the one it was made from.
pub fn with_own_ids(record: &Json) -> Result<Json, Failure> {
    let request = Edit::text("requestID", &uuid()?);
    Ok(Edit::text("eventID", &uuid()?).apply(&request.apply(record)))
}

/// The members of a record as CloudTrail orders them.
const ORDER: [&str; 19] = [
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "readOnly",
    "resources",
    "eventType",
    "managementEvent",
];

/// The record with its members in the usual order; what is not usual comes last.
pub fn in_order(record: Json) -> Json {
    let rank = |key: &Text| ORDER.iter().position(|known| *known == key.value());
    match record {
        Json::Object(mut members) => {
            members.sort_by_key(|(key, _)| rank(key).unwrap_or(ORDER.len()));
            Json::Object(members)
        }
        other => other,
    }
}
