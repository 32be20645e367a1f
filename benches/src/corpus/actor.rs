//! Who makes the calls: identities with the programs and addresses that they call from.

use super::Profile;
use super::template::Template;
use super::values::{self, Scene};
use crate::random::Random;

/// What kind of identity somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A role of a machine, a task, a function.
    Workload,
    /// A role of a person, by single sign-on.
    Person,
    /// A user with keys.
    User,
    /// A service of AWS.
    Service,
    /// A pod with a web identity, before it has a role.
    WebIdentity,
    /// Another account.
    OtherAccount,
    /// A federated user.
    Federated,
    /// The account's root user.
    Root,
}

/// Somebody in one session.
#[derive(Debug)]
pub struct Actor {
    /// What kind of identity it is.
    pub kind: Kind,
    /// `userIdentity`
    pub identity: String,
    /// The ARN that messages name.
    pub arn: String,
    /// `userAgent`
    pub agent: String,
    /// `sourceIPAddress`
    pub address: String,
    /// Whether the calls come from the console.
    pub console: bool,
}

/// Of a thousand sessions.
const KINDS: [(u64, Kind); 8] = [
    (340, Kind::Workload),
    (70, Kind::Person),
    (220, Kind::User),
    (330, Kind::Service),
    (10, Kind::WebIdentity),
    (20, Kind::OtherAccount),
    (10, Kind::Federated),
    (4, Kind::Root),
];

const SERVICES: [&str; 8] = [
    "lambda.amazonaws.com",
    "ec2.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "autoscaling.amazonaws.com",
    "config.amazonaws.com",
    "rds.amazonaws.com",
    "delivery.logs.amazonaws.com",
    "backup.amazonaws.com",
];

const PROGRAMS: [&str; 12] = [
    "Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#6.1.155 md/arch#x86_64 lang/python#3.12.9 md/pyimpl#CPython",
    "aws-sdk-java/2.32.9 md/io#async md/http#NettyNio ua/2.1 api/S3#2.32.x os/Linux#6.1.155 lang/java#21.0.8",
    "aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.25.1 md/GOOS#linux md/GOARCH#arm64 api/ec2#1.254.1 m/g",
    "aws-sdk-js/3.901.0 ua/2.1 os/linux#5.10.240 lang/js md/nodejs#22.19.0 api/dynamodb#3.901.0 exec-env/AWS_Lambda_nodejs22.x m/E",
    "APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) terraform-provider-aws/6.14.1 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.1 ua/2.1 os/linux lang/go#1.24.7",
    "aws-cli/2.31.6 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0 md/arch#x86_64",
    "aws-sdk-rust/1.3.9 ua/2.1 api/kms/1.88.0 os/linux lang/rust/1.90.0",
    "amazon-ssm-agent/3.3.2299.0 (linux; amd64) aws-sdk-go/1.55.7",
    "Amazon ECS Agent - v1.99.0 (d4b3c1e2) (linux)",
    "kube-controller-manager/v1.33.4 (linux/amd64) kubernetes/9d2e1b0 aws-sdk-go-v2/1.30.3",
    "Datadog/1.0 aws-sdk-go-v2/1.36.3 os/linux lang/go#1.24.5",
    "aws-cdk/2.1029.2 aws-sdk-js/3.895.0 ua/2.1 os/macos#24.6.0 lang/js md/nodejs#22.18.0",
];
const BROWSERS: [&str; 4] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    "AWS Internal",
];
const ATTACK_TOOLS: [&str; 2] = [
    "Boto3/1.34.84 md/Botocore#1.34.84 ua/2.0 os/linux#6.6.15-kali2-amd64 md/arch#x86_64 lang/python#3.11.8",
    "python-requests/2.31.0 pacu/1.6.0",
];

const ROLE: &str = r#"{"type":"AssumedRole","principalId":"<roleid>:<session>","arn":"arn:aws:sts::<account>:assumed-role/<role>/<session>","accountId":"<account>","accessKeyId":"<tempkey>","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"<roleid>","arn":"<rolearn>","accountId":"<account>","userName":"<role>"},"attributes":{"creationDate":"<iso>","mfaAuthenticated":"false"}}}"#;
const INSTANCE: &str = r#"{"type":"AssumedRole","principalId":"<roleid>:<instance>","arn":"arn:aws:sts::<account>:assumed-role/<role>/<instance>","accountId":"<account>","accessKeyId":"<tempkey>","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"<roleid>","arn":"<rolearn>","accountId":"<account>","userName":"<role>"},"webIdFederationData":{},"attributes":{"creationDate":"<iso>","mfaAuthenticated":"false"},"ec2RoleDelivery":"2.0"},"inScopeOf":{"issuerType":"AWS::EC2::Instance","credentialsIssuedTo":"arn:aws:ec2:<region>:<account>:instance/<instance>"}}"#;
const PERSON: &str = r#"{"type":"AssumedRole","principalId":"<roleid>:<email>","arn":"arn:aws:sts::<account>:assumed-role/AWSReservedSSO_<group>_<h16>/<email>","accountId":"<account>","accessKeyId":"<tempkey>","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"<roleid>","arn":"arn:aws:iam::<account>:role/aws-reserved/sso.amazonaws.com/<region>/AWSReservedSSO_<group>_<h16>","accountId":"<account>","userName":"AWSReservedSSO_<group>_<h16>"},"attributes":{"creationDate":"<iso>","mfaAuthenticated":"false"}}}"#;
const USER: &str = r#"{"type":"IAMUser","principalId":"<userid>","arn":"arn:aws:iam::<account>:user/<user>","accountId":"<account>","accessKeyId":"<permkey>","userName":"<user>"}"#;
const WEB: &str = r#"{"type":"WebIdentityUser","principalId":"arn:aws:iam::<account>:oidc-provider/oidc.eks.<region>.amazonaws.com/id/<h32>:sts.amazonaws.com:system:serviceaccount:<env>:<service>","userName":"system:serviceaccount:<env>:<service>","identityProvider":"arn:aws:iam::<account>:oidc-provider/oidc.eks.<region>.amazonaws.com/id/<h32>"}"#;
const OTHER: &str =
    r#"{"type":"AWSAccount","principalId":"<roleid>:<session>","accountId":"999988887777"}"#;
