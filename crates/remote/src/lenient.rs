//! Reading values whose types servers do not keep: ids as numbers, numbers as strings, flags as 0 and 1.
//!
//! Each function takes the value of a field; `&object["missing"]` is null, for which all of them answer `None`.

use jiff::Timestamp;
use serde_json::Value;

/// An opaque id: a non-empty string, or a number as one.
pub fn id(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(_) => integer(value).map(|number| number.to_string()),
        _ => None,
    }
}

/// Text that is not empty.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A whole number, also as text or with a fraction of zero.
pub fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(whole)),
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| text.parse().ok().and_then(whole))
        }
        _ => None,
    }
}

/// A whole number that fits 32 bits, such as a season or a year.
pub fn small_integer(value: &Value) -> Option<i32> {
    integer(value).and_then(|number| i32::try_from(number).ok())
}

/// A number.
pub fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

/// A flag: true/false, 1/0, or either as text in any case.
pub fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "1" | "true" => Some(true),
            "0" | "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A moment: RFC 3339 text (without an offset it is taken as UTC), or seconds since 1970 as number or text.
///
/// .NET's year 1 stands for "none" and is one.
pub fn timestamp(value: &Value) -> Option<Timestamp> {
    if let Some(seconds) = integer(value) {
        return Timestamp::from_second(seconds).ok();
    }
    let text = value.as_str()?.trim();
    if text.starts_with("0001-01-01") {
        return None;
    }
    text.parse().ok().or_else(|| format!("{text}Z").parse().ok())
}

/// The elements of a list, each parsed on its own: one bad element is skipped with its reason and hides no other.
///
/// Anything that is no list has no elements.
pub fn each_lenient<T, F>(list: &Value, mut parse: F) -> (Vec<T>, Vec<String>)
where
    F: FnMut(&Value) -> Result<T, String>,
{
    let mut parsed = Vec::new();
    let mut skipped = Vec::new();
    for (position, element) in list.as_array().into_iter().flatten().enumerate() {
        match parse(element) {
            Ok(value) => parsed.push(value),
            Err(reason) => skipped.push(format!("element {}: {reason}", position + 1)),
        }
    }
    (parsed, skipped)
}

/// A float as a whole number, where it is one. The bounds are exact powers of two.
fn whole(number: f64) -> Option<i64> {
    let limit = 9_223_372_036_854_775_808.0;
    (number.fract() == 0.0 && number >= -limit && number < limit).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_and_numbers_are_read_in_every_spelling() {
        for value in [json!("61"), json!(61), json!(61.0), json!(" 61 ")] {
            assert_eq!(id(&value).as_deref(), Some("61"));
            assert_eq!(integer(&value), Some(61));
        }
        assert_eq!(integer(&json!(9_876_543_210_i64)), Some(9_876_543_210));
        assert_eq!(integer(&json!(84_429_221_268.0)), Some(84_429_221_268));
        assert_eq!(integer(&json!(1.5)), None);
        assert_eq!(integer(&json!(1e300)), None);
        assert_eq!(small_integer(&json!(9_876_543_210_i64)), None);
        assert_eq!(id(&json!("")), None);
        assert_eq!(id(&json!({})), None);
        assert_eq!(float(&json!("23.976")), Some(23.976));
        assert_eq!(float(&json!("NaN")), None);
    }

    #[test]
    fn flags_are_read_in_every_spelling() {
        for value in [json!(true), json!(1), json!("1"), json!("true"), json!("True")] {
            assert_eq!(flag(&value), Some(true));
        }
        for value in [json!(false), json!(0), json!("0"), json!("false")] {
            assert_eq!(flag(&value), Some(false));
        }
        assert_eq!(flag(&json!(null)), None);
        assert_eq!(flag(&json!("{enabled}")), None);
    }

    #[test]
    fn moments_are_read_in_every_spelling() {
        let moment = Timestamp::from_second(1_785_000_000).unwrap();
        assert_eq!(timestamp(&json!(1_785_000_000)), Some(moment));
        assert_eq!(timestamp(&json!("1785000000")), Some(moment));
        assert_eq!(timestamp(&json!("2026-07-25T17:20:00Z")), Some(moment));
        assert_eq!(timestamp(&json!("2026-07-25T17:20:00")), Some(moment));
        assert_eq!(timestamp(&json!("2026-07-25T19:20:00.0000000+02:00")), Some(moment));
        assert_eq!(timestamp(&json!("0001-01-01T00:00:00Z")), None);
        assert_eq!(timestamp(&json!("string")), None);
    }

    #[test]
    fn one_bad_element_hides_no_other() {
        let parse = |value: &Value| integer(value).ok_or_else(|| "no number".to_owned());
        let (numbers, skipped) = each_lenient(&json!([1, {}, "3"]), parse);
        assert_eq!(numbers, [1, 3]);
        assert_eq!(skipped, ["element 2: no number"]);
    }
}
