#!/usr/bin/env python3
"""Write the example log set `examples/cloudtrail`.

The set is one day (2026-11-18, UTC) of CloudTrail logs of a fictional organisation: three accounts,
two regions, ordinary traffic, and an attack in the afternoon; README.md beside this file tells the
story. Every name and number is made up; addresses are private or reserved for documentation.

Run it from anywhere; it needs nothing but Python 3.8 or newer:

    python3 examples/make_cloudtrail.py

The folder is deleted and written anew. Random numbers are seeded and the archives carry no time
stamp: every run writes the same records (and, with the same zlib, the same bytes). The people, the
programs and their ordinary traffic are tables in cloudtrail_traffic.py.
"""
import gzip
import hashlib
import json
import random
import shutil
import sys
import uuid
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.dont_write_bytecode = True  # leave no __pycache__ behind

from cloudtrail_traffic import (  # noqa: E402
    AUDIT, Actor, BACKDOOR, BACKGROUND, CI, ECS_HOST, ERIN, EU, GLOBAL_SERVICES, HARMLESS_ERRORS, INTRUDER, JONAS,
    LEA, LOG_BUCKET, MIRA, NORA, NORA_ADMIN, ORGANISATION, PARAMETERS, PARTNER, POOLS, PRIYA, PRODUCTION, ROOT,
    SAFARI, SCALING, SCANNER, SECRETS, SECURITY, STAGING, STRANGER, TOMAS, TRAIL, US, at, detector, digest,
    fake_id, hex_id, kms_key, service, stamp,
)

TARGET = Path(__file__).resolve().parent / "cloudtrail"
SLOT = timedelta(minutes=30)  # one file an account, region and slot
RENEWAL = timedelta(hours=6)  # how long a service uses one session of a role
DAY_START, DAY_END = at("00:00:00"), at("23:45:00")
LOGGING_STOPPED, LOGGING_RESUMED = at("15:07:31"), at("16:12:05")
READ_ONLY = ("Get", "List", "Describe", "Head", "BatchGet", "BatchCheck", "Filter", "Decrypt", "GenerateDataKey", "AssumeRole")


def role_arn(actor, account):
    path = {"linked": f"aws-service-role/{actor.service}/", "sso": f"aws-reserved/sso.amazonaws.com/{EU}/"}.get(actor.kind, "")
    return f"arn:aws:iam::{account}:role/{path}{actor.name}"


def role_identity(actor, account, since):
    role = fake_id("AROA", account + actor.name)
    issuer = {"type": "Role", "principalId": role, "arn": role_arn(actor, account), "accountId": account, "userName": actor.name}
    identity = {
        "type": "AssumedRole", "principalId": f"{role}:{actor.session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{actor.name}/{actor.session}", "accountId": account,
        "accessKeyId": fake_id("ASIA", f"{account}{actor.name}{actor.session}{since}"),
        "sessionContext": {"sessionIssuer": issuer, "attributes": {"creationDate": stamp(since), "mfaAuthenticated": "false"}},
    }
    if actor.service == "ec2.amazonaws.com":
        identity["sessionContext"]["ec2RoleDelivery"] = "2.0"
    if actor.kind == "linked":
        identity["invokedBy"] = actor.service
    return identity


def user_identity(actor, account):
    root = actor.kind == "root"
    identity = {
        "type": "Root" if root else "IAMUser", "principalId": account if root else fake_id("AIDA", account + actor.name),
        "arn": f"arn:aws:iam::{account}:" + ("root" if root else f"user/{actor.name}"), "accountId": account,
        "accessKeyId": fake_id("ASIA" if actor.console else "AKIA", account + actor.name),
    }
    if not root:
        identity["userName"] = actor.name
    if actor.console:
        identity["sessionContext"] = {"attributes": {"creationDate": stamp(actor.starts), "mfaAuthenticated": "true"}}
    return identity


