//! `symbolon demo`: a complete world on one machine, so that everything can be tried before anything is set up.
//!
//! Three parts in one process, each on a loopback port of its own: the server itself, a sample host API
//! (`host_api`) that asks it about every credential, and a sample third-party app (`app`) that really connects, by the
//! standard and in the dialects of four vendors (`vendor`). Before server and host API stands one front door
//! (`gateway`), because a vendor's client expects both at one origin; it is the issuer's address, and the server listens
//! behind it. The samples know only public addresses and their own secrets; nothing passes between the parts but HTTP.
//! Invariant: the demo's passwords are public, so it listens on loopback and nowhere else.

mod app;
mod clinic;
pub mod cookie_jar;
pub mod developers;
mod gateway;
mod guide;
pub mod headless_browser;
mod host_api;
mod movie;
mod once;
mod outbox;
pub mod page_form;
mod pkce;
#[cfg(test)]
mod stub;
pub mod vendor;
pub mod world;

use std::io::Write;
use std::net::{AddrParseError, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use axum::Router;
use symbolon_wire::egress::Egress;
use symbolon_wire::mail::Outbox;
use symbolon_wire::signals::Signals;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use self::app::App;
use self::developers::Developers;
use self::gateway::Gateway;
use self::host_api::HostApi;
pub use self::world::picture;
use self::world::{Addresses, World};

/// The options of `symbolon demo`.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Example: symbolon demo --listen 127.0.0.1:9080 --open")]
pub struct Options {
    /// Where the server listens; the sample API and the sample app take the next two ports, or free ones
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS", value_parser = on_this_machine)]
    pub listen: SocketAddr,
    /// Keep the data in this folder (otherwise: a temporary one, gone at the end)
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Open the sample app in the browser
    #[arg(long, conflicts_with = "once")]
    pub open: bool,
    /// Walk through every flow on free ports, print each step, and exit: 0 when all went well
    #[arg(long, conflicts_with = "listen")]
    pub once: bool,
}

fn on_this_machine(text: &str) -> Result<SocketAddr, String> {
    let listen: SocketAddr = text.parse().map_err(|wrong: AddrParseError| wrong.to_string())?;
    if listen.ip().is_loopback() {
        return Ok(listen);
    }
    Err(format!(
        "it is not on this machine alone, and the demo's passwords are public: use --listen 127.0.0.1:{}",
        listen.port()
    ))
}

/// What the server is started with.
pub struct ServerSetup {
    /// Its public base URL, where the front door is.
    pub issuer: String,
    /// Where it accepts connections, behind that door.
    pub listener: TcpListener,
    /// Where its data belong.
    pub folder: PathBuf,
    /// The state to apply before it is ready, in the format of `symbolon apply`.
    pub declared: String,
    /// Where its mails go: nothing leaves this machine.
    pub outbox: Outbox,
    /// The dialects to mount, in the format of `symbolon.toml`.
    pub dialects: String,
    /// Who develops apps, and with whom.
    pub developers: Developers,
}

/// How a walk is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalkFormat {
    /// In lines for people.
    InWords,
    /// A JSON object in a line for each step, and one at the end.
    AsJson,
}

/// Runs the demo until it is told to stop, or once through with `--once`, which is told to `out` in its way. `start`
/// starts the server and answers when it is ready; `stop` ends it in good order.
///
/// # Errors
/// When a port, the folder or the server cannot be had, and when a step of `--once` went otherwise than expected.
pub async fn run<S>(
    options: &Options,
    (out, format): (&mut dyn Write, WalkFormat),
    start: impl AsyncFnOnce(ServerSetup) -> anyhow::Result<S>,
    stop: impl AsyncFnOnce(S) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if options.once {
        // A signal ends this one as it ends any command.
        let Opened { world, egress, folder: _folder, server, samples } = open(options, start).await?;
        let walked = walk_once(&world, egress, (out, format)).await;
        stop(server).await?;
        drop(samples);
        return walked;
    }
    let mut signals = Signals::catch()?;
    let opened = tokio::select! {
        biased;
        opened = open(options, start) => opened?,
        () = signals.next() => return Ok(()),
    };
    let Opened { world, egress: _, folder, server, samples } = opened;
    guide::print(&world, folder.is_temporary(), out)?;
    writeln!(out, "ready: {}", world.addresses.issuer)?;
    out.flush()?;
    if options.open {
        guide::open_in_browser(&world.addresses.app, out)?;
    }
    signals.next().await;
    signals.unless_again(stop(server)).await??;
    drop(samples);
    Ok(())
}

/// The demo, open: everything answers.
pub struct Opened<S> {
    /// What was told to the server, and where its parts listen.
    pub world: World,
    /// The way to all of them.
    pub egress: Egress,
    folder: Folder,
    /// What `start` answered.
    pub server: S,
    /// Dropping the set ends the front door and both samples.
    samples: JoinSet<std::io::Result<()>>,
}

