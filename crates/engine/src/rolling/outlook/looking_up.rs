//! What Sonarr says of many shows, asked sparingly: it may be some minutes old, so nothing is ever deleted on it.

use crate::core::{Core, lock};
use crate::error::RequestError;
use crate::links::Link;
use crate::rolling::facts::SonarrFacts;
use domain::ids::SeriesKey;
use domain::monitoring::RollingShow;
use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use remote::RemoteError;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// How long an answer is used again. Somebody who looks at the list and keeps this and that asks again and again.
const USED_AGAIN: SignedDuration = SignedDuration::from_mins(2);
/// Shows of one Sonarr that are asked about side by side. Its client lets two requests through at once.
const AT_ONCE: usize = 4;
/// Failures of single series after which a Sonarr is left alone.
const PATIENCE: usize = 3;

/// What Sonarr said lately.
#[derive(Default)]
pub(crate) struct LookedUp {
    series: Mutex<BTreeMap<SeriesKey, (Timestamp, SonarrFacts)>>,
    /// When the histories were last read back, where that closed not every gap.
    pub(super) read_back_in_vain: Mutex<Option<Timestamp>>,
}

impl LookedUp {
    fn get(&self, key: SeriesKey, now: Timestamp) -> Option<SonarrFacts> {
        let known = lock(&self.series);
        let (at, facts) = known.get(&key)?;
        is_fresh(*at, now).then(|| facts.clone())
    }

    fn put(&self, key: SeriesKey, now: Timestamp, facts: SonarrFacts) {
        lock(&self.series).insert(key, (now, facts));
    }

    /// Something of a series is changed in Sonarr.
    pub fn forget(&self, key: SeriesKey) {
        lock(&self.series).remove(&key);
    }

    /// Lets go of what is too old.
    pub fn forget_old(&self, now: Timestamp) {
        lock(&self.series).retain(|_, (at, _)| is_fresh(*at, now));
    }
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at).abs() < USED_AGAIN
}

/// Why nothing is known of a show.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Missing {
    /// Sonarr does not have the series anymore.
    Gone,
    /// Sonarr did not answer about it.
    Failed(RemoteError),
    /// Nothing can be asked of its Sonarr, for the reason given.
    Unavailable(String),
}

impl Missing {
    /// As a failure of a request about one show.
    pub fn as_request_error(&self, title: &str) -> RequestError {
        match self {
            Self::Gone => RequestError::failed("notFound", format!("Sonarr does not have {title} anymore.")),
            Self::Failed(error) => error.clone().into(),
            Self::Unavailable(reason) => RequestError::failed("unreachable", reason.clone()),
        }
    }
}

/// A show with what is known of it.
pub(super) type Found = (RollingShow, Result<SonarrFacts, Missing>);

impl Core {
    /// Looks up shows of one Sonarr. One that does not answer is not asked on and on.
    pub(super) async fn look_up(&self, link: &Link, shows: Vec<RollingShow>) -> Vec<Found> {
        let down: Mutex<Option<Missing>> = Mutex::new(self.why_not_asked(link));
        let failures = Mutex::new(0);
        let asked = shows.into_iter().map(|show| {
            let (down, failures) = (&down, &failures);
            async move {
                let found = self.look_up_one(link, &show, down, failures).await;
                (show, found)
            }
        });
        let mut found: Vec<Found> = futures::stream::iter(asked).buffered(AT_ONCE).collect().await;
        self.look_up_tags(link, &mut found).await;
        let now = self.now();
        for (show, facts) in &found {
            // What was known before keeps its age.
            if let Ok(facts) = facts
                && self.looked_up.get(show.series, now).is_none()
            {
                self.looked_up.put(show.series, now, facts.clone());
            }
        }
        found
    }

    fn why_not_asked(&self, link: &Link) -> Option<Missing> {
        if link.sonarr().is_none() {
            let trouble = lock(&link.condition).trouble().map(str::to_owned);
            let trouble = trouble.unwrap_or_else(|| "It is not ready: its API key is missing.".to_owned());
            return Some(Missing::Unavailable(trouble));
        }
        link.not_waited_for(self.now()).map(Missing::Unavailable)
    }

    async fn look_up_one(
        &self,
        link: &Link,
        show: &RollingShow,
        down: &Mutex<Option<Missing>>,
        failures: &Mutex<usize>,
    ) -> Result<SonarrFacts, Missing> {
        if let Some(known) = self.looked_up.get(show.series, self.now()) {
            return Ok(known);
        }
        if let Some(missing) = lock(down).clone() {
            return Err(missing);
        }
        let Some((_, client)) = link.sonarr() else {
            return Err(Missing::Unavailable("It is not ready.".to_owned()));
        };
        let answer = SonarrFacts::ask(client, show.series).await;
        link.note(&answer, self.now());
        match answer {
            Ok(Some(facts)) => Ok(facts),
            Ok(None) | Err(RemoteError::NotFound) => Err(Missing::Gone),
            Err(error) => {
                let mut failures = lock(failures);
                *failures += 1;
                if concerns_all(&error) || *failures >= PATIENCE {
                    lock(down).get_or_insert(Missing::Failed(error.clone()));
                }
                Err(Missing::Failed(error))
            }
        }
    }

    /// Tags are asked once for all, and only where a series has some: one that is not known protects.
    async fn look_up_tags(&self, link: &Link, found: &mut [Found]) {
        let mut wanting: Vec<&mut Result<SonarrFacts, Missing>> = found
            .iter_mut()
            .map(|(_, facts)| facts)
            .filter(|facts| {
                let tagged = |facts: &SonarrFacts| !facts.snapshot.series.tags.is_empty() && facts.labels.is_none();
                facts.as_ref().is_ok_and(tagged)
            })
            .collect();
        let Some((_, client)) = link.sonarr().filter(|_| !wanting.is_empty()) else {
            return;
        };
        let answer = client.tags().await;
        link.note(&answer, self.now());
        let labels = answer.map(Arc::new);
        for facts in &mut wanting {
            match (&labels, facts.as_mut()) {
                (Ok(labels), Ok(known)) => known.labels = Some(Arc::clone(labels)),
                (Err(error), _) => **facts = Err(Missing::Failed(error.clone())),
                (Ok(_), Err(_)) => {}
            }
        }
    }
}

/// Whether what failed for one series will fail for all of them.
fn concerns_all(error: &RemoteError) -> bool {
    match error {
        RemoteError::Unreachable { .. }
        | RemoteError::Timeout { .. }
        | RemoteError::Tls { .. }
        | RemoteError::Unauthorized
        | RemoteError::Forbidden
        | RemoteError::NotThisKindOfServer { .. }
        | RemoteError::StartingUp
        | RemoteError::RateLimited { .. } => true,
        RemoteError::NotFound
        | RemoteError::Conflict { .. }
        | RemoteError::ServerError { .. }
        | RemoteError::BadAnswer { .. } => false,
    }
}
