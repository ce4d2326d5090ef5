//! The running server: what `serve` and `demo` start, and how it stops.
//!
//! Connections are taken by the accept loop of `symbolon_wire`. A stop waits for what is under way, and no connection
//! outlives the grace.

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use http::{Request, Response};
use hyper::body::Incoming;
use symbolon_store::Store;
use symbolon_wire::accept::{self, AcceptLoop, Stopping};
use symbolon_wire::connection::{IDLE_TIMEOUT, Service, speak_http1};
use symbolon_wire::egress::Egress;
use symbolon_wire::mail::{Carrier, MailError};
use symbolon_wire::signals::{Call, Signals};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::clock::{Clock, Entropy};
use crate::config::{Config, Mail, Registration};
use crate::declared::WEAK_MEND;
use crate::front::Front;
use crate::keys::Keys;
use crate::limits::Limits;
use crate::log;
use crate::metrics;
use crate::mount;
use crate::password::Passwords;
use crate::pid_file::PidFile;
use crate::reload::{self, Reloading};
use crate::reply::{self, Body};
use crate::routes::METRICS;
use crate::sealing;
use crate::state::{RequestIds, State};
use crate::views::brand::Brand;
use crate::views::site::Sites;
use crate::workers;

/// A running server.
pub struct Running {
    /// What it leans on.
    pub state: Arc<State>,
    /// Where its metrics are read, if anywhere.
    pub metrics: Option<SocketAddr>,
    /// What can be changed of it.
    pub reloading: Reloading,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
    workers: workers::Running,
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
    let store = Store::open(config.storage.url(), config.storage.served())
        .await
        .with_context(|| format!("cannot open the storage {}", config.storage))?;
    store.migrate().await.context("cannot bring the database up to this version")?;
    sealing::check(&store, &keys).await.context("what is sealed in the database cannot be read")?;
    // From now on the metadata is known, whatever happens to the storage.
    store.published_catalogue(clock.now()).await.context("cannot read the database")?;
    Ok(State {
        store,
        dialects,
        router,
        clock,
        request_ids: Arc::new(RequestIds::new(&entropy)?),
        keys: Arc::new(keys),
        passwords: Arc::new(Passwords::new(entropy.clone())),
        entropy,
        sites: Arc::new(Sites::new(&brand)),
        mail: config.mail.as_ref().map(|mail| carrier(config, mail)).transpose()?,
        jobs_committed: Arc::default(),
        logo,
        issuer: config.issuer.as_str().to_owned(),
        hosts: config.hosts(),
        secure_cookies: !config.issuer.is_loopback_http(),
        prefix: config.brand.token_prefix.clone(),
        internal_hosts: config.internal_hosts.clone(),
        proxies: config.proxies.clone(),
        sign_up_open: config.login.sign_up_open(),
        developers: config.registration.developers,
        limits: Limits::new(config.limits),
        egress: Egress::new(config.egress.clone()),
        metrics: Arc::default(),
        uploads: Arc::default(),
        usage: Arc::default(),
        activity: Arc::default(),
        stopping: Arc::default(),
    })
}

/// The way of mail to the operator's mail server.
///
/// # Errors
/// The sender is no address, or TLS cannot be had.
pub fn carrier(config: &Config, mail: &Mail) -> Result<Carrier, MailError> {
    Carrier::smtp(&mail.relay(), &mail.from, config.issuer.host())
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
    let (terms, taken) = watch::channel(Arc::new(reload::terms(config, &state.metrics)?));
    let mut metrics = None;
    if let Some(address) = config.metrics {
        let listener = bind(address).await.context("the metrics listener")?;
        metrics = Some(listener.local_addr()?);
        tokio::spawn(serve_metrics(state.clone(), listener, stopping.clone()));
    }
    let front = Front::new(state.clone());
    let reloading = Reloading::new(config, front.clone(), terms);
    let accepting = AcceptLoop { terms: taken, grace: config.shutdown_grace };
    let accepting = tokio::spawn(accepting.serve(Face::Everybody(front), listener, stopping));
    let workers = workers::begin(&state);
    Ok(Running { state, metrics, reloading, stop, accepting, workers })
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
    pub async fn stop(mut self) {
        self.state.stop();
        // Fails only when nobody listens any more.
        let _ = self.stop.send(true);
        let _ = self.accepting.await;
        self.workers.abort();
        workers::write_usage(&self.state).await;
        workers::write_refusals(&self.state).await;
        workers::write_counts(&self.state).await;
    }
}

