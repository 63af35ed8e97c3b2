//! Which series of an instance a show is: by TVDB id, then IMDB id, then title.

use crate::ids::{SeriesKey, TvdbId};
use crate::series::Series;
use crate::session::ShowReference;

/// What the index keeps of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedSeries {
    /// Identity.
    pub key: SeriesKey,
    /// TheTVDB id.
    pub tvdb: Option<TvdbId>,
    /// IMDB id.
    pub imdb: Option<String>,
    /// Title and alternate titles, normalized.
    pub titles: Vec<String>,
    /// Year of the start.
    pub year: Option<i32>,
}

impl IndexedSeries {
    /// Keeps what matching needs.
    pub fn new(series: &Series) -> Self {
        let mut titles: Vec<String> = std::iter::once(&series.title)
            .chain(&series.alternate_titles)
            .map(|title| normalize_title(title))
            .collect();
        titles.retain(|title| !title.is_empty());
        titles.dedup();
        Self {
            key: series.key,
            tvdb: series.tvdb,
            imdb: series.imdb.clone(),
            titles,
            year: series.year,
        }
    }
}

/// The outcome of a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// Exactly one.
    One(SeriesKey),
    /// None.
    None,
    /// Several fit the title equally well.
    Ambiguous,
}

/// Lower case, without a trailing year in brackets, a leading article and anything that is no letter or digit.
pub fn normalize_title(title: &str) -> String {
    let mut title = title.trim().to_lowercase();
    if let Some(bare) = title.strip_suffix(')').and_then(|rest| {
        let (bare, year) = rest.rsplit_once('(')?;
        (year.len() == 4 && year.chars().all(|letter| letter.is_ascii_digit())).then(|| bare.trim_end().to_owned())
    }) && !bare.is_empty()
    {
        title = bare;
    }
    for article in ["the ", "a ", "an "] {
        if let Some(rest) = title.strip_prefix(article)
            && !rest.trim().is_empty()
        {
            title = rest.to_owned();
            break;
        }
    }
    title
        .replace('&', " and ")
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Finds a show in one instance's index.
pub fn find(show: &ShowReference, index: &[IndexedSeries]) -> Match {
    if let Some(tvdb) = show.tvdb
        && let Some(found) = index.iter().find(|series| series.tvdb == Some(tvdb))
    {
        return Match::One(found.key);
    }
    if let Some(imdb) = show.imdb.as_deref()
        && let Some(found) = index.iter().find(|series| series.imdb.as_deref() == Some(imdb))
    {
        return Match::One(found.key);
    }
    let Some(title) = show.title.as_deref() else {
        return Match::None;
    };
    let wanted = normalize_title(title);
    if wanted.is_empty() {
        return Match::None;
    }
    let year = show.year.or_else(|| trailing_year(title));
    let candidates: Vec<&IndexedSeries> = index
        .iter()
        .filter(|series| series.titles.contains(&wanted))
        .filter(|series| !is_another_series(show, year, series))
        .collect();
    let exact: Vec<&&IndexedSeries> = candidates
        .iter()
        .filter(|series| year.is_some() && series.year == year)
        .collect();
    match (candidates.as_slice(), exact.as_slice()) {
        ([], _) => Match::None,
        ([one], _) => Match::One(one.key),
        (_, [one]) => Match::One(one.key),
        _ => Match::Ambiguous,
    }
}

/// Remakes share a title: where both sides name different ids and different years, it is not the same series.
fn is_another_series(show: &ShowReference, year: Option<i32>, series: &IndexedSeries) -> bool {
    let ids_differ = show.tvdb.is_some() && series.tvdb.is_some() && show.tvdb != series.tvdb;
    let years_differ = year.is_some() && series.year.is_some() && year != series.year;
    ids_differ && years_differ
}

fn trailing_year(title: &str) -> Option<i32> {
    let (_, year) = title.trim().strip_suffix(')')?.rsplit_once('(')?;
    (year.len() == 4).then(|| year.parse().ok())?
}
