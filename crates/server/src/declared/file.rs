//! The shape of a declared-state file. Unknown keys and values that mean nothing are refused with their line.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de};
use symbolon_oauth::client::{AuthenticationMethod, ClientType, GrantType, Level};
use symbolon_oauth::credential::Secret;
use symbolon_oauth::policy::UnknownScopes;
use symbolon_oauth::quoted::Excerpt;
use symbolon_oauth::redirect_uri;
use symbolon_oauth::scope::{ScopeSet, is_scope_token};
use symbolon_platform::app::registration::{check_redirect_uris, scope_set};
use symbolon_platform::app::{AppStatus, Registration};
use symbolon_platform::catalogue::{Sensitivity, Text, Texts};
use symbolon_platform::given_secret::{self, UnfitSecret};
use symbolon_platform::name::UnfitName;
use symbolon_platform::tenant::{Standing, TenantKind};
use symbolon_platform::{account, name};

use crate::language::Language;
use crate::password::Foreign;

/// Bytes a URL has at most.
const URL_AT_MOST: usize = 2000;

/// Everything that files declare, in their order.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Entries {
    pub scope: Vec<ScopeEntry>,
    pub role: Vec<RoleEntry>,
    pub tenant: Vec<TenantEntry>,
    pub user: Vec<UserEntry>,
    pub membership: Vec<MembershipEntry>,
    pub app: Vec<DeclaredApp>,
    pub resource: Vec<ResourceEntry>,
    pub api_key: Vec<ApiKeyEntry>,
}

