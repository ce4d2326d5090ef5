//! Manifest: the whole definition of an app as one text, TOML or JSON, its members called as declared state calls them.
//!
//! A manifest says what an app is to be and nothing of whose it is, where it stands or what proves it: it can be kept beside
//! the app's source, sent to a colleague, or turned into another app. The pages and the command line read it here, so a text
//! that one of them takes is taken by the other.

use serde::{Deserialize, Deserializer, Serialize, de};
use symbolon_oauth::client::{AuthenticationMethod, ClientType, GrantType, Level};
use symbolon_oauth::policy::UnknownScopes;

use super::registration::{DIALECT, LEVEL, Registration, scope_set};
use super::unfit::Key;

/// Bytes a manifest has at most.
pub const AT_MOST: usize = 32 * 1024;

/// How a manifest is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As declared state is.
    Toml,
    /// As programs like it.
    Json,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 2] = [Format::Toml, Format::Json];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Toml => "toml",
            Format::Json => "json",
        }
    }

    /// Reads that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.as_str() == text)
    }

    /// The one that a text is written in: an object in braces is JSON.
    #[must_use]
    pub fn of(text: &str) -> Format {
        if text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
            Format::Json
        } else {
            Format::Toml
        }
    }
}

/// Why a text is no manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfitManifest {
    /// The line, counted from one, where that is known.
    pub line: Option<usize>,
    /// What its parser says.
    pub message: String,
}

/// A list and a word that are what they are when nothing is said are left out, so that a short definition is a short text.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    publisher: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    homepage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    privacy_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    terms_url: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default, deserialize_with = "scopes")]
    scopes: Vec<String>,
    #[serde(default, deserialize_with = "scopes", skip_serializing_if = "Vec::is_empty")]
    optional_scopes: Vec<String>,
    #[serde(
        rename = "type",
        default,
        deserialize_with = "client_type",
        skip_serializing_if = "Option::is_none"
    )]
    client_type: Option<Word>,
    #[serde(default, deserialize_with = "level", skip_serializing_if = "Option::is_none")]
    level: Option<Word>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dialect: Option<String>,
    #[serde(default, deserialize_with = "grant_types", skip_serializing_if = "Option::is_none")]
    grant_types: Option<Vec<Word>>,
    #[serde(default, deserialize_with = "method", skip_serializing_if = "Option::is_none")]
    token_endpoint_auth_method: Option<Word>,
    #[serde(default, deserialize_with = "pkce", skip_serializing_if = "Option::is_none")]
    pkce: Option<Word>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    native: bool,
    #[serde(default, deserialize_with = "unknown_scopes", skip_serializing_if = "Option::is_none")]
    unknown_scopes: Option<Word>,
}

const EXCUSED: &str = "optional";

/// Reads a manifest, for the app with this public identifier.
///
/// # Errors
/// What is wrong with it, and on which line.
pub fn read(text: &str, client_id: &str) -> Result<Registration, UnfitManifest> {
    if text.len() > AT_MOST {
        return Err(UnfitManifest { line: None, message: format!("it is longer than {AT_MOST} bytes") });
    }
    let text = text.trim_start_matches('\u{feff}');
    let manifest: Manifest = match Format::of(text) {
        Format::Toml => toml::from_str(text).map_err(|error| UnfitManifest {
            line: error.span().map(|span| line_at(text, span.start)),
            message: error.message().to_owned(),
        })?,
        Format::Json => serde_json::from_str(text).map_err(|error| UnfitManifest {
            line: Some(error.line()).filter(|line| *line > 0),
            message: without_place(&error.to_string()),
        })?,
    };
    Ok(manifest.registration(client_id))
}

/// Writes one: what was asked for, without the public identifier and without a secret.
#[must_use]
pub fn write(registration: &Registration, format: Format) -> String {
    let manifest = Manifest::of(registration);
    // Texts, lists of texts and truth values can be written in both.
    match format {
        Format::Toml => toml::to_string(&manifest).unwrap_or_default(),
        Format::Json => {
            let mut text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
            text.push('\n');
            text
        }
    }
}

