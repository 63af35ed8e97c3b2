//! What one row tells: a user's last play of an episode.

use crate::media_browser::item::{episodes, milliseconds, plain_id, season, show_of, show_reference};
use domain::ids::ViewerKey;
use domain::session::{HistoryPlay, ShowReference};
use jiff::Timestamp;
use remote::lenient;
use serde_json::Value;
use std::collections::BTreeMap;

/// What counts as a play that was not finished.
const SHORTEST_PLAY_MS: i64 = 30_000;

/// What a row tells.
pub(super) enum Told {
    /// It was played, or only begun, at or after the time that is asked for.
    Recent(Box<Row>),
    /// It was played before the time that is asked for.
    Old(Timestamp),
    /// No time at all.
    Undated { was_played: bool },
    /// Something that nobody asked for.
    NoEpisode,
}

/// An episode that somebody played or began.
pub(super) struct Row {
    viewer: ViewerKey,
    item: String,
    pub(super) show: ShowReference,
    pub(super) season: Option<i32>,
    pub(super) season_key: Option<String>,
    episodes: Vec<i32>,
    extent: Extent,
    pub(super) viewed_at: Timestamp,
}

/// How much of it was watched, as far as can still be told.
enum Extent {
    /// Enough.
    Played,
    /// It was only begun, and not for the first time: that it was played before would have been taken away.
    BegunAgain,
    /// It was only begun, for the first time.
    Begun,
}

/// Judges one row. What is old is of no interest, however odd it is.
pub(super) fn judge(viewer: &ViewerKey, since: Timestamp, row: &Value) -> Result<Told, String> {
    match row["Type"].as_str() {
        Some("Episode") => {}
        Some(_) => return Ok(Told::NoEpisode),
        None => return Err("a row without a type".to_owned()),
    }
    let item = lenient::id(&row["Id"]);
    let name = item.as_deref().unwrap_or("without an id");
    let data = &row["UserData"];
    if !data.is_object() {
        return Err(format!("it does not say whether episode {name} was played"));
    }
    let played = lenient::flag(&data["Played"]) == Some(true);
    let position = milliseconds(&data["PlaybackPositionTicks"]).unwrap_or(0);
    let was_played = played || position >= SHORTEST_PLAY_MS;
    let viewed_at = last_played(data).map_err(|()| format!("episode {name} was played at no time"))?;
    let Some(viewed_at) = viewed_at else {
        return Ok(Told::Undated { was_played });
    };
    if viewed_at < since {
        return Ok(Told::Old(viewed_at));
    }
    // Where a play is counted, it is when it begins. A server that does not tell the count says nothing, or zero.
    let extent = match lenient::integer(&data["PlayCount"]) {
        _ if was_played => Extent::Played,
        Some(1) => Extent::Begun,
        _ => Extent::BegunAgain,
    };
    Ok(Told::Recent(Box::new(Row {
        viewer: viewer.clone(),
        item: item.ok_or("an episode without an id")?,
        show: show_of(row),
        season: season(row),
        season_key: lenient::id(&row["SeasonId"]),
        episodes: episodes(row),
        extent,
        viewed_at,
    })))
}

/// When a user began an item for the last time; `None` for never, and an error for what is no time.
pub(super) fn last_played(user_data: &Value) -> Result<Option<Timestamp>, ()> {
    let date = &user_data["LastPlayedDate"];
    if date.is_null() || date.as_str().unwrap_or_default().starts_with("0001-") {
        return Ok(None);
    }
    lenient::timestamp(date).map(Some).ok_or(())
}

impl Row {
    /// The viewings, one for every episode in the file. Where the episode is not known, or may not have been watched, there is
    /// one that says where nobody is; of what was begun for the first time, one that does not even say who.
    pub(super) fn plays(&self, known: &BTreeMap<String, Value>) -> Result<Vec<HistoryPlay>, String> {
        if self.show.key.is_none() && self.show.title.is_none() {
            return Err(format!("episode {} has no show", self.item));
        }
        let season_of = |key: &String| {
            let season = known.get(&plain_id(key))?;
            lenient::small_integer(&season["IndexNumber"]).filter(|number| *number >= 0)
        };
        let season = self.season.or_else(|| self.season_key.as_ref().and_then(season_of));
        let in_library = self.show.key.as_ref();
        let in_library = in_library.and_then(|key| Some((key, known.get(&plain_id(key))?)));
        let mut show = self.show.clone();
        if let Some((key, item)) = in_library {
            let title = show.title.take();
            show = show_reference(item, key);
            show.title = show.title.or(title);
        }
        let play = |episode: Option<i32>| HistoryPlay {
            viewer: Some(self.viewer.clone()),
            show: show.clone(),
            season,
            episode,
            viewed_at: self.viewed_at,
        };
        Ok(match self.extent {
            Extent::Played if !self.episodes.is_empty() => {
                self.episodes.iter().map(|episode| play(Some(*episode))).collect()
            }
            Extent::Played | Extent::BegunAgain => vec![play(None)],
            Extent::Begun => {
                let viewer = None;
                vec![HistoryPlay { viewer, ..play(None) }]
            }
        })
    }
}
