//! Which series a show is, on every Sonarr: the media server's ids first, then a cached index of titles.

use crate::core::{Core, lock};
use crate::links::Link;
use crate::playing::ShowIdentity;
use domain::ids::{InstanceId, ServerId, TvdbId};
use domain::monitoring::RollingShow;
use domain::resolve::{IndexedSeries, Match, find};
use domain::series::Series;
use domain::session::{ShowReference, Viewer};
use jiff::{SignedDuration, Timestamp};
use remote::RemoteError;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// How long a show's external ids are believed.
const SHOW_KEPT: SignedDuration = SignedDuration::from_hours(6);
/// How long an index of a whole library is believed.
const INDEX_KEPT: SignedDuration = SignedDuration::from_hours(6);
/// How long the names of accounts are believed; who is seen playing comes with the present one.
const ACCOUNTS_KEPT: SignedDuration = SignedDuration::from_hours(1);
/// How often the index is made anew because something was not in it.
const INDEX_PAUSE: SignedDuration = SignedDuration::from_mins(30);
/// Shows remembered at most, so that years of running cost nothing.
const SHOWS_KEPT: usize = 2000;

/// The titles of a whole library, and when it was read.
type Index = (Timestamp, Arc<Vec<IndexedSeries>>);

/// The accounts of a media server, and when they were read.
type Accounts = (Timestamp, Arc<Vec<Viewer>>);

/// Remembered identities.
#[derive(Default)]
pub(crate) struct Identities {
    shows: Mutex<BTreeMap<(ServerId, String), (Timestamp, ShowReference)>>,
    indexes: Mutex<BTreeMap<InstanceId, Index>>,
    /// What an instance did not know in this cycle, so that many viewers of one show ask it once.
    absent: Mutex<BTreeSet<(InstanceId, TvdbId)>>,
    stale: Mutex<BTreeSet<i64>>,
    accounts: Mutex<BTreeMap<ServerId, Accounts>>,
}

impl Identities {
    /// Forgets everything, as after connections changed.
    pub fn clear(&self) {
        lock(&self.shows).clear();
        lock(&self.indexes).clear();
        lock(&self.stale).clear();
        lock(&self.accounts).clear();
        self.begin_cycle();
    }

    /// Forgets what is believed for one cycle only.
    pub fn begin_cycle(&self) {
        lock(&self.absent).clear();
    }

    /// Marks a connection whose secret changed, so that its client is made anew.
    pub fn mark_stale(&self, connection: i64) {
        lock(&self.stale).insert(connection);
    }

    /// Whether the connection's client must be made anew.
    pub fn is_stale(&self, connection: i64) -> bool {
        lock(&self.stale).contains(&connection)
    }
}

/// Where a show is on one instance.
#[derive(Debug)]
pub(crate) enum Located {
    Series(Box<Series>),
    Nowhere,
    Ambiguous,
}

impl Core {
    /// Adds to a show what its media server knows of it. A show that the server does not have anymore keeps its title.
    pub async fn identify_show(&self, link: &Link, show: &ShowReference) -> Result<ShowReference, RemoteError> {
        if show.tvdb.is_some() {
            return Ok(show.clone());
        }
        let (Some((server, client)), Some(key)) = (link.media(), show.key.clone()) else {
            return Ok(show.clone());
        };
        let now = self.now();
        let cache_key = (server, key);
        if let Some((at, known)) = lock(&self.identities.shows).get(&cache_key)
            && now.duration_since(*at).abs() < SHOW_KEPT
        {
            return Ok(known.clone());
        }
        if let Some(detail) = link.not_waited_for(now) {
            return Err(RemoteError::Unreachable { detail });
        }
        let answer = client.show(&cache_key.1).await;
        link.note(&answer, now);
        let known = match answer {
            Ok(known) => ShowReference {
                key: show.key.clone(),
                title: known.title.or_else(|| show.title.clone()),
                year: known.year.or(show.year),
                tvdb: known.tvdb,
                imdb: known.imdb.or_else(|| show.imdb.clone()),
            },
            Err(RemoteError::NotFound) => show.clone(),
            Err(error) => return Err(error),
        };
        let mut shows = lock(&self.identities.shows);
        if shows.len() >= SHOWS_KEPT {
            shows.clear();
        }
        shows.insert(cache_key, (now, known.clone()));
        Ok(known)
    }

