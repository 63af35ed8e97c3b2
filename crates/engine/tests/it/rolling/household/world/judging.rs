//! What must hold in a household, whatever happens in it.

use super::*;

impl World {
    /// Looks at what was done since the last time.
    pub(super) async fn judge(&mut self) {
        let after = self.all_files();
        let gone: Vec<(i64, File)> = self
            .files
            .iter()
            .filter(|(id, _)| !after.contains_key(id))
            .map(|(id, file)| (*id, file.clone()))
            .collect();
        self.files = after;
        if !gone.is_empty() {
            let journal = self.story.home.engine.journal(500, None).await.unwrap();
            for (id, file) in gone {
                let because = journal
                    .iter()
                    .find(|entry| entry.decision.doomed_files().any(|doomed| doomed.id.0 == id));
                let because = because.unwrap_or_else(|| panic!("{file:?} went without a word"));
                let (reason, title) = (because.decision.reason, &self.titles[file.show]);
                let is_reset = |reason| matches!(reason, Reason::ManualReset | Reason::InactiveReset);
                let of_reset = journal.iter().filter(|entry| {
                    entry.outcome == store::Outcome::Done
                        && is_reset(entry.decision.reason)
                        && entry.decision.subject.show == *title
                });
                // A reset forgets who watched what: the files that came since are others.
                let forgotten = of_reset.map(|entry| entry.at).max().filter(|_| !is_reset(reason));
                self.judge_deletion(&file, reason, because.at, forgotten);
            }
        }
        self.judge_searches();
    }

    fn judge_deletion(&self, file: &File, reason: Reason, planned_at: Timestamp, forgotten: Option<Timestamp>) {
        let now = self.now();
        let what = format!("{} {:?} by {}", self.titles[file.show], file.episodes, reason.code());
        assert!(!self.kept.contains(&file.show), "{what}: the show is kept");
        assert!(!self.tagged.contains(&file.show), "{what}: the series is tagged");
        for at in &file.episodes {
            assert!(
                !self.kept_seasons.contains(&(file.show, at.season)),
                "{what}: the season is kept"
            );
            let in_baseline = match TYPES[self.rolls[file.show]] {
                "pilotRolling" => at.season == 1 && at.episode == 1,
                "firstSeasonRolling" => at.season == 1,
                _ => at.episode == 1,
            };
            assert!(!in_baseline, "{what}: the baseline holds it");
        }
        let season = file.episodes[0].season;
        if let Some((_, viewer, show, playing)) = self.on {
            assert!(
                (show, playing) != (file.show, season),
                "{what}: {} is playing it",
                VIEWERS[viewer]
            );
        }
        let counts = |play: &&Play| play.show == file.show && forgotten.is_none_or(|forgotten| play.at > forgotten);
        let of_show = self.plays.iter().filter(counts);
        let lately: Vec<&Play> = of_show.filter(|play| play.at + self.window > now).collect();
        match reason {
            Reason::InactiveReset => assert!(lately.is_empty(), "{what} at {now}: {lately:?}"),
            Reason::ProgressiveCleanup => {
                let counts = |play: &&&Play| play.viewer == 0 || !self.only_first;
                let of_season: BTreeSet<usize> = lately
                    .iter()
                    .filter(counts)
                    .filter(|play| play.season == season)
                    .map(|play| play.viewer)
                    .collect();
                let tolerated = usize::from(self.at_once);
                assert!(of_season.len() <= tolerated, "{what} at {now}: {lately:?}");
                let mut places: BTreeMap<usize, i32> = BTreeMap::new();
                for play in lately.iter().filter(counts) {
                    places.insert(play.viewer, play.season);
                }
                assert!(
                    places.values().all(|place| *place > season),
                    "{what} at {now}: {places:?}"
                );
            }
            Reason::ManualReset | Reason::Enrolled => {
                let since: Vec<_> = lately.iter().filter(|play| play.at > planned_at).collect();
                assert!(since.is_empty(), "{what} at {now}: {since:?}");
            }
            other => panic!("{what}: {other:?} deletes nothing"),
        }
    }

    fn judge_searches(&mut self) {
        let new: Vec<_> = self
            .sonarr()
            .searches()
            .into_iter()
            .filter(|command| !self.commands.contains(&command.id))
            .collect();
        for command in new {
            self.commands.insert(command.id);
            let at = command.queued_at;
            let covered: Vec<i64> = match (command.series, command.season) {
                (Some(series), Some(season)) => {
                    let episodes = self.sonarr().episodes(series);
                    let aired = episodes
                        .iter()
                        .filter(|e| e.season == season && e.airs.is_some_and(|airs| airs <= at));
                    aired.map(|episode| episode.id).collect()
                }
                _ => command.episodes.clone(),
            };
            for episode in covered {
                if let Some(before) = self.searched.insert(episode, at) {
                    let apart = at.duration_since(before);
                    assert!(
                        apart >= WEEK,
                        "episode {episode} was searched at {before} and again at {at}: {command:?}"
                    );
                }
            }
        }
    }

    /// Everything works again and nobody watches: what is owed must come to an end. Gives the story as it was told.
    pub async fn come_to_rest(mut self) -> Vec<String> {
        self.sonarr().faults().clear();
        self.pass(24 * 6).await;
        let journal = self.story.home.engine.journal(2000, None).await.unwrap();
        let unfinished: Vec<String> = journal
            .iter()
            .filter(|entry| matches!(entry.outcome, store::Outcome::Owed | store::Outcome::Planned))
            .map(|entry| {
                format!(
                    "{} {}: {} – {:?}",
                    entry.at,
                    entry.outcome.name(),
                    entry.decision.detail,
                    entry.note
                )
            })
            .collect();
        assert!(unfinished.is_empty(), "still owed: {unfinished:#?}");
        let mut told = self.story.home.journal().await;
        for title in &self.titles {
            told.push(format!(
                "{title} has {}, wants {}",
                self.story.files(title),
                self.story.monitored(title)
            ));
        }
        told
    }
}
