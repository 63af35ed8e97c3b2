//! Bodies that are wrong on purpose.

use bytes::Bytes;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde_json::{Map, Value};
use std::hash::{DefaultHasher, Hash, Hasher};

pub(super) const LOGIN_PAGE: &str = "<!doctype html>\n<html lang=\"en\"><head><title>Login</title></head>\
<body><form method=\"post\" action=\"/login\"><input name=\"username\"><input name=\"password\" type=\"password\">\
<button>Login</button></form></body></html>\n";

pub(super) const DATABASE_LOCKED: &str = "{\n  \"message\": \"database is locked\\r\\ndatabase is locked\",\n  \
\"description\": \"code = Busy (5), message = System.Data.SQLite.SQLiteException (0x800007AF): database is locked\\r\\n\
database is locked\\n   at System.Data.SQLite.SQLite3.Step(SQLiteStatement stmt)\"\n}";

pub(super) const STARTING_UP: &str = "{\n  \"errorMessage\": \"Sonarr is starting up, please try again later\"\n}";

/// A JSON array of about `length` bytes.
pub(super) fn filler(length: usize) -> String {
    const ELEMENT: &str = "{\"id\":1,\"title\":\"filler\"}";
    let count = (length / (ELEMENT.len() + 1)).max(1);
    let mut body = String::with_capacity(length + ELEMENT.len() + 2);
    body.push('[');
    for at in 0..count {
        if at > 0 {
            body.push(',');
        }
        body.push_str(ELEMENT);
    }
    body.push(']');
    body
}

/// The body with some of its values of other types; which ones depends only on the address.
pub(super) fn wrong_types(body: &Bytes, address: &str) -> Vec<u8> {
    let mut hasher = DefaultHasher::new();
    address.hash(&mut hasher);
    let mut random = SmallRng::seed_from_u64(hasher.finish());
    if let Ok(mut value) = serde_json::from_slice::<Value>(body) {
        change_inside(&mut value, &mut random);
        return serde_json::to_vec_pretty(&value).unwrap_or_else(|_| body.to_vec());
    }
    attributes(&String::from_utf8_lossy(body), &mut random).into_bytes()
}

fn change_inside(value: &mut Value, random: &mut SmallRng) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| change(item, random)),
        Value::Object(fields) => fields.iter_mut().for_each(|(_, field)| change(field, random)),
        _ => {}
    }
}

fn change(value: &mut Value, random: &mut SmallRng) {
    if random.random_ratio(2, 3) {
        return change_inside(value, random);
    }
    *value = match value.take() {
        Value::Number(number) => Value::String(number.to_string()),
        Value::String(text) => text.parse::<i64>().map_or(Value::from(17), Value::from),
        Value::Bool(flag) => Value::from(i64::from(flag)),
        Value::Array(items) => Value::Object(
            items
                .into_iter()
                .enumerate()
                .map(|(at, item)| (at.to_string(), item))
                .collect::<Map<_, _>>(),
        ),
        Value::Object(fields) => Value::Array(fields.into_iter().map(|(_, field)| field).collect()),
        Value::Null => Value::from("null"),
    };
}

/// Numbers in XML attributes become text.
fn attributes(text: &str, random: &mut SmallRng) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, part) in text.split("=\"").enumerate() {
        if at == 0 {
            out.push_str(part);
            continue;
        }
        out.push_str("=\"");
        match part.split_once('"') {
            Some((value, rest)) if value.parse::<f64>().is_ok() && random.random_ratio(1, 3) => {
                out.push_str("n/a\"");
                out.push_str(rest);
            }
            _ => out.push_str(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_types_are_the_same_for_the_same_address() {
        let body = Bytes::from_static(br#"{"a":1,"b":"x","c":[1,2,3],"d":{"e":true},"f":2,"g":3,"h":4}"#);
        let once = wrong_types(&body, "/a");
        assert_eq!(once, wrong_types(&body, "/a"));
        assert_ne!(
            serde_json::from_slice::<Value>(&once).unwrap(),
            serde_json::from_slice::<Value>(&body).unwrap()
        );
    }

    #[test]
    fn wrong_types_in_xml_keep_the_document_well_formed() {
        let body = Bytes::from_static(br#"<M size="2"><V index="1" year="2020" a="b"/><V index="2" year="2021"/></M>"#);
        let text = String::from_utf8(wrong_types(&body, "/x")).unwrap();
        assert_eq!(text.matches('"').count(), 12);
        assert!(text.starts_with("<M size=") && text.ends_with("/></M>"));
    }

    #[test]
    fn filler_is_json_of_the_asked_size() {
        let text = filler(10_000);
        assert!((9_000..11_000).contains(&text.len()));
        assert!(serde_json::from_str::<Value>(&text).unwrap().is_array());
    }
}
