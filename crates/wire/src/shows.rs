use domain::monitoring::MonitoringType;
use domain::series::Series;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How a rolling show starts and grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "MonitoringType", export_to = "wire.ts")]
pub enum MonitoringTypeDto {
    /// Starts with S01E01.
    PilotRolling,
    /// Starts with season 1.
    FirstSeasonRolling,
    /// Starts with every season's first episode.
    AllSeasonPilotRolling,
}

impl From<MonitoringType> for MonitoringTypeDto {
    fn from(monitoring_type: MonitoringType) -> Self {
        match monitoring_type {
            MonitoringType::PilotRolling => Self::PilotRolling,
            MonitoringType::FirstSeasonRolling => Self::FirstSeasonRolling,
            MonitoringType::AllSeasonPilotRolling => Self::AllSeasonPilotRolling,
        }
    }
}

impl From<MonitoringTypeDto> for MonitoringType {
    fn from(monitoring_type: MonitoringTypeDto) -> Self {
        match monitoring_type {
            MonitoringTypeDto::PilotRolling => Self::PilotRolling,
            MonitoringTypeDto::FirstSeasonRolling => Self::FirstSeasonRolling,
            MonitoringTypeDto::AllSeasonPilotRolling => Self::AllSeasonPilotRolling,
        }
    }
}

/// A master record or a viewer's tracking entry.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct ShowRow {
    /// The row's own id; master records and tracking entries are numbered apart.
    pub id: i64,
    /// Id of the master record the row belongs to; equals `id` on master records.
    pub master_id: i64,
    /// Title.
    pub title: String,
    /// Name of the instance.
    pub instance: String,
    /// The series' id there.
    pub sonarr_series_id: i64,
    /// TheTVDB id.
    pub tvdb_id: Option<i64>,
    /// How it rolls.
    pub monitoring_type: MonitoringTypeDto,
    /// The viewer's name; `None` on master records.
    pub viewer: Option<String>,
    /// Identity of the viewer over changes of the name; `None` on master records.
    pub viewer_key: Option<String>,
    /// Highest season that was expanded.
    pub current_monitored_season: i32,
    /// Season last watched; `None` before the first time.
    pub last_watched_season: Option<i32>,
    /// Episode last watched; `None` before the first time.
    pub last_watched_episode: Option<i32>,
    /// When anything about the row last changed by watching, enrolling or resetting.
    pub last_updated_at: Timestamp,
    /// Whether nobody has watched for so long that a reset is due.
    pub inactive: bool,
    /// "Keep" on the whole show (master records).
    pub keep_show: bool,
    /// "Keep" on single seasons (master records).
    pub keep_seasons: Vec<i32>,
}

/// Master records and tracking entries, each master before its entries.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[serde(transparent)]
#[ts(export_to = "wire.ts")]
pub struct ShowRows(pub Vec<ShowRow>);

/// A series that can be enrolled.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct LibrarySeries {
    /// Its id in the instance.
    pub series: i64,
    /// Title.
    pub title: String,
    /// Year of the start.
    pub year: Option<i32>,
    /// TheTVDB id.
    pub tvdb_id: Option<i64>,
    /// Sonarr's word: continuing, ended, upcoming, deleted.
    pub status: String,
    /// Whether Sonarr monitors it.
    pub monitored: bool,
    /// How many seasons it has, specials not counted.
    pub seasons: u32,
    /// How it rolls already; `None` when it is not enrolled.
    pub enrolled: Option<MonitoringTypeDto>,
}

impl LibrarySeries {
    /// Describes a series of an instance.
    pub fn new(series: &Series, enrolled: Option<MonitoringType>) -> Self {
        Self {
            series: series.key.series.0,
            title: series.title.clone(),
            year: series.year,
            tvdb_id: series.tvdb.map(|id| id.0),
            status: series.status.clone(),
            monitored: series.monitored,
            seasons: crate::actions::count(series.seasons.keys().filter(|season| **season > 0).count()),
            enrolled: enrolled.map(Into::into),
        }
    }
}

/// The series of one instance, by title.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[serde(transparent)]
#[ts(export_to = "wire.ts")]
pub struct Library(pub Vec<LibrarySeries>);
