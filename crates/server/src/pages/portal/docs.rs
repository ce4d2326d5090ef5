//! `GET /developers/docs`: how to connect here, written from what is served here. For everybody, signed in or not.

use http::Response;
use symbolon_oauth::dialect::{Endpoint, Serves};
use symbolon_platform::catalogue::{Catalogue, Scope};
use symbolon_platform::organisation::TESTERS_AT_MOST;
use symbolon_store::attempts::Limit;
use symbolon_store::client_secrets;
use symbolon_wire::body;

use crate::failure::Failure;
use crate::language::Key;
use crate::language::said::Said;
use crate::pages::portal::credentials::OVERLAP_AT_MOST;
use crate::pages::portal::examples::{answers, refuses};
use crate::pages::portal::{addresses, redirects};
use crate::reply::{self, Body};
use crate::request::Request;
use crate::resource_metadata::of_declared;
use crate::routes::ADDRESS_AT_MOST;
use crate::served::{Mounted, Served};
use crate::state::State;
use crate::views::docs::endpoint::{Described, facts};
use crate::views::docs::{Docs, ScopeRow, SpokenHere, errors, words};
use crate::views::portal::snippets::{self, Values};
use crate::views::site::Site;

/// `GET /developers/docs`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let language = request.language();
    let site = state.site(language);
    let catalogue = state.store.published_catalogue(state.now()).await?;
    let tag = language.tag();
    let resources = catalogue.resources.iter().map(|own| {
        let metadata = of_declared(&state.issuer, &catalogue, own);
        (own.title.as_str(), own.identifier.as_str(), metadata)
    });
    let page = Docs {
        site,
        issuer: &state.issuer,
        dialects: dialects(state, &catalogue, site),
        first: first(state, &catalogue)?,
        scopes: catalogue.scopes.values().map(|scope| row(scope, &catalogue, tag)).collect(),
        resources: resources.collect(),
        me: addresses::me(state),
        errors: errors(),
        limits: limits(state, site),
    };
    Ok(reply::page(200, language, &page, None)?)
}

fn row<'a>(scope: &'a Scope, catalogue: &'a Catalogue, tag: &str) -> ScopeRow<'a> {
    ScopeRow {
        name: &scope.name,
        title: scope.title_in(tag),
        description: scope.description_in(tag),
        sensitivity: scope.sensitivity,
        includes: scope.includes.iter().filter(|name| catalogue.scopes.contains_key(*name)).collect(),
    }
}

/// What is spoken here. A dialect that stands at several hosts is told once, with the addresses of each.
fn dialects<'a>(state: &'a State, catalogue: &Catalogue, site: &'a Site) -> Vec<SpokenHere<'a>> {
    let mut found: Vec<SpokenHere<'a>> = Vec::new();
    for mounted in &state.dialects {
        let name = mounted.dialect.name.as_str();
        if found.iter().any(|known| known.name == name) {
            continue;
        }
        let places: Vec<&Mounted> =
            state.dialects.iter().filter(|own| own.dialect.name == name).map(|own| &**own).collect();
        found.push(SpokenHere {
            name,
            title: &mounted.dialect.title,
            public_clients: mounted.dialect.public_clients,
            endpoints: endpoints(state, catalogue, (site, &places)),
        });
    }
    found
}

fn endpoints<'a>(
    state: &State,
    catalogue: &Catalogue,
    (site, places): (&'a Site, &[&Mounted]),
) -> Vec<Described<'a>> {
    let Some(first) = places.first() else { return Vec::new() };
    let numbers = 0..first.dialect.endpoints.len();
    let described = numbers.map(|at| {
        let Served { endpoint, policy, .. } = first.served(at);
        let methods: Vec<&str> = endpoint.methods.iter().map(|method| method.as_str()).collect();
        let served = first.served(at);
        Described {
            what: words::endpoint(endpoint.serves),
            methods: methods.join(", "),
            addresses: places.iter().flat_map(|place| addresses_of(place, endpoint)).collect(),
            facts: facts(site, endpoint, policy),
            answers: answers(state, served, catalogue),
            refuses: refuses(endpoint),
        }
    });
    described.collect()
}

/// Where an endpoint is at one place: below each of its paths, and the metadata also where the standard puts the path behind.
fn addresses_of(place: &Mounted, endpoint: &Endpoint) -> Vec<String> {
    let base = format!("{}{}", place.origin, place.place.prefix());
    endpoint.paths.iter().map(|path| format!("{base}{path}")).collect()
}

/// A first connection by the standard endpoints, as commands.
fn first(state: &State, catalogue: &Catalogue) -> Result<Option<String>, Failure> {
    let Some(standard) = state.dialects.first() else { return Ok(None) };
    let at = |serves| addresses::address(standard, serves);
    let (Some(authorize), Some(token)) = (at(Serves::Authorize), at(Serves::Token)) else { return Ok(None) };
    let values = Values {
        client_id: "YOUR_CLIENT_ID",
        confidential: true,
        secret: None,
        redirect_uri: "https://app.example.com/callback",
        scopes: catalogue.scopes.keys().next().map_or("", String::as_str),
        authorize_url: &authorize,
        token_url: &token,
        me_url: &addresses::me(state),
    };
    let all = snippets::all(&values)?;
    Ok(all.into_iter().find(|snippet| snippet.id == "curl").map(|snippet| snippet.code))
}

fn limits<'a>(state: &State, site: &'a Site) -> Vec<Said<'a>> {
    const KIB: usize = 1024;
    let settings = &state.limits.settings;
    let tries =
        |key: Key, limit: Limit| site.say(key).number("count", limit.tries).duration("time", limit.window);
    vec![
        site.say("docs-limit-body").count("size", body::AT_MOST / KIB),
        site.say("docs-limit-address").count("size", ADDRESS_AT_MOST / KIB),
        tries(Key("docs-limit-credentials"), settings.credentials),
        tries(Key("docs-limit-codes"), settings.codes),
        site.say("docs-limit-redirects").count("count", redirects::AT_MOST),
        site.say("docs-limit-secrets")
            .number("count", client_secrets::AT_MOST)
            .number("hours", OVERLAP_AT_MOST),
        site.say("docs-limit-testers").count("count", TESTERS_AT_MOST),
    ]
}
