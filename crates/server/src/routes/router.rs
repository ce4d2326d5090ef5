//! The router: which row of ours, or which endpoint of a dialect, an address leads to.
//!
//! A path is matched as it was sent, byte for byte: no decoding, no folding of slashes or dots, so no other spelling of an
//! address slips past anything. What has no `{name}` is found by its hash.

use std::cmp::Reverse;
use std::collections::HashMap;

use symbolon_oauth::dialect::{CLIENT_ID, Endpoint, Serves};
use symbolon_oauth::metadata::AUTHORIZATION_SERVER;

use super::link::Link;
use super::{Address, ROWS, Row};
use crate::served::{Mounted, Place};

/// The folders of what programs call that are no dialect's.
const FOLDERS: [&str; 2] = ["/v1/", "/.well-known/"];

/// How many names an address may hold.
const NAMES: usize = 2;

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// An endpoint of a dialect: which dialect, which of its endpoints.
    Endpoint(usize, usize),
    /// An address of ours.
    Own(Found),
}

/// An address of ours as it was asked for, with where in the path its names stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The address.
    pub address: Address,
    names: [(u16, u16); NAMES],
}

impl Found {
    /// What stood in `path`, which led here, for the first names of the pattern.
    #[must_use]
    pub fn names<const N: usize>(self, path: &str) -> [&str; N] {
        let named = |at: usize| {
            let (from, to) = self.names.get(at).copied().unwrap_or_default();
            path.get(usize::from(from)..usize::from(to)).unwrap_or_default()
        };
        std::array::from_fn(named)
    }
}

/// Every address.
#[derive(Default)]
pub struct Router {
    /// What holds no name: by path, or by host and path.
    exact: HashMap<String, Route>,
    /// The dialects' endpoints whose last segment names an app: by what stands before it, with its slash.
    naming: HashMap<String, Route>,
    /// Our rows that hold a name, by their first segment.
    named: HashMap<&'static str, Vec<&'static Row>>,
    /// The folders of what programs call, lower case, with a slash at both ends.
    folders: Vec<String>,
    by_host: bool,
    /// The dialect that answers where nothing stands, on a host of its own.
    hosts: HashMap<String, usize>,
    /// Every prefix, the longest first, and the dialect that answers where nothing stands below it, if it does.
    prefixes: Vec<(String, Option<usize>)>,
}

impl Router {
    /// Our own addresses alone.
    #[must_use]
    pub fn ours() -> Router {
        let mut router = Router::default();
        router.lay_ours();
        router
    }

    /// The addresses of these dialects. The host `issuer` is nobody's own.
    ///
    /// # Errors
    /// The address at which two endpoints stand.
    pub fn new<'a>(dialects: impl Iterator<Item = &'a Mounted>, issuer: &str) -> Result<Router, String> {
        let mut router = Router::default();
        for (at, mounted) in dialects.enumerate() {
            for (which, endpoint) in mounted.dialect.endpoints.iter().enumerate() {
                let route = Route::Endpoint(at, which);
                let inserted = inserted(mounted, endpoint);
                let prefix = mounted.place.prefix();
                for path in endpoint.paths.iter().map(|path| format!("{prefix}{path}")).chain(inserted) {
                    router.lay(route, &path, mounted.place.host())?;
                    router.note(endpoint, &path);
                }
            }
            router.by_host |= mounted.place.host().is_some();
            router.claim(at, mounted, issuer);
        }
        router.lay_ours();
        // Where two prefixes are one, the dialect that has an answer comes first.
        router.prefixes.sort_by_key(|(prefix, answers)| (Reverse(prefix.len()), answers.is_none()));
        Ok(router)
    }

    /// Lays an address: `path` on this host, or on every one.
    fn lay(&mut self, route: Route, path: &str, host: Option<&str>) -> Result<(), String> {
        let address = format!("{}{path}", host.unwrap_or_default());
        let taken = match address.strip_suffix(CLIENT_ID) {
            Some(before) => self.naming.insert(before.to_owned(), route),
            None => self.exact.insert(address.clone(), route),
        };
        if taken.is_some() { Err(address) } else { Ok(()) }
    }

    /// Notes the folder of an endpoint that programs call.
    fn note(&mut self, endpoint: &Endpoint, path: &str) {
        let folder = path.rfind('/').map_or("", |end| &path[..=end]).to_ascii_lowercase();
        if endpoint.serves != Serves::Authorize && folder.len() > 1 && !self.folders.contains(&folder) {
            self.folders.push(folder);
        }
    }

    /// Whether `path` is among those that programs call, whatever stands there.
    #[must_use]
    pub fn is_of_programs(&self, path: &str) -> bool {
        let path = format!("{}/", path.to_ascii_lowercase().trim_end_matches('/'));
        FOLDERS.into_iter().chain(self.folders.iter().map(String::as_str)).any(|own| path.starts_with(own))
    }

    /// The path that somebody meant who asked for `path`, at which nothing stands: the same in the spelling of an address.
    #[must_use]
    pub fn meant(&self, host: &str, path: &str) -> Option<(Route, String)> {
        let mut plain = path.trim_end_matches('/').to_owned();
        while plain.contains("//") {
            plain = plain.replace("//", "/");
        }
        let lower = plain.to_ascii_lowercase();
        [plain, lower]
            .into_iter()
            .find_map(|spelling| self.find(host, &spelling).map(|route| (route, spelling)))
    }

    /// Notes where dialect number `at` answers for addresses at which nothing stands.
    fn claim(&mut self, at: usize, mounted: &Mounted, issuer: &str) {
        let answers = mounted.dialect.not_found.is_some().then_some(at);
        match &mounted.place {
            Place::Below(prefix) if !prefix.is_empty() => self.prefixes.push((prefix.clone(), answers)),
            Place::Host(host) if answers.is_some() && !host.eq_ignore_ascii_case(issuer) => {
                self.hosts.entry(host.clone()).or_insert(at);
            }
            Place::Below(_) | Place::Host(_) => {}
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
        self.at(&self.exact, host, path).or_else(|| self.named(path)).or_else(|| {
            let (before, name) = path.split_at(path.rfind('/')? + 1);
            self.at(&self.naming, host, before).filter(|_| !name.is_empty())
        })
    }

    /// The link to `path` on `host`, if it leads anywhere here.
    #[must_use]
    pub fn link(&self, host: &str, path: &str) -> Option<Link> {
        self.find(host, path).map(|_| Link::proven(path))
    }

    fn at(&self, addresses: &HashMap<String, Route>, host: &str, path: &str) -> Option<Route> {
        let at_home = || addresses.get(&format!("{}{path}", host.to_ascii_lowercase()));
        let route = if self.by_host { at_home() } else { None };
        route.or_else(|| addresses.get(path)).copied()
    }

    fn named(&self, path: &str) -> Option<Route> {
        let rows = self.named.get(first_segment(path))?;
        rows.iter().find_map(|row| {
            let names = names(row.pattern, path)?;
            Some(Route::Own(Found { address: row.address, names }))
        })
    }

    /// Our own addresses, behind those of the dialects.
    fn lay_ours(&mut self) {
        for row in ROWS {
            if row.pattern.contains('{') {
                self.named.entry(first_segment(row.pattern)).or_default().push(row);
            } else {
                let own = Route::Own(Found { address: row.address, names: <[_; NAMES]>::default() });
                self.exact.entry(row.pattern.to_owned()).or_insert(own);
            }
        }
    }
}

