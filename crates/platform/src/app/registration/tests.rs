use super::*;
use symbolon_oauth::id::Id;
use symbolon_oauth::redirect_uri::RedirectUriError;

fn scopes(text: &str) -> ScopeSet {
    ScopeSet::parse(text).unwrap_or_default()
}

fn acceptance() -> Acceptance<'static> {
    Acceptance {
        id: Id::new([1; 16]),
        held: &[],
        generations: Generations::default(),
        owner: Some(Id::new([2; 16])),
        status: AppStatus::Development,
        created_at: Timestamp(7),
        icon: Some(IconKey([3; 32])),
    }
}

/// What the usual registration becomes after this change: an app, or a sentence about which key.
fn decided(change: impl FnOnce(&mut Registration)) -> Result<App, (Key, String)> {
    decided_of(&[], change)
}

/// The same for an app that has these grant types by now.
fn decided_of(held: &[GrantType], change: impl FnOnce(&mut Registration)) -> Result<App, (Key, String)> {
    let defaults = scopes("read");
    let missing = scopes("gone");
    let spoken = |public_clients, default_scopes| Spoken { public_clients, default_scopes };
    let none = ScopeSet::new();
    let offer = Offer {
        dialects: [
            ("rfc", spoken(true, &none)),
            ("elder", spoken(false, &defaults)),
            ("broken", spoken(true, &missing)),
        ]
        .into(),
        scopes: ["read", "write"].into(),
    };
    let mut registration = Registration::new("app", "App");
    change(&mut registration);
    let unfit = |unfit: Unfit| (unfit.key(), unfit.sentence("app"));
    registration.decide(&offer, Acceptance { held, ..acceptance() }).map_err(unfit)
}

#[test]
fn what_is_absent_is_said_once() {
    let app = decided(|_| ()).unwrap();
    assert_eq!(app.client.client_type, ClientType::Confidential);
    assert_eq!((app.client.dialect.as_str(), app.client.level), ("rfc", Level::User));
    assert_eq!(app.client.grant_types, GrantType::DEFAULT);
    assert_eq!((app.client.authentication_method, app.client.pkce_excused), (None, false));
    assert!(app.client.scopes.is_empty() && app.client.redirect_uris.is_empty());
    assert_eq!((app.client.id, app.owner), (acceptance().id, acceptance().owner));
    assert_eq!((app.status, app.created_at), (AppStatus::Development, Timestamp(7)));
    assert_eq!(app.listing, Listing { icon: acceptance().icon, ..Listing::default() });
}

#[test]
fn a_public_app_proves_itself_with_nothing_and_never_acts_as_itself() {
    let app = decided(|app| app.client_type = ClientType::Public).unwrap();
    assert_eq!(app.client.authentication_method, Some(AuthenticationMethod::None));
    assert!(!app.client.may_use(GrantType::ClientCredentials));
}

#[test]
fn an_app_acts_as_itself_only_when_it_was_told_so() {
    let held = |held: &[GrantType], named: Option<&[GrantType]>, client_type| {
        let change = |app: &mut Registration| {
            app.grant_types = named.map(<[GrantType]>::to_vec);
            app.client_type = client_type;
        };
        decided_of(held, change).unwrap().client.grant_types
    };
    let (all, own) = (GrantType::ALL.as_slice(), [GrantType::ClientCredentials].as_slice());
    let (usual, confidential) = (GrantType::DEFAULT.as_slice(), ClientType::Confidential);
    assert_eq!(held(&[], None, confidential), usual, "a new one that names nothing");
    assert_eq!(held(&[], Some(all), confidential), all);
    assert_eq!(held(all, None, confidential), all, "what it was given stays");
    assert_eq!(held(all, Some(usual), confidential), usual, "until somebody takes it away");
    assert_eq!(held(all, None, ClientType::Public), usual, "a public app keeps what it may have");
    assert_eq!(held(own, None, ClientType::Public), usual);
    assert_eq!(held(own, None, confidential), own);
}

#[test]
fn scopes_come_from_the_dialect_of_an_app_that_names_none() {
    let held = |own: &str| {
        let app = decided(|app| {
            app.dialect = "elder".to_owned();
            app.scopes = scopes(own);
        });
        app.unwrap().client.scopes
    };
    assert_eq!((held("").as_str(), held("write").as_str()), ("read", "write"));
}