def draw(rng, actor, account, region):
    """A value for every placeholder."""
    drawn = {name: rng.choice(values) for name, values in POOLS.items()}
    drawn.update(account=account, region=region, kms_key=kms_key(account, region), detector=detector(account, region))
    drawn["stream"] = f"checkout/{rng.getrandbits(64):016x}"
    if actor.session.startswith("i-"):
        drawn.update(instance=actor.session, group="/ecs/checkout")
    if actor.service == "lambda.amazonaws.com":
        drawn.update(function=actor.session, group=f"/aws/lambda/{actor.session}")
        drawn["stream"] = f"2026/11/18/[$LATEST]{rng.getrandbits(64):016x}"
    if actor.kind == "service":
        drawn.update(bucket=LOG_BUCKET, key=f"delivery/{account}/11-18.gz")
    return drawn


def fill(value, drawn):
    if isinstance(value, dict):
        return {key: fill(item, drawn) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, drawn) for item in value]
    return value.format_map(drawn) if isinstance(value, str) else value


# ---- records

def endpoint(name, region, parameters):
    hosts = {"iam": "iam.amazonaws.com", "ecr": f"api.ecr.{region}.amazonaws.com", "signin": f"{region}.signin.aws.amazon.com"}
    return parameters["Host"] if name == "s3" else hosts.get(name, f"{name}.{region}.amazonaws.com")


def resources_of(name, account, region, parameters):
    """What the call touched, for the services that say so."""
    if name == "kms":
        return [{"accountId": account, "type": "AWS::KMS::Key", "ARN": parameters.get("keyId", kms_key(account, region))}]
    if name == "sts":
        return [{"accountId": parameters["roleArn"].split(":")[4], "type": "AWS::IAM::Role", "ARN": parameters["roleArn"]}]
    if name == "s3" and "bucketName" in parameters:
        arn = f"arn:aws:s3:::{parameters['bucketName']}"
        item = [{"type": "AWS::S3::Object", "ARN": f"{arn}/{parameters['key']}"}] if "key" in parameters else []
        return item + [{"accountId": account, "type": "AWS::S3::Bucket", "ARN": arn}]
    return None


def denial(identity, action):
    action = action.replace("20150331", "").replace("s3:ListBuckets", "s3:ListAllMyBuckets")  # as policies name them
    reason = f"User: {identity['arn']} is not authorized to perform: {action}"
    reason += f" because no identity-based policy allows the {action} action"
    return f"You are not authorized to perform this operation. {reason}" if action.startswith("ec2:") else reason


