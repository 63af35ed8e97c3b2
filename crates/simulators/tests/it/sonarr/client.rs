use crate::python;
use cliffhangarr_simulators::clock::SimClock;
use cliffhangarr_simulators::sonarr::{SeasonSpec, SeriesSpec, SonarrSim, Timing};
use jiff::SignedDuration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pyarr_gets_along_with_it() {
    let sim = SonarrSim::new(SimClock::system());
    sim.set_timing(Timing {
        download: SignedDuration::from_hours(1),
        ..Timing::INSTANT
    });
    let season = SeasonSpec::new(1, 3).file_over(1..=2).files([3]);
    sim.add_series(
        SeriesSpec::new("Tidewrack", 880_001)
            .imdb("tt9999999")
            .tag("keep")
            .with(season)
            .season(2, 4),
    );
    sim.announce(SeriesSpec::new("Saltmarsh", 880_002).season(1, 2));
    let running = sim.serve().await.unwrap();
    python::run("sonarr_pyarr.py", &[&running.url, &sim.api_key()]).await;
    assert_eq!(sim.series_by_tvdb(880_001), None, "the script removed it at last");
    assert_eq!(sim.searches().len(), 1);
}