impl Entries {
    /// Adds what another file declares.
    pub(super) fn extend(&mut self, more: Entries) {
        self.scope.extend(more.scope);
        self.role.extend(more.role);
        self.tenant.extend(more.tenant);
        self.user.extend(more.user);
        self.membership.extend(more.membership);
        self.app.extend(more.app);
        self.resource.extend(more.resource);
        self.api_key.extend(more.api_key);
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScopeEntry {
    #[serde(deserialize_with = "scope_name")]
    pub name: String,
    #[serde(deserialize_with = "shown_name")]
    pub title: String,
    #[serde(default, deserialize_with = "sentence")]
    pub description: String,
    #[serde(default = "normal", deserialize_with = "sensitivity")]
    pub sensitivity: Sensitivity,
    #[serde(default, deserialize_with = "scope_list")]
    pub includes: ScopeSet,
    #[serde(default, deserialize_with = "scope_texts")]
    pub text: Texts,
}

/// What a scope is called in another language.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopeText {
    #[serde(default, deserialize_with = "shown_names")]
    title: Option<String>,
    #[serde(default, deserialize_with = "sentences")]
    description: Option<String>,
}

/// What a role is called in another language.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleText {
    #[serde(deserialize_with = "shown_name")]
    title: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleEntry {
    #[serde(deserialize_with = "identifier")]
    pub key: String,
    #[serde(deserialize_with = "shown_name")]
    pub title: String,
    #[serde(default, deserialize_with = "scope_list")]
    pub scopes: ScopeSet,
    #[serde(default)]
    pub can_install: bool,
    #[serde(default)]
    pub can_approve: bool,
    #[serde(default, deserialize_with = "role_texts")]
    pub text: Texts,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TenantEntry {
    #[serde(deserialize_with = "external_id")]
    pub id: String,
    #[serde(deserialize_with = "shown_name")]
    pub name: String,
    #[serde(default = "organization", deserialize_with = "tenant_kind")]
    pub kind: TenantKind,
    #[serde(default, deserialize_with = "web_address")]
    pub base_url: Option<String>,
    #[serde(default, deserialize_with = "shown_names")]
    pub region: Option<String>,
    #[serde(default, deserialize_with = "standing")]
    pub status: Option<Standing>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserEntry {
    #[serde(deserialize_with = "external_id")]
    pub id: String,
    #[serde(deserialize_with = "email")]
    pub email: String,
    #[serde(default, deserialize_with = "shown_names")]
    pub username: Option<String>,
    #[serde(default, deserialize_with = "shown_names")]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "given_password")]
    pub password: Option<String>,
    #[serde(default, deserialize_with = "foreign_hash")]
    pub password_hash: Option<String>,
    #[serde(default)]
    pub staff: bool,
    #[serde(default, deserialize_with = "standing")]
    pub status: Option<Standing>,
}

impl std::fmt::Debug for UserEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserEntry").field("id", &self.id).finish_non_exhaustive()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MembershipEntry {
    pub tenant: String,
    pub user: String,
    pub role: String,
    #[serde(default, deserialize_with = "standing")]
    pub status: Option<Standing>,
}

/// An app as it is declared: what is registered, and what whoever declares it decides besides.
#[derive(Debug, Deserialize)]
#[serde(from = "AppEntry")]
pub struct DeclaredApp {
    /// What it is to be.
    pub registration: Registration,
    /// The hash by which another server knew its secret.
    pub secret_hash: Option<String>,
    /// The file with its picture.
    pub icon: Option<String>,
    /// The developer who owns it, by the host's identifier.
    pub owner: Option<String>,
    /// Where it stands; absent: live when it is new, else as it is.
    pub status: Option<AppStatus>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppEntry {
    #[serde(deserialize_with = "identifier")]
    client_id: String,
    #[serde(default, deserialize_with = "given_secret")]
    client_secret: Option<String>,
    #[serde(default, deserialize_with = "foreign_hash")]
    secret_hash: Option<String>,
    name: String,
    icon: Option<String>,
    publisher: Option<String>,
    #[serde(default)]
    publisher_verified: bool,
    homepage: Option<String>,
    privacy_url: Option<String>,
    terms_url: Option<String>,
    #[serde(default, deserialize_with = "redirect_uris")]
    redirect_uris: Vec<String>,
    #[serde(default, deserialize_with = "scope_list")]
    scopes: ScopeSet,
    #[serde(default, deserialize_with = "scope_list")]
    optional_scopes: ScopeSet,
    #[serde(rename = "type", default, deserialize_with = "client_type")]
    client_type: Option<ClientType>,
    #[serde(default, deserialize_with = "level")]
    level: Option<Level>,
    dialect: Option<String>,
    #[serde(default, deserialize_with = "status")]
    status: Option<AppStatus>,
    owner: Option<String>,
    #[serde(default, deserialize_with = "grant_types")]
    grant_types: Option<Vec<GrantType>>,
    #[serde(default, deserialize_with = "authentication_method")]
    token_endpoint_auth_method: Option<AuthenticationMethod>,
    #[serde(default, deserialize_with = "pkce_excused")]
    pkce: bool,
    #[serde(default)]
    native: bool,
    #[serde(default, deserialize_with = "unknown_scopes")]
    unknown_scopes: Option<UnknownScopes>,
}

impl From<AppEntry> for DeclaredApp {
    fn from(entry: AppEntry) -> DeclaredApp {
        let least = Registration::new(entry.client_id, entry.name);
        let registration = Registration {
            client_secret: entry.client_secret.map(Secret::given),
            publisher: entry.publisher,
            publisher_verified: entry.publisher_verified,
            homepage: entry.homepage,
            privacy_url: entry.privacy_url,
            terms_url: entry.terms_url,
            redirect_uris: entry.redirect_uris,
            scopes: entry.scopes,
            optional_scopes: entry.optional_scopes,
            client_type: entry.client_type.unwrap_or(least.client_type),
            level: entry.level.unwrap_or(least.level),
            dialect: entry.dialect.unwrap_or(least.dialect),
            grant_types: entry.grant_types,
            authentication_method: entry.token_endpoint_auth_method,
            pkce_excused: entry.pkce,
            native: entry.native,
            unknown_scopes: entry.unknown_scopes,
            client_id: least.client_id,
            name: least.name,
        };
        DeclaredApp {
            registration,
            secret_hash: entry.secret_hash,
            icon: entry.icon,
            owner: entry.owner,
            status: entry.status,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResourceEntry {
    #[serde(deserialize_with = "absolute_uri")]
    pub identifier: String,
    #[serde(deserialize_with = "shown_name")]
    pub title: String,
    #[serde(default, deserialize_with = "scope_list")]
    pub scopes: ScopeSet,
    #[serde(default, deserialize_with = "given_secret")]
    pub key: Option<String>,
}

impl std::fmt::Debug for ResourceEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResourceEntry").field("identifier", &self.identifier).finish_non_exhaustive()
    }
}

/// Understood so that a file written for a later version is refused by a true sentence, not by a wrong one.
#[derive(Debug, Deserialize)]
pub(super) struct ApiKeyEntry {
    #[serde(default)]
    pub name: String,
}

fn normal() -> Sensitivity {
    Sensitivity::Normal
}
fn organization() -> TenantKind {
    TenantKind::Organization
}

fn word<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    parse: fn(&str) -> Option<T>,
    words: &str,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| de::Error::custom(format!("{} is not one of {words}", Excerpt(&text))))
}

fn sensitivity<'de, D: Deserializer<'de>>(d: D) -> Result<Sensitivity, D::Error> {
    word(d, Sensitivity::parse, "normal, sensitive, restricted")
}
fn tenant_kind<'de, D: Deserializer<'de>>(d: D) -> Result<TenantKind, D::Error> {
    word(d, TenantKind::parse, "organization, personal")
}
fn standing<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Standing>, D::Error> {
    word(d, Standing::parse, "active, disabled").map(Some)
}
fn client_type<'de, D: Deserializer<'de>>(d: D) -> Result<Option<ClientType>, D::Error> {
    word(d, ClientType::parse, "confidential, public").map(Some)
}
fn level<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Level>, D::Error> {
    word(d, Level::parse, "user, tenant").map(Some)
}
fn status<'de, D: Deserializer<'de>>(d: D) -> Result<Option<AppStatus>, D::Error> {
    word(d, AppStatus::parse, "development, live, suspended").map(Some)
}
fn authentication_method<'de, D: Deserializer<'de>>(d: D) -> Result<Option<AuthenticationMethod>, D::Error> {
    word(d, AuthenticationMethod::parse, "client_secret_basic, client_secret_post, none").map(Some)
}
fn pkce_excused<'de, D: Deserializer<'de>>(d: D) -> Result<bool, D::Error> {
    let excused = |text: &str| match text {
        "optional" => Some(true),
        "required" => Some(false),
        _ => None,
    };
    word(d, excused, "required, optional")
}
fn unknown_scopes<'de, D: Deserializer<'de>>(d: D) -> Result<Option<UnknownScopes>, D::Error> {
    word(d, UnknownScopes::parse, "narrow, refuse").map(Some)
}

fn grant_types<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Vec<GrantType>>, D::Error> {
    let known = |text: &String| {
        GrantType::parse(text).ok_or_else(|| {
            de::Error::custom(format!(
                "{} is not one of authorization_code, refresh_token, client_credentials",
                Excerpt(text)
            ))
        })
    };
    Vec::<String>::deserialize(d)?.iter().map(known).collect::<Result<_, _>>().map(Some)
}

fn scope_name<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    let name = String::deserialize(d)?;
    if is_scope_token(&name) && name != "*" && name.len() <= name::AT_MOST {
        return Ok(name);
    }
    Err(de::Error::custom(format!(
        "{} cannot name a scope: at most {} characters, no blanks, quotes or backslashes, and not \"*\"",
        Excerpt(&name),
        name::AT_MOST
    )))
}

fn scope_list<'de, D: Deserializer<'de>>(d: D) -> Result<ScopeSet, D::Error> {
    scope_set(&Vec::<String>::deserialize(d)?).map_err(de::Error::custom)
}

fn identifier<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    let id = String::deserialize(d)?;
    name::check_identifier(&id).map_err(de::Error::custom)?;
    Ok(id)
}

