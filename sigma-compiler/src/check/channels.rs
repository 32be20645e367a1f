//! Channels that documents name. Each is one of the settings.

use crate::{
    ast::{AlertSettings, Alerting},
    diagnostic::{Code, Diagnostic, nearest},
};

/// The names of all channels; none where the settings could not be read as a whole.
#[derive(Debug)]
pub struct Channels(Option<Vec<String>>);

impl Channels {
    /// Those of the settings.
    pub fn new(settings: &AlertSettings, read: bool) -> Self {
        let names = settings.channels.iter().map(|channel| channel.name.value.clone());
        Channels(read.then(|| names.collect()))
    }

    /// Tells of each channel that is none.
    pub fn check(&self, alerting: &Alerting, diagnostics: &mut Vec<Diagnostic>) {
        let Channels(Some(known)) = self else {
            return;
        };
        let named = alerting.channels.iter().flatten();
        for name in named.filter(|name| !known.contains(&name.value)) {
            let message = format!("there is no channel `{}`", name.value);
            let diagnostic = Diagnostic::error(Code::UnknownChannel, message).at(name.span, "");
            let near = nearest(&name.value, known.iter().map(String::as_str));
            diagnostics.push(match near {
                Some(near) => diagnostic.did_you_mean(name.span, &name.value, near),
                None if known.is_empty() => diagnostic.help(format!(
                    "`settings.yml` has none; write `{}:` below its `channels:`",
                    name.value
                )),
                None => {
                    let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
                    diagnostic.help(format!("`settings.yml` has {}", known.join(", ")))
                }
            });
        }
    }
}