    /// The accounts of a media server with their names, for viewers that only its history tells of. Empty where it does not say:
    /// without names the ids serve.
    pub(crate) async fn accounts(&self, link: &Link) -> Arc<Vec<Viewer>> {
        let Some((server, client)) = link.media() else {
            return Arc::default();
        };
        let now = self.now();
        if let Some((at, known)) = lock(&self.identities.accounts).get(&server)
            && now.duration_since(*at).abs() < ACCOUNTS_KEPT
        {
            return Arc::clone(known);
        }
        let Ok(accounts) = client.accounts().await else {
            return Arc::default();
        };
        let accounts = Arc::new(accounts);
        lock(&self.identities.accounts).insert(server, (now, Arc::clone(&accounts)));
        accounts
    }

    /// Finds a show on one instance: one small request where its TVDB id is known there, the index otherwise.
    pub async fn locate(&self, link: &Link, show: &ShowReference) -> Result<Located, RemoteError> {
        let Some((instance, client)) = link.sonarr() else {
            return Err(RemoteError::Unauthorized);
        };
        if let Some(tvdb) = show.tvdb
            && !lock(&self.identities.absent).contains(&(instance, tvdb))
        {
            let answer = client.find_by_tvdb(tvdb).await;
            link.note(&answer, self.now());
            if let Some(series) = answer? {
                return Ok(Located::Series(Box::new(series)));
            }
            lock(&self.identities.absent).insert((instance, tvdb));
        }
        let index = self.index(link, INDEX_KEPT).await?;
        let found = match find(show, &index) {
            // It may have been added since.
            Match::None => find(show, &self.index(link, INDEX_PAUSE).await?),
            found => found,
        };
        match found {
            Match::None => Ok(Located::Nowhere),
            Match::Ambiguous => Ok(Located::Ambiguous),
            Match::One(key) => {
                let answer = client.series(key.series).await;
                link.note(&answer, self.now());
                let Some(series) = answer? else {
                    lock(&self.identities.indexes).remove(&instance);
                    return Ok(Located::Nowhere);
                };
                Ok(Located::Series(Box::new(series)))
            }
        }
    }

    /// Whether what a media server shows is a rolling show. Where ids do not tell, the titles of its Sonarr do, alternate ones
    /// included: whoever is found by them when something is to be fetched is found by them when something is to go.
    ///
    /// # Errors
    /// When its Sonarr has to be asked for the titles and does not answer.
    pub(crate) async fn is_of_show(&self, show: &RollingShow, known: &ShowReference) -> Result<bool, RemoteError> {
        let identity = ShowIdentity::of(show);
        let ids_tell = identity.tvdb.is_some() && known.tvdb.is_some();
        if ids_tell || identity.is(known) {
            return Ok(identity.is(known));
        }
        let Some(link) = self.links.instance(show.series.instance) else {
            return Ok(false);
        };
        Ok(find(known, &self.index(&link, INDEX_KEPT).await?) == Match::One(show.series))
    }

    /// The index of an instance's library, not older than `kept`.
    async fn index(&self, link: &Link, kept: SignedDuration) -> Result<Arc<Vec<IndexedSeries>>, RemoteError> {
        let Some((instance, client)) = link.sonarr() else {
            return Err(RemoteError::Unauthorized);
        };
        let now = self.now();
        if let Some((at, index)) = lock(&self.identities.indexes).get(&instance)
            && now.duration_since(*at).abs() < kept
        {
            return Ok(Arc::clone(index));
        }
        let answer = client.all_series().await;
        link.note(&answer, now);
        let listing = answer?;
        if !listing.skipped.is_empty() {
            tracing::warn!(
                connection = link.connection.name,
                skipped = listing.skipped.len(),
                "some series could not be read"
            );
        }
        let index = Arc::new(listing.items.iter().map(IndexedSeries::new).collect::<Vec<_>>());
        lock(&self.identities.indexes).insert(instance, (now, Arc::clone(&index)));
        Ok(index)
    }
}
