//! What somebody watched and nobody could decide about: remembered, and decided later.

use super::Mode;
use crate::core::Core;
use crate::links::Link;
use crate::report::{CheckReport, Failure};
use domain::plan::{Decision, Reason, Subject};
use domain::tracker::PlayKey;
use domain::watching::Sighting;
use jiff::Timestamp;
use remote::RemoteError;

impl Core {
    #[expect(clippy::too_many_arguments, reason = "all of it is one sentence about one session")]
    pub(super) async fn unavailable(
        &self,
        link: &Link,
        subject: Subject,
        error: &RemoteError,
        sighting: &Sighting,
        key: &PlayKey,
        mode: Mode,
        report: &mut CheckReport,
    ) -> Decision {
        report.errors.push(Failure {
            source: link.connection.name.clone(),
            message: self.trouble_of(link, error),
        });
        if self.may_owe(&sighting.watched.viewer, mode) {
            self.owe_sighting(link, sighting).await;
        }
        if !mode.dry_run && mode.seen_at.is_none() {
            // Who watched what is known although the Sonarr is not.
            if let Err(error) = self.note_viewing_without_sonarr(link, sighting).await {
                self.store_failed(subject.clone(), &error, report);
            }
        }
        let detail = format!("{} did not answer: {error} It is tried again.", link.connection.name);
        let decision = Decision::nothing(subject, Reason::InstanceUnavailable, detail);
        if let Err(error) = self.journal_session(&decision, key, mode).await {
            self.store_failed(decision.subject.clone(), &error, report);
        }
        decision
    }

    /// Whether what somebody watched is remembered when it cannot be decided about now.
    pub(super) fn may_owe(&self, viewer: &domain::session::Viewer, mode: Mode) -> bool {
        self.is_allowed(viewer) && !mode.dry_run && mode.seen_at.is_none() && !self.settings().dry_run
    }

    /// Decides once more about something that was watched while a Sonarr, or the media server, did not answer.
    pub(crate) async fn revisit(
        &self,
        sighting: &Sighting,
        seen_at: Timestamp,
        instance: i64,
        report: &mut CheckReport,
    ) {
        let key = PlayKey {
            server: sighting.watched.viewer.key.server,
            viewer: Some(sighting.watched.viewer.key.clone()),
            item: format!("{} {}", sighting.subject.show, sighting.watched.at),
            device: None,
        };
        let mode = Mode {
            dry_run: self.rehearsal.is_some(),
            fresh: true,
            seen_at: Some(seen_at),
        };
        let show = match self.links.get(key.server.0) {
            Some(server) => self.identify_show(&server, &sighting.show).await,
            None => Ok(sighting.show.clone()),
        };
        let show = match show {
            Ok(show) => show,
            Err(error) => {
                let detail = format!("It is still not known which series this is: {error}");
                let subject = sighting.subject.clone();
                report
                    .decisions
                    .push(Decision::nothing(subject, Reason::ShowUnavailable, detail));
                return;
            }
        };
        let sighting = Sighting {
            show,
            ..sighting.clone()
        };
        let Some(link) = self.links.get(instance) else { return };
        let part = self.on_instance(&link, &sighting, &key, mode, report).await;
        let decisions = match part.into_decisions() {
            Some(decisions) => decisions,
            None => self.found_nowhere(&sighting, &key, mode, report).await,
        };
        report.decisions.extend(decisions);
    }
}
