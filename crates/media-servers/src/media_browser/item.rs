//! Items of the library, wherever they are told of.

use domain::ids::TvdbId;
use domain::session::{ItemKind, ShowReference};
use remote::lenient;
use serde_json::Value;

/// Ticks are tenths of a microsecond.
const TICKS_IN_A_MILLISECOND: i64 = 10_000;
/// A file with more episodes than this has a number that is none.
const MOST_EPISODES: i32 = 50;
/// Extras by the names of Jellyfin's `ExtraType`, of which Emby has the older ones.
const EXTRAS: [&str; 11] = [
    "Clip",
    "Trailer",
    "BehindTheScenes",
    "DeletedScene",
    "Interview",
    "Scene",
    "Sample",
    "ThemeSong",
    "ThemeVideo",
    "Featurette",
    "Short",
];

/// A time in milliseconds, from 0 up.
pub(super) fn milliseconds(ticks: &Value) -> Option<i64> {
    lenient::integer(ticks)
        .filter(|ticks| *ticks >= 0)
        .map(|ticks| ticks / TICKS_IN_A_MILLISECOND)
}

/// What sort of item it is.
pub(super) fn kind(item: &Value) -> ItemKind {
    let extra = lenient::text(&item["ExtraType"]).unwrap_or_default();
    if EXTRAS.iter().any(|known| known.eq_ignore_ascii_case(&extra)) {
        return ItemKind::Clip;
    }
    match item["Type"].as_str().unwrap_or_default() {
        "Episode" => ItemKind::Episode,
        "Movie" => ItemKind::Movie,
        "Audio" | "AudioBook" | "MusicVideo" => ItemKind::Track,
        "Trailer" => ItemKind::Clip,
        "TvChannel" | "LiveTvChannel" | "Program" | "TvProgram" | "LiveTvProgram" => ItemKind::LiveTv,
        other => ItemKind::Other(other.to_owned()),
    }
}

/// An episode's season; a missing number is unknown, and not the specials.
pub(super) fn season(item: &Value) -> Option<i32> {
    lenient::small_integer(&item["ParentIndexNumber"]).filter(|number| *number >= 0)
}

/// The numbers of an episode's file, ascending.
pub(super) fn episodes(item: &Value) -> Vec<i32> {
    let number = |name: &str| lenient::small_integer(&item[name]).filter(|number| *number >= 0);
    let Some(first) = number("IndexNumber") else {
        return Vec::new();
    };
    let last = number("IndexNumberEnd").filter(|last| (first..first.saturating_add(MOST_EPISODES)).contains(last));
    (first..=last.unwrap_or(first)).collect()
}

/// The show that an episode names. Its `ProviderIds` are ids of the episode, and `ProductionYear` is the episode's.
pub(super) fn show_of(episode: &Value) -> ShowReference {
    ShowReference {
        key: lenient::id(&episode["SeriesId"]),
        title: lenient::text(&episode["SeriesName"]),
        ..ShowReference::default()
    }
}

/// Reads a show of the library.
pub(super) fn show_reference(show: &Value, key: &str) -> ShowReference {
    let tvdb = provider_id(show, &["Tvdb", "TheTvdb"], |id| id.parse().ok().filter(|id| *id > 0));
    let imdb = provider_id(show, &["Imdb"], |id| {
        let number = id.strip_prefix("tt")?;
        (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then(|| id.to_owned())
    });
    ShowReference {
        key: Some(key.to_owned()),
        title: lenient::text(&show["Name"]),
        year: lenient::small_integer(&show["ProductionYear"]).filter(|year| *year > 0),
        tvdb: tvdb.map(TvdbId),
        imdb,
    }
}

/// The first usable id under one of several names, whose case the servers do not keep.
fn provider_id<T>(item: &Value, names: &[&str], usable: impl Fn(&str) -> Option<T>) -> Option<T> {
    let ids = item["ProviderIds"].as_object()?;
    ids.iter()
        .filter(|(name, _)| names.iter().any(|known| known.eq_ignore_ascii_case(name)))
        .find_map(|(_, id)| usable(&lenient::id(id)?))
}

/// An id to be compared: Jellyfin takes and gives GUIDs with and without dashes, in either case.
pub(super) fn plain_id(id: &str) -> String {
    id.replace('-', "").to_ascii_lowercase()
}

/// Whether an id may be asked for: ids come from the server and go into a list, so they must be no more than an element of it.
pub(super) fn is_harmless(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_that_make_no_sense_are_unknown() {
        let cases = [
            (json!({"IndexNumber": 7}), vec![7]),
            (json!({"IndexNumber": "7", "IndexNumberEnd": 9.0}), vec![7, 8, 9]),
            (json!({"IndexNumber": 0, "IndexNumberEnd": 0}), vec![0]),
            (json!({"IndexNumber": 7, "IndexNumberEnd": 6}), vec![7]),
            (json!({"IndexNumber": 7, "IndexNumberEnd": 2_000_000_000}), vec![7]),
            (
                json!({"IndexNumber": i32::MAX, "IndexNumberEnd": i32::MAX}),
                vec![i32::MAX],
            ),
            (json!({"IndexNumberEnd": 9}), vec![]),
            (json!({"IndexNumber": -1}), vec![]),
            (json!({"IndexNumber": "x"}), vec![]),
        ];
        for (item, expected) in cases {
            assert_eq!(episodes(&item), expected, "{item}");
        }
    }

    #[test]
    fn a_shows_ids_are_found_under_every_spelling_and_nonsense_is_none() {
        let ids = |ids: Value| {
            let show = show_reference(&json!({"ProviderIds": ids}), "1");
            (show.tvdb.map(|id| id.0), show.imdb)
        };
        let imdb = Some("tt9999999".to_owned());
        assert_eq!(
            ids(json!({"Tvdb": "880001", "Imdb": "tt9999999"})),
            (Some(880_001), imdb.clone())
        );
        assert_eq!(
            ids(json!({"tvdb": 880_001, "IMDB": "tt9999999"})),
            (Some(880_001), imdb.clone())
        );
        assert_eq!(
            ids(json!({"TVDB": "0", "TheTVDB": "880001", "imdb": ""})),
            (Some(880_001), None)
        );
        assert_eq!(
            ids(json!({"Tmdb": "990001", "Tvdb": "", "Imdb": "9999999"})),
            (None, None)
        );
        assert_eq!(ids(json!({"Tvdb": "-5", "Imdb": "tt"})), (None, None));
        assert_eq!(ids(json!(null)), (None, None));
    }

    #[test]
    fn ids_are_compared_without_their_dashes_and_asked_for_only_alone() {
        assert_eq!(
            plain_id("C78D400F-DE5C-421E-8714-4FB05D387233"),
            "c78d400fde5c421e87144fb05d387233"
        );
        assert!(is_harmless("1219") && is_harmless("SERIES-UUID"));
        for id in ["", "1,2", "1&userId=2", "../Users", "a b"] {
            assert!(!is_harmless(id), "{id}");
        }
    }
}
