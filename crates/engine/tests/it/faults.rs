//! Every way to fail, at every question and order: once the fault is gone, all gets done, once.

use crate::home::Home;
use crate::stage::{HARBOUR, codes, minutes, monitored, seconds};
use http::Method;
use simulators::faults::{Fault, FaultPlan, FaultRule};
use simulators::plex::{OWNER, SessionHandle};
use simulators::sonarr::{SeasonSpec, SeriesSpec};
use std::time::Duration;

/// Where a fault strikes.
#[derive(Debug, Clone, Copy)]
enum Target {
    Sessions,
    ShowsIds,
    FindSeries,
    ReadSeries,
    Episodes,
    Queue,
    EditSeries,
    EditEpisodes,
    Search,
    AnyOfSonarr,
}

impl Target {
    const ALL: [Self; 10] = [
        Self::Sessions,
        Self::ShowsIds,
        Self::FindSeries,
        Self::ReadSeries,
        Self::Episodes,
        Self::Queue,
        Self::EditSeries,
        Self::EditEpisodes,
        Self::Search,
        Self::AnyOfSonarr,
    ];

    fn plan(self, home: &Home) -> &FaultPlan {
        match self {
            Self::Sessions | Self::ShowsIds => home.plex.faults(),
            _ => home.sonarr().faults(),
        }
    }

    fn rule(self, fault: Fault) -> FaultRule {
        let (method, path) = match self {
            Self::Sessions => (Some(Method::GET), "/status/sessions"),
            Self::ShowsIds => (Some(Method::GET), "/library/metadata/"),
            Self::FindSeries => (Some(Method::GET), "/api/v3/series?tvdbId"),
            Self::ReadSeries => (Some(Method::GET), "/api/v3/series/"),
            Self::Episodes => (Some(Method::GET), "/api/v3/episode?"),
            Self::Queue => (Some(Method::GET), "/api/v3/queue"),
            Self::EditSeries => (Some(Method::PUT), "/api/v3/series/"),
            Self::EditEpisodes => (Some(Method::PUT), "/api/v3/episode/monitor"),
            Self::Search => (Some(Method::POST), "/api/v3/command"),
            Self::AnyOfSonarr => (None, "/api/v3"),
        };
        let rule = FaultRule::new(path, fault);
        match method {
            Some(method) => rule.method(method),
            None => rule,
        }
    }

    fn is_a_write(self) -> bool {
        matches!(self, Self::EditSeries | Self::EditEpisodes | Self::Search)
    }
}

async fn scene() -> (Home, i64, SessionHandle) {
    let home = Home::staged().await;
    let show = home.harbour_in_plex();
    let spec = SeriesSpec::new("Harbour Lights", HARBOUR)
        .monitored(false)
        .with(SeasonSpec::new(1, 10).files(1..=8).only_monitored(1..=8).flag(true))
        .with(SeasonSpec::new(2, 8).monitored(false));
    let series = home.sonarr().add_series(spec);
    let player = home.plays(OWNER, show, 1, 8);
    (home, series, player)
}

fn assert_all_is_well(home: &Home, series: i64, story: &str) {
    assert_all_is_well_in_pieces(home, series, story, false);
}

fn assert_all_is_well_in_pieces(home: &Home, series: i64, story: &str, one_by_one: bool) {
    let mut searched = home.searched();
    searched.sort();
    if one_by_one && !searched.contains(&"Harbour Lights S02".to_owned()) {
        let mut pieces: Vec<String> = searched
            .iter()
            .flat_map(|search| search.split(' ').skip(2).map(str::to_owned).collect::<Vec<_>>())
            .collect();
        pieces.sort();
        let second = (1..=8).map(|number| format!("S02E{number:02}"));
        let wanted: Vec<String> = ["S01E09", "S01E10"]
            .map(str::to_owned)
            .into_iter()
            .chain(second)
            .collect();
        assert_eq!(pieces, wanted, "{story}");
    } else {
        assert_eq!(
            searched,
            ["Harbour Lights S01E09 S01E10", "Harbour Lights S02"],
            "{story}"
        );
    }
    assert_eq!(
        monitored(home.sonarr(), series, 1),
        (1..=10).collect::<Vec<_>>(),
        "{story}"
    );
    assert_eq!(
        monitored(home.sonarr(), series, 2),
        (1..=8).collect::<Vec<_>>(),
        "{story}"
    );
    assert!(home.sonarr().series(series).unwrap().monitored, "{story}");
}

