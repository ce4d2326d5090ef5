//! Which handler an address belongs to. The dialects' routes are a loop over data; ours are listed here. A path is
//! matched as it was sent, byte for byte: no decoding, no folding of slashes or dots, so no other spelling of an address
//! slips past anything.

use std::cmp::Reverse;
use std::collections::HashMap;

use http::{Method, Response};
use symbolon_oauth::dialect::{CLIENT_ID, Serves};

use crate::clock::Stopwatch;
use crate::endpoints::{authorize, check, client, identity, introspect, metadata, revoke, token};
use crate::failure::Failure;
use crate::pages::error_page::Trouble;
use crate::pages::face;
use crate::pages::site::{BRAND_CSS_PATH, LOGO_PATH};
use crate::reply::{self, Body};
use crate::request::Request;
use crate::served::{Mounted, Served};
use crate::state::State;
use crate::told::Reader;
use crate::{account, assets, doors};

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// An endpoint of a dialect: which dialect, which of its endpoints.
    Endpoint(usize, usize),
    /// A page or file of ours.
    Own(Own),
}

/// A page or file of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the addresses")]
pub enum Own {
    Home,
    Login,
    SignUp,
    Logout,
    Account,
    EndOthers,
    Disconnect,
    Me,
    Check,
    ResourceMetadata,
    Asset,
    Icon,
}

/// Every address.
#[derive(Default)]
pub struct Router {
    /// By path, or by host and path.
    endpoints: HashMap<String, (usize, usize)>,
    /// The same of those whose last segment names an app: what stands before it, with its slash.
    naming: HashMap<String, (usize, usize)>,
    by_host: bool,
    /// The dialect that answers where nothing stands, on a host of its own.
    hosts: HashMap<String, usize>,
    /// Every prefix, the longest first, and the dialect that answers where nothing stands below it, if it does.
    prefixes: Vec<(String, Option<usize>)>,
}

const OWN: [(&str, Own); 8] = [
    ("/", Own::Home),
    ("/login", Own::Login),
    ("/signup", Own::SignUp),
    ("/logout", Own::Logout),
    ("/account", Own::Account),
    (account::END_OTHERS, Own::EndOthers),
    ("/v1/me", Own::Me),
    ("/v1/check", Own::Check),
];

const PROTECTED_RESOURCE: &str = "/.well-known/oauth-protected-resource";

