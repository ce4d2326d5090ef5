//! The developer portal: one handler for each of its pages.
//!
//! Every page begins by asking how its person stands to the app that the address names. To whoever does not develop it there
//! is no such app, whatever they send. Whoever may look and not change sees the page, with the reason; what they post changes
//! nothing. A change is judged by the rule that every registration is judged by, and made only while the app still is what
//! the page was made for.

pub mod activity;
pub mod app;
pub mod brand;
pub mod connect;
pub mod create;
pub mod credentials;
pub mod danger;
pub mod dialect;
pub mod docs;
pub mod icon;
pub mod identity;
pub mod list;
pub mod manifest;
pub mod preview;
pub mod redirects;
pub mod scopes;
pub mod team;
pub mod testers;

mod addresses;
mod change;
mod code;
mod examples;
mod figures;
mod handed_in;
mod own;
mod places;
mod secret;
mod unfit_manifest;
