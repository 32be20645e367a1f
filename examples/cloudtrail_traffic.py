"""Who acts in the example day, and what they do all day: the tables behind make_cloudtrail.py."""
import base64
import hashlib
import uuid
from dataclasses import dataclass, replace
from datetime import datetime

ORGANISATION, TRAIL, LOG_BUCKET = "o-exampleorg1", "org-trail", "example-org-cloudtrail"
PRODUCTION, STAGING, SECURITY, STRANGER = "111122223333", "444455556666", "777788889999", "999900001111"
US, EU = "us-east-1", "eu-west-1"
GLOBAL_SERVICES = ("iam", "sts", "signin", "organizations")  # always logged in us-east-1


def at(clock):
    """The moment of the day that "13:05:59" names."""
    return datetime.strptime(f"2026-11-18T{clock}+0000", "%Y-%m-%dT%H:%M:%S%z")


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


# ---- made-up identifiers, each derived from what it names

def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def fake_id(prefix, text):
    """An access key or principal id of AWS's shape that can be nobody's: it ends in EXAMPLE."""
    letters = base64.b32encode(bytes.fromhex(digest(prefix + text))).decode()
    return prefix + letters[: 9 if prefix in ("AKIA", "ASIA") else 10] + "EXAMPLE"


def hex_id(prefix, text):
    return prefix + "0" + digest(prefix + text)[:16]


def kms_key(account, region):
    return f"arn:aws:kms:{region}:{account}:key/{uuid.UUID(digest(account + region)[:32], version=4)}"


def detector(account, region):
    return digest(account + region + "detector")[:32]


# ---- who acts

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15"
JAVA = "aws-sdk-java/2.35.4 md/io#sync md/http#Apache ua/2.1 os/Linux#6.12 lang/java#21.0.8"
NODE = "aws-sdk-js/3.901.0 ua/2.1 os/linux#5.10 lang/js md/nodejs#22.19.0 exec-env/AWS_Lambda_nodejs22.x"
CLI = "aws-cli/2.31.9 md/awscrt#0.27.6 ua/2.1 os/linux#6.12 md/arch#x86_64 lang/python#3.13.7"
BOTO3 = "Boto3/1.40.46 md/Botocore#1.40.46 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.12.3 Botocore/1.40.46"
SSM_AGENT = "aws-sdk-go/1.55.5 (go1.23.12; linux; amd64) amazon-ssm-agent/3.3.2299.0"
ECS_AGENT = "Amazon ECS Agent - v1.98.0 (linux) (+https://aws.amazon.com/ecs/)"


@dataclass(frozen=True)
class Actor:
    kind: str  # user, root, role, sso (an Identity Center role), linked (a service-linked role) or service
    name: str = ""
    session: str = ""
    ip: str = ""
    agent: str = ""
    service: str = ""  # opens the role's sessions, and renews them
    starts: datetime = None  # or: when the only session of the day began
    console: bool = False


def instance(role, number, ip, agent=JAVA):
    return Actor("role", role, hex_id("i-", f"{role}{number}"), ip, agent, "ec2.amazonaws.com")


def function(name, ip):
    return Actor("role", f"lambda-{name}", name, ip, NODE, "lambda.amazonaws.com")


def service(host, linked_role=""):
    return Actor("linked" if linked_role else "service", linked_role, linked_role[17:], host, host, host)


def person(name, role, ip, starts, agent=BROWSER):
    return Actor("sso", f"AWSReservedSSO_{role}_{digest(role)[:16]}", f"{name}@example.com", ip, agent, "", at(starts), True)


