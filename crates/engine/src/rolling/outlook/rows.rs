//! From what is foretold of a show to rows of a list, with what waits for the user, was refused, or is under way.

use super::looking_up::Missing;
use crate::links::Link;
use crate::report::{OutlookRow, Standing};
use crate::rolling::ShowFacts;
use crate::rolling::refusals::Refusals;
use domain::cleanup::Verdict;
use domain::ids::SeriesKey;
use domain::monitoring::RollingShow;
use domain::outlook::{Fate, UsersWord};
use domain::pace;
use domain::plan::{Decision, Reason};
use domain::reset::{AfterRefusal, Amount, after_refusal, needs_confirmation};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Intent, IntentState};

/// Whether a decision is about the cleanup of a season, and of which one.
fn cleaned_season(decision: &Decision) -> Option<i32> {
    let season = decision.subject.season;
    season.filter(|_| decision.reason == Reason::ProgressiveCleanup)
}

/// What is known of all shows besides what is foretold.
pub(super) struct Around {
    pub refusals: Refusals,
    pub intents: BTreeMap<SeriesKey, Vec<Intent>>,
}

impl Around {
    /// What the user said, or is asked, about the seasons of a show.
    pub fn word_on(&self, show: &RollingShow) -> UsersWord {
        let intents = self.intents.get(&show.series).into_iter().flatten();
        let waiting = intents.filter(|intent| intent.state == IntentState::WaitingConfirmation);
        UsersWord {
            refused: self.refusals.of_seasons(show.id),
            awaited: waiting.filter_map(|intent| cleaned_season(&intent.decision)).collect(),
        }
    }
}

/// The rows of one show: its own first.
pub(super) fn rows(facts: &ShowFacts, fates: Vec<Fate>, around: &Around) -> Vec<OutlookRow> {
    let mut rows: Vec<OutlookRow> = Vec::new();
    for fate in fates {
        let mut row = plain(facts, &fate);
        if !fate.with_show {
            heed_refusal(facts, &fate, around, &mut row);
            heed_intents(facts, around, &mut row);
        } else if let Some(show) = rows.first() {
            follow(show, &mut row);
        }
        rows.push(row);
    }
    rows
}

fn plain(facts: &ShowFacts, fate: &Fate) -> OutlookRow {
    let standing = match fate.verdict {
        Verdict::Free { .. } => Standing::Free,
        Verdict::FreeAt { .. } => Standing::FreeAt,
        Verdict::Kept { .. } => Standing::Kept,
    };
    let of_show = fate.season.is_none();
    OutlookRow {
        show: Some(facts.show.id.0),
        title: facts.show.title.clone(),
        instance: facts.subject.instance.clone().unwrap_or_default(),
        season: fate.season,
        standing,
        at: fate.goes_at,
        reason: fate.verdict.reason(),
        sentence: fate.sentence.clone(),
        files: fate.files as u64,
        bytes: fate.bytes,
        last_viewed: fate.last_viewed,
        with_show: fate.with_show,
        keep_show: facts.show.keep_show,
        keep_season: fate
            .season
            .is_some_and(|season| facts.show.keep_seasons.contains(&season)),
        asked_first: fate.asked_first,
        confirmation: None,
        viewers: if of_show { forecasts(facts) } else { Vec::new() },
    }
}

/// A reset that the user decided against is left out for a while, and then asked about again. Of the seasons this is foretold.
fn heed_refusal(facts: &ShowFacts, fate: &Fate, around: &Around, row: &mut OutlookRow) {
    let (None, Some(at)) = (fate.season, fate.goes_at) else {
        return;
    };
    let Some(refused) = around.refusals.at(facts.show.id, Reason::InactiveReset, None) else {
        return;
    };
    match after_refusal(refused, &facts.settings, at, &facts.zone) {
        AfterRefusal::AskedFirst => row.asked_first = true,
        AfterRefusal::Stays { since } => {
            row.sentence = format!("Kept: you decided against it on {since}");
            row.standing = Standing::Kept;
            row.reason = Some(Reason::NeedsConfirmation);
            row.at = None;
        }
    }
}

/// What waits for the user's word, or is being done or tried again.
fn heed_intents(facts: &ShowFacts, around: &Around, row: &mut OutlookRow) {
    let is_it = |decision: &Decision| match row.season {
        Some(season) => cleaned_season(decision) == Some(season),
        None => matches!(decision.reason, Reason::InactiveReset | Reason::ManualReset),
    };
    let mut open = around.intents.get(&facts.show.series).into_iter().flatten();
    let Some(intent) = open.rfind(|intent| is_it(&intent.decision)) else {
        return;
    };
    let amount = Amount::doomed([&intent.decision]);
    let detail = intent.decision.detail.trim_end_matches('.');
    (row.files, row.bytes, row.at, row.reason) = (amount.files, amount.bytes, None, None);
    row.asked_first = false;
    if intent.state == IntentState::WaitingConfirmation {
        row.standing = Standing::Waiting;
        row.reason = Some(Reason::NeedsConfirmation);
        row.confirmation = Some(intent.batch);
        row.sentence = format!("Waits for your word: {detail}");
    } else {
        row.standing = Standing::UnderWay;
        row.sentence = match &intent.last_error {
            Some(error) => format!("{detail}. It is tried again: {error}"),
            None => format!("Under way: {detail}"),
        };
    }
}

