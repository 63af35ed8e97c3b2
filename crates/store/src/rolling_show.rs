//! Rolling shows: the master records.

use crate::time::{from_ms, from_ms_opt, to_ms};
use crate::{Store, StoreError};
use domain::ids::{InstanceId, RollingShowId, SeriesId, SeriesKey, TvdbId, ViewerKey};
use domain::monitoring::{MonitoringType, RollingShow};
use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

/// A series that is about to be enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRollingShow {
    /// The series in its Sonarr.
    pub series: SeriesKey,
    /// Title.
    pub title: String,
    /// TheTVDB id where known.
    pub tvdb: Option<TvdbId>,
    /// IMDB id where known.
    pub imdb: Option<String>,
    /// How it shall roll.
    pub monitoring_type: MonitoringType,
    /// Whether the user agreed that files from before the enrollment go as well.
    pub prior_files_may_go: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    instance: i64,
    series: i64,
    title: String,
    tvdb: Option<i64>,
    imdb: Option<String>,
    monitoring_type: String,
    current_monitored_season: i32,
    enrolled_at: i64,
    last_watched_at: Option<i64>,
    expanded_at: Option<i64>,
    reset_at: Option<i64>,
    prior_files_may_go: bool,
    keep_show: bool,
    /// A JSON array of season numbers.
    keep_seasons: String,
}

impl TryFrom<Row> for RollingShow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: RollingShowId(row.id),
            series: SeriesKey {
                instance: InstanceId(row.instance),
                series: SeriesId(row.series),
            },
            title: row.title,
            tvdb: row.tvdb.map(TvdbId),
            imdb: row.imdb,
            monitoring_type: read_type(&row.monitoring_type)?,
            current_monitored_season: row.current_monitored_season,
            enrolled_at: from_ms(row.enrolled_at)?,
            last_watched_at: from_ms_opt(row.last_watched_at)?,
            expanded_at: from_ms_opt(row.expanded_at)?,
            reset_at: from_ms_opt(row.reset_at)?,
            prior_files_may_go: row.prior_files_may_go,
            keep_show: row.keep_show,
            keep_seasons: serde_json::from_str(&row.keep_seasons)
                .map_err(|error| StoreError::Corrupt(error.to_string()))?,
        })
    }
}

fn read_type(name: &str) -> Result<MonitoringType, StoreError> {
    MonitoringType::from_name(name).ok_or_else(|| StoreError::Corrupt(format!("{name} is no monitoring type")))
}

/// Shows with all that belongs to them, in one statement.
macro_rules! select_shows {
    ($condition:literal) => {
        concat!(
            "SELECT *, (SELECT json_group_array(season) FROM kept_season WHERE show = rolling_show.id) AS keep_seasons
             FROM rolling_show ",
            $condition,
            " ORDER BY title COLLATE NOCASE, id"
        )
    };
}

const NO_SHOW: StoreError = StoreError::NotFound("rolling show");

