//! One answer tree that is written as XML or as JSON, with the scalar types of the chosen server generation.

use serde_json::{Map, Value, json};

/// How the server writes numbers and flags in JSON; XML has text only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JsonTyping {
    /// Everything below the container is a string, as servers of 2022 wrote it.
    Strings2022,
    /// Numbers for numbers, strings for keys, as servers of 2024 write it.
    #[default]
    Mixed2024,
    /// Whatever looks like a number is one, keys and flags included.
    Integers,
}

/// Where a tree is shown; ids are strings among the sessions and numbers in the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Sessions,
    Library,
}

#[derive(Debug, Clone)]
pub(crate) enum Scalar {
    Text(String),
    /// An opaque key (`ratingKey`, `sessionKey`): a string unless everything is a number.
    Key(i64),
    /// A database id (`Media.id`, `librarySectionID`).
    Id(i64),
    Int(i64),
    Real(f64),
    Flag(bool),
}

#[derive(Debug, Clone)]
enum Children {
    List(&'static str, Vec<Node>),
    Object(&'static str, Box<Node>),
}

/// An element with its attributes and children.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    element: &'static str,
    attributes: Vec<(String, Scalar)>,
    children: Vec<Children>,
}

impl Node {
    pub(crate) fn new(element: &'static str) -> Self {
        Self {
            element,
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, name: &str, value: Scalar) -> Self {
        self.attributes.push((name.to_owned(), value));
        self
    }

    pub(crate) fn text(self, name: &str, value: impl Into<String>) -> Self {
        self.with(name, Scalar::Text(value.into()))
    }

    pub(crate) fn key(self, name: &str, value: i64) -> Self {
        self.with(name, Scalar::Key(value))
    }

    pub(crate) fn id(self, name: &str, value: i64) -> Self {
        self.with(name, Scalar::Id(value))
    }

    pub(crate) fn int(self, name: &str, value: i64) -> Self {
        self.with(name, Scalar::Int(value))
    }

    pub(crate) fn real(self, name: &str, value: f64) -> Self {
        self.with(name, Scalar::Real(value))
    }

    pub(crate) fn flag(self, name: &str, value: bool) -> Self {
        self.with(name, Scalar::Flag(value))
    }

    pub(crate) fn opt_text(self, name: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    pub(crate) fn opt_int(self, name: &str, value: Option<i64>) -> Self {
        match value {
            Some(value) => self.int(name, value),
            None => self,
        }
    }

    /// Adds children that are an array in JSON even when there is only one, and absent when there is none.
    pub(crate) fn list(mut self, json_key: &'static str, nodes: Vec<Node>) -> Self {
        self.children.push(Children::List(json_key, nodes));
        self
    }

    /// Adds a child that is an object in JSON.
    pub(crate) fn object(mut self, json_key: &'static str, node: Node) -> Self {
        self.children.push(Children::Object(json_key, Box::new(node)));
        self
    }

    pub(crate) fn opt_object(self, json_key: &'static str, node: Option<Node>) -> Self {
        match node {
            Some(node) => self.object(json_key, node),
            None => self,
        }
    }

    pub(crate) fn is(&self, element: &str) -> bool {
        self.element == element
    }

    /// Runs `visit` on this node and everything below it.
    pub(crate) fn walk(&mut self, visit: &mut impl FnMut(&mut Node)) {
        visit(self);
        for children in &mut self.children {
            match children {
                Children::List(_, nodes) => nodes.iter_mut().for_each(|node| node.walk(visit)),
                Children::Object(_, node) => node.walk(visit),
            }
        }
    }

    /// Adds an attribute in place.
    pub(crate) fn push(&mut self, name: String, value: Scalar) {
        self.attributes.push((name, value));
    }

    /// Adds a list in place.
    pub(crate) fn push_list(&mut self, json_key: &'static str, nodes: Vec<Node>) {
        self.children.push(Children::List(json_key, nodes));
    }

    /// Writes the tree as an XML document.
    pub(crate) fn to_xml(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.write_xml(&mut out);
        out.push('\n');
        out
    }

    fn write_xml(&self, out: &mut String) {
        out.push('<');
        out.push_str(self.element);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(&value.as_text(), out);
            out.push('"');
        }
        let mut nodes = self.children.iter().flat_map(|children| match children {
            Children::List(_, nodes) => nodes.as_slice(),
            Children::Object(_, node) => std::slice::from_ref(&**node),
        });
        let Some(first) = nodes.next() else {
            // The container keeps its end tag, everything else is closed at once.
            out.push_str(if self.element == "MediaContainer" {
                "></MediaContainer>"
            } else {
                " />"
            });
            return;
        };
        out.push_str(">\n");
        for node in std::iter::once(first).chain(nodes) {
            node.write_xml(out);
            out.push('\n');
        }
        out.push_str("</");
        out.push_str(self.element);
        out.push('>');
    }

    /// Writes the tree as JSON, wrapped in its element's name.
    pub(crate) fn to_json(&self, typing: JsonTyping, scope: Scope) -> Value {
        json!({ self.element: self.json(typing, scope) })
    }

    fn json(&self, typing: JsonTyping, scope: Scope) -> Value {
        let mut object = Map::new();
        for (name, value) in &self.attributes {
            object.insert(name.clone(), value.json(typing, scope, self.element));
        }
        for children in &self.children {
            match children {
                Children::List(_, nodes) if nodes.is_empty() => {}
                Children::List(key, nodes) => {
                    let rows = nodes.iter().map(|node| node.json(typing, scope)).collect();
                    object.insert((*key).to_owned(), Value::Array(rows));
                }
                Children::Object(key, node) => {
                    object.insert((*key).to_owned(), node.json(typing, scope));
                }
            }
        }
        Value::Object(object)
    }
}

impl Scalar {
    fn as_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Key(n) | Self::Id(n) | Self::Int(n) => n.to_string(),
            Self::Real(x) => x.to_string(),
            Self::Flag(flag) => String::from(if *flag { "1" } else { "0" }),
        }
    }

