//! Who did it: one canonical identity, for exceptions, grouping, cooldown and display alike.

use std::borrow::Cow;

use crate::record::{Path, Record};

/// Roles that IAM Identity Center makes; behind each session of one stands a person.
const IDENTITY_CENTER_ROLE: &str = "AWSReservedSSO_";

/// The identity behind a record.
///
/// | `userIdentity.type` | canonical |
/// |---|---|
/// | `Root` | the account's root ARN |
/// | `IAMUser`, `FederatedUser` | the user's ARN |
/// | `AssumedRole`, `Role` | the role's ARN (session issuer); of an Identity Center role the session's ARN, which names the person |
/// | `AWSService` | the service, for example `ec2.amazonaws.com` |
/// | `SAMLUser`, `WebIdentityUser` | identity provider `/` user name |
/// | `IdentityCenterUser` | `identitystore/` user id |
/// | `AWSAccount` | the caller's account `/` principal id |
/// | `Directory`, `Unknown`, none | ARN, principal id, user name, service or account, the first there is |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The identity that stays the same from session to session.
    pub canonical: String,
    /// `userIdentity.arn`, with the session where there is one.
    pub arn: Option<String>,
    /// ARN of the role behind an assumed-role session.
    pub role: Option<String>,
    /// The bare user or role name.
    pub name: Option<String>,
}

/// The path of these keys, one in the other.
macro_rules! path {
    ($key:literal) => {
        &const { Path::new($key) }
    };
    ($key:literal $($rest:literal)+) => {
        &const { Path::nested(concat!($key $(, ".", $rest)+), path!($($rest)+)) }
    };
}

impl Actor {
    /// The actor of a record; `unknown` where nothing names one.
    pub fn of(record: &Record<'_>) -> Actor {
        let text = |path: &Path<'_>| {
            record.text_of(path).filter(|text| !text.is_empty()).map(Cow::into_owned)
        };
        let arn = text(path!("userIdentity" "arn"));
        let kind = text(path!("userIdentity" "type")).unwrap_or_default();
        // Looked for only where they are asked for.
        let user_name = || text(path!("userIdentity" "userName"));
        let account = || {
            text(path!("userIdentity" "accountId")).or_else(|| text(path!("recipientAccountId")))
        };
        let of_account =
            |what: &str| account().map(|account| format!("arn:aws:iam::{account}:{what}"));
        let principal = || text(path!("userIdentity" "principalId"));
        let invoked_by = || text(path!("userIdentity" "invokedBy"));
        let role = matches!(kind.as_str(), "AssumedRole" | "Role")
            .then(|| {
                text(path!("userIdentity" "sessionContext" "sessionIssuer" "arn"))
                    .or_else(|| arn.as_deref().and_then(role_of_session))
            })
            .flatten();
        let canonical = match kind.as_str() {
            "Root" => arn.clone().or_else(|| of_account("root")),
            "IAMUser" => arn.clone().or_else(|| of_account(&format!("user/{}", user_name()?))),
            "AssumedRole" | "Role" => match (&role, &arn) {
                (Some(role), Some(session))
                    if last_part(role).starts_with(IDENTITY_CENTER_ROLE) =>
                {
                    Some(session.clone())
                }
                (role, _) => role.clone(),
            },
            "AWSService" => invoked_by().or_else(|| text(path!("sourceIPAddress"))),
            "SAMLUser" | "WebIdentityUser" => {
                match (text(path!("userIdentity" "identityProvider")), user_name()) {
                    (Some(provider), Some(user)) => Some(format!("{provider}/{user}")),
                    _ => principal(),
                }
            }
            "AWSAccount" => match (text(path!("userIdentity" "accountId")), principal()) {
                (Some(account), Some(id)) => Some(format!("{account}/{}", before_session(&id))),
                (account, _) => account,
            },
            "IdentityCenterUser" => text(path!("userIdentity" "onBehalfOf" "userId"))
                .map(|user| format!("identitystore/{user}")),
            _ => None,
        };
        let canonical = canonical
            .or_else(|| arn.clone())
            .or_else(|| principal().map(|id| before_session(&id).to_owned()))
            .or_else(user_name)
            .or_else(invoked_by)
            .or_else(account)
            .unwrap_or_else(|| "unknown".to_owned());
        let name = (role.is_none().then(user_name).flatten())
            .or_else(|| role.as_deref().or(arn.as_deref()).map(|arn| last_part(arn).to_owned()));
        Actor { canonical, arn, role, name }
    }

    /// Every name that an exception may give the actor: canonical, full ARN, role ARN, bare name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [Some(&self.canonical), self.arn.as_ref(), self.role.as_ref(), self.name.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

