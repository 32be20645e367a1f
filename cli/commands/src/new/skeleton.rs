//! The skeleton of a rule.

use std::path::Path;

use jiff::{Timestamp, tz::TimeZone};

use super::uuid;
use crate::Failure;

/// A rule that compiles as it stands, titled after its file.
pub fn skeleton(path: &Path) -> Result<String, Failure> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let (title, id) = (title(&stem), uuid()?);
    let date = Timestamp::now().to_zoned(TimeZone::UTC).date();
    Ok(format!(
        r"# Exceptions name a rule by its title: give each its own.
title: {title}
# Random; it stays when the title or the file name changes.
id: {id}
status: experimental
description: |
    Detects that …
    It matters because …
references:
    - https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html
date: {date}
# Tactic and technique of MITRE ATT&CK
tags:
    - attack.persistence
    - attack.t1136.003
logsource:
    product: aws
    service: cloudtrail
detection:
    # All lines of a search identifier must hold; of a list of values, any.
    # A field is a dotted path into the record: requestParameters.userName
    selection:
        eventSource: 'iam.amazonaws.com'
        eventName:
            - 'CreateUser'
        # Null or missing: the call succeeded
        errorCode: null
    # What is harmless for everybody
    filter_main_service:
        userIdentity.type: 'AWSService'
    condition: selection and not 1 of filter_main_*
# What a person wants to see first
fields:
    - eventName
    - userIdentity.arn
    - sourceIPAddress
falsepositives:
    - Who does this without harm, and when
# informational, low, medium, high or critical
level: medium
"
    ))
}

/// Words that are written in capitals.
const CAPITALS: [&str; 18] = [
    "acl", "api", "aws", "dns", "ebs", "ec2", "ecr", "ecs", "eks", "iam", "kms", "mfa", "rds",
    "s3", "ses", "sns", "sts", "vpc",
];

/// `aws_iam_user_created` as a title.
fn title(stem: &str) -> String {
    let words = stem.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut title: Vec<String> = words
        .map(|word| match CAPITALS.contains(&word.to_lowercase().as_str()) {
            true => word.to_uppercase(),
            false => {
                let mut chars = word.chars();
                chars
                    .next()
                    .map(|first| first.to_uppercase().chain(chars).collect())
                    .unwrap_or_default()
            }
        })
        .collect();
    if title.first().is_none_or(|first| first != "AWS") {
        title.insert(0, "AWS".to_owned());
    }
    if title.len() == 1 {
        title.push("New Rule".to_owned());
    }
    title.join(" ")
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn a_title_is_made_of_the_words_of_the_file_name() {
        let cases = [
            ("aws_iam_user_created", "AWS IAM User Created"),
            ("s3-bucket.public", "AWS S3 Bucket Public"),
            ("", "AWS New Rule"),
            ("007", "AWS 007"),
            ("a: [b", "AWS A B"),
        ];
        for (stem, expected) in cases {
            assert_eq!(title(stem), expected, "`{stem}`");
        }
    }
}
