use domain::rules::Condition;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! conditions {
    ($( $(#[$doc:meta])* $name:ident { $( $(#[$field_doc:meta])* $field:ident: $kind:ty, )* } )*) => {
        /// One question about a series.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
        #[serde(tag = "field", rename_all = "camelCase", rename_all_fields = "camelCase")]
        #[ts(rename = "Condition", export_to = "wire.ts")]
        pub enum ConditionDto {
            $( $(#[$doc])* $name { $( $(#[$field_doc])* $field: $kind, )* }, )*
        }

        impl From<Condition> for ConditionDto {
            fn from(condition: Condition) -> Self {
                match condition { $( Condition::$name { $( $field, )* } => Self::$name { $( $field, )* }, )* }
            }
        }

        impl From<ConditionDto> for Condition {
            fn from(condition: ConditionDto) -> Self {
                match condition { $( ConditionDto::$name { $( $field, )* } => Self::$name { $( $field, )* }, )* }
            }
        }
    };
}

conditions! {
    /// Has one of these genres.
    Genre {
        /// Genres as Sonarr has them.
        any_of: Vec<String>,
    }
    /// Has one of these tags.
    Tag {
        /// Labels.
        any_of: Vec<String>,
    }
    /// Has one of these quality profiles.
    QualityProfile {
        /// Ids in its Sonarr.
        any_of: Vec<i64>,
    }
    /// Lies in one of these root folders.
    RootFolder {
        /// Paths as Sonarr has them.
        any_of: Vec<String>,
    }
    /// Is by one of these networks.
    Network {
        /// Networks as Sonarr has them.
        any_of: Vec<String>,
    }
    /// Was made in one of these languages.
    OriginalLanguage {
        /// Names as Sonarr has them.
        any_of: Vec<String>,
    }
    /// Started in these years, both ends included.
    Year {
        /// First year; open when absent.
        from: Option<i32>,
        /// Last year; open when absent.
        to: Option<i32>,
    }
    /// Is of one of these sorts.
    SeriesType {
        /// standard, daily, anime.
        any_of: Vec<String>,
    }
    /// Has one of these statuses.
    Status {
        /// continuing, ended, upcoming, deleted.
        any_of: Vec<String>,
    }
    /// Has a title of this form.
    Title {
        /// The whole title, with `*` for any text and `?` for any one character.
        pattern: String,
    }
}
