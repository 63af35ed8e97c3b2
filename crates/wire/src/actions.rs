use domain::ids::EpisodeRef;
use domain::plan::{Action, DoomedFile, MonitoringChange};
use domain::series::NewItems;
use serde::Serialize;
use ts_rs::TS;

/// A position in a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Position", export_to = "wire.ts")]
pub struct PositionDto {
    /// Season number.
    pub season: i32,
    /// Episode number.
    pub episode: i32,
}

impl From<EpisodeRef> for PositionDto {
    fn from(at: EpisodeRef) -> Self {
        Self {
            season: at.season,
            episode: at.episode,
        }
    }
}

/// A file that goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "DoomedFile", export_to = "wire.ts")]
pub struct FileDto {
    /// Path relative to the series, or the episodes it holds.
    pub label: String,
    /// Size in bytes.
    pub bytes: i64,
}

impl From<&DoomedFile> for FileDto {
    fn from(file: &DoomedFile) -> Self {
        let label = file
            .path
            .clone()
            .unwrap_or_else(|| join(file.episodes.iter().map(ToString::to_string)));
        Self {
            label,
            bytes: file.size,
        }
    }
}

/// Something done (or to be done) in Sonarr, in plain form, with a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(rename = "Action", export_to = "wire.ts")]
pub enum ActionDto {
    /// Flags are brought to a state.
    SetMonitoring {
        /// For people.
        sentence: String,
        /// Episodes that become monitored.
        episodes_on: u32,
        /// Episodes that become unmonitored.
        episodes_off: u32,
    },
    /// A whole season is searched.
    SearchSeason {
        /// For people.
        sentence: String,
        /// Which.
        season: i32,
    },
    /// Single episodes are searched.
    SearchEpisodes {
        /// For people.
        sentence: String,
        /// Which.
        positions: Vec<PositionDto>,
    },
    /// Files are deleted.
    DeleteFiles {
        /// For people.
        sentence: String,
        /// Which.
        files: Vec<FileDto>,
        /// Bytes in all.
        bytes: i64,
    },
}

impl From<&Action> for ActionDto {
    fn from(action: &Action) -> Self {
        match action {
            Action::SetMonitoring(change) => Self::SetMonitoring {
                sentence: monitoring_sentence(change),
                episodes_on: count(change.episodes_on.len()),
                episodes_off: count(change.episodes_off.len()),
            },
            Action::SearchSeason { season, .. } => Self::SearchSeason {
                sentence: format!("Search for season {season}"),
                season: *season,
            },
            Action::SearchEpisodes { positions, episodes } => Self::SearchEpisodes {
                sentence: search_sentence(positions, episodes.len()),
                positions: positions.iter().map(|at| (*at).into()).collect(),
            },
            Action::DeleteFiles { files } => {
                let bytes = files.iter().map(|file| file.size).sum();
                Self::DeleteFiles {
                    sentence: format!("Delete {} ({})", plural(files.len(), "file"), size(bytes)),
                    files: files.iter().map(Into::into).collect(),
                    bytes,
                }
            }
        }
    }
}

/// Counts above what fits cannot happen in a series; they are capped.
pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn plural(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

fn join(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

fn search_sentence(positions: &[EpisodeRef], episodes: usize) -> String {
    const NAMED: usize = 4;
    if positions.is_empty() || positions.len() > NAMED {
        format!("Search for {}", plural(episodes.max(positions.len()), "episode"))
    } else {
        format!("Search for {}", join(positions.iter().map(ToString::to_string)))
    }
}

fn monitoring_sentence(change: &MonitoringChange) -> String {
    let mut parts = Vec::new();
    match change.series {
        Some(true) => parts.push("monitor the series".to_owned()),
        Some(false) => parts.push("unmonitor the series".to_owned()),
        None => {}
    }
    match change.new_items {
        Some(NewItems::All) => parts.push("monitor new seasons when they are announced".to_owned()),
        Some(NewItems::None) => parts.push("leave newly announced seasons alone".to_owned()),
        None => {}
    }
    for (flag, verb) in [(true, "monitor"), (false, "unmonitor")] {
        let seasons: Vec<i32> = change
            .seasons
            .iter()
            .filter(|(_, on)| **on == flag)
            .map(|(season, _)| *season)
            .collect();
        if !seasons.is_empty() {
            let noun = if seasons.len() == 1 { "season" } else { "seasons" };
            parts.push(format!(
                "{verb} {noun} {}",
                join(seasons.iter().map(ToString::to_string))
            ));
        }
    }
    for (episodes, verb) in [(&change.episodes_on, "monitor"), (&change.episodes_off, "unmonitor")] {
        if !episodes.is_empty() {
            parts.push(format!("{verb} {}", plural(episodes.len(), "episode")));
        }
    }
    if parts.is_empty() {
        return "Leave all flags as they are".to_owned();
    }
    let sentence = parts.join(", ");
    let mut letters = sentence.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A size as people read it, in powers of 1000, as Sonarr's users see on their disks.
pub(crate) fn size(bytes: i64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut tenths = i128::from(bytes.max(0)) * 10;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths = (tenths + 500) / 1000;
        unit += 1;
    }
    if unit == 0 || tenths >= 1000 {
        format!("{} {}", (tenths + 5) / 10, UNITS[unit])
    } else {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::EpisodeId;

    #[test]
    fn sizes_read_like_a_person_writes_them() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_500, "1.5 kB"),
            (1_999_999, "2.0 MB"),
            (123_400_000_000, "123 GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn a_monitoring_change_becomes_one_sentence() {
        let change = MonitoringChange {
            series: None,
            new_items: Some(NewItems::None),
            seasons: [(2, true)].into(),
            episodes_on: vec![EpisodeId(1), EpisodeId(2)],
            episodes_off: Vec::new(),
        };
        assert_eq!(
            monitoring_sentence(&change),
            "Leave newly announced seasons alone, monitor season 2, monitor 2 episodes"
        );
    }

    #[test]
    fn few_episodes_are_named_and_many_are_counted() {
        let positions: Vec<_> = (1..=5).map(|episode| EpisodeRef { season: 1, episode }).collect();
        assert_eq!(search_sentence(&positions[..2], 2), "Search for S01E01, S01E02");
        assert_eq!(search_sentence(&positions, 5), "Search for 5 episodes");
    }
}
