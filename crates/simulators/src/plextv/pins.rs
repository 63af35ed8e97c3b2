//! Signing in with a PIN: an application gets a code, its user enters it in a browser, and the application finds a token.

use super::{World, form::instant};
use crate::plex::scramble;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Characters of a code that is handed to a browser.
const STRONG: (usize, &[u8]) = (25, b"abcdefghijklmnopqrstuvwxyz0123456789");
/// Characters of a code that somebody types.
const SHORT: (usize, &[u8]) = (4, b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789");
const STRONG_LASTS: SignedDuration = SignedDuration::from_mins(30);
const SHORT_LASTS: SignedDuration = SignedDuration::from_mins(15);
const FIRST_ID: i64 = 2_071_594_817;

#[derive(Debug, Clone)]
pub(super) struct Pin {
    id: i64,
    code: String,
    client: String,
    product: String,
    created: Timestamp,
    expires: Timestamp,
    token: Option<String>,
}

impl Pin {
    pub(super) fn to_json(&self, now: Timestamp) -> Value {
        json!({
            "id": self.id,
            "code": self.code,
            "product": self.product,
            "trusted": false,
            "qr": format!("https://plex.tv/api/v2/pins/qr/{}", self.code),
            "clientIdentifier": self.client,
            "location": {
                "code": "DE", "european_union_member": true, "continent_code": "EU", "country": "Germany", "city": "Berlin",
                "time_zone": "Europe/Berlin", "postal_code": "10115", "in_privacy_restricted_country": true,
                "in_privacy_restricted_region": false, "subdivisions": "Berlin", "coordinates": "52.5, 13.4",
            },
            "expiresIn": self.expires.duration_since(now).as_secs(),
            "createdAt": instant(self.created),
            "expiresAt": instant(self.expires),
            "authToken": self.token,
            "newRegistration": null,
        })
    }
}

impl World {
    pub(super) fn create_pin(&mut self, client: &str, product: &str, strong: bool, now: Timestamp) -> Pin {
        let id = self.pins.last_key_value().map_or(FIRST_ID, |(last, _)| last + 1);
        let ((length, letters), lasts) = if strong {
            (STRONG, STRONG_LASTS)
        } else {
            (SHORT, SHORT_LASTS)
        };
        let pin = Pin {
            id,
            code: code(id, length, letters),
            client: client.to_owned(),
            product: product.to_owned(),
            created: now,
            expires: now + lasts,
            token: None,
        };
        self.pins.insert(id, pin.clone());
        pin
    }

    /// The PIN as the client that asked for it sees it; to all others, and after its time, there is none.
    pub(super) fn pin(&self, id: i64, client: &str, now: Timestamp) -> Option<&Pin> {
        self.pins
            .get(&id)
            .filter(|pin| pin.client == client && now < pin.expires)
    }

    /// Gives a waiting PIN a token, and says whether there was one.
    pub(super) fn claim(&mut self, code: &str, now: Timestamp) -> bool {
        let waiting = |pin: &&Pin| pin.code == code && pin.token.is_none() && now < pin.expires;
        let Some(id) = self.pins.values().find(waiting).map(|pin| pin.id) else {
            return false;
        };
        let token = self.issue_token();
        if let Some(pin) = self.pins.get_mut(&id) {
            pin.token = Some(token);
        }
        true
    }
}

fn code(seed: i64, length: usize, letters: &[u8]) -> String {
    let mut state = scramble(seed.unsigned_abs());
    (0..length)
        .map(|_| {
            state = scramble(state);
            char::from(letters[(state % letters.len() as u64) as usize])
        })
        .collect()
}
