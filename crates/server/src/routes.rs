//! Routes: every address of ours, one row each, and nothing of how it is answered.
//!
//! [`crate::dispatch`] has one arm for each row. The addresses of the dialects are their data, which [`router`] lays beside
//! these. `docs/addresses.md` is written from the rows, so what stands there is what is matched.

pub mod field;
pub mod link;
pub mod router;

use http::Method;
use symbolon_oauth::dialect::Method::Get;
use symbolon_oauth::dialect::{Endpoint, Serves};

use self::field::{
    AFTER, ANSWER, APP, CATEGORIES, CHANGED, CHOSEN_PASSWORD, CODE, CONFIRM, CROP_SIZE, CROP_X, CROP_Y, CSRF,
    DAY, DECISION, DESCRIPTION, DIALECT, DISCONNECTED, DONE, DRAWN, EMAIL, ERROR, FIND, FORMAT, Field,
    HAPPENED, HOMEPAGE, ICON, ID, INTERACTION, INVITATION, LANGUAGE, LEVEL, LIFE, LINK, LINK_TO_CHECK,
    LOGO_URL, MANIFEST, MANIFEST_FILE, NAME, NATIVE, NEW_PASSWORD, OPTIONAL, ORGANISATION, OVERLAP, PASSWORD,
    PKCE, PRESET, PREVIEW, PRIVACY_URL, PUBLISHER, REASON, REASONED, REDIRECT_URI, REMOVE, REPLACES,
    RESOURCE, REVOKE, ROLE, SCOPE, SCOPES, SENT, SHOW, SHOWN, SIGNED_OUT, STATE, STEP, SUPPORT_URL, TENANT,
    TERMS_URL, THEME, TOKEN, TRIAL, TYPE, UI_LOCALES,
};

/// A page, a file or an endpoint of ours that is no dialect's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "their rows say what they are")]
pub enum Address {
    Home,
    Login,
    SignUp,
    Verify,
    Reset,
    Logout,
    Account,
    SignInAddress,
    Password,
    EndOthers,
    EndSession,
    Disconnect,
    Developers,
    DeveloperDocs,
    DeveloperBrand,
    NewApp,
    DevelopedApp,
    AppIdentity,
    AppIcon,
    AppRedirects,
    AppScopes,
    ConsentPreview,
    AppCredentials,
    EndSecret,
    AppDialect,
    AppTeam,
    AppTesters,
    AppManifest,
    AppDanger,
    AppActivity,
    AppConnect,
    AppConnectAnswer,
    Organisations,
    Organisation,
    OrganisationApps,
    OrganisationSettings,
    OrganisationMember,
    Invite,
    RevokeInvitation,
    AnswerTransfer,
    DeleteOrganisation,
    Invitation,
    TransferApp,
    RevokeTransfer,
    DeveloperRequest,
    Me,
    Check,
    ResourceMetadata,
    Asset,
    Favicon,
    Icon,
}

/// Who reads the answers of an address, and so how its failures are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A person, on a page.
    Person,
    /// A program, as a resource answers one (RFC 6750).
    Program,
}

/// Who is answered at an address with more than a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody.
    Everybody,
    /// Whoever is signed in; everybody else is led to the sign-in.
    SignedIn,
    /// Whoever develops the app that is named, and staff; to everybody else there is none.
    Developers,
    /// The holder of an access token that is meant for this server.
    TokenHolder,
    /// The host's API, with its host key.
    HostKey,
}

/// An address of ours.
pub struct Row {
    /// What answers there.
    pub address: Address,
    /// Its path: `{name}` stands for what a segment holds there, `{name*}` for the rest, with the slash before it.
    pub pattern: &'static str,
    /// The methods it answers.
    pub methods: &'static [Method],
    /// Its name in log and metrics.
    pub name: &'static str,
    /// To whom its failures are told.
    pub side: Side,
    /// Whether scripts of other origins may read its answers (CORS). Never a page.
    pub shared: bool,
    /// Whether a person is led here in a window that an app opened and waits for: its pages keep their opener.
    pub in_popups: bool,
    /// Who may.
    pub who: Who,
    /// What its address may carry.
    pub query: &'static [Field],
    /// What its form carries; the members of its JSON body where a program asks.
    pub form: &'static [Field],
    /// Whether whoever is signed in may send a file, and so more than any other body holds.
    pub uploads: bool,
}