/// Opens the demo: takes the ports, starts both samples and, with `start`, the server.
///
/// # Errors
/// When a port, the folder or the server cannot be had.
pub async fn open<S>(
    options: &Options,
    start: impl AsyncFnOnce(ServerSetup) -> anyhow::Result<S>,
) -> anyhow::Result<Opened<S>> {
    let folder = Folder::open(options.dir.as_deref())?;
    let ports = Ports::bind(options).await?;
    let world = World::at(ports.addresses()?)?;
    let (egress, outbox) = (Egress::loopback(), Outbox::default());

    let mut samples = JoinSet::new();
    serve(
        &mut samples,
        ports.host_api,
        HostApi::new(&world, egress.clone())?.router().merge(outbox::router(&outbox, &world)),
    );
    serve(&mut samples, ports.app, App::new(&world, egress.clone())?.router());
    let door = Gateway::new(&world, &origin(&ports.server)?, egress.clone())?;
    let setup = ServerSetup {
        issuer: world.addresses.issuer.clone(),
        listener: ports.server,
        folder: folder.path().to_owned(),
        declared: world.declared.clone(),
        outbox,
        dialects: world.dialects(),
        developers: world.developers.clone(),
    };
    let server = start(setup).await?;
    serve(&mut samples, ports.door, door.router());
    Ok(Opened { world, egress, folder, server, samples })
}

async fn walk_once(
    world: &World,
    egress: Egress,
    (out, format): (&mut dyn Write, WalkFormat),
) -> anyhow::Result<()> {
    let tally = once::walk(world, egress, (out, format)).await?;
    match tally.failed {
        0 => Ok(()),
        1 => bail!("one step of the demo went otherwise than expected; it is marked above"),
        many => bail!("{many} steps of the demo went otherwise than expected; they are marked above"),
    }
}

/// Where the data are.
enum Folder {
    Kept(PathBuf),
    /// Removed when dropped.
    Temporary(TempDir),
}

impl Folder {
    fn open(dir: Option<&Path>) -> anyhow::Result<Folder> {
        let Some(dir) = dir else {
            let folder = tempfile::Builder::new().prefix("symbolon-demo-").tempdir();
            return Ok(Folder::Temporary(folder.context("no temporary folder; name one with --dir")?));
        };
        std::fs::create_dir_all(dir).with_context(|| {
            format!("the folder {} cannot be made; name another with --dir", dir.display())
        })?;
        Ok(Folder::Kept(dir.to_owned()))
    }

    fn path(&self) -> &Path {
        match self {
            Folder::Kept(path) => path,
            Folder::Temporary(folder) => folder.path(),
        }
    }

    fn is_temporary(&self) -> bool {
        matches!(self, Folder::Temporary(_))
    }
}

/// The ports, taken before anything else happens.
struct Ports {
    /// The one that was asked for, and that everybody knows.
    door: TcpListener,
    server: TcpListener,
    host_api: TcpListener,
    app: TcpListener,
}

impl Ports {
    async fn bind(options: &Options) -> anyhow::Result<Ports> {
        let listen = options.listen;
        let free = SocketAddr::new(listen.ip(), 0);
        let door = TcpListener::bind(if options.once { free } else { listen }).await.with_context(|| {
            format!("{listen} cannot be listened on; choose another with --listen 127.0.0.1:9080")
        })?;
        let chosen = if options.once { 0 } else { door.local_addr()?.port() };
        let host_api = beside(free, chosen, 1).await?;
        let app = beside(free, chosen, 2).await?;
        Ok(Ports { door, server: beside(free, 0, 0).await?, host_api, app })
    }

    fn addresses(&self) -> anyhow::Result<Addresses> {
        Ok(Addresses {
            issuer: origin(&self.door)?,
            host_api: origin(&self.host_api)?,
            app: origin(&self.app)?,
        })
    }
}

fn origin(listener: &TcpListener) -> std::io::Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}

/// The port `distance` above the server's, or any free one.
async fn beside(free: SocketAddr, port: u16, distance: u16) -> anyhow::Result<TcpListener> {
    let wished = match port {
        0 => None,
        port => port.checked_add(distance),
    };
    if let Some(port) = wished
        && let Ok(listener) = TcpListener::bind(SocketAddr::new(free.ip(), port)).await
    {
        return Ok(listener);
    }
    TcpListener::bind(free).await.context("no free port for the samples")
}

fn serve(samples: &mut JoinSet<std::io::Result<()>>, listener: TcpListener, router: Router) {
    samples.spawn(async move { axum::serve(listener, router).await });
}

#[cfg(test)]
mod tests;
