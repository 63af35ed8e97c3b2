//! What will go when: the list, its words over some evenings, and that things then go as it said.

mod words;

use super::scenarios::first_season_only;
use super::story::Story;
use domain::pressure::Floor;
use engine::{Outlook, OutlookRow, PauseFor, Standing, StorageFloor};
use jiff::SignedDuration;
use serde_json::json;
use simulators::faults::{Fault, FaultRule};
use simulators::sonarr::SeriesSpec;

fn three_seasons(spec: SeriesSpec) -> SeriesSpec {
    spec.season_with_files(1, 4)
        .season_with_files(2, 4)
        .season_with_files(3, 4)
}

async fn outlook(story: &Story) -> Outlook {
    story.home.engine.outlook(None).await.unwrap()
}

/// The row of a show, or of one of its seasons.
fn row<'a>(outlook: &'a Outlook, title: &str, season: Option<i32>) -> &'a OutlookRow {
    let is_it = |row: &&OutlookRow| row.title == title && row.season == season;
    outlook
        .rows
        .iter()
        .find(is_it)
        .unwrap_or_else(|| panic!("{outlook:#?}"))
}

/// How many requests for a kind of thing a Sonarr got.
fn asked(story: &Story, path: &str) -> usize {
    let requests = story.home.sonarr().log().requests();
    requests
        .iter()
        .filter(|request| request.path().starts_with(path))
        .count()
}

#[tokio::test]
async fn over_the_evenings_the_list_says_what_goes_and_then_it_goes() {
    let mut story = Story::with_cleanup().await;
    story.show("Ferry", &[4, 4, 4], three_seasons);
    story.show("Thaw", &[4, 4], |spec| {
        spec.season_with_files(1, 4).season_with_files(2, 4)
    });
    story.show("Bare", &[10, 8], first_season_only);
    story.enroll("Ferry", "pilotRolling").await;
    story.enroll("Thaw", "firstSeasonRolling").await;
    story.enroll("Bare", "firstSeasonRolling").await;
    story.watches("Bob", "Thaw", 2, 1).await;
    story.watches("Alice", "Ferry", 1, 4).await;
    story.days(2).await;
    story.watches("Alice", "Ferry", 2, 1).await;
    story.home.forget_requests();
    let list = story.list().await;
    assert_eq!(
        list,
        [
            "07-08 Ferry: Season 1 on 8 July: Alice watched S01E04 on 1 July",
            "07-08 Thaw: Back to the first season on 8 July: Bob watched it on 1 July",
            "07-08 Thaw: Season 2 kept: Bob watched S02E01 two days ago; it goes with the show on 8 July",
            "07-11 Ferry: Back to the pilot on 11 July: Alice watched it on 3 July",
            "07-11 Ferry: Season 2 kept: Alice watched S02E01 within the last hour; it goes with the show on 11 July",
            "07-11 Ferry: Season 3 kept: Alice watched S02E01 within the last hour and has not got there yet; it goes with \
             the show on 11 July",
        ]
    );
    let list = outlook(&story).await;
    assert_eq!(list.at_baseline, 1, "of Bare there is nothing to say");
    let first = row(&list, "Ferry", Some(1));
    assert_eq!((first.files, first.bytes), (3, 6_000_000_000));
    assert_eq!(row(&list, "Ferry", None).files, 8, "season 1 goes before");
    assert_eq!(story.home.sonarr().log().writes(), []);

    // Bob goes on after all, and Alice leaves.
    story.days(2).await;
    story.watches("Bob", "Thaw", 2, 2).await;
    assert_eq!(
        story.outlook("Thaw").await,
        [
            "Back to the first season on 12 July: Bob watched it on 5 July",
            "Season 2 kept: Bob watched S02E02 one hour ago; it goes with the show on 12 July",
        ]
    );
    let said = outlook(&story).await;
    let mut dates: Vec<_> = said.rows.iter().filter(|row| !row.with_show).collect();
    dates.sort_by_key(|row| row.at);
    for row in dates {
        let at = row.at.unwrap();
        let there = |story: &Story| story.files(&row.title);
        let before = there(&story);
        while story.home.clock.now() + SignedDuration::from_hours(3) < at {
            story.hours(3).await;
        }
        assert_eq!(there(&story), before, "{} is not gone before {at}", row.sentence);
        story.hours(6).await;
        assert_ne!(there(&story), before, "{} is gone by {at}", row.sentence);
    }
    assert_eq!(story.files("Ferry"), "S01E01");
    assert_eq!(story.files("Thaw"), "S01E01–E04");
    let list = outlook(&story).await;
    assert_eq!((list.rows, list.at_baseline), (Vec::new(), 3));
}

