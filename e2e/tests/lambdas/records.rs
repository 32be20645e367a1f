//! Records that the shipped rules match, and those that they do not.

use serde_json::{Value, json};

/// A record of a rule of its own: each user's deletion of a GuardDuty detector is an alert.
pub fn deletion(number: u32) -> Value {
    let mut record = call(number, "guardduty.amazonaws.com", "DeleteDetector");
    record["requestParameters"] = json!({"detectorId": "12abc34d567e8fa901bc2d34e56789f0"});
    record
}

/// A record that no rule matches.
pub fn reading(number: u32) -> Value {
    call(number, "ec2.amazonaws.com", "DescribeInstances")
}

fn call(number: u32, source: &str, name: &str) -> Value {
    let user = format!("user-{number}");
    json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": format!("AIDA{number:016}"),
            "arn": format!("arn:aws:iam::111122223333:user/{user}"),
            "accountId": "111122223333",
            "userName": user,
        },
        "eventTime": "2026-11-22T10:00:00Z",
        "eventSource": source,
        "eventName": name,
        "awsRegion": "eu-central-1",
        "sourceIPAddress": "192.0.2.7",
        "userAgent": "aws-cli/2.31",
        "requestID": format!("00000000-0000-4000-9000-{number:012}"),
        "eventID": format!("00000000-0000-4000-8000-{number:012}"),
        "readOnly": false,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
    })
}

/// The key of a log file as CloudTrail writes it.
pub fn key(name: &str) -> String {
    format!("AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/22/{name}.json.gz")
}
