//! `GET|POST /developers/apps/{app}/manifest`: the whole definition of an app as one text, and back.

use http::Response;
use symbolon_platform::app::Registration;
use symbolon_platform::app::manifest::{self, Format};
use symbolon_platform::organisation::Power;

use crate::failure::Failure;
use crate::language::Key;
use crate::pages::portal::change::takes_what_is_not_given;
use crate::pages::portal::handed_in::{self, too_much};
use crate::pages::portal::own::Own;
use crate::pages::portal::unfit_manifest::{complaint, explained};
use crate::reply::Body;
use crate::request::Request;
use crate::routes::field;
use crate::state::State;
use crate::views::face::Complaint;
use crate::views::portal::Room;
use crate::views::portal::settings::Definition;
use crate::visitor::{Outcome, sign_in};

/// `GET|POST /developers/apps/{app}/manifest`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    let format = request.query()?.get(field::FORMAT.name()).and_then(Format::parse).unwrap_or(Format::Toml);
    let stored = manifest::write(&Registration::of(&own.app), format);
    let site = own.visitor.site();
    let wrong =
        |status, key| show(&own, &stored, status, vec![Complaint::field("manifest_file", site.say(key))]);
    if let Some(key) = too_much(request) {
        return wrong(413, key);
    }
    let Some(form) = own.visitor.posted()? else { return show(&own, &stored, 200, Vec::new()) };
    if own.locked(Power::Edit, true).is_some() {
        return show(&own, &stored, 403, Vec::new());
    }
    let typed = match handed_in::manifest(&form) {
        Ok(typed) => typed,
        Err(key) => return wrong(422, key),
    };
    let typed = typed.as_str();
    let wanted = match manifest::read(typed, &own.app.client.client_id) {
        Ok(wanted) => wanted,
        Err(unfit) => {
            return show(&own, typed, 422, vec![complaint(site, unfit.line, &explained(&unfit))]);
        }
    };
    if takes_what_is_not_given(&wanted, &own.app.client.grant_types) {
        let problem = Complaint::field("manifest-text", site.say(Key("unfit-grant-type")));
        return show(&own, typed, 422, vec![problem]);
    }
    let catalogue = state.store.catalogue(own.visitor.now).await?;
    let new = match own.judged(&wanted, &catalogue) {
        Ok(new) => new,
        Err(unfit) => {
            let line = manifest::line_of(typed, unfit.key());
            return show(&own, typed, 422, vec![complaint(site, line, &unfit.to_string())]);
        }
    };
    match own.become_this(new, Vec::new(), "manifest").await? {
        Outcome::Made => Ok(own.done(Room::Manifest, "applied")),
        Outcome::Lost => show(&own, &stored, 409, vec![own.changed_meanwhile()]),
    }
}

fn show(
    own: &Own<'_>,
    text: &str,
    status: u16,
    problems: Vec<Complaint<'_>>,
) -> Result<Response<Body>, Failure> {
    let page = Definition {
        site: own.visitor.site(),
        frame: own.frame(Room::Manifest, own.locked(Power::Edit, true), problems)?,
        text,
        json: Format::of(text) == Format::Json,
    };
    own.visitor.page(status, &page)
}
