//! TLS of our own, for deployments without a proxy.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// Speaks TLS with this certificate and key.
///
/// # Errors
/// One sentence that names the file.
pub fn acceptor(cert: &Path, key: &Path) -> Result<TlsAcceptor> {
    let wrong = || format!("cannot use the certificate {}", cert.display());
    let certificates = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(wrong)?;
    let key = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("cannot use the private key {}", key.display()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("TLS cannot be set up")?
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .with_context(wrong)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
