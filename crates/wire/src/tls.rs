//! TLS of our own, for deployments without a proxy.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// Why TLS cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate cannot be read.
    #[error("cannot use the certificate {}", .0.display())]
    Certificate(PathBuf, #[source] pem::Error),
    /// The private key cannot be read.
    #[error("cannot use the private key {}", .0.display())]
    Key(PathBuf, #[source] pem::Error),
    /// The certificate does not fit the key, or the two are not fit for use.
    #[error("cannot use the certificate {}", .0.display())]
    Pair(PathBuf, #[source] rustls::Error),
    /// The library has no protocol in common with anybody.
    #[error("TLS cannot be set up")]
    Versions(#[source] rustls::Error),
}

/// Speaks TLS with the certificate and the private key in these files.
///
/// # Errors
/// [`TlsError`], which names the file.
pub fn acceptor(cert: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let certificates = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|wrong| TlsError::Certificate(cert.to_owned(), wrong))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|wrong| TlsError::Key(key.to_owned(), wrong))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Versions)?
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .map_err(|wrong| TlsError::Pair(cert.to_owned(), wrong))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
