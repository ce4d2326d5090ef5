//! What a running server takes up without a restart: its configuration when it is told to, renewed certificates by itself.
//!
//! Whole or not at all: a mistake anywhere keeps everything as it was, and is said.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use symbolon_wire::accept::Terms;
use symbolon_wire::tls::{self, Stamp};
use tokio::sync::watch;

use crate::config::{Config, Tls};
use crate::front::Front;
use crate::metrics::Metrics;

/// A server as it can be changed while it runs.
pub struct Reloading {
    front: Front,
    terms: watch::Sender<Arc<Terms>>,
    config: Config,
    certificate: Stamp,
}

/// What a reload brought.
#[derive(Debug, PartialEq, Eq)]
pub struct Reloaded {
    /// The keys that differ, too, and need a restart.
    pub need_a_restart: Vec<&'static str>,
}

/// How connections are taken by a configuration.
///
/// # Errors
/// The certificate or its key cannot be used.
pub fn terms(config: &Config, metrics: &Metrics) -> Result<Terms> {
    let pair = config.tls.as_ref().map(|tls| tls::load(&tls.cert, &tls.key)).transpose()?;
    if let Some(ends) = pair.as_ref().and_then(|pair| pair.ends) {
        metrics.certificate_ends(ends);
    }
    Ok(Terms {
        tls: pair.map(|pair| pair.acceptor),
        trusted: config.proxies.trusted.clone(),
        proxy_protocol: config.proxy_protocol,
    })
}

fn stamp(tls: Option<&Tls>) -> Stamp {
    tls.map_or_else(Stamp::default, |tls| Stamp::of(&tls.cert, &tls.key))
}

impl Reloading {
    /// A server that was started with this configuration.
    #[must_use]
    pub fn new(config: &Config, front: Front, terms: watch::Sender<Arc<Terms>>) -> Reloading {
        Reloading { front, terms, certificate: stamp(config.tls.as_ref()), config: config.clone() }
    }

    /// The gate of the server.
    #[must_use]
    pub fn front(&self) -> &Front {
        &self.front
    }

    /// Takes up another configuration.
    ///
    /// # Errors
    /// What is wrong with it. Everything is as it was then.
    pub fn take_up(&mut self, new: Config) -> Result<Reloaded> {
        let (config, need_a_restart) = self.config.reloaded(new);
        let stamp = stamp(config.tls.as_ref());
        let state = self.front.state();
        let renewed = state.renewed(&config)?;
        let terms = terms(&config, &state.metrics)?;
        self.front.renew(renewed);
        self.terms.send_replace(Arc::new(terms));
        (self.config, self.certificate) = (config, stamp);
        Ok(Reloaded { need_a_restart })
    }

    /// Reads the configuration again, takes it up, and says in the log what came of it.
    pub fn reload(&mut self, named: Option<&PathBuf>) {
        let read = Config::load(named.map(PathBuf::as_path)).map_err(anyhow::Error::from);
        let taken_up = read.and_then(|config| self.take_up(config));
        self.front.state().metrics.reloaded(taken_up.is_ok());
        match taken_up {
            Ok(Reloaded { need_a_restart }) if need_a_restart.is_empty() => {
                tracing::info!("the configuration was read again and taken up");
            }
            Ok(Reloaded { need_a_restart }) => tracing::warn!(
                need_a_restart = need_a_restart.join(", "),
                mend = "restart the server to take these up, too",
                "the configuration was read again and taken up, but for what only a start can set"
            ),
            Err(wrong) => tracing::error!(
                wrong = format!("{wrong:#}"),
                mend = "correct it, then reload again",
                "the configuration was read again and not taken up: everything stays as it was"
            ),
        }
    }

    /// Takes up a certificate whose files were written since it was last looked at.
    pub fn renew_certificate(&mut self) {
        let Some(tls) = &self.config.tls else { return };
        let stamp = Stamp::of(&tls.cert, &tls.key);
        if stamp == self.certificate {
            return;
        }
        self.certificate = stamp;
        match terms(&self.config, &self.front.state().metrics) {
            Ok(terms) => {
                self.terms.send_replace(Arc::new(terms));
                tracing::info!(certificate = %tls.cert.display(), "a renewed certificate was taken up");
            }
            Err(wrong) => tracing::warn!(
                wrong = format!("{wrong:#}"),
                mend = "write both files; they are looked at again once they change",
                "a renewed certificate cannot be used: the one before stays"
            ),
        }
    }
}
