//! Which handler an address belongs to. The dialects' routes are a loop over data; ours are listed here. A path is
//! matched as it was sent, byte for byte: no decoding, no folding of slashes or dots, so no other spelling of an address
//! slips past anything.

use std::cmp::Reverse;
use std::collections::HashMap;

use http::Method;
use symbolon_oauth::dialect::{CLIENT_ID, Serves};

use crate::account;
use crate::pages::face;
use crate::served::Mounted;
use crate::told::Reader;

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

/// What stands before the path of a resource in the address of its metadata (RFC 9728 §3.1).
pub const PROTECTED_RESOURCE: &str = "/.well-known/oauth-protected-resource";

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

/// The connection that this address asks to disconnect.
#[must_use]
pub fn disconnected(path: &str) -> Option<&str> {
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
