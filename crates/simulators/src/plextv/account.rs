//! The account as its tokens show it.

use super::ACCOUNT;
use crate::plex::Account;
use serde_json::{Value, json};

/// `GET /api/v2/user`.
pub(super) fn user(token: &str) -> Value {
    let account = Account::owner();
    json!({
        "id": ACCOUNT,
        "uuid": account.uuid(),
        "username": account.name,
        "title": account.name,
        "email": "owner@example.org",
        "friendlyName": "Sam",
        "locale": null,
        "confirmed": true,
        "joinedAt": 1_400_000_000,
        "emailOnlyAuth": false,
        "hasPassword": true,
        "protected": false,
        "thumb": account.thumb(),
        "authToken": token,
        "mailingListStatus": "unsubscribed",
        "scrobbleTypes": "",
        "country": "DE",
        "subscription": {
            "active": true, "subscribedAt": "2020-01-01T00:00:00Z", "status": "Active", "paymentService": null, "plan": "lifetime",
            "features": ["webhooks", "companions_sonos"],
        },
        "restricted": false,
        "anonymous": false,
        "home": true,
        "guest": false,
        "homeSize": 3,
        "homeAdmin": true,
        "maxHomeSize": 15,
        "rememberExpiresAt": 1_790_000_000,
        "profile": {
            "autoSelectAudio": true, "defaultAudioLanguage": "en", "defaultSubtitleLanguage": "en", "autoSelectSubtitle": 0,
            "defaultSubtitleAccessibility": 0, "defaultSubtitleForced": 0,
        },
        "entitlements": ["all"],
        "roles": ["plexpass"],
        "services": [],
    })
}
