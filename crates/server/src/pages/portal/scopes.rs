//! `GET|POST /developers/apps/{app}/scopes`: what an app may ask for, in the words that people will read.

use std::cmp::Reverse;

use http::Response;
use symbolon_oauth::scope::ScopeSet;
use symbolon_platform::app::Registration;
use symbolon_platform::catalogue::{Catalogue, Scope, Sensitivity};
use symbolon_platform::name;
use symbolon_platform::organisation::Power;
use symbolon_store::change::AppChange;
use symbolon_store::scope_reasons::ScopeReasons;

use crate::failure::Failure;
use crate::pages::portal::own::Own;
use crate::reply::Body;
use crate::request::{PostedForm, Request};
use crate::routes::field;
use crate::state::State;
use crate::views::consent::Permission;
use crate::views::face::Complaint;
use crate::views::portal::Room;
use crate::views::portal::settings::{ScopeRow, Scopes};
use crate::views::portal::words;
use crate::visitor::{Outcome, sign_in};

/// What the form says.
struct Typed {
    scopes: ScopeSet,
    optional: ScopeSet,
    reasons: ScopeReasons,
}

impl Typed {
    /// What cannot be left out is not asked for: a tick beside a scope that is not chosen says nothing.
    fn of(form: &PostedForm, catalogue: &Catalogue) -> Typed {
        let known =
            |field| form.all(field).filter(|name| catalogue.scopes.contains_key(*name)).collect::<ScopeSet>();
        let scopes = known(field::SCOPE);
        let given = form.all(field::REASONED).zip(form.all(field::REASON).map(str::trim));
        let given =
            given.filter(|(name, reason)| scopes.iter().any(|own| own == *name) && !reason.is_empty());
        let fits = |reason: &str| name::check_sentence(reason).is_ok();
        Typed {
            optional: known(field::OPTIONAL).intersection(&scopes),
            reasons: given
                .filter(|(_, reason)| fits(reason))
                .map(|(name, reason)| (name.to_owned(), reason.to_owned()))
                .collect(),
            scopes,
        }
    }
}

/// `GET|POST /developers/apps/{app}/scopes`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    let catalogue = state.store.catalogue(own.visitor.now).await?;
    let reasons = state.store.scope_reasons(own.app.client.id).await?;
    let client = &own.app.client;
    let (scopes, optional) = (client.scopes.clone(), client.optional_scopes.clone());
    let stored = Typed { scopes, optional, reasons: reasons.clone() };
    let Some(form) = own.visitor.posted()? else { return show(&own, &catalogue, &stored, (200, Vec::new())) };
    if own.locked(Power::Edit, true).is_some() {
        return show(&own, &catalogue, &stored, (403, Vec::new()));
    }
    let typed = Typed::of(&form, &catalogue);
    if form.get(field::PREVIEW) == "yes" {
        return show(&own, &catalogue, &typed, (200, Vec::new()));
    }
    let wanted = Registration {
        scopes: typed.scopes.clone(),
        optional_scopes: typed.optional.clone(),
        ..Registration::of(&own.app)
    };
    let new = match own.judged(&wanted, &catalogue) {
        Ok(new) => new,
        Err(unfit) => {
            let problem = words::complaint(own.visitor.site(), &unfit);
            return show(&own, &catalogue, &typed, (422, vec![problem]));
        }
    };
    let app = client.id;
    let changed = reasons != typed.reasons;
    let also =
        changed.then(|| AppChange::SetScopeReasons { app, old: reasons, new: typed.reasons.clone() }.into());
    match own.become_this(new, also.into_iter().collect(), "scopes").await? {
        Outcome::Made => Ok(own.done(Room::Scopes, "saved")),
        Outcome::Lost => show(&own, &catalogue, &stored, (409, vec![own.changed_meanwhile()])),
    }
}

fn show(
    own: &Own<'_>,
    catalogue: &Catalogue,
    typed: &Typed,
    (status, problems): (u16, Vec<Complaint<'_>>),
) -> Result<Response<Body>, Failure> {
    let tag = own.visitor.language.tag();
    let mut all: Vec<&Scope> = catalogue.scopes.values().collect();
    all.sort_by_key(|scope| (harm(scope.sensitivity), scope.name.as_str()));
    let has = |scopes: &ScopeSet, scope: &Scope| scopes.iter().any(|own| own == scope.name);
    let rows = all.iter().map(|scope| ScopeRow {
        name: &scope.name,
        title: scope.title_in(tag),
        description: scope.description_in(tag),
        sensitivity: scope.sensitivity,
        chosen: has(&typed.scopes, scope),
        optional: has(&typed.optional, scope),
        reason: typed.reasons.get(&scope.name).map_or("", String::as_str),
    });
    let mut shown: Vec<&Scope> = all.iter().copied().filter(|scope| has(&typed.scopes, scope)).collect();
    shown.sort_by_key(|scope| Reverse(harm(scope.sensitivity)));
    let page = Scopes {
        site: own.visitor.site(),
        frame: own.frame(Room::Scopes, own.locked(Power::Edit, true), problems)?,
        scopes: rows.collect(),
        preview: shown.into_iter().map(|scope| permission(scope, catalogue, typed, tag)).collect(),
    };
    own.visitor.page(status, &page)
}

/// A scope as people will read it.
fn permission<'a>(scope: &'a Scope, catalogue: &'a Catalogue, typed: &Typed, tag: &str) -> Permission<'a> {
    let included = scope.includes.iter().filter_map(|name| catalogue.scopes.get(name));
    Permission {
        name: &scope.name,
        title: scope.title_in(tag),
        description: scope.description_in(tag),
        sensitivity: scope.sensitivity,
        optional: typed.optional.iter().any(|own| own == scope.name),
        ticked: true,
        includes: included.map(|scope| scope.title_in(tag)).collect(),
        mark: None,
        withheld: None,
    }
}

fn harm(sensitivity: Sensitivity) -> u8 {
    match sensitivity {
        Sensitivity::Normal => 0,
        Sensitivity::Sensitive => 1,
        Sensitivity::Restricted => 2,
    }
}
