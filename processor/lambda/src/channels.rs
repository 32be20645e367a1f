//! Channels of AWS: e-mail by SES, and topics of SNS.

use std::collections::BTreeMap;

use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use trailalerts_lambda::aws;
use trailalerts_processor::{
    Alert, Notification,
    deliver::{Channels, DeliveryError},
};

use crate::settings::{Email, Route, Topic};

/// Channels of AWS, by the names of the settings.
#[derive(Debug, Clone)]
pub struct AwsChannels {
    routes: BTreeMap<String, Route>,
    accounts: &'static [(&'static str, &'static str)],
    ses: aws_sdk_sesv2::Client,
    sns: aws_sdk_sns::Client,
}

impl AwsChannels {
    /// Channels that lead where the routes say; `accounts` are known to people by these names.
    pub fn new(
        routes: BTreeMap<String, Route>,
        accounts: &'static [(&'static str, &'static str)],
        ses: aws_sdk_sesv2::Client,
        sns: aws_sdk_sns::Client,
    ) -> AwsChannels {
        AwsChannels { routes, accounts, ses, sns }
    }

    async fn send(&self, channel: &str, alert: &Alert) -> Result<(), String> {
        let route = self.routes.get(channel).ok_or("it leads nowhere in this deployment")?;
        let notification =
            Notification::of(alert, self.accounts).map_err(|error| error.to_string())?;
        match route {
            Route::Email(email) => self.email(email, notification).await,
            Route::Sns(topic) => self.publish(topic, notification).await,
        }
    }

    async fn email(&self, email: &Email, notification: Notification) -> Result<(), String> {
        let content = |text: String| {
            let content = Content::builder().data(text).charset("UTF-8").build();
            content.map_err(|error| error.to_string())
        };
        let Notification { subject, text, html } = notification;
        let body = Body::builder().text(content(text)?).html(content(html)?).build();
        let message = Message::builder().subject(content(subject)?).body(body).build();
        let to = Destination::builder().set_to_addresses(Some(email.to.clone())).build();
        let request = self
            .ses
            .send_email()
            .from_email_address(&email.from)
            .destination(to)
            .content(EmailContent::builder().simple(message).build());
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(aws::words(&error)),
        }
    }

    async fn publish(&self, topic: &Topic, notification: Notification) -> Result<(), String> {
        let Notification { subject, text, .. } = notification;
        let request = self.sns.publish().topic_arn(&topic.topic).subject(subject).message(text);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(aws::words(&error)),
        }
    }
}

impl Channels for AwsChannels {
    async fn deliver(&self, channel: &str, alert: &Alert) -> Result<(), DeliveryError> {
        self.send(channel, alert)
            .await
            .map_err(|message| DeliveryError { channel: channel.to_owned(), message })
    }
}
