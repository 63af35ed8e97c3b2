//! The journal: what was decided and done, with the reasons.

use crate::time::{from_ms, span_to_ms, to_ms};
use crate::{Store, StoreError};
use domain::ids::SeriesKey;
use domain::plan::Decision;
use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};
use tracing::warn;

/// Rows that are kept.
const KEPT_ROWS: i64 = 20_000;
/// Days for which rows are kept.
const KEPT_DAYS: i64 = 180;

macro_rules! names {
    ($(#[$doc:meta])* $type:ident { $( $(#[$variant_doc:meta])* $variant:ident => $name:literal, )* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $type { $( $(#[$variant_doc])* $variant, )* }

        impl $type {
            /// Every value.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// The word in the database and in documents.
            pub fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )* }
            }

            /// Reads the word.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }
    };
}

names!(
    /// What led to a decision.
    Origin {
        /// A playback session.
        Session => "session",
        /// Something remembered came due.
        Reminder => "reminder",
        /// Periodic work.
        Scheduler => "scheduler",
        /// The user asked for it.
        Manual => "manual",
        /// A setting or a connection was changed.
        Setting => "setting",
        /// Work was taken up again after an interruption.
        Resume => "resume",
    }
);

names!(
    /// What became of a decision.
    Outcome {
        /// Nothing was to be done.
        Nothing => "nothing",
        /// Its actions are about to be done.
        Planned => "planned",
        /// Its actions are done.
        Done => "done",
        /// Something failed and will be tried again.
        Owed => "owed",
        /// Something failed for good.
        Failed => "failed",
        /// Only planned: dry run.
        DryRun => "dryRun",
        /// Waits for the user's confirmation.
        Waiting => "waiting",
    }
);

/// A row of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// Row id; grows with time.
    pub id: i64,
    /// When it was decided.
    pub at: Timestamp,
    /// What led to it.
    pub origin: Origin,
    /// What became of it.
    pub outcome: Outcome,
    /// A sentence on what became of it, an error for instance.
    pub note: Option<String>,
    /// The intent that carries it out.
    pub intent: Option<i64>,
    /// The decision with its reason and actions.
    pub decision: Decision,
}

/// A row to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewJournalEntry<'a> {
    /// When it was decided.
    pub at: Timestamp,
    /// What led to it.
    pub origin: Origin,
    /// What became of it.
    pub outcome: Outcome,
    /// A sentence on what became of it.
    pub note: Option<&'a str>,
    /// What it is about, so that repetitions can be told; a playback session with its item, for instance.
    pub subject_key: Option<&'a str>,
    /// The decision.
    pub decision: &'a Decision,
}

/// Which rows to read, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JournalQuery {
    /// At most so many.
    pub limit: u32,
    /// Only rows older than this id, for paging.
    pub before: Option<i64>,
    /// Only rows of a series.
    pub series: Option<SeriesKey>,
    /// Only rows with an outcome.
    pub outcome: Option<Outcome>,
    /// Only rows with a reason, by its code.
    pub reason: Option<String>,
    /// Only rows whose show title contains this, ASCII case ignored.
    pub show: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    at: i64,
    origin: String,
    outcome: String,
    note: Option<String>,
    intent: Option<i64>,
    decision: String,
}

/// `None` for a row that another version wrote and this one does not understand.
fn read(row: Row) -> Result<Option<JournalEntry>, StoreError> {
    let decision = match serde_json::from_str(&row.decision) {
        Ok(decision) => decision,
        Err(error) => {
            warn!(id = row.id, %error, "a journal row cannot be understood");
            return Ok(None);
        }
    };
    Ok(Some(JournalEntry {
        id: row.id,
        at: from_ms(row.at)?,
        origin: read_origin(&row.origin)?,
        outcome: Outcome::from_name(&row.outcome)
            .ok_or_else(|| StoreError::Corrupt(format!("{} is no outcome", row.outcome)))?,
        note: row.note,
        intent: row.intent,
        decision,
    }))
}

pub(crate) fn read_origin(name: &str) -> Result<Origin, StoreError> {
    Origin::from_name(name).ok_or_else(|| StoreError::Corrupt(format!("{name} is no origin")))
}

pub(crate) fn to_json(decision: &Decision) -> Result<String, StoreError> {
    serde_json::to_string(decision).map_err(|error| StoreError::Other(error.to_string()))
}

