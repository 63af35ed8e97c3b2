//! The same story with every version and way of writing that is about.

use crate::home::Home;
use crate::stage::{monitored, searched};
use domain::state::ConnectionKind;
use remote::RouterTransport;
use simulators::plex::JsonTyping;
use simulators::sonarr::{SonarrSim, UiAuth};
use std::sync::Arc;

async fn ends_well(home: &Home, series: i64, story: &str) {
    let report = home.check().await;
    assert_eq!(report.errors, [], "{story}");
    assert_eq!(report.triggered_searches, 1, "{story}");
    assert_eq!(home.searched(), ["Harbour Lights S02"], "{story}");
    assert_eq!(monitored(home.sonarr(), series, 2).len(), 8, "{story}");
    assert_eq!(home.check().await.triggered_searches, 0, "{story}");
}

#[tokio::test]
async fn every_sonarr_version() {
    for version in ["3.0.10.1567", "4.0.0.748", "4.0.9.2244", "4.0.19.2979", "5.0.0.1"] {
        let home = Home::staged().await;
        home.sonarr().set_version(version.parse().unwrap());
        let (show, series) = home.harbour();
        home.owner_nears_the_end(show);
        ends_well(&home, series, version).await;
    }
}

#[tokio::test]
async fn every_sonarr_version_monitors_what_is_new() {
    for version in ["3.0.10.1567", "4.0.0.748", "4.0.19.2979", "5.0.0.1"] {
        let home = Home::staged().await;
        home.sonarr().set_version(version.parse().unwrap());
        let show = home.harbour_in_plex();
        let series = home.sonarr().add_series(
            simulators::sonarr::SeriesSpec::new("Harbour Lights", crate::stage::HARBOUR)
                .season_with_files(1, 10)
                .monitored(false),
        );
        home.owner_nears_the_end(show);
        assert_eq!(home.check().await.errors, [], "{version}");
        assert!(home.sonarr().series(series).unwrap().monitored, "{version}");
    }
}

#[tokio::test]
async fn every_way_plex_writes_json() {
    for typing in [JsonTyping::Strings2022, JsonTyping::Mixed2024, JsonTyping::Integers] {
        let home = Home::staged().await;
        home.plex.configure(|settings| {
            settings.typing = typing;
            settings.oddities = true;
            settings.chunked = true;
        });
        let (show, series) = home.harbour();
        home.owner_nears_the_end(show);
        ends_well(&home, series, &format!("{typing:?}")).await;
    }
}

#[tokio::test]
async fn episodes_in_any_order_and_keys_that_nobody_knows() {
    let home = Home::staged().await;
    home.sonarr().shuffle_episodes(true);
    home.sonarr().add_unknown_keys(true);
    let (show, series) = home.harbour();
    home.owner_nears_the_end(show);
    ends_well(&home, series, "shuffled").await;
}

#[tokio::test]
async fn behind_a_reverse_proxy_with_paths() {
    for slash in ["", "/"] {
        let home = Home::staged().await;
        home.plex.configure(|settings| settings.base_path = "/plex".to_owned());
        let sonarr = SonarrSim::new(home.clock.clone());
        sonarr.set_url_base("/sonarr");
        sonarr.set_ui_auth(UiAuth::Basic);
        sonarr.add_series(crate::stage::harbour_lights());
        home.network
            .put("proxy.test", Arc::new(RouterTransport::new(sonarr.router())));
        home.connect(
            ConnectionKind::Plex,
            "Attic",
            &format!("http://plex.test:32400/plex{slash}"),
            &home.plex.token(),
        )
        .await;
        home.engine.disconnect("Sonarr").await.unwrap();
        home.connect(
            ConnectionKind::Sonarr,
            "Proxied",
            &format!("http://proxy.test/sonarr{slash}"),
            &sonarr.api_key(),
        )
        .await;
        let show = home.harbour_in_plex();
        home.owner_nears_the_end(show);

        let report = home.check().await;

        assert_eq!(
            (report.errors.as_slice(), report.triggered_searches),
            ([].as_slice(), 1)
        );
        assert_eq!(searched(&sonarr), ["Harbour Lights S02"]);
    }
}