/// The line, counted from one, on which a member stands.
#[must_use]
pub fn line_of(text: &str, key: Key) -> Option<usize> {
    let own = |line: &str| {
        let (open, close) = match Format::of(text) {
            Format::Toml => ("", "="),
            Format::Json => ("\"", ":"),
        };
        let rest = line.trim_start().trim_start_matches('{').trim_start().strip_prefix(open)?;
        let rest = rest.strip_prefix(key.as_str())?.strip_prefix(open)?;
        rest.trim_start().starts_with(close).then_some(())
    };
    text.lines().position(|line| own(line).is_some()).map(|at| at + 1)
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// A message of the JSON parser without its own " at line 1 column 2".
fn without_place(message: &str) -> String {
    message.rsplit_once(" at line ").map_or(message, |(said, _)| said).to_owned()
}

impl Manifest {
    fn of(registration: &Registration) -> Manifest {
        let least = Registration::new("", "");
        let Registration {
            client_id: _,
            client_secret: _,
            name,
            publisher,
            publisher_verified: _,
            homepage,
            privacy_url,
            terms_url,
            redirect_uris,
            scopes,
            optional_scopes,
            client_type,
            level,
            dialect,
            grant_types,
            authentication_method,
            pkce_excused,
            native,
            unknown_scopes,
        } = registration;
        let listed = |scopes: &symbolon_oauth::scope::ScopeSet| scopes.iter().map(str::to_owned).collect();
        Manifest {
            name: name.clone(),
            publisher: publisher.clone(),
            homepage: homepage.clone(),
            privacy_url: privacy_url.clone(),
            terms_url: terms_url.clone(),
            redirect_uris: redirect_uris.clone(),
            scopes: listed(scopes),
            optional_scopes: listed(optional_scopes),
            client_type: (*client_type != least.client_type).then(|| Word(client_type.as_str())),
            level: (*level != LEVEL).then(|| Word(level.as_str())),
            dialect: (dialect != DIALECT).then(|| dialect.clone()),
            grant_types: grant_types.as_ref().map(|own| own.iter().map(|own| Word(own.as_str())).collect()),
            // Of a public app there is one.
            token_endpoint_auth_method: authentication_method
                .filter(|_| *client_type == ClientType::Confidential)
                .map(|own| Word(own.as_str())),
            pkce: pkce_excused.then_some(Word(EXCUSED)),
            native: *native,
            unknown_scopes: unknown_scopes.map(|own| Word(own.as_str())),
        }
    }

    fn registration(self, client_id: &str) -> Registration {
        let least = Registration::new(client_id, self.name);
        Registration {
            publisher: self.publisher,
            homepage: self.homepage,
            privacy_url: self.privacy_url,
            terms_url: self.terms_url,
            redirect_uris: self.redirect_uris,
            scopes: self.scopes.iter().map(String::as_str).collect(),
            optional_scopes: self.optional_scopes.iter().map(String::as_str).collect(),
            client_type: self
                .client_type
                .and_then(|word| ClientType::parse(word.0))
                .unwrap_or(least.client_type),
            level: self.level.and_then(|word| Level::parse(word.0)).unwrap_or(LEVEL),
            dialect: self.dialect.unwrap_or(least.dialect),
            grant_types: self
                .grant_types
                .map(|own| own.into_iter().filter_map(|word| GrantType::parse(word.0)).collect()),
            authentication_method: self
                .token_endpoint_auth_method
                .and_then(|word| AuthenticationMethod::parse(word.0)),
            pkce_excused: self.pkce == Some(Word(EXCUSED)),
            native: self.native,
            unknown_scopes: self.unknown_scopes.and_then(|word| UnknownScopes::parse(word.0)),
            client_id: least.client_id,
            client_secret: None,
            name: least.name,
            publisher_verified: false,
        }
    }
}

/// One of a few words, as a list has it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
struct Word(&'static str);

fn word<E: de::Error>(text: &str, words: &'static [&'static str]) -> Result<Word, E> {
    let known = words.iter().copied().find(|word| *word == text);
    known.map(Word).ok_or_else(|| E::unknown_variant(text, words))
}

fn one_of<'de, D: Deserializer<'de>>(d: D, words: &'static [&'static str]) -> Result<Option<Word>, D::Error> {
    word(&String::deserialize(d)?, words).map(Some)
}

fn client_type<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Word>, D::Error> {
    one_of(d, &["confidential", "public"])
}
fn level<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Word>, D::Error> {
    one_of(d, &["user", "tenant"])
}
fn method<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Word>, D::Error> {
    one_of(d, &["client_secret_basic", "client_secret_post", "none"])
}
fn pkce<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Word>, D::Error> {
    one_of(d, &["required", EXCUSED])
}
fn unknown_scopes<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Word>, D::Error> {
    one_of(d, &["narrow", "refuse"])
}
fn grant_types<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Vec<Word>>, D::Error> {
    const WORDS: &[&str] = &["authorization_code", "refresh_token", "client_credentials"];
    Vec::<String>::deserialize(d)?.iter().map(|text| word(text, WORDS)).collect::<Result<_, _>>().map(Some)
}

fn scopes<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(d)?;
    scope_set(&names).map_err(de::Error::custom)?;
    Ok(names)
}

#[cfg(test)]
mod tests;
