//! Changing a series without losing anything of it.

use domain::series::NewItems;
use remote::lenient::{flag, small_integer};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What to change of a series; `None` and unlisted seasons stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeriesEdit {
    /// Whether the series is monitored. Its episodes keep their flags.
    pub monitored: Option<bool>,
    /// What happens to newly announced seasons. Version 3 has no such setting; there this is ignored.
    pub new_items: Option<NewItems>,
    /// Seasons by number. Changing one gives **all** its episodes the new value. Unknown numbers are ignored.
    pub seasons: BTreeMap<i32, bool>,
}

impl SeriesEdit {
    /// Applies the edit to a series as Sonarr sent it, and says whether anything differs now.
    pub(crate) fn apply(&self, series: &mut Value) -> bool {
        let mut changed = false;
        // Indexing would add what is missing, as null.
        if let (Some(monitored), Some(current)) = (self.monitored, series.get_mut("monitored")) {
            changed |= set_flag(current, monitored);
        }
        if let (Some(new_items), Some(current)) = (self.new_items, series.get_mut("monitorNewItems")) {
            let word = match new_items {
                NewItems::All => "all",
                NewItems::None => "none",
            };
            if !current
                .as_str()
                .is_some_and(|current| current.eq_ignore_ascii_case(word))
            {
                *current = json!(word);
                changed = true;
            }
        }
        for season in series
            .get_mut("seasons")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            let wanted = small_integer(&season["seasonNumber"]).and_then(|number| self.seasons.get(&number));
            if let (Some(wanted), Some(current)) = (wanted, season.get_mut("monitored")) {
                changed |= set_flag(current, *wanted);
            }
        }
        changed
    }
}

fn set_flag(current: &mut Value, wanted: bool) -> bool {
    let changed = flag(current) != Some(wanted);
    if changed {
        *current = json!(wanted);
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series() -> Value {
        json!({"title": "Harbour Lights", "monitored": false, "monitorNewItems": "none", "unheardOf": [1.5, null],
            "seasons": [{"seasonNumber": 0, "monitored": false}, {"seasonNumber": 1, "monitored": true, "statistics": {}}], "id": 7})
    }

    #[test]
    fn only_what_was_asked_for_changes() {
        let mut edited = series();
        let edit = SeriesEdit {
            monitored: Some(true),
            new_items: Some(NewItems::All),
            seasons: BTreeMap::from([(1, false), (9, true)]),
        };
        assert!(edit.apply(&mut edited));
        let mut expected = series();
        expected["monitored"] = json!(true);
        expected["monitorNewItems"] = json!("all");
        expected["seasons"][1]["monitored"] = json!(false);
        assert_eq!(edited, expected);
        assert!(!edit.apply(&mut edited));
    }

    #[test]
    fn an_edit_that_asks_for_what_is_changes_nothing() {
        let mut edited = series();
        let edit = SeriesEdit {
            monitored: Some(false),
            new_items: Some(NewItems::None),
            seasons: BTreeMap::from([(1, true)]),
        };
        assert!(!edit.apply(&mut edited));
        assert!(!SeriesEdit::default().apply(&mut edited));
        assert_eq!(edited, series());
    }

    #[test]
    fn version_three_gets_no_setting_it_does_not_know() {
        let mut edited = json!({"monitored": true, "id": 7});
        assert!(
            !SeriesEdit {
                new_items: Some(NewItems::All),
                ..SeriesEdit::default()
            }
            .apply(&mut edited)
        );
        assert_eq!(edited, json!({"monitored": true, "id": 7}));
    }
}