/// One fault at one place, `times` times, while somebody goes on watching; then all is well.
async fn strikes(target: Target, fault: &Fault, after_effect: bool, times: Option<u32>) {
    let story = format!("{fault:?} at {target:?}, after its effect: {after_effect}, {times:?} times");
    let (home, series, player) = scene().await;
    let mut rule = target.rule(fault.clone());
    rule.times = times;
    if after_effect {
        rule = rule.after_effect();
    }
    target.plan(&home).push(rule);
    let struck = home.engine.check(false).await.unwrap();
    assert!(target.plan(&home).hits() > 0, "{story}");
    let harmless = matches!(fault, Fault::WrongTypes | Fault::Delay(_));
    assert!(harmless || !struck.errors.is_empty(), "{story}");
    if times.is_none() {
        for _ in 0..3 {
            home.goes_on(player, minutes(2));
            home.engine.tick().await;
            home.engine.poll().await;
        }
    }
    target.plan(&home).clear();

    // What is known of a season with holes is searched one by one.
    let one_by_one = *fault == Fault::WrongTypes;
    home.goes_on(player, minutes(1));
    home.check().await;
    assert_all_is_well_in_pieces(&home, series, &story, one_by_one);
    for _ in 0..2 {
        home.goes_on(player, minutes(2));
        home.engine.tick().await;
        home.engine.poll().await;
    }
    assert_eq!(home.check().await.errors, [], "{story}");
    assert_all_is_well_in_pieces(&home, series, &story, one_by_one);
}

async fn strikes_everywhere(fault: Fault, times: Option<u32>) {
    for target in Target::ALL {
        strikes(target, &fault, false, times).await;
        if target.is_a_write() {
            strikes(target, &fault, true, times).await;
        }
    }
}

#[tokio::test]
async fn a_refused_key_or_token() {
    strikes_everywhere(Fault::status(401), Some(1)).await;
    strikes_everywhere(Fault::status(401), None).await;
}

#[tokio::test]
async fn a_bad_gateway() {
    strikes_everywhere(Fault::status(502), Some(1)).await;
    strikes_everywhere(Fault::status(502), None).await;
}

#[tokio::test]
async fn a_busy_database() {
    strikes_everywhere(Fault::DatabaseLocked, Some(1)).await;
    strikes_everywhere(Fault::DatabaseLocked, Some(2)).await;
    strikes_everywhere(Fault::DatabaseLocked, None).await;
}

#[tokio::test]
async fn a_server_that_starts_up() {
    strikes_everywhere(Fault::StartingUp503, Some(1)).await;
    strikes_everywhere(Fault::StartingUp503, None).await;
}

#[tokio::test]
async fn a_connection_that_dies() {
    strikes_everywhere(Fault::Drop, Some(1)).await;
    strikes_everywhere(Fault::Drop, None).await;
}

#[tokio::test]
async fn an_answer_that_breaks_off() {
    strikes_everywhere(Fault::Truncate(17), Some(1)).await;
    strikes_everywhere(Fault::Truncate(0), None).await;
}

#[tokio::test]
async fn a_login_page_with_status_200() {
    strikes_everywhere(Fault::Html, Some(1)).await;
    strikes_everywhere(Fault::Html, None).await;
}

#[tokio::test]
async fn malformed_json() {
    strikes_everywhere(Fault::MalformedJson, Some(1)).await;
    strikes_everywhere(Fault::MalformedJson, None).await;
}

#[tokio::test]
async fn values_of_other_types() {
    strikes_everywhere(Fault::WrongTypes, Some(1)).await;
    strikes_everywhere(Fault::WrongTypes, None).await;
}

#[tokio::test]
async fn a_huge_body() {
    for target in [Target::Sessions, Target::Episodes, Target::Queue, Target::Search] {
        strikes(target, &Fault::HugeBody(40 * 1024 * 1024), false, Some(1)).await;
    }
}

#[tokio::test]
async fn too_many_requests() {
    strikes_everywhere(Fault::status(429), Some(1)).await;
}

/// What a check comes to when, at the first fault, minutes pass at once for everything that waits.
///
/// Time must not be paused for longer: the database's own time limits would strike.
async fn when_much_later(home: &Home, plan: &FaultPlan) -> engine::CheckReport {
    let engine = home.engine.clone();
    let check = tokio::spawn(async move { engine.check(false).await.unwrap() });
    while plan.hits() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(600)).await;
    tokio::time::resume();
    check.await.unwrap()
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_and_asked_again() {
    for target in [
        Target::Sessions,
        Target::FindSeries,
        Target::Episodes,
        Target::EditSeries,
        Target::Search,
    ] {
        for after_effect in [false, true] {
            let story = format!("a hang at {target:?}, after its effect: {after_effect}");
            let (home, series, player) = scene().await;
            let rule = target.rule(Fault::Hang).once();
            target
                .plan(&home)
                .push(if after_effect { rule.after_effect() } else { rule });
            let struck = when_much_later(&home, target.plan(&home)).await;
            assert!(!struck.errors.is_empty(), "{story}");

            home.goes_on(player, minutes(1));
            home.check().await;
            assert_all_is_well(&home, series, &story);
        }
    }
}

