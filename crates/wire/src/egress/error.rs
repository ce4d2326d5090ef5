//! Why no answer came: one closed list, each with a name for counting and words for whoever typed the address.
//!
//! Words never hold what the asker did not know: not where a name leads, not what a library said. What operators need beyond that
//! is [`EgressError::detail`], for the log.

use std::net::IpAddr;
use std::time::Duration;

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// The address cannot be read as a URL.
    #[error("this is no address: write a URL such as https://example.com/path")]
    NotAUrl,
    /// It does not begin with `https://`.
    #[error("{origin} is refused: the address must begin with https://")]
    Scheme {
        /// Where the request was to go.
        origin: String,
    },
    /// It has a user or a password.
    #[error("the address of {origin} has a user or a password: leave it out")]
    UserInfo {
        /// Where the request was to go.
        origin: String,
    },
    /// It has a fragment, which is never sent.
    #[error("the address of {origin} has a fragment: leave out what begins with #")]
    Fragment {
        /// Where the request was to go.
        origin: String,
    },
    /// A port that may not be reached.
    #[error("port {port} is refused: {} may be reached", listed(.open))]
    Port {
        /// The one that was asked for.
        port: u16,
        /// Those that may.
        open: Vec<u16>,
    },
    /// An address literal that is no public one.
    #[error("refused: {address} is an inner address ({what})")]
    Inner {
        /// As it was meant, whatever its spelling.
        address: IpAddr,
        /// What it is.
        what: &'static str,
    },
    /// A name of this server, or an address it listens on.
    #[error("refused: {host} is this server itself")]
    Own {
        /// As it was asked for.
        host: String,
    },
    /// A name without addresses, or with one that is not public. Which of the two is not told: it would say what names there
    /// are inside.
    #[error(
        "{host} has no public address: check how it is spelled, and that its DNS records name public addresses only"
    )]
    NoPublicAddress {
        /// As it was asked for.
        host: String,
        /// The inner address among its answers.
        inner: Option<IpAddr>,
    },
    /// Only loopback literals are reached by this client, which `symbolon demo` and the doctor use.
    #[error(
        "{origin} may not be reached: only http to a loopback address such as http://127.0.0.1:8080 is allowed"
    )]
    NotLoopback {
        /// Where the request was to go.
        origin: String,
    },
    /// The resolver did not say.
    #[error(
        "the addresses of {host} could not be found out: its name servers do not answer; try again later"
    )]
    Resolver {
        /// As it was asked for.
        host: String,
        /// What the resolver said.
        said: String,
    },
    /// The request cannot be written as HTTP.
    #[error("the request to {origin} cannot be sent: it cannot be written as HTTP")]
    Unwritable {
        /// Where the request was to go.
        origin: String,
        /// What HTTP objects to.
        said: String,
    },
    /// Nobody answered there.
    #[error("no connection to {origin}: is it running?")]
    Unreachable {
        /// Where the request was to go.
        origin: String,
        /// What the network said.
        said: String,
    },
    /// No connection in time.
    #[error("no connection to {origin} within {} seconds", .within.as_secs_f32())]
    ConnectSlow {
        /// Where the request was to go.
        origin: String,
        /// The time it had.
        within: Duration,
    },
    /// The egress proxy refused, or is not there.
    #[error("{origin} could not be reached from here: the way out refuses it or is down")]
    Proxy {
        /// Where the request was to go.
        origin: String,
        /// What the proxy or the network said.
        said: String,
    },
    /// No cipher suite in common: an old server that speaks CBC or RSA key exchange only.
    #[error(
        "tls_no_common_cipher: {origin} offers no cipher suite that is spoken here; enable one with ECDHE and AES-GCM or \
         ChaCha20-Poly1305"
    )]
    TlsNoCommonCipher {
        /// Where the request was to go.
        origin: String,
    },
    /// Older than TLS 1.2.
    #[error("tls_version: {origin} speaks neither TLS 1.2 nor TLS 1.3")]
    TlsVersion {
        /// Where the request was to go.
        origin: String,
    },
    /// A certificate that cannot be trusted.
    #[error("the certificate of {origin} {why}")]
    Certificate {
        /// Where the request was to go.
        origin: String,
        /// What is wrong with it.
        why: CertificateFault,
    },
    /// TLS did not come about for another reason.
    #[error("{origin} does not speak TLS as it should")]
    Tls {
        /// Where the request was to go.
        origin: String,
        /// What the library said.
        said: String,
    },
    /// The answer took too long.
    #[error("{origin} did not answer within {} seconds", .within.as_secs_f32())]
    Slow {
        /// Where the request went.
        origin: String,
        /// The time it had.
        within: Duration,
    },
    /// The head of the answer is too long.
    #[error("the headers of the answer of {origin} are longer than {most} bytes")]
    HeadersTooLarge {
        /// Where the request went.
        origin: String,
        /// How many are read.
        most: usize,
    },
    /// The body is too long.
    #[error("the answer of {origin} is longer than {most} bytes")]
    TooLarge {
        /// Where the request went.
        origin: String,
        /// How many are read.
        most: usize,
    },
    /// What came back is no HTTP.
    #[error("{origin} does not answer in HTTP")]
    NotHttp {
        /// Where the request went.
        origin: String,
        /// What the library said.
        said: String,
    },
    /// The connection broke before the answer was whole.
    #[error("the answer of {origin} broke off")]
    Broken {
        /// Where the request went.
        origin: String,
        /// What went wrong.
        said: String,
    },
    /// Too many requests are under way.
    #[error("too many requests are under way from here: try again in a minute")]
    Busy,
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// It has ended.
    #[error("has expired: renew it")]
    Expired,
    /// It has not begun.
    #[error("is not valid yet: check the clocks")]
    NotYet,
    /// It is for other names.
    #[error("is not for this name: have one issued that names it")]
    OtherName,
    /// Nobody known signed it, or its chain is not sent.
    #[error("is from an unknown issuer: use one of a public authority, and send the whole chain")]
    UnknownIssuer,
    /// It was taken back.
    #[error("is revoked: have a new one issued")]
    Revoked,
    /// It cannot be read, or its signature does not hold.
    #[error("is damaged or unfit for a server: have a new one issued")]
    Unfit,
}

