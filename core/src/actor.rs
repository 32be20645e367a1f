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
        let identity = Identity::of(record);
        let name =
            (identity.role.is_none().then(|| identity.user_name()).flatten()).or_else(|| {
                let arn = identity.role.as_deref().or(identity.arn.as_deref());
                arn.map(|arn| Cow::Borrowed(last_part(arn)))
            });
        let owned = |text: &Option<Cow<'_, str>>| text.as_deref().map(str::to_owned);
        Actor {
            canonical: identity.canonical().into_owned(),
            arn: owned(&identity.arn),
            role: owned(&identity.role),
            name: owned(&name),
        }
    }

    /// [`canonical`](Self::canonical) alone.
    pub fn canonical_of<'r>(record: &'r Record<'_>) -> Cow<'r, str> {
        Identity::of(record).canonical()
    }

    /// Every name that an exception may give the actor: canonical, full ARN, role ARN, bare name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [Some(&self.canonical), self.arn.as_ref(), self.role.as_ref(), self.name.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

/// What a record says of its caller, as far as it is asked for.
struct Identity<'r> {
    record: &'r Record<'r>,
    kind: Cow<'r, str>,
    arn: Option<Cow<'r, str>>,
    role: Option<Cow<'r, str>>,
}

impl<'r> Identity<'r> {
    fn of(record: &'r Record<'_>) -> Self {
        let arn = text(record, path!("userIdentity" "arn"));
        let kind = text(record, path!("userIdentity" "type")).unwrap_or_default();
        let role = matches!(&*kind, "AssumedRole" | "Role")
            .then(|| {
                text(record, path!("userIdentity" "sessionContext" "sessionIssuer" "arn"))
                    .or_else(|| arn.as_deref().and_then(role_of_session).map(Cow::Owned))
            })
            .flatten();
        Self { record, kind, arn, role }
    }

    fn canonical(&self) -> Cow<'r, str> {
        let Self { record, kind, arn, role } = self;
        let of_account =
            |what: &str| Some(format!("arn:aws:iam::{}:{what}", self.account()?).into());
        let canonical = match &**kind {
            "Root" => arn.clone().or_else(|| of_account("root")),
            "IAMUser" => arn.clone().or_else(|| of_account(&format!("user/{}", self.user_name()?))),
            "AssumedRole" | "Role" => match (role, arn) {
                (Some(role), Some(session))
                    if last_part(role).starts_with(IDENTITY_CENTER_ROLE) =>
                {
                    Some(session.clone())
                }
                (role, _) => role.clone(),
            },
            "AWSService" => self.invoked_by().or_else(|| text(record, path!("sourceIPAddress"))),
            "SAMLUser" | "WebIdentityUser" => {
                let provider = text(record, path!("userIdentity" "identityProvider"));
                match (provider, self.user_name()) {
                    (Some(provider), Some(user)) => Some(format!("{provider}/{user}").into()),
                    _ => self.principal(),
                }
            }
            "AWSAccount" => {
                match (text(record, path!("userIdentity" "accountId")), self.principal()) {
                    (Some(account), Some(id)) => {
                        Some(format!("{account}/{}", before_session(&id)).into())
                    }
                    (account, _) => account,
                }
            }
            "IdentityCenterUser" => text(record, path!("userIdentity" "onBehalfOf" "userId"))
                .map(|user| format!("identitystore/{user}").into()),
            _ => None,
        };
        canonical
            .or_else(|| arn.clone())
            .or_else(|| self.principal().map(|id| before_session(&id).to_owned().into()))
            .or_else(|| self.user_name())
            .or_else(|| self.invoked_by())
            .or_else(|| self.account())
            .unwrap_or(Cow::Borrowed("unknown"))
    }

    fn user_name(&self) -> Option<Cow<'r, str>> {
        text(self.record, path!("userIdentity" "userName"))
    }

    fn account(&self) -> Option<Cow<'r, str>> {
        text(self.record, path!("userIdentity" "accountId"))
            .or_else(|| text(self.record, path!("recipientAccountId")))
    }

    fn principal(&self) -> Option<Cow<'r, str>> {
        text(self.record, path!("userIdentity" "principalId"))
    }

    fn invoked_by(&self) -> Option<Cow<'r, str>> {
        text(self.record, path!("userIdentity" "invokedBy"))
    }
}

/// What a path says, if that is not empty.
fn text<'r>(record: &'r Record<'_>, path: &Path<'_>) -> Option<Cow<'r, str>> {
    record.text_of(path).filter(|text| !text.is_empty())
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
    let before = arn.bytes().rposition(|byte| matches!(byte, b'/' | b':'));
    before.and_then(|at| arn.get(at + 1..)).unwrap_or(arn)
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
