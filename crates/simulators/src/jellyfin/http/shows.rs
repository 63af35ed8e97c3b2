//! Seasons and episodes of a series.

use super::{Asked, Refusal, Reply, items::page};
use crate::jellyfin::{
    JellyfinSim,
    library::{Item, Kind},
    world::World,
};
use http::Method;

pub(super) fn answer(sim: &JellyfinSim, asked: &Asked) -> Result<Reply, Refusal> {
    asked.signed_in()?;
    if asked.method != Method::GET {
        return Err(Refusal::WrongMethod);
    }
    let now = sim.clock().now();
    let words: Vec<&str> = asked.words.iter().map(String::as_str).collect();
    sim.with(|world| {
        world.settle(now);
        let user = asked.user(world, asked.arguments.text("userid"))?;
        match words.as_slice() {
            [_, id, "seasons"] => {
                let show = series(world, id)?;
                Ok(page(world, asked, world.children_of(show.key).collect(), user))
            }
            [_, id, "episodes"] => {
                let episodes = episodes(world, asked, series(world, id)?)?;
                Ok(page(world, asked, episodes, user))
            }
            _ => Err(Refusal::NotFound("")),
        }
    })
}

fn series<'a>(world: &'a World, id: &str) -> Result<&'a Item, Refusal> {
    let item = world.item_with_id(id).filter(|item| item.kind == Kind::Series);
    item.ok_or(Refusal::NotFound("Series not found"))
}

fn episodes<'a>(world: &'a World, asked: &Asked, show: &Item) -> Result<Vec<&'a Item>, Refusal> {
    let arguments = &asked.arguments;
    let mut episodes: Vec<&Item> = if let Some(id) = arguments.text("seasonid").filter(|id| !id.is_empty()) {
        let season = world.item_with_id(id).filter(|item| item.kind == Kind::Season);
        let season = season.ok_or(Refusal::NotFound("No season exists with that id"))?;
        world.children_of(season.key).collect()
    } else if let Some(number) = arguments.number("season") {
        let season = i32::try_from(number)
            .ok()
            .and_then(|number| world.season_key(show.key, number));
        season.map(|key| world.children_of(key).collect()).unwrap_or_default()
    } else {
        world.leaves_of(show.key)
    };
    let at = |name: &str| {
        let key = world.item_with_id(arguments.text(name)?)?.key;
        episodes.iter().position(|item| item.key == key)
    };
    let (first, center) = (at("startitemid"), at("adjacentto"));
    if let Some(first) = first {
        episodes.drain(..first);
    }
    if let Some(center) = center {
        episodes = episodes.into_iter().skip(center.saturating_sub(1)).take(3).collect();
    }
    Ok(episodes)
}
