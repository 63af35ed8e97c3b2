//! The household's story is plausible, the same for the same seed, and depends on what Sonarr has.

use axum::body::Body;
use cliffhangarr_simulators::{
    clock::SimClock,
    household::{Happening, Household, Pace, What, serve_demo},
    plex::{OWNER, PlexSim},
    sonarr::{SonarrSim, Timing},
};
use http::Request;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tower::ServiceExt;

fn household(seed: u64) -> Household {
    let start: Timestamp = "2026-02-02T16:00:00Z".parse().unwrap();
    let mut household = Household::demo(SimClock::manual(start), seed);
    household.set_report_interval(SignedDuration::from_secs(60));
    household
}

fn count(happenings: &[Happening], what: What) -> usize {
    happenings.iter().filter(|happening| happening.what == what).count()
}

/// What Sonarr has files of and what Plex shows, by title.
fn stocks(
    plex: &PlexSim,
    sonarr: &SonarrSim,
    titles: &[(&'static str, i64)],
) -> [BTreeMap<&'static str, BTreeSet<(i32, i32)>>; 2] {
    let files = titles.iter().map(|(title, series)| {
        let with_file = sonarr
            .episodes(*series)
            .into_iter()
            .filter(|episode| episode.file.is_some());
        (
            *title,
            with_file
                .map(|episode| (episode.season, episode.number))
                .collect::<BTreeSet<_>>(),
        )
    });
    let items = titles.iter().map(|(title, _)| {
        let key = plex.show_key(title);
        (
            *title,
            key.map(|key| plex.episodes(key).into_iter().collect())
                .unwrap_or_default(),
        )
    });
    [files.collect(), items.collect()]
}

#[test]
fn plex_starts_with_exactly_what_sonarr_has() {
    let household = household(1);
    assert_eq!(household.titles().len(), 12);
    let [files, items] = stocks(household.plex(), household.sonarr(), &household.titles());
    assert_eq!(files, items);
    assert!(household.sonarr().episodes(household.titles()[0].1).len() >= 28);
}

#[test]
fn a_month_has_everything_that_happens_in_a_household() {
    let mut household = household(3);
    let mut all = Vec::new();
    for _ in 0..60 {
        all.extend(household.advance(SignedDuration::from_hours(12)));
    }
    for what in [
        What::Started,
        What::Finished,
        What::Paused,
        What::Resumed,
        What::Left,
        What::Mistaken,
    ] {
        assert!(count(&all, what) > 0, "{what:?}");
    }
    let accounts: BTreeSet<i64> = all.iter().filter_map(|happening| happening.account).collect();
    assert_eq!(accounts.len(), 5);
    let finished = all.iter().filter(|h| h.what == What::Finished && h.episode.is_some());
    let rows = household.plex().finished_plays();
    assert!(rows.len() >= finished.count());
    assert!(all.windows(2).all(|pair| pair[0].at <= pair[1].at));
    let in_the_evening = all.iter().filter(|h| h.what == What::Started).all(|h| {
        let hour = h.at.to_zoned(jiff::tz::TimeZone::UTC).hour();
        !(6..18).contains(&hour)
    });
    assert!(in_the_evening);
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let story = |seed| {
        let mut household = household(seed);
        (0..40).map(|_| household.step().text).collect::<Vec<_>>()
    };
    assert_eq!(story(5), story(5));
    assert_ne!(story(5), story(6));
}

#[test]
fn steps_move_the_clock_to_what_they_tell() {
    let mut household = household(2);
    for _ in 0..30 {
        let due = household.next_at();
        let before = household.plex().clock().now();
        let happening = household.step();
        assert!(happening.at >= before);
        assert!(happening.what == What::Imported || happening.at <= due.max(before));
    }
}

#[test]
fn a_viewer_waits_for_what_is_missing_and_goes_on_when_it_is_imported() {
    let mut household = household(4);
    let (title, series) = household.titles()[0];
    household.advance(SignedDuration::from_hours(24 * 30));
    let seasons = |household: &Household| -> BTreeSet<i32> {
        let plays = household.plex().finished_plays();
        let key = household.plex().show_key(title).unwrap();
        household
            .plex()
            .episodes(key)
            .into_iter()
            .filter(|(season, number)| {
                let item = household.plex().episode_key(key, *season, *number).unwrap();
                plays
                    .iter()
                    .any(|play| play.account == OWNER && play.rating_key == item)
            })
            .map(|(season, _)| season)
            .collect()
    };
    assert!(!seasons(&household).contains(&2), "season 2 has no files");
    for number in 1..=10 {
        household.sonarr().add_file(series, 2, &[number], 2_000_000_000);
    }
    let happenings = household.advance(SignedDuration::from_hours(24 * 45));
    assert_eq!(count(&happenings, What::Imported), 10);
    assert!(seasons(&household).contains(&2));
}

#[test]
fn a_file_that_goes_takes_its_item_along() {
    let mut household = household(4);
    let (title, series) = household.titles()[10];
    let file = household.sonarr().episodes(series)[3].file.unwrap();
    household.sonarr().delete_file(file);
    let happenings = household.advance(SignedDuration::from_mins(11));
    assert_eq!(count(&happenings, What::Removed), 1);
    let key = household.plex().show_key(title).unwrap();
    assert!(!household.plex().episodes(key).contains(&(1, 4)));
}

#[test]
fn in_a_show_for_lookers_on_the_owner_nears_a_seasons_end_within_seconds() {
    let clock = SimClock::manual("2026-02-02T16:00:00Z".parse().unwrap());
    let mut household = Household::demo(clock.clone(), 7);
    household.set_pace(Pace::SHOW);
    let start = clock.now();
    let first = household.step();
    assert_eq!((first.what, first.account), (What::Started, Some(OWNER)));
    assert_eq!(
        (first.show, first.episode),
        (Some("The Saltmarsh Ledger"), Some((1, 9)))
    );
    assert!(first.at.duration_since(start) <= SignedDuration::from_secs(5));
    let later = household.advance(SignedDuration::from_mins(10));
    assert!(
        (20..200).contains(&later.len()),
        "{} events in ten minutes",
        later.len()
    );
}

#[tokio::test]
async fn a_search_fills_the_shelf_and_the_story_goes_on() {
    let clock = SimClock::manual("2026-02-02T16:00:00Z".parse().unwrap());
    let mut household = Household::demo(clock.clone(), 7);
    household.set_pace(Pace::SHOW);
    household.sonarr().set_timing(Timing::INSTANT);
    let (title, series) = household.titles()[0];
    household.step();
    let missing: Vec<i64> = household
        .sonarr()
        .episodes(series)
        .into_iter()
        .filter(|row| row.season == 2)
        .map(|row| row.id)
        .collect();
    let request = Request::post("/api/v3/command")
        .header("X-Api-Key", household.sonarr().api_key())
        .header("Content-Type", "application/json")
        .body(Body::from(
            json!({"name": "EpisodeSearch", "episodeIds": missing}).to_string(),
        ));
    let answer = household.sonarr().router().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(answer.status(), 201);
    let happenings = household.advance(SignedDuration::from_mins(5));
    assert_eq!(count(&happenings, What::Imported), 10);
    let owner_saw = |season: i32, number: i32| {
        let seen = |h: &Happening| h.what == What::Finished && h.account == Some(OWNER) && h.show == Some(title);
        happenings
            .iter()
            .any(|h| seen(h) && h.episode == Some((season, number)))
    };
    assert!(
        owner_saw(1, 9) && owner_saw(1, 10) && owner_saw(2, 1),
        "the owner goes on into the next season"
    );
}

#[tokio::test]
async fn the_demo_is_served_and_moves_by_itself() {
    let demo = serve_demo(20.0).await.unwrap();
    let start = demo.clock.now();
    tokio::time::timeout(Duration::from_secs(30), async {
        while demo.plex_sim.session_count() == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    assert!(demo.clock.now() > start);
    assert!(demo.plex.url.starts_with("http://127.0.0.1:") && demo.sonarr.url.starts_with("http://127.0.0.1:"));
    assert_eq!((demo.plex_token.len(), demo.sonarr_api_key.len()), (20, 32));
}