/// A season that goes with its show waits and stays with it as well.
fn follow(show: &OutlookRow, row: &mut OutlookRow) {
    if row.at.is_none() || row.at == show.at {
        return;
    }
    row.at = None;
    row.standing = show.standing;
    row.reason = show.reason;
    if let Some(season) = row.season {
        row.sentence = match show.standing {
            Standing::Waiting => format!("Season {season} waits with the show"),
            Standing::UnderWay => format!("Season {season} goes with the show now"),
            _ => format!("Season {season} stays with the show"),
        };
    }
}

/// When each viewer of the show runs out of episodes, as far as that can be told.
fn forecasts(facts: &ShowFacts) -> Vec<String> {
    let of = |entry| {
        let forecast = pace::forecast(entry, &facts.snapshot, facts.now)?;
        Some(forecast.sentence(super::name_of(entry), facts.now, &facts.zone))
    };
    facts.entries.iter().filter_map(of).collect()
}

/// Where the row of a show stands in the list, and so everything that goes with the show.
fn place(row: &OutlookRow) -> (u8, Timestamp) {
    let group = match (row.standing, row.at) {
        (Standing::Unknown, _) => 0,
        (Standing::Waiting, _) => 1,
        (Standing::UnderWay, _) => 2,
        (Standing::Free, _) => 3,
        (Standing::FreeAt, _) | (Standing::Kept, Some(_)) => 4,
        (Standing::Kept, None) => 5,
    };
    (group, row.at.unwrap_or(Timestamp::MAX))
}

/// Whether there is nothing to say about a show.
pub(super) fn is_at_baseline(rows: &[OutlookRow]) -> bool {
    matches!(rows, [only] if only.standing == Standing::Kept && only.reason == Some(Reason::AtBaseline))
}

/// Whether a run that takes what a row is about asks first, because that alone is a large share of all files.
fn is_large_share(row: &OutlookRow, all: Amount, percent: u32) -> bool {
    let doomed = Amount {
        files: row.files,
        bytes: row.bytes,
    };
    let goes = row.at.is_some() && !row.with_show;
    goes && needs_confirmation(all, doomed, percent)
}

/// Whether anything is a large share of so many files. Of more files it may be none.
pub(super) fn asks_anything(rows: &[Vec<OutlookRow>], all: Amount, percent: u32) -> bool {
    rows.iter().flatten().any(|row| is_large_share(row, all, percent))
}

/// A run asks first when it would delete a large share. What is a large share by itself is one in every run.
pub(super) fn tell_what_asks(rows: &mut [Vec<OutlookRow>], all: Amount, percent: u32) {
    for row in rows.iter_mut().flatten() {
        row.asked_first |= is_large_share(row, all, percent);
    }
}

/// A row for each Sonarr that does not answer, and for each series about which one did not.
pub(super) fn not_known(missing: Vec<(RollingShow, Option<Arc<Link>>, Missing)>) -> Vec<OutlookRow> {
    let mut rows: Vec<(OutlookRow, Missing, usize)> = Vec::new();
    for (show, link, why) in missing {
        let instance = link.map_or_else(|| "?".to_owned(), |link| link.connection.name.clone());
        let same = |(row, known, _): &&mut (OutlookRow, Missing, usize)| row.instance == instance && *known == why;
        match rows.iter_mut().find(same).filter(|_| why != Missing::Gone) {
            Some((_, _, count)) => *count += 1,
            None => rows.push((unknown_row(show, instance), why, 1)),
        }
    }
    let told = rows.into_iter().map(|(mut row, why, count)| {
        let reason = match &why {
            Missing::Gone => "Sonarr does not have the series anymore.".to_owned(),
            Missing::Failed(error) => error.to_string(),
            Missing::Unavailable(reason) => reason.clone(),
        };
        row.sentence = if count > 1 {
            row.show = None;
            row.title.clone_from(&row.instance);
            format!("What becomes of {count} shows is not known. {reason}")
        } else {
            format!("What becomes of it is not known. {reason}")
        };
        row
    });
    told.collect()
}

fn unknown_row(show: RollingShow, instance: String) -> OutlookRow {
    OutlookRow {
        show: Some(show.id.0),
        title: show.title,
        instance,
        season: None,
        standing: Standing::Unknown,
        at: None,
        reason: Some(Reason::InstanceUnavailable),
        sentence: String::new(),
        files: 0,
        bytes: 0,
        last_viewed: show.last_watched_at,
        with_show: false,
        keep_show: show.keep_show,
        keep_season: false,
        asked_first: false,
        confirmation: None,
        viewers: Vec::new(),
    }
}

/// All rows of all shows, each given with its show's row first.
pub(super) fn in_order(shows: Vec<Vec<OutlookRow>>) -> Vec<OutlookRow> {
    let mut rows = Vec::new();
    for of_show in shows {
        let show_place = of_show.first().map(place);
        for row in of_show {
            let place = show_place.filter(|_| row.with_show).unwrap_or_else(|| place(&row));
            rows.push((place, row.title.to_lowercase(), row));
        }
    }
    rows.sort_by(|(place, title, row), (other_place, other_title, other)| {
        (place, title, row.show, row.season).cmp(&(other_place, other_title, other.show, other.season))
    });
    rows.into_iter().map(|(_, _, row)| row).collect()
}
