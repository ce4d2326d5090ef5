//! TLS of our own, for deployments without a proxy.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;
use x509_cert::Certificate;
use x509_cert::der::Decode;

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

/// A certificate and its key, ready for use.
#[derive(Clone)]
pub struct Pair {
    /// Speaks TLS with them.
    pub acceptor: TlsAcceptor,
    /// When the certificate ends, in seconds since 1970, where that can be read.
    pub ends: Option<i64>,
}

/// What two files looked like: another stamp, and they were written since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamp([Option<(SystemTime, u64, u64)>; 2]);

impl Stamp {
    /// How they look now.
    #[must_use]
    pub fn of(cert: &Path, key: &Path) -> Stamp {
        let look = |path: &Path| {
            let met = std::fs::metadata(path).ok()?;
            Some((met.modified().ok()?, met.len(), met.ino()))
        };
        Stamp([look(cert), look(key)])
    }
}

/// The certificate and the private key in these files.
///
/// # Errors
/// [`TlsError`], which names the file.
pub fn load(cert: &Path, key: &Path) -> Result<Pair, TlsError> {
    let certificates = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|wrong| TlsError::Certificate(cert.to_owned(), wrong))?;
    let ends = certificates.first().and_then(ends);
    let key = PrivateKeyDer::from_pem_file(key).map_err(|wrong| TlsError::Key(key.to_owned(), wrong))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Versions)?
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .map_err(|wrong| TlsError::Pair(cert.to_owned(), wrong))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Pair { acceptor: TlsAcceptor::from(Arc::new(config)), ends })
}

fn ends(certificate: &CertificateDer<'_>) -> Option<i64> {
    let read = Certificate::from_der(certificate).ok()?;
    i64::try_from(read.tbs_certificate.validity.not_after.to_unix_duration().as_secs()).ok()
}
