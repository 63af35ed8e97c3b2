//! Commands about the free space that shall be left in root folders.

use crate::answer::Answer;
use crate::commands::read_file;
use crate::failure::Failure;
use crate::instances::Instances;
use domain::pressure::Pressure;
use engine::{Engine, StorageFloor, StorageState};
use serde_json::{Value, json};
use std::path::Path;

/// The floors, and how their folders are.
pub(crate) async fn show(engine: &Engine) -> Result<Answer, Failure> {
    let instances = Instances::of(engine).await;
    let states = engine.storage().await?;
    let mut lines: Vec<String> = states.iter().map(|state| line(state, &instances)).collect();
    if lines.is_empty() {
        lines.push("No root folder has a floor.".to_owned());
    }
    let document = states.iter().map(|state| {
        let mut object = json!(state.floor);
        object["instance"] = instances.name(state.floor.instance.0).into();
        object["free"] = state.free.into();
        object["short"] = (state.pressure == Pressure::Low).into();
        object
    });
    Ok(Answer::new(document.collect(), lines))
}

/// Replaces the floors.
pub(crate) async fn import(engine: &Engine, file: &Path) -> Result<Answer, Failure> {
    let wrong = |error: serde_json::Error| Failure::usage(format!("{} holds no floors: {error}", file.display()));
    let mut document: Value = serde_json::from_str(&read_file(file)?).map_err(wrong)?;
    Instances::of(engine).await.number_in(&mut document)?;
    let floors: Vec<StorageFloor> = serde_json::from_value(document).map_err(wrong)?;
    engine.set_storage_floors(&floors).await?;
    show(engine).await
}

fn line(state: &StorageState, instances: &Instances) -> String {
    let floor = &state.floor.floor;
    let free = state
        .free
        .map_or_else(|| "unknown".to_owned(), |bytes| format!("{bytes} bytes"));
    let short = if state.pressure == Pressure::Low {
        ", short of space"
    } else {
        ""
    };
    format!(
        "{:<12} {:<24} free: {free}; short below {} bytes until {} bytes{short}",
        instances.name(state.floor.instance.0),
        floor.root_folder,
        floor.begins_below,
        floor.ends_at
    )
}
