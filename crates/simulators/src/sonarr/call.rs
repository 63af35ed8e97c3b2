//! A request as the API's handlers see it, read as leniently as .NET reads.

use super::reply::Reply;
use super::version::Version;
use http::Method;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// One request to `/api/v3`.
#[derive(Debug)]
pub(crate) struct Call {
    pub method: Method,
    /// Path below the URL base, lower case, without `/api/v3`.
    pub segments: Vec<String>,
    pub query: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub version: Version,
}

/// A JSON object whose names are compared without case.
#[derive(Debug, Clone)]
pub(crate) struct Fields(pub Map<String, Value>);

impl Call {
    /// The first integer in the path.
    pub(crate) fn id(&self) -> i64 {
        self.segments
            .iter()
            .find_map(|segment| segment.parse().ok())
            .unwrap_or(0)
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.query
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.values(name).next().filter(|value| !value.is_empty())
    }

    pub(crate) fn int(&self, name: &str) -> Result<Option<i64>, Reply> {
        self.text(name).map(|value| parsed(name, value)).transpose()
    }

    /// Repeated numbers; version 3 wants them joined by commas.
    pub(crate) fn ints(&self, name: &str) -> Result<Vec<i64>, Reply> {
        let mut out = Vec::new();
        for value in self.values(name) {
            if self.version.is_v3() {
                for part in value.split(',').filter(|part| !part.is_empty()) {
                    out.push(parsed(name, part)?);
                }
            } else {
                out.push(parsed(name, value)?);
            }
        }
        Ok(out)
    }

    pub(crate) fn flag(&self, name: &str, default: bool) -> Result<bool, Reply> {
        match self.text(name).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(default),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(other) => Err(invalid(name, other)),
        }
    }

    pub(crate) fn time(&self, name: &str) -> Result<Option<Timestamp>, Reply> {
        self.text(name)
            .map(|value| time(value).ok_or_else(|| invalid(name, value)))
            .transpose()
    }

    /// The body as an object.
    pub(crate) fn fields(&self) -> Result<Fields, Reply> {
        match self.value()? {
            Value::Object(fields) => Ok(Fields(fields)),
            _ => Err(Reply::unbindable(
                "$",
                "The JSON value could not be converted to the resource.",
            )),
        }
    }

    fn value(&self) -> Result<Value, Reply> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Err(Reply::unbindable("", "A non-empty request body is required."));
        }
        serde_json::from_slice(&self.body)
            .or_else(|_| serde_json::from_str(&without_trailing_commas(&String::from_utf8_lossy(&self.body))))
            .map_err(|error| Reply::unbindable("$", &error.to_string()))
    }
}

fn parsed(name: &str, value: &str) -> Result<i64, Reply> {
    value
        .trim()
        .parse::<i32>()
        .map(i64::from)
        .map_err(|_| invalid(name, value))
}

fn invalid(name: &str, value: &str) -> Reply {
    Reply::unbindable(name, &format!("The value '{value}' is not valid."))
}

/// A date with an offset, or one without, which is the server's own time: UTC here.
pub(crate) fn time(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let local = text.parse::<jiff::civil::DateTime>().ok()?;
        local
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()
            .map(|zoned| zoned.timestamp())
    })
}

fn without_trailing_commas(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut in_string, mut escaped) = (false, false);
    for letter in text.chars() {
        if !in_string && matches!(letter, '}' | ']') {
            let kept = out.trim_end().strip_suffix(',').map(str::len);
            if let Some(kept) = kept {
                out.truncate(kept);
            }
        }
        in_string = in_string != (letter == '"' && !escaped);
        escaped = in_string && letter == '\\' && !escaped;
        out.push(letter);
    }
    out
}

impl Fields {
    /// The value of a name; null counts as absent.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        let found = self.0.get(name).or_else(|| {
            self.0
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        });
        found.filter(|value| !value.is_null())
    }

    fn typed<T>(&self, name: &str, read: impl Fn(&Value) -> Option<T>) -> Result<Option<T>, Reply> {
        self.value(name)
            .map(|value| {
                read(value).ok_or_else(|| {
                    Reply::unbindable(
                        &format!("$.{name}"),
                        &format!("The JSON value {value} could not be converted."),
                    )
                })
            })
            .transpose()
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Reply> {
        self.typed(name, Value::as_bool)
    }

    pub(crate) fn int(&self, name: &str) -> Result<Option<i64>, Reply> {
        self.typed(name, Value::as_i64)
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Reply> {
        self.typed(name, |value| value.as_str().map(str::to_owned))
    }

    pub(crate) fn ints(&self, name: &str) -> Result<Option<Vec<i64>>, Reply> {
        self.typed(name, |value| value.as_array()?.iter().map(Value::as_i64).collect())
    }

    pub(crate) fn list(&self, name: &str) -> Result<Option<Vec<Self>>, Reply> {
        self.typed(name, |value| {
            value
                .as_array()?
                .iter()
                .map(|item| item.as_object().cloned().map(Self))
                .collect()
        })
    }

    pub(crate) fn object(&self, name: &str) -> Result<Option<Self>, Reply> {
        self.typed(name, |value| value.as_object().cloned().map(Self))
    }

    /// The index of an enumeration's value, given as text without regard to case, or as its number.
    pub(crate) fn choice(&self, name: &str, names: &[&str]) -> Result<Option<usize>, Reply> {
        self.typed(name, |value| match value {
            Value::String(text) => names.iter().position(|name| name.eq_ignore_ascii_case(text)),
            Value::Number(number) => usize::try_from(number.as_u64()?).ok().filter(|at| *at < names.len()),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_commas_are_accepted_outside_of_text() {
        let text = without_trailing_commas(r#"{"a":[1,2,],"b":"x,]\",}", }"#);
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap(),
            serde_json::json!({"a": [1, 2], "b": "x,]\",}"})
        );
    }

    #[test]
    fn dates_without_an_offset_are_read() {
        assert_eq!(time("2024-01-02T03:04:05"), time("2024-01-02T03:04:05Z"));
        assert!(time("2024-01-02").is_some());
        assert!(time("soon").is_none());
    }

    #[test]
    fn names_and_enumerations_ignore_case() {
        let fields = Fields(serde_json::from_str(r#"{"SERIESTYPE":"Anime","x":1}"#).unwrap());
        assert_eq!(
            fields.choice("seriesType", &["standard", "daily", "anime"]).unwrap(),
            Some(2)
        );
        assert_eq!(fields.choice("x", &["a", "b"]).unwrap(), Some(1));
        assert!(fields.choice("x", &["a"]).is_err());
    }
}
