//! Who plays what, and the players' reports.

use super::{Asked, Refusal, Reply, body::Body};
use crate::jellyfin::{
    JellyfinSim,
    sessions::{Report, Session},
    users::Holder,
    wire::read_guid,
    world::World,
};
use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

pub(super) fn answer(sim: &JellyfinSim, asked: &Asked) -> Result<Reply, Refusal> {
    asked.signed_in()?;
    let now = sim.clock().now();
    let words: Vec<&str> = asked.words.iter().map(String::as_str).collect();
    sim.with(|world| {
        world.settle(now);
        match (&asked.method, words.as_slice()) {
            (&Method::GET, [_]) => listed(world, asked, now),
            (&Method::POST, [_, "playing"]) => {
                let report = report(world, &Body::of(asked)?)?;
                let key = session(world, asked, now)?;
                world.play_started(&key, report, now);
                Ok(Reply::Done)
            }
            (&Method::POST, [_, "playing", "progress"]) => {
                let report = report(world, &Body::of(asked)?)?;
                let key = session(world, asked, now)?;
                world.play_progressed(&key, report, now);
                Ok(Reply::Done)
            }
            (&Method::POST, [_, "playing", "stopped"]) => {
                let body = Body::of(asked)?;
                let (item_id, position) = (item_id(world, &body)?, body.number("positionticks")?);
                if position.is_some_and(|position| position < 0) {
                    return Err(Refusal::BadRequest);
                }
                let key = session(world, asked, now)?;
                // A play that failed ends, and nothing is noted of it.
                let item_id = if body.flag("failed") { String::new() } else { item_id };
                world.play_stopped(&key, &item_id, position);
                Ok(Reply::Done)
            }
            // It keeps a conversion alive, and is no check-in.
            (&Method::POST, [_, "playing", "ping"]) => match asked.arguments.text("playsessionid") {
                Some(id) if !id.is_empty() => Ok(Reply::Done),
                _ => Err(Refusal::Invalid(String::from("playSessionId"))),
            },
            (&Method::POST, [_, "capabilities"]) => {
                let can = json!({
                    "PlayableMediaTypes": asked.arguments.list("playablemediatypes"),
                    "SupportedCommands": asked.arguments.list("supportedcommands"),
                    "SupportsMediaControl": asked.arguments.flag("supportsmediacontrol").unwrap_or(false),
                    "SupportsPersistentIdentifier": true,
                });
                able(world, asked, can, now)
            }
            (&Method::POST, [_, "capabilities", "full"]) => {
                let can: Value =
                    serde_json::from_slice(&asked.body).map_err(|_| Refusal::Invalid(String::from("body")))?;
                able(world, asked, can, now)
            }
            (&Method::POST, [_, "logout"]) => {
                if let Some(token) = &asked.token
                    && matches!(world.tokens.get(token), Some(Holder::User { .. }))
                {
                    world.tokens.remove(token);
                    let key = session(world, asked, now)?;
                    world.end_session(&key);
                }
                Ok(Reply::Done)
            }
            (_, [_] | [_, "playing" | "capabilities" | "logout", ..]) => Err(Refusal::WrongMethod),
            _ => Err(Refusal::NotFound("")),
        }
    })
}

/// The session of the application that asks.
fn session(world: &mut World, asked: &Asked, now: Timestamp) -> Result<String, Refusal> {
    let application = asked.application.as_ref().ok_or(Refusal::BadRequest)?;
    Ok(world.touch(application, asked.who.user(), &asked.address, now))
}

fn able(world: &mut World, asked: &Asked, can: Value, now: Timestamp) -> Result<Reply, Refusal> {
    let key = session(world, asked, now)?;
    world.change_capabilities(&key, can);
    Ok(Reply::Done)
}

fn listed(world: &World, asked: &Asked, now: Timestamp) -> Result<Reply, Refusal> {
    let arguments = &asked.arguments;
    let device = arguments.text("deviceid").filter(|id| !id.is_empty());
    let recent = arguments.number("activewithinseconds").filter(|seconds| *seconds > 0);
    let since = recent.map(|seconds| now - SignedDuration::from_secs(seconds));
    let controller = arguments.text("controllablebyuserid").filter(|id| !id.is_empty());
    if let Some(id) = controller
        && read_guid(id).is_none()
    {
        return Err(Refusal::Invalid(String::from("controllableByUserId")));
    }
    let controls = |session: &Session| {
        session
            .capabilities
            .as_ref()
            .is_some_and(|can| can["SupportsMediaControl"] == json!(true))
    };
    let wanted = |session: &&Session| {
        device.is_none_or(|id| session.application.device_id.eq_ignore_ascii_case(id))
            && since.is_none_or(|since| session.last_activity >= since)
            && (controller.is_none() || controls(session))
    };
    let sessions = world.visible_sessions(asked.who).into_iter().filter(wanted);
    let sessions = sessions.map(|session| world.session_json(session, now));
    Ok(Reply::Json(Value::Array(sessions.collect())))
}

fn item_id(world: &World, body: &Body) -> Result<String, Refusal> {
    let text = body.text("itemid");
    if text.is_empty() {
        return Ok(text);
    }
    let id = world.settings.dialect.read_item_id(&text);
    id.ok_or_else(|| Refusal::Invalid(String::from("itemId")))
}

fn report(world: &World, body: &Body) -> Result<Report, Refusal> {
    let dialect = world.settings.dialect;
    let item_id = item_id(world, body)?;
    let source = body.optional("mediasourceid");
    let method = body.text("playmethod");
    let method = match method.as_str() {
        "DirectStream" | "DirectPlay" => method,
        "Transcode" if dialect.is_emby() => method,
        // Nothing is being converted for somebody who only says so.
        _ if dialect.is_emby() => String::from("DirectStream"),
        _ => String::from("DirectPlay"),
    };
    Ok(Report {
        position_ticks: body.number("positionticks")?,
        paused: body.flag("ispaused"),
        muted: body.flag("ismuted"),
        can_seek: body.flag("canseek"),
        volume: body.number("volumelevel")?,
        audio: body.number("audiostreamindex")?,
        subtitle: body.number("subtitlestreamindex")?,
        media_source: source.or_else(|| Some(dialect.media_source(&item_id))),
        method: Some(method),
        transcoded_to: None,
        item_id,
    })
}
