//! What the back channel goes by: how a request is read, how refresh tokens turn, what a revocation ends.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::client::{AuthenticationMethod, GrantType};
use crate::policy::{Cascade, OldAccessToken, Rotation, Rotations};
use crate::time::Lifetime;

/// A kind of body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyFormat {
    /// Form text.
    Form,
    /// One object.
    Json,
}

/// Where a token is looked for in a request: `"body"`, or a header and perhaps a scheme, such as `"Authorization Bearer"`
/// or `"X-Access-Token"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenPlace {
    /// The parameter of its name in the body.
    Body,
    /// A header, and the scheme before the token, if there is one.
    Header(String, Option<String>),
}

impl TokenPlace {
    /// `Authorization: Bearer` (RFC 6750 §2.1).
    #[must_use]
    pub fn bearer() -> TokenPlace {
        TokenPlace::Header("authorization".to_owned(), Some("Bearer".to_owned()))
    }
}

impl<'de> Deserialize<'de> for TokenPlace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "body" {
            return Ok(TokenPlace::Body);
        }
        let mut words = text.split(' ');
        let (header, scheme) = (words.next().unwrap_or_default(), words.next());
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let plain_authorization = header.eq_ignore_ascii_case("authorization") && scheme.is_none();
        if words.next().is_some() || !is_word(header) || !scheme.is_none_or(is_word) || plain_authorization {
            return Err(de::Error::custom(format!(
                "'{text}' is no place of a token: write \"body\", or a header and its scheme such as \"Authorization Bearer\" \
                 or \"X-Access-Token\""
            )));
        }
        Ok(TokenPlace::Header(header.to_ascii_lowercase(), scheme.map(str::to_owned)))
    }
}

/// What becomes of parameters that nobody reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownParameters {
    /// They are ignored (RFC 6749 §3.2).
    #[default]
    Ignore,
    /// The request is refused.
    Reject,
}

/// Whether a secret and a PKCE verifier may stand in one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretAndVerifier {
    /// They may.
    #[default]
    Both,
    /// One or the other.
    Exclusive,
}

/// The back channel's knobs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenRules {
    /// The bodies it reads.
    pub bodies: Vec<BodyFormat>,
    /// The grant types it serves.
    #[serde(deserialize_with = "grant_types")]
    pub grant_types: Vec<GrantType>,
    /// The grant type of a request that names none.
    #[serde(deserialize_with = "grant_type")]
    pub default_grant_type: Option<GrantType>,
    /// Grant types that have another name on this wire: the registered name → the name here.
    #[serde(deserialize_with = "grant_type_names")]
    pub grant_type_names: BTreeMap<String, String>,
    /// The ways in which a client may prove itself.
    #[serde(deserialize_with = "methods")]
    pub authentication: Vec<AuthenticationMethod>,
    /// Whether a client may send the same credentials by header and by body.
    pub same_proof_twice: bool,
    /// Where the token is looked for, in this order: at a token endpoint the refresh token.
    pub token_from: Option<Vec<TokenPlace>>,
    /// Whether an app of another dialect may ask about, or end, its own tokens here. It gets none here, whatever this says.
    pub foreign_clients: bool,
    /// What becomes of unknown parameters.
    pub unknown_parameters: UnknownParameters,
    /// Whether a secret and a verifier may come together.
    pub secret_and_verifier: SecretAndVerifier,
    /// Whether a `redirect_uri` sent with a refresh must be one of the app's.
    pub redirect_uri_on_refresh: bool,
    /// Whether a refresh token goes out at all.
    pub refresh_tokens: bool,
    /// How refresh tokens turn.
    pub rotation: Rotation,
    /// How one turns that came in a header; as `rotation` when absent.
    pub rotation_from_header: Option<Rotation>,
    /// How those of public clients turn; as `rotation` when absent.
    pub rotation_of_public_clients: Option<Rotation>,
    /// What a refresh does to the access token before.
    pub old_access_token: OldAccessToken,
    /// Whether a new connection ends the tokens of the one before.
    pub one_family_per_grant: bool,
}

impl Default for TokenRules {
    fn default() -> Self {
        TokenRules {
            bodies: vec![BodyFormat::Form, BodyFormat::Json],
            grant_types: GrantType::ALL.to_vec(),
            default_grant_type: None,
            grant_type_names: BTreeMap::new(),
            authentication: AuthenticationMethod::ALL.to_vec(),
            same_proof_twice: false,
            token_from: None,
            foreign_clients: false,
            unknown_parameters: UnknownParameters::Ignore,
            secret_and_verifier: SecretAndVerifier::Both,
            redirect_uri_on_refresh: false,
            refresh_tokens: true,
            rotation: Rotation::Strict,
            rotation_from_header: None,
            rotation_of_public_clients: None,
            old_access_token: OldAccessToken::Keep,
            one_family_per_grant: false,
        }
    }
}

impl TokenRules {
    /// How every refresh token turns.
    #[must_use]
    pub fn rotations(&self) -> Rotations {
        Rotations {
            usual: self.rotation,
            from_header: self.rotation_from_header,
            of_public_clients: self.rotation_of_public_clients,
        }
    }
}

/// Who must prove what at a revocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevokeProof {
    /// The client proves itself (RFC 7009 §2.1).
    #[default]
    Required,
    /// Holding the token is enough.
    None,
}

/// What a token is answered that nobody knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownToken {
    /// The same as one that was revoked (RFC 7009 §2.2).
    #[default]
    Ignore,
    /// 401.
    Refuse,
}

/// Revocation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RevokeRules {
    /// Who must prove what.
    pub client: RevokeProof,
    /// What ends with an access token.
    pub cascade: Cascade,
    /// What an unknown token is answered.
    pub unknown: UnknownToken,
    /// How long an access token that expired is still known once there is a newer one.
    pub expired_for: Lifetime,
    /// The status of success.
    pub status: u16,
    /// The body of success.
    pub body: String,
}

impl Default for RevokeRules {
    fn default() -> Self {
        RevokeRules {
            client: RevokeProof::Required,
            cascade: Cascade::Token,
            unknown: UnknownToken::Ignore,
            expired_for: Lifetime::seconds(0),
            status: 200,
            // RFC 7009 asks for a status only; clients that read every answer as JSON get an empty object.
            body: "{}".to_owned(),
        }
    }
}

fn named<T, E: de::Error>(
    name: &str,
    parse: impl Fn(&str) -> Option<T>,
    known: impl fmt::Display,
) -> Result<T, E> {
    parse(name).ok_or_else(|| E::custom(format!("'{name}' is not known here: write {known}")))
}

const GRANT_TYPES: &str = "authorization_code, refresh_token or client_credentials";

fn grant_types<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<GrantType>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    names.iter().map(|name| named(name, GrantType::parse, GRANT_TYPES)).collect()
}

fn grant_type<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<GrantType>, D::Error> {
    named(&String::deserialize(deserializer)?, GrantType::parse, GRANT_TYPES).map(Some)
}

fn grant_type_names<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    let names = BTreeMap::<String, String>::deserialize(deserializer)?;
    let registered = names.keys().try_for_each(|name| named(name, GrantType::parse, GRANT_TYPES).map(drop));
    registered.map(|()| names)
}

fn methods<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<AuthenticationMethod>, D::Error> {
    let known = "client_secret_basic, client_secret_post or none";
    let names = Vec::<String>::deserialize(deserializer)?;
    names.iter().map(|name| named(name, AuthenticationMethod::parse, known)).collect()
}
