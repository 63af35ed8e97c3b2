//! Which series a show is.

use crate::shows::Show;
use cliffhangarr_domain as domain;
use domain::ids::{InstanceId, SeriesId, SeriesKey, TvdbId};
use domain::resolve::{IndexedSeries, Match, find, normalize_title};
use domain::session::ShowReference;

fn key(id: i64) -> SeriesKey {
    SeriesKey {
        instance: InstanceId(1),
        series: SeriesId(id),
    }
}

fn indexed(id: i64, title: &str, year: Option<i32>, tvdb: Option<i64>, imdb: Option<&str>) -> IndexedSeries {
    let mut series = Show::new().snapshot.series;
    series.key = key(id);
    series.title = title.to_owned();
    series.year = year;
    series.tvdb = tvdb.map(TvdbId);
    series.imdb = imdb.map(str::to_owned);
    IndexedSeries::new(&series)
}

fn show(title: &str, year: Option<i32>, tvdb: Option<i64>, imdb: Option<&str>) -> ShowReference {
    ShowReference {
        key: None,
        title: Some(title.to_owned()),
        year,
        tvdb: tvdb.map(TvdbId),
        imdb: imdb.map(str::to_owned),
    }
}

fn library() -> Vec<IndexedSeries> {
    vec![
        indexed(1, "The Office (US)", Some(2005), Some(73244), Some("tt0386676")),
        indexed(
            2,
            "Battlestar Galactica (2003)",
            Some(2003),
            Some(73545),
            Some("tt0407362"),
        ),
        indexed(3, "Battlestar Galactica", Some(1978), Some(71173), Some("tt0076984")),
        indexed(4, "Grey's Anatomy", Some(2005), Some(73762), None),
        indexed(5, "Castle (2009)", Some(2009), Some(83462), None),
        indexed(6, "Law & Order", Some(1990), None, None),
    ]
}

#[test]
fn the_tvdb_id_goes_before_the_imdb_id_and_that_before_the_title() {
    let one = |id| Match::One(key(id));
    for (wanted, expected) in [
        (show("Grey's Anatomy", None, Some(73244), Some("tt0407362")), one(1)),
        (show("Grey's Anatomy", None, None, Some("tt0407362")), one(2)),
        (show("Grey's Anatomy", None, Some(999), Some("tt0407362")), one(2)),
        (show("Grey's Anatomy", None, None, Some("tt9999999")), one(4)),
        (show("Grey's Anatomy", None, None, None), one(4)),
        (show("Unheard of", None, None, None), Match::None),
        (show("", None, None, None), Match::None),
        (show("?!", None, None, None), Match::None),
        (ShowReference::default(), Match::None),
    ] {
        assert_eq!(find(&wanted, &library()), expected, "{wanted:?}");
    }
}

#[test]
fn titles_match_without_case_year_article_and_punctuation() {
    for title in ["castle", "CASTLE", "Castle (2009)", "The Castle", "Castle!", " Castle "] {
        assert_eq!(
            find(&show(title, None, None, None), &library()),
            Match::One(key(5)),
            "{title}"
        );
    }
    for (one, other) in [
        ("Law & Order", "Law and Order"),
        ("Marvel's Agents of S.H.I.E.L.D.", "marvel s agents of s h i e l d"),
        ("A Discovery of Witches", "Discovery of Witches (2018)"),
        ("An Idiot Abroad", "idiot abroad"),
        ("ÆON FLUX", "æon flux"),
    ] {
        assert_eq!(normalize_title(one), normalize_title(other));
    }
    for (one, other) in [
        ("The Office (US)", "The Office"),
        ("1923", ""),
        ("The", ""),
        ("Anna", "na"),
        ("Theodora", "odora"),
    ] {
        assert_ne!(normalize_title(one), normalize_title(other));
    }
}

#[test]
fn remakes_are_told_apart_by_their_year() {
    let title = "Battlestar Galactica";
    let found = |wanted: &ShowReference| find(wanted, &library());
    assert_eq!(found(&show(title, Some(2003), None, None)), Match::One(key(2)));
    assert_eq!(found(&show(title, Some(1978), None, None)), Match::One(key(3)));
    assert_eq!(
        found(&show("Battlestar Galactica (2003)", None, None, None)),
        Match::One(key(2))
    );
    assert_eq!(found(&show(title, None, None, None)), Match::Ambiguous);
    assert_eq!(found(&show(title, Some(2024), None, None)), Match::Ambiguous);
    // With another id and another year it is a series that Sonarr does not have.
    assert_eq!(found(&show(title, Some(2024), Some(999), None)), Match::None);
    assert_eq!(found(&show("Castle", Some(2024), Some(999), None)), Match::None);
}

#[test]
fn other_titles_that_sonarr_knows_match_too() {
    let mut series = Show::new().snapshot.series;
    series.key = key(9);
    series.title = "Money Heist".to_owned();
    series.alternate_titles = vec!["La Casa de Papel".to_owned(), "???".to_owned()];
    let index = [IndexedSeries::new(&series)];
    assert_eq!(
        find(&show("la casa de papel", None, None, None), &index),
        Match::One(key(9))
    );
    assert_eq!(find(&show("???", None, None, None), &index), Match::None);
}