/// A path that is answered outside the gate: whatever the host and the method, before anything else is asked.
pub struct Probe {
    /// The path.
    pub path: &'static str,
    /// Its name in log and metrics.
    pub name: &'static str,
}

/// Whether the process answers at all.
pub const ALIVE: Probe = Probe { path: "/healthz", name: "healthz" };
/// Whether it can serve: storage is reachable and no stop was asked for.
pub const READY: Probe = Probe { path: "/readyz", name: "readyz" };
/// What is counted, on a listener of its own.
pub const METRICS: Probe = Probe { path: "/metrics", name: "metrics" };

/// Every probe.
pub const PROBES: [Probe; 3] = [ALIVE, READY, METRICS];

/// First segments of addresses on the issuer's host that no dialect stands below: those of the rows and the probes, and
/// those that this server keeps for pages and addresses to come.
pub const RESERVED: [&str; 24] = [
    ".well-known",
    "account",
    "admin",
    "apps",
    "assets",
    "developers",
    "device",
    "directory",
    "favicon.ico",
    "healthz",
    "host",
    "icons",
    "keys",
    "login",
    "logout",
    "metrics",
    "openapi.json",
    "readyz",
    "reset",
    "security",
    "signup",
    "tenants",
    "v1",
    "verify",
];

/// No address is longer.
pub const ADDRESS_AT_MOST: usize = 16 * 1024;

/// What the consent page sends back to the authorization endpoint that showed it.
pub const CONSENT_FORM: &[Field] = &[CSRF, INTERACTION, DECISION, TENANT, SCOPE, FIND];

/// Where whoever comes to a door is on the way to.
const ON_THE_WAY: &[Field] = &[INTERACTION, INVITATION];

const READ: &[Method] = &[Method::GET, Method::HEAD];
const FORM: &[Method] = &[Method::GET, Method::HEAD, Method::POST];
const POST: &[Method] = &[Method::POST];

