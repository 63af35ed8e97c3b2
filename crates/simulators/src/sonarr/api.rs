//! The endpoints of `/api/v3`: which there are, and what they do to the world.

mod add;
mod commands;
mod connections;
mod editor;
mod episodes;
mod files;
mod history;
mod queue;
mod schedule;
mod season_pass;
mod series;
mod small;
mod tags;
mod update;

use super::call::Call;
use super::hooks::Hook;
use super::reply::Reply;
use super::world::World;
use http::Method;

/// What follows from how a call went: its status, or why there is none.
pub(crate) type Verdict = Box<dyn FnOnce(&mut World, Result<u16, String>) -> Reply + Send>;

/// What comes of a request.
pub(crate) enum Outcome {
    /// The answer is ready, once the webhooks of its events were called.
    Done(Reply),
    /// The webhooks come first, and then the rest of the effect.
    AfterHooks(Box<dyn FnOnce(&mut World) -> Reply + Send>),
    /// The answer depends on how a call to a connection goes.
    Probe(Box<Hook>, Verdict),
}

pub(crate) type Answer = Result<Outcome, Reply>;
pub(crate) type Handler = fn(&mut World, &Call) -> Answer;

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Self::Done(reply)
    }
}

/// The handlers of a path; empty when there is no such path.
pub(crate) fn handlers(path: &[&str]) -> Vec<(Method, Handler)> {
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    const PUT: Method = Method::PUT;
    const DELETE: Method = Method::DELETE;
    let handlers: &[(Method, Handler)] = match path {
        ["system", "status"] => &[(GET, small::status)],
        ["health"] => &[(GET, small::health)],
        ["diskspace"] => &[(GET, small::disk_space)],
        ["rootfolder"] => &[(GET, small::root_folders), (POST, small::add_root_folder)],
        ["qualityprofile"] => &[(GET, small::profiles)],
        ["qualityprofile", id] if is_id(id) => &[(GET, small::profile)],
        ["languageprofile"] => &[(GET, small::language_profiles)],
        ["config", "mediamanagement"] => &[(GET, small::media_management)],
        ["config", "mediamanagement", id] if is_id(id) => {
            &[(GET, small::media_management), (PUT, small::put_media_management)]
        }
        ["tag"] => &[(GET, tags::list), (POST, tags::add)],
        ["tag", "detail"] => &[(GET, tags::details)],
        ["tag", "detail", id] if is_id(id) => &[(GET, tags::detail)],
        ["tag", id] if is_id(id) => &[(GET, tags::one), (PUT, tags::rename), (DELETE, tags::remove)],
        ["series"] => &[(GET, series::list), (POST, add::add), (PUT, update::update)],
        ["series", "editor"] => &[(PUT, editor::edit), (DELETE, editor::remove)],
        ["series", "lookup"] => &[(GET, series::lookup)],
        ["series", id] if is_id(id) => &[(GET, series::one), (PUT, update::update), (DELETE, series::remove)],
        ["series", id, "folder"] if is_id(id) => &[(GET, series::folder)],
        ["seasonpass"] => &[(POST, season_pass::apply)],
        ["episode"] => &[(GET, episodes::list)],
        ["episode", "monitor"] => &[(PUT, episodes::monitor)],
        ["episode", id] if is_id(id) => &[(GET, episodes::one), (PUT, episodes::update)],
        ["episodefile"] => &[(GET, files::list)],
        ["episodefile", "bulk"] => &[(DELETE, files::remove_many)],
        ["episodefile", id] if is_id(id) => &[(GET, files::one), (DELETE, files::remove)],
        ["command"] => &[(GET, commands::list), (POST, commands::post)],
        ["command", id] if is_id(id) => &[(GET, commands::one), (DELETE, commands::cancel)],
        ["queue"] => &[(GET, queue::page)],
        ["queue", "details"] => &[(GET, queue::details)],
        ["queue", "status"] => &[(GET, queue::status)],
        ["queue", "bulk"] => &[(DELETE, queue::remove_many)],
        ["queue", id] if is_id(id) => &[(DELETE, queue::remove)],
        ["history"] => &[(GET, history::page)],
        ["history", "series"] => &[(GET, history::of_series)],
        ["history", "since"] => &[(GET, history::since)],
        ["calendar"] => &[(GET, schedule::calendar)],
        ["wanted", "missing"] => &[(GET, schedule::missing)],
        ["notification"] => &[(GET, connections::list), (POST, connections::add)],
        ["notification", "schema"] => &[(GET, connections::schema)],
        ["notification", "test"] => &[(POST, connections::test)],
        ["notification", id] if is_id(id) => &[
            (GET, connections::one),
            (PUT, connections::update),
            (DELETE, connections::remove),
        ],
        _ => &[],
    };
    handlers.to_vec()
}

fn is_id(segment: &str) -> bool {
    segment.parse::<i32>().is_ok()
}
