//! `symbolon demo --once`: every flow, walked from end to end by real clients over real connections.
//!
//! Each [`Story`] is a short tale of a person, an app and an API; each line of it is a step that is sent, checked and
//! printed. A step that goes otherwise than expected ends its story and is counted; the other stories are told all
//! the same. The standard flows are stories here; a vendor's is its table ([`vendor_walk`]).

mod client;
mod person;
mod vendor_walk;
mod walk;

use std::io::Write;

use http::StatusCode;
use symbolon_wire::egress::Egress;

use self::client::{Client, Tokens};
use self::person::{Decision, Visitor};
use self::walk::{Stop, Walk};
use super::WalkFormat;
use super::world::World;

/// How a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Requests that were sent and checked.
    pub steps: usize,
    /// Those that surprised.
    pub failed: usize,
}

/// The flows, in the order they are walked.
#[derive(Clone, Copy)]
enum Story {
    ConfidentialApp,
    PublicApp,
    AppForItself,
    ConsentDenied,
    SampleApp,
}

impl Story {
    const ALL: [Story; 5] = [
        Story::ConfidentialApp,
        Story::PublicApp,
        Story::AppForItself,
        Story::ConsentDenied,
        Story::SampleApp,
    ];

    fn title(self) -> &'static str {
        match self {
            Story::ConfidentialApp => "Jane connects an app that keeps a secret",
            Story::PublicApp => "Jane connects a command-line app that cannot",
            Story::AppForItself => "An app acts for itself",
            Story::ConsentDenied => "Omar says no",
            Story::SampleApp => "Jane uses Daybook, the sample app",
        }
    }

    async fn tell(self, walk: &mut Walk<'_>) -> Result<(), Stop> {
        match self {
            Story::ConfidentialApp => confidential_app(walk).await,
            Story::PublicApp => public_app(walk).await,
            Story::AppForItself => app_for_itself(walk).await,
            Story::ConsentDenied => consent_denied(walk).await,
            Story::SampleApp => sample_app(walk).await,
        }
    }
}

/// Walks every story and prints it to `out`.
///
/// # Errors
/// When `out` cannot be written to. A surprise is no error here: it is counted.
pub async fn walk(
    world: &World,
    egress: Egress,
    (out, format): (&mut dyn Write, WalkFormat),
) -> anyhow::Result<Tally> {
    let mut walk = Walk::new(world, egress, (out, format));
    for story in Story::ALL {
        walk.begin(story.title().to_owned())?;
        go_on(story.tell(&mut walk).await)?;
    }
    for vendor in &world.vendors {
        walk.begin(vendor_walk::title(world, vendor)?)?;
        go_on(vendor_walk::tell(&mut walk, vendor).await)?;
    }
    walk.end()
}

/// A surprise ends its story and no other.
fn go_on(told: Result<(), Stop>) -> anyhow::Result<()> {
    match told {
        Ok(()) | Err(Stop::Told) => Ok(()),
        Err(Stop::Broken(reason)) => Err(reason),
    }
}

async fn confidential_app(walk: &mut Walk<'_>) -> Result<(), Stop> {
    let app = Client::discover(walk, "daybook").await?;
    let mut jane = Visitor::new(walk, "u-jane")?;

    let asked = app.ask("profile forms:read bookings:read")?;
    let answer = jane.decide(walk, &asked.url, &app.asker, Decision::allow("north")).await?;
    let code = app.accept(walk, &asked, &answer)?;
    let tokens = app.exchange(walk, &asked, &code).await?;

    app.call(walk, &tokens, "/v1/forms", StatusCode::OK).await?;
    let tokens = app.refresh(walk, &tokens).await?;
    app.call(walk, &tokens, "/v1/bookings", StatusCode::OK).await?;
    app.introspect(walk, &tokens, true).await?;
    app.me(walk, &tokens, &["u-jane", "north", "practitioner", "daybook"]).await?;
    app.call(walk, &tokens, "/v1/clinics", StatusCode::FORBIDDEN).await?;
    farewell(walk, &app, &tokens).await
}

async fn public_app(walk: &mut Walk<'_>) -> Result<(), Stop> {
    let app = Client::discover(walk, "clinic-terminal").await?;
    let mut jane = Visitor::new(walk, "u-jane")?;

    let asked = app.ask("profile forms:write")?;
    let answer = jane.decide(walk, &asked.url, &app.asker, Decision::allow("south")).await?;
    let code = app.accept(walk, &asked, &answer)?;
    let tokens = app.exchange(walk, &asked, &code).await?;

    app.create_form(walk, &tokens, "Travel advice").await?;
    app.call(walk, &tokens, "/v1/forms", StatusCode::OK).await?;
    app.call(walk, &tokens, "/v1/bookings", StatusCode::FORBIDDEN).await?;
    let tokens = app.refresh(walk, &tokens).await?;
    app.introspect_as_host(walk, &tokens, true).await?;
    app.me(walk, &tokens, &["u-jane", "south", "practitioner", "clinic-terminal"]).await?;
    farewell(walk, &app, &tokens).await
}

/// The end of every connection: once revoked, nothing opens any more.
async fn farewell(walk: &mut Walk<'_>, app: &Client, tokens: &Tokens) -> Result<(), Stop> {
    app.revoke(walk, tokens).await?;
    app.call(walk, tokens, "/v1/forms", StatusCode::UNAUTHORIZED).await?;
    app.refresh_refused(walk, tokens).await?;
    app.introspect_as_host(walk, tokens, false).await
}

async fn app_for_itself(walk: &mut Walk<'_>) -> Result<(), Stop> {
    let app = Client::discover(walk, "clinic-board").await?;
    let tokens = app.client_credentials(walk).await?;
    app.call(walk, &tokens, "/v1/clinics", StatusCode::OK).await?;
    app.call(walk, &tokens, "/v1/forms", StatusCode::FORBIDDEN).await?;
    app.introspect(walk, &tokens, true).await?;
    app.revoke(walk, &tokens).await?;
    app.call(walk, &tokens, "/v1/clinics", StatusCode::UNAUTHORIZED).await
}

async fn consent_denied(walk: &mut Walk<'_>) -> Result<(), Stop> {
    let app = Client::discover(walk, "daybook").await?;
    let mut omar = Visitor::new(walk, "u-omar")?;
    let asked = app.ask("profile forms:read")?;
    let answer = omar.decide(walk, &asked.url, &app.asker, Decision::deny()).await?;
    app.accept_refusal(walk, &asked, &answer, "access_denied")
}

async fn sample_app(walk: &mut Walk<'_>) -> Result<(), Stop> {
    let app = Client::discover(walk, "daybook").await?;
    let mut jane = Visitor::new(walk, "u-jane")?;

    jane.open_daybook(walk, "/", ("Open Daybook", "Connect your clinic")).await?;
    let asked = jane.press(walk, "Press “Connect your clinic”", "/connect").await?;
    let answer = jane.decide(walk, &asked, &app.asker, Decision::allow("south")).await?;
    jane.follow(walk, "Return to Daybook with the code", answer).await?;
    jane.open_daybook(walk, "/", ("See the forms of the clinic", "Allergy check")).await?;
    jane.press(walk, "Press “Refresh the token”", "/refresh").await?;
    jane.open_daybook(walk, "/", ("Still connected", "Allergy check")).await?;
    jane.press(walk, "Press “Disconnect”", "/disconnect").await?;
    jane.open_daybook(walk, "/", ("Disconnected", "Connect your clinic")).await
}

#[cfg(test)]
mod tests;
