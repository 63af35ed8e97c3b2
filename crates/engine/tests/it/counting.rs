//! Which sessions count, for whom, and that each gets its answer.

use crate::home::Home;
use crate::stage::{ALICE, BOB, codes, minutes, seconds, with_reason};
use serde_json::json;
use simulators::faults::{Fault, FaultRule};
use simulators::plex::{ClipKind, OWNER, ShowSpec};
use simulators::sonarr::SeriesSpec;

#[tokio::test]
async fn a_session_is_too_early_until_thirty_seconds_were_watched() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let player = home.plays_from(ALICE, show, 1, 8, 0);

    let early = home.engine.poll().await;
    assert_eq!((codes(&early), home.asked_of_sonarr()), (vec!["tooEarly"], 0));
    assert_eq!(home.journal_codes().await, Vec::<String>::new());

    home.plex.watch(player, seconds(20));
    assert_eq!(codes(&home.engine.poll().await), ["tooEarly"]);
    assert_eq!(home.asked_of_sonarr(), 0);

    home.plex.watch(player, seconds(10));
    assert_eq!(codes(&home.engine.poll().await), ["nextSeason"]);
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
}

#[tokio::test]
async fn a_play_that_never_counted_is_in_the_journal_once_when_it_has_ended() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let player = home.plays_from(ALICE, show, 1, 8, 0);
    home.engine.poll().await;
    home.plex.watch(player, seconds(10));
    home.engine.poll().await;
    home.plex.stop(player);
    home.engine.poll().await;
    assert_eq!(home.journal_codes().await, Vec::<String>::new());
    for _ in 0..3 {
        home.later(minutes(1));
        home.engine.poll().await;
    }
    assert_eq!(home.journal_codes().await, ["nothing tooEarly"]);
}

#[tokio::test]
async fn a_play_that_counts_in_the_end_leaves_only_that_in_the_journal() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let player = home.plays_from(ALICE, show, 1, 8, 0);
    home.engine.poll().await;
    home.plex.watch(player, seconds(30));
    home.engine.poll().await;
    home.plex.stop(player);
    for _ in 0..3 {
        home.later(minutes(1));
        home.engine.poll().await;
    }
    assert_eq!(home.journal_codes().await, ["done nextSeason"]);
}

#[tokio::test]
async fn who_asks_finds_in_the_journal_that_it_is_too_early() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let player = home.plays_from(ALICE, show, 1, 8, 0);
    home.engine.check(true).await.unwrap();
    assert_eq!(home.journal_codes().await, Vec::<String>::new());
    home.check().await;
    home.check().await;
    home.plex.stop(player);
    for _ in 0..3 {
        home.later(minutes(1));
        home.engine.poll().await;
    }
    assert_eq!(home.journal_codes().await, ["nothing tooEarly"]);
}

#[tokio::test]
async fn a_paused_session_counts_once_it_has_been_seen_for_thirty_seconds() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let player = home.plays_from(ALICE, show, 1, 8, 0);
    home.plex.pause(player);

    assert_eq!(codes(&home.engine.poll().await), ["tooEarly"]);
    home.stays_paused(player, seconds(29));
    assert_eq!(codes(&home.engine.poll().await), ["tooEarly"]);
    home.stays_paused(player, seconds(1));
    assert_eq!(codes(&home.engine.poll().await), ["nextSeason"]);
}

#[tokio::test]
async fn another_episode_on_the_same_player_has_to_be_watched_anew() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let player = home.plays(ALICE, show, 1, 3);
    assert_eq!(codes(&home.engine.poll().await), ["notNearEnd"]);

    home.plex
        .next_item(player, home.plex.episode_key(show, 1, 8).unwrap(), true);
    assert_eq!(codes(&home.engine.poll().await), ["tooEarly"]);
    home.plex.watch(player, seconds(30));
    assert_eq!(codes(&home.engine.poll().await), ["nextSeason"]);
}

#[tokio::test]
async fn who_is_not_in_the_filter_triggers_with_the_same_session_once_allowed() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.set(json!({"filterUsers": ["Bob"]})).await;
    let player = home.plays(ALICE, show, 1, 8);

    let filtered = home.engine.poll().await;
    assert_eq!(codes(&filtered), ["viewerNotInFilter"]);
    assert_eq!(filtered.decisions[0].detail, "Alice is not in the viewer filter.");
    assert_eq!(home.asked_of_sonarr(), 0);

    home.set(json!({"filterUsers": ["Bob", "alice"]})).await;
    home.goes_on(player, seconds(5));
    assert_eq!(codes(&home.engine.poll().await), ["nextSeason"]);
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
}

