//! What the places of templates are filled in with.
//!
//! Most things have a number, and their ids follow from it: a bucket that comes up again has the same
//! name. A session keeps to its few things, as people and programs do.

use std::fmt::Write as _;

use super::names::*;
use crate::random::Random;

/// Writes a value.
pub type Write = fn(&Scene, &mut Random, &mut String);

/// Where and when a record is written, and what its session is about.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The account that the file is of.
    pub account: &'static str,
    /// The region that the file is of.
    pub region: &'static str,
    /// Seconds since 2026-11-18T00:00:00Z.
    pub second: u64,
    /// What the things follow from.
    pub focus: u64,
    /// Whether one thing of each kind is meant wherever it is named: outside of lists.
    pub steady: bool,
}

/// The value of a name.
///
/// # Errors
/// There is no value of that name.
pub fn find(name: &str) -> Result<Write, String> {
    let value: Write = match name {
        "account" => |scene, _, out| out.push_str(scene.account),
        "region" => |scene, _, out| out.push_str(scene.region),
        "other" => |_, random, out| out.push_str(random.pick::<&str>(&ACCOUNTS)),
        "instance" => |scene, random, out| thing(scene, random, "i-", 400, 17, out),
        "volume" => |scene, random, out| thing(scene, random, "vol-", 600, 17, out),
        "snapshot" => |scene, random, out| thing(scene, random, "snap-", 900, 17, out),
        "image" => |scene, random, out| thing(scene, random, "ami-", 30, 17, out),
        "sg" => |scene, random, out| thing(scene, random, "sg-", 60, 17, out),
        "subnet" => |scene, random, out| thing(scene, random, "subnet-", 24, 17, out),
        "vpc" => |scene, random, out| thing(scene, random, "vpc-", 4, 17, out),
        "eni" => |scene, random, out| thing(scene, random, "eni-", 900, 17, out),
        "zone" => |scene, random, out| thing(scene, random, "Z0", 12, 16, out),
        "service" => |scene, random, out| out.push_str(service(scene, random)),
        "env" => |scene, random, out| out.push_str(one(scene, random, &STAGES)),
        "user" => |scene, random, out| out.push_str(one(scene, random, &PEOPLE)),
        "group" => |scene, random, out| out.push_str(one(scene, random, &GROUPS)),
        "email" => |scene, random, out| {
            out.push_str(one(scene, random, &PEOPLE));
            out.push_str("@example.com");
        },
        "domain" => |scene, random, out| {
            out.push_str(one(scene, random, &STAGES));
            out.push_str(".example.com");
        },
        "role" => |scene, random, out| role(number(scene, random, 40), out),
        "rolearn" => |scene, random, out| {
            let _ = write!(out, "arn:aws:iam::{}:role/", scene.account);
            role(number(scene, random, 40), out);
        },
        "roleid" => |scene, random, out| {
            out.push_str("AROA");
            Random::new(number(scene, random, 40), 77).upper(17, out);
        },
        "userid" => |scene, random, out| {
            out.push_str("AIDA");
            Random::new(number(scene, random, 16), 78).upper(17, out);
        },
        "tempkey" => |_, random, out| key_id("ASIA", random, out),
        "permkey" => |_, random, out| key_id("AKIA", random, out),
        "policyarn" => |scene, random, out| {
            let _ = write!(out, "arn:aws:iam::aws:policy/{}", one(scene, random, &POLICIES));
        },
        "bucket" => |scene, random, out| {
            let number = number(scene, random, 60);
            let (service, stage) = names(number);
            let _ = write!(out, "example-{service}-{stage}-{}", scene.account);
        },
        "key" => |scene, random, out| {
            let _ = write!(out, "{}/2026/11/18/part-", service(scene, random));
            let _ = write!(out, "{:05}-", random.below(4000));
            random.hex(8, out);
            out.push_str(".parquet");
        },
        "kms" => |scene, random, out| Random::new(number(scene, random, 20), 79).uuid(out),
        "kmsarn" => |scene, random, out| {
            let _ = write!(out, "arn:aws:kms:{}:{}:key/", scene.region, scene.account);
            Random::new(number(scene, random, 20), 79).uuid(out);
        },
        "loggroup" => |scene, random, out| {
            let (service, stage) = names(number(scene, random, 80));
            let _ = write!(out, "/aws/lambda/{service}-{stage}");
        },
        "logstream" => |_, random, out| {
            out.push_str("2026/11/18/[$LATEST]");
            random.hex(32, out);
        },
        "function" => |scene, random, out| {
            let (service, stage) = names(number(scene, random, 80));
            let _ = write!(out, "{service}-{stage}-handler");
        },
        "functionarn" => |scene, random, out| {
            let (service, stage) = names(number(scene, random, 80));
            let (region, account) = (scene.region, scene.account);
            let _ =
                write!(out, "arn:aws:lambda:{region}:{account}:function:{service}-{stage}-handler");
        },
        "table" | "queue" | "db" | "repo" | "stack" | "cluster" => |scene, random, out| {
            let (service, stage) = names(number(scene, random, 50));
            let _ = write!(out, "{service}-{stage}");
        },
        "queueurl" => |scene, random, out| {
            let (service, stage) = names(number(scene, random, 50));
            let (region, account) = (scene.region, scene.account);
            let _ = write!(out, "https://sqs.{region}.amazonaws.com/{account}/{service}-{stage}");
        },
        "topic" => |scene, random, out| {
            let (service, stage) = names(number(scene, random, 50));
            let _ = write!(out, "arn:aws:sns:{}:{}:{service}-{stage}", scene.region, scene.account);
        },
        "secret" => |scene, random, out| secret(number(scene, random, 50), out),
        "secretarn" => |scene, random, out| {
            let number = number(scene, random, 50);
            let _ =
                write!(out, "arn:aws:secretsmanager:{}:{}:secret:", scene.region, scene.account);
            secret(number, out);
            out.push('-');
            Random::new(number, 80).base64(6, out);
        },
        "param" => |scene, random, out| {
            let (service, stage) = names(number(scene, random, 120));
            let _ = write!(out, "/{stage}/{service}/database-url");
        },
        "lb" => |scene, random, out| balancer("loadbalancer/app", scene, random, out),
        "tg" => |scene, random, out| balancer("targetgroup", scene, random, out),
        "session" => |scene, random, out| {
            let number = number(scene, random, 40);
            let _ = match number % 3 {
                0 => write!(out, "{}@example.com", PEOPLE[(number % 16) as usize]),
                1 => write!(out, "{}-{}", names(number).0, number),
                _ => write!(out, "i-{:017x}", hash(number, 17) >> 4),
            };
        },
        "token" => |_, random, out| {
            out.push_str("IQoJb3JpZ2luX2VjE");
            random.base64(60, out);
        },
        "title" => |scene, random, out| {
            let foreign = random.per_mille(200);
            out.push_str(one(scene, random, if foreign { &FOREIGN_TITLES } else { &TITLES }));
        },
        "policy" => |scene, random, out| super::policy::policy(scene, random, out),
        "trust" => |scene, random, out| super::policy::trust(scene, random, out),
        "uuid" => |_, random, out| random.uuid(out),
        "h2" => |_, random, out| random.hex(2, out),
        "h4" => |_, random, out| random.hex(4, out),
        "h6" => |_, random, out| random.hex(6, out),
        "h8" => |_, random, out| random.hex(8, out),
        "h10" => |_, random, out| random.hex(10, out),
        "h12" => |_, random, out| random.hex(12, out),
        "h16" => |_, random, out| random.hex(16, out),
        "h17" => |scene, random, out| Random::new(number(scene, random, 90), 81).hex(17, out),
        "h26" => |scene, random, out| Random::new(number(scene, random, 9), 82).hex(26, out),
        "h32" => |scene, random, out| Random::new(number(scene, random, 300), 83).hex(32, out),
        "h40" => |scene, random, out| Random::new(number(scene, random, 90), 84).hex(40, out),
        "h64" => |scene, random, out| Random::new(number(scene, random, 200), 85).hex(64, out),
        "upper9" => |scene, random, out| Random::new(number(scene, random, 9), 86).upper(9, out),
        "upper13" => |scene, random, out| Random::new(number(scene, random, 9), 87).upper(13, out),
        "upper17" => |_, random, out| random.upper(17, out),
        "b64" => |_, random, out| {
            random.base64(75, out);
            out.push('=');
        },
        "num" => |_, random, out| decimal(random.below(10_000), out),
        "small" => |_, random, out| decimal(random.between(1, 99), out),
        "big" => |_, random, out| decimal(random.below(5_000_000), out),
        "seconds" => |_, random, out| out.push_str(random.pick::<&str>(&SECONDS)),
        "port" => |_, random, out| out.push_str(random.pick::<&str>(&PORTS)),
        "epoch" => |scene, _, out| decimal(EPOCH + scene.second, out),
        "millis" => |scene, random, out| {
            decimal((EPOCH + scene.second) * 1000 + random.below(1000), out);
        },
        "iso" => |scene, _, out| iso_time(scene.second, out),
        "console_time" => |scene, _, out| {
            let (second, half) = (scene.second, if scene.second < 43_200 { "AM" } else { "PM" });
            let (hour, minute) = ((second / 3600 + 11) % 12 + 1, second / 60 % 60);
            let _ = write!(out, "Nov 18, 2026, {hour}:{minute:02}:{:02} {half}", second % 60);
        },
        "ip" => |_, random, out| address(random.below(200), out),
        "cidr" => |_, random, out| {
            let _ = match random.below(12) {
                0 => write!(out, "0.0.0.0/0"),
                1..6 => write!(out, "10.{}.0.0/16", random.below(16)),
                _ => write!(out, "198.51.100.{}/32", random.below(256)),
            };
        },
        _ => return Err(format!("there is no value `{name}`")),
    };
    Ok(value)
}

