//! Items by id, by query, and what a user has seen of them.

use super::{Asked, Refusal, Reply};
use crate::jellyfin::{
    JellyfinSim,
    library::{Item, Kind},
    render::Fields,
    world::{ListOrder, World},
};
use http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::cmp::Ordering;

pub(super) fn answer(sim: &JellyfinSim, asked: &Asked) -> Result<Reply, Refusal> {
    asked.signed_in()?;
    let now = sim.clock().now();
    let words: Vec<&str> = asked.words.iter().map(String::as_str).collect();
    sim.with(|world| {
        world.settle(now);
        let (named, words) = match words.as_slice() {
            ["users", user, rest @ ..] => (Some(*user), rest),
            rest => (asked.arguments.text("userid"), rest),
        };
        let user = asked.user(world, named)?;
        let emby = world.settings.dialect.is_emby();
        match (&asked.method, words) {
            (&Method::GET, ["items"]) => query(world, asked, user, false),
            (&Method::GET, ["items" | "useritems", "resume"]) => query(world, asked, user, true),
            (&Method::GET, ["views" | "userviews"]) => {
                let libraries = world.items.values().filter(|item| item.kind == Kind::Library);
                Ok(page(world, asked, libraries.collect(), user))
            }
            // Emby has single items below their users only.
            (&Method::GET, ["items", _]) if emby && asked.words.len() == 2 => Err(Refusal::NotFound("")),
            (&Method::GET, ["items", id]) => {
                let item = found(world, id)?;
                Ok(Reply::Json(world.item_json(item, &Fields::All, user)))
            }
            (&Method::GET, ["items", id, "ancestors"]) => {
                let mut above = Vec::new();
                let mut at = world.parent_of(found(world, id)?);
                while let Some(item) = at {
                    above.push(world.item_json(item, &Fields::All, user));
                    at = world.parent_of(item);
                }
                Ok(Reply::Json(Value::Array(above)))
            }
            (&Method::GET, ["useritems", id, "userdata"]) => seen(world, found(world, id)?.key, user),
            (&Method::POST, ["playeditems" | "userplayeditems", id]) => {
                let (user, key) = (user.ok_or(Refusal::NotFound(""))?, found(world, id)?.key);
                let date = asked.arguments.text("dateplayed").map(read_date).transpose()?;
                world.mark_played(user, key, date, now);
                seen(world, key, Some(user))
            }
            (&Method::DELETE, ["playeditems" | "userplayeditems", id]) => {
                let (user, key) = (user.ok_or(Refusal::NotFound(""))?, found(world, id)?.key);
                world.mark_unplayed(user, key);
                seen(world, key, Some(user))
            }
            (
                _,
                [
                    "items" | "useritems" | "views" | "userviews" | "playeditems" | "userplayeditems",
                    ..,
                ],
            ) => Err(Refusal::WrongMethod),
            _ => Err(Refusal::NotFound("")),
        }
    })
}

fn found<'a>(world: &'a World, id: &str) -> Result<&'a Item, Refusal> {
    if world.settings.dialect.read_item_id(id).is_none() {
        return Err(Refusal::Invalid(String::from("itemId")));
    }
    world.item_with_id(id).ok_or(Refusal::NotFound(""))
}

fn seen(world: &World, key: i64, user: Option<i64>) -> Result<Reply, Refusal> {
    let item = world.items.get(&key).ok_or(Refusal::NotFound(""))?;
    let user = user.ok_or(Refusal::NotFound(""))?;
    Ok(Reply::Json(world.user_data_json(user, item, &Fields::All)))
}

/// An ISO date, or Emby's digits without anything between them.
fn read_date(text: &str) -> Result<Timestamp, Refusal> {
    let wrong = || Refusal::Invalid(String::from("datePlayed"));
    if text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let date = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", text).map_err(|_| wrong())?;
        let date = date.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| wrong())?;
        return Ok(date.timestamp());
    }
    text.parse().map_err(|_| wrong())
}

/// `GET /Items`: by ids, or below a folder, filtered, sorted and paged.
fn query(world: &World, asked: &Asked, user: Option<i64>, resume: bool) -> Result<Reply, Refusal> {
    let arguments = &asked.arguments;
    let filters = arguments.list("filters");
    let has = |name: &str| filters.iter().any(|filter| filter.eq_ignore_ascii_case(name));
    let played = match (has("IsPlayed"), has("IsUnplayed")) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => arguments.flag("isplayed"),
    };
    let resumable = resume || has("IsResumable");
    if user.is_none() && (played.is_some() || resumable) && !world.settings.dialect.is_emby() {
        // The question has no answer without a user, and nobody thought of asking it.
        return Err(Refusal::Failed);
    }
    let mut items = candidates(world, asked, resume)?;
    let named = |list: &[String], word: &str| list.iter().any(|name| name.eq_ignore_ascii_case(word));
    let (kinds, others) = (arguments.list("includeitemtypes"), arguments.list("excludeitemtypes"));
    let media = arguments.list("mediatypes");
    let term = arguments.text("searchterm").unwrap_or_default().to_lowercase();
    items.retain(|item| {
        let word = item.kind.as_str();
        (kinds.is_empty() || named(&kinds, word))
            && !named(&others, word)
            && (media.is_empty() || named(&media, item.kind.media_type()))
            && item.name.to_lowercase().contains(&term)
            && (!has("IsFolder") || item.kind.is_folder())
            && (!has("IsNotFolder") || !item.kind.is_folder())
            && !has("IsFavorite")
    });
    if let Some(user) = user {
        items.retain(|item| {
            played.is_none_or(|wanted| world.is_played(user, item) == wanted)
                && (!resumable || World::is_resumable(user, item))
        });
    }
    sort(world, asked, user, &mut items);
    Ok(page(world, asked, items, user))
}