class Log:
    """The records of the day, in the order in which they were made."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.records = []
        self.sessions = defaultdict(list)  # when each role's sessions began

    def uuid(self):
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def identity(self, when, actor, account):
        """Who the record names; where a service opens or renews the session of a role, that is logged as well."""
        if actor.kind == "service":
            return {"type": "AWSService", "invokedBy": actor.service}
        if actor.kind in ("user", "root"):
            return user_identity(actor, account)
        if actor.starts:
            return role_identity(actor, account, actor.starts)
        starts = self.sessions[account, actor.name, actor.session]
        since = max((start for start in starts if start <= when < start + RENEWAL), default=None)
        if not since:
            since = when - timedelta(seconds=self.rng.randint(1, 4))
            starts.append(since)
            self.assume_role(since, account, service(actor.service), actor, lasts=RENEWAL)
        return role_identity(actor, account, since)

    def assume_role(self, when, account, caller, role, call="sts:AssumeRole", logged_in=None, shared=None, identity=None,
                    lasts=timedelta(hours=1)):
        """`caller` takes a role of `account`; the record stands in the log of `logged_in`, else of `account`."""
        granted = role_identity(role, account, when)
        key = {"accessKeyId": granted["accessKeyId"], "expiration": (when + lasts).strftime("%b %d, %Y, %I:%M:%S %p")}
        response = {"credentials": key, "assumedRoleUser": {"assumedRoleId": granted["principalId"], "arn": granted["arn"]}}
        asked = {"roleArn": role_arn(role, account), "roleSessionName": role.session, "durationSeconds": lasts.seconds}
        self.add(when, logged_in or account, US, caller, call, asked, response, identity=identity, shared=shared or self.uuid())

    def add(self, when, account, region, actor, call, parameters=None, response=None, error=None, message=None,
            identity=None, additional=None, shared=None):
        """One record of `account`. `call` reads `service:Operation`, or `service:Operation via service`
        where one service made the call on the actor's behalf."""
        if LOGGING_STOPPED <= when < LOGGING_RESUMED:
            return
        action, _, via = call.partition(" via ")
        name, event = action.split(":")
        region = US if name in GLOBAL_SERVICES else region
        data = event in ("GetObject", "PutObject", "HeadObject")
        identity = identity or self.identity(when, actor, account)
        source, agent = actor.ip, f"[{actor.agent}]" if name == "s3" and actor.ip != actor.agent else actor.agent
        if via:
            source = agent = f"{via}.amazonaws.com"
            identity = {**identity, "invokedBy": source}
        record = {
            "eventVersion": "1.11", "userIdentity": identity, "eventTime": stamp(when), "eventSource": f"{name}.amazonaws.com",
            "eventName": event, "awsRegion": region, "sourceIPAddress": source, "userAgent": agent,
        }
        if error:
            record["errorCode"] = error
        if error or message:
            record["errorMessage"] = message or denial(identity, action)
        record.update(requestParameters=parameters, responseElements=response)
        if additional or name == "s3":
            record["additionalEventData"] = additional or self.s3_details(data)
        if name != "signin":
            record["requestID"] = f"{self.rng.getrandbits(64):016X}" if name == "s3" else self.uuid()
        record.update(eventID=self.uuid(), readOnly=event.startswith(READ_ONLY))
        resources = parameters and resources_of(name, account, region, parameters)
        if resources:
            record["resources"] = resources
        record["eventType"] = "AwsConsoleSignIn" if name == "signin" else "AwsApiCall"
        record.update(managementEvent=not data, recipientAccountId=account)
        if shared:
            record["sharedEventID"] = shared
        record["eventCategory"] = "Data" if data else "Management"
        if source[0].isdigit():
            record["tlsDetails"] = {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256",
                                    "clientProvidedHostHeader": endpoint(name, region, parameters)}
        if actor.console and name not in ("signin", "sts"):
            record["sessionCredentialFromConsole"] = "true"
        self.records.append(record)

    def s3_details(self, data):
        return {"SignatureVersion": "SigV4", "CipherSuite": "TLS_AES_128_GCM_SHA256", "bytesTransferredIn": 0,
                "AuthenticationMethod": "AuthHeader", "bytesTransferredOut": self.rng.randint(900, 90000) if data else 0}

    def run(self, when, actor, account, region, *calls):
        drawn = draw(self.rng, actor, account, region)
        for call in calls:
            self.add(when, account, region, actor, call, fill(PARAMETERS.get(call), drawn))
            when += timedelta(seconds=self.rng.randint(0, 2))


# ---- the ordinary day

