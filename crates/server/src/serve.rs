//! The running server: what `serve` and `demo` start, and how it stops.
//!
//! One task per connection, over our own accept loop. A stop waits for what is under way, and no connection outlives the
//! grace.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use symbolon_store::{Options, Store};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::clock::{Clock, Entropy};
use crate::config::{Config, Registration};
use crate::connection::{self, HEAD_TIMEOUT};
use crate::front::Front;
use crate::keys::Keys;
use crate::log;
use crate::metrics::{self, Metrics};
use crate::mount;
use crate::pages::brand::Brand;
use crate::pages::site::Site;
use crate::password::Passwords;
use crate::places::Places;
use crate::signals::Signals;
use crate::state::{RequestIds, State};
use crate::tls;
use crate::usage::Usage;
use crate::workers;

const CONNECTIONS_AT_MOST: usize = 16_384;

/// A running server.
pub struct Running {
    /// What it leans on.
    pub state: Arc<State>,
    /// Where its metrics are read, if anywhere.
    pub metrics: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
    workers: JoinHandle<()>,
}

/// Builds what the handlers lean on: storage opened and migrated, keys loaded, dialects read.
///
/// # Errors
/// One sentence that says what is wrong and how to mend it. Nothing is left half-done.
pub async fn state(config: &Config, clock: Clock, entropy: Entropy) -> Result<State> {
    let keys = Keys::load(&config.secrets, entropy.clone())?;
    let brand = Brand::from(&config.brand);
    let logo = config.brand.logo.as_deref().map(logo).transpose()?;
    let (dialects, router) = mount::mounted(config)?;
    let store = Store::open(config.storage.url(), Options { exclusive: true, ..Options::default() })
        .await
        .with_context(|| format!("cannot open the storage {}", config.storage))?;
    store.migrate().await.context("cannot bring the database up to this version")?;
    // From now on the metadata is known, whatever happens to the storage.
    store.published_catalogue(clock.now()).await.context("cannot read the database")?;
    Ok(State {
        store,
        dialects,
        router,
        clock,
        request_ids: RequestIds::new(&entropy)?,
        keys,
        passwords: Passwords::new(entropy.clone()),
        entropy,
        site: Site::new(&brand),
        logo,
        issuer: config.issuer.as_str().to_owned(),
        hosts: hosts(config),
        secure_cookies: !config.issuer.is_loopback_http(),
        prefix: config.brand.token_prefix.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        sign_up_open: config.login.sign_up_open,
        metrics: Metrics::default(),
        usage: Usage::default(),
        stopping: std::sync::atomic::AtomicBool::new(false),
    })
}

fn hosts(config: &Config) -> Vec<String> {
    let mut hosts = vec![config.issuer.authority().to_ascii_lowercase()];
    hosts.extend(
        config.dialects.iter().flat_map(|own| own.hosts.iter().map(|host| host.to_ascii_lowercase())),
    );
    hosts
}

fn logo(path: &std::path::Path) -> Result<(bytes::Bytes, &'static str)> {
    let content_type = match path.extension().and_then(|end| end.to_str()) {
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "image/webp",
    };
    let bytes = std::fs::read(path).with_context(|| format!("cannot read brand.logo {}", path.display()))?;
    Ok((bytes.into(), content_type))
}

/// Starts to answer on `listener`.
///
/// # Errors
/// One sentence when the certificate or the metrics listener cannot be used.
pub async fn start(config: &Config, state: State, listener: TcpListener) -> Result<Running> {
    let state = Arc::new(state);
    let (stop, stopping) = watch::channel(false);
    let tls = config.tls.as_ref().map(tls::acceptor).transpose()?;
    let mut metrics = None;
    if let Some(address) = config.metrics {
        let listener = bind(address).await.context("the metrics listener")?;
        metrics = Some(listener.local_addr()?);
        tokio::spawn(serve_metrics(state.clone(), listener, stopping.clone()));
    }
    let front = Front::new(state.clone());
    let accepting = tokio::spawn(accept(front, listener, tls, stopping, config.shutdown_grace));
    let workers = tokio::spawn(workers::run(state.clone()));
    Ok(Running { state, metrics, stop, accepting, workers })
}

/// Binds an address.
///
/// # Errors
/// One sentence that names the address.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "cannot listen on {address}: another program may be using it; stop that or choose another port"
        )
    })
}

impl Running {
    /// Stops: nothing new is accepted, what is under way is finished within the grace, what was used is written down.
    pub async fn stop(self) {
        self.state.stop();
        // Fails only when nobody listens any more.
        let _ = self.stop.send(true);
        let _ = self.accepting.await;
        self.workers.abort();
        workers::write_usage(&self.state).await;
    }
}

async fn accept(
    front: Front,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    mut stopping: watch::Receiver<bool>,
    grace: Duration,
) {
    let (finish, finishing) = watch::channel(());
    let places = Places::new(CONNECTIONS_AT_MOST, front.state().trusted_proxies.clone());
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    rest().await;
                    continue;
                }
            },
            _ = stopping.changed() => break,
        };
        let Some(place) = places.take(peer.ip()) else { continue };
        let _ = stream.set_nodelay(true);
        let (front, tls, finishing) = (front.clone(), tls.clone(), finishing.clone());
        tokio::spawn(async move {
            let _place = place;
            connection::serve(front, stream, peer.ip(), tls, finishing).await;
        });
    }
    drop((listener, finishing));
    // Fails only when there are no connections.
    let _ = finish.send(());
    if tokio::time::timeout(grace, finish.closed()).await.is_err() {
        tracing::warn!("some requests were still under way when the grace ended");
    }
}

/// Out of descriptors, mostly: connections that end give some back, and asking at once again would only burn a core.
async fn rest() {
    #[expect(clippy::disallowed_methods, reason = "nothing tells when a descriptor is free again")]
    tokio::time::sleep(Duration::from_millis(100)).await;
}

async fn serve_metrics(state: Arc<State>, listener: TcpListener, mut stopping: watch::Receiver<bool>) {
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(_) => {
                    rest().await;
                    continue;
                }
            },
            _ = stopping.changed() => return,
        };
        let state = state.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
                let answer = match request.uri().path() {
                    "/metrics" => {
                        crate::reply::asset(metrics::CONTENT_TYPE, state.metrics.text().into(), "no-store")
                    }
                    _ => crate::reply::text(404, "the metrics are at /metrics\n"),
                };
                std::future::ready(Ok::<_, Infallible>(answer))
            });
            let mut builder = http1::Builder::new();
            builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// `symbolon serve`: runs until a signal says stop, be it before it is ready.
///
/// # Errors
/// One sentence when it cannot start, and when a second signal cut its stop short.
pub async fn run(config: Config) -> Result<()> {
    let mut signals = Signals::catch()?;
    log::begin(&config.log);
    let running = tokio::select! {
        biased;
        running = begin(&config) => running?,
        () = signals.next() => {
            tracing::info!("stopping before anything was served");
            return Ok(());
        }
    };
    signals.next().await;
    tracing::info!("stopping");
    signals.unless_again(running.stop()).await
}

async fn begin(config: &Config) -> Result<Running> {
    for idle in config.registration.without_effect() {
        tracing::warn!(mend = Registration::MEND, "{idle}");
    }
    let listener = bind(config.listen).await?;
    let state = state(config, Clock::System, Entropy::System).await?;
    let running = start(config, state, listener).await?;
    #[expect(clippy::print_stdout, reason = "the one line that scripts wait for")]
    {
        println!("ready: {}", config.issuer.as_str());
    }
    Ok(running)
}
