//! Serving a router on loopback, in a way that can be cut off at once.

use crate::clock::SimClock;
use crate::faults::Severed;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::middleware::map_response;
use axum::response::Response;
use http::HeaderValue;
use http::header::DATE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tower::ServiceExt;

/// A router that is being served. Dropping it stops it.
#[derive(Debug)]
pub struct Running {
    /// The base address, without a trailing slash.
    pub url: String,
    /// Where it listens.
    pub addr: SocketAddr,
    cut: CancellationToken,
    accepting: Option<JoinHandle<()>>,
    companions: Vec<JoinHandle<()>>,
}

/// Serves a router on a free loopback port.
///
/// # Errors
/// When no port can be bound.
pub async fn serve(router: Router) -> io::Result<Running> {
    serve_at(router, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
}

/// Serves a router at an address, for a server that comes back where it was.
///
/// # Errors
/// When the address cannot be bound.
pub async fn serve_at(router: Router, addr: SocketAddr) -> io::Result<Running> {
    let listener = TcpListener::bind(addr).await?;
    let addr = listener.local_addr()?;
    let cut = CancellationToken::new();
    let accepting = tokio::spawn(accept(listener, router, cut.clone()));
    Ok(Running {
        url: format!("http://{addr}"),
        addr,
        cut,
        accepting: Some(accepting),
        companions: Vec::new(),
    })
}

/// Puts the time of a clock into every answer, as servers do whose machine has that time. Without it the machine's own is said.
pub(crate) fn dated(router: Router, clock: SimClock) -> Router {
    router.layer(map_response(move |mut response: Response| {
        let now = clock.now().to_zoned(jiff::tz::TimeZone::UTC);
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        if let Ok(date) = HeaderValue::try_from(date) {
            response.headers_mut().insert(DATE, date);
        }
        std::future::ready(response)
    }))
}

impl Running {
    /// Ties a task's life to the server's.
    pub fn attach(&mut self, task: JoinHandle<()>) {
        self.companions.push(task);
    }

    /// Stops hard: connections die, upgraded ones too, and the port is closed when this returns.
    pub async fn stop(mut self) {
        self.cut.cancel();
        if let Some(accepting) = self.accepting.take() {
            // Fails only if the task was already gone, which is what is wanted.
            accepting.await.ok();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.cut.cancel();
        for companion in &self.companions {
            companion.abort();
        }
    }
}

async fn accept(listener: TcpListener, router: Router, cut: CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = cut.cancelled() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => {
                if let Ok((stream, peer)) = accepted {
                    connections.spawn(converse(stream, peer, router.clone(), cut.clone()));
                }
            }
        }
    }
    drop(listener);
    connections.shutdown().await;
}

async fn converse(stream: TcpStream, peer: SocketAddr, router: Router, cut: CancellationToken) {
    stream.set_nodelay(true).ok();
    let io = TokioIo::new(Severable {
        stream,
        cut: Box::pin(cut.cancelled_owned()),
    });
    let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let response = match router.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            // hyper closes the connection without an answer when the service fails.
            if response.extensions().get::<Severed>().is_some() {
                return Err(io::Error::from(io::ErrorKind::ConnectionAborted));
            }
            Ok(response)
        }
    });
    // A connection that ends badly is the client's business, or a fault that was asked for.
    http1::Builder::new()
        .serve_connection(io, service)
        .with_upgrades()
        .await
        .ok();
}

/// A stream that fails once the server is cut off, also after an upgrade has taken it away from the accept loop.
struct Severable {
    stream: TcpStream,
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Severable {
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.cut.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for Severable {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Severable {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