/// 2026-11-18T00:00:00Z.
const EPOCH: u64 = 1_794_960_000;

/// Writes a time of the corpus.
pub fn iso_time(second: u64, out: &mut String) {
    let (hour, minute, second) = (second / 3600 % 24, second / 60 % 60, second % 60);
    let _ = write!(out, "2026-11-18T{hour:02}:{minute:02}:{second:02}Z");
}

/// Writes an address of a documentation range, or a private one.
pub fn address(number: u64, out: &mut String) {
    let _ = match number % 5 {
        0 | 1 => write!(out, "203.0.113.{number}"),
        2 => write!(out, "198.51.100.{number}"),
        3 => write!(out, "192.0.2.{number}"),
        _ => write!(out, "10.0.{}.{}", number % 8, number),
    };
}

/// Writes the name of a role.
pub fn role(number: u64, out: &mut String) {
    let (service, stage) = names(number);
    let _ = match number % 3 {
        0 => write!(out, "{service}-{stage}-TaskRole"),
        1 => write!(out, "cdk-hnb659fds-deploy-role-{service}-{stage}"),
        _ => write!(out, "{service}-{stage}-instance"),
    };
}

/// The name of a person by number.
pub fn person(number: u64) -> &'static str {
    PEOPLE[(number % PEOPLE.len() as u64) as usize]
}

