//! Removal of secrets from text that came from outside.

use secrecy::{ExposeSecret, SecretString};

const LONGEST: usize = 300;
const SECRET_NAMES: [&str; 6] = [
    "apikey=",
    "api_key=",
    "x-plex-token=",
    "access_token=",
    "token=",
    "password=",
];

/// Makes foreign text fit for logs and screens: one line, of limited length, without anything that steers a terminal, without the
/// given secrets and without values of well-known secret query arguments.
pub(crate) fn presentable(text: &str, secrets: &[SecretString]) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text = text.replace(char::is_control, "\u{fffd}");
    for secret in secrets {
        let secret = secret.expose_secret();
        if secret.len() >= 4 {
            text = text.replace(secret, "[redacted]");
        }
    }
    let mut text = without_secret_arguments(&text);
    if text.chars().count() > LONGEST {
        text = text.chars().take(LONGEST).collect();
        text.push('…');
    }
    text
}

fn without_secret_arguments(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(value_starts) = next_secret_value(&lower, at) {
        let rest = &text[value_starts..];
        let length = rest
            .find(|c: char| c.is_whitespace() || "&\"'<>);,".contains(c))
            .unwrap_or(rest.len());
        result.push_str(&text[at..value_starts]);
        result.push_str("[redacted]");
        at = value_starts + length;
    }
    result.push_str(&text[at..]);
    result
}

/// Where the value of the next secret argument begins. ASCII lower-casing keeps positions.
fn next_secret_value(lower: &str, from: usize) -> Option<usize> {
    SECRET_NAMES
        .iter()
        .filter_map(|name| lower[from..].find(name).map(|at| from + at + name.len()))
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_disappear_wherever_they_stand() {
        let secrets = [SecretString::from("0123abcd")];
        let shown = presentable(
            "GET http://nas/?a=1&X-Plex-Token=xyz&b=2\r\n key 0123abcd failed",
            &secrets,
        );
        assert_eq!(
            shown,
            "GET http://nas/?a=1&X-Plex-Token=[redacted]&b=2 key [redacted] failed"
        );
    }

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        assert_eq!(
            presentable("\u{1b}[31mno\u{9b}2J \u{7} ok\tthen", &[]),
            "\u{fffd}[31mno\u{fffd}2J \u{fffd} ok then"
        );
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(presentable(&"ä".repeat(1000), &[]).chars().count(), 301);
    }
}
