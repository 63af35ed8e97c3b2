//! Every kind of media server, each against its simulator: who it is, what it is not, what is watched there and was watched.

use crate::house::{House, TVDB, eventually};
use crate::process::{Answered, Daemon, answer_of};
use crate::secrets::assert_nowhere;
use domain::state::ConnectionKind;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use simulators::clock::SimClock;
use simulators::faults::{Fault, FaultPlan, FaultRule, RequestLog};
use simulators::jellyfin::{self, EmbySim, JellyfinSim};
use simulators::plex::{AccountKind, Device, PlexSim, ShowSpec};
use simulators::server::Running;
use simulators::sonarr::{SeasonSpec, SeriesSpec};
use simulators::tautulli::TautulliSim;
use std::time::Duration;

const MEDIA_SERVERS: [ConnectionKind; 4] = [
    ConnectionKind::Plex,
    ConnectionKind::Jellyfin,
    ConnectionKind::Emby,
    ConnectionKind::Tautulli,
];
const BOB: i64 = 20;

/// A media server of some kind in the cellar, with "Harbour Lights" and Bob.
struct Cellar {
    kind: ConnectionKind,
    url: String,
    key: String,
    plex: PlexSim,
    other: JellyfinSim,
    tautulli: TautulliSim,
    bob: i64,
    _served: Running,
}

impl Cellar {
    async fn new(kind: ConnectionKind) -> Self {
        let clock = SimClock::system();
        let plex = PlexSim::new(clock.clone());
        plex.add_account(BOB, "Bob", AccountKind::Shared);
        plex.add_show(ShowSpec::new("Harbour Lights", 2015).tvdb(TVDB).season(1, 10));
        let other = match kind {
            ConnectionKind::Emby => (*EmbySim::new(clock)).clone(),
            _ => JellyfinSim::new(clock),
        };
        let bob = other.add_user("Bob");
        other.add_show(jellyfin::ShowSpec::new("Harbour Lights", 2015).tvdb(TVDB).season(1, 10));
        let tautulli = TautulliSim::new(&plex);
        let (served, key) = match kind {
            ConnectionKind::Plex => (plex.serve().await, plex.token()),
            ConnectionKind::Tautulli => (tautulli.serve().await, tautulli.api_key()),
            _ => (other.serve().await, other.api_key()),
        };
        let served = served.unwrap();
        Self {
            kind,
            url: served.url.clone(),
            key,
            plex,
            other,
            tautulli,
            bob,
            _served: served,
        }
    }

    fn is_in_plex(&self) -> bool {
        matches!(self.kind, ConnectionKind::Plex | ConnectionKind::Tautulli)
    }

    /// Bob is in the middle of an episode of the first season.
    fn bob_plays(&self, episode: i32) {
        if self.is_in_plex() {
            let show = self.plex.show_key("Harbour Lights").unwrap();
            let item = self.plex.episode_key(show, 1, episode).unwrap();
            let device = Device::television("tv", "Living Room");
            self.plex.play_from(BOB, &device, item, 600_000);
        } else {
            let show = self.other.show_key("Harbour Lights").unwrap();
            let item = self.other.episode_key(show, 1, episode).unwrap();
            let device = self.other.television("tv", "Living Room");
            self.other.play_from(self.bob, &device, item, 600_000);
        }
    }

    /// Bob has watched an episode of the first season some hours ago.
    fn bob_watched(&self, episode: i32, hours: i64) {
        let at = Timestamp::now() - SignedDuration::from_hours(hours);
        if self.is_in_plex() {
            let show = self.plex.show_key("Harbour Lights").unwrap();
            self.plex
                .record_view(BOB, self.plex.episode_key(show, 1, episode).unwrap(), at);
        } else {
            let show = self.other.show_key("Harbour Lights").unwrap();
            self.other
                .record_view(self.bob, self.other.episode_key(show, 1, episode).unwrap(), at);
        }
    }

