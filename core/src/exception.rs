//! Exceptions: matches of a rule that never alert.

use std::{net::IpAddr, sync::LazyLock};

use ipnet::IpNet;
use regex::bytes::Regex;

use crate::{actor::Actor, record::Record};

/// What is left out of one rule's alerts; a match is excluded when any of the lists fits.
#[derive(Debug)]
pub struct Exception {
    /// `excludedActors`: compared with every name of the actor, ignoring case.
    pub actors: &'static [&'static str],
    /// `excludedSourceIPs`
    pub source_ips: &'static [IpNet],
    /// `excludedActorsRegex`: searched in every name of the actor.
    pub actors_regex: &'static [&'static LazyLock<Regex>],
}

impl Exception {
    /// Whether the record is excluded.
    pub fn excludes(&self, record: &Record<'_>, actor: &Actor) -> bool {
        let named = actor.names().any(|name| {
            self.actors.iter().any(|excluded| excluded.eq_ignore_ascii_case(name))
                || self.actors_regex.iter().any(|regex| regex.is_match(name.as_bytes()))
        });
        named || (!self.source_ips.is_empty() && self.excludes_address(record))
    }

    fn excludes_address(&self, record: &Record<'_>) -> bool {
        record
            .text("sourceIPAddress")
            .and_then(|text| text.parse::<IpAddr>().ok())
            .is_some_and(|address| self.source_ips.iter().any(|network| network.contains(&address)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SSO: LazyLock<Regex> =
        LazyLock::new(|| crate::predicate::regex("^AWSReservedSSO_Admin.*"));

    static EXCEPTION: Exception = Exception {
        actors: &[
            "arn:aws:iam::111122223333:role/app-sync",
            "arn:aws:iam::111122223333:user/ci-bot",
        ],
        source_ips: &[IpNet::V4(ipnet::Ipv4Net::new_assert(
            std::net::Ipv4Addr::new(192, 0, 2, 0),
            24,
        ))],
        actors_regex: &[&SSO],
    };

    #[test]
    fn any_list_excludes_by_full_canonical_and_bare_name() {
        let user = |name: &str, ip: &str| {
            format!(
                r#"{{"userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/{name}"}},"sourceIPAddress":"{ip}"}}"#
            )
        };
        let role = |role: &str, session: &str| {
            format!(
                r#"{{"userIdentity":{{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/{role}/{session}"}}}}"#
            )
        };
        let cases = [
            (user("ci-bot", "198.51.100.1"), true),
            (user("CI-Bot", "198.51.100.1"), true),
            (user("ann", "198.51.100.1"), false),
            (user("ann", "192.0.2.77"), true),
            (user("ann", "s3.amazonaws.com"), false),
            (role("app-sync", "i-0abc"), true),
            (role("app-sync-2", "i-0abc"), false),
            (role("AWSReservedSSO_Admin_0a1b", "ann"), true),
            (role("other", "AWSReservedSSO_Admin"), false),
        ];
        for (json, excluded) in cases {
            let record = Record::parse(json.as_bytes()).unwrap();
            assert_eq!(EXCEPTION.excludes(&record, &Actor::of(&record)), excluded, "{json}");
        }
    }
}
