//! What goes on, what has gone on, and the players' reports.

use super::{Asked, Refusal, Reply};
use crate::plex::{
    PlexSim,
    accounts::{Device, OWNER},
    events::Twist,
    history::HistoryRow,
    node::Node,
    sessions::{PlayState, Playing, SessionHandle},
    world::World,
};
use http::Method;

pub(super) fn accounts(sim: &PlexSim, asked: &Asked) -> Result<Reply, Refusal> {
    sim.with(|world| {
        asked.owner_only(world)?;
        Ok(Reply::library(world.accounts_node()))
    })
}

pub(super) fn devices(sim: &PlexSim, asked: &Asked) -> Result<Reply, Refusal> {
    sim.with(|world| {
        asked.owner_only(world)?;
        Ok(Reply::library(world.devices_node()))
    })
}

pub(super) fn answer(sim: &PlexSim, asked: &Asked) -> Result<Reply, Refusal> {
    let now = sim.clock().now();
    let words: Vec<&str> = asked.segments.iter().map(String::as_str).collect();
    sim.with(|world| match words.as_slice() {
        [_, _] => {
            asked.owner_only(world)?;
            world.settle(now);
            Ok(Reply::sessions(world.sessions_node(now)))
        }
        [_, _, "history", "all"] => history(world, asked),
        [_, _, "terminate"] => terminate(world, asked),
        _ => Err(Refusal::NotFound),
    })
}

/// The history; a shared user may read its own rows only.
fn history(world: &World, asked: &Asked) -> Result<Reply, Refusal> {
    let arguments = &asked.arguments;
    let account = arguments.number("accountID");
    if asked.account != OWNER && account != Some(asked.account) {
        asked.owner_only(world)?;
    }
    let bounds = arguments.bounds("viewedAt");
    let wanted = |row: &&HistoryRow| {
        account.is_none_or(|id| row.account == id)
            && arguments.number("librarySectionID").is_none_or(|id| row.section == id)
            && arguments
                .number("metadataItemID")
                .is_none_or(|key| World::concerns(row, key))
            && bounds.iter().all(|bound| bound.admits(row.viewed_at.as_second()))
    };
    let mut rows: Vec<&HistoryRow> = world.history.iter().filter(wanted).collect();
    match arguments.field("sort") {
        Some("viewedAt:desc") => rows.sort_by_key(|row| std::cmp::Reverse((row.viewed_at, row.id))),
        Some("viewedAt" | "viewedAt:asc") => rows.sort_by_key(|row| (row.viewed_at, row.id)),
        _ => {}
    }
    let window = arguments.window();
    let most = [window.size, world.settings.page_limit]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(usize::MAX);
    let total = rows.len();
    let page: Vec<Node> = rows
        .into_iter()
        .skip(window.start)
        .take(most)
        .map(|row| world.history_node(row))
        .collect();
    let node = Node::new("MediaContainer")
        .int("size", page.len() as i64)
        .int("totalSize", total as i64)
        .int("offset", window.start as i64)
        .list("Metadata", page);
    Ok(Reply::Page(Box::new(node), total))
}

fn terminate(world: &mut World, asked: &Asked) -> Result<Reply, Refusal> {
    if asked.method != Method::GET && asked.method != Method::POST {
        return Err(Refusal::BadRequest);
    }
    asked.owner_only(world)?;
    let id = asked
        .arguments
        .field("sessionId")
        .filter(|id| !id.is_empty())
        .ok_or(Refusal::Forbidden)?;
    let key = world
        .sessions
        .iter()
        .find(|(_, session)| session.client.session_id == id)
        .map(|(key, _)| *key);
    let session = key
        .and_then(|key| world.sessions.remove(&key))
        .ok_or(Refusal::NotFound)?;
    world.announce_session(&session, PlayState::Stopped, Twist::default());
    Ok(Reply::Done)
}

/// A player's report. Players are told apart by client identifier and account.
pub(super) fn timeline(sim: &PlexSim, asked: &Asked) -> Result<Reply, Refusal> {
    let now = sim.clock().now();
    let arguments = &asked.arguments;
    let item = arguments.number("ratingKey").ok_or(Refusal::BadRequest)?;
    let state = arguments
        .field("state")
        .and_then(PlayState::parse)
        .ok_or(Refusal::BadRequest)?;
    let offset = arguments.number("time").unwrap_or(0).max(0);
    let identifier = arguments
        .header("x-plex-client-identifier")
        .ok_or(Refusal::BadRequest)?;
    sim.with(|world| {
        if !world.items.contains_key(&item) {
            return Err(Refusal::NotFound);
        }
        let known = world
            .clients
            .iter()
            .find(|(_, client)| client.device.id == identifier && client.account == asked.account);
        let handle = match known.map(|(handle, _)| SessionHandle(*handle)) {
            Some(handle) => handle,
            None => world.new_client(
                asked.account,
                &reporting_device(asked, identifier),
                Playing::item(item),
                offset,
            ),
        };
        if let Some(client) = world.clients.get_mut(&handle.0) {
            client.item = Playing::item(item);
            if let Some(id) = arguments.header("x-plex-session-identifier") {
                id.clone_into(&mut client.session_id);
            }
        }
        world.report(handle, state, offset, now);
        Ok(Reply::library(Node::new("MediaContainer").int("size", 0)))
    })
}

fn reporting_device(asked: &Asked, identifier: &str) -> Device {
    let header = |name: &str, otherwise: &str| asked.arguments.header(name).unwrap_or(otherwise).to_owned();
    let mut device = Device::browser(identifier, &header("x-plex-device-name", "Player"));
    device.product = header("x-plex-product", &device.product);
    device.platform = header("x-plex-platform", &device.platform);
    device.device = header("x-plex-device", &device.device);
    device
}