    fn faults(&self) -> &FaultPlan {
        match self.kind {
            ConnectionKind::Plex => self.plex.faults(),
            ConnectionKind::Tautulli => self.tautulli.faults(),
            _ => self.other.faults(),
        }
    }

    fn log(&self) -> &RequestLog {
        match self.kind {
            ConnectionKind::Plex => self.plex.log(),
            ConnectionKind::Tautulli => self.tautulli.log(),
            _ => self.other.log(),
        }
    }

    fn command(&self, house: &House, arguments: &[&str]) -> tokio::process::Command {
        let mut command = house.command(arguments);
        command.env("CLIFFHANGARR_SECRET_CELLAR", &self.key);
        command
    }

    async fn json(&self, house: &House, arguments: &[&str]) -> Answered {
        answer_of(self.command(house, &[arguments, &["--json"]].concat())).await
    }

    async fn done(&self, house: &House, arguments: &[&str]) -> Value {
        let answered = self.json(house, arguments).await;
        assert_eq!(answered.code, 0, "{:?} {arguments:?}: {answered:?}", self.kind);
        answered.document()
    }

    /// A house in which this is the media server, and monitoring is on.
    async fn house(&self) -> House {
        let house = House::new().await;
        self.done(
            &house,
            &["connect", self.kind.name(), "--name", "Cellar", "--url", &self.url],
        )
        .await;
        self.done(
            &house,
            &["connect", "sonarr", "--name", "Sonarr", "--url", &house.sonarr_url],
        )
        .await;
        self.done(&house, &["settings", "set", "enabled=true"]).await;
        house
    }
}

fn harbour_lights(house: &House) -> i64 {
    house.sonarr.add_series(
        SeriesSpec::new("Harbour Lights", TVDB)
            .season_with_files(1, 10)
            .with(SeasonSpec::new(2, 8).monitored(false)),
    )
}

#[tokio::test]
async fn every_kind_is_connected_and_says_its_own_name_and_version() {
    for kind in MEDIA_SERVERS {
        let cellar = Cellar::new(kind).await;
        let house = House::new().await;
        let arguments = ["connect", kind.name(), "--name", "Cellar", "--url", &cellar.url];
        let connected = cellar.done(&house, &arguments).await;
        let (name, version) = match kind {
            ConnectionKind::Plex => ("Attic".to_owned(), cellar.plex.settings().version),
            ConnectionKind::Tautulli => ("Attic".to_owned(), "2.17.2".to_owned()),
            _ => (
                cellar.other.settings().server_name,
                connected["version"].as_str().unwrap().to_owned(),
            ),
        };
        assert!(version.contains('.'), "{connected}");
        assert_eq!(
            connected,
            json!({"name": "Cellar", "kind": kind.name(), "serverName": name, "version": version})
        );
        let said = answer_of(cellar.command(&house, &arguments)).await;
        assert_eq!(
            said.stdout.trim(),
            format!("Connected to {name} ({} {version}).", kind.title())
        );
        let connections = cellar.done(&house, &["connections"]).await;
        assert_eq!(
            (
                &connections[0]["kind"],
                &connections[0]["health"],
                &connections[0]["version"]
            ),
            (&json!(kind.name()), &json!("ok"), &json!(version)),
            "{connections:#}"
        );
        let writes = cellar.log().writes();
        assert_eq!(writes, [], "only GET");
    }
}