APP_SYNC = instance("app-sync", 1, "10.20.1.14")
WEB = (instance("web-frontend", 1, "10.20.2.11"), instance("web-frontend", 2, "10.20.2.12"))
WEB_EU = instance("web-frontend", 3, "10.40.2.21")
AGENTS = tuple(replace(host, agent=SSM_AGENT) for host in WEB)
ECS_HOST = instance("ecs-host", 1, "10.20.3.9", ECS_AGENT)
CHECKOUT = Actor("role", "checkout-task", digest("checkout")[:32], "10.20.3.40", JAVA, "ecs-tasks.amazonaws.com")
INVOICES, RESIZE = function("invoices", "10.20.5.17"), function("image-resize", "10.40.5.8")
CLOUDTRAIL, LOG_DELIVERY = service("cloudtrail.amazonaws.com"), service("delivery.logs.amazonaws.com")
CONFIG = service("config.amazonaws.com", "AWSServiceRoleForConfig")
SCALING = service("autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling")
HUB = service("securityhub.amazonaws.com", "AWSServiceRoleForSecurityHub")
MIRA = person("mira.okafor", "PlatformEngineer", "203.0.113.10", "08:02:20")
JONAS = person("jonas.weber", "PlatformEngineer", "203.0.113.10", "08:31:44", SAFARI)
PRIYA = person("priya.raman", "ReadOnly", "192.0.2.45", "10:21:09", SAFARI)
NORA = person("nora.lindqvist", "SecurityEngineer", "203.0.113.24", "09:02:31")
NORA_ADMIN = person("nora.lindqvist", "Administrator", "203.0.113.24", "16:09:58")
LEA = Actor("role", "saml-data-analyst", "lea.fontaine@example.com", "192.0.2.61", BROWSER, "", at("09:47:12"), True)
TOMAS = Actor("user", "tomas-ops", ip="203.0.113.12", agent=SAFARI, starts=at("08:05:37"), console=True)
ERIN = Actor("user", "erin-audit", ip="203.0.113.25", agent=BROWSER, starts=at("09:14:03"), console=True)
ROOT = Actor("root", ip="203.0.113.24", agent=BROWSER, starts=at("11:20:14"), console=True)
CI = Actor("role", "ci-deploy", "GitHubActions", agent=CLI)
SCANNER = instance("security-scanner", 1, "10.60.1.5", BOTO3)
AUDIT = Actor("role", "OrgSecurityAudit", "security-scanner", "10.60.1.5", BOTO3)
PARTNER = Actor("role", "partner-readonly", "sync-job", "203.0.113.201", BOTO3, starts=at("12:34:40"))
BUILD_AGENT = Actor("user", "build-agent", ip="10.20.8.31", agent=CLI)
INTRUDER = replace(BUILD_AGENT, ip="198.51.100.77", agent=BOTO3)  # with the stolen key
BACKDOOR = Actor("user", "svc-backup", ip="198.51.100.77", agent=BOTO3)


# ---- what they ask for: {name} is drawn from POOLS, once a run, so that the calls of a run belong together

SECRETS = [f"arn:aws:secretsmanager:{US}:{PRODUCTION}:secret:prod/{name}-{fake_id('', name)[:6]}" for name in (
    "checkout/database", "checkout/payment-gateway", "orders/database", "orders/queue", "invoices/database", "invoices/smtp",
    "search/api-key", "warehouse/ftp", "crm/oauth-client", "analytics/loader", "github/deploy-key", "jwt/signing-key",
    "vpn/shared-secret", "backup/encryption-passphrase")]
