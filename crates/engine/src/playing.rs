//! Who is playing a show right now, asked afresh: nothing is deleted on an old answer.

use crate::core::{Core, lock};
use crate::links::Link;
use domain::ids::TvdbId;
use domain::monitoring::RollingShow;
use domain::protection::PlayingNow;
use domain::resolve::normalize_title;
use domain::session::{ItemKind, PlaybackSession, ShowReference};
use remote::RemoteError;
use std::sync::Arc;

/// How a rolling show is recognized on media servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShowIdentity {
    pub title: String,
    pub tvdb: Option<TvdbId>,
    pub imdb: Option<String>,
}

impl ShowIdentity {
    /// What is known of a rolling show.
    pub fn of(show: &RollingShow) -> Self {
        Self {
            title: show.title.clone(),
            tvdb: show.tvdb,
            imdb: show.imdb.clone(),
        }
    }

    /// Whether a media server's show is this one. Where ids do not tell, equal titles count: this protects.
    pub fn is(&self, show: &ShowReference) -> bool {
        (self.tvdb.is_some() && self.tvdb == show.tvdb)
            || (self.imdb.is_some() && self.imdb == show.imdb)
            || show
                .title
                .as_deref()
                .is_some_and(|title| normalize_title(title) == normalize_title(&self.title))
    }
}

impl Core {
    /// Asks one media server for its sessions and remembers a good answer.
    pub async fn read_sessions(&self, link: &Link) -> Result<domain::session::SessionList, RemoteError> {
        let Some((server, client)) = link.media() else {
            return Err(RemoteError::Unauthorized);
        };
        let answer = client.sessions().await;
        let now = self.now();
        link.note(&answer, now);
        let list = answer?;
        lock(&self.tracker).observe(server, &list.sessions, now);
        *lock(&link.last_sessions) = Some((now, list.sessions.clone()));
        // Who sees only a part of it has not seen what was watched.
        if link.why_only_part().is_none() {
            self.note_observed(server, now).await;
        }
        Ok(list)
    }

    /// Everything that is playing on every media server, asked now.
    ///
    /// # Errors
    /// The first server whose answer is unknown: then nobody may say that nothing is playing.
    pub async fn everything_playing(&self) -> Result<Vec<(Arc<Link>, PlaybackSession)>, String> {
        let mut playing = Vec::new();
        for link in self.links.media_servers() {
            let list = self
                .read_sessions(&link)
                .await
                .map_err(|error| format!("{}: {error}", link.connection.name))?;
            if let Some(reason) = link.why_only_part() {
                return Err(format!("{}: {reason}", link.connection.name));
            }
            if !list.unreadable.is_empty() {
                return Err(format!(
                    "{}: {} sessions could not be read",
                    link.connection.name,
                    list.unreadable.len()
                ));
            }
            playing.extend(list.sessions.into_iter().map(|session| (Arc::clone(&link), session)));
        }
        Ok(playing)
    }

    /// What of a show is among the given sessions.
    ///
    /// # Errors
    /// When a session's show cannot be identified: it might be this one.
    pub async fn playing_of(
        &self,
        show: &RollingShow,
        sessions: &[(Arc<Link>, PlaybackSession)],
    ) -> Result<Vec<PlayingNow>, String> {
        let mut playing = Vec::new();
        for (link, session) in sessions {
            if matches!(
                session.item.kind,
                ItemKind::Movie | ItemKind::Track | ItemKind::Clip | ItemKind::LiveTv
            ) {
                continue;
            }
            let known = self
                .identify_show(link, &session.item.show)
                .await
                .map_err(|error| format!("{}: {error}", link.connection.name))?;
            let is_it = self
                .is_of_show(show, &known)
                .await
                .map_err(|error| format!("which show {} is: {error}", known.title.as_deref().unwrap_or("that")))?;
            if is_it {
                playing.push(PlayingNow {
                    season: session.item.season,
                    episodes: session.item.episodes.clone(),
                    viewer: session.viewer.as_ref().map(|viewer| viewer.display_name().to_owned()),
                });
            }
        }
        Ok(playing)
    }
}
