//! The same stories on every kind of media server.

mod media_browser;
mod server;
mod tautulli;

use crate::home::Home;
use crate::stage::{HARBOUR, codes, days, harbour_lights, hours, minutes};
use domain::monitoring::MonitoringType;
use domain::state::ConnectionKind;
use engine::EnrollmentDraft;
use jiff::SignedDuration;
use serde_json::json;
use server::{KINDS, Person, Server};
use simulators::faults::{Fault, FaultRule};
use simulators::sonarr::SeriesSpec;

const TITLE: &str = "Harbour Lights";

/// A home whose only media server is of some kind.
struct House {
    home: Home,
    server: Server,
}

impl House {
    async fn new(kind: ConnectionKind) -> Self {
        let home = Home::staged().await;
        home.engine.disconnect("Attic").await.unwrap();
        let server = Server::new(kind, "cellar.here", &home);
        home.connect(kind, "Cellar", &server.url(), &server.secret()).await;
        let house = Self { home, server };
        house.forget_requests();
        house
    }

    /// A show of which the second season is wanted once the first one ends.
    async fn with_harbour_lights(kind: ConnectionKind) -> Self {
        let house = Self::new(kind).await;
        house.server.add_show(TITLE, HARBOUR, &[10, 8]);
        house.home.sonarr().add_series(harbour_lights());
        house
    }

    /// An enrolled show that was expanded beyond its baseline by Alice, who watched there hours ago.
    async fn with_rolling_show(kind: ConnectionKind) -> Self {
        let house = Self::new(kind).await;
        // The steps below are three hours; this makes them regular polls.
        house.home.set(json!({"pollingIntervalMinutes": 180})).await;
        house.server.add_show(TITLE, HARBOUR, &[4, 4]);
        let spec = SeriesSpec::new(TITLE, HARBOUR)
            .season_with_files(1, 4)
            .season_with_files(2, 4);
        let series = house.home.sonarr().add_series(spec);
        let draft = EnrollmentDraft {
            instance: "Sonarr".to_owned(),
            series: vec![series],
            monitoring_type: MonitoringType::FirstSeasonRolling,
            reset: false,
        };
        house.home.engine.enroll(&draft, |_| true).await.unwrap();
        let player = house.server.plays(Person::Alice, TITLE, 2, 1);
        house.look().await;
        house.server.stops(player);
        house.passes(hours(3)).await;
        house
    }

    fn forget_requests(&self) {
        self.home.forget_requests();
        self.server.log().clear();
    }

    async fn look(&self) {
        self.home.engine.poll().await;
        self.home.engine.tick().await;
    }

    /// Time passes, and is looked at as it does.
    async fn passes(&self, span: SignedDuration) {
        let mut left = span;
        while left > SignedDuration::ZERO {
            let step = left.min(hours(3));
            self.home.later(step);
            self.look().await;
            left -= step;
        }
    }

    /// Nobody reaches the server, which goes on all the same.
    fn unplug(&self) {
        self.home.network.unplug(self.server.host());
    }

    fn plug_in(&self) {
        self.home.network.plug_in(self.server.host());
    }

    /// Bob watched an episode so long ago, and nobody saw him.
    fn bob_watched(&self, season: i32, episode: i32, ago: SignedDuration) {
        let at = self.home.clock.now() - ago;
        self.server.was_watched(Person::Bob, (TITLE, season, episode), at);
    }

    /// Whether everything is there that was there in the beginning.
    fn is_untouched(&self) -> bool {
        let series = &self.home.sonarr().all_series()[0];
        let episodes = self.home.sonarr().episodes(series.id);
        episodes.iter().all(|episode| episode.file.is_some())
    }

    /// The viewers of the show, as "Alice at S02E01".
    async fn viewers(&self) -> Vec<String> {
        let rows = self.home.engine.shows(false).await.unwrap();
        rows.iter()
            .filter_map(|row| {
                let viewer = row.viewer.as_ref()?;
                let (season, episode) = (row.last_watched_season, row.last_watched_episode);
                Some(format!("{viewer} at S{season:02}E{episode:02}"))
            })
            .collect()
    }

    async fn restart(self) -> Self {
        Self {
            home: self.home.restart().await,
            server: self.server,
        }
    }
}

