//! Requests over the network.

use super::{BodyStream, Transport, TransportError};
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use reqwest::{Client, redirect, retry};
use std::error::Error;
use std::sync::OnceLock;
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Shorter than the minute after which home routers and servers drop idle connections.
const IDLE_CONNECTION: Duration = Duration::from_secs(45);

/// The network, by reqwest and rustls: certificates are judged as the operating system would, so that a household's own
/// authority works once it is installed there (or named by `SSL_CERT_FILE` on Linux).
///
/// Redirects are never followed: followed ones turn a PUT into a GET that seems to have worked. The system's proxy is used,
/// except for the computer itself. One transport serves all servers.
#[derive(Debug)]
pub struct ReqwestTransport {
    remote: Client,
    loopback: OnceLock<Client>,
}

impl ReqwestTransport {
    /// Prepares the network.
    ///
    /// # Errors
    /// When the system's certificates cannot be used.
    pub fn new() -> Result<Self, TransportError> {
        // A second installation fails, and the first one is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            remote: build(false)?,
            loopback: OnceLock::new(),
        })
    }

    fn client_for(&self, host: Option<&str>) -> Result<&Client, TransportError> {
        if !host.is_some_and(is_loopback) {
            return Ok(&self.remote);
        }
        if let Some(client) = self.loopback.get() {
            return Ok(client);
        }
        let client = build(true)?;
        Ok(self.loopback.get_or_init(|| client))
    }
}

fn build(direct: bool) -> Result<Client, TransportError> {
    let builder = Client::builder()
        .user_agent(concat!("Cliffhangarr/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_CONNECTION)
        .pool_max_idle_per_host(2)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .gzip(true);
    let builder = if direct { builder.no_proxy() } else { builder };
    builder.build().map_err(|error| TransportError::Tls {
        detail: innermost(&error),
    })
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<BodyStream>, TransportError> {
        let client = self.client_for(request.uri().host())?;
        let empty = request.body().is_empty();
        let mut request = reqwest::Request::try_from(request).map_err(|error| before_answer(&error))?;
        if empty {
            *request.body_mut() = None;
        }
        let answer = client.execute(request).await.map_err(|error| before_answer(&error))?;
        let mut response = http::Response::new(());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        let body = answer
            .bytes_stream()
            .map(|piece| {
                piece.map_err(|error| TransportError::Body {
                    detail: innermost(&error),
                })
            })
            .boxed();
        Ok(response.map(|()| body))
    }
}

fn before_answer(error: &reqwest::Error) -> TransportError {
    if let Some(tls) = causes(error).find_map(as_tls) {
        return TransportError::Tls {
            detail: tls_detail(tls),
        };
    }
    if error.is_connect() && error.is_timeout() {
        return TransportError::Timeout { after: CONNECT_TIMEOUT };
    }
    if error.is_connect() {
        return TransportError::Connect {
            detail: innermost(error),
        };
    }
    TransportError::Closed {
        detail: format!("{}; it may accept only https", innermost(error)),
    }
}

fn tls_detail(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidMessage(_) => {
            "it does not speak TLS; the address may have to begin with http://".to_owned()
        }
        other => other.to_string(),
    }
}

/// The error and what caused it, outermost first.
fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let outermost: &'a (dyn Error + 'static) = error;
    std::iter::successors(Some(outermost), |error: &&'a (dyn Error + 'static)| (*error).source())
}

/// A TLS error, which I/O errors hide inside themselves without naming it as their source.
fn as_tls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    error.downcast_ref::<rustls::Error>().or_else(|| {
        let inner = error.downcast_ref::<std::io::Error>()?.get_ref()?;
        as_tls(inner)
    })
}

/// The text of the first cause, which tells most and never contains the URL.
fn innermost(error: &reqwest::Error) -> String {
    match causes(error).last() {
        Some(cause) if cause.downcast_ref::<reqwest::Error>().is_none() => cause.to_string(),
        _ => "the request failed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_computer_itself_is_recognized() {
        for host in ["localhost", "127.0.0.1", "127.8.0.1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["nas", "192.168.1.1", "localhost.example.org"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
