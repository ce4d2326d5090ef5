//! Response template: one member of an answer, and the shape that a list of them makes.
//!
//! A dot in a name nests: `owner.id` is the member `id` of the object `owner`. The nesting is worked out once, when the
//! dialect is read, so that writing an answer is a walk over a list.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// What a member shows. A source without a value leaves its member out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The access token.
    AccessToken,
    /// `Bearer`.
    TokenType,
    /// The life left of the access token; none when it never ends.
    ExpiresIn,
    /// When the access token ends; none when it never does.
    ExpiresAt,
    /// The refresh token; none when there is none.
    RefreshToken,
    /// The life left of the refresh token; none when it never ends.
    RefreshExpiresIn,
    /// When the refresh token ends; none when it never does.
    RefreshExpiresAt,
    /// The scopes; none when there is none.
    Scope,
    /// Now.
    IssuedAt,
    /// Where the tenant's API is.
    BaseUrl,
    /// The host's identifier of the tenant.
    TenantId,
    /// The tenant's name. That of a personal tenant is its person's, and as seldom told.
    TenantName,
    /// The host's name for where the tenant's data live.
    Region,
    /// `user` or `tenant`.
    Level,
    /// The person's role in the tenant; none at tenant level.
    Role,
    /// The host's identifier of the person; none at tenant level.
    UserId,
    /// The person's name; none at tenant level, and none for an app that may not know it.
    UserName,
    /// The person's short public name; none at tenant level.
    Username,
    /// The person's e-mail address; none at tenant level, none where nobody has proven it, and none for an app that may not
    /// know it.
    Email,
    /// `true` where [`Source::Email`] has a value; none elsewhere, as no other address is shown.
    EmailVerified,
    /// The identifier of the person, or at tenant level of the tenant.
    OwnerId,
    /// The name of the person, or at tenant level of the tenant.
    OwnerName,
    /// The person's role, or at tenant level the word `tenant`.
    OwnerType,
    /// The short name of the person, or at tenant level the name of the team. Where there is none, the identifier: never a
    /// name that people give themselves.
    OwnerUsername,
    /// The app's `client_id`.
    ClientId,
    /// The app's name.
    AppName,
    /// `confidential` or `public`.
    ClientType,
    /// The app's first redirect URI; as a list, all of them.
    RedirectUri,
    /// The public base URL of this server.
    Issuer,
}

impl Source {
    /// Whether it shows a credential or its life, which only a token answer has.
    #[must_use]
    pub fn is_of_tokens(self) -> bool {
        matches!(
            self,
            Source::AccessToken
                | Source::TokenType
                | Source::ExpiresIn
                | Source::ExpiresAt
                | Source::RefreshToken
                | Source::RefreshExpiresIn
                | Source::RefreshExpiresAt
        )
    }

    /// Whether it is a token in the clear.
    #[must_use]
    pub fn is_credential(self) -> bool {
        matches!(self, Source::AccessToken | Source::RefreshToken)
    }

    /// Whether it is a moment, as opposed to a life.
    #[must_use]
    pub fn is_moment(self) -> bool {
        matches!(self, Source::ExpiresAt | Source::RefreshExpiresAt | Source::IssuedAt)
    }

    /// Whether it is a moment or a life.
    #[must_use]
    pub fn is_time(self) -> bool {
        self.is_moment() || matches!(self, Source::ExpiresIn | Source::RefreshExpiresIn)
    }

    /// Whether it says what an app is: nothing of a token, and of nobody who uses it.
    #[must_use]
    pub fn is_of_app(self) -> bool {
        matches!(
            self,
            Source::ClientId | Source::AppName | Source::ClientType | Source::RedirectUri | Source::Issuer
        )
    }

    /// Whether it is a text that somebody chose, so that anybody may have the same.
    #[must_use]
    pub fn is_chosen(self) -> bool {
        matches!(self, Source::UserName | Source::OwnerName | Source::TenantName | Source::AppName)
    }

    /// Whether it tells people apart: the host says who has it, or somebody has proven it.
    #[must_use]
    pub fn tells_apart(self) -> bool {
        self.is_identifier() || matches!(self, Source::Username | Source::OwnerUsername | Source::Email)
    }

    /// Whether it says who the person is, which an app learns only with a scope for that.
    #[must_use]
    pub fn is_of_a_person(self) -> bool {
        matches!(self, Source::UserName | Source::OwnerName | Source::Email | Source::EmailVerified)
    }

    /// Whether it identifies somebody, so that a [`Format`] applies.
    #[must_use]
    pub fn is_identifier(self) -> bool {
        matches!(self, Source::TenantId | Source::UserId | Source::OwnerId)
    }
}

