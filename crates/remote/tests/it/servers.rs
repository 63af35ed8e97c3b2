//! Servers for tests: proper ones by axum, improper ones by hand.

use axum::Router;
use remote::{Call, Headers, Limits, RemoteClient, RemoteError, ReqwestTransport, SecretString};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Never part of any text that comes out.
pub const KEY: &str = "0123456789abcdef0123456789abcdef";

/// Serves a router and returns its address with a scheme.
pub async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    format!("http://{address}")
}

/// What a hand-made server does after it has read a request.
#[derive(Debug, Clone, Copy)]
pub enum Manner {
    /// Closes the connection.
    Close,
    /// Says this, and closes the connection.
    SayAndClose(&'static str),
    /// Says this, and then nothing more.
    SayAndHang(&'static str),
}

/// Serves every connection in one manner; returns the address and the count of requests.
pub async fn serve_by_hand(manner: Manner) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, manner, Arc::clone(&counted)));
        }
    });
    (format!("http://{address}"), count)
}

async fn converse(mut stream: TcpStream, manner: Manner, count: Arc<AtomicUsize>) {
    let mut request = vec![0; 16 * 1024];
    if stream.read(&mut request).await.unwrap_or(0) == 0 {
        return;
    }
    count.fetch_add(1, Ordering::SeqCst);
    match manner {
        Manner::Close => {}
        Manner::SayAndClose(text) => stream.write_all(text.as_bytes()).await.unwrap(),
        Manner::SayAndHang(text) => {
            stream.write_all(text.as_bytes()).await.unwrap();
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
    }
}

/// A client with generous limits.
pub fn client(base: &str) -> RemoteClient {
    let headers = Headers::new().secret("X-Api-Key", SecretString::from(KEY));
    let limits = Limits {
        total: Duration::from_secs(5),
        idle: Duration::from_secs(5),
        max_body: 1024 * 1024,
    };
    RemoteClient::new(base, Arc::new(ReqwestTransport::new().unwrap()), headers)
        .unwrap()
        .with_limits(limits)
}

/// What the server answers to a question, as JSON.
pub async fn get_json(client: &RemoteClient, call: Call) -> Result<Value, RemoteError> {
    client.answer(call).await?.json()
}
