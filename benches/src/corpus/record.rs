//! One record, with its members in the order that CloudTrail writes them.

use std::fmt::Write as _;

use serde_json::Value;

use super::actor::{Actor, Kind};
use super::catalogue::Call;
use super::values::{self, Scene};
use crate::random::Random;

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It did what was asked.
    Done,
    /// The caller may not do that.
    Denied,
    /// Anything else.
    Failed,
}

/// `errorCode` and `errorMessage` of what is not about rights.
const FAILURES: [(&str, &str); 10] = [
    ("ThrottlingException", "Rate exceeded"),
    ("Client.RequestLimitExceeded", "Request limit exceeded."),
    ("ResourceNotFoundException", "Requested resource not found"),
    ("NoSuchEntityException", "The role with name does not exist in this account."),
    ("NoSuchBucketPolicy", "The bucket policy does not exist"),
    ("ParameterNotFound", ""),
    (
        "ServerSideEncryptionConfigurationNotFoundError",
        "The server side encryption configuration was not found",
    ),
    (
        "ValidationException",
        "1 validation error detected: Value at \\\"name\\\" failed to satisfy constraint",
    ),
    ("Client.InvalidInstanceID.NotFound", "The instance IDs do not exist"),
    ("ResourceInUseException", "Table is being created or updated"),
];

/// Of a hundred records.
const VERSIONS: [(u64, &str); 5] =
    [(70, "1.11"), (12, "1.10"), (8, "1.09"), (7, "1.08"), (3, "1.05")];

/// Writes a record.
pub fn write(
    call: &Call,
    actor: &Actor,
    outcome: Outcome,
    scene: &Scene,
    random: &mut Random,
    out: &mut String,
) {
    let version = *random.pick_weighted(&VERSIONS);
    let start = out.len();
    let source = format!("{}.amazonaws.com", call.service);
    let _ = write!(out, r#"{{"eventVersion":"{version}","userIdentity":{}"#, actor.identity);
    out.push_str(r#","eventTime":""#);
    values::iso_time(scene.second, out);
    let _ = write!(out, r#"","eventSource":"{source}","eventName":"{}","#, call.name);
    let _ = write!(out, r#""awsRegion":"{}","sourceIPAddress":"{}","#, scene.region, actor.address);
    let _ = write!(out, r#""userAgent":"{}","#, actor.agent);
    error(call, actor, outcome, random, out);
    out.push_str(r#""requestParameters":"#);
    call.request.write(scene, random, out);
    out.push_str(r#","responseElements":"#);
    match outcome {
        Outcome::Done => call.response.write(scene, random, out),
        _ => out.push_str("null"),
    }
    if let Some(additional) = &call.additional {
        out.push_str(r#","additionalEventData":"#);
        additional.write(scene, random, out);
    }
    out.push_str(r#","requestID":""#);
    random.uuid(out);
    out.push_str(r#"","eventID":""#);
    random.uuid(out);
    out.push('"');
    let kind = match call {
        call if call.is('c') => "AwsConsoleSignIn",
        call if call.is('e') => "AwsServiceEvent",
        _ => "AwsApiCall",
    };
    let (data, read_only) = (call.is('d'), call.is('r') || call.name.starts_with("Get"));
    if version == "1.05" {
        let _ = write!(out, r#","eventType":"{kind}","recipientAccountId":"{}"}}"#, scene.account);
        return;
    }
    let _ = write!(out, r#","readOnly":{read_only}"#);
    if let Some(resources) = &call.resources {
        out.push_str(r#","resources":"#);
        resources.write(scene, random, out);
    }
    let _ = write!(out, r#","eventType":"{kind}","managementEvent":{},"#, !data);
    let _ = write!(out, r#""recipientAccountId":"{}""#, scene.account);
    if actor.kind == Kind::Service {
        out.push_str(r#","sharedEventID":""#);
        random.uuid(out);
        out.push('"');
    }
    let _ = write!(out, r#","eventCategory":"{}""#, if data { "Data" } else { "Management" });
    if actor.kind != Kind::Service && version != "1.08" {
        tls(call, scene, random, out);
    }
    if actor.console {
        out.push_str(r#","sessionCredentialFromConsole":"true""#);
    }
    out.push('}');
    // Some were put together by other programs on their way.
    if random.per_mille(20) {
        sort(start, out);
    }
}

fn error(call: &Call, actor: &Actor, outcome: Outcome, random: &mut Random, out: &mut String) {
    let (service, name, arn) = (call.service, call.name, &actor.arn);
    let _ = match outcome {
        Outcome::Done => return,
        Outcome::Failed => {
            let (code, message) = random.pick(&FAILURES);
            match *message {
                "" => write!(out, r#""errorCode":"{code}","#),
                _ => write!(out, r#""errorCode":"{code}","errorMessage":"{message}","#),
            }
        }
        Outcome::Denied if service == "ec2" => {
            let _ = write!(
                out,
                r#""errorCode":"Client.UnauthorizedOperation","errorMessage":"You are not authorized to perform this operation. User: {arn} is not authorized to perform: ec2:{name} because no identity-based policy allows the ec2:{name} action. Encoded authorization failure message: "#,
            );
            random.base64(180, out);
            write!(out, r#"","#)
        }
        Outcome::Denied => {
            let short = matches!(service, "s3" | "iam" | "sts" | "cloudformation" | "sqs");
            let code = if short { "AccessDenied" } else { "AccessDeniedException" };
            write!(
                out,
                r#""errorCode":"{code}","errorMessage":"User: {arn} is not authorized to perform: {service}:{name} because no identity-based policy allows the {service}:{name} action","#,
            )
        }
    };
}

fn tls(call: &Call, scene: &Scene, random: &mut Random, out: &mut String) {
    let (version, cipher) = match random.below(5) {
        0 => ("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256"),
        _ => ("TLSv1.3", "TLS_AES_128_GCM_SHA256"),
    };
    let (service, region) = (call.service, scene.region);
    let _ = write!(
        out,
        r#","tlsDetails":{{"tlsVersion":"{version}","cipherSuite":"{cipher}","clientProvidedHostHeader":"{service}.{region}.amazonaws.com"}}"#,
    );
}

/// Sorts the keys of the record that begins there.
fn sort(start: usize, out: &mut String) {
    // Members of a `Value` are sorted by themselves.
    if let Some(value) = out.get(start..).and_then(|json| serde_json::from_str::<Value>(json).ok())
    {
        out.truncate(start);
        let _ = write!(out, "{value}");
    }
}
