//! One tree for XML and JSON, so that what a document means is written down once.
//!
//! Plex' JSON is a rendering of its XML attributes, with types that differ by version. Here every scalar is text again, as in the
//! XML: flags are "1" and "0", numbers are decimal.

#[cfg(test)]
mod captured;

use domain::session::PlayerState;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use remote::{Answer, RemoteError};
use serde_json::Value;
use std::collections::BTreeMap;

/// Servers nest about six deep.
const DEEPEST: usize = 64;

/// A named element with attributes and children.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: BTreeMap<String, String>,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// Reads the `MediaContainer` of an answer, in the form that its content type names.
    ///
    /// # Errors
    /// [`RemoteError::NotThisKindOfServer`] for a page, [`RemoteError::BadAnswer`] for anything else that is none.
    pub(crate) fn container(answer: &Answer) -> Result<Self, RemoteError> {
        let is_xml = match answer.media_type.as_str() {
            "text/xml" | "application/xml" => true,
            "" => answer.body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<'),
            _ => false,
        };
        let root = if is_xml {
            Self::from_xml(answer.text()?).map_err(RemoteError::bad_answer)?
        } else {
            let json = answer.json()?;
            let inner = json.get("MediaContainer").filter(|inner| inner.is_object());
            Self::from_json(
                "MediaContainer",
                inner.ok_or_else(|| RemoteError::bad_answer("it has no MediaContainer"))?,
            )
        };
        if root.name == "MediaContainer" {
            Ok(root)
        } else {
            Err(RemoteError::bad_answer("it has no MediaContainer"))
        }
    }

    /// Takes over a JSON object. A list becomes children of the list's name; of anything that is no object only the name remains.
    pub(crate) fn from_json(name: &str, value: &Value) -> Self {
        let mut element = Self {
            name: name.to_owned(),
            ..Self::default()
        };
        for (key, value) in value.as_object().into_iter().flatten() {
            match value {
                Value::Null => {}
                Value::Bool(flag) => {
                    element
                        .attributes
                        .insert(key.clone(), if *flag { "1" } else { "0" }.to_owned());
                }
                Value::Number(number) => {
                    element.attributes.insert(key.clone(), number.to_string());
                }
                Value::String(text) => {
                    element.attributes.insert(key.clone(), text.clone());
                }
                Value::Array(list) => element
                    .children
                    .extend(list.iter().map(|item| Self::from_json(key, item))),
                Value::Object(_) => element.children.push(Self::from_json(key, value)),
            }
        }
        element
    }

    /// Reads an XML document. Texts between elements are ignored: these servers say everything in attributes.
    pub(crate) fn from_xml(document: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(document.trim_start_matches('\u{feff}'));
        let mut open: Vec<Self> = Vec::new();
        loop {
            let finished = match reader.read_event().map_err(|_| "it is no valid XML")? {
                Event::Start(start) => {
                    if open.len() == DEEPEST {
                        return Err("it is nested too deeply".to_owned());
                    }
                    open.push(Self::from_tag(&start));
                    continue;
                }
                Event::Empty(start) => Self::from_tag(&start),
                Event::End(_) => open.pop().ok_or("it is no valid XML")?,
                Event::Eof => return Err("it ends in the middle".to_owned()),
                _ => continue,
            };
            match open.last_mut() {
                Some(parent) => parent.children.push(finished),
                None => return Ok(finished),
            }
        }
    }

    fn from_tag(tag: &BytesStart<'_>) -> Self {
        let mut attributes = tag.attributes();
        let attributes = attributes.with_checks(false).flatten().map(|attribute| {
            let raw = String::from_utf8_lossy(&attribute.value);
            // A value with an unknown entity is kept as it is rather than lost.
            let value = quick_xml::escape::unescape(&raw).map_or_else(|_| raw.to_string(), |text| text.to_string());
            (String::from_utf8_lossy(attribute.key.as_ref()).into_owned(), value)
        });
        Self {
            name: String::from_utf8_lossy(tag.name().as_ref()).into_owned(),
            attributes: attributes.collect(),
            children: Vec::new(),
        }
    }

    /// A non-empty attribute.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.attributes
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// An attribute that is a whole number.
    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        let text = self.text(name)?;
        // "2634000.0" is a number that some versions write.
        text.parse().ok().or_else(|| {
            text.split_once('.')
                .filter(|(_, rest)| rest.bytes().all(|b| b == b'0'))?
                .0
                .parse()
                .ok()
        })
    }

    /// An attribute that is a number from 0 up, such as a season's.
    pub(crate) fn number(&self, name: &str) -> Option<i32> {
        self.integer(name)
            .and_then(|number| i32::try_from(number).ok())
            .filter(|number| *number >= 0)
    }

    /// An attribute that is a set flag.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.text(name)
            .is_some_and(|text| text == "1" || text.eq_ignore_ascii_case("true"))
    }

    /// Whether there is nothing in it but its name.
    pub(crate) fn is_bare(&self) -> bool {
        self.attributes.is_empty() && self.children.is_empty()
    }

    /// The first child of a name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of a name.
    pub(crate) fn children_named(&self, name: &'static str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// All elements of a name at any depth. Servers put some elements in more than one place.
    pub(crate) fn descendants(&self, name: &str) -> Vec<&Self> {
        let mut found = Vec::new();
        let mut rest: Vec<&Self> = self.children.iter().rev().collect();
        while let Some(element) = rest.pop() {
            if element.name == name {
                found.push(element);
            }
            rest.extend(element.children.iter().rev());
        }
        found
    }

    /// The items of a container: `Metadata` in JSON, named by their sort in XML.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Self> {
        let names = ["Metadata", "Video", "Track", "Photo", "Directory"];
        self.children
            .iter()
            .filter(move |child| names.contains(&child.name.as_str()))
    }
}