#[tokio::test]
async fn a_wrong_key_is_told_from_a_wrong_kind_and_nothing_is_kept() {
    let house = House::new().await;
    let mut cellars = Vec::new();
    for kind in MEDIA_SERVERS {
        cellars.push(Cellar::new(kind).await);
    }
    for cellar in &cellars {
        let kind = cellar.kind.name();
        let mut wrong_key = house.command(&["connect", kind, "--name", "Cellar", "--url", &cellar.url, "--json"]);
        wrong_key.env("CLIFFHANGARR_SECRET_CELLAR", "0123456789abcdef0123456789abcdef");
        let answered = answer_of(wrong_key).await;
        let code = answered.error().0;
        assert!(
            answered.code == 1 && (code == "unauthorized" || code == "forbidden"),
            "{kind}: {answered:?}"
        );

        let strangers = cellars.iter().filter(|stranger| stranger.kind != cellar.kind);
        let strangers = strangers.map(|stranger| (stranger.kind.name(), stranger.url.as_str()));
        for (stranger, url) in strangers.chain([("sonarr", house.sonarr_url.as_str())]) {
            let answered = cellar
                .json(&house, &["connect", kind, "--name", "Cellar", "--url", url])
                .await;
            assert_eq!(
                (answered.code, answered.error().0.as_str()),
                (1, "notThisKindOfServer"),
                "{kind} at a {stranger}: {answered:?}"
            );
        }
        let answered = house
            .json(&["connect", "sonarr", "--name", "Sonarr", "--url", &cellar.url])
            .await;
        assert_eq!(answered.code, 1, "sonarr at a {kind}: {answered:?}");
        assert!(!answered.error().1.is_empty());
    }
    assert_eq!(house.done(&["connections"]).await, json!([]));
}

#[tokio::test]
async fn a_name_and_the_env_store_work_for_every_kind_as_for_plex() {
    let house = House::new().await;
    for kind in MEDIA_SERVERS {
        let cellar = Cellar::new(kind).await;
        let unverified = [
            "connect",
            kind.name(),
            "--name",
            "Cellar",
            "--url",
            "http://127.0.0.1:1",
            "--no-verify",
        ];
        cellar.done(&house, &unverified).await;
        let connections = cellar.json(&house, &["connections"]).await;
        assert_eq!(
            (connections.code, &connections.document()[0]["health"]),
            (1, &json!("unreachable")),
            "{connections:?}"
        );
        let keyless = house.json(&["connections"]).await;
        assert_eq!(keyless.document()[0]["health"], "unauthorized", "{keyless:?}");
        cellar.done(&house, &["disconnect", "Cellar"]).await;
    }
    assert_eq!(house.done(&["connections"]).await, json!([]));
}

#[tokio::test]
async fn a_session_on_every_kind_brings_the_search() {
    for kind in MEDIA_SERVERS {
        let cellar = Cellar::new(kind).await;
        let house = cellar.house().await;
        let series = harbour_lights(&house);
        cellar.bob_plays(8);
        let check = cellar.done(&house, &["check"]).await;
        assert_eq!(
            (
                &check["processedSessions"],
                &check["triggeredSearches"],
                &check["errors"]
            ),
            (&json!(1), &json!(1), &json!([])),
            "{kind:?}: {check:#}"
        );
        let decision = &check["decisions"][0];
        assert_eq!(
            (
                &decision["show"],
                &decision["season"],
                &decision["episode"],
                &decision["viewer"]
            ),
            (&json!("Harbour Lights"), &json!(1), &json!(8), &json!("Bob")),
            "{kind:?}: {check:#}"
        );
        assert_eq!(
            house.searches(),
            [("SeasonSearch".to_owned(), Some(series), Some(2))],
            "{kind:?}"
        );
        assert_eq!(cellar.log().writes(), [], "{kind:?}: only GET");
    }
}

#[tokio::test]
async fn a_server_that_does_not_say_what_is_playing_is_a_failure_and_no_empty_house() {
    for kind in MEDIA_SERVERS {
        let cellar = Cellar::new(kind).await;
        let house = cellar.house().await;
        harbour_lights(&house);
        cellar.bob_plays(8);
        match kind {
            ConnectionKind::Tautulli => cellar.tautulli.configure(|settings| settings.reaches_plex = false),
            _ => cellar.faults().push(FaultRule::new("essions", Fault::Html)),
        }
        let check = cellar.json(&house, &["check"]).await;
        assert_eq!(check.code, 1, "{kind:?}: {check:?}");
        assert_eq!(check.errors().len(), 1, "{kind:?}: {check:?}");
        assert!(check.errors()[0].starts_with("Cellar: "), "{kind:?}: {check:?}");
        assert_eq!(check.document()["processedSessions"], 0, "{kind:?}");
    }
}

