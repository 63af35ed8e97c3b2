//! Root folders of which some space shall stay free.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The free space that shall be left in a root folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "StorageFloor", export_to = "wire.ts")]
pub struct StorageFloorDto {
    /// Id of the Sonarr's connection.
    pub instance: i64,
    /// The root folder as Sonarr has it.
    pub root_folder: String,
    /// It is short of space when fewer bytes are free.
    pub begins_below: i64,
    /// It is short no longer when at least as many bytes are free.
    pub ends_at: i64,
}

/// A root folder of a Sonarr.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct RootFolder {
    /// Id of the Sonarr's connection.
    pub instance: i64,
    /// The path as Sonarr has it.
    pub path: String,
    /// Free bytes; `None` where Sonarr does not say.
    pub free: Option<i64>,
    /// What shall be left; `None` where nothing is asked of it.
    pub floor: Option<StorageFloorDto>,
    /// Whether it is short of space by that.
    pub short: bool,
}

/// The root folders of all Sonarrs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(transparent)]
#[ts(export_to = "wire.ts")]
pub struct RootFolders(pub Vec<RootFolder>);
