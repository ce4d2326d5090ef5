//! What the tests of this crate decide about: a client, a policy, a moment.

use crate::client::{Client, ClientType, Generations, GrantType, Level};
use crate::credential::{Environment, Kind, Mark, Presented, Secret};
use crate::grant_type::refresh_token::{FamilyFacts, Predecessor};
use crate::id::{AppId, Id};
use crate::parameters::Parameters;
use crate::policy::Policy;
use crate::scope::ScopeSet;
use crate::time::{Lifetime, Timestamp};

/// The moment of every decision.
pub const NOW: Timestamp = Timestamp(1_800_000_000_000);
/// The server that answers.
pub const ISSUER: &str = "https://issuer.example";
/// RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub fn at(milliseconds: i64) -> Timestamp {
    Timestamp(NOW.0 + milliseconds)
}

pub fn scopes(text: &str) -> ScopeSet {
    ScopeSet::parse(text).unwrap()
}

pub fn parameters(form: &str) -> Parameters {
    Parameters::from_form(form.as_bytes()).unwrap()
}

pub fn app(number: u8) -> AppId {
    Id::new([number; 16])
}

pub fn client(client_type: ClientType) -> Client {
    Client {
        id: app(1),
        client_id: "app".to_owned(),
        client_type,
        dialect: "rfc".to_owned(),
        secrets: Vec::new(),
        authentication_method: None,
        redirect_uris: vec!["https://app.example.net/cb".to_owned()],
        scopes: scopes("a b c"),
        optional_scopes: ScopeSet::new(),
        grant_types: GrantType::ALL.to_vec(),
        pkce_excused: false,
        native: false,
        unknown_scopes: None,
        level: Level::User,
        generations: Generations::default(),
    }
}

pub fn policy() -> Policy {
    Policy {
        refresh: Lifetime::seconds(86_400),
        refresh_max_public: Lifetime::seconds(864_000),
        ..Policy::default()
    }
}

/// What the refresh tokens of [`family`] share.
pub const FAMILY_MARK: Mark = Mark(7);

/// A credential of ours whose bytes are all `byte`, but for the mark.
pub fn credential(kind: Kind, byte: u8) -> (String, Presented) {
    let mut bytes = [byte; 32];
    FAMILY_MARK.write(&mut bytes);
    let text = Secret::mint("acme", kind, Environment::Live, bytes).into_exposed();
    let presented = Presented::parse(&text).unwrap();
    (text, presented)
}

/// The byte of the live refresh token of [`family`].
pub const LIVE: u8 = 5;
/// The byte of the one before it.
pub const EARLIER: u8 = 4;

pub fn family() -> FamilyFacts {
    let hash = |byte| credential(Kind::RefreshToken, byte).1.hash;
    FamilyFacts {
        id: Id::new([5; 16]),
        app: app(1),
        grant: Id::new([8; 16]),
        scopes: scopes("a b"),
        resource: Some("https://api.example".to_owned()),
        refresh_hash: Some(hash(LIVE)),
        refresh_expires_at: Some(at(1000)),
        predecessor: Some(Predecessor {
            hash: hash(EARLIER),
            grace_until: at(500),
            successor_used: true,
            sealed_successor: b"sealed".to_vec(),
        }),
        rotations: 1,
        generation: 0,
        mark: Some(FAMILY_MARK),
        created_at: NOW,
        ends_at: None,
        ended: false,
        only_access: None,
        origin: None,
    }
}
