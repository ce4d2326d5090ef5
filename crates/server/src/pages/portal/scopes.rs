//! `GET|POST /developers/apps/{app}/scopes`: what an app may ask for, in the words that people will read.

use http::Response;
use symbolon_oauth::scope::ScopeSet;
use symbolon_platform::app::Registration;
use symbolon_platform::catalogue::{Catalogue, Scope, Sensitivity};
use symbolon_platform::name;
use symbolon_platform::organisation::Power;
use symbolon_store::change::AppChange;
use symbolon_store::scope_reasons::ScopeReasons;

use crate::failure::Failure;
use crate::language::Language;
use crate::pages::portal::figures::counted_up_to;
use crate::pages::portal::own::Own;
use crate::reply::Body;
use crate::request::{PostedForm, Request};
use crate::routes::link::Link;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::consent::Permission;
use crate::views::face::Complaint;
use crate::views::portal::settings::{RemovedScope, ScopeRow, Scopes};
use crate::views::portal::words;
use crate::views::portal::{Connected, Room};
use crate::views::site::Theme;
use crate::visitor::{Outcome, sign_in};

/// What the form says.
struct Typed {
    scopes: ScopeSet,
    optional: ScopeSet,
    reasons: ScopeReasons,
    /// The language of the preview; the page's own when absent.
    shown_in: Option<Language>,
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
            shown_in: Language::named(form.get(field::LANGUAGE)),
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
    let stored = Typed { scopes, optional, reasons: reasons.clone(), shown_in: None };
    let Some(form) = own.visitor.posted()? else { return show(&own, &catalogue, &stored, (200, Vec::new())) };
    let removed = form.get(field::REMOVE);
    if !removed.is_empty() {
        return remove((&own, &catalogue), stored, removed, form.get(field::CONFIRM) == "yes").await;
    }
    if own.locked_list().is_some() {
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

/// Takes one away, of a live app too, once that is confirmed: no token holds it from then on.
async fn remove(
    (own, catalogue): (&Own<'_>, &Catalogue),
    stored: Typed,
    removed: &str,
    confirmed: bool,
) -> Result<Response<Body>, Failure> {
    if own.locked(Power::Edit, false).is_some() {
        return show(own, catalogue, &stored, (403, Vec::new()));
    }
    if !stored.scopes.iter().any(|own| own == removed) {
        // It is gone, and that is what was asked for.
        return Ok(own.done(Room::Scopes, "taken"));
    }
    let app = own.app.client.id;
    if !confirmed {
        let held = own.visitor.state.store.connections_with(app, removed).await?;
        let asked = Some((removed, counted_up_to(held)));
        return show_asking(own, catalogue, &stored, (200, Vec::new()), asked);
    }
    let without = |scopes: &ScopeSet| scopes.iter().filter(|own| *own != removed).collect::<ScopeSet>();
    let wanted = Registration {
        scopes: without(&stored.scopes),
        optional_scopes: without(&stored.optional),
        ..Registration::of(&own.app)
    };
    let new = match own.judged(&wanted, catalogue) {
        Ok(new) => new,
        Err(unfit) => {
            let problem = words::complaint(own.visitor.site(), &unfit);
            return show(own, catalogue, &stored, (422, vec![problem]));
        }
    };
    let mut reasons = stored.reasons.clone();
    let also = reasons.remove(removed).map(|_| {
        AppChange::SetScopeReasons { app, old: stored.reasons.clone(), new: reasons.clone() }.into()
    });
    match own.become_this(new, also.into_iter().collect(), "scope taken away").await? {
        Outcome::Made => Ok(own.done(Room::Scopes, "taken")),
        Outcome::Lost => show(own, catalogue, &stored, (409, vec![own.changed_meanwhile()])),
    }
}

fn show(
    own: &Own<'_>,
    catalogue: &Catalogue,
    typed: &Typed,
    answer: (u16, Vec<Complaint<'_>>),
) -> Result<Response<Body>, Failure> {
    show_asking(own, catalogue, typed, answer, None)
}

fn show_asking(
    own: &Own<'_>,
    catalogue: &Catalogue,
    typed: &Typed,
    (status, problems): (u16, Vec<Complaint<'_>>),
    removing: Option<(&str, Connected)>,
) -> Result<Response<Body>, Failure> {
    let tag = own.visitor.language.tag();
    let shown_in = typed.shown_in.unwrap_or(own.visitor.language);
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
    let page = Scopes {
        site: own.visitor.site(),
        frame: own.frame(Room::Scopes, own.locked_list(), problems)?,
        scopes: rows.collect(),
        language: shown_in.tag(),
        languages: Language::all().map(Language::tag).collect(),
        previews: Theme::ALL.map(|theme| (theme.title(), preview(own, typed, shown_in, theme))),
        removing: removing.map(|(name, held)| {
            let title = catalogue.scopes.get(name).map_or(name, |scope| scope.title_in(tag));
            RemovedScope { name, title, held }
        }),
    };
    own.visitor.page_with_frames(status, &page)
}

/// Where the consent page is shown as it would be.
fn preview(own: &Own<'_>, typed: &Typed, language: Language, theme: Theme) -> Link {
    let link = Address::ConsentPreview.link_to(&[&own.app.client.id.to_string()]);
    link.with(field::SCOPES, typed.scopes.as_str())
        .with(field::OPTIONAL, typed.optional.as_str())
        .with(field::THEME, theme.as_str())
        .with(field::UI_LOCALES, language.tag())
}

/// A scope as people will read it.
pub(super) fn permission<'a>(
    scope: &'a Scope,
    catalogue: &'a Catalogue,
    optional: &ScopeSet,
    tag: &str,
) -> Permission<'a> {
    let included = catalogue.included(&scope.name);
    let included = included.iter().filter_map(|name| catalogue.scopes.get(name));
    Permission {
        name: &scope.name,
        title: scope.title_in(tag),
        description: scope.description_in(tag),
        sensitivity: scope.sensitivity,
        optional: optional.iter().any(|own| own == scope.name),
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
