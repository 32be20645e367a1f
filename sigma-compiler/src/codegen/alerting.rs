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

#[cfg(test)]
mod tests {
    use crate::{compile, source::SourceFile};

    /// The generated code of a rule, a correlation and settings, without white space.
    fn generated(own: &str, settings: &[&str]) -> String {
        let rule = format!(
            "title: T\nid: 11111111-2222-3333-4444-555555555555\nname: t\nlogsource:\n  product: aws\ndetection:\n  \
             selection:\n    eventName: x\n  condition: selection\n{own}---\ntitle: C\nid: \
             11111111-2222-3333-4444-666666666666\ncorrelation:\n  type: event_count\n  rules: t\n  group-by: []\n  \
             timespan: 1h\n  condition:\n    eq: 0\ntrailalerts:\n  expected_silence: {{days: sat-sun}}\n"
        );
        let mut files = vec![SourceFile::new("rule.yml", rule)];
        files.extend(settings.iter().enumerate().map(|(directory, text)| {
            SourceFile::new(format!("{directory}/settings.yml"), *text).in_directory(directory)
        }));
        let compilation = compile(files, Vec::new());
        assert!(!compilation.has_errors(), "{:?}", compilation.diagnostics);
        dense(&compilation.generate())
    }

    fn dense(text: &str) -> String {
        let text: String = text.split_whitespace().collect();
        text.replace(",]", "]").replace(",}", "}").replace(",)", ")")
    }

    fn assert_holds(generated: &str, expected: &str) {
        assert!(generated.contains(&dense(expected)), "{expected}\n{generated}");
    }

    #[test]
    fn what_a_document_says_reaches_its_static() {
        let own = "trailalerts:\n  cooldown: 30m\n  cooldown_by: [actor, requestParameters.groupId]\n  channels: slack\n  \
            distribution: [userName]\n  activity:\n    timezone: Europe/Zurich\n    except:\n      - {days: mon-fri, from: \
            23:00, to: 24:00}\n      - {days: [sat], from: \"22:30\", to: 6:00}\n";
        let generated = generated(own, &["channels: {slack: {min_severity: high}}\n"]);
        for expected in [
            "cooldown: Some(1800u64)",
            r#"cooldown_by: Some(&["actor", "requestParameters.groupId"])"#,
            r#"channels: Some(&["slack"])"#,
            r#"distribution: &["userName"]"#,
            r#"activity: Some(alerting::Activity { windows: &[
                alerting::Hours { days: [true, true, true, true, true, false, false], from: 82800u32, to: 86400u32 },
                alerting::Hours { days: [false, false, false, false, false, true, false], from: 81000u32, to: 21600u32 }
            ], except: true, timezone: "Europe/Zurich" })"#,
            r#"expected_silence: Some(alerting::Activity { windows: &[
                alerting::Hours { days: [false, false, false, false, false, true, true], from: 0u32, to: 86400u32 }
            ], except: false, timezone: "UTC" })"#,
            r#"channels: &[alerting::Channel { name: "slack", min_severity: Level::High }]"#,
        ] {
            assert_holds(&generated, expected);
        }
    }

    #[test]
    fn what_says_nothing_is_left_to_defaults() {
        let generated = generated("trailalerts:\n  lints: {missing-tests: off}\n", &[]);
        assert_holds(&generated, "generate: false, alerting: alerting::Alerting::NONE");
        assert_holds(&generated, "cooldown: alerting::Settings::DEFAULT.cooldown, channels: &[]");
        assert_holds(&generated, "learn: alerting::Streams::DEFAULT.learn");
    }

    /// A cooldown of none and no fields are something else than nothing.
    #[test]
    fn nothing_is_told_from_none() {
        let generated =
            generated("trailalerts:\n  cooldown: off\n  cooldown_by: []\n", &["cooldown: none\n"]);
        assert_holds(&generated, "cooldown: Some(0u64), cooldown_by: Some(&[]), channels: None");
        assert_holds(&generated, "alerting::Settings { cooldown: 0u64,");
    }

    #[test]
    fn later_settings_replace_earlier_ones_part_by_part() {
        let first = "cooldown: 1h\nchannels:\n  mail: {min_severity: low}\n  slack: {min_severity: low}\nstreams:\n  \
            delay: 5m\n  learn: false\n  expected:\n    - {account: '111122223333', region: eu-central-1}\n    - \
            {account: '111122223333', region: us-east-1}\naccounts: {'111122223333': one, '111122223334': two}\n";
        let second = "channels:\n  slack: {min_severity: critical}\n  mail:\n  pager:\nstreams:\n  silent_after: 1h\n  \
            expected:\n    - {account: 111122223333, region: eu-central-1, silent_after: 2h}\naccounts: {'111122223333': \
            production}\n";
        let generated = generated("", &[first, second]);
        assert_holds(
            &generated,
            r#"settings: alerting::Settings {
                cooldown: 3600u64,
                channels: &[
                    alerting::Channel { name: "mail", min_severity: Level::Low },
                    alerting::Channel { name: "slack", min_severity: Level::Critical },
                    alerting::Channel { name: "pager", min_severity: Level::Informational }
                ],
                streams: alerting::Streams {
                    silent_after: 3600u64,
                    learn: false,
                    delay: 300u64,
                    expected: &[
                        alerting::Stream { account: "111122223333", region: "us-east-1", silent_after: None },
                        alerting::Stream { account: "111122223333", region: "eu-central-1", silent_after: Some(7200u64) }
                    ]
                },
                accounts: &[("111122223334", "two"), ("111122223333", "production")]
            }"#,
        );
    }
}
