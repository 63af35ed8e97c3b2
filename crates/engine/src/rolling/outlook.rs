//! What will become of a show: which seasons go when, and when its viewers run out.

use super::ShowFacts;
use crate::core::Core;
use crate::error::RequestError;
use domain::cleanup::SeasonOutlook;
use domain::ids::{RollingShowId, ViewerKey};
use domain::pace::{self, Forecast};
use jiff::tz::TimeZone;

/// A viewer's rhythm in a show, and where it leads.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewerForecast {
    /// Name of the viewer.
    pub viewer: String,
    /// The viewer.
    pub viewer_key: ViewerKey,
    /// The rhythm in words; `None` where there are too few viewings to tell.
    pub pace: Option<String>,
    /// When the viewer runs out, in words; `None` where it cannot be told.
    pub sentence: Option<String>,
    /// The same in numbers.
    pub forecast: Option<Forecast>,
}

impl Core {
    /// What is to become of each season of a show that has more than its baseline. Empty while progressive cleanup is off.
    pub(crate) async fn outlook(&self, id: i64) -> Result<Vec<SeasonOutlook>, RequestError> {
        let playing = self.everything_playing().await;
        let mut outlook = self.facts_of(id, &playing).await?.cleanup();
        for season in &mut outlook {
            self.heed_refusal_in(season).await?;
        }
        Ok(outlook)
    }

    /// How fast each viewer of a show watches, and when they run out.
    pub(crate) async fn forecasts(&self, id: i64) -> Result<Vec<ViewerForecast>, RequestError> {
        let facts = self.facts_of(id, &Ok(Vec::new())).await?;
        let zone = TimeZone::system();
        let forecasts = facts.entries.iter().map(|entry| {
            let viewer = entry
                .viewer_name
                .clone()
                .unwrap_or_else(|| entry.viewer.account.clone());
            let forecast = pace::forecast(entry, &facts.snapshot, facts.now);
            ViewerForecast {
                pace: forecast.as_ref().map(Forecast::rhythm),
                sentence: forecast
                    .as_ref()
                    .map(|forecast| forecast.sentence(&viewer, facts.now, &zone)),
                viewer,
                viewer_key: entry.viewer.clone(),
                forecast,
            }
        });
        Ok(forecasts.collect())
    }

    async fn facts_of(&self, id: i64, playing: &super::facts::Playing) -> Result<ShowFacts, RequestError> {
        let Some(show) = self.store.rolling_show(RollingShowId(id)).await? else {
            return Err(RequestError::invalid(
                "notFound",
                format!("There is no rolling show {id}."),
            ));
        };
        let Some(link) = self.link_of(show.series) else {
            return Err(RequestError::failed("unreachable", "Its Sonarr is not connected."));
        };
        let title = show.title.clone();
        self.show_facts(&link, show, playing)
            .await?
            .ok_or_else(|| RequestError::failed("notFound", format!("Sonarr does not have {title} anymore.")))
    }
}