impl Router {
    /// The addresses of these dialects. One with hosts of its own stands there at the root; with a prefix, or without
    /// hosts, it stands below that everywhere. The host `issuer` is nobody's own.
    ///
    /// # Errors
    /// The address at which two endpoints stand.
    pub fn new<'a>(dialects: impl Iterator<Item = &'a Mounted>, issuer: &str) -> Result<Router, String> {
        let mut router = Router::default();
        for (at, mounted) in dialects.enumerate() {
            let everywhere =
                (mounted.hosts.is_empty() || !mounted.prefix.is_empty()).then_some(&mounted.prefix);
            for (which, endpoint) in mounted.dialect.endpoints.iter().enumerate() {
                for path in &endpoint.paths {
                    let below = everywhere.map(|prefix| format!("{prefix}{path}"));
                    let at_home = mounted.hosts.iter().map(|host| format!("{host}{path}"));
                    for address in below.into_iter().chain(at_home) {
                        let taken = match address.strip_suffix(CLIENT_ID) {
                            Some(before) => router.naming.insert(before.to_owned(), (at, which)),
                            None => router.endpoints.insert(address.clone(), (at, which)),
                        };
                        if taken.is_some() {
                            return Err(address);
                        }
                    }
                }
            }
            router.by_host |= !mounted.hosts.is_empty();
            router.claim(at, mounted, issuer);
        }
        // Where two prefixes are one, the dialect that has an answer comes first.
        router.prefixes.sort_by_key(|(prefix, answers)| (Reverse(prefix.len()), answers.is_none()));
        Ok(router)
    }

    /// Notes where dialect number `at` answers for addresses at which nothing stands.
    fn claim(&mut self, at: usize, mounted: &Mounted, issuer: &str) {
        let answers = mounted.dialect.not_found.is_some().then_some(at);
        if !mounted.prefix.is_empty() {
            self.prefixes.push((mounted.prefix.clone(), answers));
        }
        let own = mounted.hosts.iter().filter(|host| answers.is_some() && !host.eq_ignore_ascii_case(issuer));
        for host in own {
            self.hosts.entry(host.clone()).or_insert(at);
        }
    }

    /// The dialect that answers for `path` on `host`, where [`Router::find`] finds nothing. As there, the host comes first.
    #[must_use]
    pub fn nothing_at(&self, host: &str, path: &str) -> Option<usize> {
        let at_home = if self.by_host { self.hosts.get(&host.to_ascii_lowercase()).copied() } else { None };
        let is_below = |prefix: &String| {
            path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        at_home.or_else(|| self.prefixes.iter().find(|(prefix, _)| is_below(prefix))?.1)
    }

    /// Where `path` on `host` goes, if anywhere.
    #[must_use]
    pub fn find(&self, host: &str, path: &str) -> Option<Route> {
        if let Some(route) = self.endpoint(&self.endpoints, host, path) {
            return Some(route);
        }
        let exact = OWN.iter().find(|(own, _)| *own == path).map(|(_, own)| *own);
        let own = exact.or_else(|| below(path)).map(Route::Own);
        own.or_else(|| {
            let (before, name) = path.split_at(path.rfind('/')? + 1);
            self.endpoint(&self.naming, host, before).filter(|_| !name.is_empty())
        })
    }

    fn endpoint(&self, addresses: &HashMap<String, (usize, usize)>, host: &str, path: &str) -> Option<Route> {
        let at_home = || addresses.get(&format!("{}{path}", host.to_ascii_lowercase()));
        let endpoint = if self.by_host { at_home() } else { None };
        endpoint
            .or_else(|| addresses.get(path))
            .map(|&(dialect, endpoint)| Route::Endpoint(dialect, endpoint))
    }
}

/// The addresses that hold a name.
fn below(path: &str) -> Option<Own> {
    if path.starts_with("/assets/") || path == "/favicon.ico" {
        return Some(Own::Asset);
    }
    if disconnected(path).is_some() {
        return Some(Own::Disconnect);
    }
    if face::icon_of(path).is_some() {
        return Some(Own::Icon);
    }
    path.strip_prefix(PROTECTED_RESOURCE).filter(|rest| rest.starts_with('/')).map(|_| Own::ResourceMetadata)
}

fn disconnected(path: &str) -> Option<&str> {
    path.strip_prefix(account::CONNECTIONS)?.strip_suffix("/disconnect").filter(|id| !id.contains('/'))
}

impl Own {
    /// The methods it answers.
    #[must_use]
    pub fn methods(self) -> &'static [Method] {
        const READ: &[Method] = &[Method::GET, Method::HEAD];
        const FORM: &[Method] = &[Method::GET, Method::HEAD, Method::POST];
        const POST: &[Method] = &[Method::POST];
        match self {
            Own::Home | Own::Account | Own::Me | Own::ResourceMetadata | Own::Asset | Own::Icon => READ,
            Own::Login | Own::SignUp | Own::Logout | Own::Disconnect => FORM,
            Own::EndOthers | Own::Check => POST,
        }
    }

    /// Its name in the metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Own::Home => "home",
            Own::Login => "login",
            Own::SignUp => "signup",
            Own::Logout => "logout",
            Own::Account => "account",
            Own::EndOthers => "end_others",
            Own::Disconnect => "disconnect",
            Own::Me => "me",
            Own::Check => "check",
            Own::ResourceMetadata => "resource_metadata",
            Own::Asset => "asset",
            Own::Icon => "icon",
        }
    }

    /// To whom its failures are told.
    #[must_use]
    pub fn reader(self) -> Reader<'static> {
        match self {
            Own::Me | Own::Check | Own::ResourceMetadata => Reader::Resource,
            Own::Home
            | Own::Login
            | Own::SignUp
            | Own::Logout
            | Own::Account
            | Own::EndOthers
            | Own::Disconnect
            | Own::Asset
            | Own::Icon => Reader::Person,
        }
    }

    /// Whether scripts of other sites may read its answers. Never a page.
    #[must_use]
    pub fn is_shared(self) -> bool {
        matches!(self, Own::Me | Own::ResourceMetadata)
    }

    /// Answers a request.
    ///
    /// # Errors
    /// What the page or file refuses.
    pub async fn answer(self, state: &State, request: &Request) -> Result<Response<Body>, Failure> {
        match self {
            Own::Home => account::home(state, request).await,
            Own::Login => doors::login::answer(state, request).await,
            Own::SignUp => doors::sign_up::answer(state, request).await,
            Own::Logout => doors::logout::answer(state, request).await,
            Own::Account => account::show(state, request).await,
            Own::EndOthers => account::end_others(state, request).await,
            Own::Disconnect => {
                account::disconnect(state, request, disconnected(request.path()).unwrap_or_default()).await
            }
            Own::Me => check::me(state, request).await,
            Own::Check => check::answer(state, request).await,
            Own::ResourceMetadata => {
                let rest = request.path().strip_prefix(PROTECTED_RESOURCE).unwrap_or_default();
                metadata::protected_resource(state, rest).await
            }
            Own::Asset => asset(state, request.path()),
            Own::Icon => icon(state, request.path()).await,
        }
    }
}