#[tokio::test]
async fn what_was_watched_before_is_read_back_from_every_kind() {
    for kind in MEDIA_SERVERS {
        let cellar = Cellar::new(kind).await;
        let house = cellar.house().await;
        harbour_lights(&house);
        cellar.bob_watched(3, 5);
        cellar.bob_watched(4, 3);
        let tvdb = TVDB.to_string();
        let enroll = [
            "enroll",
            "--instance",
            "Sonarr",
            "--tvdb",
            &tvdb,
            "--type",
            "firstSeasonRolling",
        ];
        cellar.done(&house, &enroll).await;
        let shows = cellar.done(&house, &["shows"]).await;
        let viewers: Vec<_> = shows
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| !row["viewer"].is_null())
            .map(|row| {
                (
                    row["viewer"].clone(),
                    row["lastWatchedSeason"].clone(),
                    row["lastWatchedEpisode"].clone(),
                )
            })
            .collect();
        assert_eq!(viewers, [(json!("Bob"), json!(1), json!(4))], "{kind:?}: {shows:#}");
    }
}

#[tokio::test]
async fn a_stream_of_events_brings_the_search_where_there_is_one() {
    for kind in [ConnectionKind::Jellyfin, ConnectionKind::Emby] {
        let cellar = Cellar::new(kind).await;
        let house = cellar.house().await;
        harbour_lights(&house);
        let daemon = Daemon::start(cellar.command(&house, &["run", "--log-level", "debug"]));
        daemon.says("Found 0 active sessions").await;
        daemon.says("the event stream is open").await;
        cellar.bob_plays(8);
        let in_time = eventually(Duration::from_secs(60), || !house.searches().is_empty()).await;
        assert!(in_time, "{kind:?}: {}", daemon.said());
        let (code, said, _) = daemon.terminate().await;
        assert_eq!(code, 0, "{said}");
    }
}

#[tokio::test]
async fn the_key_in_tautullis_addresses_is_in_no_log_no_error_and_no_file() {
    let cellar = Cellar::new(ConnectionKind::Tautulli).await;
    let house = cellar.house().await;
    harbour_lights(&house);
    let mut said = String::new();
    let echo = format!("GET {}/api/v2?apikey={}&cmd=get_activity", cellar.url, cellar.key);
    let envelope = json!({"response": {"result": "error", "message": echo, "data": {}}}).to_string();
    let answers = [
        Fault::json(500, envelope.clone()),
        Fault::json(200, envelope),
        Fault::json(200, echo.clone()),
        Fault::Status {
            code: 502,
            content_type: "text/plain".to_owned(),
            body: echo,
        },
        Fault::Drop,
        Fault::Truncate(10),
    ];
    for fault in answers {
        cellar.faults().push(FaultRule::new("/api/v2", fault));
        for arguments in [&["check", "--json"][..], &["connections"], &["journal"]] {
            let answered = answer_of(cellar.command(&house, &[arguments, &["--log-level", "trace"]].concat())).await;
            said.push_str(&format!("{}{}", answered.stdout, answered.stderr));
        }
        cellar.faults().clear();
    }
    cellar.bob_plays(8);
    let daemon = Daemon::start(cellar.command(&house, &["run", "--log-level", "trace"]));
    let searched = eventually(Duration::from_secs(60), || !house.searches().is_empty()).await;
    assert!(searched, "{}", daemon.said());
    let (_, logged, _) = daemon.terminate().await;
    said.push_str(&logged);
    assert!(said.contains("[redacted]") && said.contains("DEBUG"), "{said}");
    assert!(!said.contains(&cellar.key), "{said}");
    assert_nowhere(&house, &[&cellar.key]);
    assert!(
        cellar
            .log()
            .requests()
            .iter()
            .any(|request| request.target.contains("apikey=***"))
    );
}