/// How a moment or a life is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Whole seconds, as a number.
    #[default]
    Seconds,
    /// Milliseconds, as a number.
    Milliseconds,
    /// Whole minutes, as a number.
    Minutes,
    /// `2026-01-02T03:04:05.000Z`. For moments only.
    Iso,
}

/// The JSON type of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JsonType {
    /// A text, even for a number.
    Text,
    /// A number, even for a text of digits; any other text stays one.
    Number,
    /// A list of texts: of scopes, of redirect URIs, or of one.
    List,
}

/// How an identifier is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// As the host says it.
    #[default]
    Plain,
    /// A UUID: the host's identifier if it is one, else one made of ours.
    Uuid,
    /// Forty hexadecimal digits: the host's identifier if it is that, else made of ours.
    Hex,
}

/// A fixed value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Literal {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// `true` or `false`.
    Boolean(bool),
}

/// One member of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its name on the wire; a dot nests.
    pub name: String,
    /// What it shows.
    pub source: Option<Source>,
    /// Or a fixed value.
    pub literal: Option<Literal>,
    /// What it shows when `source` has no value.
    pub fallback: Option<Source>,
    /// How a moment or a life is written.
    #[serde(default)]
    pub unit: Unit,
    /// Its JSON type, if not the usual one.
    pub form: Option<JsonType>,
    /// What stands between scopes in one text.
    pub separator: Option<String>,
    /// Values that are written otherwise.
    #[serde(default)]
    pub map: BTreeMap<String, String>,
    /// What is written when there is no value, or none in `map`.
    pub otherwise: Option<String>,
    /// How an identifier is written.
    #[serde(default)]
    pub format: Format,
}

impl Member {
    /// A member that shows `source` as it is.
    #[must_use]
    pub fn plain(name: &str, source: Source) -> Member {
        Member {
            name: name.to_owned(),
            source: Some(source),
            literal: None,
            fallback: None,
            unit: Unit::Seconds,
            form: None,
            separator: None,
            map: BTreeMap::new(),
            otherwise: None,
            format: Format::Plain,
        }
    }
}

/// A step of writing an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<T> {
    /// An object begins under this name; or a list, with this object as its only entry.
    Open(String, bool),
    /// A member of the innermost object: its name there, and what it shows.
    Leaf(String, T),
    /// The innermost object ends.
    Close,
}

/// The members of an answer, nested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape<T>(Vec<Piece<T>>);

impl<T> Default for Shape<T> {
    fn default() -> Self {
        Shape(Vec::new())
    }
}

impl<T> Shape<T> {
    /// Nests `members`, each with its dotted name, inside `envelope`. The segment `0` after a name makes it a list.
    pub fn new(envelope: &[String], members: impl IntoIterator<Item = (String, T)>) -> Shape<T> {
        let mut pieces = Vec::new();
        let mut open: Vec<(String, bool)> = Vec::new();
        for (name, shows) in members {
            let mut path: Vec<String> = envelope.to_vec();
            path.extend(name.split('.').map(str::to_owned));
            let Some(leaf) = path.pop() else { continue };
            let path = lists(path);
            let common = open.iter().zip(&path).take_while(|(one, other)| one == other).count();
            pieces.extend(open.drain(common..).map(|_| Piece::Close));
            for step in path.into_iter().skip(common) {
                pieces.push(Piece::Open(step.0.clone(), step.1));
                open.push(step);
            }
            pieces.push(Piece::Leaf(leaf, shows));
        }
        pieces.extend(open.drain(..).map(|_| Piece::Close));
        Shape(pieces)
    }

    /// The steps, in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece<T>] {
        &self.0
    }

    /// A name that one object would hold twice, if there is one. Clients that do not mind case read two spellings as one.
    #[must_use]
    pub fn repeated(&self) -> Option<String> {
        let mut path: Vec<&str> = Vec::new();
        let mut seen = vec![BTreeSet::new()];
        for piece in &self.0 {
            let (name, opens) = match piece {
                Piece::Open(name, _) => (name, true),
                Piece::Leaf(name, _) => (name, false),
                Piece::Close => {
                    path.pop();
                    seen.pop();
                    continue;
                }
            };
            path.push(name);
            if !seen.last_mut()?.insert(name.to_ascii_lowercase()) {
                return Some(path.join("."));
            }
            if opens {
                seen.push(BTreeSet::new());
            } else {
                path.pop();
            }
        }
        None
    }
}

/// The steps of a path, each with whether it is a list.
fn lists(path: Vec<String>) -> Vec<(String, bool)> {
    let mut steps: Vec<(String, bool)> = Vec::with_capacity(path.len());
    for name in path {
        match steps.last_mut() {
            Some((_, in_list)) if name == "0" => *in_list = true,
            _ => steps.push((name, false)),
        }
    }
    steps
}
