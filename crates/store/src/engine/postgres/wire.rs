//! Opening a connection, in the clear or through TLS.
//!
//! `sslmode=require` in the address means TLS with a certificate that the operating system trusts and that carries the
//! host's name (`SSL_CERT_FILE` names another list of authorities). Anything else is in the clear: right for a Unix
//! socket, loopback and a private network.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, Connection, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::fault::Fault;
use super::{CONNECT, StoreError};

/// Drives a connection until it ends.
pub(super) type Driver = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send>>;

/// Connects within [`CONNECT`].
pub(super) async fn connect(config: &Config) -> Result<(Client, Driver), StoreError> {
    tokio::time::timeout(CONNECT, attempt(config))
        .await
        .map_err(|_| StoreError::unavailable("PostgreSQL does not accept a connection in time"))?
}

async fn attempt(config: &Config) -> Result<(Client, Driver), StoreError> {
    let opened = if config.get_ssl_mode() == SslMode::Require {
        config.connect(tls()?).await.map(driven)
    } else {
        config.connect(NoTls).await.map(driven)
    };
    opened.map_err(|error| Fault::of(&error).into_error())
}

/// Hides which kind of stream it is.
fn driven<S, T>((client, connection): (Client, Connection<S, T>)) -> (Client, Driver)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    (client, Box::pin(connection))
}

/// The system's authorities are read from disk once.
fn tls() -> Result<MakeRustlsConnect, StoreError> {
    static TLS: OnceLock<MakeRustlsConnect> = OnceLock::new();
    if let Some(tls) = TLS.get() {
        return Ok(tls.clone());
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(StoreError::unavailable(
            "no certificate authority is known to check the PostgreSQL server with: install the system's list, or \
             name one in SSL_CERT_FILE",
        ));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(StoreError::unavailable)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TLS.get_or_init(|| MakeRustlsConnect::new(config)).clone())
}
