//! Signing in: with a password, or with a code.

use super::{Asked, Refusal, Reply, body::Body};
use crate::jellyfin::{JellyfinSim, sessions::Application, world::World};
use http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};
use url::form_urlencoded;

pub(super) fn answer(sim: &JellyfinSim, asked: &Asked) -> Result<Reply, Refusal> {
    let now = sim.clock().now();
    let words: Vec<&str> = asked.words.iter().map(String::as_str).collect();
    sim.with(|world| match (&asked.method, words.as_slice()) {
        (&Method::POST, [_, "authenticatebyname"]) => by_name(world, asked, now),
        _ if world.settings.dialect.is_emby() => Err(Refusal::NotFound("")),
        (&Method::POST, [_, "authenticatewithquickconnect"]) => {
            enabled(world)?;
            with_code(world, asked, now)
        }
        (&Method::GET, [_, "enabled"]) => Ok(Reply::Json(json!(world.settings.quick_connect))),
        (&Method::POST, [_, "initiate"]) => initiate(world, asked, now),
        (&Method::GET, [_, "initiate"]) if world.settings.dialect.initiates_with_get() => initiate(world, asked, now),
        (&Method::GET, [_, "connect"]) => {
            enabled(world)?;
            let secret = asked
                .arguments
                .text("secret")
                .ok_or_else(|| Refusal::Invalid(String::from("secret")))?;
            let request = world
                .quick_request(secret, now)
                .ok_or(Refusal::NotFound("Unknown secret"))?;
            Ok(Reply::Json(request.to_json()))
        }
        (&Method::POST, [_, "authorize"]) => {
            asked.signed_in()?;
            enabled(world)?;
            let user = asked.user(world, asked.arguments.text("userid"))?;
            let user = user.ok_or(Refusal::BadRequest)?;
            let code = asked.arguments.text("code").unwrap_or_default();
            if world.enter_code(code, user, now) {
                Ok(Reply::Json(json!(true)))
            } else {
                Err(Refusal::NotFound(""))
            }
        }
        (
            _,
            [
                _,
                "enabled" | "initiate" | "connect" | "authorize" | "authenticatewithquickconnect",
            ],
        ) => Err(Refusal::WrongMethod),
        _ => Err(Refusal::NotFound("")),
    })
}

fn enabled(world: &World) -> Result<(), Refusal> {
    if world.settings.quick_connect {
        Ok(())
    } else {
        Err(Refusal::Unauthorized)
    }
}

/// The application that signs in; the server wants to know all of it.
fn application(asked: &Asked) -> Result<Application, Refusal> {
    asked.application.clone().ok_or(Refusal::BadRequest)
}

fn initiate(world: &mut World, asked: &Asked, now: Timestamp) -> Result<Reply, Refusal> {
    let application = application(asked)?;
    enabled(world)?;
    Ok(Reply::Json(world.ask_for_code(application, now).to_json()))
}

fn by_name(world: &mut World, asked: &Asked, now: Timestamp) -> Result<Reply, Refusal> {
    let application = application(asked)?;
    let (name, password) = if asked.is_form {
        let field = |wanted: &str| {
            let mut fields = form_urlencoded::parse(&asked.body);
            let found = fields.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        (field("Username"), field("Pw"))
    } else {
        let body = Body::of(asked)?;
        (body.text("username"), body.text("pw"))
    };
    let user = world
        .users
        .iter()
        .find(|(_, account)| account.user.name.eq_ignore_ascii_case(&name) && account.user.password == password)
        .map(|(number, account)| (*number, account.user.disabled));
    match user {
        None => Err(Refusal::Unauthorized),
        Some((_, true)) => Err(Refusal::Forbidden),
        Some((user, false)) => {
            if let Some(account) = world.users.get_mut(&user) {
                account.last_login = Some(now);
            }
            let token = world.issue_token(user, application.clone());
            Ok(Reply::Json(signed_in(world, asked, (user, token, application), now)))
        }
    }
}

fn with_code(world: &mut World, asked: &Asked, now: Timestamp) -> Result<Reply, Refusal> {
    let secret = Body::of(asked)?.text("secret");
    let granted = world
        .quick_request(&secret, now)
        .and_then(|request| request.granted())
        .map(|(user, token, application)| (user, token, application.clone()));
    let granted = granted.ok_or(Refusal::NotFound("Unable to find request"))?;
    Ok(Reply::Json(signed_in(world, asked, granted, now)))
}

fn signed_in(
    world: &mut World,
    asked: &Asked,
    (user, token, application): (i64, String, Application),
    now: Timestamp,
) -> Value {
    let key = world.touch(&application, Some(user), &asked.address, now);
    let session = world.sessions.get(&key);
    json!({
        "User": world.user_json(user),
        "SessionInfo": session.map(|session| world.session_json(session, now)),
        "AccessToken": token,
        "ServerId": world.settings.server_id,
    })
}
