use crate::connection::{ConnectionKindDto, ConnectionStateDto};
use crate::journal::ReasonCode;
use domain::state::{
    Activity, AppState, ConnectionKind, CycleSummary, Monitoring, NowPlaying, PendingConfirmation, SecretStoreState,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything the page shows while it asks for nothing; payload of [`crate::STATE_EVENT`].
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "AppState", export_to = "wire.ts")]
pub struct AppStateDto {
    /// Grows with every change; the page drops what is not newer.
    pub revision: u64,
    /// This program's version.
    pub app_version: String,
    /// What the icon says.
    pub activity: ActivityDto,
    /// The status line, one short sentence.
    pub status_line: String,
    /// Whether sessions are watched.
    pub monitoring: MonitoringDto,
    /// The kinds of connections that can be added.
    pub kinds: Vec<ConnectionKindDto>,
    /// Every connection, media servers first.
    pub connections: Vec<ConnectionStateDto>,
    /// What is playing.
    pub now_playing: Vec<NowPlayingDto>,
    /// The place where secrets are kept.
    pub secrets: SecretStoreDto,
    /// Deletions that wait for the user's word.
    pub confirmations: Vec<PendingConfirmationDto>,
    /// Conditions the user should know of, most urgent first.
    pub warnings: Vec<WarningDto>,
    /// The end of the last cycle.
    pub last_cycle: Option<CycleSummaryDto>,
    /// Grows whenever the journal got a row.
    pub journal_revision: u64,
    /// Grows whenever a rolling show or tracking entry changed.
    pub shows_revision: u64,
}

impl From<&AppState> for AppStateDto {
    fn from(state: &AppState) -> Self {
        Self {
            revision: state.revision,
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            activity: state.activity.into(),
            status_line: state.status_line.clone(),
            monitoring: state.monitoring.into(),
            kinds: ConnectionKind::ALL.iter().map(|kind| (*kind).into()).collect(),
            connections: state.connections.iter().map(Into::into).collect(),
            now_playing: state.now_playing.iter().map(Into::into).collect(),
            secrets: (&state.secrets).into(),
            confirmations: state.confirmations.iter().map(Into::into).collect(),
            warnings: state.warnings.iter().map(Into::into).collect(),
            last_cycle: state.last_cycle.as_ref().map(Into::into),
            journal_revision: state.journal_revision,
            shows_revision: state.shows_revision,
        }
    }
}

/// The page's views, as targets of tray entries and notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub enum View {
    /// What is playing.
    Now,
    /// What was decided and done.
    Journal,
    /// Rolling shows.
    Shows,
    /// Servers.
    Connections,
    /// Settings.
    Settings,
}

impl View {
    /// The fragment of the page's address that opens the view at start ("#journal").
    pub fn fragment(self) -> &'static str {
        match self {
            Self::Now => "#now",
            Self::Journal => "#journal",
            Self::Shows => "#shows",
            Self::Connections => "#connections",
            Self::Settings => "#settings",
        }
    }
}

/// What the icon says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Activity", export_to = "wire.ts")]
pub enum ActivityDto {
    /// Watching, nothing to do.
    Idle,
    /// A cycle or an action is running.
    Working,
    /// Held by the user, or switched off.
    Paused,
    /// Something needs the user.
    Attention,
}

impl From<Activity> for ActivityDto {
    fn from(activity: Activity) -> Self {
        match activity {
            Activity::Idle => Self::Idle,
            Activity::Working => Self::Working,
            Activity::Paused => Self::Paused,
            Activity::Attention => Self::Attention,
        }
    }
}

/// Whether sessions are watched.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(rename = "Monitoring", export_to = "wire.ts")]
pub enum MonitoringDto {
    /// Switched off in the settings.
    Off,
    /// On.
    On,
    /// Held until a time, or until resumed (`None`).
    Paused {
        /// When it goes on by itself.
        until: Option<Timestamp>,
    },
}

impl From<Monitoring> for MonitoringDto {
    fn from(monitoring: Monitoring) -> Self {
        match monitoring {
            Monitoring::Off => Self::Off,
            Monitoring::On => Self::On,
            Monitoring::Paused { until } => Self::Paused { until },
        }
    }
}

