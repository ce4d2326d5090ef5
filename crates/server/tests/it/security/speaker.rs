//! How the apps of each dialect speak, as data: where, in what shape, and what the dialect decides about it. Nothing
//! here attacks.

use symbolon_oauth::policy::Rotation;

/// An app of a dialect, and how it speaks.
#[derive(Debug)]
pub struct Speaker {
    /// What messages call it.
    pub name: &'static str,
    /// The dialect its app names.
    pub dialect: &'static str,
    /// Where the dialect is mounted.
    pub prefix: &'static str,
    /// Its app. A confidential one has the secret `{client_id}-secret`.
    pub client_id: &'static str,
    /// Another app of the same kind in the same dialect.
    pub second: &'static str,
    /// Whether it is without a secret.
    pub public: bool,
    /// Whether a request without a challenge is refused.
    pub pkce_required: bool,
    /// What it asks for; empty when its requests name no scope.
    pub scope: &'static str,
    /// Whether a scope in the request counts.
    pub scope_counts: bool,
    /// Where its person has a place of this kind, and as what.
    pub place: (&'static str, &'static str),
    /// Whether answers name the issuer (RFC 9207): everywhere but where a preset says otherwise.
    pub iss: bool,
    /// The authorization endpoint.
    pub authorize: &'static str,
    /// Where codes are exchanged.
    pub exchange: &'static str,
    /// Whether it posts JSON.
    pub json: bool,
    /// Where in an answer its members are (RFC 6901).
    pub within: &'static str,
    /// How it refreshes, if it can.
    pub refresh: Option<Refresh>,
    /// Where the dialect says who is behind an access token.
    pub identity: Option<&'static str>,
    /// How it lets go of a token.
    pub revocation: Revocation,
}

/// How an app refreshes.
#[derive(Debug)]
pub struct Refresh {
    /// Where.
    pub path: &'static str,
    /// Whether the refresh token goes as a bearer in the `Authorization` header.
    pub in_header: bool,
    /// What becomes of one that was used.
    pub rotation: Rotation,
    /// Whether a used one answers for a while with the successor it has.
    pub grace: bool,
}

/// How an app lets go of a token.
#[derive(Debug)]
pub enum Revocation {
    /// As RFC 7009 says: it proves itself and posts the token.
    Posted(&'static str),
    /// Holding the token is enough: method, path and header.
    Held(&'static str, &'static str, &'static str),
}

const fn refresh(path: &'static str, in_header: bool, rotation: Rotation) -> Option<Refresh> {
    Some(Refresh { path, in_header, rotation, grace: true })
}

const STANDARD: Speaker = Speaker {
    name: "standard",
    dialect: "rfc",
    prefix: "",
    client_id: "board",
    second: "ledger",
    public: false,
    pkce_required: true,
    scope: "forms:read",
    scope_counts: true,
    place: ("forms-us", "owner"),
    iss: true,
    authorize: "/oauth/authorize",
    exchange: "/oauth/token",
    json: false,
    within: "",
    refresh: refresh("/oauth/token", false, Rotation::Strict),
    identity: None,
    revocation: Revocation::Posted("/oauth/revoke"),
};

const CALCOM: Speaker = Speaker {
    name: "calcom, current paths",
    dialect: "calcom",
    prefix: "/calcom",
    client_id: "calcom-app",
    second: "calcom-second",
    public: false,
    pkce_required: false,
    scope: "BOOKING_READ PROFILE_READ",
    scope_counts: true,
    place: ("cal-gus", "owner"),
    iss: true,
    authorize: "/auth/oauth2/authorize",
    exchange: "/v2/auth/oauth2/token",
    json: true,
    within: "",
    refresh: refresh("/v2/auth/oauth2/token", false, Rotation::Strict),
    identity: Some("/v2/me"),
    revocation: Revocation::Posted("/api/auth/oauth/revoke"),
};

/// Every way of speaking there is.
pub const SPEAKERS: &[Speaker] = &[
    STANDARD,
    Speaker { name: "standard, older than PKCE", client_id: "elder", pkce_required: false, ..STANDARD },
    Speaker { name: "standard, public", client_id: "pocket", second: "purse", public: true, ..STANDARD },
    Speaker {
        name: "fillout",
        dialect: "fillout",
        prefix: "/fillout",
        client_id: "fillout-app",
        second: "fillout-second",
        public: false,
        pkce_required: false,
        scope: "",
        scope_counts: false,
        place: ("forms-us", "owner"),
        iss: true,
        authorize: "/authorize/oauth",
        exchange: "/public/oauth/accessToken",
        json: true,
        within: "",
        refresh: None,
        identity: Some("/v1/api/me"),
        revocation: Revocation::Held("DELETE", "/public/oauth/invalidate", "authentication"),
    },
    Speaker {
        name: "fullscript",
        dialect: "fullscript",
        prefix: "/fullscript",
        client_id: "fullscript-app",
        second: "fullscript-second",
        public: false,
        pkce_required: false,
        scope: "",
        scope_counts: false,
        place: ("clinic-elm", "practitioner"),
        iss: true,
        authorize: "/oauth/authorize",
        exchange: "/api/oauth/token",
        json: true,
        within: "/oauth",
        refresh: refresh("/api/oauth/token", false, Rotation::None),
        identity: None,
        revocation: Revocation::Posted("/api/oauth/revoke"),
    },
    CALCOM,
    Speaker {
        name: "calcom, current paths, public",
        client_id: "calcom-public",
        second: "calcom-purse",
        public: true,
        pkce_required: true,
        ..CALCOM
    },
    Speaker {
        name: "calcom, old paths",
        exchange: "/api/auth/oauth/token",
        json: false,
        refresh: refresh("/api/auth/oauth/refreshToken", true, Rotation::Overlap),
        identity: Some("/api/auth/oauth/me"),
        ..CALCOM
    },
    Speaker {
        name: "make",
        dialect: "make",
        prefix: "/make",
        client_id: "make-app",
        second: "make-second",
        public: false,
        pkce_required: false,
        scope: "connect read",
        scope_counts: true,
        place: ("make-max", "owner"),
        iss: false,
        authorize: "/authorize",
        exchange: "/token",
        json: false,
        within: "",
        refresh: Some(Refresh {
            path: "/refresh",
            in_header: false,
            rotation: Rotation::Strict,
            grace: false,
        }),
        identity: Some("/info"),
        revocation: Revocation::Held("GET", "/invalidate", "authorization"),
    },
];

/// Those that can refresh, with how.
pub fn refreshing() -> impl Iterator<Item = (&'static Speaker, &'static Refresh)> {
    SPEAKERS.iter().filter_map(|speaker| Some((speaker, speaker.refresh.as_ref()?)))
}
