//! Settings of a deployment, from variables of the environment. What belongs to the rules is
//! compiled; here are names and addresses of what a deployment has made.

use std::{collections::BTreeMap, env, error, fmt, str::FromStr};

use serde::de::DeserializeOwned;

/// A variable of the environment that is a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it says, with an article: `the URL of …`.
    pub meaning: &'static str,
    /// What holds where it is not set; none where it has to be.
    pub otherwise: Option<&'static str>,
}

/// The environment, read setting by setting: everything that is wrong is told at once.
#[derive(Debug)]
pub struct Environment {
    values: BTreeMap<String, String>,
    known: Vec<&'static str>,
    problems: Vec<String>,
}

/// All that is wrong with an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentError(pub Vec<String>);

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the function's environment is not right: {}", self.0.join("; "))
    }
}

impl error::Error for EnvironmentError {}

/// What the names of all settings begin with.
const PREFIX: &str = "TRAILALERTS_";

impl Environment {
    /// The environment of this process; empty variables are not set.
    pub fn of_process() -> Environment {
        let texts = env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        Environment::of(texts)
    }

    /// An environment of variables.
    pub fn of(variables: impl IntoIterator<Item = (String, String)>) -> Environment {
        let values = variables.into_iter().filter(|(_, value)| !value.trim().is_empty());
        Environment { values: values.collect(), known: Vec::new(), problems: Vec::new() }
    }

    /// A setting as it is written; one that has to be set and is not counts as wrong.
    pub fn text(&mut self, variable: &Variable) -> Option<String> {
        self.known.push(variable.name);
        let value = self.values.get(variable.name).map(|value| value.trim().to_owned());
        if value.is_none() && variable.otherwise.is_none() {
            self.problems
                .push(format!("`{}` is not set: it has to be {}", variable.name, variable.meaning));
        }
        value
    }

    /// A setting of a form.
    pub fn parsed<T: FromStr>(&mut self, variable: &Variable) -> Option<T>
    where
        T::Err: fmt::Display,
    {
        let text = self.text(variable)?;
        text.parse().map_err(|error| self.wrong(variable, &error)).ok()
    }

    /// A setting in JSON.
    pub fn json<T: DeserializeOwned>(&mut self, variable: &Variable) -> Option<T> {
        let text = self.text(variable)?;
        serde_json::from_str(&text).map_err(|error| self.wrong(variable, &error)).ok()
    }

    /// Says that something is wrong with a setting. Its value is not repeated: it may be secret.
    pub fn wrong(&mut self, variable: &Variable, why: &dyn fmt::Display) {
        let Variable { name, meaning, .. } = variable;
        self.problems.push(format!("`{name}` is not {meaning}: {why}"));
    }

    /// Whether all settings were right, and there was none that nobody knows.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn finish(mut self) -> Result<(), EnvironmentError> {
        for name in self.values.keys() {
            if name.starts_with(PREFIX) && !self.known.contains(&name.as_str()) {
                let known = self.known.join("`, `");
                self.problems.push(format!("`{name}` is no setting; there are `{known}`"));
            }
        }
        if self.problems.is_empty() { Ok(()) } else { Err(EnvironmentError(self.problems)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: Variable = Variable { name: "TRAILALERTS_URL", meaning: "a URL", otherwise: None };
    const COUNT: Variable =
        Variable { name: "TRAILALERTS_COUNT", meaning: "a number", otherwise: Some("3") };

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::of(
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let mut read = environment(&[
            ("TRAILALERTS_COUNT", "many"),
            ("TRAILALERTS_URL", " "),
            ("TRAILALERTS_UBL", "x"),
            ("PATH", "/bin"),
        ]);
        assert_eq!(read.text(&URL), None);
        assert_eq!(read.parsed::<u32>(&COUNT), None);
        let problems = read.finish().unwrap_err().0;
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(problems[0].contains("`TRAILALERTS_URL` is not set: it has to be a URL"));
        assert!(problems[1].contains("`TRAILALERTS_COUNT` is not a number: invalid digit"));
        assert!(problems[2].contains("`TRAILALERTS_UBL` is no setting"));
    }

    #[test]
    fn what_is_right_is_read() {
        let mut read = environment(&[("TRAILALERTS_URL", " https://x ")]);
        assert_eq!(read.text(&URL).as_deref(), Some("https://x"));
        assert_eq!(read.parsed::<u32>(&COUNT), None);
        assert_eq!(read.finish(), Ok(()));
    }
}
