//! A server that hangs is waited for by nobody who does not need it.

use crate::home::Home;
use crate::stage::{ALICE, BOB, codes, eventually, harbour_lights, minutes, searched, seconds};
use domain::state::ConnectionKind;
use remote::RouterTransport;
use simulators::faults::{Fault, FaultPlan, FaultRule};
use simulators::plex::{OWNER, PlexSim, ShowSpec};
use simulators::sonarr::{SeriesSpec, SonarrSim};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

const TITLES: [&str; 3] = ["One", "Two", "Three"];

fn tvdb(index: usize) -> i64 {
    100 + i64::try_from(index).unwrap()
}

/// Three shows in Plex; gives their keys.
fn three_shows(plex: &PlexSim) -> Vec<i64> {
    let with = |(index, title): (usize, &str)| {
        plex.add_show(ShowSpec::new(title, 2015).tvdb(tvdb(index)).season(1, 10).season(2, 8))
    };
    TITLES.into_iter().enumerate().map(with).collect()
}

fn has_three_shows(sonarr: &SonarrSim) {
    for (index, title) in TITLES.into_iter().enumerate() {
        sonarr.add_series(
            SeriesSpec::new(title, tvdb(index))
                .season_with_files(1, 10)
                .season(2, 8),
        );
    }
}

/// Everybody is near the end of another show.
fn everybody_watches(home: &Home, shows: &[i64]) {
    for (who, show) in [OWNER, ALICE, BOB].into_iter().zip(shows) {
        home.plays(who, *show, 1, 9);
    }
}

/// What work comes to when, at the first fault, minutes pass at once for everything that waits.
async fn when_much_later<T: Send + 'static>(plan: &FaultPlan, work: impl Future<Output = T> + Send + 'static) -> T {
    let before = plan.hits();
    let work = tokio::spawn(work);
    while plan.hits() == before {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(600)).await;
    tokio::time::resume();
    work.await.unwrap()
}

#[tokio::test]
async fn a_sonarr_gets_all_its_searches_while_another_one_hangs() {
    let home = Home::staged_with_instances(2).await;
    let shows = three_shows(&home.plex);
    home.sonarrs.iter().for_each(has_three_shows);
    // The first one in the list hangs, so that the order does not help.
    home.sonarrs[0].faults().push(FaultRule::new("/api/v3", Fault::Hang));
    everybody_watches(&home, &shows);

    let engine = home.engine.clone();
    let check = tokio::spawn(async move { engine.check(false).await });

    eventually("the other one has its searches", || {
        searched(&home.sonarrs[1]).len() == 3
    })
    .await;
    assert!(home.sonarrs[0].faults().hits() > 0);
    check.abort();
}

#[tokio::test]
async fn a_check_waits_once_for_a_sonarr_that_hangs_however_much_is_playing() {
    let home = Home::staged_with_instances(2).await;
    let shows = three_shows(&home.plex);
    home.sonarrs.iter().for_each(has_three_shows);
    let plan = home.sonarrs[0].faults();
    plan.push(FaultRule::new("/api/v3", Fault::Hang));
    everybody_watches(&home, &shows);

    let engine = home.engine.clone();
    let report = when_much_later(plan, async move { engine.check(false).await.unwrap() }).await;

    assert_eq!(plan.hits(), 1);
    assert_eq!((report.processed_sessions, report.errors.len()), (3, 3));
    assert_eq!(searched(&home.sonarrs[1]).len(), 3);
    // A person who tries again is waited for again.
    plan.clear();
    home.later(seconds(1));
    assert_eq!(home.check().await.errors, []);
    assert_eq!(searched(&home.sonarrs[0]).len(), 3);
}

#[tokio::test]
async fn the_scheduler_waits_once_for_a_sonarr_that_hangs_however_much_is_owed() {
    let home = Home::staged().await;
    let shows = three_shows(&home.plex);
    has_three_shows(home.sonarr());
    home.network.unplug("sonarr1.test");
    everybody_watches(&home, &shows);
    home.engine.poll().await;
    home.network.plug_in("sonarr1.test");
    let plan = home.sonarr().faults();
    plan.push(FaultRule::new("/api/v3", Fault::Hang));
    home.later(minutes(10));

    let engine = home.engine.clone();
    when_much_later(plan, async move { engine.tick().await }).await;

    assert_eq!(plan.hits(), 1);
    home.engine.tick().await;
    assert_eq!(plan.hits(), 1, "it is left alone for a while");
    plan.clear();
    home.ticks_over(minutes(10), seconds(30)).await;
    let mut sent = home.searched();
    sent.sort();
    assert_eq!(sent, ["One S02", "Three S02", "Two S02"]);
}