impl Store {
    /// Enrolls a series, at its type's baseline. [`StoreError::Conflict`] when it is enrolled already.
    pub async fn enroll(&self, show: &NewRollingShow, now: Timestamp) -> Result<RollingShow, StoreError> {
        let mut transaction = self.write().await?;
        let row: Option<Row> = sqlx::query_as(
            "INSERT INTO rolling_show (instance, series, title, tvdb, imdb, monitoring_type, current_monitored_season,
             enrolled_at, prior_files_may_go, keep_show) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
             ON CONFLICT (instance, series) DO NOTHING RETURNING *, '[]' AS keep_seasons",
        )
        .bind(show.series.instance.0)
        .bind(show.series.series.0)
        .bind(&show.title)
        .bind(show.tvdb.map(|tvdb| tvdb.0))
        .bind(&show.imdb)
        .bind(show.monitoring_type.name())
        .bind(show.monitoring_type.baseline_season())
        .bind(to_ms(now))
        .bind(show.prior_files_may_go)
        .fetch_optional(&mut *transaction)
        .await?;
        let row = row.ok_or_else(|| StoreError::Conflict(format!("{} is a rolling show already", show.title)))?;
        transaction.commit().await?;
        row.try_into()
    }

    /// Every rolling show, by title.
    pub async fn rolling_shows(&self) -> Result<Vec<RollingShow>, StoreError> {
        self.read_shows(select_shows!(""), &[]).await
    }

    /// The rolling show of an id.
    pub async fn rolling_show(&self, id: RollingShowId) -> Result<Option<RollingShow>, StoreError> {
        Ok(self.read_shows(select_shows!("WHERE id = ?"), &[id.0]).await?.pop())
    }

    /// The rolling show of a series.
    pub async fn rolling_show_of(&self, series: SeriesKey) -> Result<Option<RollingShow>, StoreError> {
        Ok(self
            .read_shows(
                select_shows!("WHERE instance = ? AND series = ?"),
                &[series.instance.0, series.series.0],
            )
            .await?
            .pop())
    }

    async fn read_shows(&self, sql: &'static str, bound: &[i64]) -> Result<Vec<RollingShow>, StoreError> {
        let mut query = sqlx::query_as(sql);
        for value in bound {
            query = query.bind(*value);
        }
        let rows: Vec<Row> = query.fetch_all(self.readers()).await?;
        rows.into_iter().map(RollingShow::try_from).collect()
    }

    /// Whether there is any rolling show.
    pub async fn has_rolling_shows(&self) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM rolling_show)")
            .fetch_one(self.readers())
            .await?)
    }

    /// When the first of the shows that were enrolled at a time or later was enrolled.
    pub async fn first_enrolled_since(&self, at: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        from_ms_opt(
            sqlx::query_scalar("SELECT min(enrolled_at) FROM rolling_show WHERE enrolled_at >= ?")
                .bind(to_ms(at))
                .fetch_one(self.readers())
                .await?,
        )
    }

    /// Changes how a show rolls. Nothing else moves: a change of type deletes nothing by itself.
    pub async fn change_monitoring_type(&self, id: RollingShowId, to: MonitoringType) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE rolling_show SET monitoring_type = ? WHERE id = ?")
            .bind(to.name())
            .bind(id.0);
        self.change_show(query).await
    }

    /// Brings the title and the ids up to date with Sonarr. `None` leaves what is known.
    pub async fn describe_rolling_show(
        &self,
        id: RollingShowId,
        title: &str,
        tvdb: Option<TvdbId>,
        imdb: Option<&str>,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "UPDATE rolling_show SET title = ?, tvdb = coalesce(?, tvdb), imdb = coalesce(?, imdb) WHERE id = ?",
        )
        .bind(title)
        .bind(tvdb.map(|tvdb| tvdb.0))
        .bind(imdb)
        .bind(id.0);
        self.change_show(query).await
    }

    /// Notes that somebody of whom nothing else is known watched a show. Never goes back.
    pub async fn note_watched(&self, id: RollingShowId, at: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        lift_last_watched(&mut transaction, id, at).await?;
        Ok(transaction.commit().await?)
    }

    /// Sets or lifts "keep" on a whole show.
    pub async fn keep_show(&self, id: RollingShowId, keep: bool) -> Result<(), StoreError> {
        self.change_show(
            sqlx::query("UPDATE rolling_show SET keep_show = ? WHERE id = ?")
                .bind(keep)
                .bind(id.0),
        )
        .await
    }

    /// Sets or lifts "keep" on one season.
    pub async fn keep_season(&self, id: RollingShowId, season: i32, keep: bool) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let query = if keep {
            sqlx::query(
                "INSERT INTO kept_season (show, season) SELECT id, ? FROM rolling_show WHERE id = ? ON CONFLICT DO NOTHING",
            )
        } else {
            sqlx::query("DELETE FROM kept_season WHERE season = ? AND show = ?")
        };
        query.bind(season).bind(id.0).execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Notes whether files from before the enrollment may go as well.
    pub async fn allow_prior_files(&self, id: RollingShowId, may_go: bool) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE rolling_show SET prior_files_may_go = ? WHERE id = ?")
            .bind(may_go)
            .bind(id.0);
        self.change_show(query).await
    }

    /// Notes that a show was expanded to a season, for a viewer. Reached seasons never go down.
    pub async fn record_expanded(
        &self,
        id: RollingShowId,
        viewer: Option<&ViewerKey>,
        season: i32,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        expand(&mut transaction, id, viewer, season, at).await?;
        Ok(transaction.commit().await?)
    }

    /// Notes that a show was reset: its tracking entries go, the master record returns to its type's baseline. Where something
    /// of a season is still `coming`, it is on record as expanded to there.
    pub async fn reset_rolling_show(
        &self,
        id: RollingShowId,
        coming: Option<i32>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        if !reset(&mut transaction, id, coming, at).await? {
            return Err(NO_SHOW);
        }
        Ok(transaction.commit().await?)
    }

    /// Removes a show from monitoring, with its tracking entries; false when there was none.
    pub async fn remove_rolling_show(&self, id: RollingShowId) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query("DELETE FROM rolling_show WHERE id = ?")
            .bind(id.0)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    async fn change_show(&self, query: Query<'_>) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        if query.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Err(NO_SHOW);
        }
        Ok(transaction.commit().await?)
    }
}

