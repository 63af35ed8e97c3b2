//! The query fields of a request, whose names may be spelled with large and small letters.

use url::form_urlencoded;

#[derive(Debug, Default)]
pub(super) struct Arguments(Vec<(String, String)>);

impl Arguments {
    pub(super) fn of(query: &str) -> Self {
        let fields = form_urlencoded::parse(query.as_bytes());
        Self(
            fields
                .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
                .collect(),
        )
    }

    /// A field by its name in small letters.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.text(name)?.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The parts of a field that takes several values, separated by commas or given again.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let values = self.0.iter().filter(|(field, _)| field == name);
        values
            .flat_map(|(_, value)| value.split(','))
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_in_any_way_and_lists_in_two() {
        let arguments = Arguments::of("UserId=7&recursive=True&Fields=Path,ProviderIds&fields=Overview&limit=x");
        assert_eq!(arguments.text("userid"), Some("7"));
        assert_eq!(arguments.flag("recursive"), Some(true));
        assert_eq!(arguments.list("fields"), ["Path", "ProviderIds", "Overview"]);
        assert_eq!(arguments.number("limit"), None);
    }
}
