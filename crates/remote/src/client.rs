//! One client per server.

mod answer;
mod call;
mod outcome;
mod socket;

pub use answer::{Answer, StreamedAnswer};
pub use call::{Call, Headers, Limits};
pub use socket::{SocketEvent, WebSocket};

use crate::elements::ArrayElements;
use crate::error::{RemoteError, SetupError};
use crate::redact::presentable;
use crate::transport::{BodyStream, Transport, Upgrade};
use crate::{SecretString, parse_base_url};
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use http::{HeaderMap, HeaderValue, header};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::{Url, form_urlencoded};

/// Speaks HTTP to one server: joins paths to its base, sends its key with every request, bounds every answer in time and size.
///
/// It sends each request exactly once.
pub struct RemoteClient {
    base: Url,
    transport: Arc<dyn Transport>,
    headers: HeaderMap,
    secrets: Vec<SecretString>,
    limits: Limits,
    html_errors: bool,
    requests: AtomicU64,
    bytes_received: AtomicU64,
}

impl fmt::Debug for RemoteClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Sensitive header values print as such, and the base contains no secrets.
        formatter
            .debug_struct("RemoteClient")
            .field("base", &self.base.as_str())
            .field("headers", &self.headers)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl RemoteClient {
    /// Prepares a client; nothing is sent.
    ///
    /// # Errors
    /// When the address or a header value is unusable.
    pub fn new(base: &str, transport: Arc<dyn Transport>, headers: Headers) -> Result<Self, SetupError> {
        let base = parse_base_url(base)?;
        let (headers, secrets) = headers.build()?;
        Ok(Self {
            base,
            transport,
            headers,
            secrets,
            limits: Limits::default(),
            html_errors: false,
            requests: AtomicU64::new(0),
            bytes_received: AtomicU64::new(0),
        })
    }

    /// Removes a key from every text that comes back, in both its forms, because calls will bring it along themselves
    /// ([`Call::secret_query`]).
    ///
    /// # Errors
    /// When the key is empty or contains characters that cannot be right.
    pub fn with_secret(mut self, key: &SecretString) -> Result<Self, SetupError> {
        let exposed = key.expose_secret().trim();
        if exposed.is_empty() || !exposed.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SetupError::Header);
        }
        let encoded: String = form_urlencoded::byte_serialize(exposed.as_bytes()).collect();
        if encoded != exposed {
            self.secrets.push(SecretString::from(encoded));
        }
        self.secrets.push(SecretString::from(exposed));
        Ok(self)
    }

    /// Sets the limits of all requests that bring none of their own.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Says that this kind of server words its own errors in HTML (Plex does). From others, an HTML 404 comes from something
    /// in between and must not be taken for "does not exist".
    #[must_use]
    pub fn with_html_errors(mut self) -> Self {
        self.html_errors = true;
        self
    }

    /// The server's address. It contains no secrets.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// How many requests were sent since the client was made.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// How many bytes of answers were received, counted after decompression.
    pub fn bytes_received(&self) -> u64 {
        self.bytes_received.load(Ordering::Relaxed)
    }

    /// Makes foreign text fit for logs and screens: one line, of limited length, without this client's secrets.
    pub fn presentable(&self, text: &str) -> String {
        presentable(text, &self.secrets)
    }

    /// Opens an endless answer, such as an event stream. Only its beginning is bounded in time; its silence is the caller's
    /// matter.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    pub async fn get_stream(&self, call: Call) -> Result<StreamedAnswer, RemoteError> {
        let limits = call.limits.unwrap_or(self.limits);
        let (response, _) = self.open(call, limits).await?;
        let (parts, body) = response.into_parts();
        Ok(StreamedAnswer {
            media_type: outcome::media_type(&parts.headers),
            body: body.map(|piece| piece.map_err(RemoteError::from)).boxed(),
        })
    }

    /// Opens a web socket. Only its beginning is bounded in time; its silence is the caller's matter.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    pub async fn open_socket(&self, call: Call) -> Result<WebSocket, RemoteError> {
        let pace = Pace::of(call.limits.unwrap_or(self.limits));
        let mut request = self.request(call)?;
        let key = socket::ask(request.headers_mut())?;
        self.requests.fetch_add(1, Ordering::Relaxed);
        match pace.within(self.transport.upgrade(request)).await?? {
            Upgrade::Switched { headers, connection } => WebSocket::over(connection, &headers, &key).await,
            Upgrade::Refused(response) if response.status().is_success() => {
                Err(RemoteError::bad_answer("it is no web socket"))
            }
            Upgrade::Refused(response) => Err(self.refusal(response, pace).await),
        }
    }

    /// Sends one request and collects its answer within its limits.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    pub async fn answer(&self, call: Call) -> Result<Answer, RemoteError> {
        let limits = call.limits.unwrap_or(self.limits);
        let (response, pace) = self.open(call, limits).await?;
        let (parts, mut body) = response.into_parts();
        let mut collected = BytesMut::new();
        while let Some(piece) = self.next_piece(&mut body, pace).await? {
            if collected.len() + piece.len() > limits.max_body {
                return Err(too_big(limits.max_body));
            }
            collected.extend_from_slice(&piece);
        }
        Ok(Answer {
            media_type: outcome::media_type(&parts.headers),
            headers: parts.headers,
            body: collected.freeze(),
        })
    }

    /// Asks for a JSON list and hands on each element as it arrives, so that the list never stands in memory as a whole.
    ///
    /// Elements that are no valid JSON end it: what follows them cannot be trusted.
    ///
    /// # Errors
    /// As [`RemoteError`] lists. Elements may have been handed on before.
    pub async fn each_element<F>(&self, call: Call, mut receive: F) -> Result<(), RemoteError>
    where
        F: FnMut(&Value) + Send,
    {
        let limits = call.limits.unwrap_or(self.limits);
        let (response, pace) = self.open(call, limits).await?;
        let (parts, mut body) = response.into_parts();
        outcome::expect_json(&outcome::media_type(&parts.headers))?;
        let mut elements = ArrayElements::default();
        let mut received = 0_usize;
        while let Some(piece) = self.next_piece(&mut body, pace).await? {
            received += piece.len();
            if received > limits.max_body || elements.held() > Limits::default().max_body {
                return Err(too_big(limits.max_body));
            }
            elements
                .take(&piece, |element| {
                    let element = serde_json::from_slice(element).map_err(|error| malformed(&error))?;
                    receive(&element);
                    Ok(())
                })
                .map_err(RemoteError::bad_answer)?;
        }
        if elements.is_complete() {
            Ok(())
        } else {
            Err(RemoteError::bad_answer("it ends in the middle"))
        }
    }

    /// Sends a request and judges the status of its answer.
    async fn open(&self, call: Call, limits: Limits) -> Result<(http::Response<BodyStream>, Pace), RemoteError> {
        let request = self.request(call)?;
        let pace = Pace::of(limits);
        self.requests.fetch_add(1, Ordering::Relaxed);
        let response = pace.within(self.transport.send(request)).await??;
        if response.status().is_success() {
            return Ok((response, pace));
        }
        Err(self.refusal(response, pace).await)
    }

    /// What an answer without success stands for.
    async fn refusal(&self, response: http::Response<BodyStream>, pace: Pace) -> RemoteError {
        let (parts, mut body) = response.into_parts();
        let text = self.error_text(&mut body, pace).await;
        outcome::failure(self, &parts, &text)
    }

    /// The beginning of an error's body. That it cannot be read must not hide the status.
    async fn error_text(&self, body: &mut BodyStream, pace: Pace) -> Bytes {
        const ENOUGH: usize = 64 * 1024;
        let pace = Pace {
            deadline: pace.deadline.min(Instant::now() + Duration::from_secs(5)),
            ..pace
        };
        let mut collected = BytesMut::new();
        while let Ok(Some(piece)) = self.next_piece(body, pace).await {
            let room = ENOUGH - collected.len();
            collected.extend_from_slice(&piece[..piece.len().min(room)]);
            if collected.len() == ENOUGH {
                break;
            }
        }
        collected.freeze()
    }

    async fn next_piece(&self, body: &mut BodyStream, pace: Pace) -> Result<Option<Bytes>, RemoteError> {
        let piece = pace.within(body.next()).await?.transpose()?;
        if let Some(piece) = &piece {
            self.bytes_received.fetch_add(piece.len() as u64, Ordering::Relaxed);
        }
        Ok(piece)
    }

    fn request(&self, call: Call) -> Result<http::Request<Bytes>, RemoteError> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{}", self.base.path(), call.path.trim_start_matches('/')));
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        for (name, value) in &call.secret_query {
            url.query_pairs_mut().append_pair(name, value.expose_secret().trim());
        }
        let unusable = |_| RemoteError::bad_answer("the request cannot be written");
        let uri: http::Uri = url
            .as_str()
            .parse()
            .map_err(|_| RemoteError::bad_answer("the request cannot be written"))?;
        let mut request = http::Request::new(call.body.unwrap_or_default());
        *request.method_mut() = call.method;
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.clone_from(&self.headers);
        headers.insert(header::ACCEPT, HeaderValue::from_str(&call.accept).map_err(unusable)?);
        if let Some(content_type) = call.content_type {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        for (name, value) in call.headers {
            headers.insert(name, HeaderValue::from_str(&value).map_err(unusable)?);
        }
        Ok(request)
    }
}

/// The clock of one request.
#[derive(Debug, Clone, Copy)]
struct Pace {
    deadline: Instant,
    limits: Limits,
}

impl Pace {
    /// Starts now.
    fn of(limits: Limits) -> Self {
        Self {
            deadline: Instant::now() + limits.total,
            limits,
        }
    }

    async fn within<F: Future>(self, future: F) -> Result<F::Output, RemoteError> {
        let idle = Instant::now() + self.limits.idle;
        let after = if idle < self.deadline {
            self.limits.idle
        } else {
            self.limits.total
        };
        timeout_at(idle.min(self.deadline), future)
            .await
            .map_err(|_| RemoteError::Timeout { after })
    }
}

fn too_big(limit: usize) -> RemoteError {
    RemoteError::bad_answer(format!("it is bigger than {} MiB", limit / (1024 * 1024)))
}

/// What serde says of a place in the text, without any of the text.
fn malformed(error: &serde_json::Error) -> String {
    if error.is_eof() {
        "it ends in the middle".to_owned()
    } else {
        "it is no valid JSON".to_owned()
    }
}