def background(log):
    runs = []
    for row, (who, account, region, start, end, every, calls) in enumerate(BACKGROUND):
        uneven = 0.8 if who[0].console else 0.1  # people are less regular than programs
        for step in range((end - start) * 60 // every):
            minutes = start * 60 + every * (step + uneven * log.rng.random())
            when = DAY_START + timedelta(seconds=int(minutes * 60))
            if when < DAY_END:
                runs.append((when, row, log.rng.choice(who), account, region, calls))
    for when, _, actor, account, region, calls in sorted(runs, key=lambda run: run[:2]):
        log.run(when, actor, account, region, *calls)
    for clock, actor, account, region, call, error, message in HARMLESS_ERRORS:
        asked = fill(PARAMETERS[call], draw(log.rng, actor, account, region))
        log.add(at(clock), account, region, actor, call, asked, error=error, message=message)


def console_login(log, when, account, actor, mfa=False, **more):
    identity = log.identity(when, actor, account)
    if actor.kind in ("user", "root"):
        identity = {key: value for key, value in identity.items() if key not in ("accessKeyId", "sessionContext")}
    details = {"LoginTo": "https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true", "MobileVersion": "No"}
    if mfa:
        details["MFAIdentifier"] = f"arn:aws:iam::{account}:mfa/{actor.name or 'root-account-mfa-device'}"
    details.update(MFAUsed="Yes" if mfa else "No", **more)
    log.add(when, account, US, actor, "signin:ConsoleLogin", None, {"ConsoleLogin": "Success"},
            identity=identity, additional=details)


def sign_ins(log):
    for actor, account in ((TOMAS, PRODUCTION), (ERIN, SECURITY), (ROOT, SECURITY)):
        console_login(log, actor.starts, account, actor, mfa=True)
    people = ((MIRA, PRODUCTION), (MIRA, STAGING), (JONAS, PRODUCTION), (JONAS, STAGING), (PRIYA, PRODUCTION), (NORA, SECURITY))
    for actor, account in people:
        console_login(log, actor.starts, account, actor)
    provider = "Zk3vHq0ExampleIdP="
    saml = {"type": "SAMLUser", "principalId": f"{provider}:{LEA.session}", "userName": LEA.session, "identityProvider": provider}
    log.assume_role(LEA.starts, PRODUCTION, LEA, LEA, "sts:AssumeRoleWithSAML", identity=saml, lasts=timedelta(hours=12))
    console_login(log, LEA.starts, PRODUCTION, LEA, SamlProviderArn=f"arn:aws:iam::{PRODUCTION}:saml-provider/ExampleIdP")
    log.add(at("11:21:02"), SECURITY, US, ROOT, "iam:GetAccountSummary")


def deployments(log):
    """The pipeline signs in with its web identity, pushes an image and rolls it out."""
    calls = ["ecr:GetAuthorizationToken", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecs:RegisterTaskDefinition",
             "ecs:UpdateService", "codedeploy:CreateDeployment", "ecs:DescribeServices", "ecs:DescribeServices"]
    subject = "repo:example-org/shop:ref:refs/heads/main"
    for clock, account in (("08:41:17", STAGING), ("10:15:40", STAGING), ("12:58:02", PRODUCTION), ("14:31:55", STAGING)):
        ci = replace(CI, starts=at(clock), ip=f"192.0.2.{log.rng.randint(130, 139)}")
        provider = f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com"
        principal = f"{provider}:sts.amazonaws.com:{subject}"
        web = {"type": "WebIdentityUser", "principalId": principal, "userName": subject, "identityProvider": provider}
        log.assume_role(ci.starts, account, ci, ci, "sts:AssumeRoleWithWebIdentity", identity=web)
        for step, call in enumerate(calls):
            log.run(ci.starts + timedelta(seconds=3 + 17 * step), ci, account, US, call)
    for step in range(24):  # production's new tasks open their log streams: what the Insight record is about
        log.run(at("13:01:00") + timedelta(seconds=5 * step), ECS_HOST, PRODUCTION, US, "logs:CreateLogStream")


def ordinary_changes(log):
    """Changes that look like the attack's, and are fine."""
    group, own_reader = hex_id("sg-", "staging-web"), {"AWS": role_arn(LEA, PRODUCTION)}
    managed = {"roleName": "ecs-host", "policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}
    log.add(at("09:20:11"), STAGING, US, MIRA, "ec2:AuthorizeSecurityGroupIngress", *ingress(group, 443, "10.0.0.0/8", STAGING))
    log.add(at("11:05:36"), PRODUCTION, US, MIRA, "iam:AttachRolePolicy", managed)
    log.add(at("12:15:50"), PRODUCTION, US, SCALING, "kms:CreateGrant", *grant_to(role_arn(SCALING, PRODUCTION)))
    log.add(at("13:30:24"), PRODUCTION, US, JONAS, "s3:PutBucketPolicy", readable_by(own_reader, "example-prod-exports"))


def cross_account_roles(log):
    """Our own scanner looks into two accounts (both sides log it), and a stranger's account into staging."""
    for clock, account in (("10:05:16", PRODUCTION), ("10:07:40", STAGING)):
        when, shared, audit = at(clock), log.uuid(), replace(AUDIT, starts=at(clock))
        caller = log.identity(when, SCANNER, SECURITY)
        outside = {"type": "AWSAccount", "principalId": caller["principalId"], "accountId": SECURITY}
        log.assume_role(when, account, SCANNER, audit, logged_in=SECURITY, shared=shared)
        log.assume_role(when, account, SCANNER, audit, shared=shared, identity=outside)
        calls = ("iam:GetAccountPasswordPolicy", "iam:ListRoles", "ec2:DescribeSecurityGroups")
        log.run(when + timedelta(seconds=2), audit, account, US, *calls)
    stranger = {"type": "AWSAccount", "principalId": fake_id("AIDA", STRANGER), "accountId": STRANGER}
    log.assume_role(PARTNER.starts, STAGING, PARTNER, PARTNER, identity=stranger)
    calls = ("s3:ListBuckets", "ec2:DescribeInstances", "rds:DescribeDBInstances")
    log.run(PARTNER.starts + timedelta(seconds=4), PARTNER, STAGING, US, *calls)


# ---- the attack

def password_guessing(log):
    """30 failed sign-ins in eight minutes, for three users and some names that do not exist."""
    names = ["erin-audit"] * 12 + ["luis-audit"] * 7 + ["break-glass"] * 4 + [None] * 7
    log.rng.shuffle(names)
    details = {"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No", "MFAUsed": "No"}
    for step, name in enumerate(names):
        guesser = Actor("user", ip=f"198.51.100.{23 + step % 2}", agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64)")
        identity = {"type": "IAMUser", "accountId": SECURITY, "accessKeyId": ""}
        identity["userName"] = name or "HIDDEN_DUE_TO_SECURITY_REASONS"
        if name:
            identity["principalId"] = fake_id("AIDA", SECURITY + name)
        when = at("03:10:05") + timedelta(seconds=16 * step + log.rng.randint(0, 9))
        message = "Failed authentication" if name else "No username found in supplied account"
        log.add(when, SECURITY, US, guesser, "signin:ConsoleLogin", None, {"ConsoleLogin": "Failure"},
                message=message, identity=identity, additional=details)


# What the intruder tries with the stolen key, and what the services answer.
ENUMERATION = [
    (None, "iam:ListUsers iam:ListGroups iam:ListRoles iam:GetAccountSummary iam:ListAttachedUserPolicies"),
    ("AccessDenied", "iam:GetAccountAuthorizationDetails s3:ListBuckets"),
    ("Client.UnauthorizedOperation", "ec2:DescribeInstances ec2:DescribeVolumes ec2:DescribeSnapshots ec2:DescribeVpcs "
                                     "ec2:DescribeKeyPairs ec2:DescribeImages"),
    (None, "ec2:DescribeRegions ecr:DescribeRepositories"),
    ("AccessDenied", "secretsmanager:ListSecrets kms:ListKeys kms:ListAliases rds:DescribeDBInstances dynamodb:ListTables "
                     "lambda:ListFunctions20150331 cloudtrail:DescribeTrails guardduty:ListDetectors"),
    ("AccessDeniedException", "ssm:DescribeParameters ssm:DescribeInstanceInformation organizations:ListAccounts"),
]


def ingress(group, port, network, account):
    rule = {"ipProtocol": "tcp", "fromPort": port, "toPort": port}
    made = {"groupOwnerId": account, "groupId": group, "securityGroupRuleId": hex_id("sgr-", group), "isEgress": False, **rule}
    made["cidrIpv4"] = network
    asked = {**rule, "groups": {}, "ipRanges": {"items": [{"cidrIp": network}]}, "ipv6Ranges": {}, "prefixListIds": {}}
    return {"groupId": group, "ipPermissions": {"items": [asked]}}, {"_return": True, "securityGroupRuleSet": {"items": [made]}}


def readable_by(principal, bucket):
    statement = {"Sid": "Read", "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject",
                 "Resource": f"arn:aws:s3:::{bucket}/*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"bucketPolicy": policy, "bucketName": bucket, "Host": f"{bucket}.s3.amazonaws.com", "policy": ""}


def grant_to(principal):
    key = kms_key(PRODUCTION, US)
    asked = {"keyId": key, "granteePrincipal": principal, "operations": ["Decrypt", "GenerateDataKey"]}
    return asked, {"grantId": digest(principal), "keyId": key}


def look_around(log):
    log.add(at("13:41:07"), PRODUCTION, US, INTRUDER, "sts:GetCallerIdentity")
    when = at("13:42:30")
    for error, calls in ENUMERATION:
        for call in calls.split():
            told = not error or call.startswith(("ec2:", "s3:"))  # other services keep quiet about what a denied call asked for
            asked = fill(PARAMETERS.get(call), draw(log.rng, INTRUDER, PRODUCTION, US)) if told else None
            log.add(when, PRODUCTION, US, INTRUDER, call, asked, error=error)
            when += timedelta(seconds=log.rng.randint(3, 15))


def build_backdoor(log):
    user, name, day = user_identity(BACKDOOR, PRODUCTION), {"userName": BACKDOOR.name}, "Nov 18, 2026, "
    made = {"path": "/", **name, "userId": user["principalId"], "arn": user["arn"], "createDate": day + "1:50:21 PM"}
    key = {**name, "accessKeyId": user["accessKeyId"], "status": "Active", "createDate": day + "1:50:58 PM"}
    login = {**name, "passwordResetRequired": False}
    for clock, event, asked, answer in (
        ("13:50:21", "CreateUser", name, {"user": made}),
        ("13:50:58", "CreateAccessKey", name, {"accessKey": key}),
        ("13:51:40", "AttachUserPolicy", {**name, "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}, None),
        ("13:53:12", "AddUserToGroup", {**name, "groupName": "Platform-Admins"}, None),
        ("13:54:30", "CreateLoginProfile", login, {"loginProfile": {**login, "createDate": day + "1:54:30 PM"}}),
    ):
        log.add(at(clock), PRODUCTION, US, INTRUDER, f"iam:{event}", asked, answer)
    console_login(log, at("14:02:45"), PRODUCTION, replace(BACKDOOR, agent=SAFARI))


def steal_secrets(log):
    log.run(at("14:06:02"), BACKDOOR, PRODUCTION, US, "secretsmanager:ListSecrets")
    for step, secret in enumerate(SECRETS):
        when = at("14:08:00") + timedelta(seconds=16 * step + log.rng.randint(0, 9))
        for call in ("secretsmanager:GetSecretValue", "kms:Decrypt via secretsmanager"):
            log.add(when, PRODUCTION, US, BACKDOOR, call, fill(PARAMETERS[call], {"secret": secret}))


def open_doors_and_hide(log):
    log.run(at("14:26:48"), BACKDOOR, PRODUCTION, US, "ec2:DescribeSecurityGroups")
    for clock, region, call, *content in (
        ("14:27:33", US, "ec2:AuthorizeSecurityGroupIngress", *ingress(hex_id("sg-", "bastion"), 22, "0.0.0.0/0", PRODUCTION)),
        ("14:38:09", US, "s3:PutBucketPolicy", readable_by("*", "example-prod-invoices")),
        ("14:45:51", US, "kms:CreateGrant", *grant_to(f"arn:aws:iam::{STRANGER}:role/external")),
        ("14:58:40", EU, "guardduty:ListDetectors"),
        ("14:59:20", EU, "guardduty:UpdateDetector", {"detectorId": detector(PRODUCTION, EU), "enable": False}),
        ("15:06:44", US, "cloudtrail:DescribeTrails"),
        ("15:07:30", US, "cloudtrail:StopLogging", {"name": TRAIL}),
    ):
        log.add(at(clock), PRODUCTION, region, BACKDOOR, call, *content)
    # An hour later someone notices.
    log.add(LOGGING_RESUMED, PRODUCTION, US, NORA_ADMIN, "cloudtrail:StartLogging", {"name": TRAIL})


# ---- files

def write_json(key, value):
    """Writes an object under its S3 key; returns the hash of its text."""
    text = json.dumps(value, separators=(",", ":")).encode()
    path = TARGET / key
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as archive:
        archive.write(text)
    return hashlib.sha256(text).hexdigest()


def key_of(kind, account, region, when, rng):
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    name = f"{when:%Y%m%dT%H%MZ}_{''.join(rng.choices(letters, k=16))}"
    return f"AWSLogs/{ORGANISATION}/{account}/{kind}/{region}/2026/11/18/{account}_{kind}_{region}_{name}.json.gz"


def write_logs(log):
    """One file an account, region and slot with activity; returns what the digests say of production's."""
    slots, entries = defaultdict(list), []
    for record in log.records:
        when = at(record["eventTime"][11:19])
        slots[record["recipientAccountId"], record["awsRegion"], (when - DAY_START) // SLOT].append((when, record))
    for (account, region, _), timed in sorted(slots.items()):
        newest, oldest = max(when for when, _ in timed), min(when for when, _ in timed)
        timed.sort(key=lambda pair: pair[0] + timedelta(seconds=log.rng.uniform(-10, 10)))  # only roughly in order, as in life
        delivered = newest + timedelta(seconds=log.rng.randint(300, 600))
        key = key_of("CloudTrail", account, region, delivered, log.rng)
        text_hash = write_json(key, {"Records": [record for _, record in timed]})
        if (account, region) == (PRODUCTION, US):
            entries.append((delivered, {
                "s3Bucket": LOG_BUCKET, "s3Object": key, "hashValue": text_hash, "hashAlgorithm": "SHA-256",
                "newestEventTime": stamp(newest), "oldestEventTime": stamp(oldest)}))
    return entries


def write_digests(entries):
    """Two digests of production's files, the second naming the first. The hashes are true, the signatures made up."""
    def digest_key(end):
        name = f"{PRODUCTION}_CloudTrail-Digest_{US}_{TRAIL}_{US}_{end:%Y%m%dT%H%M%SZ}.json.gz"
        return f"AWSLogs/{ORGANISATION}/{PRODUCTION}/CloudTrail-Digest/{US}/2026/11/18/{name}"

    previous_hash = digest("the digest before the first")
    for end in (at("13:20:14"), at("14:20:14")):
        start = end - timedelta(hours=1)
        files = [entry for delivered, entry in entries if start <= delivered < end]
        previous_hash = write_json(digest_key(end), {
            "awsAccountId": PRODUCTION, "digestStartTime": stamp(start), "digestEndTime": stamp(end),
            "digestS3Bucket": LOG_BUCKET, "digestS3Object": digest_key(end),
            "digestPublicKeyFingerprint": digest("key")[:32], "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": max(entry["newestEventTime"] for entry in files),
            "oldestEventTime": min(entry["oldestEventTime"] for entry in files),
            "previousDigestS3Bucket": LOG_BUCKET, "previousDigestS3Object": digest_key(start),
            "previousDigestHashValue": previous_hash, "previousDigestHashAlgorithm": "SHA-256",
            "previousDigestSignature": "".join(digest(f"{start}{part}") for part in range(8)), "logFiles": files})


def write_insight(log):
    """The unusual rate of CreateLogStream after production's deployment."""
    causes = [{"value": role_arn(ECS_HOST, PRODUCTION), "average": 12.0}]
    attributions = [{"attribute": "userIdentityArn", "insight": causes, "baseline": []}]
    statistics = {"baseline": {"average": 0.05}, "insight": {"average": 12.0}, "insightDuration": 2, "baselineDuration": 11520}
    details = {"state": "Start", "eventSource": "logs.amazonaws.com", "eventName": "CreateLogStream",
               "insightType": "ApiCallRateInsight", "insightContext": {"statistics": statistics, "attributions": attributions}}
    record = {"eventVersion": "1.11", "eventTime": stamp(at("13:01:00")), "awsRegion": US, "eventID": log.uuid(),
              "eventType": "AwsCloudTrailInsight", "recipientAccountId": PRODUCTION, "sharedEventID": log.uuid(),
              "insightDetails": details, "eventCategory": "Insight"}
    write_json(key_of("CloudTrail-Insight", PRODUCTION, US, at("13:31:00"), log.rng), {"Records": [record]})


def main():
    shutil.rmtree(TARGET, ignore_errors=True)
    log = Log(seed=20261118)
    for part in (background, sign_ins, deployments, ordinary_changes, cross_account_roles,
                 password_guessing, look_around, build_backdoor, steal_secrets, open_doors_and_hide):
        part(log)
    write_digests(write_logs(log))
    write_insight(log)
    sizes = [path.stat().st_size for path in TARGET.rglob("*.gz")]
    print(f"{len(sizes)} files, {len(log.records)} records and one Insight record, {sum(sizes)} bytes in {TARGET}")


if __name__ == "__main__":
    main()
