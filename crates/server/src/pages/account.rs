//! `/account`: what a person is connected to and where they are signed in, and how each of these ends.

use http::{Method, Response};
use symbolon_oauth::id::{BrowserSessionId, GrantId};
use symbolon_oauth::parameters::Parameters;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::App;
use symbolon_platform::authority::{self, Denied, GrantFacts};
use symbolon_platform::browser_session::BrowserSession;
use symbolon_platform::catalogue::Catalogue;
use symbolon_platform::deed::Deed;
use symbolon_platform::grant::{Grant, GrantStatus};
use symbolon_platform::tenant::{Membership, Tenant, TenantKind};
use symbolon_store::audit::Actor;

use crate::browser::Browser;
use crate::failure::Failure;
use crate::language::time::When;
use crate::language::{Key, Language};
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::link::Link;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::account::{Account, Connection, Disconnect, News, SignedInBrowser, SignsInWith};
use crate::views::browser_words;
use crate::views::consent::Reach;
use crate::views::error_page::Trouble;
use crate::views::face::{AppFace, PersonFace};

/// How long a person is told that a key of an app was used twice: two weeks, in milliseconds.
const REUSES_ARE_SHOWN: i64 = 14 * 86_400_000;

/// `GET /account`.
///
/// # Errors
/// A page.
pub async fn show(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let (now, language) = (state.now(), request.language());
    let browser = Browser::of(state, request, now).await?;
    let Some(session) = &browser.session else { return Ok(reply::see_other(Address::Login.link())) };
    let catalogue = state.store.catalogue(now).await?;
    let memberships = state.store.load_memberships(session.user.id).await?;
    let mut facts = state.store.connections(session.user.id).await?;
    facts.retain(|facts| authority::may_end(&facts.grant, session.user.id, &memberships, &catalogue));
    let connected = with_apps(state, facts, now).await?;
    let reuses = state.store.reuses(session.user.id, Timestamp(now.0 - REUSES_ARE_SHOWN)).await?;
    let sessions = state.store.browser_sessions_of(session.user.id, now).await?;
    let agents: Vec<String> = sessions.iter().map(|own| browser_words::words(language, &own.agent)).collect();
    let query = request.query()?;
    let ended = query.get(field::DISCONNECTED.name()).and_then(|id| id.parse::<GrantId>().ok());
    let ended_app = match ended {
        Some(id) => ended_app(state, session.user.id, id, now).await?,
        None => None,
    };
    let csrf = browser.csrf(state);
    let places = tenants(&memberships, connected.iter().map(|(facts, _)| facts));
    let page = Account {
        site: state.site(language),
        csrf: &csrf,
        person: PersonFace::of(&session.user),
        connections: connected
            .iter()
            .map(|own| connection(own, &reuses, (&catalogue, &places), (now, language)))
            .collect(),
        browsers: sessions
            .iter()
            .zip(&agents)
            .map(|(own, agent)| row(own, agent, session.id, (now, language)))
            .collect(),
        signs_in_with: SignsInWith::of(&session.user),
        mails: state.mail.is_some(),
        end_others: Address::EndOthers.link(),
        news: news(ended_app.as_deref(), &query),
    };
    let mut response = reply::page(200, language, &page, None)?;
    browser.remember(state, &mut response);
    Ok(response)
}

fn news<'a>(ended_app: Option<&'a App>, query: &Parameters) -> Option<News<'a>> {
    if query.get(field::CHANGED.name()) == Some("password") {
        return Some(News::PasswordChanged);
    }
    match (ended_app, query.get(field::SIGNED_OUT.name())) {
        (Some(app), _) => Some(News::Disconnected { app: &app.name }),
        (None, Some("one")) => Some(News::SignedOutThere),
        (None, Some("others")) => Some(News::SignedOutElsewhere),
        (None, _) => None,
    }
}

/// A browser in which the person is signed in; `this` is the one that looks.
fn row<'a>(
    own: &'a BrowserSession,
    agent: &'a str,
    this: BrowserSessionId,
    (now, language): (Timestamp, Language),
) -> SignedInBrowser<'a> {
    let end = Address::EndSession.link_to(&[&own.id.to_string()]);
    let when = |at| When::new(language, now, at);
    let (signed_in, last_used) = (when(own.created_at), when(own.last_seen_at));
    let place = Some(own.place.as_str()).filter(|place| !place.is_empty());
    SignedInBrowser { agent, place, signed_in, last_used, this: own.id == this, end }
}

