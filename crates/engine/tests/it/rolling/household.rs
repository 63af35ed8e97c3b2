//! Random households over months: whatever happens, nothing is deleted that somebody needs, nothing is searched twice in a
//! week, and nothing stays owed without end.
//!
//! The number of cases is in `CLIFFHANGARR_CASES`.

mod script;
mod world;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use script::{Script, script};
use world::World;

/// So few that they can be run every time.
const CASES: u32 = 10;

fn cases() -> u32 {
    let asked = std::env::var("CLIFFHANGARR_CASES").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(CASES)
}

fn play(script: &Script) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut world = World::new(script).await;
        for event in &script.events {
            world = world.live(event).await;
        }
        world.come_to_rest().await
    })
}

#[test]
fn nothing_that_is_needed_is_deleted_and_nothing_is_lost_or_done_twice() {
    let config = Config {
        cases: cases(),
        max_shrink_iters: 200,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &seed()),
    );
    let result = runner.run(&script(), |script| {
        play(&script);
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

/// The same cases every time, unless another seed is asked for.
fn seed() -> [u8; 32] {
    let asked = std::env::var("CLIFFHANGARR_SEED")
        .ok()
        .and_then(|text| text.parse::<u8>().ok());
    [asked.unwrap_or(7); 32]
}

#[test]
fn the_same_story_ends_the_same() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..2 {
        let script = script().new_tree(&mut runner).unwrap().current();
        assert_eq!(play(&script), play(&script), "{script:#?}");
    }
}