    fn json(&self, typing: JsonTyping, scope: Scope, element: &str) -> Value {
        // The container and the player had numbers and booleans in every generation.
        let natural = matches!(element, "MediaContainer" | "Player");
        match (self, typing) {
            (Self::Text(text), _) => json!(text),
            (Self::Key(n) | Self::Id(n) | Self::Int(n), JsonTyping::Integers) => json!(n),
            (Self::Flag(flag), JsonTyping::Integers) => json!(i64::from(*flag)),
            (Self::Key(n), _) => json!(n.to_string()),
            (Self::Id(n), JsonTyping::Mixed2024) if natural || scope == Scope::Library => json!(n),
            (Self::Id(n), JsonTyping::Mixed2024) => json!(n.to_string()),
            (Self::Id(n) | Self::Int(n), _) if natural => json!(n),
            (Self::Flag(flag), _) if natural => json!(flag),
            (_, JsonTyping::Strings2022) => json!(self.as_text()),
            (Self::Int(n), _) => json!(n),
            (Self::Real(x), _) => json!(x),
            (Self::Flag(flag), _) => json!(flag),
        }
    }
}

/// Writes text so that it can stand in an attribute or between tags.
pub(crate) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Node {
        let video = Node::new("Video")
            .key("ratingKey", 5)
            .int("index", 2)
            .flag("live", true)
            .id("librarySectionID", 2);
        let player = Node::new("Player").flag("local", true).int("userID", 7);
        Node::new("MediaContainer")
            .int("size", 1)
            .list("Metadata", vec![video.object("Player", player)])
    }

    #[test]
    fn every_generation_types_the_same_tree_in_its_own_way() {
        let strings = sample().to_json(JsonTyping::Strings2022, Scope::Sessions);
        let row = &strings["MediaContainer"]["Metadata"][0];
        assert_eq!(strings["MediaContainer"]["size"], json!(1));
        assert_eq!((&row["index"], &row["live"]), (&json!("2"), &json!("1")));
        assert_eq!(
            (&row["Player"]["local"], &row["Player"]["userID"]),
            (&json!(true), &json!(7))
        );
        let mixed = sample().to_json(JsonTyping::Mixed2024, Scope::Sessions);
        let row = &mixed["MediaContainer"]["Metadata"][0];
        assert_eq!((&row["ratingKey"], &row["index"]), (&json!("5"), &json!(2)));
        assert_eq!(row["librarySectionID"], json!("2"));
        let library = sample().to_json(JsonTyping::Mixed2024, Scope::Library);
        assert_eq!(library["MediaContainer"]["Metadata"][0]["librarySectionID"], json!(2));
        let ints = sample().to_json(JsonTyping::Integers, Scope::Sessions);
        let row = &ints["MediaContainer"]["Metadata"][0];
        assert_eq!((&row["ratingKey"], &row["live"]), (&json!(5), &json!(1)));
    }

    #[test]
    fn xml_escapes_what_it_must_and_writes_flags_as_digits() {
        let node = Node::new("Video")
            .text("title", "Salt & \"Smoke\" <2>")
            .flag("live", false);
        let xml = Node::new("MediaContainer").list("Metadata", vec![node]).to_xml();
        assert!(
            xml.contains("<Video title=\"Salt &amp; &quot;Smoke&quot; &lt;2&gt;\" live=\"0\" />"),
            "{xml}"
        );
        assert!(
            Node::new("MediaContainer")
                .int("size", 0)
                .to_xml()
                .contains("size=\"0\"></MediaContainer>")
        );
    }
}