fn candidates<'a>(world: &'a World, asked: &Asked, resume: bool) -> Result<Vec<&'a Item>, Refusal> {
    let arguments = &asked.arguments;
    // What cannot be an id is passed over, so that a list of nothing else is no list.
    let ids = arguments.list("ids");
    let mut ids = ids
        .iter()
        .filter_map(|id| world.settings.dialect.read_item_id(id))
        .peekable();
    if ids.peek().is_some() {
        let mut items: Vec<&Item> = ids.filter_map(|id| world.items.get(world.keys.get(&id)?)).collect();
        items.sort_by_key(|item| item.key);
        items.dedup_by_key(|item| item.key);
        return Ok(items);
    }
    let parent = match arguments.text("parentid").filter(|id| !id.is_empty()) {
        Some(id) => Some(found(world, id)?.key),
        None => None,
    };
    let recursive = resume || arguments.flag("recursive").unwrap_or(false);
    Ok(match (parent, recursive) {
        (Some(parent), true) => world.descendants_of(parent),
        (Some(parent), false) => world.children_of(parent).collect(),
        (None, true) => world.items.values().filter(|item| item.kind != Kind::Library).collect(),
        (None, false) => world.items.values().filter(|item| item.kind == Kind::Library).collect(),
    })
}

/// Sorts by each of the asked orders; the first direction holds for those that have none.
fn sort(world: &World, asked: &Asked, user: Option<i64>, items: &mut [&Item]) {
    if world.settings.order == ListOrder::Ignored {
        return;
    }
    let directions = asked.arguments.list("sortorder");
    let orders = asked.arguments.list("sortby");
    for (at, order) in orders.iter().enumerate().rev() {
        let direction = directions.get(at).or(directions.first());
        let falling = direction.is_some_and(|word| word.to_ascii_lowercase().starts_with("desc"));
        items.sort_by(|one, other| {
            let order = compare(world, &order.to_ascii_lowercase(), user, (one, other));
            if falling { order.reverse() } else { order }
        });
    }
}

fn compare(world: &World, order: &str, user: Option<i64>, (one, other): (&Item, &Item)) -> Ordering {
    let season = |item: &Item| world.nearest(item, Kind::Season).and_then(|season| season.index);
    let series = |item: &Item| {
        world
            .nearest(item, Kind::Series)
            .map(|series| series.name.to_lowercase())
    };
    match (order, user) {
        ("dateplayed", Some(user)) => {
            let undated_is_most = world.settings.order == ListOrder::UndatedIsMost;
            let date = |item: &Item| {
                let at = World::last_played(user, item);
                (undated_is_most && at.is_none(), at)
            };
            date(one).cmp(&date(other))
        }
        ("playcount", Some(user)) => World::play_count(user, one).cmp(&World::play_count(user, other)),
        ("datecreated", _) => one.created.cmp(&other.created),
        ("premieredate" | "productionyear", _) => one.premiered.cmp(&other.premiered),
        ("sortname" | "name", _) => one.name.to_lowercase().cmp(&other.name.to_lowercase()),
        ("seriessortname", _) => series(one).cmp(&series(other)),
        ("parentindexnumber", _) => season(one).cmp(&season(other)),
        ("indexnumber", _) => one.index.cmp(&other.index),
        ("runtime", _) => one.runtime_ticks.cmp(&other.runtime_ticks),
        _ => Ordering::Equal,
    }
}

/// One page of a list, as all listings have it.
pub(super) fn page(world: &World, asked: &Asked, items: Vec<&Item>, user: Option<i64>) -> Reply {
    let arguments = &asked.arguments;
    let total = items.len();
    let start = arguments
        .number("startindex")
        .and_then(|start| usize::try_from(start).ok());
    let limit = arguments.number("limit").and_then(|limit| usize::try_from(limit).ok());
    let fields = Fields::Named(arguments.list("fields"));
    let user = user.filter(|_| arguments.flag("enableuserdata").unwrap_or(true));
    let rows = items
        .into_iter()
        .skip(start.unwrap_or(0))
        .take(limit.unwrap_or(usize::MAX));
    let rows: Vec<Value> = rows.map(|item| world.item_json(item, &fields, user)).collect();
    let counted = arguments.flag("enabletotalrecordcount").unwrap_or(true);
    let mut page = json!({ "Items": rows, "TotalRecordCount": if counted { total } else { 0 } });
    if !world.settings.dialect.is_emby() {
        page["StartIndex"] = json!(start.unwrap_or(0));
    }
    Reply::Json(page)
}
