//! Signing in with a code that a user enters somewhere else.

use super::{JellyfinSim, sessions::Application, wire::stamp, world::World};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// How long a code can be entered, and how long an entered one can be turned into a token.
const LIFE: SignedDuration = SignedDuration::from_mins(10);

/// An application that waits for somebody to enter its code.
#[derive(Debug, Clone)]
pub(crate) struct QuickRequest {
    secret: String,
    code: String,
    application: Application,
    added: Timestamp,
    /// The user who entered it, with the token that came of it.
    granted: Option<(i64, String)>,
}

impl QuickRequest {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "Authenticated": self.granted.is_some(),
            "Secret": self.secret,
            "Code": self.code,
            "DeviceId": self.application.device_id,
            "DeviceName": self.application.device_name,
            "AppName": self.application.client,
            "AppVersion": self.application.version,
            "DateAdded": stamp(self.added),
        })
    }

    pub(crate) fn granted(&self) -> Option<(i64, String, &Application)> {
        let (user, token) = self.granted.as_ref()?;
        Some((*user, token.clone(), &self.application))
    }
}

impl World {
    pub(crate) fn ask_for_code(&mut self, application: Application, now: Timestamp) -> QuickRequest {
        self.expire_codes(now);
        let secret = format!("{}{}", self.new_secret("quick"), self.new_secret("connect")).to_uppercase();
        let digits = secret
            .bytes()
            .fold(0_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 900_000);
        let request = QuickRequest {
            secret,
            code: (100_000 + digits).to_string(),
            application,
            added: now,
            granted: None,
        };
        self.quick_requests.push(request.clone());
        request
    }

    /// The request with a secret, while it lives.
    pub(crate) fn quick_request(&mut self, secret: &str, now: Timestamp) -> Option<&QuickRequest> {
        self.expire_codes(now);
        self.quick_requests.iter().find(|request| request.secret == secret)
    }

    /// A user enters a code; says whether an application waited with it.
    pub(crate) fn enter_code(&mut self, code: &str, user: i64, now: Timestamp) -> bool {
        self.expire_codes(now);
        let waiting = |request: &QuickRequest| request.code == code && request.granted.is_none();
        let Some(at) = self.quick_requests.iter().position(waiting) else {
            return false;
        };
        let token = self.issue_token(user, self.quick_requests[at].application.clone());
        let request = &mut self.quick_requests[at];
        request.granted = Some((user, token));
        request.added = now;
        true
    }

    fn expire_codes(&mut self, now: Timestamp) {
        self.quick_requests
            .retain(|request| now.duration_since(request.added) <= LIFE);
    }
}

impl JellyfinSim {
    /// A user enters a code in an application where they are signed in; says whether somebody waited with it.
    pub fn enter_code(&self, code: &str, user: i64) -> bool {
        let now = self.clock().now();
        self.with(|world| world.enter_code(code, user, now))
    }
}