/// `arn:P:sts::A:assumed-role/NAME/SESSION` → `arn:P:iam::A:role/NAME`.
fn role_of_session(arn: &str) -> Option<String> {
    let mut parts = arn.splitn(6, ':');
    let (_, partition, _, _, account) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let name = parts.next()?.strip_prefix("assumed-role/")?.split('/').next()?;
    Some(format!("arn:{partition}:iam::{account}:role/{name}"))
}

fn last_part(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

/// `AROA…:session` → `AROA…`
fn before_session(principal: &str) -> &str {
    principal.split(':').next().unwrap_or(principal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(identity: &str) -> Actor {
        let json = format!(
            r#"{{"userIdentity":{identity},"recipientAccountId":"111122223333","sourceIPAddress":"s3.amazonaws.com"}}"#
        );
        Actor::of(&Record::parse(json.as_bytes()).unwrap())
    }

    #[test]
    fn one_canonical_identity_for_every_type_of_caller() {
        let issuer = r#""sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/app-sync","userName":"app-sync"}}"#;
        let sso = r#""sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0a1b"}}"#;
        let cases = [
            (r#"{"type":"Root","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333"}"#.to_owned(), "arn:aws:iam::111122223333:root", Some("root")),
            (r#"{"type":"Root","accountId":"111122223333"}"#.to_owned(), "arn:aws:iam::111122223333:root", None),
            (r#"{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/ops/ann","userName":"ann"}"#.to_owned(), "arn:aws:iam::111122223333:user/ops/ann", Some("ann")),
            (r#"{"type":"IAMUser","accountId":"444455556666","userName":"ann"}"#.to_owned(), "arn:aws:iam::444455556666:user/ann", Some("ann")),
            (format!(r#"{{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/app-sync/i-0abc",{issuer}}}"#), "arn:aws:iam::111122223333:role/app-sync", Some("app-sync")),
            (r#"{"type":"AssumedRole","arn":"arn:aws-cn:sts::111122223333:assumed-role/app-sync/i-0abc"}"#.to_owned(), "arn:aws-cn:iam::111122223333:role/app-sync", Some("app-sync")),
            (format!(r#"{{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0a1b/ann@example.com",{sso}}}"#), "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0a1b/ann@example.com", Some("AWSReservedSSO_Admin_0a1b")),
            (r#"{"type":"FederatedUser","arn":"arn:aws:sts::111122223333:federated-user/ann"}"#.to_owned(), "arn:aws:sts::111122223333:federated-user/ann", Some("ann")),
            (r#"{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}"#.to_owned(), "ec2.amazonaws.com", None),
            (r#"{"type":"AWSService"}"#.to_owned(), "s3.amazonaws.com", None),
            (r#"{"type":"SAMLUser","identityProvider":"idp","userName":"ann","principalId":"x:ann"}"#.to_owned(), "idp/ann", Some("ann")),
            (r#"{"type":"WebIdentityUser","principalId":"accounts.google.com:app:ann"}"#.to_owned(), "accounts.google.com:app:ann", None),
            (r#"{"type":"IdentityCenterUser","onBehalfOf":{"userId":"u-1"}}"#.to_owned(), "identitystore/u-1", None),
            (r#"{"type":"AWSAccount","accountId":"999900001111","principalId":"AROAEXAMPLE:session"}"#.to_owned(), "999900001111/AROAEXAMPLE", None),
            (r#"{"type":"Unknown","principalId":"AIDAEXAMPLE"}"#.to_owned(), "AIDAEXAMPLE", None),
            (r#"{"type":7,"arn":["x"]}"#.to_owned(), "x", Some("x")),
            ("{}".to_owned(), "111122223333", None),
            ("null".to_owned(), "111122223333", None),
        ];
        for (identity, canonical, name) in cases {
            let found = actor(&identity);
            assert_eq!(
                (found.canonical.as_str(), found.name.as_deref()),
                (canonical, name),
                "{identity}"
            );
        }
        assert_eq!(Actor::of(&Record::parse(b"{}").unwrap()).canonical, "unknown");
    }
}
