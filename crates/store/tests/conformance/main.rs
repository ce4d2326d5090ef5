//! What both engines must do alike.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop")]
#![allow(clippy::disallowed_methods, reason = "outages are played with a real clock and a real proxy")]

mod activity;
mod attempts;
mod audit;
mod backups;
mod browser_sessions;
mod cache;
mod change;
mod change_conflicts;
mod clients;
mod codes;
mod commit;
mod grants;
mod icons;
mod invitations;
mod jobs;
mod migrate;
mod old_database;
mod operators;
mod organisations;
mod outages;
mod proxy;
mod schema;
mod sweep;
mod tokens;
mod usage;
mod value;
mod versions;
mod world;
