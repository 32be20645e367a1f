//! Tags (Sigma specification, tags appendix) that are not written as those who read them expect.

use std::collections::HashMap;

use crate::{
    diagnostic::{Code, Diagnostic, nearest},
    source::Spanned,
};

const NAMESPACES: [&str; 7] = ["attack", "car", "cve", "d3fend", "detection", "stp", "tlp"];

/// ATT&CK's tactics: those for enterprises, with `defense-evasion` and the two that it was split
/// into, then those for mobile devices and control systems.
const TACTICS: [&str; 20] = [
    "reconnaissance",
    "resource-development",
    "initial-access",
    "execution",
    "persistence",
    "privilege-escalation",
    "defense-evasion",
    "stealth",
    "defense-impairment",
    "credential-access",
    "discovery",
    "lateral-movement",
    "collection",
    "command-and-control",
    "exfiltration",
    "impact",
    "network-effects",
    "remote-service-effects",
    "inhibit-response-function",
    "impair-process-control",
];

const DETECTION: [&str; 3] = ["dfir", "emerging-threats", "threat-hunting"];
/// Those of version 2 of the protocol, and `white` of version 1.
const TLP: [&str; 6] = ["red", "amber", "amber-strict", "green", "clear", "white"];

/// Judges the tags of one document.
pub fn tags(tags: &[Spanned<String>], found: &mut Vec<Diagnostic>) {
    let mut first: HashMap<String, &Spanned<String>> = HashMap::new();
    for tag in tags {
        let known = *first.entry(tag.value.to_lowercase()).or_insert(tag);
        if !std::ptr::eq(known, tag) {
            found.push(
                Diagnostic::warning(
                    Code::DuplicateTag,
                    format!("the tag `{}` is there twice", tag.value),
                )
                .at(tag.span, "again here")
                .at(known.span, "first here")
                .help("remove one of the two"),
            );
            continue;
        }
        if let Some(help) = mistake(&tag.value) {
            found.push(
                Diagnostic::warning(
                    Code::UnknownTag,
                    format!("`{}` is not a tag that Sigma knows", tag.value),
                )
                .at(tag.span, "")
                .help(help),
            );
        }
    }
}

/// What to write instead of a tag that is certainly a mistake. Namespaces of one's own are none,
/// nor are names that ATT&CK may have got since.
fn mistake(tag: &str) -> Option<String> {
    let meant = |near: String| Some(format!("did you mean `{near}`?"));
    let Some((namespace, name)) = tag.split_once('.') else {
        let name = dashed(&tag.to_lowercase());
        return meant(format!("attack.{name}")).filter(|_| is_tactic(&name));
    };
    if !NAMESPACES.contains(&namespace) {
        let near = nearest(namespace, NAMESPACES).filter(|near| is_known(near, name))?;
        return meant(format!("{near}.{name}"));
    }
    if is_known(namespace, name) {
        return None;
    }
    let near =
        |known: &[&str]| meant(format!("{namespace}.{}", nearest(name, known.iter().copied())?));
    let as_in = |example: &str| Some(format!("write it as in `{example}`"));
    match namespace {
        "attack" => attack(name),
        "car" => as_in("car.2016-04-005"),
        "cve" => as_in("cve.2021-44228"),
        "detection" => near(&DETECTION),
        "stp" => as_in("stp.3k"),
        "tlp" => near(&TLP),
        _ => None,
    }
}

/// Whether a name is one of those that its namespace holds; of `d3fend` nothing is known.
fn is_known(namespace: &str, name: &str) -> bool {
    match namespace {
        "attack" => is_attack_id(name) || is_tactic(name),
        "car" => is(name, "0000-00-000"),
        "cve" => is(name, "0000-0000*") || is(name, "0000.0000*"),
        "detection" => DETECTION.contains(&name),
        "stp" => {
            let level = name.strip_suffix(['a', 'u', 'k']).unwrap_or(name);
            matches!(level, "1" | "2" | "3" | "4" | "5")
        }
        "tlp" => TLP.contains(&name),
        _ => false,
    }
}

/// What to write instead of a name that ATT&CK does not have.
fn attack(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    if is_attack_id(&lower) || is_tactic(&lower) {
        return Some(format!("tags are in lower case: write `attack.{lower}`"));
    }
    if let Some(near) = nearest(&dashed(&lower), TACTICS) {
        return Some(format!("did you mean `attack.{near}`?"));
    }
    // A letter or two and digits are an identifier, and one of the wrong length.
    let digits = lower.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let id = !digits.is_empty()
        && lower.len() - digits.len() <= 2
        && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '_'));
    id.then(|| "write a technique as in `attack.t1078` or `attack.t1078.004`".to_owned())
}

