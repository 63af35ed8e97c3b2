//! External ids of shows.

use crate::element::Element;
use domain::ids::TvdbId;
use domain::session::ShowReference;

/// Ids of a series at TheTVDB and IMDB.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SeriesIds {
    pub(crate) tvdb: Option<TvdbId>,
    pub(crate) imdb: Option<String>,
}

impl SeriesIds {
    /// Reads a guid: `tvdb://880001` and `imdb://tt…` of the new agents, and those of the old ones, such as
    /// `com.plexapp.agents.thetvdb://121361/6/1?lang=en` and `com.plexapp.agents.hama://tvdb-121361/6/1`. In the old ones the
    /// first segment is the show's id, also for a season or an episode.
    ///
    /// Guids of new agents, of files without match and of databases unknown here have no ids.
    pub(crate) fn of(guid: &str) -> Self {
        let Some((agent, rest)) = guid.split_once("://") else {
            return Self::default();
        };
        let id = rest.split(['/', '?']).next().unwrap_or_default();
        match agent {
            "tvdb" => Self::tvdb(id),
            "imdb" | "com.plexapp.agents.imdb" => Self::imdb(id),
            "com.plexapp.agents.hama" => match id.split_once('-') {
                // "tvdb2-" to "tvdb6-" are other orders of the same series.
                Some((source, id)) if source.trim_end_matches(|c: char| c.is_ascii_digit()) == "tvdb" => Self::tvdb(id),
                Some(("imdb", id)) => Self::imdb(id),
                _ => Self::default(),
            },
            _ if agent.starts_with("com.plexapp.agents.thetvdb") => Self::tvdb(id),
            _ => Self::default(),
        }
    }

    fn tvdb(id: &str) -> Self {
        Self {
            tvdb: id.parse().ok().filter(|id| *id > 0).map(TvdbId),
            imdb: None,
        }
    }

    fn imdb(id: &str) -> Self {
        let number = id
            .strip_prefix("tt")
            .filter(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
        Self {
            tvdb: None,
            imdb: number.map(|_| id.to_owned()),
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            tvdb: self.tvdb.or(other.tvdb),
            imdb: self.imdb.or(other.imdb),
        }
    }
}

/// Reads a show from the library.
pub(super) fn show_reference(show: &Element, key: &str) -> ShowReference {
    let listed = show
        .children_named("Guid")
        .filter_map(|guid| guid.text("id"))
        .map(SeriesIds::of);
    let own = show.text("guid").map(SeriesIds::of).unwrap_or_default();
    let ids = listed.fold(SeriesIds::default(), SeriesIds::or).or(own);
    ShowReference {
        key: Some(show.text("ratingKey").unwrap_or(key).to_owned()),
        title: show.text("title").map(str::to_owned),
        year: show.number("year").filter(|year| *year > 0),
        tvdb: ids.tvdb,
        imdb: ids.imdb,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_of_all_agents_are_read() {
        let tvdb = |id| SeriesIds {
            tvdb: Some(TvdbId(id)),
            imdb: None,
        };
        let imdb = |id: &str| SeriesIds {
            tvdb: None,
            imdb: Some(id.to_owned()),
        };
        let cases = [
            ("tvdb://880001", tvdb(880_001)),
            ("imdb://tt9999999", imdb("tt9999999")),
            ("com.plexapp.agents.thetvdb://121361?lang=en", tvdb(121_361)),
            ("com.plexapp.agents.thetvdb://121361/6/1?lang=en", tvdb(121_361)),
            ("com.plexapp.agents.imdb://tt0944947?lang=en", imdb("tt0944947")),
            ("com.plexapp.agents.hama://tvdb-121361/6/1?lang=en", tvdb(121_361)),
            ("com.plexapp.agents.hama://tvdb4-121361?lang=en", tvdb(121_361)),
        ];
        for (guid, expected) in cases {
            assert_eq!(SeriesIds::of(guid), expected, "{guid}");
        }
    }

    #[test]
    fn guids_without_series_ids_have_none() {
        let guids = [
            "plex://show/5d9c08254eefaa001f5d6dcb",
            "com.plexapp.agents.hama://anidb-4563?lang=en",
            "com.plexapp.agents.themoviedb://1399/6/1?lang=en",
            "com.plexapp.agents.none://0123456789?lang=xn",
            "com.plexapp.agents.thetvdb://0?lang=en",
            "imdb://9999999",
            "local://822",
            "no_idea",
            "",
        ];
        for guid in guids {
            assert_eq!(SeriesIds::of(guid), SeriesIds::default(), "{guid}");
        }
    }
}
