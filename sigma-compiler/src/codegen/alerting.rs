//! What documents and settings say of alerts, as data.

use proc_macro2::TokenStream;
use quote::quote;

use super::metadata::level;
use crate::ast::{Activity, AlertSettings, Alerting, Channel, Hours, Level, Stream};

/// What a document says, as an expression.
pub fn alerting(alerting: &Alerting) -> TokenStream {
    if *alerting == Alerting::default() {
        return quote!(alerting::Alerting::NONE);
    }
    let cooldown = seconds(alerting.cooldown);
    let cooldown_by = list(alerting.cooldown_by.as_deref());
    let channels: Option<Vec<&String>> =
        alerting.channels.as_ref().map(|names| names.iter().map(|name| &name.value).collect());
    let channels = list(channels.as_deref());
    let distribution = &alerting.distribution;
    let activity = activity(alerting.activity.as_ref());
    let expected_silence = self::activity(alerting.expected_silence.as_ref());
    quote! {
        alerting::Alerting {
            cooldown: #cooldown,
            cooldown_by: #cooldown_by,
            channels: #channels,
            distribution: &[#(#distribution),*],
            activity: #activity,
            expected_silence: #expected_silence,
        }
    }
}

/// What the settings choose, as an expression.
pub fn settings(settings: &AlertSettings) -> TokenStream {
    let or_default = |value: Option<u64>, default: TokenStream| match value {
        Some(value) => quote!(#value),
        None => default,
    };
    let cooldown = or_default(settings.cooldown, quote!(alerting::Settings::DEFAULT.cooldown));
    let channels = settings.channels.iter().map(channel);
    let streams = &settings.streams;
    let silent_after =
        or_default(streams.silent_after, quote!(alerting::Streams::DEFAULT.silent_after));
    let delay = or_default(streams.delay, quote!(alerting::Streams::DEFAULT.delay));
    let learn = match streams.learn {
        Some(learn) => quote!(#learn),
        None => quote!(alerting::Streams::DEFAULT.learn),
    };
    let expected = streams.expected.iter().map(|Stream { account, region, silent_after }| {
        let silent_after = seconds(*silent_after);
        quote! {
            alerting::Stream { account: #account, region: #region, silent_after: #silent_after }
        }
    });
    let accounts = settings.accounts.iter().map(|(id, name)| quote!((#id, #name)));
    quote! {
        alerting::Settings {
            cooldown: #cooldown,
            channels: &[#(#channels),*],
            streams: alerting::Streams {
                silent_after: #silent_after,
                learn: #learn,
                delay: #delay,
                expected: &[#(#expected),*],
            },
            accounts: &[#(#accounts),*],
        }
    }
}

fn channel(channel: &Channel) -> TokenStream {
    let name = &channel.name.value;
    let min_severity = level(channel.min_severity.unwrap_or(Level::Informational));
    quote!(alerting::Channel { name: #name, min_severity: #min_severity })
}

fn activity(activity: Option<&Activity>) -> TokenStream {
    let Some(Activity { windows, except, timezone }) = activity else {
        return quote!(None);
    };
    let windows = windows.iter().map(|Hours { days, from, to }| {
        quote!(alerting::Hours { days: [#(#days),*], from: #from, to: #to })
    });
    quote! {
        Some(alerting::Activity {
            windows: &[#(#windows),*],
            except: #except,
            timezone: #timezone,
        })
    }
}

fn list(texts: Option<&[impl quote::ToTokens]>) -> TokenStream {
    match texts {
        Some(texts) => quote!(Some(&[#(#texts),*])),
        None => quote!(None),
    }
}

fn seconds(seconds: Option<u64>) -> TokenStream {
    match seconds {
        Some(seconds) => quote!(Some(#seconds)),
        None => quote!(None),
    }
}