fn names(number: u64) -> (&'static str, &'static str) {
    let stage = hash(number, 1) % STAGES.len() as u64;
    (SERVICES[(number % SERVICES.len() as u64) as usize], STAGES[stage as usize])
}

fn secret(number: u64, out: &mut String) {
    let (service, stage) = names(number);
    let _ = write!(out, "{stage}/{service}/api-key");
}

fn balancer(kind: &str, scene: &Scene, random: &mut Random, out: &mut String) {
    let number = number(scene, random, 20);
    let ((service, stage), (region, account)) = (names(number), (scene.region, scene.account));
    let _ =
        write!(out, "arn:aws:elasticloadbalancing:{region}:{account}:{kind}/{service}-{stage}/");
    Random::new(number, 88).hex(16, out);
}

fn key_id(prefix: &str, random: &mut Random, out: &mut String) {
    out.push_str(prefix);
    random.upper(9, out);
    out.push_str("EXAMPLE");
}

fn service(scene: &Scene, random: &mut Random) -> &'static str {
    one(scene, random, &SERVICES)
}

fn one(scene: &Scene, random: &mut Random, from: &[&'static str]) -> &'static str {
    from[number(scene, random, from.len() as u64) as usize]
}

fn thing(
    scene: &Scene,
    random: &mut Random,
    kind: &str,
    count: u64,
    digits: usize,
    out: &mut String,
) {
    out.push_str(kind);
    let number = number(scene, random, count);
    Random::new(number, kind.len() as u64).hex(digits, out);
}

/// The number of a thing among `count`.
fn number(scene: &Scene, random: &mut Random, count: u64) -> u64 {
    match scene.steady {
        true => hash(scene.focus, 1) % count,
        false => random.below(count),
    }
}

fn hash(number: u64, stream: u64) -> u64 {
    Random::new(number, stream).bits()
}

fn decimal(number: u64, out: &mut String) {
    let _ = write!(out, "{number}");
}
