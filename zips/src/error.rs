use std::{error, fmt};

/// Why there are no zips, and what helps.
#[derive(Debug, Clone)]
pub struct Error {
    what: String,
    remedy: Option<String>,
}

impl Error {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: None }
    }

    pub(crate) fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    /// Says in front which function it is about.
    pub(crate) fn of(self, name: &str) -> Self {
        Self { what: format!("{name}: {}", self.what), ..self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.what)?;
        match &self.remedy {
            Some(remedy) => write!(formatter, "\n{remedy}"),
            None => Ok(()),
        }
    }
}

impl error::Error for Error {}
