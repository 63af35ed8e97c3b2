//! The users, as far as the one who asks may see them.

use super::{Asked, Refusal, Reply};
use crate::jellyfin::{JellyfinSim, users::Who, wire::read_guid, world::World};
use http::Method;
use serde_json::{Value, json};

pub(super) fn answer(sim: &JellyfinSim, asked: &Asked) -> Result<Reply, Refusal> {
    if asked.method != Method::GET {
        return Err(Refusal::WrongMethod);
    }
    let words: Vec<&str> = asked.words.iter().map(String::as_str).collect();
    sim.with(|world| match words.as_slice() {
        [_, "public"] => Ok(Reply::Json(listed(world, |hidden, disabled| !hidden && !disabled))),
        [_] => {
            asked.signed_in()?;
            // Any user of Jellyfin may read the list.
            if world.settings.dialect.is_emby() {
                asked.administrator(world)?;
            }
            let (hidden, disabled) = (asked.arguments.flag("ishidden"), asked.arguments.flag("isdisabled"));
            Ok(Reply::Json(listed(world, |is_hidden, is_disabled| {
                hidden.is_none_or(|wanted| wanted == is_hidden) && disabled.is_none_or(|wanted| wanted == is_disabled)
            })))
        }
        [_, "query"] if world.settings.dialect.is_emby() => {
            asked.administrator(world)?;
            let users = listed(world, |_, _| true);
            let count = users.as_array().map_or(0, Vec::len);
            Ok(Reply::Json(json!({ "Items": users, "TotalRecordCount": count })))
        }
        [_, "me"] => match asked.who {
            Who::Nobody | Who::Stranger => Err(Refusal::Unauthorized),
            Who::Key => Err(Refusal::BadRequest),
            // It knows users by their ids only, and this is none.
            Who::User(_) if world.settings.dialect.is_emby() => Err(Refusal::BadRequest),
            Who::User(user) => Ok(Reply::Json(world.user_json(user))),
        },
        [_, id] => {
            asked.signed_in()?;
            let id = read_guid(id).ok_or_else(|| Refusal::Invalid(String::from("userId")))?;
            let user = world.user_with_id(&id).ok_or(Refusal::NotFound("User not found"))?;
            Ok(Reply::Json(world.user_json(user)))
        }
        _ => Err(Refusal::NotFound("")),
    })
}

/// The users by name, those for whom `wanted` holds of "is hidden" and "is disabled".
fn listed(world: &World, wanted: impl Fn(bool, bool) -> bool) -> Value {
    let mut users: Vec<(&str, i64)> = world
        .users
        .iter()
        .filter(|(_, account)| wanted(account.user.hidden, account.user.disabled))
        .map(|(number, account)| (account.user.name.as_str(), *number))
        .collect();
    users.sort_unstable();
    Value::Array(users.into_iter().map(|(_, user)| world.user_json(user)).collect())
}