/// A player's state, spelled as Plex does.
pub(crate) fn player_state(state: Option<&str>) -> PlayerState {
    match state.unwrap_or_default() {
        "playing" => PlayerState::Playing,
        "paused" => PlayerState::Paused,
        "buffering" => PlayerState::Buffering,
        other => PlayerState::Other(other.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn xml_and_json_give_the_same_tree() {
        let xml = r#"<?xml version="1.0"?><Video title="A &amp; B" live="1" index="7"><User id="1"/> <Guid id="x"/><Guid id="y"/></Video>"#;
        let json = json!({"title": "A & B", "live": true, "index": 7, "User": {"id": 1}, "Guid": [{"id": "x"}, {"id": "y"}], "no": null});
        assert_eq!(Element::from_xml(xml).unwrap(), Element::from_json("Video", &json));
    }

    #[test]
    fn broken_documents_are_refused() {
        for document in ["", "<a>", "<a><b></a>", "text", "<a", &"<a>".repeat(100)] {
            assert!(Element::from_xml(document).is_err(), "{document}");
        }
    }

    #[test]
    fn an_unknown_entity_loses_nothing() {
        let element = Element::from_xml(r#"<a title="x &nonsense; y" index="3"/>"#).unwrap();
        assert_eq!(element.text("title"), Some("x &nonsense; y"));
        assert_eq!(element.number("index"), Some(3));
    }

    #[test]
    fn numbers_and_flags_are_read_in_every_spelling() {
        let element = Element::from_json(
            "a",
            &json!({"a": "12", "b": 12, "c": 12.0, "d": "-2", "e": "", "t": "true", "o": 1, "z": "0"}),
        );
        for name in ["a", "b", "c"] {
            assert_eq!(element.number(name), Some(12), "{name}");
        }
        assert_eq!(
            (element.integer("d"), element.number("d"), element.integer("e")),
            (Some(-2), None, None)
        );
        assert!(element.flag("t") && element.flag("o") && !element.flag("z") && !element.flag("missing"));
    }
}