/// Every address of ours, in the order of [`Address`].
pub static ROWS: &[Row] = &[
    page(Address::Home, "/", READ, "home"),
    page(Address::Login, "/login", FORM, "login").in_popups().asked(ON_THE_WAY).sent(&[
        CSRF,
        INTERACTION,
        INVITATION,
        SHOW,
        EMAIL,
        PASSWORD,
    ]),
    page(Address::SignUp, "/signup", FORM, "signup").in_popups().asked(ON_THE_WAY).sent(&[
        CSRF,
        INTERACTION,
        INVITATION,
        SHOW,
        NAME,
        EMAIL,
        NEW_PASSWORD,
    ]),
    page(Address::Verify, "/verify", FORM, "verify").asked(&[LINK, INVITATION]).sent(&[
        CSRF,
        LINK,
        INVITATION,
        NEW_PASSWORD,
    ]),
    page(Address::Reset, "/reset", FORM, "reset").asked(&[LINK]).sent(&[CSRF, EMAIL, LINK, NEW_PASSWORD]),
    page(Address::Logout, "/logout", FORM, "logout").sent(&[CSRF]),
    page(Address::Account, "/account", READ, "account").of(Who::SignedIn).asked(&[
        DISCONNECTED,
        SIGNED_OUT,
        CHANGED,
    ]),
    page(Address::SignInAddress, "/account/sign-in-address", FORM, "sign_in_address")
        .of(Who::SignedIn)
        .sent(&[CSRF, EMAIL, PASSWORD]),
    page(Address::Password, "/account/password", FORM, "password").of(Who::SignedIn).sent(&[
        CSRF,
        PASSWORD,
        CHOSEN_PASSWORD,
    ]),
    page(Address::EndOthers, "/account/sessions/end-others", POST, "end_others")
        .of(Who::SignedIn)
        .sent(&[CSRF]),
    page(Address::EndSession, "/account/sessions/{session}/end", POST, "end_session")
        .of(Who::SignedIn)
        .sent(&[CSRF]),
    page(Address::Disconnect, "/account/connections/{connection}/disconnect", FORM, "disconnect")
        .of(Who::SignedIn)
        .sent(&[CSRF, SHOWN]),
    page(Address::Developers, "/developers", READ, "developers")
        .of(Who::SignedIn)
        .asked(&[FIND, AFTER, DONE]),
    page(Address::DeveloperDocs, "/developers/docs", READ, "developer_docs"),
    page(Address::DeveloperBrand, "/developers/brand", READ, "developer_brand").asked(&[APP, UI_LOCALES]),
    page(Address::NewApp, "/developers/new", FORM, "new_app")
        .of(Who::SignedIn)
        .asked(&[PRESET, NAME, MANIFEST])
        .sent(&[CSRF, ID, SHOWN, NAME, PRESET, ORGANISATION, MANIFEST, MANIFEST_FILE])
        .uploads(),
    page(Address::DevelopedApp, "/developers/apps/{app}", READ, "developed_app")
        .of(Who::Developers)
        .asked(&[PRESET]),
    page(Address::AppIdentity, "/developers/apps/{app}/identity", FORM, "app_identity")
        .of(Who::Developers)
        .asked(&[DONE])
        .sent(&[
            CSRF,
            NAME,
            PUBLISHER,
            HOMEPAGE,
            DESCRIPTION,
            CATEGORIES,
            SUPPORT_URL,
            PRIVACY_URL,
            TERMS_URL,
        ]),
    page(Address::AppIcon, "/developers/apps/{app}/icon", FORM, "app_icon")
        .of(Who::Developers)
        .asked(&[DONE])
        .sent(&[CSRF, ICON, CROP_X, CROP_Y, CROP_SIZE, DRAWN, PREVIEW, REMOVE])
        .uploads(),
    page(Address::AppRedirects, "/developers/apps/{app}/redirects", FORM, "app_redirects")
        .of(Who::Developers)
        .asked(&[DONE])
        .sent(&[CSRF, REDIRECT_URI, REMOVE, CONFIRM]),
    page(Address::AppScopes, "/developers/apps/{app}/scopes", FORM, "app_scopes")
        .of(Who::Developers)
        .asked(&[DONE])
        .sent(&[CSRF, SCOPE, OPTIONAL, REASONED, REASON, PREVIEW, LANGUAGE, REMOVE, CONFIRM]),
    page(Address::ConsentPreview, "/developers/apps/{app}/consent-preview", READ, "consent_preview")
        .of(Who::Developers)
        .asked(&[SCOPES, OPTIONAL, THEME, UI_LOCALES]),
    page(Address::AppCredentials, "/developers/apps/{app}/credentials", FORM, "app_credentials")
        .of(Who::Developers)
        .asked(&[DONE])
        .sent(&[CSRF, ID, SHOWN, NAME, REPLACES, OVERLAP, LIFE]),
    page(Address::EndSecret, "/developers/apps/{app}/credentials/{secret}/end", POST, "end_secret")
        .of(Who::Developers)
        .sent(&[CSRF]),
    page(Address::AppDialect, "/developers/apps/{app}/dialect", FORM, "app_dialect")
        .of(Who::Developers)
        .asked(&[DONE])
        .sent(&[CSRF, DIALECT, TYPE, LEVEL, NATIVE, PKCE]),
    page(Address::AppTeam, "/developers/apps/{app}/team", READ, "app_team")
        .of(Who::Developers)
        .asked(&[DONE]),
    page(Address::AppTesters, "/developers/apps/{app}/testers", FORM, "app_testers")
        .of(Who::Developers)
        .asked(&[DONE])
        .sent(&[CSRF, EMAIL, REMOVE, REVOKE]),
    page(Address::AppManifest, "/developers/apps/{app}/manifest", FORM, "app_manifest")
        .of(Who::Developers)
        .asked(&[DONE, FORMAT])
        .sent(&[CSRF, MANIFEST, MANIFEST_FILE])
        .uploads(),
    page(Address::AppDanger, "/developers/apps/{app}/delete", FORM, "app_delete")
        .of(Who::Developers)
        .sent(&[CSRF, CONFIRM]),
    page(Address::AppActivity, "/developers/apps/{app}/activity", READ, "app_activity")
        .of(Who::Developers)
        .asked(&[DAY, FIND, AFTER]),
    page(Address::AppConnect, "/developers/apps/{app}/connect", FORM, "app_connect")
        .of(Who::Developers)
        .sent(&[CSRF, STEP, TRIAL, LINK_TO_CHECK]),
    page(Address::AppConnectAnswer, "/developers/apps/{app}/connect/answer", READ, "app_connect_answer")
        .of(Who::Developers)
        .asked(&[CODE, STATE, ERROR]),
    page(Address::Organisations, "/developers/organisations", FORM, "organisations")
        .of(Who::SignedIn)
        .asked(&[HAPPENED])
        .sent(&[CSRF, NAME]),
    page(Address::Organisation, "/developers/organisations/{organisation}", READ, "organisation")
        .of(Who::SignedIn)
        .asked(&[HAPPENED]),
    page(
        Address::OrganisationApps,
        "/developers/organisations/{organisation}/apps",
        READ,
        "organisation_apps",
    )
    .of(Who::SignedIn)
    .asked(&[HAPPENED, AFTER]),
    page(
        Address::OrganisationSettings,
        "/developers/organisations/{organisation}/settings",
        FORM,
        "organisation_settings",
    )
    .of(Who::SignedIn)
    .asked(&[HAPPENED])
    .sent(&[CSRF, NAME]),
    page(
        Address::OrganisationMember,
        "/developers/organisations/{organisation}/members/{member}",
        POST,
        "organisation_member",
    )
    .of(Who::SignedIn)
    .sent(&[CSRF, ROLE]),
    page(Address::Invite, "/developers/organisations/{organisation}/invitations", POST, "invite")
        .of(Who::SignedIn)
        .sent(&[CSRF, EMAIL, ROLE]),
    page(
        Address::RevokeInvitation,
        "/developers/organisations/{organisation}/invitations/{invitation}/revoke",
        POST,
        "revoke_invitation",
    )
    .of(Who::SignedIn)
    .sent(&[CSRF]),
    page(
        Address::AnswerTransfer,
        "/developers/organisations/{organisation}/apps/{app}",
        POST,
        "answer_transfer",
    )
    .of(Who::SignedIn)
    .sent(&[CSRF, ANSWER]),
    page(
        Address::DeleteOrganisation,
        "/developers/organisations/{organisation}/delete",
        POST,
        "delete_organisation",
    )
    .of(Who::SignedIn)
    .sent(&[CSRF]),
    page(Address::Invitation, "/developers/invitations/{invitation}", FORM, "invitation")
        .sent(&[CSRF, ANSWER]),
    page(Address::TransferApp, "/developers/apps/{app}/transfer", POST, "transfer_app")
        .of(Who::Developers)
        .sent(&[CSRF, ORGANISATION]),
    page(Address::RevokeTransfer, "/developers/apps/{app}/transfer/revoke", POST, "revoke_transfer")
        .of(Who::Developers)
        .sent(&[CSRF]),
    page(Address::DeveloperRequest, "/developers/request", FORM, "developer_request")
        .of(Who::SignedIn)
        .asked(&[SENT])
        .sent(&[CSRF, NAME, REDIRECT_URI, LOGO_URL, HOMEPAGE, REASON]),
    program(Address::Me, "/v1/me", READ, "me").of(Who::TokenHolder).shared(),
    program(Address::Check, "/v1/check", POST, "check").of(Who::HostKey).sent(&[TOKEN, SCOPES, RESOURCE]),
    program(
        Address::ResourceMetadata,
        "/.well-known/oauth-protected-resource/{resource*}",
        READ,
        "resource_metadata",
    )
    .shared(),
    page(Address::Asset, "/assets/{file*}", READ, "asset"),
    page(Address::Favicon, "/favicon.ico", READ, "asset"),
    page(Address::Icon, "/icons/{icon}.png", READ, "icon"),
];

