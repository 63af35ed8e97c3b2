//! `get_users` and `get_libraries_table`: who is there, and whose history is kept.

use super::upstream::{number, rows, text};
use super::{TautulliSim, World};
use crate::{plex::AccountKind, plex::OWNER, plextv};
use serde_json::{Map, Value, json};

/// Everybody has the id of plex.tv here, the owner too.
fn plextv_id(account: i64) -> i64 {
    if account == OWNER { plextv::ACCOUNT } else { account }
}

impl TautulliSim {
    /// Calls somebody by another name than they do themselves.
    pub fn set_friendly_name(&self, account: i64, name: &str) {
        self.with(|world| world.friendly_names.insert(account, name.to_owned()));
    }

    /// Forgets somebody whom the server still knows, or learns of them again.
    pub fn forget_user(&self, account: i64, is_unknown: bool) {
        self.with(|world| {
            if is_unknown {
                world.unknown.insert(account);
            } else {
                world.unknown.remove(&account);
            }
        });
    }

    /// Keeps somebody's history, or no longer.
    pub fn keep_history_of(&self, account: i64, is_kept: bool) {
        self.with(|world| {
            if is_kept {
                world.unkept.remove(&account);
            } else {
                world.unkept.insert(account);
            }
        });
    }

    /// Keeps the history of a section of the library, or no longer.
    pub fn keep_history_of_section(&self, section: i64, is_kept: bool) {
        self.with(|world| {
            if is_kept {
                world.unkept_sections.remove(&section);
            } else {
                world.unkept_sections.insert(section);
            }
        });
    }

    /// What is known of the user of a session: the owner is found by name, everybody else by id, and who is not found is "Local".
    pub(super) fn user_of(&self, session: &Value) -> Map<String, Value> {
        let (id, title) = (number(&session["User"]["id"]), text(&session["User"]["title"]));
        let account = self
            .plex
            .accounts()
            .into_iter()
            .find(|account| account.id == id && (id != OWNER || account.name == title));
        self.with(|world| match account {
            Some(account) if !world.unknown.contains(&id) => world.user(account.id, &account.name, account.kind),
            _ => local(),
        })
    }

    /// The rows of `get_users`; none where the database cannot be read.
    pub(super) fn users(&self) -> Vec<Value> {
        let accounts = self.plex.accounts();
        self.with(|world| {
            if !world.settings.reads_database {
                return Vec::new();
            }
            let known = accounts.iter().filter(|account| !world.unknown.contains(&account.id));
            let users = known.map(|account| world.user(account.id, &account.name, account.kind));
            std::iter::once(local()).chain(users).map(Value::Object).collect()
        })
    }

    /// The table of the sections.
    pub(super) async fn libraries(&self) -> Value {
        let sections = self.container("/library/sections").await.unwrap_or_default();
        self.with(|world| {
            if !world.settings.reads_database {
                return super::history::unreadable_table();
            }
            let rows: Vec<Value> = rows(&sections["Directory"])
                .iter()
                .map(|section| {
                    let id = number(&section["key"]);
                    json!({
                        "row_id": id,
                        "section_id": id,
                        "section_name": text(&section["title"]),
                        "section_type": text(&section["type"]),
                        "is_active": 1,
                        "do_notify": 1,
                        "keep_history": i64::from(!world.unkept_sections.contains(&id)),
                        "plays": 0,
                    })
                })
                .collect();
            json!({"draw": 1, "recordsTotal": rows.len(), "recordsFiltered": rows.len(), "data": rows})
        })
    }
}

impl World {
    fn user(&self, account: i64, name: &str, kind: AccountKind) -> Map<String, Value> {
        let friendly_name = self.friendly_names.get(&account).map_or(name, String::as_str);
        user(
            &json!({
                "user_id": plextv_id(account),
                "username": name,
                "friendly_name": friendly_name,
                "is_admin": i64::from(kind == AccountKind::Owner),
                "is_home_user": i64::from(kind != AccountKind::Shared),
                "is_restricted": i64::from(kind == AccountKind::Managed),
                "keep_history": i64::from(!self.unkept.contains(&account)),
            }),
            account,
        )
    }

    /// Whom history rows name for an account: the id and two names.
    pub(super) fn names_of(&self, account: i64, name: &str) -> (i64, String, String) {
        if self.unknown.contains(&account) {
            return (0, "Local".to_owned(), "Local".to_owned());
        }
        let friendly = self.friendly_names.get(&account).map_or(name, String::as_str);
        (plextv_id(account), name.to_owned(), friendly.to_owned())
    }
}

fn user(own: &Value, row: i64) -> Map<String, Value> {
    let mut user = Map::from_iter([
        ("row_id".to_owned(), json!(row)),
        ("email".to_owned(), json!("")),
        ("is_active".to_owned(), json!(1)),
        ("is_allow_sync".to_owned(), json!(1)),
        ("do_notify".to_owned(), json!(1)),
        ("allow_guest".to_owned(), json!(0)),
        ("shared_libraries".to_owned(), json!([])),
    ]);
    for (field, value) in own.as_object().into_iter().flatten() {
        user.insert(field.clone(), value.clone());
    }
    user
}

/// The user that stands for everybody else.
fn local() -> Map<String, Value> {
    let own = json!({"user_id": 0, "username": "Local", "friendly_name": "Local", "is_admin": "", "is_home_user": 0,
        "is_restricted": 0, "keep_history": 1});
    user(&own, 0)
}
