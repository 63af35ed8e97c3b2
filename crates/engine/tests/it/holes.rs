//! Lists of Sonarr of which not all could be read.

use crate::home::Home;
use crate::stage::{HARBOUR, codes, hours, seconds};
use simulators::faults::{Fault, FaultRule};
use simulators::plex::OWNER;
use simulators::sonarr::{ReleasePolicy, SeasonSpec, SeriesSpec};

#[tokio::test]
async fn a_season_with_unreadable_episodes_is_not_searched_as_a_whole() {
    let home = Home::staged().await;
    let (show, series) = home.harbour();
    home.sonarr()
        .faults()
        .push(FaultRule::new("/api/v3/episode?", Fault::WrongTypes));
    home.owner_nears_the_end(show);

    let report = home.engine.check(true).await.unwrap();

    assert_eq!(report.errors.len(), 1, "{:?}", report.errors);
    assert!(
        report.errors[0]
            .message
            .contains("episodes of Harbour Lights could not be read"),
        "{:?}",
        report.errors
    );
    let actions: Vec<_> = report.decisions.iter().flat_map(|decision| &decision.actions).collect();
    assert!(
        !actions
            .iter()
            .any(|action| matches!(action, domain::plan::Action::SearchSeason { .. })),
        "{actions:?}"
    );

    home.check().await;
    assert!(!home.searched().contains(&"Harbour Lights S02".to_owned()));
    assert!(
        !home.sonarr().series(series).unwrap().seasons[&2],
        "the season's flag would set the episodes that nobody read"
    );
}

#[tokio::test]
async fn a_pilot_among_unreadable_episodes_is_not_taken_for_a_lone_one() {
    let home = Home::staged().await;
    let show = home.harbour_in_plex();
    let spec = SeriesSpec::new("Harbour Lights", HARBOUR).with(SeasonSpec::new(1, 10).files(1..=1));
    home.sonarr().add_series(spec);
    let player = home.plays(OWNER, show, 1, 1);
    home.sonarr()
        .faults()
        .push(FaultRule::new("/api/v3/episode?", Fault::WrongTypes));
    let report = home.engine.check(true).await.unwrap();
    assert_eq!(report.errors.len(), 1, "{:?}", report.errors);
    assert!(!codes(&report).contains(&"lonePilot"), "{:?}", codes(&report));

    home.sonarr().faults().clear();
    home.goes_on(player, seconds(10));
    assert!(codes(&home.check().await).contains(&"lonePilot"));
}

#[tokio::test]
async fn with_an_unreadable_download_nothing_is_searched_that_may_be_coming() {
    let home = Home::staged().await;
    let show = home.harbour_in_plex();
    let series = home.sonarr().add_series(
        SeriesSpec::new("Harbour Lights", HARBOUR)
            .season_with_files(1, 10)
            .season(2, 8),
    );
    home.sonarr().set_release_policy(ReleasePolicy::EVERYTHING);
    home.sonarr().set_download_delay(hours(10));
    home.sonarr().run_command("SeriesSearch", Some(series));
    home.later(seconds(30));
    assert_eq!(home.sonarr().queue().len(), 8);
    home.forget_requests();
    let unreadable = r#"[{"id": 1, "seriesId": 1, "episodeId": {"value": 11}, "status": "downloading"}]"#;
    home.sonarr()
        .faults()
        .push(FaultRule::new("/api/v3/queue", Fault::json(200, unreadable)));

    let player = home.owner_nears_the_end(show);
    let report = home.check().await;

    assert_eq!(codes(&report), ["instanceUnavailable"]);
    assert!(
        report.errors[0].message.contains("a download could not be read"),
        "{:?}",
        report.errors
    );
    let sent = || {
        let writes = home.sonarr().log().writes();
        writes
            .iter()
            .filter(|request| request.path() == "/api/v3/command")
            .count()
    };
    assert_eq!(sent(), 0);
    home.sonarr().faults().clear();
    home.goes_on(player, seconds(10));
    assert_eq!(codes(&home.check().await), ["alreadyQueued"]);
    assert_eq!(sent(), 0);
}