/// How the usual registration is changed, which key it is refused for, and what the sentence says.
type Case = (fn(&mut Registration), Key, &'static str);

fn refused(cases: &[Case]) {
    for (change, key, words) in cases {
        let (wrong, sentence) = decided(change).unwrap_err();
        assert_eq!(wrong, *key, "{sentence}");
        let about = sentence.strip_prefix("app \"app\"").unwrap_or_default();
        assert!(about.contains(words) && (about.starts_with(": ") || words.starts_with(' ')), "{sentence}");
    }
}

#[test]
fn a_member_that_does_not_fit_is_refused() {
    refused(&[
        (
            |app| app.client_id = "a b".to_owned(),
            Key::ClientId,
            ": \"a b\" cannot be an identifier: use 1 to 200 ASCII characters without blanks",
        ),
        (|app| app.client_id.clear(), Key::ClientId, "cannot be an identifier"),
        (|app| app.client_id = "x".repeat(201), Key::ClientId, "cannot be an identifier"),
        (
            |app| app.redirect_uris = vec!["https://a.example/cb".to_owned(), "http://a.example".to_owned()],
            Key::RedirectUris,
            ": the redirect URI \"http://a.example\" cannot be registered: ",
        ),
        (|app| app.name.clear(), Key::Name, ": `name` \"\" is empty"),
        (
            |app| app.publisher = Some("A\u{7}B".to_owned()),
            Key::Publisher,
            ": `publisher` \"A\\u{7}B\" holds the character U+0007",
        ),
        (
            |app| app.homepage = Some("javascript:alert(1)".to_owned()),
            Key::Homepage,
            ": `homepage` \"javascript:alert(1)\" must begin with https://",
        ),
        (
            |app| app.privacy_url = Some("//a.example".to_owned()),
            Key::PrivacyUrl,
            "`privacy_url` \"//a.example\" is not a web address",
        ),
        (
            |app| app.terms_url = Some("https://a@b.example".to_owned()),
            Key::TermsUrl,
            "`terms_url` \"https://a@b.example\" carries a user name",
        ),
        (
            |app| app.publisher_verified = true,
            Key::PublisherVerified,
            ": `publisher_verified` is true and no `publisher` is named: add one",
        ),
    ]);
}

#[test]
fn what_contradicts_itself_is_refused() {
    refused(&[
        (
            |app| app.optional_scopes = scopes("read"),
            Key::OptionalScopes,
            ": `optional_scopes` has \"read\", which `scopes` lacks: add it there",
        ),
        (
            |app| app.authentication_method = Some(AuthenticationMethod::None),
            Key::TokenEndpointAuthMethod,
            ": `token_endpoint_auth_method` is \"none\", which only public apps use: declare type = \"public\"",
        ),
        (
            |app| app.grant_types = Some(vec![GrantType::RefreshToken]),
            Key::GrantTypes,
            ": `grant_types` has refresh_token without authorization_code, which gives none",
        ),
    ]);
}

#[test]
fn a_public_app_that_asks_for_what_needs_a_secret_is_refused() {
    refused(&[
        (
            |app| {
                app.client_type = ClientType::Public;
                app.client_secret = Some(Secret::given("x"));
            },
            Key::ClientSecret,
            ": a public app cannot keep a secret: leave `client_secret` out",
        ),
        (
            |app| {
                app.client_type = ClientType::Public;
                app.authentication_method = Some(AuthenticationMethod::ClientSecretPost);
            },
            Key::TokenEndpointAuthMethod,
            ": a public app proves itself with nothing: leave `token_endpoint_auth_method` out",
        ),
        (
            |app| {
                app.client_type = ClientType::Public;
                app.pkce_excused = true;
            },
            Key::Pkce,
            ": a public app always uses PKCE: leave `pkce` out",
        ),
        (
            |app| {
                app.client_type = ClientType::Public;
                app.grant_types = Some(vec![GrantType::ClientCredentials]);
            },
            Key::GrantTypes,
            ": a public app cannot use client_credentials: leave it out of `grant_types`",
        ),
    ]);
}

#[test]
fn what_is_not_there_is_refused() {
    refused(&[
        (
            |app| app.dialect = "rcf".to_owned(),
            Key::Dialect,
            " names the dialect \"rcf\", which is not there; did you mean \"rfc\"?",
        ),
        (
            |app| app.dialect = "newfangled".to_owned(),
            Key::Dialect,
            " names the dialect \"newfangled\", which is not there; declare it or name one of: broken, elder, rfc",
        ),
        (
            |app| {
                app.client_type = ClientType::Public;
                app.dialect = "elder".to_owned();
            },
            Key::Type,
            " is public, and the dialect \"elder\" is for apps that keep a secret: declare type = \"confidential\", \
             or name another dialect",
        ),
        (
            |app| app.scopes = scopes("raed"),
            Key::Scopes,
            ": `scopes` names the scope \"raed\", which is not there; did you mean \"read\"?",
        ),
        (
            |app| app.dialect = "broken".to_owned(),
            Key::Scopes,
            ": the `default_scopes` of its dialect names the scope \"gone\", which is not there; declare it or name \
             one of: read, write",
        ),
    ]);
}

#[test]
fn members_are_judged_before_contradictions_and_those_before_references() {
    refused(&[
        (
            |app| {
                app.name.clear();
                app.authentication_method = Some(AuthenticationMethod::None);
            },
            Key::Name,
            "is empty",
        ),
        (
            |app| {
                app.authentication_method = Some(AuthenticationMethod::None);
                app.dialect = "rcf".to_owned();
            },
            Key::TokenEndpointAuthMethod,
            "only public apps use",
        ),
        (
            |app| {
                app.dialect = "rcf".to_owned();
                app.scopes = scopes("raed");
            },
            Key::Dialect,
            " names the dialect",
        ),
    ]);
}

#[test]
fn what_cannot_name_a_scope_or_be_a_redirect_uri_is_found_before_there_is_a_registration() {
    assert_eq!(scope_set(&["read", "write"]), Ok(scopes("read write")));
    let wrong = scope_set(&["read", "x y"]).unwrap_err();
    assert_eq!((wrong.key(), wrong.to_string().as_str()), (Key::Scopes, "\"x y\" cannot name a scope"));
    let (uri, why) = ("/cb".to_owned(), RedirectUriError::NotAbsolute);
    assert_eq!(
        check_redirect_uris(std::slice::from_ref(&uri), redirect_uri::Kind::Any),
        Err(Unfit::RedirectUri { uri, why })
    );
}
