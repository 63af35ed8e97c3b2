//! The two forms of an answer: JSON for those who ask for it, and XML with the same data for everybody else.

use crate::plex::escape_xml;
use jiff::Timestamp;
use serde_json::{Value, json};

/// A moment as plex.tv writes it.
pub(super) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A document of that name. What is no object or list has its name written beside it.
pub(super) fn to_json(name: &str, value: Value) -> String {
    let named = match value {
        Value::Object(_) | Value::Array(_) => value,
        scalar => json!({ name: scalar }),
    };
    named.to_string()
}

/// The same as elements: single values are attributes, lists are elements around elements whose names lack the final s.
pub(super) fn to_xml(name: &str, value: &Value) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    element(name, value, &mut out);
    out.push('\n');
    out
}

fn element(name: &str, value: &Value, out: &mut String) {
    out.push('<');
    out.push_str(name);
    let mut inside = String::new();
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                match value {
                    Value::Object(_) | Value::Array(_) => element(field, value, &mut inside),
                    scalar => attribute(field, &digits(scalar), out),
                }
            }
        }
        Value::Array(items) => {
            let single = name.strip_suffix('s').unwrap_or(name);
            for item in items {
                match item {
                    Value::Object(_) | Value::Array(_) => element(single, item, &mut inside),
                    scalar => element(single, &json!({ "id": scalar }), &mut inside),
                }
            }
        }
        scalar => escape_xml(&plain(scalar), &mut inside),
    }
    out.push('>');
    out.push_str(&inside);
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

fn attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape_xml(value, out);
    out.push('"');
}

/// As attributes have it: flags are digits.
fn digits(scalar: &Value) -> String {
    match scalar.as_bool() {
        Some(flag) => u8::from(flag).to_string(),
        None => plain(scalar),
    }
}

fn plain(scalar: &Value) -> String {
    match scalar {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_have_the_same_data() {
        let value = json!({"id": 7, "owned": true, "ownerId": null, "name": "Friend's <Box>", "roles": ["plexpass"],
            "connections": [{"port": 32400, "local": false}]});
        assert_eq!(to_json("resource", value.clone()), value.to_string());
        assert_eq!(
            to_xml("resource", &value).lines().last().unwrap(),
            "<resource id=\"7\" owned=\"1\" ownerId=\"\" name=\"Friend's &lt;Box&gt;\"><roles><role id=\"plexpass\"></role></roles>\
             <connections><connection port=\"32400\" local=\"0\"></connection></connections></resource>"
        );
    }

    #[test]
    fn a_single_value_is_named_once() {
        assert_eq!(to_json("pong", json!(true)), "{\"pong\":true}");
        assert!(to_xml("pong", &json!(true)).ends_with("<pong>true</pong>\n"));
    }
}
