//! Whom a connection is encrypted for: the modes of libpq.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::StoreError;

/// `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl Mode {
    pub(super) fn read(word: &str) -> Option<Mode> {
        Some(match word {
            "disable" => Mode::Disable,
            "allow" => Mode::Allow,
            "prefer" => Mode::Prefer,
            "require" => Mode::Require,
            "verify-ca" => Mode::VerifyCa,
            "verify-full" => Mode::VerifyFull,
            _ => return None,
        })
    }
}

/// `sslrootcert`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Root {
    Unnamed,
    System,
    File(PathBuf),
}

/// One way to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Clear,
    Tls,
}

/// How much of a certificate is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    Nothing,
    Authority,
    AuthorityAndName,
}

/// What an address says about TLS.
#[derive(Debug)]
pub(super) struct Trust {
    pub(super) mode: Mode,
    pub(super) root: Root,
    /// Our own certificate and its key.
    pub(super) identity: Option<(PathBuf, PathBuf)>,
    /// TLS from the first byte.
    pub(super) direct: bool,
}

impl Trust {
    /// In which order what is tried.
    pub(super) fn ways(&self) -> &'static [Way] {
        match self.mode {
            Mode::Disable => &[Way::Clear],
            Mode::Allow => &[Way::Clear, Way::Tls],
            Mode::Prefer => &[Way::Tls, Way::Clear],
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => &[Way::Tls],
        }
    }

    /// Whoever names an authority wants it asked, whatever the mode.
    pub(super) fn check(&self) -> Check {
        match (self.mode, &self.root) {
            (Mode::VerifyFull, _) | (_, Root::System) => Check::AuthorityAndName,
            (Mode::VerifyCa, _) | (_, Root::File(_)) => Check::Authority,
            (Mode::Disable | Mode::Allow | Mode::Prefer | Mode::Require, Root::Unnamed) => Check::Nothing,
        }
    }

    /// Files are read each time, so that a renewed one counts from the next connection on.
    pub(super) fn client(&self) -> Result<ClientConfig, StoreError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = self.verifier(provider.signature_verification_algorithms)?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(StoreError::unavailable)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let chain = certificates("sslcert", certificate)?;
                let key =
                    PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable("sslkey", key, &error))?;
                builder.with_client_auth_cert(chain, key).map_err(|error| {
                    StoreError::unavailable(format_args!(
                        "`sslcert` and `sslkey` do not go together: {error}"
                    ))
                })?
            }
        };
        if self.direct {
            config.alpn_protocols = vec![b"postgresql".to_vec()];
        }
        Ok(config)
    }

    fn verifier(&self, algorithms: WebPkiSupportedAlgorithms) -> Result<Verifier, StoreError> {
        let check = self.check();
        let (mut roots, mut named) = (RootCertStore::empty(), Vec::new());
        match (check, &self.root) {
            (Check::Nothing, _) => {}
            (Check::Authority | Check::AuthorityAndName, Root::File(path)) => {
                named = certificates("sslrootcert", path)?;
                roots.add_parsable_certificates(named.iter().cloned());
            }
            (Check::Authority | Check::AuthorityAndName, Root::System | Root::Unnamed) => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        if check != Check::Nothing && roots.is_empty() {
            return Err(StoreError::unavailable(
                "no certificate authority is known to check the PostgreSQL server with: name the file of its provider in \
                 `sslrootcert`, or install the system's list (SSL_CERT_FILE names another)",
            ));
        }
        Ok(Verifier { roots, named, check, algorithms })
    }
}

fn certificates(key: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let certificates: Vec<_> = read.map_err(|error| unreadable(key, path, &error))?;
    if certificates.is_empty() {
        return Err(StoreError::unavailable(format_args!(
            "{}, which `{key}` names, holds no certificate in PEM",
            path.display()
        )));
    }
    Ok(certificates)
}

fn unreadable(key: &str, path: &Path, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::unavailable(format_args!("{}, which `{key}` names, cannot be read: {error}", path.display()))
}

#[derive(Debug)]
struct Verifier {
    roots: RootCertStore,
    /// What `sslrootcert` holds. A server that makes its certificate itself shows one of these.
    named: Vec<CertificateDer<'static>>,
    check: Check,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.check == Check::Nothing {
            return Ok(ServerCertVerified::assertion());
        }
        let certificate = ParsedCertificate::try_from(end_entity)?;
        if !self.named.contains(end_entity) {
            let algorithms = self.algorithms.all;
            verify_server_cert_signed_by_trust_anchor(
                &certificate,
                &self.roots,
                intermediates,
                now,
                algorithms,
            )?;
        }
        if self.check == Check::AuthorityAndName {
            verify_server_name(&certificate, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
