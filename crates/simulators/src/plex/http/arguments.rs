//! The arguments of a request: query fields, and the headers that may be given as fields too.

use http::HeaderMap;
use url::form_urlencoded;

/// Query fields and `X-Plex-*` headers of one request.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    fields: Vec<(String, String)>,
    headers: Vec<(String, String)>,
}

/// The part of a listing that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) start: usize,
    pub(crate) size: Option<usize>,
}

/// A bound on a time, as the history takes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    AtLeast(i64),
    Above(i64),
    AtMost(i64),
    Below(i64),
}

impl Bound {
    pub(crate) fn admits(self, value: i64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::Above(bound) => value > bound,
            Self::AtMost(bound) => value <= bound,
            Self::Below(bound) => value < bound,
        }
    }
}

impl Arguments {
    pub(crate) fn of(query: &str, headers: &HeaderMap) -> Self {
        let named = headers.iter().filter(|(name, _)| name.as_str().starts_with("x-plex-"));
        Self {
            fields: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers: named
                .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
                .collect(),
        }
    }

    /// A query field.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.field(name)?.parse().ok()
    }

    pub(crate) fn switched_on(&self, name: &str) -> bool {
        matches!(self.field(name), Some("1" | "true"))
    }

    /// An `X-Plex-*` header, or the query field of the same name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name));
        self.headers
            .iter()
            .find(|(header, _)| header == name)
            .or(field)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn window(&self) -> Window {
        let number = |name: &str| self.header(name).and_then(|text| text.parse().ok());
        Window {
            start: number("x-plex-container-start").unwrap_or(0),
            size: number("x-plex-container-size"),
        }
    }

    /// The bounds on a field. The operator is part of the name: `field>=` in an encoded name is "at least", while a bare `field>=5` is a
    /// field called `field>` and means "more than"; a client that wants the bound included subtracts one.
    pub(crate) fn bounds(&self, name: &str) -> Vec<Bound> {
        let parse = |(field, value): &(String, String)| {
            let operator = field.strip_prefix(name)?;
            // `field>5` has no equals sign, so all of it came as the name.
            let (operator, value) = match operator.find(|c: char| c.is_ascii_digit()) {
                Some(at) if value.is_empty() => (&operator[..at], &operator[at..]),
                _ => (operator, value.as_str()),
            };
            let value = value.parse().ok()?;
            match operator {
                ">=" => Some(Bound::AtLeast(value)),
                ">" | ">>" => Some(Bound::Above(value)),
                "<=" => Some(Bound::AtMost(value)),
                "<" | "<<" => Some(Bound::Below(value)),
                _ => None,
            }
        };
        self.fields.iter().filter_map(parse).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(query: &str) -> Vec<Bound> {
        Arguments::of(query, &HeaderMap::new()).bounds("viewedAt")
    }

    #[test]
    fn the_operator_is_part_of_the_name() {
        assert_eq!(bounds("viewedAt%3E%3D=5"), [Bound::AtLeast(5)]);
        assert_eq!(bounds("viewedAt%3E=5"), [Bound::Above(5)]);
        assert_eq!(bounds("viewedAt>=5"), [Bound::Above(5)]);
        assert_eq!(bounds("viewedAt>5"), [Bound::Above(5)]);
        assert_eq!(bounds("viewedAt<=9&sort=viewedAt:desc"), [Bound::Below(9)]);
    }

    #[test]
    fn headers_may_be_given_as_fields() {
        let arguments = Arguments::of("X-Plex-Container-Size=7", &HeaderMap::new());
        assert_eq!(
            arguments.window(),
            Window {
                start: 0,
                size: Some(7)
            }
        );
    }
}