const FEDERATED: &str = r#"{"type":"FederatedUser","principalId":"<account>:<user>","arn":"arn:aws:sts::<account>:federated-user/<user>","accountId":"<account>","accessKeyId":"<tempkey>","sessionContext":{"sessionIssuer":{"type":"IAMUser","principalId":"<userid>","arn":"arn:aws:iam::<account>:user/<user>","accountId":"<account>","userName":"<user>"},"attributes":{"creationDate":"<iso>","mfaAuthenticated":"false"}}}"#;
const ROOT: &str = r#"{"type":"Root","principalId":"<account>","arn":"arn:aws:iam::<account>:root","accountId":"<account>","accessKeyId":"<tempkey>","sessionContext":{"attributes":{"creationDate":"<iso>","mfaAuthenticated":"true"}}}"#;

impl Actor {
    /// Somebody who may be there under the profile.
    ///
    /// # Errors
    /// A template is wrong.
    pub fn new(profile: Profile, scene: &Scene, random: &mut Random) -> Result<Self, String> {
        let drawn = *random.pick_weighted(&KINDS);
        let kind = match (profile, drawn) {
            // Rules leave services out; that both profiles differ in nothing else, neither has any.
            (Profile::HitNothing | Profile::HitCatchAll, Kind::Service) => Kind::Workload,
            (Profile::HitNothing, Kind::Root) => Kind::Person,
            (Profile::HitCatchAll, _) if random.per_mille(150) => Kind::Root,
            _ => drawn,
        };
        let (identity, arn) = match kind {
            Kind::Service => return Ok(Self::service(random)),
            Kind::Workload if random.per_mille(150) => {
                (INSTANCE, "arn:aws:sts::<account>:assumed-role/<role>/<instance>")
            }
            Kind::Workload => (ROLE, "arn:aws:sts::<account>:assumed-role/<role>/<session>"),
            Kind::Person => {
                (PERSON, "arn:aws:sts::<account>:assumed-role/AWSReservedSSO_<group>_<h16>/<email>")
            }
            Kind::User => (USER, "arn:aws:iam::<account>:user/<user>"),
            Kind::WebIdentity => (WEB, "arn:aws:iam::<account>:oidc-provider/oidc.eks"),
            Kind::OtherAccount => {
                (OTHER, "arn:aws:sts::999988887777:assumed-role/<role>/<session>")
            }
            Kind::Federated => (FEDERATED, "arn:aws:sts::<account>:federated-user/<user>"),
            Kind::Root => (ROOT, "arn:aws:iam::<account>:root"),
        };
        let mut fill = |text| -> Result<String, String> {
            let mut out = String::new();
            Template::parse(text)?.write(scene, random, &mut out);
            Ok(out)
        };
        let (identity, arn) = (fill(identity)?, fill(arn)?);
        let by_hand = matches!(kind, Kind::Person | Kind::Root);
        let console = by_hand && random.per_mille(600);
        let agent = match profile {
            Profile::HitCatchAll if random.per_mille(200) => *random.pick(&ATTACK_TOOLS),
            _ if console => *random.pick(&BROWSERS),
            _ => *random.pick(&PROGRAMS),
        };
        let mut address = String::new();
        values::address(random.below(200), &mut address);
        Ok(Self { kind, identity, arn, agent: agent.to_owned(), address, console })
    }

    fn service(random: &mut Random) -> Self {
        let name = *random.pick(&SERVICES);
        Self {
            kind: Kind::Service,
            identity: format!(r#"{{"type":"AWSService","invokedBy":"{name}"}}"#),
            arn: name.to_owned(),
            agent: name.to_owned(),
            address: name.to_owned(),
            console: false,
        }
    }

    /// Whether it is known by itself that a catch-all rule matches what this actor does.
    pub fn stands_out(&self) -> bool {
        self.kind == Kind::Root || ATTACK_TOOLS.contains(&self.agent.as_str())
    }
}
