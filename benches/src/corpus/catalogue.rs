//! The calls that records tell of, read from `calls/`.
//!
//! `[SERVICE WEIGHT]` begins a service. A line below it is a call:
//!
//! ```text
//! NAME FLAGS WEIGHT | requestParameters | responseElements | additionalEventData | resources
//! ```
//!
//! of which the last two may be missing. The flags: `r` reads, `w` writes, `d` is a data event, `e` is
//! an event that a service reports by itself, `s` is made by services too, `a` by other accounts too,
//! `i` only with a web identity, `c` only in the console's sign-in.

use super::template::Template;

const FILES: [(&str, &str); 4] = [
    ("identity", include_str!("calls/identity.txt")),
    ("compute", include_str!("calls/compute.txt")),
    ("data", include_str!("calls/data.txt")),
    ("operations", include_str!("calls/operations.txt")),
];

/// A call of a service.
#[derive(Debug)]
pub struct Call {
    /// The service, as in `ec2.amazonaws.com`.
    pub service: &'static str,
    /// `eventName`
    pub name: &'static str,
    /// What kind of call it is, see above.
    flags: &'static str,
    /// `requestParameters`
    pub request: Template,
    /// `responseElements`
    pub response: Template,
    /// `additionalEventData`
    pub additional: Option<Template>,
    /// `resources`
    pub resources: Option<Template>,
}

impl Call {
    /// Whether the call is of a kind, see above.
    pub fn is(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }
}

/// Reads all calls, with their weights among all calls.
///
/// # Errors
/// What is wrong with a line of the files.
pub fn calls() -> Result<Vec<(u64, Call)>, String> {
    let mut calls: Vec<(u64, Call)> = Vec::new();
    for (file, text) in FILES {
        let mut service: Option<(&str, u64)> = None;
        let mut begin = calls.len();
        let lines = (1..).zip(text.lines());
        for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let wrong = |what: &str| format!("calls/{file}.txt:{number}: {what}");
            if let Some(head) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                share(&mut calls[begin..], service);
                begin = calls.len();
                let head = head
                    .split_once(' ')
                    .and_then(|(name, weight)| Some((name, weight.parse().ok()?)));
                service = Some(head.ok_or_else(|| wrong("not `[SERVICE WEIGHT]`"))?);
                continue;
            }
            let (service, _) = service.ok_or_else(|| wrong("a call without a service"))?;
            let call = call(service, line).map_err(|error| wrong(&error))?;
            calls.push(call);
        }
        share(&mut calls[begin..], service);
    }
    Ok(calls)
}

/// Makes the weights within a service weights among all calls.
fn share(calls: &mut [(u64, Call)], service: Option<(&str, u64)>) {
    let sum: u64 = calls.iter().map(|(weight, _)| weight).sum();
    for (weight, _) in calls {
        *weight = *weight * 10_000 * service.map_or(0, |(_, weight)| weight) / sum.max(1);
    }
}

fn call(service: &'static str, line: &'static str) -> Result<(u64, Call), String> {
    let mut parts = line.split(" | ");
    let head: Vec<&str> = parts.next().unwrap_or_default().split(' ').collect();
    let [name, flags, weight] = head[..] else {
        return Err("not `NAME FLAGS WEIGHT | …`".into());
    };
    let weight = weight.parse().map_err(|_| format!("`{weight}` is not a weight"))?;
    let mut template = || parts.next().map(Template::parse).transpose();
    let missing = || "requestParameters or responseElements are missing".to_owned();
    let call = Call {
        service,
        name,
        flags,
        request: template()?.ok_or_else(missing)?,
        response: template()?.ok_or_else(missing)?,
        additional: template()?,
        resources: template()?,
    };
    Ok((weight, call))
}
