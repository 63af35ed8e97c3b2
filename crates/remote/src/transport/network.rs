//! Requests over the network.

use super::{BodyStream, Transport, TransportError, Upgrade};
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use http::StatusCode;
use http::uri::Scheme;
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
    /// As `remote`, for what HTTP/2 cannot do.
    remote_http1: OnceLock<Client>,
    loopback: OnceLock<Client>,
}

/// What sets the clients apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Remote,
    RemoteHttp1,
    Loopback,
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
            remote: build(Way::Remote)?,
            remote_http1: OnceLock::new(),
            loopback: OnceLock::new(),
        })
    }

    fn client(&self, way: Way) -> Result<&Client, TransportError> {
        let made_on_demand = match way {
            Way::Remote => return Ok(&self.remote),
            Way::RemoteHttp1 => &self.remote_http1,
            Way::Loopback => &self.loopback,
        };
        if let Some(client) = made_on_demand.get() {
            return Ok(client);
        }
        let client = build(way)?;
        Ok(made_on_demand.get_or_init(|| client))
    }

    async fn execute(&self, way: Way, request: http::Request<Bytes>) -> Result<reqwest::Response, TransportError> {
        let client = self.client(way)?;
        let empty = request.body().is_empty();
        let mut request = reqwest::Request::try_from(request).map_err(|error| before_answer(&error))?;
        if empty {
            *request.body_mut() = None;
        }
        client.execute(request).await.map_err(|error| before_answer(&error))
    }
}

fn build(way: Way) -> Result<Client, TransportError> {
    let builder = Client::builder()
        .user_agent(concat!("Cliffhangarr/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_CONNECTION)
        .pool_max_idle_per_host(2)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .gzip(true);
    let builder = match way {
        Way::Remote => builder,
        Way::RemoteHttp1 => builder.http1_only(),
        Way::Loopback => builder.http1_only().no_proxy(),
    };
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
        let way = if request.uri().host().is_some_and(is_loopback) {
            Way::Loopback
        } else {
            Way::Remote
        };
        self.execute(way, request).await.map(response)
    }

    async fn upgrade(&self, request: http::Request<Bytes>) -> Result<Upgrade, TransportError> {
        let way = if request.uri().host().is_some_and(is_loopback) {
            Way::Loopback
        } else if request.uri().scheme() == Some(&Scheme::HTTPS) {
            Way::RemoteHttp1
        } else {
            Way::Remote
        };
        let answer = self.execute(way, request).await?;
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Ok(Upgrade::Refused(response(answer)));
        }
        let headers = answer.headers().clone();
        let connection = answer.upgrade().await.map_err(|error| before_answer(&error))?;
        Ok(Upgrade::Switched {
            headers,
            connection: Box::new(connection),
        })
    }
}

fn response(answer: reqwest::Response) -> http::Response<BodyStream> {
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
    response.map(|()| body)
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