/// Who is answered at a listener. One type for both, so that HTTP is compiled into the executable once.
#[derive(Clone)]
enum Face {
    Everybody(Front),
    Metrics(Arc<State>),
}

impl Service for Face {
    async fn answer(&self, request: Request<Incoming>, peer: IpAddr) -> Response<Body> {
        match self {
            Face::Everybody(front) => Service::answer(front, request, peer).await,
            Face::Metrics(state) => metrics_page(state, request.uri().path()),
        }
    }
}

fn metrics_page(state: &State, path: &str) -> Response<Body> {
    if path == METRICS.path {
        reply::asset(metrics::CONTENT_TYPE, state.metrics.text().into(), "no-store")
    } else {
        reply::text(404, "the metrics are at /metrics\n")
    }
}

async fn serve_metrics(state: Arc<State>, listener: TcpListener, mut stopping: Stopping) {
    // Gone with this loop, which tells the connections to end.
    let (_finish, finishing) = watch::channel(());
    while let Some((stream, peer)) = accept::next(&listener, &mut stopping).await {
        let from = (peer.ip(), IDLE_TIMEOUT);
        tokio::spawn(speak_http1(Face::Metrics(state.clone()), stream, from, finishing.clone()));
    }
}

/// How often the files of a certificate are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// `symbolon serve`: runs until a signal says stop, be it before it is ready. SIGHUP has it read its configuration again, and
/// ends nothing.
///
/// # Errors
/// One sentence when it cannot start, and when a second signal cut its stop short.
pub async fn run(named: Option<PathBuf>) -> Result<()> {
    let mut signals = Signals::catch()?;
    let config = Config::load(named.as_deref())?;
    log::begin(&config.log);
    let running = tokio::select! {
        biased;
        running = begin(&config) => running?,
        () = signals.next() => {
            tracing::info!("stopping before anything was served");
            return Ok(());
        }
    };
    let (mut running, _pid_file) = running;
    let mut looks = interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            call = signals.call() => match call {
                Call::Stop => break,
                Call::Reload => running.reloading.reload(named.as_ref()),
            },
            _ = looks.tick() => running.reloading.renew_certificate(),
        }
    }
    tracing::info!("stopping");
    Ok(signals.unless_again(running.stop()).await?)
}

/// Weak credentials of each kind that are named at the start; the doctor names more.
const TOLD_AT_MOST: i64 = 20;

async fn begin(config: &Config) -> Result<(Running, Option<PidFile>)> {
    for idle in config.registration.without_effect() {
        tracing::warn!(mend = Registration::MEND, "{idle}");
    }
    // Strangers do not reach a server of this machine alone.
    if let Some((caution, mend)) =
        config.login.caution(config.mail.is_some()).filter(|_| !config.issuer.is_loopback_http())
    {
        tracing::warn!(mend, "{caution}");
    }
    let listener = bind(config.listen).await?;
    let state = state(config, Clock::System, Entropy::System).await?;
    if !config.issuer.is_loopback_http() {
        for weak in state.store.list_weak_credentials(state.now(), TOLD_AT_MOST).await? {
            tracing::warn!(mend = WEAK_MEND, "{weak}");
        }
    }
    let pid_file = config.pid_file().map(|file| PidFile::write(&file)).transpose()?;
    let running = start(config, state, listener).await?;
    // The one line that scripts wait for. Whoever started it may have stopped reading.
    let _ = writeln!(std::io::stdout(), "ready: {}", config.issuer.as_str());
    Ok((running, pid_file))
}
