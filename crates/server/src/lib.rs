//! The Symbolon server: endpoints, pages, workers and the command line.

pub mod clock;
pub mod config;
