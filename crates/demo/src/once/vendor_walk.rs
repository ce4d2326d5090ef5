//! A vendor's story, told from its table: the real authorization pages, then each call its client makes, and what must
//! come back. Before the connection ends and after it, the API asks the server about the token, as it does for any app.

use http::StatusCode;
use serde_json::Value;
use symbolon_wire::egress::Answer;

use super::client::{Client, Tokens, parameter, said};
use super::person::{Asker, Decision, Visitor};
use super::walk::{Checked, Stop, Walk, status};
use crate::pkce::random_text;
use crate::vendor::{Knowledge, Step, Turn, Vendor};
use crate::world::World;

/// Who does what in this story.
pub fn title(world: &World, vendor: &Vendor) -> anyhow::Result<String> {
    Ok(format!("{} connects with {}", world.person(&vendor.person)?.name, vendor.name))
}

/// Tells it.
pub async fn tell(walk: &mut Walk<'_>, vendor: &Vendor) -> Result<(), Stop> {
    let mut known = vendor.registration(walk.world)?;
    let app = Client::discover(walk, &vendor.client_id).await?;
    let asker = &app.asker;
    let state = random_text().map_err(anyhow::Error::from)?;
    known.learn("state", state.clone());
    let asked = match vendor.authorization(&known) {
        Ok(asked) => asked,
        Err(expected) => return walk.look("Ask for authorization", &asker.redirect_uri, Err(expected)),
    };

    let mut visitor = Visitor::new(walk, &vendor.person)?;
    let answer = visitor.decide(walk, &asked, asker, Decision::allow(&vendor.tenant)).await?;
    let code = match parameter(&answer, "state") == Some(state) {
        true => parameter(&answer, "code").ok_or_else(|| format!("expected a code, got {}", said(&answer))),
        false => Err("expected the state to come back as it was sent".to_owned()),
    };
    let code = walk.look("Check the state, take the code", &asker.redirect_uri, code)?;
    known.learn("code", code);
    for step in &vendor.walk {
        let ends = vendor.is_ended_by(step);
        if ends {
            app.introspect_as_host(walk, &Tokens::held(&known), true).await?;
        }
        take(walk, vendor, step, &mut known).await?;
        if ends {
            app.introspect_as_host(walk, &Tokens::held(&known), false).await?;
        }
    }
    press(walk, vendor, &mut visitor).await
}

/// The same on Daybook's page: connect, and end it.
async fn press(walk: &mut Walk<'_>, vendor: &Vendor, visitor: &mut Visitor) -> Result<(), Stop> {
    let (page, name) = (vendor.page(), &vendor.name);
    let asker = Asker::of(walk.world.app(&vendor.client_id)?);
    let connect = format!("Connect with {name}");
    visitor.open_daybook(walk, &page, ("Open Daybook’s page for it", &connect)).await?;
    let asked = visitor.press(walk, &format!("Press “{connect}”"), &format!("{page}/connect")).await?;
    let answer = visitor.decide(walk, &asked, &asker, Decision::allow(&vendor.tenant)).await?;
    visitor.follow(walk, "Return to Daybook with the code", answer).await?;
    visitor
        .open_daybook(walk, &page, ("See that it is connected", &format!("Connected with {name}")))
        .await?;
    if let Some((end, button)) = vendor.end() {
        visitor.press(walk, &format!("Press “{button}”"), &format!("{page}/call/{}", end.name)).await?;
    }
    visitor.open_daybook(walk, &page, ("See that it is over", &format!("Disconnected from {name}"))).await
}

async fn take(walk: &mut Walk<'_>, vendor: &Vendor, step: &Step, known: &mut Knowledge) -> Result<(), Stop> {
    let written = vendor.call(&step.call).and_then(|call| Ok((call, call.request(known)?)));
    let (call, request) = match written {
        Ok(written) => written,
        Err(expected) => return walk.look(&step.call, &vendor.page(), Err(expected)),
    };
    let title = step.title.as_ref().unwrap_or(&call.title);
    walk.step(title, request, |answer| {
        let before = known.clone();
        if answer.status().is_success() {
            vendor.learn(known, answer);
        }
        check(step, answer, (&before, known))
    })
    .await
}

fn check(step: &Step, answer: &Answer, (before, after): (&Knowledge, &Knowledge)) -> Checked<()> {
    status(answer, StatusCode::from_u16(step.status).map_err(|_| format!("{} is no status", step.status))?)?;
    if answer.status() == StatusCode::NO_CONTENT && !answer.body().is_empty() {
        return Err("expected no body".to_owned());
    }
    if let Some(members) = &step.members {
        let body: Value = answer.json().map_err(|wrong| format!("expected JSON: {wrong}"))?;
        let mut found: Vec<&str> =
            body.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        found.sort_unstable();
        if found != *members {
            return Err(format!("expected the members {members:?} and no others, got {found:?}"));
        }
    }
    if let Some(words) = step.says.as_ref().filter(|words| !answer.text().contains(*words)) {
        return Err(format!("expected it to say “{words}”"));
    }
    let same = before.get("refresh_token") == after.get("refresh_token");
    match step.refresh_token {
        Some(Turn::Same) if !same => Err("expected the refresh token to stay the same".to_owned()),
        Some(Turn::New) if same => Err("expected a new refresh token".to_owned()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
