//! Where the server listens, and whether its public address leads to it.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};

use http::HeaderName;
use serde::Deserialize;
use symbolon_wire::egress::{Answer, Egress, Request};
use url::Url;

use super::findings::Findings;
use crate::config::Config;
use crate::pid_file;
use crate::serve;

/// Whether the addresses can be listened on, or this server does already. Answers whether one is running.
pub(super) fn listening(config: &Config, found: &mut Findings) -> bool {
    let running = config.pid_file().and_then(|file| pid_file::holder(&file));
    let mut addresses = vec![("listen", config.listen)];
    addresses.extend(config.metrics.map(|metrics| ("metrics.listen", metrics)));
    for (key, address) in addresses {
        free(key, address, running, found);
    }
    running.is_some()
}

fn free(key: &str, address: SocketAddr, running: Option<u32>, found: &mut Findings) {
    let port = address.port();
    match (TcpListener::bind(address), running) {
        (Ok(_), None) => found.fine(format!("`{key}` {address} is free")),
        (Ok(_), Some(process)) => found.mind(
            format!("`{key}` {address} is free although this server runs as process {process}"),
            "restart it, so that it listens where the configuration says",
        ),
        (Err(wrong), Some(process)) if wrong.kind() == ErrorKind::AddrInUse => {
            found.fine(format!("`{key}` {address} is in use while this server runs as process {process}"));
        }
        (Err(wrong), None) if wrong.kind() == ErrorKind::AddrInUse => found.broken(
            format!("`{key}` {address} is in use by another program"),
            &format!("`ss -ltnp 'sport = :{port}'` names it: stop it, or choose another port"),
        ),
        (Err(wrong), _) if wrong.kind() == ErrorKind::PermissionDenied => found.broken(
            format!("`{key}` {address} may not be listened on by this user: {wrong}"),
            "choose a port above 1023, or give the unit AmbientCapabilities=CAP_NET_BIND_SERVICE (docs/deploy.md)",
        ),
        (Err(wrong), _) if wrong.kind() == ErrorKind::AddrNotAvailable => found.broken(
            format!("`{key}` {address} is no address of this machine"),
            "name one that is, 127.0.0.1 for a proxy on this machine, or 0.0.0.0 for all",
        ),
        (Err(wrong), _) => {
            found.broken(format!("`{key}` {address} cannot be listened on: {wrong}"), "choose another address");
        }
    }
}

/// Whether the mail server answers and takes the login.
pub(super) async fn mail_server(config: &Config, found: &mut Findings) {
    let Some(mail) = &config.mail else { return };
    let reached = match serve::carrier(config, mail) {
        Ok(carrier) => carrier.reach().await,
        Err(wrong) => Err(wrong),
    };
    match reached {
        Ok(()) => found.fine(format!("the mail server {} answers and takes the login", mail.host)),
        Err(wrong) => found.broken(
            format!("no mail leaves by {}:{}: {}", mail.host, mail.port, wrong.words()),
            "correct [mail]; mails wait until then. `symbolon mail test ADDRESS` tries one",
        ),
    }
}

/// Whether the resolver answers, or the proxy takes connections, where one is configured.
pub(super) async fn way_out(config: &Config, found: &mut Findings) {
    if config.egress.resolver.is_none() && config.egress.proxy.is_none() {
        return;
    }
    match Egress::new(config.egress.clone()).probe().await {
        Ok(answers) => found.fine(answers),
        Err(wrong) => found.mind(
            wrong,
            "links and domains of developers cannot be checked until it does: correct [egress] resolver or proxy \
             (docs/egress.md)",
        ),
    }
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
}

/// Whether the public address leads to this server, as far as it can be asked from here.
pub(super) async fn issuer_answers(config: &Config, running: bool, found: &mut Findings) {
    let address = format!("{}/.well-known/oauth-authorization-server", config.issuer.as_str());
    if !config.issuer.is_loopback_http() {
        let ask = format!("curl -fsS {address}");
        return found.mind(
            "whether the issuer's address leads here is not asked by this command, which speaks to this machine alone",
            &format!("`{ask}` must answer with \"issuer\":\"{}\"", config.issuer.as_str()),
        );
    }
    let literal = address.replacen("://localhost", "://127.0.0.1", 1);
    let Ok(url) = Url::parse(&literal) else { return };
    match Egress::loopback().send(Request::get(url)).await {
        Ok(answer) if answer.json().is_ok_and(|own: Metadata| own.issuer == config.issuer.as_str()) => {
            is_this_server(config, &answer, running, found).await;
        }
        Ok(answer) => found.broken(
            format!("something else answers at the issuer's address, with {}", answer.status()),
            "stop what listens there, or correct `issuer`",
        ),
        Err(_) if running => found.broken(
            format!("the server runs, and nothing answers at its issuer {}", config.issuer.as_str()),
            "`issuer` and `listen` must lead to each other: correct one of them",
        ),
        Err(_) => found.fine("nothing answers at the issuer's address yet, as no server is running"),
    }
}

/// The process that answered: what its names of requests begin with.
fn process(answer: &Answer) -> Option<String> {
    let id = answer.header(HeaderName::from_static("x-request-id"))?;
    id.split_once('-').map(|(process, _)| process.to_owned())
}

async fn is_this_server(config: &Config, answer: &Answer, running: bool, found: &mut Findings) {
    let direct = Url::parse(&format!("http://{}/healthz", config.listen));
    let plain = config.tls.is_none() && !config.proxy_protocol;
    let direct = match direct {
        Ok(url) if plain && config.listen.port() != 0 => {
            Egress::loopback().send(Request::get(url)).await.ok()
        }
        Ok(_) | Err(_) => None,
    };
    match (direct.as_ref().and_then(process), process(answer)) {
        (Some(own), Some(public)) if own == public => {
            found.fine("the issuer's address leads to the server at `listen`");
        }
        (Some(_), _) => found.mind(
            "the issuer's address leads to another process than the one at `listen`",
            "right with several of them behind one address; else stop the other, or correct `issuer`",
        ),
        (None, _) if running => found.fine("a server of this issuer answers at the issuer's address"),
        (None, _) => found.mind(
            "a server of this issuer answers at its address, and none runs by this configuration",
            "stop it before this one is started, or name its own configuration with --config",
        ),
    }
}