// A row is found by the number of its address.
const _: () = {
    let mut at = 0;
    while at < ROWS.len() {
        assert!(ROWS[at].address as usize == at);
        at += 1;
    }
};

const fn page(
    address: Address,
    pattern: &'static str,
    methods: &'static [Method],
    name: &'static str,
) -> Row {
    let (side, who) = (Side::Person, Who::Everybody);
    Row {
        address,
        pattern,
        methods,
        name,
        side,
        shared: false,
        in_popups: false,
        who,
        query: &[],
        form: &[],
        uploads: false,
    }
}

const fn program(
    address: Address,
    pattern: &'static str,
    methods: &'static [Method],
    name: &'static str,
) -> Row {
    Row { side: Side::Program, ..page(address, pattern, methods, name) }
}

impl Row {
    const fn of(self, who: Who) -> Row {
        Row { who, ..self }
    }

    const fn asked(self, query: &'static [Field]) -> Row {
        Row { query, ..self }
    }

    const fn sent(self, form: &'static [Field]) -> Row {
        Row { form, ..self }
    }

    const fn uploads(self) -> Row {
        Row { uploads: true, ..self }
    }

    const fn shared(self) -> Row {
        Row { shared: true, ..self }
    }

    const fn in_popups(self) -> Row {
        Row { in_popups: true, ..self }
    }
}

