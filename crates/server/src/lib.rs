//! The Symbolon server: endpoints, pages, workers and the command line.

pub mod account;
pub mod assets;
pub mod browser;
pub mod clock;
pub mod config;
pub mod declared;
pub mod demo;
pub mod documents;
pub mod doors;
pub mod egress;
pub mod endpoints;
pub mod failure;
pub mod front;
pub mod interaction;
pub mod keys;
pub mod metrics;
pub mod pages;
pub mod password;
pub mod reply;
pub mod request;
pub mod router;
pub mod serve;
pub mod state;
pub mod tls;
pub mod usage;
pub mod workers;