fn listed(ports: &[u16]) -> String {
    ports.iter().map(u16::to_string).collect::<Vec<_>>().join(" and ")
}

impl EgressError {
    /// Its name for counting, fixed.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            EgressError::NotAUrl => "not_a_url",
            EgressError::Scheme { .. } => "scheme",
            EgressError::UserInfo { .. } => "user_info",
            EgressError::Fragment { .. } => "fragment",
            EgressError::Port { .. } => "port",
            EgressError::Inner { .. } => "inner_address",
            EgressError::Own { .. } => "own_address",
            EgressError::NoPublicAddress { inner: Some(_), .. } => "leads_inside",
            EgressError::NoPublicAddress { inner: None, .. } => "no_address",
            EgressError::NotLoopback { .. } => "not_loopback",
            EgressError::Resolver { .. } => "resolver",
            EgressError::Unwritable { .. } => "unwritable",
            EgressError::Unreachable { .. } => "unreachable",
            EgressError::ConnectSlow { .. } => "connect_slow",
            EgressError::Proxy { .. } => "proxy",
            EgressError::TlsNoCommonCipher { .. } => "tls_no_common_cipher",
            EgressError::TlsVersion { .. } => "tls_version",
            EgressError::Certificate { .. } => "certificate",
            EgressError::Tls { .. } => "tls",
            EgressError::Slow { .. } => "slow",
            EgressError::HeadersTooLarge { .. } => "headers_too_large",
            EgressError::TooLarge { .. } => "body_too_large",
            EgressError::NotHttp { .. } => "not_http",
            EgressError::Broken { .. } => "broken",
            EgressError::Busy => "busy",
        }
    }

    /// What only operators may read: where a name led, and what the network or a library said.
    #[must_use]
    pub fn detail(&self) -> Option<String> {
        match self {
            EgressError::NoPublicAddress { inner, .. } => {
                inner.map(|address| format!("it leads to {address}"))
            }
            EgressError::Resolver { said, .. }
            | EgressError::Unwritable { said, .. }
            | EgressError::Unreachable { said, .. }
            | EgressError::Proxy { said, .. }
            | EgressError::Tls { said, .. }
            | EgressError::NotHttp { said, .. }
            | EgressError::Broken { said, .. } => Some(said.clone()),
            EgressError::NotAUrl
            | EgressError::Scheme { .. }
            | EgressError::UserInfo { .. }
            | EgressError::Fragment { .. }
            | EgressError::Port { .. }
            | EgressError::Inner { .. }
            | EgressError::Own { .. }
            | EgressError::NotLoopback { .. }
            | EgressError::ConnectSlow { .. }
            | EgressError::TlsNoCommonCipher { .. }
            | EgressError::TlsVersion { .. }
            | EgressError::Certificate { .. }
            | EgressError::Slow { .. }
            | EgressError::HeadersTooLarge { .. }
            | EgressError::TooLarge { .. }
            | EgressError::Busy => None,
        }
    }
}