impl Store {
    /// Writes a row; gives its id.
    pub async fn append(&self, entry: NewJournalEntry<'_>) -> Result<i64, StoreError> {
        let mut transaction = self.write().await?;
        let id = insert(&mut transaction, entry).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Writes a row unless the newest one of its subject says the same (reason and outcome) and is younger than `window`;
    /// gives its id if it was written.
    pub async fn append_unless_same(
        &self,
        entry: NewJournalEntry<'_>,
        window: SignedDuration,
    ) -> Result<Option<i64>, StoreError> {
        insertion(&entry, Some(window))?
            .fetch_optional(self.writer())
            .await
            .map_err(Into::into)
    }

    /// The rows that fit, newest first.
    pub async fn journal(&self, query: &JournalQuery) -> Result<Vec<JournalEntry>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM journal WHERE id < ?1 AND (?2 IS NULL OR (instance = ?2 AND series = ?3))
             AND (?4 IS NULL OR outcome = ?4) AND (?5 IS NULL OR reason = ?5)
             AND (?6 IS NULL OR instr(lower(show), lower(?6)) > 0)
             ORDER BY id DESC LIMIT ?7",
        )
        .bind(query.before.unwrap_or(i64::MAX))
        .bind(query.series.map(|series| series.instance.0))
        .bind(query.series.map(|series| series.series.0))
        .bind(query.outcome.map(Outcome::name))
        .bind(&query.reason)
        .bind(&query.show)
        .bind(query.limit)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().filter_map(|row| read(row).transpose()).collect()
    }

    /// Removes rows beyond the newest 20,000 or older than 180 days, except those of work that is still owed.
    pub async fn prune_journal(&self, now: Timestamp) -> Result<u64, StoreError> {
        let oldest = to_ms(now).saturating_sub(KEPT_DAYS * 24 * 60 * 60 * 1000);
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "DELETE FROM journal
             WHERE (at < ? OR id <= (SELECT id FROM journal ORDER BY id DESC LIMIT 1 OFFSET ?))
             AND id NOT IN (SELECT journal FROM intent
                            WHERE journal IS NOT NULL AND state IN ('open', 'waitingConfirmation'))",
        )
        .bind(oldest)
        .bind(KEPT_ROWS)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }
}

pub(crate) async fn insert(
    transaction: &mut Transaction<'_, Sqlite>,
    entry: NewJournalEntry<'_>,
) -> Result<i64, StoreError> {
    Ok(insertion(&entry, None)?.fetch_one(&mut **transaction).await?)
}

type Insertion<'q> = sqlx::query::QueryScalar<'q, Sqlite, i64, sqlx::sqlite::SqliteArguments>;

/// One statement that adds an entry and gives its id; with `unless_within`, only where the newest of the same subject does
/// not say the same and lies no further away. By a clock that has been set back since, it may lie ahead.
fn insertion<'q>(
    entry: &NewJournalEntry<'q>,
    unless_within: Option<SignedDuration>,
) -> Result<Insertion<'q>, StoreError> {
    let subject = &entry.decision.subject;
    Ok(sqlx::query_scalar(
        "INSERT INTO journal (at, origin, outcome, reason, show, instance, series, subject_key, note, decision)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 WHERE NOT EXISTS (
             SELECT 1 FROM (SELECT reason, outcome, at FROM journal WHERE subject_key = ?8 ORDER BY id DESC LIMIT 1) AS newest
             WHERE newest.reason = ?4 AND newest.outcome = ?3 AND abs(?1 - newest.at) < ?11
         ) RETURNING id",
    )
    .bind(to_ms(entry.at))
    .bind(entry.origin.name())
    .bind(entry.outcome.name())
    .bind(entry.decision.reason.code())
    .bind(&subject.show)
    .bind(subject.series.map(|series| series.instance.0))
    .bind(subject.series.map(|series| series.series.0))
    .bind(entry.subject_key)
    .bind(entry.note)
    .bind(to_json(entry.decision)?)
    .bind(unless_within.map(span_to_ms)))
}

pub(crate) async fn put_outcome(
    transaction: &mut Transaction<'_, Sqlite>,
    id: Option<i64>,
    outcome: Outcome,
    note: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE journal SET outcome = ?, note = ? WHERE id = ?")
        .bind(outcome.name())
        .bind(note)
        .bind(id)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