fn asset(state: &State, path: &str) -> Result<Response<Body>, Failure> {
    const A_DAY: &str = "public, max-age=86400";
    if path == BRAND_CSS_PATH {
        let css = state.site.brand_css().to_owned();
        return Ok(reply::asset("text/css; charset=utf-8", css.into(), assets::CACHE_CONTROL));
    }
    if path == LOGO_PATH
        && let Some((bytes, content_type)) = &state.logo
    {
        return Ok(reply::asset(content_type, bytes.clone(), A_DAY));
    }
    let path = if path == "/favicon.ico" { state.site.favicon } else { path };
    let asset = assets::find(path).ok_or_else(|| Failure::from(Trouble::NotFound))?;
    Ok(reply::asset(asset.content_type, bytes::Bytes::from_static(asset.body), assets::CACHE_CONTROL))
}

/// An icon, under the hash of its bytes: what is there never changes.
async fn icon(state: &State, path: &str) -> Result<Response<Body>, Failure> {
    let key = face::icon_of(path).ok_or_else(|| Failure::from(Trouble::NotFound))?;
    let png = state.store.load_icon(key).await?.ok_or_else(|| Failure::from(Trouble::NotFound))?;
    Ok(reply::asset("image/png", png.into(), assets::CACHE_CONTROL))
}

/// Answers a request at an endpoint of a dialect.
///
/// # Errors
/// What the endpoint refuses.
pub async fn endpoint(
    state: &State,
    served: Served<'_>,
    request: &Request,
) -> Result<Response<Body>, Failure> {
    let began = Stopwatch::start();
    let answered = match served.endpoint.serves {
        Serves::Authorize => authorize::answer(state, served, request).await,
        Serves::Token => token::answer(state, served, request).await,
        Serves::Revoke => revoke::answer(state, served, request).await,
        Serves::Introspect => introspect::answer(state, served, request).await,
        Serves::Identity => identity::answer(state, served, request).await,
        Serves::Client => client::answer(state, served, request).await,
        Serves::Metadata => metadata::authorization_server(state, served.mounted).await,
        Serves::ResourceMetadata => metadata::protected_resource(state, "").await,
    };
    if answered.as_ref().is_err_and(Failure::denies_the_client) {
        // Which client exists, and how much of its secret is right, must not show in the time of the refusal.
        began.evenly().await;
    }
    answered
}

/// The name of an endpoint in the metrics.
#[must_use]
pub fn name(serves: Serves) -> &'static str {
    match serves {
        Serves::Authorize => "authorize",
        Serves::Token => "token",
        Serves::Revoke => "revoke",
        Serves::Introspect => "introspect",
        Serves::Identity => "identity",
        Serves::Client => "client",
        Serves::Metadata => "metadata",
        Serves::ResourceMetadata => "resource_metadata",
    }
}
