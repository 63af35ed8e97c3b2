//! Requests answered inside the process.

use super::{BodyStream, Transport, TransportError};
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use http::{HeaderValue, header};
use http_body_util::{BodyExt as _, Full};
use std::fmt;
use tower::{Service, ServiceExt as _};

/// Calls a tower service (an axum `Router`, for one) in place of a server. For tests and simulations.
#[derive(Debug, Clone)]
pub struct RouterTransport<S> {
    service: S,
}

impl<S> RouterTransport<S> {
    /// Wraps a service.
    pub fn new(service: S) -> Self {
        Self { service }
    }
}

#[async_trait]
impl<S, B> Transport for RouterTransport<S>
where
    S: Service<http::Request<Full<Bytes>>, Response = http::Response<B>> + Clone + Send + Sync,
    S::Future: Send,
    S::Error: fmt::Display,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: fmt::Display,
{
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<BodyStream>, TransportError> {
        let mut request = request.map(Full::new);
        let host = request
            .uri()
            .authority()
            .and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
        if let Some(host) = host {
            request.headers_mut().entry(header::HOST).or_insert(host);
        }
        let answer = self
            .service
            .clone()
            .oneshot(request)
            .await
            .map_err(|error| TransportError::Closed {
                detail: error.to_string(),
            })?;
        Ok(answer.map(|body| {
            body.into_data_stream()
                .map(|piece| {
                    piece.map_err(|error| TransportError::Body {
                        detail: error.to_string(),
                    })
                })
                .boxed()
        }))
    }
}
