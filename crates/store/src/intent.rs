//! Intents: decisions whose actions are owed, step by step, over crashes and failures.
//!
//! An intent is written together with its journal row before its first action is sent, and its steps are noted before and
//! after they are; all of this is on the disk before the next request leaves, so that a loss of power undoes none of it. Steps are the positions of the
//! decision's actions. A step that was started and not finished may or may not have reached Sonarr: whoever takes it up
//! again looks first.

mod life;

use crate::journal::{self, NewJournalEntry, read_origin, to_json};
use crate::time::{from_ms, from_ms_opt, to_ms};
use crate::{Origin, Outcome, Store, StoreError};
use domain::ids::{InstanceId, SeriesId, SeriesKey};
use domain::plan::Decision;
use jiff::{SignedDuration, Timestamp};
use tracing::warn;

/// Work that is, or was, owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Row id.
    pub id: i64,
    /// Intents that were made, and are confirmed, together; the id of the first of them.
    pub batch: i64,
    /// The series it works on.
    pub series: SeriesKey,
    /// What led to it.
    pub origin: Origin,
    /// The decision it carries out.
    pub decision: Decision,
    /// Position of the action that comes next.
    pub next_step: u32,
    /// When that action was started; `None` when it was not.
    pub step_started_at: Option<Timestamp>,
    /// How it stands.
    pub state: IntentState,
    /// How often the next step failed.
    pub attempts: u32,
    /// Not before.
    pub due_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the user confirmed it; `None` where nobody was asked, or has answered yet.
    pub confirmed_at: Option<Timestamp>,
    /// The last failure, as a sentence.
    pub last_error: Option<String>,
    /// Its journal row, while that is kept.
    pub journal: Option<i64>,
}

impl Intent {
    /// Since when it may be carried out: since it was made or, where the user was asked, since the answer.
    pub fn wanted_since(&self) -> Timestamp {
        self.confirmed_at.unwrap_or(self.created_at)
    }

    /// Whether its time has come.
    pub fn is_due(&self, now: Timestamp) -> bool {
        is_due(self.due_at, now)
    }
}

/// No pause is as long as this: a due time further ahead comes from a clock that was set back since.
pub(crate) const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(24);

fn is_due(due_at: Timestamp, now: Timestamp) -> bool {
    due_at <= now || due_at.duration_since(now) > LONGEST_PAUSE
}

/// How an intent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IntentState {
    /// To be carried out when due.
    Open,
    /// To be carried out once the user has confirmed.
    WaitingConfirmation,
    /// All its actions are done.
    Done,
    /// No longer wanted, or given up.
    Moot,
}

impl IntentState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Open, Self::WaitingConfirmation, Self::Done, Self::Moot];

    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::WaitingConfirmation => "waitingConfirmation",
            Self::Done => "done",
            Self::Moot => "moot",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// An intent to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewIntent<'a> {
    /// The series it works on.
    pub series: SeriesKey,
    /// What led to it.
    pub origin: Origin,
    /// What is to be carried out.
    pub decision: &'a Decision,
    /// Whether the user has to confirm first.
    pub needs_confirmation: bool,
    /// What it is about, for the journal; see [`NewJournalEntry::subject_key`].
    pub subject_key: Option<&'a str>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    batch: i64,
    instance: i64,
    series: i64,
    origin: String,
    decision: String,
    next_step: u32,
    step_started_at: Option<i64>,
    state: String,
    attempts: u32,
    due_at: i64,
    created_at: i64,
    confirmed_at: Option<i64>,
    last_error: Option<String>,
    journal: Option<i64>,
}

/// `None` for a row that another version wrote and this one does not understand: it must not hold up the others.
fn read(row: Row) -> Result<Option<Intent>, StoreError> {
    let decision = match serde_json::from_str(&row.decision) {
        Ok(decision) => decision,
        Err(error) => {
            warn!(id = row.id, %error, "an intent cannot be understood");
            return Ok(None);
        }
    };
    Ok(Some(Intent {
        id: row.id,
        batch: row.batch,
        series: SeriesKey {
            instance: InstanceId(row.instance),
            series: SeriesId(row.series),
        },
        origin: read_origin(&row.origin)?,
        decision,
        next_step: row.next_step,
        step_started_at: from_ms_opt(row.step_started_at)?,
        state: IntentState::from_name(&row.state)
            .ok_or_else(|| StoreError::Corrupt(format!("{} is no state of an intent", row.state)))?,
        attempts: row.attempts,
        due_at: from_ms(row.due_at)?,
        created_at: from_ms(row.created_at)?,
        confirmed_at: from_ms_opt(row.confirmed_at)?,
        last_error: row.last_error,
        journal: row.journal,
    }))
}

fn read_all(rows: Vec<Row>) -> Result<Vec<Intent>, StoreError> {
    rows.into_iter().filter_map(|row| read(row).transpose()).collect()
}

