//! Policy documents as CloudTrail holds them: JSON inside of a JSON string.

use std::fmt::Write as _;

use super::names::ACCOUNTS;
use super::values::Scene;
use crate::random::Random;

const ACTIONS: [&str; 16] = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:ListBucket",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "dynamodb:Query",
    "dynamodb:PutItem",
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "logs:PutLogEvents",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ec2:Describe*",
    "lambda:InvokeFunction",
    "sns:Publish",
    "iam:PassRole",
];
const PRINCIPALS: [&str; 5] = [
    "ec2.amazonaws.com",
    "lambda.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "events.amazonaws.com",
    "states.amazonaws.com",
];

/// Writes what somebody may do; as people write it, with line breaks, or as programs do.
pub fn policy(scene: &Scene, random: &mut Random, out: &mut String) {
    // Few are as long as they may be.
    let statements =
        if random.per_mille(40) { random.between(15, 40) } else { random.between(1, 5) };
    let (line, space) = if random.per_mille(400) { (r"\n", "  ") } else { ("", "") };
    let _ =
        write!(out, r#"{{{line}{space}\"Version\":\"2012-10-17\",{line}{space}\"Statement\":["#);
    for statement in 0..statements {
        let comma = if statement > 0 { "," } else { "" };
        let _ = write!(out, r#"{comma}{line}{space}{space}{{\"Sid\":\"Statement{statement}\","#);
        let _ = write!(out, r#"{line}{space}{space}\"Effect\":\"Allow\",\"Action\":["#);
        for action in 0..random.between(1, 6) {
            let comma = if action > 0 { "," } else { "" };
            let _ =
                write!(out, r#"{comma}{line}{space}{space}{space}\"{}\""#, random.pick(&ACTIONS));
        }
        let resource = random.below(40);
        let (region, account) = (scene.region, scene.account);
        let _ = match resource % 4 {
            0 => write!(out, r#"],\"Resource\":\"*\"}}"#),
            1 => write!(out, r#"],\"Resource\":\"arn:aws:kms:{region}:{account}:key/*\"}}"#),
            _ => {
                write!(out, r#"],\"Resource\":[\"arn:aws:s3:::example-{resource}-{account}/*\"]}}"#)
            }
        };
    }
    let _ = write!(out, "{line}]{line}}}");
}

/// Writes who may take on a role.
pub fn trust(scene: &Scene, random: &mut Random, out: &mut String) {
    out.push_str(
        r#"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{"#,
    );
    let _ = match random.below(4) {
        0 => write!(out, r#"\"AWS\":\"arn:aws:iam::{}:root\""#, random.pick::<&str>(&ACCOUNTS)),
        1 => write!(out, r#"\"AWS\":[\"arn:aws:iam::{}:root\"]"#, scene.account),
        _ => write!(out, r#"\"Service\":\"{}\""#, random.pick(&PRINCIPALS)),
    };
    out.push_str(r#"},\"Action\":\"sts:AssumeRole\"}]}"#);
}