#[tokio::test]
async fn what_is_kept_says_why_and_keeping_asks_sonarr_nothing_new() {
    let mut story = Story::new().await;
    for title in ["Ferry", "Mine", "Tagged", "Unseen"] {
        let series = story.show(title, &[4, 4, 4], three_seasons);
        if title == "Tagged" {
            story.home.sonarr().tag(series, "cliffhangarr-keep");
        }
        story.enroll(title, "pilotRolling").await;
    }
    story.watches("Alice", "Ferry", 2, 1).await;
    story.watches("Bob", "Tagged", 2, 1).await;
    let engine = &story.home.engine;
    let mine = story.master("Mine").await.id;
    engine.keep(mine, None, true).await.unwrap();
    story.home.forget_requests();
    let list = story.list().await;
    let of_shows: Vec<&String> = list.iter().filter(|line| !line.contains(": Season")).collect();
    assert_eq!(
        of_shows,
        [
            "07-08 Ferry: Back to the pilot on 8 July: Alice watched it on 1 July",
            "– Mine: Kept: nobody has watched it since it was enrolled, and what is there was there before",
            "– Tagged: Kept: it has the tag \"cliffhangarr-keep\" in Sonarr",
            "– Unseen: Kept: nobody has watched it since it was enrolled, and what is there was there before",
        ]
    );
    assert!(
        list.contains(&"07-08 Ferry: Season 3 goes with the show on 8 July".to_owned()),
        "{list:#?}"
    );
    let each = |path: &str| asked(&story, path);
    assert_eq!(
        (each("/api/v3/series/"), each("/api/v3/episode"), each("/api/v3/tag")),
        (4, 8, 1),
        "episodes and files of each, and the tags once"
    );
    assert_eq!(story.home.sonarr().log().requests().len(), 13);

    story.home.forget_requests();
    let ferry = story.master("Ferry").await.id;
    engine.keep(ferry, Some(2), true).await.unwrap();
    let list = outlook(&story).await;
    let second = row(&list, "Ferry", Some(2));
    assert_eq!(second.sentence, "Season 2 kept: the season is marked \"keep\"");
    assert!(second.keep_season && !second.keep_show && second.at.is_none() && !second.with_show);
    assert_eq!(row(&list, "Ferry", None).files, 7, "of seasons 1 and 3");
    engine.keep(ferry, None, true).await.unwrap();
    let list = outlook(&story).await;
    assert_eq!(row(&list, "Ferry", None).sentence, "Kept: the show is marked \"keep\"");
    assert_eq!(row(&list, "Ferry", None).bytes, 14_000_000_000, "so much is kept");
    assert_eq!(story.home.sonarr().log().requests().len(), 0);
    story.home.later(SignedDuration::from_mins(3));
    outlook(&story).await;
    assert_eq!(
        asked(&story, "/api/v3/episodefile"),
        4,
        "after two minutes it is asked anew"
    );
}

#[tokio::test]
async fn what_was_done_in_sonarr_is_not_told_from_memory() {
    let mut story = Story::new().await;
    story.show("Ferry", &[4, 4, 4], three_seasons);
    story.enroll("Ferry", "pilotRolling").await;
    story.watches("Alice", "Ferry", 2, 1).await;
    assert_eq!(row(&outlook(&story).await, "Ferry", None).files, 11);
    story.reset("Ferry").await.unwrap();
    let after = outlook(&story).await;
    assert_eq!((after.rows, after.at_baseline), (Vec::new(), 1));
}