fn shown_name<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    fitting(String::deserialize(d)?, name::check)
}

fn shown_names<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    shown_name(d).map(Some)
}

fn sentence<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    fitting(String::deserialize(d)?, name::check_sentence)
}

fn sentences<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    sentence(d).map(Some)
}

fn scope_texts<'de, D: Deserializer<'de>>(d: D) -> Result<Texts, D::Error> {
    let own = |ScopeText { title, description }| Text { title, description };
    in_languages(BTreeMap::<String, ScopeText>::deserialize(d)?, own)
}

fn role_texts<'de, D: Deserializer<'de>>(d: D) -> Result<Texts, D::Error> {
    let own = |RoleText { title }| Text { title: Some(title), description: None };
    in_languages(BTreeMap::<String, RoleText>::deserialize(d)?, own)
}

/// Texts by languages that the pages speak: nobody would read another one.
fn in_languages<T, E: de::Error>(said: BTreeMap<String, T>, text: impl Fn(T) -> Text) -> Result<Texts, E> {
    let known: Vec<&str> = Language::all().map(Language::tag).collect();
    let own = said.into_iter().map(|(tag, said)| (tag, text(said)));
    own.map(|(tag, text)| match known.contains(&tag.as_str()) {
        true if text == Text::default() => {
            Err(E::custom(format!("text.{tag} says nothing: write a title or a description")))
        }
        true => Ok((tag, text)),
        false => {
            let (tag, known) = (Excerpt(&tag), known.join(", "));
            Err(E::custom(format!("{tag} is not a language of the pages: they speak {known}")))
        }
    })
    .collect()
}

