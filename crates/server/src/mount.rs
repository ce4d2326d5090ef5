//! From a `[[dialect]]` of the configuration to a dialect that may be spoken here.
//!
//! Its text is read from a preset or a file, the operator's name and lifetimes are laid over it, and only then is it
//! judged: a lifetime that the operator writes is as dangerous as one in the file. The server, the command line and
//! the doctor all read dialects here, so they agree on what is right, and every sentence names the file.

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use symbolon_oauth::client::ClientType;
use symbolon_oauth::dialect::{Dialect, DialectError, bounds};
use symbolon_oauth::pkce::PkceRule;
use symbolon_oauth::policy::Policy;

use crate::config::{Config, DialectDefinition, DialectSource, explain};
use crate::routes::{self, router::Router};
use crate::served::{Mounted, Place};

/// Why a dialect cannot be spoken: one sentence with its place for each thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountError(Vec<String>);

impl MountError {
    fn new(sentence: impl Into<String>) -> MountError {
        MountError(vec![sentence.into()])
    }

    /// The error of a text that was read from `place`.
    #[must_use]
    pub fn of(error: DialectError, text: &str, place: &str) -> MountError {
        match error {
            DialectError::Written(error) => MountError::new(explain(&error, text, place)),
            DialectError::Dangerous(dangers) => MountError(
                dangers
                    .into_iter()
                    .map(|danger| match danger.line {
                        Some(line) => format!("{place} line {line}: {danger}"),
                        None => format!("{place}: {danger}"),
                    })
                    .collect(),
            ),
            DialectError::NoPreset(_) => MountError::new(error.to_string()),
        }
    }

    /// The sentences.
    #[must_use]
    pub fn sentences(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for MountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl std::error::Error for MountError {}

impl DialectSource {
    /// Where the dialect is written down, in words.
    #[must_use]
    pub fn place(&self) -> String {
        match &self.definition {
            DialectDefinition::Preset(name) => format!("the dialect preset {name}"),
            DialectDefinition::File(path) => path.display().to_string(),
        }
    }

    /// The TOML text that describes it.
    ///
    /// # Errors
    /// When the file cannot be read or there is no such preset.
    pub fn text(&self) -> Result<Cow<'static, str>, MountError> {
        match &self.definition {
            DialectDefinition::Preset(name) => {
                Dialect::preset_text(name).map(Cow::Borrowed).map_err(|error| MountError::of(error, "", ""))
            }
            DialectDefinition::File(path) => match read(path) {
                Ok(text) => Ok(Cow::Owned(text)),
                Err(e) => {
                    Err(MountError::new(format!("cannot read the dialect file {}: {e}", path.display())))
                }
            },
        }
    }

    /// The dialect, under its name here and with its lifetimes here.
    ///
    /// # Errors
    /// A sentence for everything that keeps it from being spoken.
    pub fn dialect(&self) -> Result<Dialect, MountError> {
        let (text, place) = (self.text()?, self.place());
        let mut dialect = Dialect::parse_with(&text, &self.lifetimes)
            .map_err(|error| MountError::of(error, &text, &place))?;
        if let Some(name) = &self.name {
            dialect.name.clone_from(name);
        }
        Ok(dialect)
    }
}

/// The text of a dialect's file. Of one that is too long no more is read than shows that it is.
///
/// # Errors
/// As a file's.
pub fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(bounds::FILE_AT_MOST as u64 + 4).read_to_string(&mut text)?;
    Ok(text)
}

/// Every dialect that is spoken: the standard endpoints, then those of the configuration in its order. No two have one
/// name, because an app names the one it speaks.
///
/// # Errors
/// The first that cannot be spoken.
pub fn dialects(config: &Config) -> Result<Vec<Dialect>, MountError> {
    let standard = Dialect::preset("rfc").map_err(|error| MountError::of(error, "", "the preset rfc"))?;
    let mut dialects = vec![standard];
    for source in &config.dialects {
        let dialect = source.dialect()?;
        if dialects.iter().any(|other| other.name == dialect.name) {
            return Err(MountError::new(format!(
                "two dialects are named \"{}\" ({} is the second): give its [[dialect]] a `name` of its own, \
                 which apps then write",
                dialect.name,
                source.place()
            )));
        }
        dialects.push(dialect);
    }
    Ok(dialects)
}

/// The knobs of the standard endpoints, from the configuration.
fn server_policy(config: &Config) -> Policy {
    let tokens = &config.tokens;
    Policy {
        code: tokens.code_ttl,
        access: tokens.access_ttl,
        refresh: tokens.refresh_ttl,
        refresh_max_confidential: tokens.refresh_max_ttl(ClientType::Confidential),
        refresh_max_public: tokens.refresh_max_ttl(ClientType::Public),
        grace: tokens.refresh_reuse_grace,
        unknown_scopes: tokens.unknown_scopes,
        pkce: if config.pkce_required { PkceRule::Required } else { PkceRule::RequiredForPublic },
        ..Policy::default()
    }
}

