//! Sections, items, children and leaves.

use super::{Asked, Refusal, Reply};
use crate::plex::{
    PlexSim,
    library::{Item, Kind, SectionKind},
    node::Node,
    render::Detail,
    world::World,
};

pub(super) fn answer(sim: &PlexSim, asked: &Asked) -> Result<Reply, Refusal> {
    let words: Vec<&str> = asked.segments.iter().map(String::as_str).collect();
    sim.with(|world| match words.as_slice() {
        ["library"] => Ok(Reply::library(root())),
        ["library", "sections"] => Ok(Reply::library(world.sections_node())),
        ["library", "sections", id, "all"] => section(world, asked, number(id)?),
        ["library", "sections", id, "recentlyAdded"] => recent(world, asked, number(id)?),
        ["library", "all"] => listing(world, asked, None, None),
        ["library", "metadata", keys] => pages(world, asked, keys),
        ["library", "metadata", key, "children"] => children(world, asked, number(key)?),
        ["library", "metadata", key, "allLeaves" | "grandchildren"] => leaves(world, asked, number(key)?),
        _ => Err(Refusal::NotFound),
    })
}

fn number(text: &str) -> Result<i64, Refusal> {
    text.parse().map_err(|_| Refusal::BadRequest)
}

fn root() -> Node {
    let rows: Vec<Node> = ["sections", "recentlyAdded", "onDeck"]
        .map(|key| Node::new("Directory").text("key", key).text("title", key))
        .into();
    Node::new("MediaContainer")
        .int("size", rows.len() as i64)
        .flag("allowSync", false)
        .text("identifier", "com.plexapp.plugins.library")
        .text("title1", "Plex Library")
        .list("Directory", rows)
}

fn detail(asked: &Asked) -> Detail {
    Detail::Row {
        guids: asked.arguments.switched_on("includeGuids"),
    }
}

fn section(world: &World, asked: &Asked, id: i64) -> Result<Reply, Refusal> {
    let section = world.sections.get(&id).ok_or(Refusal::NotFound)?;
    let usual = match section.kind {
        SectionKind::Movies => Kind::Movie,
        SectionKind::Shows => Kind::Show,
        SectionKind::Music => Kind::Artist,
    };
    listing(world, asked, Some(id), Some(usual))
}

/// The items that the arguments select; without a `type`, those of the section's usual kind.
fn listing(world: &World, asked: &Asked, section: Option<i64>, usual: Option<Kind>) -> Result<Reply, Refusal> {
    let arguments = &asked.arguments;
    let kind = arguments.number("type").or(usual.map(Kind::number));
    let title = arguments.field("title").map(str::to_lowercase);
    let matches = |item: &&Item| {
        section.is_none_or(|id| item.section == id)
            && kind.is_none_or(|kind| item.kind.number() == kind)
            && arguments.field("guid").is_none_or(|guid| has_guid(item, guid))
            && title
                .as_ref()
                .is_none_or(|title| item.title.to_lowercase().contains(title))
            && arguments
                .number("year")
                .is_none_or(|year| item.year.map(i64::from) == Some(year))
            && !matches!(item.kind, Kind::Clip(_))
    };
    let mut rows: Vec<&Item> = world.items.values().filter(matches).collect();
    match arguments.field("sort") {
        Some("addedAt:desc") => rows.sort_by_key(|item| std::cmp::Reverse((item.added, item.key))),
        Some(sort) if sort.starts_with("ratingKey") => {}
        _ => rows.sort_by(|a, b| a.title.cmp(&b.title).then(a.key.cmp(&b.key))),
    }
    Ok(page(world, asked, &rows, |rows| world.library_container(rows, section)))
}

fn has_guid(item: &Item, guid: &str) -> bool {
    item.guid == guid || (item.lists_guids && item.ids.guids().iter().any(|id| id == guid))
}

fn recent(world: &World, asked: &Asked, id: i64) -> Result<Reply, Refusal> {
    world.sections.get(&id).ok_or(Refusal::NotFound)?;
    let playable = |item: &&Item| item.section == id && item.part.is_some() && !matches!(item.kind, Kind::Clip(_));
    let mut rows: Vec<&Item> = world.items.values().filter(playable).collect();
    rows.sort_by_key(|item| std::cmp::Reverse((item.added, item.key)));
    Ok(page(world, asked, &rows, |rows| {
        world.library_container(rows, Some(id))
    }))
}

/// One or several items, as their own pages; those that do not exist are left out, and none at all is 404.
fn pages(world: &World, asked: &Asked, keys: &str) -> Result<Reply, Refusal> {
    let keys = keys.split(',').map(number).collect::<Result<Vec<_>, _>>()?;
    let items: Vec<&Item> = keys.iter().filter_map(|key| world.items.get(key)).collect();
    let first = items.first().ok_or(Refusal::NotFound)?;
    let rows = items
        .iter()
        .map(|item| world.item_node(item, asked.account, Detail::Page))
        .collect();
    Ok(Reply::library(world.library_container(rows, Some(first.section))))
}

fn children(world: &World, asked: &Asked, key: i64) -> Result<Reply, Refusal> {
    let item = world.items.get(&key).ok_or(Refusal::NotFound)?;
    let children = world.children_of(key);
    let leaf_count: i64 = children
        .iter()
        .map(|child| world.leaves_of(child.key).len() as i64)
        .sum();
    let with_all = item.kind == Kind::Show && children.len() > 1 && !asked.arguments.switched_on("excludeAllLeaves");
    Ok(page(world, asked, &children, |mut rows| {
        if with_all && asked.arguments.window().start == 0 {
            // The row that leads to all episodes has no rating key.
            let all = Node::new("Directory")
                .text("key", format!("/library/metadata/{key}/allLeaves"))
                .text("title", "All episodes")
                .int("leafCount", leaf_count);
            rows.insert(0, all);
        }
        titled(world.library_container(rows, Some(item.section)), item)
    }))
}

fn leaves(world: &World, asked: &Asked, key: i64) -> Result<Reply, Refusal> {
    let item = world.items.get(&key).ok_or(Refusal::NotFound)?;
    let leaves = world.leaves_of(key);
    Ok(page(world, asked, &leaves, |rows| {
        titled(world.library_container(rows, Some(item.section)), item)
    }))
}

fn titled(node: Node, parent: &Item) -> Node {
    node.text("key", parent.key.to_string())
        .text("parentTitle", parent.title.as_str())
        .opt_int("parentIndex", parent.index.map(i64::from))
}

/// Writes the asked part of some items, or all of them if no part was asked for.
fn page(world: &World, asked: &Asked, items: &[&Item], container: impl FnOnce(Vec<Node>) -> Node) -> Reply {
    let window = asked.arguments.window();
    let most = [window.size, world.settings.page_limit].into_iter().flatten().min();
    let wanted = items.iter().skip(window.start).take(most.unwrap_or(usize::MAX));
    let rows = wanted
        .map(|item| world.item_node(item, asked.account, detail(asked)))
        .collect();
    let node = container(rows);
    if most.is_none() && window.start == 0 {
        return Reply::library(node);
    }
    Reply::Page(
        Box::new(
            node.int("totalSize", items.len() as i64)
                .int("offset", window.start as i64),
        ),
        items.len(),
    )
}