#[tokio::test]
async fn a_sonarr_that_does_not_answer_has_one_row_and_hides_nothing_else() {
    let mut story = Story::with_instances(2).await;
    for title in ["Ferry", "Thaw", "Tide"] {
        story.show(title, &[4, 4, 4], three_seasons);
        story.also_on(1, title, three_seasons);
        story.enroll(title, "pilotRolling").await;
        story.enroll_on(1, title, "pilotRolling").await;
        story.watches("Alice", title, 2, 1).await;
    }
    story.home.network.unplug("sonarr2.test");
    let requests = story.home.network.requests();
    let list = outlook(&story).await;
    let unknown: Vec<&OutlookRow> = list
        .rows
        .iter()
        .filter(|row| row.standing == Standing::Unknown)
        .collect();
    assert_eq!(unknown.len(), 1, "{list:#?}");
    assert_eq!((unknown[0].show, unknown[0].title.as_str()), (None, "Sonarr 2"));
    let sentence = &unknown[0].sentence;
    assert!(
        sentence.starts_with("What becomes of 3 shows is not known. The server cannot be reached"),
        "{sentence}"
    );
    assert_eq!(
        list.rows[0].standing,
        Standing::Unknown,
        "what is not known comes first"
    );
    let of_shows = list
        .rows
        .iter()
        .filter(|row| row.instance == "Sonarr" && row.season.is_none());
    assert_eq!(of_shows.count(), 3);
    assert!(
        story.home.network.requests() - requests <= 15,
        "one that does not answer is not asked about every show"
    );
    let rows = story.home.engine.shows(false).await.unwrap();
    let there = rows.iter().find(|row| row.instance == "Sonarr 2").unwrap();
    let refused = story.home.engine.outlook(Some(there.master_id)).await.unwrap_err();
    assert_eq!(
        refused.code, "unreachable",
        "asked about one show alone it is a failure"
    );
}

#[tokio::test]
async fn a_series_that_sonarr_cannot_tell_of_hides_no_other() {
    let mut story = Story::new().await;
    for title in ["Ferry", "Gone", "Thaw"] {
        story.show(title, &[4, 4, 4], three_seasons);
        story.enroll(title, "pilotRolling").await;
        story.watches("Alice", title, 2, 1).await;
    }
    let broken = format!("/api/v3/episode?seriesId={}", story.id("Thaw"));
    let faults = story.home.sonarr().faults();
    faults.push(FaultRule::new(broken, Fault::status(500)));
    story.home.sonarr().remove_series(story.id("Gone"), true);
    let list = outlook(&story).await;
    assert_eq!(
        row(&list, "Gone", None).sentence,
        "What becomes of it is not known. Sonarr does not have the series anymore."
    );
    let thaw = row(&list, "Thaw", None);
    assert_eq!(thaw.standing, Standing::Unknown);
    assert!(thaw.sentence.contains("reports an error (500)"), "{}", thaw.sentence);
    assert_eq!(row(&list, "Ferry", None).standing, Standing::FreeAt);
}

#[tokio::test]
async fn a_gap_that_cannot_be_closed_is_not_read_again_with_every_look() {
    let mut story = Story::new().await;
    story.show("Ferry", &[4, 4, 4], three_seasons);
    story.enroll("Ferry", "pilotRolling").await;
    story.watches("Alice", "Ferry", 2, 1).await;
    story.sleeps(2);
    let faults = story.home.plex.faults();
    faults.push(FaultRule::new("/status/sessions/history", Fault::status(500)));
    let histories = |story: &Story| {
        let requests = story.home.plex.log().requests();
        let of_history = requests.iter().filter(|request| request.path().contains("/history"));
        of_history.count()
    };
    story.home.forget_requests();
    outlook(&story).await;
    let once = histories(&story);
    assert!(once > 0);
    for _ in 0..5 {
        story.home.later(SignedDuration::from_mins(1));
        outlook(&story).await;
    }
    assert_eq!(histories(&story), once);
    story.home.later(SignedDuration::from_mins(5));
    outlook(&story).await;
    assert_eq!(histories(&story), 2 * once, "after ten minutes it is tried again");
    story.home.plex.faults().clear();
    story.home.later(SignedDuration::from_mins(10));
    assert_eq!(
        story.outlook("Ferry").await[0],
        "Back to the pilot on 8 July: Alice watched it on 1 July"
    );
}