type Connected = (GrantFacts, std::sync::Arc<App>);

async fn with_apps(state: &State, facts: Vec<GrantFacts>, now: Timestamp) -> Result<Vec<Connected>, Failure> {
    let mut connected = Vec::with_capacity(facts.len());
    for facts in facts {
        if let Some(app) = state.store.app(facts.grant.app, now).await? {
            connected.push((facts, app));
        }
    }
    Ok(connected)
}

/// The app of a grant that this person ended, for the news.
async fn ended_app(
    state: &State,
    user: symbolon_oauth::id::UserId,
    id: GrantId,
    now: Timestamp,
) -> Result<Option<std::sync::Arc<App>>, Failure> {
    let facts = state.store.grant_facts(id, now).await?;
    let ended = facts.filter(|facts| facts.grant.user == user && facts.grant.status == GrantStatus::Revoked);
    match ended {
        Some(facts) => Ok(state.store.app(facts.grant.app, now).await?),
        None => Ok(None),
    }
}

fn connection<'a>(
    (facts, app): &'a Connected,
    reuses: &[(GrantId, Timestamp)],
    (catalogue, places): (&'a Catalogue, &[&Tenant]),
    (now, language): (Timestamp, Language),
) -> Connection<'a> {
    let (tenant, told_apart) = place(facts, places);
    let reused = reuses.iter().find(|(grant, _)| *grant == facts.grant.id);
    Connection {
        app: AppFace::of(app),
        tenant,
        told_apart,
        reach: Reach::of(facts.grant.level),
        permissions: titles(facts, catalogue, language),
        connected: When::new(language, now, facts.grant.created_at),
        last_used: facts.grant.last_used_at.map(|at| When::new(language, now, at)),
        until: None,
        paused: authority::effective(app, facts, catalogue, now).err().map(paused),
        reused: reused.map(|(_, at)| When::new(language, now, *at)),
        disconnect: Address::Disconnect.link_to(&[&facts.grant.id.to_string()]),
    }
}

/// The tenants of a person's: where they belong, and where something is connected.
fn tenants<'f>(
    memberships: &'f [Membership],
    connected: impl Iterator<Item = &'f GrantFacts>,
) -> Vec<&'f Tenant> {
    memberships.iter().map(|own| &own.tenant).chain(connected.map(|facts| &facts.tenant)).collect()
}

/// Why a connected app can do nothing, as its person reads it.
fn paused(denied: Denied) -> Key {
    match denied {
        Denied::AppSuspended => Key("account-paused-app"),
        Denied::AppInDevelopment => Key("account-paused-development"),
        Denied::GrantExpired => Key("account-paused-expired"),
        Denied::GrantRevoked | Denied::FamilyEnded => Key("account-paused-ended"),
        Denied::TenantDisabled => Key("account-paused-tenant"),
        Denied::MembershipGone => Key("account-paused-membership"),
        Denied::UserGone => Key("account-paused-user"),
        // What is wrong with one token or request is not wrong with the connection.
        Denied::NotAsItself
        | Denied::TokenRevoked
        | Denied::TokenExpired
        | Denied::WrongAudience
        | Denied::RoleForbidden
        | Denied::MissingScope => Key("account-paused-otherwise"),
    }
}

/// The name of a connection's tenant and what tells it apart from the others of the person's, `all`. The only space of
/// their own has no name.
fn place<'f>(facts: &'f GrantFacts, all: &[&Tenant]) -> (Option<&'f str>, Vec<String>) {
    let tenant = &facts.tenant;
    let others = all.iter().any(|own| own.kind == TenantKind::Personal && own.id != tenant.id);
    let named = tenant.kind == TenantKind::Organization || others;
    (named.then_some(tenant.name.as_str()), tenant.told_apart(all))
}

fn titles<'a>(facts: &'a GrantFacts, catalogue: &'a Catalogue, language: Language) -> Vec<&'a str> {
    let scope = |name: &'a str| catalogue.scopes.get(name);
    let title = |name: &'a str| scope(name).map_or(name, |scope| scope.title_in(language.tag()));
    facts.grant.scopes.iter().map(title).collect()
}