POOLS = {
    "bucket": ["example-prod-assets", "example-prod-invoices", "example-prod-exports"],
    "database": ["orders-db", "invoices-db"],
    "function": ["invoices", "image-resize", "order-events"],
    "group": ["/aws/lambda/invoices", "/aws/lambda/image-resize", "/ecs/checkout"],
    "instance": [host.session for host in WEB + (APP_SYNC,)],
    "key": ["img/2026/11/banner.webp", "img/logo.svg", "invoices/2026/11/inv-20418.pdf", "exports/orders.parquet"],
    "parameter": ["/checkout/feature-flags", "/checkout/log-level"],
    "repository": ["checkout", "search"],
    "role": ["checkout-task", "ecs-host", "web-frontend"],
    "secret": SECRETS[:3],
    "table": ["carts", "sessions"],
}
BUCKET = {"bucketName": "{bucket}", "Host": "{bucket}.s3.amazonaws.com"}
OBJECT = {**BUCKET, "key": "{key}"}
CRYPTO = {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"}
FUNCTION_ARN = "arn:aws:lambda:{region}:{account}:function:{function}"
PARAMETERS = {
    "cloudtrail:GetTrailStatus": {"name": TRAIL},
    "codedeploy:CreateDeployment": {"applicationName": "shop", "deploymentGroupName": "checkout-blue-green"},
    "dynamodb:DescribeTable": {"tableName": "{table}"},
    "ec2:DescribeInstances": {"maxResults": 100, "instancesSet": {}, "filterSet": {}},
    "ec2:DescribeInstanceStatus": {"instancesSet": {"items": [{"instanceId": "{instance}"}]}, "filterSet": {}},
    "ec2:DescribeSecurityGroups": {"securityGroupIdSet": {}, "filterSet": {}},
    "ec2:DescribeSnapshots": {"snapshotSet": {}, "ownersSet": {"items": [{"owner": "self"}]}, "filterSet": {}},
    "ec2:DescribeSubnets": {"subnetSet": {}, "filterSet": {}},
    "ec2:DescribeVolumes": {"volumeSet": {}, "filterSet": {}},
    "ec2:DescribeVpcs": {"vpcSet": {}, "filterSet": {}},
    "ecr:BatchGetImage": {"repositoryName": "{repository}", "imageIds": [{"imageTag": "main"}]},
    "ecr:DescribeRepositories": {"maxResults": 100},
    "ecr:InitiateLayerUpload": {"repositoryName": "{repository}"},
    "ecr:PutImage": {"repositoryName": "{repository}", "imageTag": "main"},
    "ecs:DescribeServices": {"cluster": "shop", "services": ["checkout"]},
    "ecs:RegisterTaskDefinition": {"family": "checkout", "networkMode": "awsvpc"},
    "ecs:UpdateService": {"cluster": "shop", "service": "checkout"},
    "guardduty:GetFindings": {"detectorId": "{detector}"},
    "guardduty:ListFindings": {"detectorId": "{detector}"},
    "iam:GetRole": {"roleName": "{role}"},
    "iam:ListAttachedRolePolicies": {"roleName": "{role}"},
    "iam:ListAttachedUserPolicies": {"userName": "build-agent"},
    "kms:Decrypt": {**CRYPTO, "encryptionContext": {"aws:lambda:FunctionArn": FUNCTION_ARN}},
    "kms:Decrypt via secretsmanager": {**CRYPTO, "encryptionContext": {"SecretARN": "{secret}"}},
    "kms:GenerateDataKey": {"keyId": "{kms_key}", "keySpec": "AES_256"},
    "lambda:GetFunction20150331v2": {"functionName": "{function}"},
    "logs:CreateLogStream": {"logGroupName": "{group}", "logStreamName": "{stream}"},
    "logs:DescribeLogGroups": {"limit": 50},
    "logs:FilterLogEvents": {"logGroupName": "{group}", "filterPattern": "ERROR"},
    "monitoring:DescribeAlarms": {"maxRecords": 100},
    "rds:DescribeDBInstances": {"dBInstanceIdentifier": "{database}"},
    "rds:DescribeDBSnapshots": {"dBInstanceIdentifier": "{database}"},
    "s3:GetBucketAcl": {**BUCKET, "acl": ""},
    "s3:GetBucketLocation": {**BUCKET, "location": ""},
    "s3:GetBucketPolicy": {**BUCKET, "policy": ""},
    "s3:GetBucketTagging": {**BUCKET, "tagging": ""},
    "s3:GetObject": OBJECT,
    "s3:HeadObject": OBJECT,
    "s3:ListBuckets": {"Host": "s3.amazonaws.com"},
    "s3:ListObjects": {**BUCKET, "prefix": "exports/"},
    "s3:PutObject": OBJECT,
    "secretsmanager:GetSecretValue": {"secretId": "{secret}"},
    "secretsmanager:ListSecrets": {"maxResults": 100},
    "ssm:GetParameter": {"name": "{parameter}", "withDecryption": True},
    "ssm:ListInstanceAssociations": {"instanceId": "{instance}"},
    "ssm:UpdateInstanceInformation": {"instanceId": "{instance}", "agentVersion": "3.3.2299.0", "agentStatus": "Active"},
}

EC2_PAGE = ("ec2:DescribeInstances", "ec2:DescribeInstanceStatus", "ec2:DescribeVolumes", "ec2:DescribeSecurityGroups")
ALARM_PAGE = ("monitoring:DescribeAlarms", "monitoring:GetMetricData", "logs:DescribeLogGroups", "logs:FilterLogEvents")
SERVICE_PAGE = ("ecs:DescribeServices", "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTargetHealth")
LAMBDA_PAGE = ("lambda:ListFunctions20150331", "lambda:GetFunction20150331v2", "logs:DescribeLogGroups")
BUCKET_PAGE = ("s3:ListBuckets", "s3:GetBucketLocation", "s3:GetBucketAcl")
DATABASE_PAGE = ("rds:DescribeDBInstances", "rds:DescribeDBSnapshots")
ROLE_PAGE = ("iam:ListRoles", "iam:GetRole", "iam:ListAttachedRolePolicies")
SWEEP = ("ec2:DescribeVpcs", "ec2:DescribeSubnets") + ROLE_PAGE + DATABASE_PAGE
TRAIL_PAGE = ("cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "iam:GetAccountPasswordPolicy")
FINDINGS = ("guardduty:ListFindings", "guardduty:GetFindings", "securityhub:GetFindings")

# Ordinary traffic: who (one of them a run), account, region, from hour, to hour, minutes between runs, the calls of a run.
BACKGROUND = [
    ((APP_SYNC,), PRODUCTION, US, 0, 24, 15, ("secretsmanager:GetSecretValue", "kms:Decrypt via secretsmanager")),
    (WEB, PRODUCTION, US, 0, 24, 5, ("s3:GetObject",)),
    (WEB, PRODUCTION, US, 6, 22, 11, ("s3:GetObject", "s3:HeadObject")),
    (AGENTS, PRODUCTION, US, 0, 24, 20, ("ssm:UpdateInstanceInformation", "ssm:ListInstanceAssociations")),
    ((CHECKOUT,), PRODUCTION, US, 0, 24, 15, ("ssm:GetParameter", "dynamodb:DescribeTable")),
    ((INVOICES,), PRODUCTION, US, 0, 24, 24, ("kms:Decrypt", "s3:PutObject")),
    ((INVOICES,), PRODUCTION, US, 0, 24, 80, ("logs:CreateLogStream",)),
    ((ECS_HOST,), PRODUCTION, US, 0, 24, 45, ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "logs:CreateLogStream")),
    ((CLOUDTRAIL,), PRODUCTION, US, 0, 24, 30, ("s3:GetBucketAcl", "kms:GenerateDataKey")),
    ((LOG_DELIVERY,), PRODUCTION, US, 0, 24, 60, ("s3:PutObject",)),
    ((SCALING,), PRODUCTION, US, 0, 24, 50, ("ec2:DescribeInstanceStatus", "elasticloadbalancing:DescribeTargetHealth")),
    ((CONFIG,), PRODUCTION, US, 1, 24, 120, SWEEP),
    ((BUILD_AGENT,), PRODUCTION, US, 6, 18, 80, ("ecr:GetAuthorizationToken", "s3:GetObject")),
    ((MIRA, JONAS), PRODUCTION, US, 9, 18, 40, EC2_PAGE),
    ((MIRA, JONAS), PRODUCTION, US, 9, 18, 45, ALARM_PAGE),
    ((MIRA, JONAS), PRODUCTION, US, 9, 18, 70, SERVICE_PAGE),
    ((MIRA, PRIYA), PRODUCTION, US, 11, 18, 90, LAMBDA_PAGE),
    ((PRIYA, LEA), PRODUCTION, US, 11, 18, 70, BUCKET_PAGE),
    ((TOMAS,), PRODUCTION, US, 9, 17, 60, DATABASE_PAGE),
    ((LEA,), PRODUCTION, US, 10, 17, 75, ("s3:ListObjects", "s3:GetObject")),
    ((WEB_EU,), PRODUCTION, EU, 6, 18, 6, ("s3:GetObject",)),
    ((WEB_EU,), PRODUCTION, EU, 6, 18, 25, ("ssm:GetParameter", "dynamodb:DescribeTable")),
    ((RESIZE,), PRODUCTION, EU, 6, 18, 25, ("kms:Decrypt", "s3:GetObject", "s3:PutObject")),
    ((RESIZE,), PRODUCTION, EU, 6, 18, 60, ("logs:CreateLogStream",)),
    ((CONFIG,), PRODUCTION, EU, 6, 18, 150, SWEEP),
    ((JONAS, MIRA), PRODUCTION, EU, 9, 17, 45, EC2_PAGE),
    ((JONAS, MIRA), PRODUCTION, EU, 10, 17, 80, ALARM_PAGE),
    ((CHECKOUT,), STAGING, US, 8, 17, 12, ("ssm:GetParameter", "dynamodb:DescribeTable")),
    ((INVOICES,), STAGING, US, 8, 17, 30, ("kms:Decrypt", "logs:CreateLogStream")),
    ((CONFIG,), STAGING, US, 8, 17, 120, SWEEP),
    ((MIRA, JONAS), STAGING, US, 9, 17, 35, EC2_PAGE),
    ((MIRA, JONAS), STAGING, US, 9, 17, 50, LAMBDA_PAGE + SERVICE_PAGE),
    ((RESIZE,), STAGING, EU, 9, 12, 12, ("kms:Decrypt", "ssm:GetParameter")),
    ((MIRA,), STAGING, EU, 9, 12, 45, EC2_PAGE),
    ((HUB,), SECURITY, US, 9, 15, 20, ("config:DescribeConfigRules", "organizations:DescribeOrganization")),
    ((NORA,), SECURITY, US, 10, 15, 25, FINDINGS),
    ((ERIN,), SECURITY, US, 10, 15, 50, TRAIL_PAGE),
    ((NORA,), SECURITY, EU, 10, 12, 30, FINDINGS),
]
# Errors that mean no harm. Without a message: the service's own words for a denial.
HARMLESS_ERRORS = [
    ("02:14:51", CONFIG, PRODUCTION, US, "s3:GetBucketPolicy", "NoSuchBucketPolicy", "The bucket policy does not exist"),
    ("06:41:03", CHECKOUT, PRODUCTION, US, "ssm:GetParameter", "ParameterNotFound", "Parameter not found."),
    ("09:31:40", MIRA, STAGING, US, "iam:GetRole", "NoSuchEntityException", "The role cannot be found."),
    ("09:58:12", TOMAS, PRODUCTION, US, "rds:DescribeDBInstances", "DBInstanceNotFound", "DBInstance not found."),
    ("10:33:27", PRIYA, PRODUCTION, US, "s3:GetBucketPolicy", "AccessDenied", None),
    ("10:33:59", PRIYA, PRODUCTION, US, "secretsmanager:ListSecrets", "AccessDenied", None),
    ("11:52:08", JONAS, PRODUCTION, EU, "s3:GetBucketTagging", "NoSuchTagSet", "The TagSet does not exist"),
    ("12:06:45", MIRA, PRODUCTION, US, "iam:GetRole", "NoSuchEntityException", "The role cannot be found."),
    ("14:20:19", LEA, PRODUCTION, US, "ec2:DescribeSnapshots", "Client.UnauthorizedOperation", None),
    ("20:05:13", INVOICES, PRODUCTION, US, "s3:PutObject", "SlowDown", "Please reduce your request rate."),
]
