//! One session on every Sonarr. Each is asked on its own: one that hangs keeps none of the others waiting.

use super::looking::{Look, Open, Settled, Stage};
use super::{Mode, PLAY_NOTED_EVERY, Trouble};
use crate::core::{Core, lock};
use crate::identify::Located;
use crate::links::{Client, Link};
use crate::report::CheckReport;
use domain::plan::{Decision, Reason};
use domain::tracker::PlayKey;
use domain::watching::Sighting;
use jiff::{SignedDuration, Timestamp};
use remote::RemoteError;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How soon a series that no Sonarr has is looked for again: it may be added while the play goes on.
const LOOKED_FOR_EVERY: SignedDuration = SignedDuration::from_mins(30);

/// What one instance makes of a session.
#[derive(Debug, Clone)]
pub(crate) struct InstancePart {
    /// Whether it has the series, as far as that is known.
    found: bool,
    decisions: Vec<Decision>,
    /// Not remembered beyond this: something failed, or becomes due.
    valid_until: Option<Timestamp>,
}

impl InstancePart {
    /// The decisions, where it has the series.
    pub(super) fn into_decisions(self) -> Option<Vec<Decision>> {
        self.found.then_some(self.decisions)
    }

    fn holds(&self, now: Timestamp) -> bool {
        self.valid_until.is_none_or(|until| now < until)
    }
}

impl Core {
    /// Asks every Sonarr about every session that counts, one session after the other on each.
    pub(super) async fn ask_all_instances(&self, looks: &mut [Look], mode: Mode, report: &mut CheckReport) {
        let mut open: Vec<(PlayKey, &mut Open)> = looks
            .iter_mut()
            .filter_map(|look| match &mut look.stage {
                Stage::Open(open) => Some((look.key.clone(), open.as_mut())),
                Stage::Known(_) | Stage::Settled(_) => None,
            })
            .collect();
        let instances = self.links.instances();
        let asked = instances.iter().map(|link| self.ask_instance(link, &open, mode));
        let answered = futures::future::join_all(asked).await;
        for (_, open) in &mut open {
            open.parts.clear();
        }
        for (link, (parts, part_of_report)) in instances.iter().zip(answered) {
            report.absorb(part_of_report);
            for ((_, open), part) in open.iter_mut().zip(parts) {
                open.parts.insert(link.connection.id, part);
            }
        }
    }

    async fn ask_instance(
        &self,
        link: &Arc<Link>,
        open: &[(PlayKey, &mut Open)],
        mode: Mode,
    ) -> (Vec<InstancePart>, CheckReport) {
        let mut report = CheckReport::default();
        let mut parts = Vec::with_capacity(open.len());
        for (key, open) in open {
            let known = open
                .parts
                .get(&link.connection.id)
                .filter(|part| part.holds(self.now()));
            parts.push(match known {
                Some(known) => known.clone(),
                None => self.on_instance(link, &open.sighting, key, mode, &mut report).await,
            });
        }
        (parts, report)
    }

    /// Looks a watched episode up on one Sonarr, and decides if that has it.
    pub(super) async fn on_instance(
        &self,
        link: &Arc<Link>,
        sighting: &Sighting,
        key: &PlayKey,
        mode: Mode,
        report: &mut CheckReport,
    ) -> InstancePart {
        let mut subject = sighting.subject.clone();
        subject.instance = Some(link.connection.name.clone());
        let mut valid_until = None;
        let decisions = match self.locate_if_allowed(link, sighting, mode).await {
            Ok(Located::Nowhere) => {
                return InstancePart {
                    found: false,
                    decisions: Vec::new(),
                    valid_until,
                };
            }
            Ok(Located::Ambiguous) => {
                let detail = format!(
                    "Several series of {} have this title; nothing is guessed.",
                    link.connection.name
                );
                let decision = Decision::nothing(subject, Reason::AmbiguousTitle, detail);
                self.nothing(decision, key, mode, report).await
            }
            Ok(Located::Series(series)) => {
                subject.series = Some(series.key);
                match self
                    .on_series(link, &subject, *series, sighting, key, mode, report)
                    .await
                {
                    Ok(made) => made,
                    Err(Trouble::Remote(error)) => {
                        let decision = self
                            .unavailable(link, subject, &error, sighting, key, mode, report)
                            .await;
                        valid_until = Some(self.tried_again_at(link));
                        vec![decision]
                    }
                    Err(Trouble::Store(error)) => {
                        valid_until = Some(self.now());
                        vec![self.store_failed(subject, &error, report)]
                    }
                }
            }
            Err(error) => {
                let decision = self
                    .unavailable(link, subject, &error, sighting, key, mode, report)
                    .await;
                valid_until = Some(self.tried_again_at(link));
                vec![decision]
            }
        };
        if decisions.iter().any(|decision| decision.subject.rolling_show.is_some()) {
            let noted_again = self.now() + PLAY_NOTED_EVERY;
            valid_until = Some(valid_until.map_or(noted_again, |until| until.min(noted_again)));
        }
        InstancePart {
            found: true,
            decisions,
            valid_until,
        }
    }

    async fn locate_if_allowed(&self, link: &Link, sighting: &Sighting, mode: Mode) -> Result<Located, RemoteError> {
        let now = self.now();
        let refused = if mode.fresh {
            link.not_waited_for(now)
        } else {
            link.not_asked(now)
        };
        match refused {
            Some(detail) => Err(RemoteError::Unreachable { detail }),
            None => self.locate(link, &sighting.show).await,
        }
    }

    /// When a session may be decided about on a Sonarr that could not be asked. A new key makes all verdicts stale by itself.
    fn tried_again_at(&self, link: &Link) -> Timestamp {
        let now = self.now();
        let latest = now + PLAY_NOTED_EVERY;
        match (&link.client, lock(&link.condition).not_before()) {
            (Client::None, _) => latest,
            (_, Some(at)) => at.min(latest),
            (_, None) => now,
        }
    }

    /// What all instances make of a session together.
    pub(super) async fn sum_up(
        &self,
        open: Open,
        key: &PlayKey,
        mode: Mode,
        report: &mut CheckReport,
    ) -> (Settled, BTreeMap<i64, InstancePart>) {
        let Open { sighting, parts } = open;
        if !parts.values().any(|part| part.found) {
            let settled = Settled {
                decisions: self.found_nowhere(&sighting, key, mode, report).await,
                valid_until: Some(self.now() + LOOKED_FOR_EVERY),
            };
            return (settled, BTreeMap::new());
        }
        let settled = Settled {
            decisions: parts.values().flat_map(|part| part.decisions.iter().cloned()).collect(),
            valid_until: parts.values().filter_map(|part| part.valid_until).min(),
        };
        (settled, parts)
    }

    pub(super) async fn found_nowhere(
        &self,
        sighting: &Sighting,
        key: &PlayKey,
        mode: Mode,
        report: &mut CheckReport,
    ) -> Vec<Decision> {
        let detail = if self.links.instances().is_empty() {
            "No Sonarr is connected."
        } else {
            "No Sonarr has this series."
        };
        let decision = Decision::nothing(sighting.subject.clone(), Reason::NotInSonarr, detail);
        self.nothing(decision, key, mode, report).await
    }
}
