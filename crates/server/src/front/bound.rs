//! Where a request is bound, by its head: on which of our hosts, to which route, by which method; or why it reaches none.

use http::header::{AUTHORIZATION, HOST};
use http::{Method, Request as HttpRequest};
use symbolon_oauth::dialect::Serves;

use super::Gate;
use crate::language::Language;
use crate::request;
use crate::resource_metadata;
use crate::routes::router::Route;
use crate::routes::{self, ADDRESS_AT_MOST, Side, Who};
use crate::told::Reader;

/// Why a request reaches no handler.
pub(super) enum Astray<'a> {
    /// It names a host that is not ours.
    UnknownHost,
    /// Its address is too long, wherever it leads.
    TooLong,
    /// Nothing stands at its address.
    Nothing,
    /// A browser asks whether a script may ask.
    Preflight(Route, About<'a>),
    /// The route does not answer its method.
    Method(Route, About<'a>),
}

/// What a matched route says about itself, before its handler runs.
pub(super) struct About<'a> {
    pub(super) name: &'static str,
    pub(super) reader: Reader<'a>,
    pub(super) shared: bool,
    pub(super) allowed: bool,
    pub(super) in_popups: bool,
    /// Where the metadata of the resource are, at one that takes access tokens.
    pub(super) resource_metadata: Option<String>,
}

impl Gate<'_> {
    /// The route to which a request is bound.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn bound<B>(&self, incoming: &HttpRequest<B>) -> Result<(Route, About<'_>), Astray<'_>> {
        let address = incoming.uri();
        let found = if self.names_one_of(&self.state.hosts, incoming) {
            self.state.router.find(self.state.plain_host(host(incoming)), address.path())
        } else {
            let checks = self.checks_at(address.path());
            let inside = checks.filter(|_| self.names_one_of(&self.state.internal_hosts, incoming));
            Some(inside.ok_or(Astray::UnknownHost)?)
        };
        if address.path_and_query().map_or(0, |address| address.as_str().len()) > ADDRESS_AT_MOST {
            return Err(Astray::TooLong);
        }
        let route = found.ok_or(Astray::Nothing)?;
        let about = self.about(route, incoming);
        if about.shared && incoming.method() == Method::OPTIONS {
            return Err(Astray::Preflight(route, about));
        }
        if about.allowed { Ok((route, about)) } else { Err(Astray::Method(route, about)) }
    }

    /// Where a path would lead on one of our hosts.
    pub(super) fn on_any_host(&self, path: &str) -> Option<Route> {
        self.state.hosts.iter().find_map(|own| self.state.router.find(own, path))
    }

    /// The endpoint at `path` that an API asks about its callers, if there is one: what a host's own network may reach under a
    /// name of its own, because nothing there becomes a link.
    fn checks_at(&self, path: &str) -> Option<Route> {
        self.on_any_host(path).filter(|route| match *route {
            Route::Endpoint(dialect, endpoint) => {
                self.state.dialects[dialect].served(endpoint).endpoint.serves == Serves::Introspect
            }
            Route::Own(own) => own.address.row().who == Who::HostKey,
        })
    }

    /// What a route says about itself.
    pub(super) fn about<B>(&self, route: Route, incoming: &HttpRequest<B>) -> About<'_> {
        let method = incoming.method();
        let by_header = incoming.headers().contains_key(AUTHORIZATION);
        let resource_metadata = resource_metadata::of_own(self.state, route, incoming.uri().path());
        match route {
            Route::Endpoint(dialect, endpoint) => {
                let endpoint = self.state.dialects[dialect].served(endpoint).endpoint;
                let page = endpoint.serves == Serves::Authorize;
                let named = routes::methods(endpoint).any(|own| own == method.as_str());
                About {
                    name: routes::name(endpoint.serves),
                    reader: if page {
                        Reader::Person(language(incoming))
                    } else {
                        Reader::Client(endpoint, by_header)
                    },
                    shared: routes::is_shared(endpoint),
                    allowed: named,
                    in_popups: page,
                    resource_metadata,
                }
            }
            Route::Own(own) => {
                let row = own.address.row();
                About {
                    name: row.name,
                    reader: match row.side {
                        Side::Person => Reader::Person(language(incoming)),
                        Side::Program => Reader::Resource,
                    },
                    shared: row.shared,
                    allowed: row.methods.contains(method),
                    in_popups: row.in_popups,
                    resource_metadata,
                }
            }
        }
    }

    /// The methods that a route answers, for the answers that name them.
    pub(super) fn methods(&self, route: Route) -> String {
        let methods: Vec<&str> = match route {
            Route::Endpoint(dialect, endpoint) => {
                let endpoint = self.state.dialects[dialect].served(endpoint).endpoint;
                routes::methods(endpoint).collect()
            }
            Route::Own(own) => own.address.row().methods.iter().map(Method::as_str).collect(),
        };
        methods.join(", ")
    }

    /// Whether a request names one of these hosts. A server that answers to any name would put that name into links and tokens
    /// (and behind a proxy, into caches).
    fn names_one_of<B>(&self, hosts: &[String], incoming: &HttpRequest<B>) -> bool {
        let named = incoming.uri().authority().map(http::uri::Authority::as_str);
        let mut headers = incoming.headers().get_all(HOST).iter();
        let header = headers.next().and_then(|host| host.to_str().ok());
        let one = headers.next().is_none();
        let known = |host: &str| {
            let host = self.state.plain_host(host);
            hosts.iter().any(|own| own.eq_ignore_ascii_case(host))
        };
        one && match (named, header) {
            (Some(named), Some(header)) => known(named) && known(header),
            (Some(only), None) | (None, Some(only)) => known(only),
            (None, None) => false,
        }
    }
}

/// The host that a request names, once the gate knows it.
pub(super) fn host<B>(incoming: &HttpRequest<B>) -> &str {
    let header = || incoming.headers().get(HOST).and_then(|host| host.to_str().ok());
    incoming.uri().authority().map(http::uri::Authority::as_str).or_else(header).unwrap_or_default()
}

/// The language that the person reads who sent this.
pub(super) fn language<B>(incoming: &HttpRequest<B>) -> Language {
    request::language(incoming.headers(), incoming.uri().query())
}
