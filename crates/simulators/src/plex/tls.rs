//! The same server behind TLS, with a certificate as real servers have it: for names below `plex.direct`, not for addresses.

use super::{PlexSim, guids::hex24, http::OverTls};
use crate::server::{self, Running};
use axum::{Extension, Router};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// A server that is reached over TLS. Dropping it stops it.
#[derive(Debug)]
pub struct TlsServer {
    /// Address with the name that the certificate is for, `https://127-0-0-1.….plex.direct:port`.
    pub url: String,
    /// That name; no name server knows it, so a client has to be told where it is.
    pub host: String,
    /// Where it listens.
    pub addr: SocketAddr,
    /// The authority that signed the certificate, as PEM.
    pub authority_pem: String,
    /// What the TLS side passes everything on to.
    pub inner: Running,
}

impl PlexSim {
    /// Serves the interface over TLS, also when plain connections are refused.
    ///
    /// # Errors
    /// When no port can be bound or no certificate can be made.
    pub async fn serve_tls(&self) -> io::Result<TlsServer> {
        let zone = self.direct_zone();
        let (config, authority_pem) = certificate(&zone).map_err(io::Error::other)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let addr = listener.local_addr()?;
        let router: Router = self.router().layer(Extension(OverTls));
        let mut inner = server::serve(router).await?;
        inner.attach(tokio::spawn(accept(listener, TlsAcceptor::from(config), inner.addr)));
        let host = format!("127-0-0-1.{zone}");
        Ok(TlsServer {
            url: format!("https://{host}:{}", addr.port()),
            host,
            addr,
            authority_pem,
            inner,
        })
    }

    /// The domain below which the server's addresses have names; the certificate is for it.
    pub(crate) fn direct_zone(&self) -> String {
        let identifier = self.settings().machine_identifier;
        let seed = identifier
            .bytes()
            .fold(11, |sum: i64, byte| sum.wrapping_mul(31).wrapping_add(i64::from(byte)));
        format!("{}{}.plex.direct", hex24(seed), &hex24(seed ^ 1)[..8])
    }
}

/// A certificate for everything below a zone, and the authority behind it.
fn certificate(zone: &str) -> Result<(Arc<ServerConfig>, String), Box<dyn std::error::Error + Send + Sync>> {
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&authority_key)?.pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(vec![format!("*.{zone}")])?.signed_by(&key, &issuer)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)?;
    Ok((Arc::new(config), authority_pem))
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, inner: SocketAddr) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(pass_on(stream, acceptor.clone(), inner));
                }
            }
        }
    }
}

/// A connection ends as either side wants; there is nobody to tell.
async fn pass_on(stream: TcpStream, acceptor: TlsAcceptor, inner: SocketAddr) {
    let Ok(mut outside) = acceptor.accept(stream).await else {
        return;
    };
    let Ok(mut inside) = TcpStream::connect(inner).await else {
        return;
    };
    tokio::io::copy_bidirectional(&mut outside, &mut inside).await.ok();
}