/// `GET|POST /account/connections/{id}/disconnect`.
///
/// # Errors
/// A page; another person's connection looks like none.
pub async fn disconnect(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let (now, language) = (state.now(), request.language());
    let browser = Browser::of(state, request, now).await?;
    let Some(session) = &browser.session else { return Ok(reply::see_other(Address::Login.link())) };
    let id: GrantId = id.parse().map_err(|_| Failure::from(Trouble::NotFound))?;
    let catalogue = state.store.catalogue(now).await?;
    let memberships = state.store.load_memberships(session.user.id).await?;
    let own = |grant: &Grant| authority::may_end(grant, session.user.id, &memberships, &catalogue);
    let facts = state.store.grant_facts(id, now).await?.filter(|facts| own(&facts.grant));
    let facts = facts.ok_or_else(|| Failure::from(Trouble::NotFound))?;
    let app = state.store.app(facts.grant.app, now).await?.ok_or_else(|| Failure::from(Trouble::NotFound))?;
    let (tenant, told_apart) = place(&facts, &tenants(&memberships, std::iter::once(&*facts)));
    let place = (tenant, told_apart.as_slice());
    let shown = mark(state, &browser, (&facts, &app, place), &titles(&facts, &catalogue, language));
    let changed = request.method() == Method::POST;
    if changed {
        let form = request.form();
        browser.prove_form(state, request, &form)?;
        if Browser::bears(&form, &shown) {
            let user = session.user.id;
            let audit = state.deed(request, Deed::GrantRevoked, Actor::User(user), now)?;
            state.store.revoke_grant(id, "person", audit.of_grant(&facts.grant).user(user), now).await?;
            request.trail.app(&app.client.client_id);
            request.trail.did(Deed::GrantRevoked);
            return Ok(reply::see_other(Address::Account.link().with(field::DISCONNECTED, &id.to_string())));
        }
    }
    let csrf = browser.csrf(state);
    let page = Disconnect {
        site: state.site(language),
        action: Link::here(request),
        csrf: &csrf,
        app: AppFace::of(&app),
        tenant,
        told_apart,
        reach: Reach::of(facts.grant.level),
        permissions: titles(&facts, &catalogue, language),
        shown: &shown,
        changed,
    };
    let mut response = reply::page(if changed { 422 } else { 200 }, language, &page, None)?;
    browser.remember(state, &mut response);
    Ok(response)
}

/// The mark of what the page says that asks before it ends a connection.
fn mark(
    state: &State,
    browser: &Browser,
    (facts, app, (tenant, told_apart)): (&GrantFacts, &App, (Option<&str>, &[String])),
    titles: &[&str],
) -> String {
    let (grant, icon) = (facts.grant.id.to_string(), app.listing.icon.map(|icon| icon.to_string()));
    let level = facts.grant.level.as_str();
    let (tenant, apart) = (tenant.unwrap_or_default(), told_apart.join(" "));
    let icon = icon.as_deref().unwrap_or_default();
    let mut shown = vec![grant.as_str(), &app.name, icon, tenant, &apart, level];
    shown.extend(titles);
    browser.mark(state, &shown)
}

/// `POST /account/sessions/{id}/end`: signs out in one other browser.
///
/// # Errors
/// A page; another person's session looks like none.
pub async fn end_session(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let browser = Browser::of(state, request, now).await?;
    let Some(session) = &browser.session else { return Ok(reply::see_other(Address::Login.link())) };
    browser.prove_form(state, request, &request.form())?;
    let user = session.user.id;
    let id: BrowserSessionId = id.parse().map_err(|_| Failure::from(Trouble::NotFound))?;
    let own = state.store.browser_sessions_of(user, now).await?;
    if !own.iter().any(|other| other.id == id && other.id != session.id) {
        return Err(Trouble::NotFound.into());
    }
    let audit = state.deed(request, Deed::BrowserSessionEnded, Actor::User(user), now)?.user(user);
    state.store.end_browser_session(id, audit.detail("from another browser")).await?;
    request.trail.did(Deed::BrowserSessionEnded);
    Ok(reply::see_other(Address::Account.link().with(field::SIGNED_OUT, "one")))
}

/// `POST /account/sessions/end-others`.
///
/// # Errors
/// A page.
pub async fn end_others(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let browser = Browser::of(state, request, now).await?;
    let Some(session) = &browser.session else { return Ok(reply::see_other(Address::Login.link())) };
    browser.prove_form(state, request, &request.form())?;
    let user = session.user.id;
    let audit = state.deed(request, Deed::BrowserSessionOthersEnded, Actor::User(user), now)?.user(user);
    state.store.end_other_browser_sessions(user, session.id, audit).await?;
    request.trail.did(Deed::BrowserSessionOthersEnded);
    Ok(reply::see_other(Address::Account.link().with(field::SIGNED_OUT, "others")))
}
