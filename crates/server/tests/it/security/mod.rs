//! The security suite over every dialect: one list of attacks, tried on every way of speaking ([`speaker::SPEAKERS`]).
//!
//! One server speaks every preset beside the standard endpoints, over one world. An attack is a function over a
//! [`Speaker`](speaker::Speaker), so a new preset is attacked as soon as it says how it speaks; a story fails when one
//! says nothing. A dialect may bend the shape of a refusal, so a refusal is judged by what counts: it is no success, it
//! holds nothing usable, nobody keeps it, and what it was about works or is dead as it should. Every attack has its
//! positive twin. What is written in brackets or at the head of a story is the row of the catalogue it proves.

mod clients;
mod clocks;
mod codes;
mod endings;
mod guesses;
mod pages;
mod party;
mod people;
mod pkce;
mod refreshing;
mod speaker;
mod tokens;
mod trials;

use symbolon_oauth::dialect::PRESETS;
use symbolon_store::testing::Database;

use crate::support::{Person, TestApp, stories};
use crate::vendors;
use speaker::SPEAKERS;

stories!(every_preset_is_attacked);

/// Apps that only these stories need.
const MORE: &str = include_str!("world.toml");

/// The server that speaks everything, and somebody who has a place of every kind.
async fn start(database: Database) -> (TestApp, Person) {
    start_with(database, "").await
}

/// The same, with more configuration.
async fn start_with(database: Database, more: &str) -> (TestApp, Person) {
    let app = vendors::start_with(database, more).await;
    app.declare(MORE).await;
    let gus = app.person("gus");
    (app, gus)
}

async fn every_preset_is_attacked(database: Database) {
    let (app, _) = start(database).await;
    for (preset, _) in PRESETS {
        assert!(SPEAKERS.iter().any(|speaker| speaker.dialect == preset), "{preset} has no speaker");
        assert!(app.state().dialects.iter().any(|own| own.dialect.name == preset), "{preset} is not mounted");
    }
}
