//! Storage pressure: root folders that run full lose what is free to go, and get single episodes instead of packs.

use super::ShowFacts;
use super::facts::Playing;
use super::grace::Change;
use super::pass::Proposal;
use crate::core::{Core, lock};
use crate::error::RequestError;
use crate::links::Link;
use crate::report::{CheckReport, Failure};
use domain::ids::{InstanceId, RollingShowId};
use domain::pressure::{Candidate, Floor, Pressure, relief};
use domain::series::Series;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use store::{Origin, StoreError};

/// The scheduled task of looking at the floors.
pub(crate) const STORAGE: &str = "storage";
const FLOORS: &str = "storageFloors";
const PRESSURES: &str = "storagePressure";
/// How often a Sonarr is asked for its free space at most.
const ASKED_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// A root folder of one Sonarr of which some space shall stay free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StorageFloor {
    /// The Sonarr.
    pub instance: InstanceId,
    /// The folder and its limits.
    #[serde(flatten)]
    pub floor: Floor,
}

/// How a root folder with a floor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageState {
    /// The folder and its limits.
    pub floor: StorageFloor,
    /// Free bytes; `None` where Sonarr does not say.
    pub free: Option<i64>,
    /// Whether it is short of space.
    pub pressure: Pressure,
}

/// Free bytes by root folder, and when that was asked.
type FreeSpace = (Timestamp, BTreeMap<String, Option<i64>>);

/// What is known of storage: the floors, and what was last heard of the free space of each Sonarr.
#[derive(Default)]
pub(crate) struct Storage {
    free: Mutex<BTreeMap<InstanceId, FreeSpace>>,
    /// The floors, once they were read: they are looked up for every search.
    floors: Mutex<Option<Vec<StorageFloor>>>,
}

impl Core {
    /// The floors the user has set.
    pub(crate) async fn storage_floors(&self) -> Result<Vec<StorageFloor>, StoreError> {
        if let Some(floors) = lock(&self.storage.floors).clone() {
            return Ok(floors);
        }
        let text = self.store.meta(FLOORS).await?;
        let floors: Vec<StorageFloor> = text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        *lock(&self.storage.floors) = Some(floors.clone());
        Ok(floors)
    }

    /// Sets the floors. Nothing is deleted by it.
    pub(crate) async fn set_storage_floors(&self, floors: &[StorageFloor]) -> Result<(), RequestError> {
        for (index, floor) in floors.iter().enumerate() {
            let folder = &floor.floor.root_folder;
            let fault = if self.links.instance(floor.instance).is_none() {
                Some("its Sonarr is not connected".to_owned())
            } else if folder.trim().is_empty() {
                Some("it needs a root folder".to_owned())
            } else if floor.floor.begins_below <= 0 {
                Some("the limit has to be more than 0 bytes".to_owned())
            } else if floor.floor.ends_at < floor.floor.begins_below {
                Some("it cannot end at less than it begins at".to_owned())
            } else if floors[..index]
                .iter()
                .any(|other| same_place(other, floor.instance, folder))
            {
                Some("the folder has a floor already".to_owned())
            } else {
                None
            };
            if let Some(fault) = fault {
                return Err(RequestError::invalid(
                    "invalidValue",
                    format!("Floor {} ({folder}): {fault}.", index + 1),
                ));
            }
        }
        let before = self.storage_floors().await?;
        if floors.iter().any(|floor| floor.asks_for_more_than(&before)) {
            self.begin_grace(Change::Rules).await?;
        }
        self.store_as_json(FLOORS, &floors).await?;
        *lock(&self.storage.floors) = Some(floors.to_vec());
        self.store.set_scheduled_task(STORAGE, self.now(), None).await?;
        self.work.notify_one();
        Ok(())
    }

    /// How every root folder with a floor is.
    pub(crate) async fn storage(&self) -> Result<Vec<StorageState>, StoreError> {
        let floors = self.storage_floors().await?;
        if floors.is_empty() {
            return Ok(Vec::new());
        }
        let mut states = Vec::new();
        let mut pressures = self.pressures().await?;
        let before = pressures.clone();
        for floor in floors {
            let folder = without_end(&floor.floor.root_folder).to_owned();
            let free = match self.links.instance(floor.instance) {
                Some(link) => self.free_space(&link).await.get(&folder).copied().flatten(),
                None => None,
            };
            let place = floor.place();
            let pressure = pressures
                .get(&place)
                .copied()
                .unwrap_or_default()
                .after(free, &floor.floor);
            pressures.insert(place, pressure);
            states.push(StorageState { floor, free, pressure });
        }
        if pressures != before {
            self.store_as_json(PRESSURES, &pressures).await?;
            self.forget_recycled(|place| pressures.get(place) != Some(&Pressure::Low))
                .await?;
        }
        Ok(states)
    }

    async fn pressures(&self) -> Result<BTreeMap<String, Pressure>, StoreError> {
        let text = self.store.meta(PRESSURES).await?;
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }

    /// Keeps a value under a key of the database.
    pub(super) async fn store_as_json<T: Serialize + Sync>(&self, key: &str, value: &T) -> Result<(), StoreError> {
        let text = serde_json::to_string(value).map_err(|error| StoreError::Other(error.to_string()))?;
        self.store.set_meta(key, Some(&text)).await
    }

    /// Free bytes of a Sonarr's root folders, as it said in the last minutes.
    pub(super) async fn free_space(&self, link: &Link) -> BTreeMap<String, Option<i64>> {
        let Some((instance, client)) = link.sonarr() else {
            return BTreeMap::new();
        };
        let now = self.now();
        if let Some((at, known)) = lock(&self.storage.free).get(&instance)
            && now.duration_since(*at).abs() < ASKED_EVERY
        {
            return known.clone();
        }
        let answer = client.root_folders().await;
        link.note(&answer, now);
        let Ok(folders) = answer else { return BTreeMap::new() };
        let free: BTreeMap<String, Option<i64>> = folders
            .into_iter()
            .map(|folder| {
                let space = folder.free_space.filter(|_| folder.accessible);
                (without_end(&folder.path).to_owned(), space)
            })
            .collect();
        lock(&self.storage.free).insert(instance, (now, free.clone()));
        free
    }

