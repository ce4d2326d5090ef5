//! `symbolon init`: a configuration and a secrets file to begin with.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::output::Output;
use crate::clock::Entropy;
use crate::config::{Config, DEFAULT_FILE};
use crate::keys;

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon init --dir /etc/symbolon --issuer https://connect.example.com")]
pub(super) struct Arguments {
    /// The folder to write into
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// The public URL of the server; this machine at the port of --listen when it is not given
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// Where to accept connections
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where data live: sqlite:FILE or postgres://user@host/database
    #[arg(long, value_name = "URL", default_value = "sqlite:symbolon.db")]
    storage: String,
}

impl Arguments {
    /// Where browsers on this machine reach the listener, unless another URL is given.
    fn issuer(&self) -> String {
        let ip = match self.listen.ip() {
            IpAddr::V6(ip) if ip.is_loopback() => IpAddr::V6(ip),
            _ => IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        let here = || match self.listen.port() {
            // Clients compare it to the byte, and the port of the scheme is not written.
            80 => format!("http://{}", SocketAddr::new(ip, 80).to_string().trim_end_matches(":80")),
            port => format!("http://{}", SocketAddr::new(ip, port)),
        };
        self.issuer.clone().unwrap_or_else(here)
    }
}

const EXAMPLE: &str = include_str!("../../../../config.example.toml");

pub(super) fn run(arguments: &Arguments, out: Output) -> anyhow::Result<()> {
    let folder = &arguments.dir;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let file = folder.join(DEFAULT_FILE);
    let secrets = folder.join("secrets.toml");
    check(arguments)?;
    write_new(&file, &configuration(arguments))?;
    keys::create(&secrets, &Entropy::System)?;
    let next = format!("symbolon serve --config {}", file.display());
    let answer = serde_json::json!({ "config": file, "secrets": secrets, "next": next });
    out.answer(&answer, || {
        format!("wrote {}\nwrote {} (keep it private)\nnext: {next}", file.display(), secrets.display())
    })
}

/// What is written must be readable again: the same checks, before anything is written.
fn check(arguments: &Arguments) -> anyhow::Result<()> {
    let settings = [
        ("SYMBOLON_ISSUER", arguments.issuer()),
        ("SYMBOLON_LISTEN", arguments.listen.to_string()),
        ("SYMBOLON_STORAGE__URL", arguments.storage.clone()),
    ];
    let settings: Vec<_> = settings.map(|(name, value)| (name.to_owned(), value)).into();
    Config::from_parts(None, &settings).map(drop).map_err(Into::into)
}

/// The example with the given values; what the example only illustrates is switched off.
fn configuration(arguments: &Arguments) -> String {
    let on_postgres = !arguments.storage.starts_with("sqlite:");
    let line = |line: &str| -> String {
        let quoted = |key: &str, value: &str| format!("{key} = {}", toml::Value::from(value));
        match line.split_once(" = ").map(|(key, _)| key) {
            Some("issuer") => quoted("issuer", &arguments.issuer()),
            Some("listen") => quoted("listen", &arguments.listen.to_string()),
            Some("url") => quoted("url", &arguments.storage),
            Some("sign_up") => quoted("sign_up", "closed"),
            Some("#secrets_file") if on_postgres => quoted("secrets_file", "secrets.toml"),
            Some("trusted_proxies" | "name" | "token_prefix") => format!("#{line}"),
            _ => line.to_owned(),
        }
    };
    EXAMPLE.lines().map(line).map(|line| line + "\n").collect()
}

/// The address of the storage may hold a password, so what is written is its owner's alone.
fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    match keys::write_private(path, text.as_bytes()) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("{} is there already: name another folder with --dir, or remove it", path.display())
        }
        Err(e) => Err(e).with_context(|| format!("cannot write {}", path.display())),
    }
}
