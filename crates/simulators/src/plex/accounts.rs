//! Who may watch, on what, and with which token.

use super::{PlexSim, guids::scramble, world::World};

/// Local id of the server's owner, whatever the owner's plex.tv id is.
pub const OWNER: i64 = 1;

/// What an account is to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    /// The server's owner; there is one, with id 1.
    Owner,
    /// Somebody else's full account; the id is the plex.tv id.
    Shared,
    /// A profile of the owner's home, without user name and e-mail.
    Managed,
}

/// One account that the server knows.
#[derive(Debug, Clone)]
pub struct Account {
    /// 1 for the owner, else the plex.tv id.
    pub id: i64,
    /// The user name, or a managed profile's title.
    pub name: String,
    /// Owner, shared user or managed profile.
    pub kind: AccountKind,
}

impl Account {
    /// The owner, whom the server and plex.tv know under different ids.
    pub(crate) fn owner() -> Self {
        Self {
            id: OWNER,
            name: String::from("owner_name"),
            kind: AccountKind::Owner,
        }
    }

    /// The same on every server and at plex.tv, unlike the id.
    pub(crate) fn uuid(&self) -> String {
        format!("{:016x}", scramble(self.id.unsigned_abs()))
    }

    /// The address of the account's picture; the hex in it is the account's uuid.
    pub(crate) fn thumb(&self) -> String {
        format!(
            "https://plex.tv/users/{}/avatar?c={}",
            self.uuid(),
            1_770_000_000 + self.id % 1000
        )
    }
}

/// One player application on one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The client identifier; becomes `Player.machineIdentifier`.
    pub id: String,
    /// The name the viewer gave it.
    pub title: String,
    /// The player application.
    pub product: String,
    /// The operating system or browser.
    pub platform: String,
    /// The hardware's name.
    pub device: String,
    /// Address as the server sees it.
    pub address: String,
    /// Whether the server takes it for a device of its own network.
    pub local: bool,
}

impl Device {
    fn new(id: &str, title: &str, [product, platform, device]: [&str; 3]) -> Self {
        let last = scramble(
            id.bytes()
                .fold(7, |sum: u64, byte| sum.wrapping_mul(31) ^ u64::from(byte)),
        ) % 200
            + 20;
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            product: product.to_owned(),
            platform: platform.to_owned(),
            device: device.to_owned(),
            address: format!("192.168.1.{last}"),
            local: true,
        }
    }

    /// A set-top box at home.
    pub fn television(id: &str, title: &str) -> Self {
        Self::new(id, title, ["Plex for Android (TV)", "Android", "Chromecast"])
    }

    /// A tablet at home.
    pub fn tablet(id: &str, title: &str) -> Self {
        Self::new(id, title, ["Plex for iOS", "iOS", "iPad"])
    }

    /// A browser at home.
    pub fn browser(id: &str, title: &str) -> Self {
        Self::new(id, title, ["Plex Web", "Chrome", "Linux"])
    }

    /// The same device outside the server's network.
    #[must_use]
    pub fn remote(mut self) -> Self {
        self.local = false;
        self.address = String::from("198.51.100.7");
        self
    }
}

impl PlexSim {
    /// Adds an account; an existing id gets the new name and kind.
    pub fn add_account(&self, id: i64, name: &str, kind: AccountKind) {
        self.with(|world| {
            world.accounts.insert(
                id,
                Account {
                    id,
                    name: name.to_owned(),
                    kind,
                },
            )
        });
    }

    /// Changes an account's name; its id stays.
    pub fn rename_account(&self, id: i64, name: &str) {
        self.with(|world| {
            if let Some(account) = world.accounts.get_mut(&id) {
                name.clone_into(&mut account.name);
            }
        });
    }

    /// The accounts in id order.
    pub fn accounts(&self) -> Vec<Account> {
        self.with(|world| world.accounts.values().cloned().collect())
    }

    /// The owner's token, which may read everything.
    pub fn token(&self) -> String {
        self.with(|world| world.owner_token.clone())
    }

    /// Replaces the owner's token; the old one is refused from now on.
    pub fn set_token(&self, token: &str) {
        self.with(|world| {
            let old = std::mem::replace(&mut world.owner_token, token.to_owned());
            world.tokens.remove(&old);
            world.tokens.insert(token.to_owned(), OWNER);
        });
    }

    /// Makes the token of an account other than the owner's.
    pub fn add_token(&self, account: i64) -> String {
        self.with(|world| {
            let token = token_text(world.tokens.len() as u64 + 1, account);
            world.tokens.insert(token.clone(), account);
            token
        })
    }

    /// Accepts a token that plex.tv has given out. From now on the server knows it by itself, whatever becomes of it at plex.tv.
    pub fn admit_token(&self, token: &str, account: i64) {
        self.with(|world| world.tokens.insert(token.to_owned(), account));
    }

    /// Refuses a token from now on.
    pub fn revoke_token(&self, token: &str) {
        self.with(|world| world.tokens.remove(token));
    }
}

/// A token of the usual 20 characters.
pub(crate) fn token_text(serial: u64, account: i64) -> String {
    let mut state = scramble(serial ^ (account.unsigned_abs() << 8));
    let letters = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_";
    (0..20)
        .map(|_| {
            state = scramble(state);
            char::from(letters[(state % letters.len() as u64) as usize])
        })
        .collect()
}

impl World {
    pub(crate) fn account_name(&self, id: i64) -> String {
        self.accounts
            .get(&id)
            .map(|account| account.name.clone())
            .unwrap_or_default()
    }

    /// The number under which history rows name a device.
    pub(crate) fn device_number(&mut self, device: &Device) -> i64 {
        let position = self
            .devices
            .iter()
            .position(|known| known.id == device.id)
            .unwrap_or_else(|| {
                self.devices.push(device.clone());
                self.devices.len() - 1
            });
        position as i64 + 1
    }
}
