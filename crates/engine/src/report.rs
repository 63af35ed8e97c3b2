//! What the engine tells whoever asks: the views of plans and of what is stored.

use domain::ids::ViewerKey;
use domain::monitoring::MonitoringType;
use domain::pace::Forecast;
use domain::plan::{Decision, Reason};
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
    /// At least one for each session, and one for whatever else was due.
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
    /// The decisions that were carried out or tried, or would be in a dry run.
    pub decisions: Vec<Decision>,
}

impl ResetReport {
    /// Adds another run's part.
    pub fn absorb(&mut self, other: Self) {
        self.reset.extend(other.reset);
        self.skipped.extend(other.skipped);
        self.errors.extend(other.errors);
        self.decisions.extend(other.decisions);
    }
}

/// What becomes of rolling shows if nobody watches anything more and nothing else changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outlook {
    /// Sentences about what concerns all of it, such as monitoring that is switched off.
    pub notes: Vec<String>,
    /// First what is not known, waits for the user or is under way; then what goes, by its time; then what is kept. Seasons
    /// that go or stay with their show follow its row.
    pub rows: Vec<OutlookRow>,
    /// Shows that are at their baseline, and so are left out.
    pub at_baseline: usize,
}

/// What becomes of a show, or of one of its seasons.
#[derive(Debug, Clone, PartialEq)]
pub struct OutlookRow {
    /// The master record; `None` where it is about all shows of a Sonarr that does not answer.
    pub show: Option<i64>,
    /// Title of the show, or the Sonarr's name.
    pub title: String,
    /// Name of the Sonarr.
    pub instance: String,
    /// The season; `None` for the whole show.
    pub season: Option<i32>,
    /// How it stands.
    pub standing: Standing,
    /// When it goes; `None` where it does not, or waits.
    pub at: Option<Timestamp>,
    /// Why it is kept or waits, as a code.
    pub reason: Option<Reason>,
    /// For people: "Season 2 on 3 December: Alice watched S02E10 on 26 November".
    pub sentence: String,
    /// How many files go with it, now or then.
    pub files: u64,
    /// Size of those files in bytes.
    pub bytes: i64,
    /// When any viewer last watched something of it; `None` where nobody is known to have.
    pub last_viewed: Option<Timestamp>,
    /// A season about which its show decides: it goes and stays with it.
    pub with_show: bool,
    /// Whether the show is marked "keep".
    pub keep_show: bool,
    /// Whether the season is marked "keep".
    pub keep_season: bool,
    /// Whether the user is asked before it goes.
    pub asked_first: bool,
    /// What the user has to confirm or dismiss.
    pub confirmation: Option<i64>,
    /// Of a show: when its viewers run out of episodes, in words.
    pub viewers: Vec<String>,
}

/// How something stands that may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its Sonarr did not tell.
    Unknown,
    /// It waits for the user's word.
    Waiting,
    /// It is being done, or tried again.
    UnderWay,
    /// It goes now.
    Free,
    /// It goes at a time.
    FreeAt,
    /// It stays as things are. With a time, it goes then if nobody goes on watching, or with its show.
    Kept,
}

impl Standing {
    /// The word in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Waiting => "waiting",
            Self::UnderWay => "underWay",
            Self::Free => "free",
            Self::FreeAt => "freeAt",
            Self::Kept => "kept",
        }
    }
}

/// A viewer's rhythm in a show, and where it leads.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewerForecast {
    /// Name of the viewer.
    pub viewer: String,
    /// The viewer.
    pub viewer_key: ViewerKey,
    /// The rhythm in words; `None` where there are too few viewings to tell.
    pub pace: Option<String>,
    /// When the viewer runs out, in words; `None` where it cannot be told.
    pub sentence: Option<String>,
    /// The same in numbers.
    pub forecast: Option<Forecast>,
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