#[tokio::test]
async fn the_filter_names_accounts_by_id_whatever_they_are_called() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.set(json!({"filterUsers": [ALICE.to_string()]})).await;
    home.plex.rename_account(ALICE, "Alicia");
    home.plays(ALICE, show, 1, 8);
    home.plays(BOB, show, 1, 8);

    let report = home.engine.poll().await;

    let allowed = with_reason(&report, "nextSeason");
    assert_eq!(allowed.subject.viewer.as_deref(), Some("Alicia"));
    let other = with_reason(&report, "viewerNotInFilter");
    assert_eq!(other.subject.viewer.as_deref(), Some("Bob"));
}

#[tokio::test]
async fn everything_that_is_no_episode_of_a_series_is_answered_and_left_alone() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let plex = &home.plex;
    let tv = crate::stage::device_of;
    let film = plex.add_movie("A Film", 2020, 100);
    let trailer = plex.add_clip(ClipKind::Trailer, "A Trailer", 120);
    let song = plex.add_track("Singer", "Album", "Song", 200);
    let unmatched = plex.add_unmatched_episode(show, 7).unwrap();
    let special = plex.add_episode(show, 0, 1).unwrap();
    for (who, item) in [
        (1001, film),
        (1002, trailer),
        (1003, song),
        (1004, unmatched),
        (1005, special),
    ] {
        plex.play_from(who, &tv(who), item, 60_000);
    }
    plex.play_live(1006, &tv(1006), "Channel 4", "Evening News");
    plex.download(1007, &tv(1007), plex.episode_key(show, 1, 8).unwrap());

    let report = home.check().await;

    assert_eq!((report.processed_sessions, report.triggered_searches), (7, 0));
    assert_eq!(report.errors, []);
    let mut said: Vec<(&str, &str)> = report
        .decisions
        .iter()
        .map(|decision| (decision.reason.code(), decision.detail.as_str()))
        .collect();
    said.sort_unstable();
    assert_eq!(
        said,
        [
            (
                "incompleteSession",
                "The media server did not say which season this is."
            ),
            ("notAnEpisode", "A download is being prepared: nobody is watching."),
            ("notAnEpisode", "A film: only episodes matter here."),
            (
                "notAnEpisode",
                "A trailer, preroll or extra: only episodes matter here."
            ),
            (
                "notAnEpisode",
                "Live television does not belong to a series in the library."
            ),
            ("notAnEpisode", "Music: only episodes matter here."),
            ("special", "Specials have no place in the order of a series."),
        ]
    );
    assert_eq!(home.asked_of_sonarr(), 0);
    assert_eq!(home.journal_codes().await.len(), 7);
}

#[tokio::test]
async fn a_session_without_fields_hides_none_of_the_others() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let episode = json!({
        "type": "episode", "ratingKey": "77", "grandparentRatingKey": show.to_string(), "grandparentTitle": "Harbour Lights",
        "parentIndex": 1, "index": 8, "viewOffset": 600_000, "sessionKey": "4", "Player": {"machineIdentifier": "x"},
    });
    let mut known = episode.clone();
    known["User"] = json!({"id": "1", "title": "owner_name"});
    let body = json!({"MediaContainer": {"size": 4, "Metadata": [{}, "nonsense", episode, known]}});
    home.plex
        .faults()
        .push(FaultRule::new("/status/sessions", Fault::json(200, body.to_string())));

    let report = home.check().await;

    assert_eq!(codes(&report), ["unknownViewer", "nextSeason"]);
    assert_eq!(report.processed_sessions, 2);
    assert!(
        report
            .errors
            .iter()
            .all(|failure| failure.message.starts_with("A session could not be read"))
    );
    assert!(!report.errors.is_empty());
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
}

#[tokio::test]
async fn an_episode_that_sonarr_does_not_count_decides_nothing() {
    let home = Home::staged().await;
    let show = home
        .plex
        .add_show(ShowSpec::new("Odd Count", 2015).tvdb(77).season(1, 20));
    home.sonarr()
        .add_series(SeriesSpec::new("Odd Count", 77).season_with_files(1, 10).season(2, 10));
    home.plays(OWNER, show, 1, 14);

    let report = home.check().await;

    assert_eq!(codes(&report), ["episodeUnknown"]);
    assert_eq!(home.sonarr().log().writes().len(), 0);
}

#[tokio::test]
async fn the_same_nothing_is_journalled_once_however_often_it_is_looked_at() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let player = home.plays(OWNER, show, 1, 3);

    for _ in 0..5 {
        home.check().await;
        home.goes_on(player, minutes(1));
    }

    assert_eq!(home.journal_codes().await, ["nothing notNearEnd"]);
}