type Query<'q> = sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments>;

pub(crate) async fn lift_last_watched(
    transaction: &mut Transaction<'_, Sqlite>,
    id: RollingShowId,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE rolling_show SET last_watched_at = max(coalesce(last_watched_at, ?1), ?1) WHERE id = ?2")
        .bind(to_ms(at))
        .bind(id.0)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Does what [`Store::record_expanded`] says, where the show is still there.
pub(crate) async fn expand(
    transaction: &mut Transaction<'_, Sqlite>,
    id: RollingShowId,
    viewer: Option<&ViewerKey>,
    season: i32,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE rolling_show SET current_monitored_season = max(current_monitored_season, ?), expanded_at = ? WHERE id = ?",
    )
    .bind(season)
    .bind(to_ms(at))
    .bind(id.0)
    .execute(&mut **transaction)
    .await?;
    if let Some(viewer) = viewer {
        sqlx::query(
            "UPDATE tracking_entry SET current_monitored_season = max(current_monitored_season, ?)
             WHERE show = ? AND server = ? AND account = ?",
        )
        .bind(season)
        .bind(id.0)
        .bind(viewer.server.0)
        .bind(&viewer.account)
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

/// Does what [`Store::reset_rolling_show`] says; false when the show is gone.
pub(crate) async fn reset(
    transaction: &mut Transaction<'_, Sqlite>,
    id: RollingShowId,
    coming: Option<i32>,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let name: Option<String> = sqlx::query_scalar("SELECT monitoring_type FROM rolling_show WHERE id = ?")
        .bind(id.0)
        .fetch_optional(&mut **transaction)
        .await?;
    let Some(name) = name else {
        return Ok(false);
    };
    sqlx::query("DELETE FROM tracking_entry WHERE show = ?")
        .bind(id.0)
        .execute(&mut **transaction)
        .await?;
    sqlx::query(
        "UPDATE rolling_show SET current_monitored_season = ?, reset_at = ?, last_watched_at = NULL, expanded_at = ?
         WHERE id = ?",
    )
    .bind(coming.unwrap_or_default().max(read_type(&name)?.baseline_season()))
    .bind(to_ms(at))
    .bind(coming.map(|_| to_ms(at)))
    .bind(id.0)
    .execute(&mut **transaction)
    .await?;
    Ok(true)
}
