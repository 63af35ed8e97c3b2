//! The words the scenarios are told in: evenings and days, and what the program says.

use super::faked_time::FakedTime;
use super::world::{World, beginning};
use crate::house::House;
use crate::process::answer_of;
use domain::ids::EpisodeRef;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut, RangeInclusive};

/// A world, and the program that looks after it.
pub struct Story {
    house: House,
    world: World,
    time: FakedTime,
}

impl Deref for Story {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for Story {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.world
    }
}

impl Story {
    /// Plex and Sonarr are connected, and monitoring is switched on with these settings.
    pub async fn with_settings(settings: &[&str]) -> Self {
        let clock = beginning();
        let house = House::living_by(clock.clone()).await;
        let story = Self {
            time: FakedTime::of(&clock, house.folder().join("time")),
            world: World::of(house.plex.clone(), house.sonarr.clone(), clock),
            house,
        };
        for (kind, name, url) in [
            ("plex", "Attic", &story.house.plex_url),
            ("sonarr", "Sonarr", &story.house.sonarr_url),
        ] {
            story.done(&["connect", kind, "--name", name, "--url", url]).await;
        }
        story
            .done(&[&["settings", "set", "enabled=true"], settings].concat())
            .await;
        let changed: Timestamp = story.journal().await[0]["at"].as_str().unwrap().parse().unwrap();
        let apart = changed.duration_since(story.clock.now()).abs();
        assert!(
            apart < SignedDuration::from_mins(1),
            "the program does not live by the time of the story: it says {changed}"
        );
        story
    }

    /// Enrolls a show, after a dry run of it. Sonarr stays as it is.
    pub async fn enroll(&self, title: &str, kind: &str) {
        let series = self.series(title).to_string();
        let before = self.writes();
        let enroll = ["enroll", "--instance", "Sonarr", "--series", &series, "--type", kind];
        let planned = self.rehearsed(&[&enroll[..], &["--dry-run"]].concat()).await;
        assert_eq!(planned["files"], 0, "{planned:#}");
        let enrolled = self.done(&enroll).await;
        assert_eq!(enrolled["enrolled"][0]["title"], title, "{enrolled:#}");
        assert_eq!(self.writes(), before, "enrolling alone changes nothing");
    }

    /// Runs the program with `--json` at the time of the story; it must succeed.
    pub async fn done(&self, arguments: &[&str]) -> Value {
        let mut command = self.house.command(&[arguments, &["--json"]].concat());
        self.time.follow(&self.clock);
        command.envs(self.time.environment());
        let answered = answer_of(command).await;
        assert_eq!(answered.code, 0, "{arguments:?}: {answered:?}");
        answered.document()
    }

    /// Runs a command that may change nothing: not a byte of the database, and nothing at a server.
    pub async fn rehearsed(&self, arguments: &[&str]) -> Value {
        let (database, writes) = (self.database(), self.writes());
        let document = self.done(arguments).await;
        assert!(self.database() == database, "{arguments:?} has changed the database");
        assert_eq!(self.writes(), writes, "{arguments:?} has sent more than GET");
        document
    }

    /// A check, and its dry run before it. Both say the same.
    pub async fn check(&self) -> Value {
        let planned = self.rehearsed(&["check", "--dry-run"]).await;
        let done = self.done(&["check"]).await;
        assert_eq!(planned, done, "the dry run and the check do not say the same");
        done
    }