/// A text that people are shown.
fn fitting<E: de::Error>(text: String, check: fn(&str) -> Result<(), UnfitName>) -> Result<String, E> {
    match check(&text) {
        Ok(()) => Ok(text),
        Err(why) => Err(E::custom(format!("{} {why}", Excerpt(&text)))),
    }
}

fn external_id<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    let id = String::deserialize(d)?;
    name::check_external_id(&id).map_err(de::Error::custom)?;
    Ok(id)
}

fn email<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    let text = String::deserialize(d)?;
    account::email(&text)
        .ok_or_else(|| de::Error::custom(format!("{} is not an e-mail address", Excerpt(&text))))
}

/// An empty one is never taken, whatever an operator allows.
fn given_secret<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(d)?;
    match given_secret::check(&text, &[]) {
        Err(UnfitSecret::Empty) => Err(de::Error::custom(EMPTY)),
        Ok(()) | Err(UnfitSecret::Weak) => Ok(Some(text)),
    }
}

fn given_password<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(d)?;
    if text.is_empty() {
        return Err(de::Error::custom(EMPTY));
    }
    if text.len() > account::PASSWORD_AT_MOST {
        let most = account::PASSWORD_AT_MOST;
        return Err(de::Error::custom(format!(
            "a password has at most {most} bytes, or nobody could sign in with it"
        )));
    }
    Ok(Some(text))
}

/// Nothing of it is shown: whoever reads the log of an import could try it at leisure.
fn foreign_hash<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(d)?;
    Foreign::read(&text).map_err(de::Error::custom)?;
    Ok(Some(text))
}

const EMPTY: &str = "an empty secret opens to everybody: give one, or leave the key out to have one made";

fn redirect_uris<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<String>, D::Error> {
    let uris = Vec::<String>::deserialize(d)?;
    // What only native apps have is judged with the rest of the entry.
    check_redirect_uris(&uris, redirect_uri::Kind::Native).map_err(de::Error::custom)?;
    Ok(uris)
}

fn web_address<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(d)?;
    match parsed(&text).map(|url| url.scheme().to_owned()).as_deref() {
        Some("https" | "http") => Ok(Some(text)),
        _ => Err(de::Error::custom(format!(
            "{} is not a web address such as https://example.com",
            Excerpt(&text)
        ))),
    }
}

fn absolute_uri<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    let text = String::deserialize(d)?;
    match parsed(&text) {
        Some(url) if url.fragment().is_none() => Ok(text),
        _ => Err(de::Error::custom(format!(
            "{} is not an absolute URI without a fragment (RFC 8707)",
            Excerpt(&text)
        ))),
    }
}

/// A URL as it stands there: a parser would drop blanks and line ends of it.
fn parsed(text: &str) -> Option<url::Url> {
    let fits = text.len() <= URL_AT_MOST && !text.contains(|c: char| c.is_whitespace() || name::is_hidden(c));
    url::Url::parse(text).ok().filter(|_| fits && !name::is_stacked(text))
}
