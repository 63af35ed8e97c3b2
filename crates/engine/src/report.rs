//! What the engine tells whoever asks: the views of plans and of what is stored.

use domain::ids::ViewerKey;
use domain::monitoring::MonitoringType;
use domain::plan::Decision;
use domain::settings::Settings;
use jiff::Timestamp;

/// Something that failed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The connection's name, or a part of the product.
    pub source: String,
    /// A sentence.
    pub message: String,
}

/// What a monitoring cycle came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Sessions that were looked at.
    pub processed_sessions: u32,
    /// Searches that were sent, or would be in a dry run.
    pub triggered_searches: u32,
    /// What failed.
    pub errors: Vec<Failure>,
    /// At least one for each session.
    pub decisions: Vec<Decision>,
}

impl CheckReport {
    /// Adds another server's part.
    pub fn absorb(&mut self, other: Self) {
        self.processed_sessions += other.processed_sessions;
        self.triggered_searches += other.triggered_searches;
        self.errors.extend(other.errors);
        self.decisions.extend(other.decisions);
    }
}

/// A master record or a tracking entry, as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShowRow {
    /// Of master records the rolling show's id, of tracking entries their own.
    pub id: i64,
    /// The master record's id.
    pub master_id: i64,
    /// Title.
    pub title: String,
    /// Name of the instance.
    pub instance: String,
    /// Sonarr's id.
    pub sonarr_series_id: i64,
    /// TheTVDB id.
    pub tvdb_id: Option<i64>,
    /// How it rolls.
    pub monitoring_type: MonitoringType,
    /// Name of the viewer; `None` on master records.
    pub viewer: Option<String>,
    /// The viewer; `None` on master records.
    pub viewer_key: Option<ViewerKey>,
    /// Highest season an expansion reached.
    pub current_monitored_season: i32,
    /// Season last watched; 0 before anything was.
    pub last_watched_season: i32,
    /// Episode last watched; 0 before anything was.
    pub last_watched_episode: i32,
    /// When anything of it last changed.
    pub last_updated_at: Timestamp,
    /// Whether the automatic reset would take it for inactive.
    pub inactive: bool,
    /// "Keep" on the show.
    pub keep_show: bool,
    /// "Keep" on seasons.
    pub keep_seasons: Vec<i32>,
}

/// A reset that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetRow {
    /// The rolling show.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Files that went.
    pub files_deleted: u64,
    /// Their bytes.
    pub bytes_freed: i64,
}

/// A show that was left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftAlone {
    /// The rolling show.
    pub id: Option<i64>,
    /// Its title.
    pub title: String,
    /// Why.
    pub reason: String,
}

/// What a pass of resets came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResetReport {
    /// Carried out, or planned in a dry run.
    pub reset: Vec<ResetRow>,
    /// Left alone.
    pub skipped: Vec<LeftAlone>,
    /// What failed; it is owed.
    pub errors: Vec<Failure>,
}

/// What became of several shows at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Title and sentence of each that worked.
    pub done: Vec<(String, String)>,
    /// What failed.
    pub errors: Vec<Failure>,
}

/// The settings, and who holds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsView {
    /// In force.
    pub settings: Settings,
    /// JSON names of those that the environment holds.
    pub held_by_environment: Vec<String>,
    /// Sentences about values that could not be used.
    pub warnings: Vec<String>,
}