    /// The pass of the automatic reset, and its dry run before it. Both reset the same, and leave the same alone. Gives what
    /// was reset, as "Show A: 8 files".
    pub async fn resets_inactive(&self) -> Vec<String> {
        let planned = self.would_reset_inactive().await;
        let done = self.done(&["reset-inactive"]).await;
        assert_eq!(planned["reset"], done["reset"]);
        let left = |document: &Value| {
            let rows = document["skipped"].as_array().unwrap();
            rows.iter().map(|row| row["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(left(&planned), left(&done));
        reset_in(&done)
    }

    /// What the pass of the automatic reset would do; nothing is done.
    pub async fn would_reset_inactive(&self) -> Value {
        self.rehearsed(&["reset-inactive", "--dry-run"]).await
    }

    /// What a reset of a show on request would do, as its actions.
    pub async fn would_reset(&self, title: &str) -> Value {
        let id = self.master(title).await["id"].to_string();
        let planned = self.rehearsed(&["reset", &id, "--dry-run"]).await;
        planned["decisions"][0]["actions"].clone()
    }

    /// What becomes of each season that has more than the baseline, as "season 2: freeAt 2026-03-14, 8 files".
    pub async fn outlook(&self, title: &str) -> Vec<String> {
        let id = self.master(title).await["id"].to_string();
        let outlook = self.rehearsed(&["outlook", &id]).await;
        let rows = outlook["rows"].as_array().unwrap().iter();
        let seasons = rows.filter(|row| !row["season"].is_null());
        let line = |row: &Value| {
            let becomes = match (row["reason"].as_str(), row["at"].as_str()) {
                (None, Some(at)) => format!("{} {}", row["verdict"].as_str().unwrap(), &at[..10]),
                (reason, _) => reason.unwrap().to_owned(),
            };
            format!("season {}: {becomes}, {} files", row["season"], row["files"])
        };
        seasons.map(line).collect()
    }

    /// The master record of a show.
    pub async fn master(&self, title: &str) -> Value {
        let shows = self.rows(title).await;
        shows.into_iter().find(|row| row["viewer"].is_null()).unwrap()
    }

    /// The tracking entries of a show as "Alice at S01E08".
    pub async fn viewers(&self, title: &str) -> Vec<String> {
        let number = |row: &Value, key: &str| i32::try_from(row[key].as_i64().unwrap()).unwrap();
        let entry = |row: &Value| {
            let at = EpisodeRef {
                season: number(row, "lastWatchedSeason"),
                episode: number(row, "lastWatchedEpisode"),
            };
            Some(format!("{} at {at}", row["viewer"].as_str()?))
        };
        self.rows(title).await.iter().filter_map(entry).collect()
    }

    async fn rows(&self, title: &str) -> Vec<Value> {
        let shows = self.rehearsed(&["shows"]).await;
        let rows = shows.as_array().unwrap().iter().filter(|row| row["title"] == title);
        rows.cloned().collect()
    }

    /// The journal, newest first.
    async fn journal(&self) -> Vec<Value> {
        let journal = self.rehearsed(&["journal", "--limit", "1000"]).await;
        journal.as_array().unwrap().clone()
    }

    /// What the journal says was done to a show for this reason, oldest first.
    pub async fn told(&self, title: &str, reason: &str) -> Vec<String> {
        let rows = self.done_to(title, reason).await;
        let sentences = rows.iter().map(|row| row["detail"].as_str().unwrap().to_owned());
        sentences.collect()
    }

    /// The journal's rows of what was done to a show for this reason, oldest first.
    pub async fn done_to(&self, title: &str, reason: &str) -> Vec<Value> {
        let mut rows = self.journal().await;
        rows.retain(|row| row["show"] == title && row["outcome"] == "done" && row["reason"] == reason);
        rows.reverse();
        rows
    }

    /// Somebody watches an episode to its end. Gives the check in its middle; there is another one afterwards.
    pub async fn watches(&self, viewer: &str, title: &str, season: i32, episode: i32) -> Value {
        let play = self.starts(viewer, title, season, episode);
        let check = self.check().await;
        self.finishes(play);
        self.done(&["check"]).await;
        check
    }

    /// Somebody watches several episodes, one after the other.
    pub async fn binges(&self, viewer: &str, title: &str, season: i32, episodes: RangeInclusive<i32>) {
        for episode in episodes {
            self.watches(viewer, title, season, episode).await;
        }
    }

    /// Sonarr's ids of the files of a show.
    pub fn file_ids(&self, title: &str) -> BTreeSet<i64> {
        let files = self.sonarr.files(self.series(title));
        files.iter().map(|file| file.id).collect()
    }

    /// Lets days pass, with a check on each.
    pub async fn days(&self, days: i64) {
        for _ in 0..days {
            self.away(1);
            self.check().await;
        }
    }

    /// Lets days pass with nobody looking: the machine is off.
    pub fn away(&self, days: i64) {
        self.pass(SignedDuration::from_hours(24 * days));
    }

    /// The database, and what may lie beside it.
    fn database(&self) -> BTreeMap<String, Vec<u8>> {
        let files = std::fs::read_dir(self.house.data()).unwrap().map(Result::unwrap);
        let named = files.map(|file| (file.file_name().into_string().unwrap(), file.path()));
        let ours = named.filter(|(name, _)| name.starts_with("cliffhangarr.db"));
        ours.map(|(name, path)| (name, std::fs::read(path).unwrap())).collect()
    }
}

/// What a document of `reset-inactive` resets, as "Show A: 8 files".
pub fn reset_in(document: &Value) -> Vec<String> {
    let rows = document["reset"].as_array().unwrap();
    rows.iter()
        .map(|row| format!("{}: {} files", row["title"].as_str().unwrap(), row["filesDeleted"]))
        .collect()
}

/// The ids of the files that actions delete, sorted.
pub fn deleted_in(actions: &Value) -> Vec<i64> {
    let actions = actions.as_array().unwrap().iter();
    let files = actions.filter_map(|action| action["files"].as_array()).flatten();
    let ids: BTreeSet<i64> = files.map(|file| file["id"].as_i64().unwrap()).collect();
    ids.into_iter().collect()
}