#[tokio::test]
async fn near_the_end_of_a_season_the_next_one_is_searched_once_and_then_polls_cost_one_request() {
    for kind in KINDS {
        let house = House::with_harbour_lights(kind).await;
        let player = house.server.plays(Person::Bob, TITLE, 1, 8);
        let report = house.home.check().await;
        assert_eq!(report.errors, [], "{kind:?}");
        assert_eq!(
            (report.processed_sessions, report.triggered_searches),
            (1, 1),
            "{kind:?}: {:?}",
            codes(&report)
        );
        assert_eq!(house.home.searched(), ["Harbour Lights S02"], "{kind:?}");
        let subject = &report.decisions[0].subject;
        assert_eq!(subject.viewer.as_deref(), Some("Bob"), "{kind:?}");
        let viewer = subject.viewer_key.as_ref().unwrap();
        assert_eq!(viewer.account, house.server.account(Person::Bob), "{kind:?}");

        house.forget_requests();
        for _ in 0..5 {
            house.home.later(minutes(1));
            house.server.reports(player);
            assert_eq!(house.home.engine.poll().await.errors, [], "{kind:?}");
        }
        assert_eq!(
            (house.server.log().requests().len(), house.home.asked_of_sonarr()),
            (5, 0),
            "{kind:?}: {:?}",
            house.server.log().requests()
        );
    }
}

#[tokio::test]
async fn what_is_watched_is_seen_whoever_owns_the_server() {
    for kind in KINDS {
        let house = House::with_harbour_lights(kind).await;
        house.server.plays(Person::Alice, TITLE, 1, 9);
        let report = house.home.check().await;
        let viewer = report.decisions[0].subject.viewer_key.clone().unwrap();
        assert_eq!(viewer.account, house.server.account(Person::Alice), "{kind:?}");
        assert_eq!(house.home.searched(), ["Harbour Lights S02"], "{kind:?}");
    }
}

#[tokio::test]
async fn the_viewer_filter_takes_names_and_account_ids_of_every_kind() {
    for kind in KINDS {
        let house = House::with_harbour_lights(kind).await;
        let player = house.server.plays(Person::Bob, TITLE, 1, 8);
        house.home.set(json!({"filterUsers": ["Alice"]})).await;
        assert_eq!(codes(&house.home.check().await), ["viewerNotInFilter"], "{kind:?}");
        house
            .home
            .set(json!({"filterUsers": ["Alice", house.server.account(Person::Bob)]}))
            .await;
        house.server.reports(player);
        assert_eq!(house.home.check().await.triggered_searches, 1, "{kind:?}");
    }
}

#[tokio::test]
async fn a_failed_poll_is_unknown_and_not_an_empty_house() {
    let login = Fault::Html;
    let cut = Fault::Truncate(20);
    for kind in KINDS {
        let house = House::with_harbour_lights(kind).await;
        let player = house.server.plays(Person::Bob, TITLE, 1, 8);
        house.home.engine.poll().await;
        let playing = async || house.home.engine.state_now().await.now_playing.len();
        for fault in [
            Fault::status(502),
            login.clone(),
            Fault::MalformedJson,
            cut.clone(),
            Fault::Drop,
        ] {
            let rule = FaultRule::new(house.server.sessions_address(), fault.clone());
            house.server.faults().push(rule);
            house.home.later(minutes(1));
            house.server.reports(player);
            let report = house.home.engine.poll().await;
            assert_eq!(report.errors.len(), 1, "{kind:?} {fault:?}");
            assert_eq!(report.errors[0].source, "Cellar", "{kind:?} {fault:?}");
            assert_eq!(playing().await, 1, "{kind:?} {fault:?}");
            house.server.faults().clear();
        }
        house.home.later(minutes(1));
        house.server.reports(player);
        assert_eq!(house.home.engine.poll().await.errors, [], "{kind:?}");
        assert_eq!(house.home.searched(), ["Harbour Lights S02"], "{kind:?}: once");
    }
}

#[tokio::test]
async fn while_a_server_does_not_say_what_is_playing_nothing_is_deleted() {
    for kind in KINDS {
        let house = House::with_rolling_show(kind).await;
        house
            .server
            .faults()
            .push(FaultRule::new(house.server.sessions_address(), Fault::status(500)));
        house.passes(days(20)).await;
        assert!(house.is_untouched(), "{kind:?}");
        house.server.faults().clear();
        // It was watched by nobody since; that is known of a week only after a week.
        house.passes(days(9)).await;
        assert!(!house.is_untouched(), "{kind:?}: {:#?}", house.home.journal().await);
    }
}

