//! `GET|POST /developers/apps/{app}/redirects`: where an app may be answered.

use std::collections::BTreeMap;

use http::Response;
use symbolon_oauth::redirect_uri::{self, Kind};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::Registration;
use symbolon_platform::organisation::Power;

use crate::failure::Failure;
use crate::language::Key;
use crate::language::time::When;
use crate::pages::portal::own::Own;
use crate::reply::Body;
use crate::request::Request;
use crate::routes::field;
use crate::state::State;
use crate::views::face::Complaint;
use crate::views::portal::Room;
use crate::views::portal::settings::{LastUse, RedirectRow, Redirects};
use crate::views::portal::words;
use crate::visitor::{Outcome, sign_in};

/// When each was last used.
type Uses = BTreeMap<String, Timestamp>;

/// Redirect URIs that an app has at most.
pub(super) const AT_MOST: usize = 20;

/// Rows that are empty, to be filled in.
const EMPTY: usize = 2;

/// The ids of the rows.
const ROWS: [&str; AT_MOST] = [
    "redirect_uri-1",
    "redirect_uri-2",
    "redirect_uri-3",
    "redirect_uri-4",
    "redirect_uri-5",
    "redirect_uri-6",
    "redirect_uri-7",
    "redirect_uri-8",
    "redirect_uri-9",
    "redirect_uri-10",
    "redirect_uri-11",
    "redirect_uri-12",
    "redirect_uri-13",
    "redirect_uri-14",
    "redirect_uri-15",
    "redirect_uri-16",
    "redirect_uri-17",
    "redirect_uri-18",
    "redirect_uri-19",
    "redirect_uri-20",
];

/// `GET|POST /developers/apps/{app}/redirects`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    let stored = &own.app.client.redirect_uris;
    let uses = state.store.redirect_uses(own.app.client.id).await?;
    let shows = |typed: &[String], status, problems| show((&own, &uses), typed, None, (status, problems));
    let Some(form) = own.visitor.posted()? else { return shows(stored, 200, Vec::new()) };
    let removed = form.get(field::REMOVE);
    if !removed.is_empty() {
        return remove((&own, &uses), removed, form.get(field::CONFIRM) == "yes").await;
    }
    if own.locked_list().is_some() {
        return shows(stored, 403, Vec::new());
    }
    let mut typed: Vec<String> = Vec::new();
    for uri in form.all(field::REDIRECT_URI).map(str::trim).filter(|uri| !uri.is_empty()) {
        if !typed.iter().any(|own| own == uri) {
            typed.push(uri.to_owned());
        }
    }
    let site = own.visitor.site();
    if typed.len() > AT_MOST {
        typed.truncate(AT_MOST);
        return shows(&typed, 422, vec![Complaint::form(site.say(Key("unfit-redirect-many")))]);
    }
    let problems: Vec<_> = typed
        .iter()
        .zip(ROWS)
        .filter_map(|(uri, id)| Some(Complaint::field(id, site.say(problem(&own, uri)?))))
        .collect();
    if !problems.is_empty() {
        return shows(&typed, 422, problems);
    }
    let wanted = Registration { redirect_uris: typed.clone(), ..Registration::of(&own.app) };
    let catalogue = state.store.catalogue(own.visitor.now).await?;
    let new = match own.judged(&wanted, &catalogue) {
        Ok(new) => new,
        Err(unfit) => return shows(&typed, 422, vec![words::complaint(site, &unfit)]),
    };
    match own.become_this(new, Vec::new(), "redirect URIs").await? {
        Outcome::Made => Ok(own.done(Room::Redirects, "saved")),
        Outcome::Lost => shows(stored, 409, vec![own.changed_meanwhile()]),
    }
}

/// Why an app of this kind cannot be answered there.
fn problem(own: &Own<'_>, uri: &str) -> Option<Key> {
    let kind = if own.app.client.native { Kind::Native } else { Kind::Any };
    redirect_uri::check_registration(uri, kind).err().map(|why| words::redirect(&why))
}

/// Whether any port will do there (RFC 8252 §7.3).
fn is_loopback(uri: &str) -> bool {
    ["http://127.0.0.1", "http://[::1]"].iter().any(|host| {
        uri.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':', '?']))
    })
}

/// Takes one away, of a live app too, once that is confirmed: nobody is answered there from then on.
async fn remove(
    (own, uses): (&Own<'_>, &Uses),
    removed: &str,
    confirmed: bool,
) -> Result<Response<Body>, Failure> {
    let stored = &own.app.client.redirect_uris;
    let shows = |removing, status, problems| show((own, uses), stored, removing, (status, problems));
    if own.locked(Power::Edit, false).is_some() {
        return shows(None, 403, Vec::new());
    }
    let Some(at) = stored.iter().position(|uri| uri == removed) else {
        // It is gone, and that is what was asked for.
        return Ok(own.done(Room::Redirects, "taken"));
    };
    if !confirmed {
        return shows(Some(at), 200, Vec::new());
    }
    let left = stored.iter().filter(|uri| *uri != removed).cloned().collect();
    let wanted = Registration { redirect_uris: left, ..Registration::of(&own.app) };
    let catalogue = own.visitor.state.store.catalogue(own.visitor.now).await?;
    let new = match own.judged(&wanted, &catalogue) {
        Ok(new) => new,
        Err(unfit) => return shows(None, 422, vec![words::complaint(own.visitor.site(), &unfit)]),
    };
    match own.become_this(new, Vec::new(), "redirect URI taken away").await? {
        Outcome::Made => Ok(own.done(Room::Redirects, "taken")),
        Outcome::Lost => shows(None, 409, vec![own.changed_meanwhile()]),
    }
}

fn used(own: &Own<'_>, uses: &Uses, uri: &str) -> LastUse {
    const LATELY: i64 = 30 * 24 * 3_600_000;
    match uses.get(uri) {
        None => LastUse::Never,
        Some(at) if own.visitor.now.since(*at) < LATELY => LastUse::Lately,
        Some(at) => LastUse::Before(When::new(own.visitor.language, own.visitor.now, *at)),
    }
}

fn show(
    (own, uses): (&Own<'_>, &Uses),
    uris: &[String],
    removing: Option<usize>,
    (status, problems): (u16, Vec<Complaint<'_>>),
) -> Result<Response<Body>, Failure> {
    let locked = own.locked_list();
    let empty = if locked.is_some() { 0 } else { EMPTY };
    let wrong = !problems.is_empty();
    let row = |(at, uri)| RedirectRow {
        number: at + 1,
        uri,
        problem: if wrong && !uri.is_empty() { problem(own, uri) } else { None },
        loopback: is_loopback(uri),
        used: own.app.client.redirect_uris.iter().any(|own| own == uri).then(|| used(own, uses, uri)),
    };
    let blank = std::iter::repeat_n("", empty);
    let all = uris.iter().map(String::as_str).chain(blank).take(AT_MOST).enumerate();
    let rows = all.map(row).collect();
    let removing = removing.and_then(|at| Some(row((at, uris.get(at)?.as_str()))));
    let frame = own.frame(Room::Redirects, locked, problems)?;
    own.visitor.page(status, &Redirects { site: own.visitor.site(), frame, rows, removing })
}
