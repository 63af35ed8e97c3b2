//! What a rule can ask of a series.

use crate::series::Series;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One question about a series. Texts are compared without case; what is not known of a series does not match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "field",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum Condition {
    /// Has one of these genres.
    Genre {
        /// Genres as Sonarr has them.
        any_of: Vec<String>,
    },
    /// Has one of these tags.
    Tag {
        /// Labels.
        any_of: Vec<String>,
    },
    /// Has one of these quality profiles.
    QualityProfile {
        /// Ids in its Sonarr.
        any_of: Vec<i64>,
    },
    /// Lies in one of these root folders. Paths are compared with case, a slash at the end does not matter.
    RootFolder {
        /// Paths as Sonarr has them.
        any_of: Vec<String>,
    },
    /// Is by one of these networks.
    Network {
        /// Networks as Sonarr has them.
        any_of: Vec<String>,
    },
    /// Was made in one of these languages.
    OriginalLanguage {
        /// Names as Sonarr has them.
        any_of: Vec<String>,
    },
    /// Started in these years, both ends included.
    Year {
        /// First year; open when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<i32>,
        /// Last year; open when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<i32>,
    },
    /// Is of one of these sorts.
    SeriesType {
        /// standard, daily, anime.
        any_of: Vec<String>,
    },
    /// Has one of these statuses.
    Status {
        /// continuing, ended, upcoming, deleted.
        any_of: Vec<String>,
    },
    /// Has a title of this form.
    Title {
        /// The whole title, with `*` for any text and `?` for any one character.
        pattern: String,
    },
}

const SERIES_TYPES: [&str; 3] = ["standard", "daily", "anime"];
const STATUSES: [&str; 4] = ["continuing", "ended", "upcoming", "deleted"];

impl Condition {
    /// Whether it holds for a series. `labels` are the instance's tags by id.
    pub fn holds(&self, series: &Series, labels: &BTreeMap<i64, String>) -> bool {
        match self {
            Self::Genre { any_of } => series.genres.iter().any(|genre| is_any_of(genre, any_of)),
            Self::Tag { any_of } => series
                .tags
                .iter()
                .filter_map(|tag| labels.get(tag))
                .any(|label| is_any_of(label, any_of)),
            Self::QualityProfile { any_of } => series.quality_profile.is_some_and(|profile| any_of.contains(&profile)),
            Self::RootFolder { any_of } => {
                let folder = series.root_folder.as_deref().map(without_end);
                folder.is_some_and(|folder| any_of.iter().any(|path| without_end(path.trim()) == folder))
            }
            Self::Network { any_of } => series
                .network
                .as_deref()
                .is_some_and(|network| is_any_of(network, any_of)),
            Self::OriginalLanguage { any_of } => series
                .original_language
                .as_deref()
                .is_some_and(|language| is_any_of(language, any_of)),
            Self::Year { from, to } => series
                .year
                .is_some_and(|year| from.is_none_or(|from| year >= from) && to.is_none_or(|to| year <= to)),
            Self::SeriesType { any_of } => is_any_of(&series.series_type, any_of),
            Self::Status { any_of } => is_any_of(&series.status, any_of),
            Self::Title { pattern } => fits(pattern, &series.title),
        }
    }

    /// What is wrong with it, for people; `None` when nothing is.
    pub(super) fn fault(&self) -> Option<String> {
        match self {
            Self::Genre { any_of } => texts("genre", any_of, None),
            Self::Tag { any_of } => texts("tag", any_of, None),
            Self::RootFolder { any_of } => texts("root folder", any_of, None),
            Self::Network { any_of } => texts("network", any_of, None),
            Self::OriginalLanguage { any_of } => texts("original language", any_of, None),
            Self::SeriesType { any_of } => texts("series type", any_of, Some(&SERIES_TYPES)),
            Self::Status { any_of } => texts("status", any_of, Some(&STATUSES)),
            Self::QualityProfile { any_of } if any_of.is_empty() => {
                Some("it needs at least one quality profile".to_owned())
            }
            Self::Year { from: None, to: None } => Some("it needs a first or a last year".to_owned()),
            Self::Year {
                from: Some(from),
                to: Some(to),
            } if from > to => Some(format!("its first year {from} is after its last year {to}")),
            Self::Title { pattern } if pattern.trim().is_empty() => Some("it needs a title pattern".to_owned()),
            Self::QualityProfile { .. } | Self::Year { .. } | Self::Title { .. } => None,
        }
    }
}

fn texts(what: &str, any_of: &[String], known: Option<&[&str]>) -> Option<String> {
    if any_of.is_empty() {
        return Some(format!("it needs at least one {what}"));
    }
    if any_of.iter().any(|text| text.trim().is_empty()) {
        return Some(format!("a {what} is empty"));
    }
    let known = known?;
    let foreign = any_of
        .iter()
        .find(|text| !known.contains(&text.trim().to_lowercase().as_str()))?;
    Some(format!("\"{foreign}\" is not a {what}; known are {}", known.join(", ")))
}

fn is_any_of(text: &str, any_of: &[String]) -> bool {
    let text = text.trim().to_lowercase();
    any_of.iter().any(|candidate| candidate.trim().to_lowercase() == text)
}

fn without_end(path: &str) -> &str {
    let trimmed = path.trim_end_matches(['/', '\\']);
    if trimmed.is_empty() { path } else { trimmed }
}

/// Whether a text has the form of a pattern with `*` and `?`, without case. Takes at most pattern times text steps.
fn fits(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.trim().to_lowercase().chars().collect();
    let text: Vec<char> = text.trim().to_lowercase().chars().collect();
    let (mut at_pattern, mut at_text) = (0, 0);
    // Where to go on when the text stops fitting: after the last star, which then takes one character more.
    let mut retry: Option<(usize, usize)> = None;
    while at_text < text.len() {
        match pattern.get(at_pattern) {
            Some('*') => {
                retry = Some((at_pattern + 1, at_text));
                at_pattern += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == text[at_text] => {
                at_pattern += 1;
                at_text += 1;
            }
            _ => {
                let Some((after_star, taken)) = retry else { return false };
                retry = Some((after_star, taken + 1));
                at_pattern = after_star;
                at_text = taken + 1;
            }
        }
    }
    pattern[at_pattern..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn title_patterns_are_whole_titles_with_wildcards() {
        let cases = [
            ("the *", "The Office", true),
            ("the *", "Bothe", false),
            ("*office", "The Office", true),
            ("*office", "The Office (US)", false),
            ("*o*f*", "The Office", true),
            ("st?r", "Star", true),
            ("st?r", "Str", false),
            ("**", "", true),
            ("?", "", false),
            ("Élite", "élite", true),
            ("*aab", "aaaaab", true),
        ];
        for (pattern, title, expected) in cases {
            assert_eq!(fits(pattern, title), expected, "{pattern} on {title}");
        }
    }
}
