//! What matches have in common that are counted together.

use trailalerts_core::correlation::Member;
use trailalerts_processor::pattern::{GroupBy, Origin, Pattern, Test};

/// What matches have in common that are counted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The actor and the account, as thresholds of `postprocessing_rules` count by themselves.
    ActorAndAccount,
    /// Fields of the record; without any, all matches are counted together.
    Fields(Vec<&'static str>),
}

/// Reads it on the command line.
pub fn parse(text: &str) -> Result<By, String> {
    let mut names: Vec<&str> = text.split(',').map(str::trim).collect();
    names.sort_unstable();
    match names.as_slice() {
        ["none"] => return Ok(By::Fields(Vec::new())),
        ["account", "actor"] => return Ok(By::ActorAndAccount),
        _ => {}
    }
    for pair in names.windows(2) {
        if let [left, right] = pair
            && left == right
        {
            return Err(format!("`{left}` stands there twice"));
        }
    }
    let mut fields = Vec::new();
    for name in text.split(',').map(str::trim) {
        match name {
            "" => return Err("a field is missing".to_owned()),
            "actor" | "account" | "none" => {
                return Err(format!(
                    "`{name}` is no field: take `actor,account`, `none`, or fields such as \
                     `userIdentity.arn,recipientAccountId`"
                ));
            }
            // Patterns live as long as the program, of which there is one.
            field => fields.push(&*field.to_owned().leak()),
        }
    }
    Ok(By::Fields(fields))
}

impl By {
    /// What it is called on the command line.
    pub fn names(&self) -> Vec<&str> {
        match self {
            By::ActorAndAccount => vec!["actor", "account"],
            By::Fields(fields) => fields.to_vec(),
        }
    }

    /// A threshold of a rule that counts so: the processor finds the groups by it.
    pub fn pattern(&self, rule: usize) -> Pattern {
        let group_by = match self {
            By::ActorAndAccount => GroupBy::ActorAndAccount,
            By::Fields(fields) => {
                GroupBy::Fields(fields.iter().map(|field| (*field, vec![*field])).collect())
            }
        };
        Pattern {
            id: String::new(),
            origin: Origin::Postprocessing(usize::MAX),
            members: vec![Member::Rule(rule)],
            group_by,
            window: 0,
            test: Test::Count(Vec::new().into()),
            measured: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{By, parse};

    #[test]
    fn groups_are_what_both_forms_of_thresholds_can_say() {
        for text in ["actor,account", "account, actor"] {
            assert_eq!(parse(text), Ok(By::ActorAndAccount), "{text}");
        }
        assert_eq!(parse("none"), Ok(By::Fields(Vec::new())));
        assert_eq!(
            parse("sourceIPAddress,awsRegion"),
            Ok(By::Fields(vec!["sourceIPAddress", "awsRegion"]))
        );
        for text in ["", "actor", "actor,awsRegion", "none,awsRegion", "awsRegion,awsRegion", "a,"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
