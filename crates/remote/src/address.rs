//! What people paste as the address of a server.

use thiserror::Error;
use url::Url;

/// Why an address cannot be used. Each message says what to enter instead, and repeats nothing of what was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidUrl {
    /// Nothing was entered.
    #[error("the address is empty; enter something like http://192.168.1.10:8989")]
    Empty,
    /// It is not an address at all.
    #[error("this is not an address; enter something like http://192.168.1.10:8989")]
    Malformed,
    /// A scheme other than http and https.
    #[error("the address must begin with http:// or https://")]
    Scheme,
    /// A user name or password inside the address.
    #[error("the address contains a user name or password; remove everything before the @")]
    Credentials,
    /// A query, which often carries a key.
    #[error(
        "the address contains a question mark; remove it and all that follows, and enter the key or token in its own field"
    )]
    Query,
}

/// Reads the address of a server as people enter it: with or without scheme (http), with or without trailing slash.
///
/// The path is kept (it is the server's URL base) and ends in a slash afterwards. Well-known ends of pasted addresses, like
/// `/api/v3` or `/web/index.html#!/…`, are removed.
///
/// # Errors
/// When it is no address, or carries secrets, which belong elsewhere.
pub fn parse_base_url(entered: &str) -> Result<Url, InvalidUrl> {
    let entered = entered.trim();
    if entered.is_empty() {
        return Err(InvalidUrl::Empty);
    }
    let mut url = match entered.split_once("://") {
        Some((scheme, _)) if !scheme.contains(['/', ':', '?', '#', '@']) => {
            if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
                return Err(InvalidUrl::Scheme);
            }
            Url::parse(entered)
        }
        _ => Url::parse(&format!("http://{entered}")),
    }
    .map_err(|_| InvalidUrl::Malformed)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(InvalidUrl::Credentials);
    }
    if url.query().is_some() {
        return Err(InvalidUrl::Query);
    }
    // "http:/host" and "http:host" parse as a host named "http".
    if url.host_str().is_none_or(|host| matches!(host, "" | "http" | "https")) {
        return Err(InvalidUrl::Malformed);
    }
    url.set_fragment(None);
    let path = format!("{}/", base_path(url.path()));
    url.set_path(&path);
    Ok(url)
}

/// The path without trailing slashes and without what belongs to a page or the API rather than to the base.
fn base_path(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    let pasted = [
        "/web/index.html",
        "/web",
        "/api/v2",
        "/api/v3",
        "/api/v5",
        "/api",
        "/system/status",
        "/login",
        "/home",
    ];
    match pasted.iter().find_map(|end| path.strip_suffix(end)) {
        // "/api/v3/system/status" ends in two of them.
        Some(rest) => base_path(rest),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(entered: &str) -> String {
        parse_base_url(entered).unwrap().to_string()
    }

    #[test]
    fn addresses_are_read_as_people_enter_them() {
        assert_eq!(base("192.168.1.10:8989"), "http://192.168.1.10:8989/");
        assert_eq!(base(" nas "), "http://nas/");
        assert_eq!(base("localhost:32400"), "http://localhost:32400/");
        assert_eq!(base("HTTPS://Example.org/sonarr/"), "https://example.org/sonarr/");
        assert_eq!(base("http://nas:8989/sonarr"), "http://nas:8989/sonarr/");
        assert_eq!(base("[fe80::1]:8989/a//"), "http://[fe80::1]:8989/a/");
    }

    #[test]
    fn pasted_ends_are_removed() {
        assert_eq!(base("http://nas:8989/api/v3"), "http://nas:8989/");
        assert_eq!(
            base("http://nas:8989/sonarr/api/v3/system/status"),
            "http://nas:8989/sonarr/"
        );
        assert_eq!(
            base("http://nas:32400/web/index.html#!/settings/web"),
            "http://nas:32400/"
        );
        assert_eq!(base("http://nas:32400/web"), "http://nas:32400/");
        assert_eq!(base("http://nas:8181/tautulli/api/v2"), "http://nas:8181/tautulli/");
        assert_eq!(base("http://nas:8181/home"), "http://nas:8181/");
        assert_eq!(base("http://nas/apiary"), "http://nas/apiary/");
    }

    #[test]
    fn secrets_and_nonsense_are_refused() {
        assert_eq!(parse_base_url("  "), Err(InvalidUrl::Empty));
        assert_eq!(parse_base_url("http://"), Err(InvalidUrl::Malformed));
        assert_eq!(parse_base_url("http:/nas"), Err(InvalidUrl::Malformed));
        assert_eq!(parse_base_url("two words"), Err(InvalidUrl::Malformed));
        assert_eq!(parse_base_url("ftp://nas"), Err(InvalidUrl::Scheme));
        assert_eq!(parse_base_url("http://me:secret@nas"), Err(InvalidUrl::Credentials));
        assert_eq!(parse_base_url("me@nas:80"), Err(InvalidUrl::Credentials));
        assert_eq!(
            parse_base_url("http://nas/?X-Plex-Token=secret"),
            Err(InvalidUrl::Query)
        );
    }
}
