//! Opening a connection, in the clear or through TLS, to one of the servers that the address names.

use std::io::{self, ErrorKind};
use std::pin::Pin;

use rustls::CertificateError;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Connection, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::StoreError;
use super::address::{Address, Endpoint};
use super::fault::Fault;
use super::tls::{Check, Way};

/// Drives a connection until it ends.
pub(super) type Driver = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send>>;

/// What keeps others from reading what passes between here and the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A Unix socket or loopback: it leaves this machine nowhere.
    Local,
    /// Nothing.
    Clear,
    /// TLS with whoever answered: the certificate was not looked at.
    Unchecked,
    /// TLS with a certificate of a known authority.
    Checked,
}

/// What the driver says of a server that offers none.
const NO_TLS: &str = "server does not support TLS";

/// A connection that has just been opened.
pub(super) struct Opened {
    pub(super) client: Client,
    pub(super) driver: Driver,
    pub(super) transport: Transport,
}

/// Why a way did not lead there, and whether another may.
struct Refusal {
    error: StoreError,
    worth_another: bool,
}

/// Connects to the first server that can be had.
pub(super) async fn connect(address: &Address) -> Result<Opened, StoreError> {
    let mut last = StoreError::unavailable("no PostgreSQL server is named");
    for endpoint in &address.endpoints {
        match reach(address, endpoint).await {
            Ok(opened) => return Ok(opened),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn reach(address: &Address, endpoint: &Endpoint) -> Result<Opened, StoreError> {
    let ways = if endpoint.socket { &[Way::Clear] } else { address.trust.ways() };
    let mut before: Option<StoreError> = None;
    for way in ways {
        let attempt = attempt(address, endpoint, *way);
        let late = || StoreError::unavailable("PostgreSQL does not accept a connection in time");
        let outcome = tokio::time::timeout(address.patience, attempt)
            .await
            .unwrap_or_else(|_| Err(Refusal { error: late(), worth_another: false }));
        match (outcome, before.take()) {
            (Ok((client, driver)), _) => {
                return Ok(Opened { client, driver, transport: transport(address, endpoint, *way) });
            }
            (Err(Refusal { error, worth_another: true }), None) => before = Some(error),
            (Err(refusal), None) => return Err(refusal.error),
            (Err(refusal), Some(first)) => return Err(both(*way, &first, refusal.error)),
        }
    }
    Err(before.unwrap_or_else(|| StoreError::unavailable("there is no way to connect to PostgreSQL")))
}

fn transport(address: &Address, endpoint: &Endpoint, way: Way) -> Transport {
    match (way, address.trust.check()) {
        _ if endpoint.local => Transport::Local,
        (Way::Clear, _) => Transport::Clear,
        (Way::Tls, Check::Nothing) => Transport::Unchecked,
        (Way::Tls, Check::Authority | Check::AuthorityAndName) => Transport::Checked,
    }
}

/// Both ways failed: the last says more, unless it is the same.
fn both(way: Way, first: &StoreError, last: StoreError) -> StoreError {
    let (StoreError::Unavailable(before), StoreError::Unavailable(after)) = (first, &last) else {
        return last;
    };
    if before == after || before.contains(NO_TLS) {
        return last;
    }
    let other = match way {
        Way::Clear => "with TLS",
        Way::Tls => "without TLS",
    };
    StoreError::unavailable(format_args!("{after} ({other}: {before})"))
}

/// Connects, and has the settings in force. They are the first thing asked, so who answers is a server, and not only a
/// pooler.
async fn attempt(address: &Address, endpoint: &Endpoint, way: Way) -> Result<(Client, Driver), Refusal> {
    let mut config = endpoint.config.clone();
    let (client, mut driver) = match way {
        Way::Clear => config.ssl_mode(SslMode::Disable).connect(NoTls).await.map(driven),
        Way::Tls => {
            let tls = address.trust.client().map_err(|error| Refusal { error, worth_another: false })?;
            config.ssl_mode(SslMode::Require).connect(MakeRustlsConnect::new(tls)).await.map(driven)
        }
    }
    .map_err(|error| Refusal::of(&error))?;
    let greeted = tokio::select! {
        greeted = client.batch_execute(&address.greeting) => greeted,
        // What the server said before it ended the connection says more than the end.
        ended = &mut driver => match ended {
            Err(error) => Err(error),
            Ok(()) => client.batch_execute(&address.greeting).await,
        },
    };
    greeted.map_err(|error| Refusal::of(&error))?;
    Ok((client, driver))
}

/// Hides which kind of stream it is.
fn driven<S, T>((client, connection): (Client, Connection<S, T>)) -> (Client, Driver)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    (client, Box::pin(connection))
}

impl Refusal {
    fn of(error: &tokio_postgres::Error) -> Refusal {
        let worth_another = match error.code() {
            // No entry in pg_hba.conf for this way; PgBouncer's "SSL required".
            Some(code) => {
                [SqlState::INVALID_AUTHORIZATION_SPECIFICATION, SqlState::PROTOCOL_VIOLATION].contains(code)
            }
            None => cause(error).is_none_or(|cause| {
                use ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable, NotFound, TimedOut};
                let nobody_there =
                    [ConnectionRefused, HostUnreachable, NetworkUnreachable, NotFound, TimedOut];
                !nobody_there.contains(&cause.kind())
            }),
        };
        let said = Fault::of(error).into_error();
        let error = match (mend(error), &said) {
            (Some(mend), StoreError::Unavailable(text)) => {
                StoreError::unavailable(format_args!("{text}: {mend}"))
            }
            _ => said,
        };
        Refusal { error, worth_another }
    }
}

fn cause(error: &tokio_postgres::Error) -> Option<&io::Error> {
    std::error::Error::source(error)?.downcast_ref()
}

/// What to do about a certificate that is not believed.
fn mend(error: &tokio_postgres::Error) -> Option<&'static str> {
    let rustls::Error::InvalidCertificate(wrong) = cause(error)?.get_ref()?.downcast_ref()? else {
        return None;
    };
    match wrong {
        CertificateError::UnknownIssuer => {
            Some("name the file with the authority of its provider in `sslrootcert`")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Some(
            "connect by a name of the certificate, or write sslmode=verify-ca, which looks at the authority alone",
        ),
        _ => None,
    }
}