/// Where a client looks for the metadata of an issuer with a path: the well-known name stands before that path (RFC 8414 §3.1).
fn inserted(mounted: &Mounted, endpoint: &Endpoint) -> Option<String> {
    let prefix = mounted.place.prefix();
    let stands = endpoint.serves == Serves::Metadata && !prefix.is_empty();
    stands.then(|| format!("{AUTHORIZATION_SERVER}{prefix}"))
}

/// A path up to its second slash.
fn first_segment(path: &str) -> &str {
    let second = path.bytes().skip(1).position(|byte| byte == b'/');
    second.map_or(path, |at| &path[..=at])
}

/// Where the names of `pattern` stand in `path`, if it has this pattern. A name is one byte at least and ends with its
/// segment, or before what the pattern says its segment ends with.
fn names(pattern: &str, path: &str) -> Option<[(u16, u16); NAMES]> {
    let mut found = <[_; NAMES]>::default();
    let mut spans = found.iter_mut();
    let (mut pattern, mut at) = (pattern, 0);
    while let Some((text, rest)) = pattern.split_once('{') {
        let (name, rest) = rest.split_once('}')?;
        let (text, whole) = if name.ends_with('*') { (text.strip_suffix('/')?, true) } else { (text, false) };
        let left = path.get(at..)?.strip_prefix(text)?;
        let from = at + text.len();
        let segment = if whole { left } else { left.split('/').next()? };
        let ending = rest.split('/').next()?;
        let fits = if whole { segment.starts_with('/') } else { segment.len() > ending.len() };
        let name = segment.strip_suffix(ending).filter(|_| fits)?;
        at = from + name.len();
        *spans.next()? = (u16::try_from(from).ok()?, u16::try_from(at).ok()?);
        pattern = rest;
    }
    (path.get(at..)? == pattern).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str) -> Option<(Address, [&str; 2])> {
        match Router::ours().find("", path)? {
            Route::Own(found) => Some((found.address, found.names(path))),
            Route::Endpoint(..) => None,
        }
    }

    #[test]
    fn a_name_is_what_its_segment_holds() {
        let icon = format!("/icons/{}.png", "a5".repeat(32));
        for (path, address, name) in [
            ("/", Address::Home, ""),
            ("/account/connections/x/disconnect", Address::Disconnect, "x"),
            ("/assets/a/b.css", Address::Asset, "/a/b.css"),
            ("/assets/", Address::Asset, "/"),
            ("/.well-known/oauth-protected-resource/api/v2", Address::ResourceMetadata, "/api/v2"),
            (&icon, Address::Icon, &icon[7..71]),
            ("/icons/..png", Address::Icon, "."),
        ] {
            assert_eq!(found(path), Some((address, [name, ""])), "{path}");
        }
    }

    #[test]
    fn no_other_spelling_leads_anywhere() {
        for path in [
            "",
            "*",
            "//",
            "/login/",
            "/Login",
            "/account/connections//disconnect",
            "/account/connections/x/y/disconnect",
            "/account/connections/x/disconnect/",
            "/account/connections/x",
            "/assets",
            "/assetsx/",
            "/.well-known/oauth-protected-resourcex/api",
            "/icons/",
            "/icons/.png",
            "/icons/../secrets.toml",
            "/ICONS/A5.PNG",
            "/icons/a5.png/",
            "icons/a5.png",
        ] {
            assert_eq!(found(path), None, "{path}");
        }
    }

    #[test]
    fn only_what_leads_somewhere_is_a_link() {
        let router = Router::ours();
        assert_eq!(router.link("", "/account").map(|link| link.to_string()), Some("/account".to_owned()));
        for elsewhere in
            ["//evil.example/account", "https://evil.example/account", "/\\evil.example", "account"]
        {
            assert_eq!(router.link("", elsewhere), None, "{elsewhere}");
        }
    }
}
