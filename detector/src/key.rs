//! What an object is, by its key alone.

/// What stands behind an S3 key, as far as the key says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// A CloudTrail log file, or something whose key does not say otherwise.
    Log,
    /// A CloudTrail digest file, which signs log files and holds no records.
    Digest,
    /// A file of CloudTrail Insights records.
    Insight,
    /// A file of aggregated data events: counts, not calls.
    Aggregated,
    /// A file that another service than CloudTrail put below `AWSLogs/`.
    OtherService,
    /// A placeholder for a folder.
    Folder,
}

/// Tells by its key (or path, with `/`) what an object is.
///
/// AWS writes `[prefix/]AWSLogs/[o-organization/]account/service/region/…`, where the service of
/// CloudTrail is `CloudTrail`, or that with a suffix for the kind of its records. Of keys that are
/// not of this form, only a folder is told apart. The key is taken as it is: undo URL encoding
/// first.
#[must_use]
pub fn kind_of_key(key: &str) -> KeyKind {
    if key.is_empty() || key.ends_with('/') {
        return KeyKind::Folder;
    }
    match service(key) {
        Some("CloudTrail-Digest") => KeyKind::Digest,
        Some("CloudTrail-Insight") => KeyKind::Insight,
        Some("CloudTrail-Aggregated") => KeyKind::Aggregated,
        Some(service) if !service.starts_with("CloudTrail") => KeyKind::OtherService,
        _ => KeyKind::Log,
    }
}

/// The folder that AWS names after the service, in a key of the form that AWS writes, or a folder
/// of CloudTrail anywhere.
fn service(key: &str) -> Option<&str> {
    let (folders, _name) = key.rsplit_once('/')?;
    let mut rest = folders.split('/').skip_while(|folder| *folder != "AWSLogs").skip(1).peekable();
    rest.next_if(|folder| folder.starts_with("o-"));
    let is_account =
        |folder: &str| folder.len() == 12 && folder.bytes().all(|b| b.is_ascii_digit());
    match rest.next() {
        Some(account) if is_account(account) => rest.next(),
        _ => folders.split('/').find(|folder| folder.starts_with("CloudTrail-")),
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyKind, kind_of_key};

    #[test]
    fn keys_are_told_apart() {
        for (key, kind) in [
            ("AWSLogs/123456789012/CloudTrail/us-east-1/2024/05/01/x.json.gz", KeyKind::Log),
            ("a/b/AWSLogs/o-ab12/123456789012/CloudTrail/eu-west-1/x.json.gz", KeyKind::Log),
            ("AWSLogs/123456789012/CloudTrail-NetworkActivity/x/y.json.gz", KeyKind::Log),
            ("AWSLogs/123456789012/CloudTrail-Digest/us-east-1/x.json.gz", KeyKind::Digest),
            ("p/AWSLogs/o-ab/123456789012/CloudTrail-Insight/x.json.gz", KeyKind::Insight),
            ("AWSLogs/123456789012/CloudTrail-Aggregated/x.json.gz", KeyKind::Aggregated),
            ("AWSLogs/123456789012/Config/ConfigWritabilityCheckFile", KeyKind::OtherService),
            ("AWSLogs/123456789012/vpcflowlogs/us-east-1/x.log.gz", KeyKind::OtherService),
            ("AWSLogs/123456789012/CloudTrail/", KeyKind::Folder),
            ("", KeyKind::Folder),
            ("exports/CloudTrail-Digest/x.json.gz", KeyKind::Digest),
            ("exports/CloudTrail-Insight/x.json.gz", KeyKind::Insight),
            ("AWSLogs/123456789012/CloudTrail-Digest", KeyKind::Log),
            ("AWSLogs/123456789012", KeyKind::Log),
            ("AWSLogs/x/Config/y.json", KeyKind::Log),
            ("my-logs/today.ndjson", KeyKind::Log),
            ("events.json", KeyKind::Log),
        ] {
            assert_eq!(kind_of_key(key), kind, "{key}");
        }
    }
}
