//! The guid texts that the different metadata agents give to shows, seasons and episodes.

/// Which metadata agent matched a show, and so what its guids look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GuidMode {
    /// The current agent: `plex://show/…`, with the external ids in `Guid[]` of the item's own metadata.
    #[default]
    Modern,
    /// The old TVDB agent: the id is in the text, `Guid[]` does not exist.
    LegacyThetvdb,
    /// The HAMA agent for anime: `com.plexapp.agents.hama://tvdb-…`.
    Hama,
    /// Matched by nobody: `com.plexapp.agents.none://…`.
    None,
    /// A file that was never matched: `local://…`.
    Local,
}

/// The level a guid is made for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Level {
    Show,
    Season(i32),
    Episode(i32, i32),
}

/// Ids of a title in other databases.
#[derive(Debug, Clone, Default)]
pub(crate) struct ExternalIds {
    pub(crate) tvdb: Option<i64>,
    pub(crate) tmdb: Option<i64>,
    pub(crate) imdb: Option<String>,
}

impl ExternalIds {
    /// The ids as `Guid[]` writes them, in the order the server uses.
    pub(crate) fn guids(&self) -> Vec<String> {
        let imdb = self.imdb.iter().map(|id| format!("imdb://{id}"));
        let tmdb = self.tmdb.iter().map(|id| format!("tmdb://{id}"));
        let tvdb = self.tvdb.iter().map(|id| format!("tvdb://{id}"));
        imdb.chain(tmdb).chain(tvdb).collect()
    }

    /// The ids of an episode: its own, never the show's.
    pub(crate) fn of_episode(rating_key: i64) -> Self {
        Self {
            tvdb: Some(5_600_000 + rating_key),
            tmdb: Some(2_100_000 + rating_key),
            imdb: Some(format!("tt{}", 18_000_000 + rating_key)),
        }
    }
}

/// The guid of an item of a show.
pub(crate) fn show_guid(mode: GuidMode, level: Level, tvdb: Option<i64>, rating_key: i64) -> String {
    let tvdb = tvdb.unwrap_or(0);
    let tail = match level {
        Level::Show => String::new(),
        Level::Season(season) => format!("/{season}"),
        Level::Episode(season, episode) => format!("/{season}/{episode}"),
    };
    match mode {
        GuidMode::Modern => {
            let word = match level {
                Level::Show => "show",
                Level::Season(_) => "season",
                Level::Episode(..) => "episode",
            };
            format!("plex://{word}/{}", hex24(rating_key))
        }
        GuidMode::LegacyThetvdb => format!("com.plexapp.agents.thetvdb://{tvdb}{tail}?lang=en"),
        GuidMode::Hama => format!("com.plexapp.agents.hama://tvdb-{tvdb}{tail}?lang=en"),
        GuidMode::None => format!("com.plexapp.agents.none://{}?lang=xn", hex24(rating_key)),
        GuidMode::Local => format!("local://{rating_key}"),
    }
}

/// 24 hex digits that belong to a number, as the current agent's ids look.
pub(crate) fn hex24(n: i64) -> String {
    let a = scramble(n.unsigned_abs());
    let b = scramble(a ^ 0x5d9c);
    format!("{a:016x}{:08x}", b >> 32)
}

/// Spreads a number over 64 bits, the same way every time.
pub(crate) fn scramble(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_agent_writes_its_own_form() {
        let episode = Level::Episode(6, 1);
        let of = |mode, level| show_guid(mode, level, Some(121_361), 77);
        assert_eq!(
            of(GuidMode::LegacyThetvdb, Level::Show),
            "com.plexapp.agents.thetvdb://121361?lang=en"
        );
        assert_eq!(
            of(GuidMode::LegacyThetvdb, episode),
            "com.plexapp.agents.thetvdb://121361/6/1?lang=en"
        );
        assert_eq!(
            of(GuidMode::Hama, Level::Season(6)),
            "com.plexapp.agents.hama://tvdb-121361/6?lang=en"
        );
        assert_eq!(of(GuidMode::Local, episode), "local://77");
        let modern = of(GuidMode::Modern, episode);
        assert_eq!(modern.strip_prefix("plex://episode/").map(str::len), Some(24));
        assert!(!modern.contains("121361"));
    }
}
