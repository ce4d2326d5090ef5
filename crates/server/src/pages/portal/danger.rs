//! `GET|POST /developers/apps/{app}/delete`: what cannot be taken back, once its name was typed.

use http::Response;
use symbolon_platform::organisation::Power;
use symbolon_store::change::AppChange;

use crate::failure::Failure;
use crate::language::Key;
use crate::pages::portal::figures::counted;
use crate::pages::portal::own::Own;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::face::Complaint;
use crate::views::portal::Room;
use crate::views::portal::settings::Danger;
use crate::visitor::{Outcome, sign_in};

/// `GET|POST /developers/apps/{app}/delete`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    let Some(form) = own.visitor.posted()? else { return show(&own, "", 200, Vec::new()).await };
    if own.locked(Power::Delete, false).is_some() {
        return show(&own, "", 403, Vec::new()).await;
    }
    let typed = form.get(field::CONFIRM).trim();
    if typed != own.app.name {
        let problem = Complaint::field("confirm", own.visitor.site().say(Key("portal-delete-wrong")));
        return show(&own, typed, 422, vec![problem]).await;
    }
    let detail = format!("app {}", own.app.client.client_id);
    let change = AppChange::Delete(own.app.client.id).into();
    match own.visitor.change(vec![(change, detail)], &[]).await? {
        Outcome::Made => Ok(reply::see_other(Address::Developers.link().with(field::DONE, "deleted"))),
        Outcome::Lost => show(&own, "", 409, vec![own.changed_meanwhile()]).await,
    }
}

async fn show(
    own: &Own<'_>,
    typed: &str,
    status: u16,
    problems: Vec<Complaint<'_>>,
) -> Result<Response<Body>, Failure> {
    let now = own.visitor.now;
    let figures = own.visitor.state.store.figures(own.app.client.id, now).await?;
    let page = Danger {
        site: own.visitor.site(),
        frame: own.frame(Room::Danger, own.locked(Power::Delete, false), problems)?,
        connected: figures.as_ref().map(counted).unwrap_or_default(),
        secrets: own.app.client.secrets.iter().filter(|secret| secret.is_live(now)).count(),
        typed,
    };
    own.visitor.page(status, &page)
}
