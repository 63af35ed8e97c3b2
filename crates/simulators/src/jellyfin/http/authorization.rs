//! Who sends a request, and with what: the `Authorization` header, and the ways of before.

use super::Arguments;
use crate::jellyfin::{
    sessions::Application,
    users::{Holder, Who},
    world::{Settings, World},
};
use http::{header, request::Parts};
use url::form_urlencoded;

/// What a request says of its sender.
#[derive(Debug, Default)]
pub(super) struct Credentials {
    pub(super) token: Option<String>,
    client: Option<String>,
    device: Option<String>,
    device_id: Option<String>,
    version: Option<String>,
}

pub(super) fn read(parts: &Parts, settings: &Settings) -> Credentials {
    let legacy = settings.reads_legacy_authorization();
    let header = |name: &str| {
        let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
        value.filter(|value| !value.is_empty()).map(str::to_owned)
    };
    let arguments = Arguments::of(parts.uri.query().unwrap_or_default());
    let field = |name: &str| {
        let value = arguments.text(name).filter(|value| !value.is_empty());
        value.map(str::to_owned)
    };
    let line = header(header::AUTHORIZATION.as_str()).or_else(|| header("x-emby-authorization").filter(|_| legacy));
    let mut found = line.map(|line| parse(&line, legacy)).unwrap_or_default();
    found.token = found
        .token
        .filter(|token| !token.is_empty())
        .or_else(|| header("x-emby-token").filter(|_| legacy))
        .or_else(|| header("x-mediabrowser-token").filter(|_| legacy))
        .or_else(|| field("apikey"))
        .or_else(|| field("api_key").filter(|_| legacy));
    if settings.dialect.is_emby() {
        found.token = found.token.or_else(|| field("x-emby-token"));
        found.device_id = found.device_id.or_else(|| field("deviceid"));
    }
    found
}

/// Finds out whose a token is, and what the application is called. What a client does not say of itself is known of its token.
pub(super) fn identify(world: &World, credentials: &Credentials) -> (Who, Option<Application>) {
    let said = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    let (client, version) = (said(&credentials.client), said(&credentials.version));
    let (device_id, device_name) = (said(&credentials.device_id), said(&credentials.device));
    let Some(token) = &credentials.token else {
        let application = client.zip(version).zip(device_id.zip(device_name));
        let application = application.map(|((client, version), (device_id, device_name))| Application {
            client,
            version,
            device_id,
            device_name,
        });
        return (Who::Nobody, application);
    };
    match world.tokens.get(token) {
        Some(Holder::Key { name }) => {
            let application = Application {
                client: name.clone(),
                version: version.unwrap_or_else(|| world.settings.dialect.version().to_owned()),
                device_id: device_id.unwrap_or_else(|| world.settings.server_id.clone()),
                device_name: device_name.unwrap_or_else(|| world.settings.server_name.clone()),
            };
            (Who::Key, Some(application))
        }
        Some(Holder::User { user, application }) => {
            let account = world.users.get(user);
            if account.is_none_or(|account| account.user.disabled) {
                return (Who::Stranger, None);
            }
            let application = Application {
                client: client.unwrap_or_else(|| application.client.clone()),
                version: version.unwrap_or_else(|| application.version.clone()),
                device_id: device_id.unwrap_or_else(|| application.device_id.clone()),
                device_name: device_name.unwrap_or_else(|| application.device_name.clone()),
            };
            (Who::User(*user), Some(application))
        }
        None => {
            // A sign-in may carry a token that is not good any more; what it says of the application still counts.
            let none = Credentials {
                token: None,
                client,
                device: device_name,
                device_id,
                version,
            };
            (Who::Stranger, identify(world, &none).1)
        }
    }
}

/// Reads `MediaBrowser Token="…", Client="…"`; values may have commas in their quotes, and are URL-encoded.
fn parse(line: &str, legacy: bool) -> Credentials {
    let mut credentials = Credentials::default();
    let Some((scheme, rest)) = line.split_once(' ') else {
        return credentials;
    };
    let known = scheme.eq_ignore_ascii_case("MediaBrowser") || (legacy && scheme.eq_ignore_ascii_case("Emby"));
    if !known {
        return credentials;
    }
    let mut quoted = false;
    let parts = rest.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    for part in parts {
        let Some((name, value)) = part.split_once('=') else {
            continue;
        };
        let value = Some(decoded(value.trim().trim_matches('"')));
        match name.trim() {
            "Token" => credentials.token = value,
            "Client" => credentials.client = value,
            "Device" => credentials.device = value,
            "DeviceId" => credentials.device_id = value,
            "Version" => credentials.version = value,
            _ => {}
        }
    }
    credentials
}

fn decoded(value: &str) -> String {
    // One field of a query, so that nothing in it separates fields.
    let query = format!("v={}", value.replace('&', "%26"));
    form_urlencoded::parse(query.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_commas_in_their_quotes_and_are_encoded() {
        let line = r#"MediaBrowser Token="abc", Client="My App, really", Device="Study%20%26+PC", DeviceId="1=2", Version="1.2.0""#;
        let read = parse(line, false);
        assert_eq!(read.token.as_deref(), Some("abc"));
        assert_eq!(read.client.as_deref(), Some("My App, really"));
        assert_eq!(read.device.as_deref(), Some("Study & PC"));
        assert_eq!(read.device_id.as_deref(), Some("1=2"));
        assert_eq!(read.version.as_deref(), Some("1.2.0"));
        assert!(parse(r#"Emby Token="abc""#, false).token.is_none());
        assert!(parse(r#"Bearer Token="abc""#, true).token.is_none());
    }
}