/// What is mounted, and where each address leads.
///
/// # Errors
/// The first dialect that cannot be spoken, or the address at which two of them would answer.
pub fn mounted(config: &Config) -> Result<(Vec<Arc<Mounted>>, Router), MountError> {
    let server = server_policy(config);
    let places = config.dialects.iter().map(places_of);
    let places = std::iter::once(vec![Place::Below(String::new())]).chain(places);
    let issuer = config.issuer.as_str().to_owned();
    let mount = |(dialect, places): (Dialect, Vec<Place>)| {
        let (issuer, server) = (issuer.as_str(), &server);
        places.into_iter().map(move |place| Arc::new(Mounted::new(dialect.clone(), server, place, issuer)))
    };
    let mounted: Vec<_> = dialects(config)?.into_iter().zip(places).flat_map(mount).collect();
    let issuer = config.issuer.authority();
    // The first is the standard one, whose addresses are this server's own.
    if let Some(address) =
        mounted.iter().skip(1).find_map(|own| before_the_standard(own, &mounted[0], issuer))
    {
        return Err(MountError::new(format!(
            "a dialect would answer at {address}, where the standard endpoints stand: give its [[dialect]] a `prefix`, or \
             `hosts` other than the issuer's"
        )));
    }
    let page = |own: &Arc<Mounted>| shadowed(own).map(|address| (address, own.place.host().is_some()));
    if let Some((address, on_hosts)) = mounted.iter().find_map(page) {
        // On a host of its own a dialect answers without its prefix, too.
        let mend = if on_hosts {
            "write another path in its file, or give its [[dialect]] a `prefix` in the place of `hosts`"
        } else {
            "give its [[dialect]] another `prefix`"
        };
        return Err(MountError::new(format!(
            "a dialect would answer at {address}, where a page of this server stands: {mend}"
        )));
    }
    if let Some(address) = mounted.iter().skip(1).find_map(|own| reserved(own, issuer)) {
        return Err(MountError::new(format!(
            "a dialect would answer at {address}, where this server keeps its own pages and addresses ({}): give its \
             [[dialect]] another `prefix`, or `hosts` of its own instead",
            routes::RESERVED.map(|first| format!("/{first}")).join(", ")
        )));
    }
    match Router::new(mounted.iter().map(AsRef::as_ref), issuer) {
        Ok(router) => Ok((mounted, router)),
        Err(twice) => Err(MountError::new(format!(
            "two dialects answer at {twice}: give one of them another prefix or hosts"
        ))),
    }
}

/// Where a dialect stands: at the root of each of its hosts; below its prefix, or without hosts, everywhere.
fn places_of(source: &DialectSource) -> Vec<Place> {
    let at_home = source.hosts.iter().cloned().map(Place::Host);
    let stands = source.hosts.is_empty() || !source.prefix.is_empty();
    at_home.chain(stands.then(|| Place::Below(source.prefix.clone()))).collect()
}

/// A standard endpoint that a dialect on the issuer's own host would stand before, if there is one; or one that it would be
/// taken for.
fn before_the_standard(mounted: &Mounted, standard: &Mounted, issuer: &str) -> Option<String> {
    let taken: Vec<String> = paths(standard).map(|path| folded(&path)).collect();
    on_the_issuer(mounted, issuer).find(|address| taken.contains(&folded(address)))
}

/// An address as somebody who does not look closely reads it.
fn folded(address: &str) -> String {
    let plain = address.trim_end_matches('/').to_ascii_lowercase();
    if plain.is_empty() { "/".to_owned() } else { plain }
}

/// A page of ours that a dialect would stand before, if there is one: under its very address, or under a spelling that a
/// proxy or a person takes for it.
fn shadowed(mounted: &Mounted) -> Option<String> {
    let ours = Router::ours();
    let stands =
        |path: &str| ours.find("", path).is_some() || routes::PROBES.iter().any(|own| own.path == path);
    let is_ours = |address: &String| {
        stands(address) || stands(&address.to_ascii_lowercase()) || stands(&folded(address))
    };
    paths(mounted).find(is_ours)
}

/// An address of a dialect below what this server keeps for itself on the issuer's host, if there is one. On a host of its
/// own a dialect speaks as its vendor does.
fn reserved(mounted: &Mounted, issuer: &str) -> Option<String> {
    on_the_issuer(mounted, issuer).find(|address| routes::is_reserved(address))
}

/// The addresses of a dialect on the issuer's own host.
fn on_the_issuer<'a>(mounted: &'a Mounted, issuer: &str) -> impl Iterator<Item = String> + use<'a> {
    let stands = match &mounted.place {
        Place::Host(host) => host.eq_ignore_ascii_case(issuer),
        Place::Below(_) => true,
    };
    paths(mounted).filter(move |_| stands)
}

/// The addresses of a dialect where it stands, without the host.
fn paths(mounted: &Mounted) -> impl Iterator<Item = String> {
    let prefix = mounted.place.prefix();
    let paths = mounted.dialect.endpoints.iter().flat_map(|endpoint| &endpoint.paths);
    paths.map(move |path| format!("{prefix}{path}"))
}

#[cfg(test)]
mod tests;