/// A playback session as shown.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "NowPlaying", export_to = "wire.ts")]
pub struct NowPlayingDto {
    /// The media server's name.
    pub server: String,
    /// The viewer's name.
    pub viewer_name: String,
    /// Show or item title.
    pub title: String,
    /// "S02E08" for episodes.
    pub position: Option<String>,
    /// Title of the episode.
    pub episode_title: Option<String>,
    /// Player name.
    pub device: Option<String>,
    /// Whether it is held.
    pub paused: bool,
    /// Milliseconds seen.
    pub view_offset_ms: Option<i64>,
    /// Milliseconds in all.
    pub duration_ms: Option<i64>,
    /// What came of it.
    pub verdict: Option<VerdictDto>,
}

impl From<&NowPlaying> for NowPlayingDto {
    fn from(playing: &NowPlaying) -> Self {
        Self {
            server: playing.server.clone(),
            viewer_name: playing.viewer_name.clone(),
            title: playing.title.clone(),
            position: playing.position.clone(),
            episode_title: playing.episode_title.clone(),
            device: playing.device.clone(),
            paused: playing.paused,
            view_offset_ms: playing.view_offset_ms,
            duration_ms: playing.duration_ms,
            verdict: playing.verdict.as_ref().map(|verdict| VerdictDto {
                reason: verdict.reason.into(),
                detail: verdict.detail.clone(),
            }),
        }
    }
}

/// The last decision about a session.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Verdict", export_to = "wire.ts")]
pub struct VerdictDto {
    /// Why.
    pub reason: ReasonCode,
    /// Why, for people.
    pub detail: String,
}

/// Where secrets are kept, and whether that works.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(rename = "SecretStore", export_to = "wire.ts")]
pub enum SecretStoreDto {
    /// Not asked yet.
    Unknown,
    /// Works.
    Ready {
        /// "the system keyring", "environment variables".
        place: String,
    },
    /// Exists but is locked.
    Locked {
        /// What to do.
        advice: String,
    },
    /// Missing or broken.
    Unavailable {
        /// What to do.
        advice: String,
    },
}

impl From<&SecretStoreState> for SecretStoreDto {
    fn from(state: &SecretStoreState) -> Self {
        match state {
            SecretStoreState::Unknown => Self::Unknown,
            SecretStoreState::Ready { place } => Self::Ready { place: place.clone() },
            SecretStoreState::Locked { advice } => Self::Locked { advice: advice.clone() },
            SecretStoreState::Unavailable { advice } => Self::Unavailable { advice: advice.clone() },
        }
    }
}

/// A deletion that is too big to do without asking.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "PendingConfirmation", export_to = "wire.ts")]
pub struct PendingConfirmationDto {
    /// Identity; confirms exactly this set.
    pub id: i64,
    /// What would be done, as a sentence.
    pub summary: String,
    /// How many files.
    pub files: u32,
    /// How many bytes.
    pub bytes: i64,
    /// Titles of the shows concerned.
    pub shows: Vec<String>,
    /// Names of the Sonarrs they are in.
    pub instances: Vec<String>,
    /// Since when it waits.
    pub asked_at: Timestamp,
}

impl From<&PendingConfirmation> for PendingConfirmationDto {
    fn from(pending: &PendingConfirmation) -> Self {
        Self {
            id: pending.id,
            summary: pending.summary.clone(),
            files: pending.files,
            bytes: pending.bytes,
            shows: pending.shows.clone(),
            instances: pending.instances.clone(),
            asked_at: pending.asked_at,
        }
    }
}

/// A condition the user should know of.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Warning", export_to = "wire.ts")]
pub struct WarningDto {
    /// Stable code.
    pub code: String,
    /// What and what to do.
    pub message: String,
}

impl From<&domain::state::Warning> for WarningDto {
    fn from(warning: &domain::state::Warning) -> Self {
        Self {
            code: warning.code.to_owned(),
            message: warning.message.clone(),
        }
    }
}

/// What a monitoring cycle came to.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "CycleSummary", export_to = "wire.ts")]
pub struct CycleSummaryDto {
    /// When it ended.
    pub at: Timestamp,
    /// Sessions that were processed.
    pub processed: u32,
    /// Searches that were sent.
    pub triggered: u32,
    /// Things that failed.
    pub errors: u32,
}

impl From<&CycleSummary> for CycleSummaryDto {
    fn from(cycle: &CycleSummary) -> Self {
        Self {
            at: cycle.at,
            processed: cycle.processed,
            triggered: cycle.triggered,
            errors: cycle.errors,
        }
    }
}
