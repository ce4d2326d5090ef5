//! The Symbolon server: endpoints, pages, workers and the command line.

pub mod assets;
pub mod cli;
pub mod clock;
pub mod config;
pub mod declared;
pub mod demo;
pub mod egress;
pub mod keys;
pub mod pages;
pub mod password;
