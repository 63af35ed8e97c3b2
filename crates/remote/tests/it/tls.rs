//! Certificates and proxies. Both are read from the environment once per process, so these tests run copies of themselves.

use crate::servers::{client, get_json, serve};
use axum::routing::get;
use axum::{Json, Router};
use futures::{SinkExt as _, StreamExt as _};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use remote::Call;
use serde_json::json;
use std::process::Command;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{self, ServerConfig};

const ADDRESS: &str = "CLIFFHANGARR_TEST_ADDRESS";
const WAY: &str = "CLIFFHANGARR_TEST_WAY";

/// A household's own authority, as PEM, and a certificate of it for a name. HTTP/2 is spoken where the client wants it.
fn authority(name: &str) -> (String, TlsAcceptor) {
    let ca_key = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()])
        .unwrap()
        .signed_by(&key, &Issuer::new(ca, ca_key))
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    (ca_pem, TlsAcceptor::from(Arc::new(config)))
}

/// A household's own authority, as PEM, and a server with a certificate of it; returns the server's port.
async fn serve_tls() -> (String, u16) {
    let (ca_pem, acceptor) = authority("localhost");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\ntrue";
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        }
    });
    (ca_pem, port)
}

/// A server whose web sockets repeat what they are told, behind a proxy that is the only way to it; returns its authority and
/// the proxy's port.
async fn serve_sockets_behind_a_proxy(name: &'static str) -> (String, u16) {
    let (ca_pem, acceptor) = authority(name);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            let wanted = format!("CONNECT {name}:443 ");
            assert!(request[..length].starts_with(wanted.as_bytes()));
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            let stream = acceptor.accept(stream).await.unwrap();
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            while let Some(Ok(message)) = socket.next().await {
                let _ = socket.send(message).await;
            }
        }
    });
    (ca_pem, port)
}

/// Runs [`the_copy`] in a process of its own and returns what it printed.
async fn ask_in_a_copy(address: String, environment: Vec<(&'static str, String)>) -> String {
    let run = move || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "tls::the_copy", "--ignored", "--nocapture"])
            .env(ADDRESS, address);
        for (name, value) in environment {
            command.env(name, value);
        }
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

#[tokio::test]
#[ignore = "run by the other tests, in a process of its own"]
async fn the_copy() {
    let Ok(address) = std::env::var(ADDRESS) else {
        return;
    };
    if std::env::var_os(WAY).is_some() {
        let mut socket = client(&address).open_socket(Call::get("socket")).await.unwrap();
        socket.send("hello").await.unwrap();
        println!("heard {:?}", socket.next().await);
        return;
    }
    match get_json(&client(&address), Call::get("")).await {
        Ok(value) => println!("answer {value}"),
        Err(error) => println!("error {} {error}", error.code()),
    }
}

#[tokio::test]
async fn the_households_own_authority_is_trusted_where_it_is_installed() {
    let (ca, port) = serve_tls().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, ca).unwrap();
    let trust = || vec![("SSL_CERT_FILE", file.display().to_string())];
    let printed = ask_in_a_copy(format!("https://localhost:{port}"), trust()).await;
    assert!(printed.contains("answer true"), "{printed}");
    // The name must be right as well.
    let printed = ask_in_a_copy(format!("https://127.0.0.1:{port}"), trust()).await;
    assert!(printed.contains("error tls"), "{printed}");
}

#[tokio::test]
async fn an_unknown_authority_is_refused() {
    let (_, port) = serve_tls().await;
    let error = get_json(&client(&format!("https://localhost:{port}")), Call::get(""))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "tls");
    assert!(error.to_string().contains("certificate"), "{error}");
}

#[tokio::test]
async fn http_and_https_are_told_apart() {
    let (_, port) = serve_tls().await;
    let error = get_json(&client(&format!("http://localhost:{port}")), Call::get(""))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "unreachable");
    assert!(error.to_string().contains("https"), "{error}");
    let plain = serve(Router::new().route("/", get(|| async { Json(json!(true)) }))).await;
    let error = get_json(&client(&plain.replace("http:", "https:")), Call::get(""))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "tls");
    assert!(error.to_string().contains("http://"), "{error}");
}

#[tokio::test]
async fn the_systems_proxy_is_not_asked_for_the_computer_itself() {
    let plain = serve(Router::new().route("/", get(|| async { Json(json!(true)) }))).await;
    let nowhere = || {
        vec![
            ("HTTP_PROXY", "http://127.0.0.1:9".to_owned()),
            ("http_proxy", "http://127.0.0.1:9".to_owned()),
        ]
    };
    let printed = ask_in_a_copy(plain, nowhere()).await;
    assert!(printed.contains("answer true"), "{printed}");
    let printed = ask_in_a_copy("http://cliffhangarr.invalid".to_owned(), nowhere()).await;
    assert!(printed.contains("error unreachable"), "{printed}");
}

#[tokio::test]
async fn web_sockets_go_the_way_of_all_requests_but_never_by_http_2() {
    let (ca, proxy) = serve_sockets_behind_a_proxy("cliffhangarr.invalid").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, ca).unwrap();
    let environment = vec![
        (WAY, "socket".to_owned()),
        ("SSL_CERT_FILE", file.display().to_string()),
        ("HTTPS_PROXY", format!("http://127.0.0.1:{proxy}")),
        ("https_proxy", format!("http://127.0.0.1:{proxy}")),
    ];
    let printed = ask_in_a_copy("https://cliffhangarr.invalid".to_owned(), environment).await;
    assert!(printed.contains("heard Some(Ok(Text(\"hello\")))"), "{printed}");
}
