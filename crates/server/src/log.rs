//! The log: one record per event on standard error, as text for people or as JSON for machines.
//!
//! Values are written as fields, so that a line break or a quote in one cannot begin another record. Above `debug`
//! a request has a line when it was refused, did what is audited (one each) or was given a token; health checks have none.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::Log;

/// Begins to log. The configuration has checked the level; a second call changes nothing.
pub fn begin(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    // What cannot be written is not complained of where it could not be written: that would end the process.
    let lines = lines.log_internal_errors(false);
    // Fails only when a log was begun already, which then stays.
    let _ = if log.json { registry.with(lines.json()).try_init() } else { registry.with(lines).try_init() };
}