#[tokio::test]
async fn what_is_owed_to_one_sonarr_is_done_while_another_one_hangs() {
    let home = Home::staged_with_instances(2).await;
    let show = home.harbour_in_plex();
    for sonarr in &home.sonarrs {
        sonarr.add_series(harbour_lights());
    }
    for host in ["sonarr1.test", "sonarr2.test"] {
        home.network.unplug(host);
    }
    home.owner_nears_the_end(show);
    home.engine.poll().await;
    for host in ["sonarr1.test", "sonarr2.test"] {
        home.network.plug_in(host);
    }
    home.sonarrs[0].faults().push(FaultRule::new("/api/v3", Fault::Hang));
    home.later(minutes(10));

    let engine = home.engine.clone();
    let tick = tokio::spawn(async move { engine.tick().await });

    eventually("the other one has its search", || {
        searched(&home.sonarrs[1]) == ["Harbour Lights S02"]
    })
    .await;
    tick.abort();
}

#[tokio::test]
async fn a_plex_that_hangs_does_not_keep_another_one_from_being_polled() {
    let home = Home::staged().await;
    home.sonarr().add_series(harbour_lights());
    let other = PlexSim::new(home.clock.clone());
    home.network
        .put("plex2.test", Arc::new(RouterTransport::new(other.router())));
    home.connect(
        ConnectionKind::Plex,
        "Cellar",
        "http://plex2.test:32400",
        &other.token(),
    )
    .await;
    other.configure(|settings| settings.muted = true);
    home.plex.faults().push(FaultRule::new("/status/sessions", Fault::Hang));
    let polls = || {
        let requests = other.log().requests();
        requests
            .iter()
            .filter(|request| request.path() == "/status/sessions")
            .count()
    };
    other.log().clear();
    let started = std::time::Instant::now();
    home.engine.start();
    eventually("both were asked", || polls() >= 1 && home.plex.faults().hits() > 0).await;

    for _ in 0..3 {
        let before = polls();
        // Time goes on while it is waited for: when it is due again is known only once the last answer is in.
        let polled = || {
            home.later(minutes(5));
            polls() > before
        };
        eventually("the other one is polled", polled).await;
    }
    // A request is given up after 15 seconds, and this machine may be slow.
    let given_up = started.elapsed().as_secs() / 15;
    assert!(
        home.plex.faults().hits() as u64 <= 1 + given_up,
        "the one that hangs is asked one thing at a time"
    );
    home.engine.stop().await;
}

#[tokio::test]
async fn a_server_that_asks_for_rest_is_not_polled_before_it_is_over() {
    let home = Home::staged().await;
    home.engine.start();
    let polled = || !home.plex.log().requests().is_empty();
    eventually("the first poll is over", polled).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let tired = axum::Router::new().fallback(move || {
        count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        async {
            (
                http::StatusCode::TOO_MANY_REQUESTS,
                [(http::header::RETRY_AFTER, "7200")],
            )
        }
    });
    home.network.put("plex.test", Arc::new(RouterTransport::new(tired)));
    let asked = || asked.load(std::sync::atomic::Ordering::SeqCst);
    home.later(minutes(16));
    eventually("it is polled once", || asked() == 1).await;

    for _ in 0..11 {
        home.later(minutes(10));
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert_eq!(asked(), 1);
    home.later(minutes(11));
    eventually("it is polled again", || asked() == 2).await;
    home.engine.stop().await;
}

#[tokio::test]
async fn a_hanging_server_is_seen_for_what_it_is() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let plan = home.sonarr().faults();
    plan.push(FaultRule::new("/api/v3", Fault::Hang).once());
    home.owner_nears_the_end(show);
    let engine = home.engine.clone();
    let report = when_much_later(plan, async move { engine.poll().await }).await;
    assert_eq!(codes(&report), ["instanceUnavailable"]);
    assert!(report.errors[0].message.contains("did not answer within"), "{report:?}");
}