#[tokio::test]
async fn a_slow_server_is_waited_for() {
    let (home, series, _) = scene().await;
    home.sonarr()
        .faults()
        .push(FaultRule::new("/api/v3", Fault::Delay(Duration::from_secs(10))).once());
    let report = when_much_later(&home, home.sonarr().faults()).await;
    assert_eq!(report.errors, []);
    assert_all_is_well(&home, series, "slow");
}

#[tokio::test]
async fn unknown_sessions_are_not_taken_for_none() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let player = home.plays_from(OWNER, show, 1, 8, 0);
    home.plex.pause(player);
    assert_eq!(codes(&home.engine.poll().await), ["tooEarly"]);

    for fault in [
        Fault::status(500),
        Fault::Html,
        Fault::MalformedJson,
        Fault::Drop,
        Fault::Truncate(30),
    ] {
        home.plex
            .faults()
            .push(FaultRule::new("/status/sessions", fault).once());
        home.stays_paused(player, seconds(5));
        let report = home.engine.poll().await;
        assert_eq!((report.processed_sessions, report.errors.len()), (0, 1));
        // What was playing is still shown.
        assert_eq!(home.engine.state_now().await.now_playing.len(), 1);
    }
    // 25 s went by unseen; had the play been ended, it would have to begin anew.
    home.stays_paused(player, seconds(5));
    assert_eq!(codes(&home.engine.poll().await), ["nextSeason"]);
}

#[tokio::test]
async fn a_session_that_flickers_out_of_the_list_is_not_decided_about_again() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let player = home.owner_nears_the_end(show);
    home.engine.poll().await;
    home.forget_requests();
    for _ in 0..4 {
        home.plex.hide(player, true);
        home.goes_on(player, seconds(20));
        home.engine.poll().await;
        home.plex.hide(player, false);
        home.goes_on(player, seconds(20));
        assert_eq!(codes(&home.engine.poll().await), ["nextSeason"]);
    }
    assert_eq!(home.asked_of_sonarr(), 0);
}

#[tokio::test]
async fn a_refresh_that_writes_old_flags_back_is_noticed_and_mended() {
    let (home, series, player) = scene().await;
    home.sonarr().race_refreshes(true);
    home.network.takes(&home.clock, seconds(1));
    home.sonarr().set_timing(simulators::sonarr::Timing {
        refresh: seconds(8),
        ..simulators::sonarr::Timing::default()
    });
    home.sonarr().run_command("RefreshSeries", Some(series));
    home.sonarr().tick();
    let report = home.check().await;
    assert!(!report.errors.is_empty());

    home.ticks_over(minutes(5), seconds(15)).await;
    home.goes_on(player, seconds(10));
    home.check().await;
    assert_all_is_well(&home, series, "a racing refresh");
}

#[tokio::test]
async fn a_bulk_change_that_stops_half_way_is_carried_on() {
    for rows in [0, 1] {
        let (home, series, player) = scene().await;
        home.sonarr().lock_next_bulk_after(rows);
        let report = home.check().await;
        assert!(!report.errors.is_empty());
        home.plex.stop(player);
        home.ticks_over(minutes(5), seconds(30)).await;
        assert_all_is_well(&home, series, &format!("stopped after {rows} rows"));
    }
}

#[tokio::test]
async fn lost_answers_with_nothing_to_look_them_up_repeat_no_search() {
    let (home, series, player) = scene().await;
    // Sonarr takes the searches, their answers are lost, and then it does not tell of its commands for a while.
    home.sonarr()
        .faults()
        .push(Target::Search.rule(Fault::Drop).after_effect());
    home.sonarr()
        .faults()
        .push(FaultRule::new("/api/v3/command", Fault::status(500)).method(Method::GET));
    home.check().await;
    for _ in 0..6 {
        home.goes_on(player, minutes(2));
        home.check().await;
        home.engine.tick().await;
    }
    home.sonarr().faults().clear();
    home.goes_on(player, minutes(2));
    home.check().await;
    assert_all_is_well(&home, series, "lost answers");
}
