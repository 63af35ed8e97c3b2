//! Who may watch, who may ask, and with which token.

use super::{
    JellyfinSim,
    devices::Device,
    sessions::Application,
    wire::{guid_of, pruned, stamp},
    world::World,
};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The administrator who is there from the start.
pub const ADMIN: i64 = 1;

/// A user as an administrator can change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The name to sign in with.
    pub name: String,
    /// Empty when there is none.
    pub password: String,
    /// Whether the user may see and do everything.
    pub administrator: bool,
    /// Whether the user's tokens are refused.
    pub disabled: bool,
    /// Whether the user is left out of the list before signing in.
    pub hidden: bool,
}

impl User {
    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            password: String::new(),
            administrator: false,
            disabled: false,
            hidden: false,
        }
    }

    pub(crate) fn administrator(name: &str) -> Self {
        Self {
            administrator: true,
            hidden: true,
            ..Self::named(name)
        }
    }
}

/// A user with what the server notes by itself.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) user: User,
    pub(crate) last_login: Option<Timestamp>,
    pub(crate) last_activity: Option<Timestamp>,
}

/// Whose a token is.
#[derive(Debug, Clone)]
pub(crate) enum Holder {
    /// An application without a user, with an administrator's rights.
    Key { name: String },
    /// A user who signed in with an application.
    User { user: i64, application: Application },
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Somebody without a token.
    Nobody,
    /// Somebody with a token that is not accepted.
    Stranger,
    Key,
    User(i64),
}

impl Who {
    pub(crate) fn user(self) -> Option<i64> {
        match self {
            Self::User(user) => Some(user),
            Self::Nobody | Self::Stranger | Self::Key => None,
        }
    }
}

impl World {
    pub(crate) fn may_see_all(&self, who: Who) -> bool {
        match who {
            Who::Nobody | Who::Stranger => false,
            Who::Key => true,
            Who::User(user) => self.users.get(&user).is_some_and(|account| account.user.administrator),
        }
    }

    /// Whether the event socket tells somebody of sessions at all.
    pub(crate) fn tells_of_sessions(&self, who: Who) -> bool {
        let administrators_only = self.settings.dialect.tells_administrators_only();
        match who {
            Who::Nobody | Who::Stranger => false,
            Who::Key => !administrators_only,
            Who::User(_) => !administrators_only || self.may_see_all(who),
        }
    }

    pub(crate) fn add_user(&mut self, user: User) -> i64 {
        let number = self.users.keys().last().map_or(ADMIN, |last| last + 1);
        let account = Account {
            id: user_id(number),
            user,
            last_login: None,
            last_activity: None,
        };
        self.users.insert(number, account);
        number
    }

    pub(crate) fn add_api_key(&mut self, name: &str) -> String {
        let token = self.new_secret("key");
        self.tokens.insert(token.clone(), Holder::Key { name: name.to_owned() });
        token
    }

    /// Signs a user in with an application; what the user had on that device before ends.
    pub(crate) fn issue_token(&mut self, user: i64, application: Application) -> String {
        self.tokens.retain(|_, holder| match holder {
            Holder::Key { .. } => true,
            Holder::User {
                user: other,
                application: known,
            } => *other != user || known.device_id != application.device_id,
        });
        let token = self.new_secret("token");
        self.tokens.insert(token.clone(), Holder::User { user, application });
        token
    }

    /// The user with an id on the wire.
    pub(crate) fn user_with_id(&self, id: &str) -> Option<i64> {
        self.users
            .iter()
            .find(|(_, account)| account.id == id)
            .map(|(number, _)| *number)
    }

    pub(crate) fn user_json(&self, user: i64) -> Value {
        let Some(account) = self.users.get(&user) else {
            return Value::Null;
        };
        let User {
            name,
            password,
            administrator,
            disabled,
            hidden,
        } = &account.user;
        pruned(json!({
            "Name": name,
            "ServerId": self.settings.server_id,
            "Id": account.id,
            "HasPassword": !password.is_empty(),
            "HasConfiguredPassword": !password.is_empty(),
            "HasConfiguredEasyPassword": false,
            "EnableAutoLogin": false,
            "LastLoginDate": account.last_login.map(stamp),
            "LastActivityDate": account.last_activity.map(stamp),
            "Configuration": {
                "PlayDefaultAudioTrack": true,
                "SubtitleLanguagePreference": "",
                "DisplayMissingEpisodes": false,
                "SubtitleMode": "Default",
                "OrderedViews": [],
                "HidePlayedInLatest": true,
                "RememberAudioSelections": true,
                "RememberSubtitleSelections": true,
                "EnableNextEpisodeAutoPlay": true,
            },
            "Policy": {
                "IsAdministrator": administrator,
                "IsHidden": hidden,
                "IsDisabled": disabled,
                "BlockedTags": [],
                "EnableUserPreferenceAccess": true,
                "EnableRemoteControlOfOtherUsers": administrator,
                "EnableSharedDeviceControl": true,
                "EnableRemoteAccess": true,
                "EnableMediaPlayback": true,
                "EnableAllDevices": true,
                "EnableAllFolders": true,
                "MaxActiveSessions": 0,
            },
        }))
    }
}

impl JellyfinSim {
    /// Adds a user without a password, who may watch everything and see only what is their own.
    pub fn add_user(&self, name: &str) -> i64 {
        self.with(|world| world.add_user(User::named(name)))
    }

    /// Changes a user; unknown ones are left alone.
    pub fn change_user(&self, user: i64, change: impl FnOnce(&mut User)) {
        self.with(|world| {
            if let Some(account) = world.users.get_mut(&user) {
                change(&mut account.user);
            }
        });
    }

    /// Removes a user with all their tokens; what they have seen is forgotten.
    pub fn remove_user(&self, user: i64) {
        self.with(|world| {
            world.users.remove(&user);
            world
                .tokens
                .retain(|_, holder| !matches!(holder, Holder::User { user: other, .. } if *other == user));
            for item in world.items.values_mut() {
                item.views.remove(&user);
            }
        });
    }

    /// The users by number.
    pub fn users(&self) -> Vec<(i64, User)> {
        self.with(|world| {
            let users = world.users.iter();
            users.map(|(number, account)| (*number, account.user.clone())).collect()
        })
    }

    /// A user's id on the wire, 32 hex digits.
    pub fn user_id(&self, user: i64) -> String {
        user_id(user)
    }

    /// The API key that is there from the start; its name is `Monitor`.
    pub fn api_key(&self) -> String {
        self.with(|world| world.first_key.clone())
    }

    /// Makes another API key. Its name is the application that its sessions show.
    pub fn add_api_key(&self, name: &str) -> String {
        self.with(|world| world.add_api_key(name))
    }

    /// The token of a user who signs in on a device.
    pub fn add_token(&self, user: i64, device: &Device) -> String {
        self.with(|world| world.issue_token(user, device.application()))
    }

    /// Refuses a key or token from now on.
    pub fn revoke_token(&self, token: &str) {
        self.with(|world| world.tokens.remove(token));
    }
}

fn user_id(number: i64) -> String {
    guid_of(&format!("user {number}"))
}