impl Address {
    /// Its row.
    #[must_use]
    pub fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

/// Whether an address is below what this server keeps for itself, in whatever spelling of its letters.
#[must_use]
pub fn is_reserved(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    RESERVED.iter().any(|own| own.eq_ignore_ascii_case(first))
}

/// The name of an endpoint of a dialect in log and metrics.
#[must_use]
pub fn name(serves: Serves) -> &'static str {
    match serves {
        Serves::Authorize => "authorize",
        Serves::Token => "token",
        Serves::Revoke => "revoke",
        Serves::Introspect => "introspect",
        Serves::Userinfo => "userinfo",
        Serves::Identity => "identity",
        Serves::Client => "client",
        Serves::Metadata => "metadata",
        Serves::ResourceMetadata => "resource_metadata",
    }
}

/// Whether this is what log and metrics call a page of ours.
#[must_use]
pub fn is_page(name: &str) -> bool {
    ROWS.iter().any(|row| row.side == Side::Person && row.name == name)
}

/// The methods that an endpoint of a dialect answers. Where it only says what there is, HEAD follows GET (RFC 9110 §9.1).
pub fn methods(endpoint: &Endpoint) -> impl Iterator<Item = &'static str> {
    let named = endpoint.methods.iter();
    let describes = matches!(endpoint.serves, Serves::Metadata | Serves::ResourceMetadata);
    let head = describes && endpoint.methods.contains(&Get);
    named.map(|own| own.as_str()).chain(head.then_some("HEAD"))
}

/// Whether scripts of other origins may read what an endpoint of a dialect answers (CORS): never a page, and never what only
/// resources ask.
#[must_use]
pub fn is_shared(endpoint: &Endpoint) -> bool {
    !matches!(endpoint.serves, Serves::Authorize | Serves::Introspect) && endpoint.cross_origin
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use symbolon_oauth::dialect::Dialect;

    use super::*;

    #[test]
    fn every_address_of_ours_is_reserved() {
        let rows = ROWS.iter().map(|row| row.pattern).filter(|pattern| *pattern != "/");
        for path in rows.chain(PROBES.iter().map(|probe| probe.path)) {
            assert!(is_reserved(path) && is_reserved(&path.to_uppercase()), "{path}");
        }
        for path in
            ["/developers", "/admin/x", "/tenants", "/host/v1", "/directory", "/keys/", "/.well-known/x"]
        {
            assert!(is_reserved(path), "{path}");
        }
        for path in ["/", "/oauth/token", "/partner/login", "/logins", "/v2/token"] {
            assert!(!is_reserved(path), "{path}");
        }
    }

    /// A dialect that named a parameter like a field of the consent form would read one for the other.
    #[test]
    fn no_parameter_of_a_dialect_is_a_field_of_the_consent_form() {
        let sent = CONSENT_FORM.iter().map(|field| field.name());
        let own: Vec<&str> = sent.filter(|name| !["tenant", "scope"].contains(name)).collect();
        let refused = |wire: &&str| {
            let text = Dialect::preset_text("rfc").unwrap();
            Dialect::parse(&format!("{text}\n[parameters]\nstate = \"{wire}\"")).is_err()
        };
        assert!(own.iter().all(refused) && !own.is_empty());
        assert!(!refused(&"their_state"));
    }

    #[test]
    fn no_address_stands_twice_and_no_page_is_shared() {
        let mut patterns = HashSet::new();
        for row in ROWS {
            assert!(row.pattern.starts_with('/') && patterns.insert(row.pattern), "{}", row.pattern);
            assert!(!row.shared || row.side == Side::Program, "{}", row.pattern);
            assert!(row.form.is_empty() || row.methods.contains(&Method::POST), "{}", row.pattern);
            let guarded = row.side == Side::Program || row.form.contains(&CSRF);
            assert!(
                guarded || !row.methods.contains(&Method::POST),
                "{}: a form without its mark",
                row.pattern
            );
        }
    }
}
