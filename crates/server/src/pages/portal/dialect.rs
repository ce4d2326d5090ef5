//! `GET|POST /developers/apps/{app}/dialect`: how an app connects: what it speaks, whether it keeps a secret, for whom it acts.

use http::Response;
use symbolon_oauth::client::{ClientType, Level};
use symbolon_platform::app::Registration;
use symbolon_platform::organisation::Power;

use crate::failure::Failure;
use crate::pages::portal::addresses;
use crate::pages::portal::own::Own;
use crate::reply::Body;
use crate::request::{PostedForm, Request};
use crate::routes::field;
use crate::state::State;
use crate::views::face::Complaint;
use crate::views::portal::Room;
use crate::views::portal::settings::{Speaks, Spoken};
use crate::views::portal::words;
use crate::visitor::{Outcome, sign_in};

/// A registration with what the form says in it. How it proves itself is of its type.
fn typed(form: &PostedForm, stored: Registration) -> Registration {
    let client_type = ClientType::parse(form.get(field::TYPE)).unwrap_or(stored.client_type);
    let same = client_type == stored.client_type;
    Registration {
        dialect: form.get(field::DIALECT).to_owned(),
        level: Level::parse(form.get(field::LEVEL)).unwrap_or(stored.level),
        native: form.get(field::NATIVE) == "yes",
        pkce_excused: form.get(field::PKCE) == "optional",
        authentication_method: stored.authentication_method.filter(|_| same),
        client_type,
        ..stored
    }
}

/// `GET|POST /developers/apps/{app}/dialect`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    let stored = Registration::of(&own.app);
    let Some(form) = own.visitor.posted()? else { return show(&own, &stored, 200, Vec::new()) };
    if own.locked(Power::Edit, true).is_some() {
        return show(&own, &stored, 403, Vec::new());
    }
    let wanted = typed(&form, stored.clone());
    let catalogue = state.store.catalogue(own.visitor.now).await?;
    let new = match own.judged(&wanted, &catalogue) {
        Ok(new) => new,
        Err(unfit) => {
            return show(&own, &wanted, 422, vec![words::complaint(own.visitor.site(), &unfit)]);
        }
    };
    match own.become_this(new, Vec::new(), "how it connects").await? {
        Outcome::Made => Ok(own.done(Room::Dialect, "saved")),
        Outcome::Lost => show(&own, &stored, 409, vec![own.changed_meanwhile()]),
    }
}

fn show(
    own: &Own<'_>,
    typed: &Registration,
    status: u16,
    problems: Vec<Complaint<'_>>,
) -> Result<Response<Body>, Failure> {
    let state = own.visitor.state;
    // One that has several hosts is there several times.
    let mut dialects: Vec<Spoken<'_>> = Vec::new();
    for mounted in &state.dialects {
        let (name, title) = (mounted.dialect.name.as_str(), mounted.dialect.title.as_str());
        if dialects.iter().all(|known| known.name != name) {
            dialects.push(Spoken { name, title, chosen: name == typed.dialect });
        }
    }
    let page = Speaks {
        site: own.visitor.site(),
        frame: own.frame(Room::Dialect, own.locked(Power::Edit, true), problems)?,
        dialects,
        public: typed.client_type == ClientType::Public,
        native: typed.native,
        tenant: typed.level == Level::Tenant,
        pkce_excused: typed.pkce_excused,
        addresses: addresses::all(state, &own.app),
    };
    own.visitor.page(status, &page)
}
