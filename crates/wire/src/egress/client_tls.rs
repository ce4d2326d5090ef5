//! TLS on the way out: 1.2 or 1.3, against the system's authorities and those of the operator. What goes wrong has a name.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{AlertDescription, CertificateError, ClientConfig, Error, PeerIncompatible, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Host;

use super::error::{CertificateFault, EgressError};
use super::rules::{Target, literal};

/// Why a file of authorities cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuthoritiesError {
    /// It cannot be read.
    #[error("cannot read the certificates in {}: {said}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        said: String,
    },
    /// Nothing in it is a certificate of an authority.
    #[error("{} holds no certificate of an authority in PEM", .0.display())]
    Empty(PathBuf),
}

/// Certificates of authorities that an operator trusts beside the system's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authorities(Vec<CertificateDer<'static>>);

impl Authorities {
    /// Those in a PEM file.
    ///
    /// # Errors
    /// When there are none.
    pub fn read(path: &Path) -> Result<Authorities, AuthoritiesError> {
        let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let unreadable = |error: rustls::pki_types::pem::Error| AuthoritiesError::Unreadable {
            path: path.to_owned(),
            said: error.to_string(),
        };
        let found = read.map_err(unreadable)?;
        let (usable, _) = RootCertStore::empty().add_parsable_certificates(found.iter().cloned());
        if usable == 0 {
            return Err(AuthoritiesError::Empty(path.to_owned()));
        }
        Ok(Authorities(found))
    }

    /// How TLS is spoken with them. Reads the system's, so it is made when the first request needs it.
    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, Error> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots.add_parsable_certificates(self.0.iter().cloned());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

/// Speaks TLS to the target over a connection to it.
pub(super) async fn secured(
    config: Arc<ClientConfig>,
    stream: TcpStream,
    target: &Target,
) -> Result<TlsStream<TcpStream>, EgressError> {
    let name = match (literal(&target.host), &target.host) {
        (Some(address), _) => ServerName::IpAddress(address.into()),
        (None, Host::Domain(name)) => {
            let name = ServerName::try_from(name.trim_end_matches('.').to_owned());
            name.map_err(|_| EgressError::NotAUrl)?
        }
        (None, _) => return Err(EgressError::NotAUrl),
    };
    TlsConnector::from(config).connect(name, stream).await.map_err(|wrong| named(&target.origin, &wrong))
}

fn named(origin: &str, wrong: &io::Error) -> EgressError {
    let origin = origin.to_owned();
    match wrong.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::AlertReceived(
            AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity,
        ))
        | Some(Error::PeerIncompatible(
            PeerIncompatible::NoCipherSuitesInCommon | PeerIncompatible::NoKxGroupsInCommon,
        )) => EgressError::TlsNoCommonCipher { origin },
        Some(Error::AlertReceived(AlertDescription::ProtocolVersion))
        | Some(Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        )) => EgressError::TlsVersion { origin },
        Some(Error::InvalidCertificate(wrong)) => EgressError::Certificate { origin, why: fault(wrong) },
        Some(_) | None => EgressError::Tls { origin, said: wrong.to_string() },
    }
}

fn fault(wrong: &CertificateError) -> CertificateFault {
    match wrong {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateFault::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateFault::NotYet
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::OtherName
        }
        CertificateError::UnknownIssuer => CertificateFault::UnknownIssuer,
        CertificateError::Revoked => CertificateFault::Revoked,
        _ => CertificateFault::Unfit,
    }
}
