//! What happens to an intent after it was made. Steps go in order; anything else is [`StoreError::Conflict`].

use super::{Intent, IntentState, Row, read};
use crate::journal::put_outcome;
use crate::time::to_ms;
use crate::{Outcome, Store, StoreError, reminder, rolling_show, search_memory};
use domain::ids::EpisodeId;
use domain::plan::{Action, Bookkeeping};
use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

impl Store {
    /// Notes that an open intent's next step is about to be sent.
    pub async fn start_step(&self, id: i64, step: u32, at: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.write_through().await?;
        at_step(&mut transaction, id, step).await?;
        sqlx::query("UPDATE intent SET step_started_at = ? WHERE id = ?")
            .bind(to_ms(at))
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Notes that a step is done. A search that was sent is remembered in the same stroke, with the time `at`.
    pub async fn finish_step(&self, id: i64, step: u32, at: Timestamp) -> Result<(), StoreError> {
        self.finish(id, step, at, None).await
    }

    /// Notes that a search is done of which only these episodes were sent, one by one. Only they are remembered.
    pub async fn finish_partial_search(
        &self,
        id: i64,
        step: u32,
        at: Timestamp,
        sent: &[EpisodeId],
    ) -> Result<(), StoreError> {
        self.finish(id, step, at, Some(sent)).await
    }

    async fn finish(&self, id: i64, step: u32, at: Timestamp, only: Option<&[EpisodeId]>) -> Result<(), StoreError> {
        let mut transaction = self.write_through().await?;
        let intent = at_step(&mut transaction, id, step).await?;
        let Some(action) = intent.decision.actions.get(step as usize) else {
            return Err(StoreError::Conflict(format!("intent {id} has no step {step}")));
        };
        for (season, episode) in searched(action, only) {
            search_memory::note(&mut transaction, intent.series, season, episode, at).await?;
        }
        sqlx::query(
            "UPDATE intent SET next_step = ?, step_started_at = NULL, attempts = 0, last_error = NULL WHERE id = ?",
        )
        .bind(step + 1)
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Puts an open intent off after a failure; its journal row says so. The step stays "started": it may have arrived.
    pub async fn postpone_intent(&self, id: i64, due_at: Timestamp, error: &str) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let intent = in_state(&mut transaction, id, &[IntentState::Open]).await?;
        sqlx::query("UPDATE intent SET due_at = ?, last_error = ?, attempts = attempts + 1 WHERE id = ?")
            .bind(to_ms(due_at))
            .bind(error)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        put_outcome(&mut transaction, intent.journal, Outcome::Owed, Some(error)).await?;
        Ok(transaction.commit().await?)
    }

    /// Ends an intent whose steps are all done: its bookkeeping is applied, its reminders are kept, its journal row says
    /// "done", and it is closed; all of it or nothing.
    pub async fn complete_intent(&self, id: i64, at: Timestamp, note: Option<&str>) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let intent = in_state(&mut transaction, id, &[IntentState::Open]).await?;
        if (intent.next_step as usize) < intent.decision.actions.len() {
            return Err(StoreError::Conflict(format!("intent {id} has steps left")));
        }
        for entry in &intent.decision.afterwards {
            match entry {
                Bookkeeping::Expanded { show, viewer, season } => {
                    rolling_show::expand(&mut transaction, *show, viewer.as_ref(), *season, at).await?;
                }
                // A show that was removed meanwhile has nothing left to reset.
                Bookkeeping::Reset { show, coming } => {
                    rolling_show::reset(&mut transaction, *show, *coming, at).await?;
                }
            }
        }
        for reminder in &intent.decision.reminders {
            reminder::put(&mut transaction, reminder, at).await?;
        }
        close(&mut transaction, id, IntentState::Done, at).await?;
        put_outcome(&mut transaction, intent.journal, Outcome::Done, note).await?;
        Ok(transaction.commit().await?)
    }