impl Store {
    /// Makes an intent that is due at once, together with its journal row.
    pub async fn create_intent(&self, intent: NewIntent<'_>, now: Timestamp) -> Result<Intent, StoreError> {
        let mut made = self.create_intents(&[intent], now).await?;
        made.pop()
            .ok_or_else(|| StoreError::Other("the new intent is not there".to_owned()))
    }

    /// Makes intents that belong together, with their journal rows, all or none.
    pub async fn create_intents(&self, intents: &[NewIntent<'_>], now: Timestamp) -> Result<Vec<Intent>, StoreError> {
        let mut transaction = self.write_through().await?;
        let mut batch: Option<i64> = None;
        let mut made = Vec::with_capacity(intents.len());
        for intent in intents {
            let (state, outcome) = if intent.needs_confirmation {
                (IntentState::WaitingConfirmation, Outcome::Waiting)
            } else {
                (IntentState::Open, Outcome::Planned)
            };
            let entry = NewJournalEntry {
                at: now,
                origin: intent.origin,
                outcome,
                note: None,
                subject_key: intent.subject_key,
                decision: intent.decision,
            };
            let journal = journal::insert(&mut transaction, entry).await?;
            let mut row: Row = sqlx::query_as(
                "INSERT INTO intent (batch, instance, series, origin, decision, state, due_at, created_at, journal)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
            )
            .bind(batch.unwrap_or(0))
            .bind(intent.series.instance.0)
            .bind(intent.series.series.0)
            .bind(intent.origin.name())
            .bind(to_json(intent.decision)?)
            .bind(state.name())
            .bind(to_ms(now))
            .bind(to_ms(now))
            .bind(journal)
            .fetch_one(&mut *transaction)
            .await?;
            sqlx::query("UPDATE journal SET intent = ? WHERE id = ?")
                .bind(row.id)
                .bind(journal)
                .execute(&mut *transaction)
                .await?;
            if batch.is_none() {
                batch = Some(row.id);
                row.batch = row.id;
                sqlx::query("UPDATE intent SET batch = id WHERE id = ?")
                    .bind(row.id)
                    .execute(&mut *transaction)
                    .await?;
            }
            made.extend(read(row)?);
        }
        transaction.commit().await?;
        Ok(made)
    }

    /// The intent of an id.
    pub async fn intent(&self, id: i64) -> Result<Option<Intent>, StoreError> {
        let row: Option<Row> = sqlx::query_as("SELECT * FROM intent WHERE id = ?")
            .bind(id)
            .fetch_optional(self.readers())
            .await?;
        row.map_or(Ok(None), read)
    }

    /// The open intents that are due, the longest due first.
    pub async fn due_intents(&self, now: Timestamp) -> Result<Vec<Intent>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT * FROM intent WHERE state = 'open' AND (due_at <= ? OR due_at > ?) ORDER BY due_at, id",
        )
        .bind(to_ms(now))
        .bind(to_ms(now.saturating_add(LONGEST_PAUSE).unwrap_or(Timestamp::MAX)))
        .fetch_all(self.readers())
        .await?;
        read_all(rows)
    }

    /// The intents of a series that are open or wait for a confirmation, oldest first.
    pub async fn open_intents_for(&self, series: SeriesKey) -> Result<Vec<Intent>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT * FROM intent WHERE state IN ('open', 'waitingConfirmation') AND instance = ? AND series = ?
             ORDER BY id",
        )
        .bind(series.instance.0)
        .bind(series.series.0)
        .fetch_all(self.readers())
        .await?;
        read_all(rows)
    }

    /// The intents of a series that were dropped since a time in the middle of a step, oldest first.
    pub async fn broken_off_since(&self, series: SeriesKey, since: Timestamp) -> Result<Vec<Intent>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT * FROM intent WHERE state = 'moot' AND instance = ? AND series = ? AND closed_at >= ?
             AND step_started_at IS NOT NULL ORDER BY id",
        )
        .bind(series.instance.0)
        .bind(series.series.0)
        .bind(to_ms(since))
        .fetch_all(self.readers())
        .await?;
        read_all(rows)
    }

    /// All intents that are open or wait for a confirmation, oldest first.
    pub async fn all_open_intents(&self) -> Result<Vec<Intent>, StoreError> {
        let rows = sqlx::query_as("SELECT * FROM intent WHERE state IN ('open', 'waitingConfirmation') ORDER BY id")
            .fetch_all(self.readers())
            .await?;
        read_all(rows)
    }

    /// The intents of a batch, whatever their state, oldest first.
    pub async fn intents_of_batch(&self, batch: i64) -> Result<Vec<Intent>, StoreError> {
        let rows = sqlx::query_as("SELECT * FROM intent WHERE batch = ? ORDER BY id")
            .bind(batch)
            .fetch_all(self.readers())
            .await?;
        read_all(rows)
    }
}