    /// Whether the series' root folder has so little space that packs are avoided.
    pub(crate) async fn is_short_of_space(&self, link: &Link, series: &Series) -> bool {
        let (Some(instance), Some(folder)) = (link.connection.instance(), &series.root_folder) else {
            return false;
        };
        match self.storage().await {
            Ok(states) => states
                .iter()
                .any(|state| same_place(&state.floor, instance, folder) && state.pressure.asks_for_single_episodes()),
            Err(error) => {
                tracing::warn!("{error}");
                false
            }
        }
    }

    /// Makes room where it is short: of what is free to go, what was viewed longest ago goes first.
    pub(crate) async fn relieve_storage(&self, report: &mut CheckReport) -> Result<(), StoreError> {
        let states = self.storage().await?;
        let low: Vec<&StorageState> = states.iter().filter(|state| state.pressure == Pressure::Low).collect();
        if low.is_empty() {
            return Ok(());
        }
        self.catch_up().await;
        let playing = self.everything_playing().await;
        for state in low {
            let Some(link) = self.links.instance(state.floor.instance) else {
                continue;
            };
            let in_bin = match self.waiting_in_bin(&link, &state.floor.place()).await {
                Ok(bytes) => bytes,
                Err(error) => {
                    report.errors.push(Failure {
                        source: link.connection.name.clone(),
                        message: error.message,
                    });
                    continue;
                }
            };
            let shortage = state.pressure.shortage(state.free, &state.floor.floor) - in_bin;
            let chosen = self.choose_relief(&link, &state.floor, shortage, &playing).await?;
            let done = self.act_on(chosen, Origin::Scheduler, true).await?;
            report.errors.extend(done.errors);
            report.decisions.extend(done.decisions);
            if !done.reset.is_empty() {
                // What that brought is asked anew.
                lock(&self.storage.free).remove(&state.floor.instance);
                self.publisher.shows_changed();
            }
        }
        Ok(())
    }

    /// What goes from a root folder to make so much room.
    async fn choose_relief(
        &self,
        link: &Arc<Link>,
        floor: &StorageFloor,
        shortage: i64,
        playing: &Playing,
    ) -> Result<Vec<Proposal>, StoreError> {
        if shortage <= 0 {
            return Ok(Vec::new());
        }
        let mut known: BTreeMap<RollingShowId, ShowFacts> = BTreeMap::new();
        let mut candidates = Vec::new();
        for show in self.store.rolling_shows().await? {
            if show.series.instance != floor.instance {
                continue;
            }
            let id = show.id;
            let Ok(Some(mut facts)) = self.show_facts(link, show, playing).await else {
                continue;
            };
            let folder = facts.snapshot.series.root_folder.as_deref();
            if !folder.is_some_and(|folder| same_place(floor, floor.instance, folder)) {
                continue;
            }
            // Under pressure it goes by the rules of the progressive cleanup and the automatic reset, also where those are off.
            facts.settings.enable_progressive_cleanup = true;
            let seasons = facts.cleanup().into_iter();
            let seasons = seasons.filter_map(|outlook| Candidate::season(id, outlook));
            for candidate in seasons.chain(Candidate::inactive_show(&facts.show, facts.inactivity())) {
                // What is left alone makes no room, so others take its turn.
                if !self.is_refused(&candidate.decision).await? {
                    candidates.push(candidate);
                }
            }
            known.insert(id, facts);
        }
        Ok(relief(&candidates, shortage)
            .into_iter()
            .filter_map(|candidate| {
                Some(Proposal {
                    link: Arc::clone(link),
                    facts: known.get(&candidate.show)?.clone(),
                    decision: candidate.decision.clone(),
                })
            })
            .collect())
    }

    /// The place of the floor of a series' root folder, while that is short of space.
    pub(super) async fn place_under_pressure(
        &self,
        link: &Link,
        series: &Series,
    ) -> Result<Option<String>, StoreError> {
        let (Some(instance), Some(folder)) = (link.connection.instance(), &series.root_folder) else {
            return Ok(None);
        };
        let floors = self.storage_floors().await?;
        let Some(floor) = floors.iter().find(|floor| same_place(floor, instance, folder)) else {
            return Ok(None);
        };
        let place = floor.place();
        let is_low = self.pressures().await?.get(&place) == Some(&Pressure::Low);
        Ok(is_low.then_some(place))
    }
}

impl StorageFloor {
    /// Under which name it is remembered how the folder is.
    fn place(&self) -> String {
        format!("{}:{}", self.instance, without_end(&self.floor.root_folder))
    }

    /// Whether the folder gets more room than with a floor from before.
    fn asks_for_more_than(&self, before: &[Self]) -> bool {
        let before = before
            .iter()
            .find(|other| same_place(other, self.instance, &self.floor.root_folder));
        before.is_none_or(|before| {
            self.floor.begins_below > before.floor.begins_below || self.floor.ends_at > before.floor.ends_at
        })
    }
}

fn same_place(floor: &StorageFloor, instance: InstanceId, folder: &str) -> bool {
    floor.instance == instance && without_end(&floor.floor.root_folder) == without_end(folder)
}

fn without_end(path: &str) -> &str {
    let trimmed = path.trim().trim_end_matches(['/', '\\']);
    if trimmed.is_empty() { path } else { trimmed }
}