    /// Ends an intent that is no longer wanted, was dismissed or is given up; its journal row gets the outcome and note.
    pub async fn drop_intent(&self, id: i64, at: Timestamp, outcome: Outcome, note: &str) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let intent = in_state(
            &mut transaction,
            id,
            &[IntentState::Open, IntentState::WaitingConfirmation],
        )
        .await?;
        close(&mut transaction, id, IntentState::Moot, at).await?;
        put_outcome(&mut transaction, intent.journal, outcome, Some(note)).await?;
        Ok(transaction.commit().await?)
    }

    /// Opens everything of a batch that waits for a confirmation, due at once; tells how many.
    pub async fn confirm_batch(&self, batch: i64, now: Timestamp) -> Result<u64, StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "UPDATE journal SET outcome = 'planned', note = NULL WHERE id IN
             (SELECT journal FROM intent WHERE batch = ? AND state = 'waitingConfirmation')",
        )
        .bind(batch)
        .execute(&mut *transaction)
        .await?;
        let done = sqlx::query(
            "UPDATE intent SET state = 'open', due_at = ?1, confirmed_at = ?1
             WHERE batch = ?2 AND state = 'waitingConfirmation'",
        )
        .bind(to_ms(now))
        .bind(batch)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }

    /// Forgets intents that were closed before a time.
    pub async fn prune_intents(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query("DELETE FROM intent WHERE state IN ('done', 'moot') AND closed_at < ?")
            .bind(to_ms(before))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }
}

/// What a search is remembered as: seasons, and episodes with their season.
fn searched(action: &Action, only: Option<&[EpisodeId]>) -> Vec<(i32, Option<EpisodeId>)> {
    match (action, only) {
        (Action::SearchSeason { season, .. }, None) => vec![(*season, None)],
        (Action::SearchSeason { season, .. }, Some(sent)) => {
            sent.iter().map(|episode| (*season, Some(*episode))).collect()
        }
        (Action::SearchEpisodes { episodes, positions }, only) => episodes
            .iter()
            .zip(positions)
            .filter(|(episode, _)| only.is_none_or(|sent| sent.contains(episode)))
            .map(|(episode, position)| (position.season, Some(*episode)))
            .collect(),
        (Action::SetMonitoring(_) | Action::DeleteFiles { .. }, _) => Vec::new(),
    }
}

async fn in_state(
    transaction: &mut Transaction<'_, Sqlite>,
    id: i64,
    states: &[IntentState],
) -> Result<Intent, StoreError> {
    let row: Option<Row> = sqlx::query_as("SELECT * FROM intent WHERE id = ?")
        .bind(id)
        .fetch_optional(&mut **transaction)
        .await?;
    let intent = row.map_or(Ok(None), read)?.ok_or(StoreError::NotFound("intent"))?;
    if states.contains(&intent.state) {
        Ok(intent)
    } else {
        Err(StoreError::Conflict(format!("intent {id} is {}", intent.state.name())))
    }
}

async fn at_step(transaction: &mut Transaction<'_, Sqlite>, id: i64, step: u32) -> Result<Intent, StoreError> {
    let intent = in_state(transaction, id, &[IntentState::Open]).await?;
    if intent.next_step == step && (step as usize) < intent.decision.actions.len() {
        Ok(intent)
    } else {
        Err(StoreError::Conflict(format!(
            "intent {id} is at step {}, not {step}",
            intent.next_step
        )))
    }
}

async fn close(
    transaction: &mut Transaction<'_, Sqlite>,
    id: i64,
    state: IntentState,
    at: Timestamp,
) -> Result<(), StoreError> {
    // Of what was broken off it stays known what had begun: it may have arrived.
    sqlx::query(
        "UPDATE intent SET state = ?1, closed_at = ?2,
             step_started_at = CASE ?1 WHEN 'moot' THEN step_started_at END
         WHERE id = ?3",
    )
    .bind(state.name())
    .bind(to_ms(at))
    .bind(id)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
