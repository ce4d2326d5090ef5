//! `/developers/apps/{app}/credentials`: the secrets of an app, two at most: made, replaced with an overlap, ended.

use http::Response;
use symbolon_oauth::id::ClientSecretId;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::name;
use symbolon_platform::organisation::Power;
use symbolon_store::change::ClientSecretChange;
use symbolon_store::client_secrets::{Replaced, StoredSecret};

use crate::browser::Browser;
use crate::failure::Failure;
use crate::language::Key;
use crate::language::time::When;
use crate::pages::portal::addresses::spoken;
use crate::pages::portal::code::snippets;
use crate::pages::portal::own::Own;
use crate::pages::portal::secret::minted;
use crate::reply::Body;
use crate::request::{PostedForm, Request};
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::face::Complaint;
use crate::views::portal::Room;
use crate::views::portal::credentials::{Credentials, Secret, ShownOnce};
use crate::views::portal::words;
use crate::visitor::{Outcome, sign_in};

/// Hours that a replaced secret lives on at most.
pub(super) const OVERLAP_AT_MOST: i64 = 168;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// `GET|POST /developers/apps/{app}/credentials`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    let Some(form) = own.visitor.posted()? else { return show(&own, "", 200, Vec::new()).await };
    if own.locked(Power::Secrets, false).is_some() || own.app.client.is_public() {
        return show(&own, "", 403, Vec::new()).await;
    }
    let fresh: ClientSecretId = form.get(field::ID).parse().map_err(|_| Failure::from(Trouble::Forged))?;
    if !Browser::bears(&form, &mark(&own, fresh)) {
        return Err(Trouble::Forged.into());
    }
    add(&own, &form, fresh).await
}

/// The mark of a row that the form of this page was given.
fn mark(own: &Own<'_>, id: ClientSecretId) -> String {
    let (app, id) = (own.app.client.id.to_string(), id.to_string());
    own.visitor.browser.mark(own.visitor.state, &["new secret", &app, &id])
}

async fn add(own: &Own<'_>, form: &PostedForm, fresh: ClientSecretId) -> Result<Response<Body>, Failure> {
    let (site, now) = (own.visitor.site(), own.visitor.now);
    let called = form.get(field::NAME).trim();
    if let Some(why) = Some(called).filter(|text| !text.is_empty()).and_then(|text| name::check(text).err()) {
        return show(own, called, 422, vec![Complaint::field("name", words::name(site, &why))]).await;
    }
    let replaced = match form.get(field::REPLACES) {
        "" => None,
        named => {
            let secret = named.parse().map_err(|_| Failure::from(Trouble::NotFound))?;
            let Some(until) = overlap(form.get(field::OVERLAP), now) else {
                let problem = Complaint::field("overlap", site.say(Key("portal-overlap-wrong")));
                return show(own, called, 422, vec![problem]).await;
            };
            Some(Replaced { secret, until })
        }
    };
    let (secret, row) = minted(&own.visitor, fresh)?;
    let row = StoredSecret { name: called.to_owned(), expires_at: life(form.get(field::LIFE), now), ..row };
    let app = own.app.client.id;
    let detail = format!("new client secret …{} of app {}", row.hint, own.app.client.client_id);
    let change = ClientSecretChange::Add { app, secret: row, replaced }.into();
    match own.visitor.change(vec![(change, detail)], &[]).await? {
        Outcome::Made => {}
        Outcome::Lost => return show(own, called, 409, vec![own.changed_meanwhile()]).await,
    }
    let until = replaced.map(|old| old.until).filter(|until| *until > now);
    let page = ShownOnce {
        site,
        frame: own.frame(Room::Credentials, None, Vec::new())?,
        client_id: &own.app.client.client_id,
        secret: Some(secret.expose()),
        old_until: until.map(|until| When::new(own.visitor.language, now, until)),
        next: Room::Credentials.address().link_to(&[&own.app.client.id.to_string()]),
        to_be_made: false,
        new_app: false,
        snippets: snippets(own, Some(secret.expose()))?,
    };
    own.visitor.page(200, &page)
}

/// Until when a secret lives on that is replaced.
fn overlap(typed: &str, now: Timestamp) -> Option<Timestamp> {
    let hours: i64 = typed.trim().parse().ok()?;
    (0..=OVERLAP_AT_MOST).contains(&hours).then(|| Timestamp(now.0 + hours * HOUR))
}

/// Until when a new one lives.
fn life(chosen: &str, now: Timestamp) -> Option<Timestamp> {
    let days = match chosen {
        "30d" => 30,
        "90d" => 90,
        "365d" => 365,
        _ => return None,
    };
    Some(Timestamp(now.0 + days * DAY))
}

/// `POST /developers/apps/{app}/credentials/{secret}/end`.
///
/// # Errors
/// A page; a secret of another app looks like none.
pub async fn end(
    state: &State,
    request: &Request,
    id: &str,
    secret: &str,
) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    own.visitor.posted()?;
    if own.locked(Power::Secrets, false).is_some() {
        return show(&own, "", 403, Vec::new()).await;
    }
    let nowhere = || Failure::from(Trouble::NotFound);
    let secret: ClientSecretId = secret.parse().map_err(|_| nowhere())?;
    let stored = state.store.list_client_secrets(own.app.client.id).await?;
    let stored = stored.iter().find(|own| own.id == secret).ok_or_else(nowhere)?;
    let detail = format!("client secret …{} of app {}", stored.hint, own.app.client.client_id);
    let change = ClientSecretChange::Revoke { app: own.app.client.id, secret }.into();
    // One that is gone by now was ended, and that is what was asked for.
    match own.visitor.change(vec![(change, detail)], &[]).await? {
        Outcome::Made | Outcome::Lost => Ok(own.done(Room::Credentials, "ended")),
    }
}

async fn show(
    own: &Own<'_>,
    called: &str,
    status: u16,
    problems: Vec<Complaint<'_>>,
) -> Result<Response<Body>, Failure> {
    let (state, now) = (own.visitor.state, own.visitor.now);
    let fresh: ClientSecretId = state.entropy.new_id(now)?;
    let stored = state.store.list_client_secrets(own.app.client.id).await?;
    let page = Credentials {
        site: own.visitor.site(),
        frame: own.frame(Room::Credentials, own.locked(Power::Secrets, false), problems)?,
        client_id: &own.app.client.client_id,
        confidential: !own.app.client.is_public(),
        secrets: stored.iter().filter(|secret| secret.is_live(now)).map(|secret| row(own, secret)).collect(),
        fresh: &fresh.to_string(),
        shown: &mark(own, fresh),
        name: called,
        on_demand: spoken(state, &own.app).is_some_and(|own| own.dialect.secret_on_demand),
    };
    own.visitor.page(status, &page)
}

fn row<'a>(own: &Own<'_>, secret: &'a StoredSecret) -> Secret<'a> {
    let when = |at| When::new(own.visitor.language, own.visitor.now, at);
    let id = secret.id.to_string();
    Secret {
        end: Address::EndSecret.link_to(&[&own.app.client.id.to_string(), &id]),
        id,
        name: &secret.name,
        hint: &secret.hint,
        author: secret.author.as_ref().map(|author| author.name.as_str()),
        created: when(secret.created_at),
        last_used: secret.last_used_at.map(when),
        ends: secret.expires_at.map(when),
    }
}