#[tokio::test]
async fn what_holds_everything_back_is_said_once() {
    let mut story = Story::new().await;
    story.show("Ferry", &[4, 4, 4], three_seasons);
    story.enroll("Ferry", "pilotRolling").await;
    let notes = async || outlook(&story).await.notes;
    story.hours(2).await;
    assert_eq!(
        notes().await,
        ["Progressive cleanup is switched off: seasons go with their shows."]
    );
    story.set(json!({"enableProgressiveCleanup": true})).await;
    let grace = notes().await;
    assert_eq!(
        grace,
        ["Something was changed within the last hour: until Wednesday 22:00 nothing goes because of that."]
    );
    story.hours(2).await;
    assert_eq!(notes().await, [""; 0]);
    story.set(json!({"dryRun": true, "enableAutoReset": false})).await;
    assert_eq!(
        notes().await,
        [
            "Dry run is switched on: what would go is only written into the journal.",
            "The automatic reset is switched off: shows that nobody watches stay.",
        ]
    );
    story.set(json!({"enableProgressiveCleanup": false})).await;
    story.home.engine.pause(PauseFor::UntilResumed).await;
    assert_eq!(
        notes().await,
        [
            "Monitoring is paused until it is resumed: nothing goes meanwhile.",
            "Dry run is switched on: what would go is only written into the journal.",
            "The automatic reset and progressive cleanup are switched off: nothing goes by itself.",
        ]
    );
    story.set(json!({"enabled": false})).await;
    assert_eq!(
        notes().await[0],
        "Monitoring is switched off: nothing goes until it is on."
    );
    story.home.network.unplug("plex.test");
    let unknown = notes().await;
    assert!(
        unknown
            .iter()
            .any(|note| note.starts_with("It is not known what is being watched, so nothing goes at present. Attic:")),
        "{unknown:#?}"
    );
}

#[tokio::test]
async fn what_was_watched_while_nobody_looked_is_read_back_before_anything_is_foretold() {
    let mut story = Story::new().await;
    story.show("Ferry", &[4, 4, 4], three_seasons);
    story.enroll("Ferry", "pilotRolling").await;
    story.watches("Alice", "Ferry", 2, 1).await;
    story.sleeps(3);
    let play = story.starts("Bob", "Ferry", 2, 2);
    story
        .home
        .plex
        .report(play, simulators::plex::PlayState::Playing, 44 * 60_000);
    story.home.plex.stop(play);
    story.sleeps(1);
    assert_eq!(
        story.outlook("Ferry").await[0],
        "Back to the pilot on 11 July: Bob watched it on 4 July"
    );
}

#[tokio::test]
async fn on_a_disk_that_is_short_of_space_what_is_free_may_go_although_that_is_switched_off() {
    let mut story = Story::new().await;
    story.set(json!({"enableAutoReset": false})).await;
    story.show("Ferry", &[4, 4, 4], three_seasons);
    story.enroll("Ferry", "pilotRolling").await;
    story.watches("Alice", "Ferry", 2, 1).await;
    story.days(1).await;
    assert_eq!(
        story.outlook("Ferry").await[..2],
        [
            "Kept: the automatic reset is switched off".to_owned(),
            "Season 1 stays with the show".to_owned(),
        ]
    );
    let instance = story.home.engine.rule_choices().await[0].instance;
    let gigabyte = 1_000_000_000;
    let floor = Floor {
        root_folder: "/tv".to_owned(),
        begins_below: 100 * gigabyte,
        ends_at: 103 * gigabyte,
    };
    story.home.sonarr().set_free_space("/tv", 98 * gigabyte);
    let floor = StorageFloor { instance, floor };
    story.home.engine.set_storage_floors(&[floor]).await.unwrap();
    story.home.engine.storage().await.unwrap();
    let list = outlook(&story).await;
    assert_eq!(
        list.notes.last().unwrap(),
        "/tv of Sonarr is short of space: of what may go there now, what was viewed longest ago goes first, until there is \
         enough."
    );
    assert_eq!(
        row(&list, "Ferry", Some(1)).sentence,
        "Season 1 now: Alice is in season 2"
    );
    assert_eq!(
        row(&list, "Ferry", None).sentence,
        "Back to the pilot on 8 July: Alice watched it on 1 July"
    );
    story.hours(3).await;
    assert_eq!(story.files("Ferry"), "S01E01, S02E01–E04, S03E01–E04");
}

#[tokio::test]
async fn a_shows_row_tells_when_its_viewers_run_out() {
    let mut story = Story::new().await;
    story.show("Ferry", &[10, 8], first_season_only);
    story.enroll("Ferry", "firstSeasonRolling").await;
    for episode in [1, 3, 5] {
        story.binges("Alice", "Ferry", 1, episode..=episode + 1).await;
        story.days(1).await;
    }
    let id = story.master("Ferry").await.id;
    let outlook = story.home.engine.outlook(Some(id)).await.unwrap();
    assert_eq!(
        outlook.rows[0].viewers,
        ["Alice has four episodes left and runs out on 7 July"]
    );
    assert_eq!(
        outlook.rows[0].sentence,
        "Kept: it is at its baseline, the first season"
    );
}