#[tokio::test]
async fn a_history_that_is_read_back_after_a_sleep_protects_and_tells_who_watched() {
    for kind in KINDS {
        let house = House::with_rolling_show(kind).await;
        house.home.later(days(12));
        house.bob_watched(2, 2, days(2));
        let house = house.restart().await;
        house.home.engine.check(false).await.unwrap();
        house.passes(days(1)).await;
        assert!(house.is_untouched(), "{kind:?}: {:#?}", house.home.journal().await);
        assert_eq!(house.viewers().await, ["Alice at S02E01", "Bob at S02E02"], "{kind:?}");
        house.passes(days(7)).await;
        assert!(!house.is_untouched(), "{kind:?}: {:#?}", house.home.journal().await);
    }
}

#[tokio::test]
async fn a_sleep_in_which_nobody_watched_counts_once_the_history_says_so() {
    // One that only looks on may have slept as well.
    for kind in KINDS.into_iter().filter(|kind| *kind != ConnectionKind::Tautulli) {
        let house = House::with_rolling_show(kind).await;
        house.home.later(days(12));
        house.look().await;
        house.passes(days(1)).await;
        assert!(!house.is_untouched(), "{kind:?}: {:#?}", house.home.journal().await);
    }
}

#[tokio::test]
async fn a_history_that_is_read_back_after_an_outage_protects() {
    for kind in KINDS {
        let house = House::with_rolling_show(kind).await;
        house.passes(days(2)).await;
        house.unplug();
        house.passes(days(20)).await;
        house.bob_watched(2, 3, days(1));
        house.plug_in();
        house.passes(days(5)).await;
        assert!(house.is_untouched(), "{kind:?}: {:#?}", house.home.journal().await);
        assert!(house.viewers().await.contains(&"Bob at S02E03".to_owned()), "{kind:?}");
        house.passes(days(4)).await;
        assert!(!house.is_untouched(), "{kind:?}: {:#?}", house.home.journal().await);
    }
}

#[tokio::test]
async fn a_history_that_cannot_be_read_holds_everything_back() {
    for (kind, address) in [
        (ConnectionKind::Plex, "/status/sessions/history"),
        (ConnectionKind::Jellyfin, "/Items"),
        (ConnectionKind::Emby, "/Items"),
        (ConnectionKind::Tautulli, "cmd=get_history"),
    ] {
        let house = House::with_rolling_show(kind).await;
        house.home.later(days(12));
        house.server.faults().push(FaultRule::new(address, Fault::status(500)));
        house.passes(days(12)).await;
        assert!(house.is_untouched(), "{kind:?}");
        house.server.faults().clear();
        house.passes(days(2)).await;
        assert!(!house.is_untouched(), "{kind:?}: {:#?}", house.home.journal().await);
    }
}

#[tokio::test]
async fn what_somebody_wants_next_is_fetched_although_nobody_saw_them_watch() {
    for kind in KINDS {
        let house = House::with_harbour_lights(kind).await;
        let series = house.home.sonarr().all_series()[0].id;
        let draft = EnrollmentDraft {
            instance: "Sonarr".to_owned(),
            series: vec![series],
            monitoring_type: MonitoringType::FirstSeasonRolling,
            reset: false,
        };
        house.home.engine.enroll(&draft, |_| true).await.unwrap();
        house.look().await;
        house.home.later(days(2));
        house.bob_watched(1, 9, hours(20));
        house.look().await;
        house.look().await;
        assert_eq!(house.home.searched(), ["Harbour Lights S02"], "{kind:?}");
        assert_eq!(house.viewers().await, ["Bob at S01E09"], "{kind:?}");
    }
}

#[tokio::test]
async fn people_of_two_servers_are_two_viewers_and_each_protects() {
    for kind in KINDS {
        let house = House::with_rolling_show(kind).await;
        // The same names and the same ids.
        let upstairs = Server::new(kind, "upstairs.here", &house.home);
        upstairs.add_show(TITLE, HARBOUR, &[4, 4]);
        house
            .home
            .connect(kind, "Upstairs", &upstairs.url(), &upstairs.secret())
            .await;
        let player = upstairs.plays(Person::Alice, TITLE, 2, 3);
        house.look().await;
        assert_eq!(
            house.viewers().await,
            ["Alice at S02E01", "Alice at S02E03"],
            "{kind:?}"
        );
        // The one of the cellar does not come back; the other one goes on now and then.
        upstairs.stops(player);
        for _ in 0..3 {
            house.passes(days(4)).await;
            let player = upstairs.plays(Person::Alice, TITLE, 2, 4);
            house.look().await;
            upstairs.stops(player);
        }
        assert!(house.is_untouched(), "{kind:?}: {:#?}", house.home.journal().await);
    }
}