fn is_tactic(name: &str) -> bool {
    TACTICS.contains(&dashed(name).as_str())
}

/// `t1078`, `t1078.004`, and the groups, software, campaigns, mitigations, assets, tactics, data
/// sources and analytics of ATT&CK.
fn is_attack_id(name: &str) -> bool {
    if is(name, "t0000.000") {
        return true;
    }
    let kinds = ["t", "g", "s", "c", "m", "a", "ta", "ds", "dc", "an", "det"];
    kinds.iter().any(|kind| name.strip_prefix(kind).is_some_and(|digits| is(digits, "0000")))
}

/// Whether a text has this form: `0` is a digit, `*` at the end further ones.
fn is(text: &str, form: &str) -> bool {
    let (form, more) = match form.strip_suffix('*') {
        Some(form) => (form, true),
        None => (form, false),
    };
    let (Some(start), Some(rest)) = (text.get(..form.len()), text.get(form.len()..)) else {
        return false;
    };
    let fits = |(c, wanted): (char, char)| match wanted {
        '0' => c.is_ascii_digit(),
        wanted => c == wanted,
    };
    start.chars().zip(form.chars()).all(fits)
        && (rest.is_empty() || more && rest.chars().all(|c| c.is_ascii_digit()))
}

/// Older rules write `defense_evasion`.
fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::mistake;

    #[test]
    fn what_is_certainly_a_mistake_is_known() {
        let fine = [
            "attack.persistence",
            "attack.defense-evasion",
            "attack.defense_evasion",
            "attack.stealth",
            "attack.defense-impairment",
            "attack.command-and-control",
            "attack.command_and_control",
            "attack.t1078",
            "attack.t1078.004",
            "attack.g0016",
            "attack.s0154",
            "attack.ds0025",
            "attack.ta0001",
            "attack.a-tactic-of-next-year",
            "cve.2021-44228",
            "cve.2021.44228",
            "car.2016-04-005",
            "detection.threat-hunting",
            "detection.something",
            "d3fend.d3f-WindowsNtOpenFile",
            "stp.4",
            "stp.3k",
            "tlp.amber-strict",
            "tlp.white",
            "team.cloud",
            "aws.iam",
            "cis.1.4",
            "dev.test",
            "cloud",
            "attach.files",
            "cves.many",
        ];
        for tag in fine {
            assert_eq!(mistake(tag), None, "{tag}");
        }
        let mistaken = [
            ("attack.persistance", "did you mean `attack.persistence`?"),
            ("attack.privilege_escalaton", "did you mean `attack.privilege-escalation`?"),
            ("attack.defence-evasion", "did you mean `attack.defense-evasion`?"),
            ("attack.defenseevasion", "did you mean `attack.defense-evasion`?"),
            ("atack.persistence", "did you mean `attack.persistence`?"),
            ("attack.T1078", "tags are in lower case: write `attack.t1078`"),
            ("attack.Persistence", "tags are in lower case: write `attack.persistence`"),
            ("attack.t107", "write a technique as in `attack.t1078` or `attack.t1078.004`"),
            ("attack.t1078.4", "write a technique as in `attack.t1078` or `attack.t1078.004`"),
            ("attack.t1078-004", "write a technique as in `attack.t1078` or `attack.t1078.004`"),
            ("attack.1078", "write a technique as in `attack.t1078` or `attack.t1078.004`"),
            ("detections.dfir", "did you mean `detection.dfir`?"),
            ("Lateral_Movement", "did you mean `attack.lateral-movement`?"),
            ("persistence", "did you mean `attack.persistence`?"),
            ("cve.cve-2021-44228", "write it as in `cve.2021-44228`"),
            ("cve.44228", "write it as in `cve.2021-44228`"),
            ("car.2016-04-5", "write it as in `car.2016-04-005`"),
            ("detection.threat_hunting", "did you mean `detection.threat-hunting`?"),
            ("tlp.ambr", "did you mean `tlp.amber`?"),
            ("stp.6", "write it as in `stp.3k`"),
        ];
        for (tag, help) in mistaken {
            assert_eq!(mistake(tag).as_deref(), Some(help), "{tag}");
        }
    }
}
