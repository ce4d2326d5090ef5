//! The order of the checks, and that what cannot be addressed is a page.

use super::*;
use crate::client::{Client, ClientType};
use crate::policy::{AuthorizationPolicy, Policy, ScopeFrom};
use crate::specimen::{self, CHALLENGE, NOW, at, client, policy, scopes};

const ISSUER: &str = "https://issuer.example";
const CB: &str = "redirect_uri=https://app.example.net/cb";

fn parameters(form: &str) -> RequestParameters {
    RequestParameters::of(specimen::parameters(form))
}

fn rfc() -> Policy {
    policy()
}

/// What an authorization request is judged by, to be changed.
fn rules(policy: &mut Policy) -> &mut AuthorizationPolicy {
    &mut policy.authorization
}

fn right(rest: &str) -> String {
    format!(
        "client_id=app&response_type=code&{CB}&state=s&code_challenge={CHALLENGE}&code_challenge_method=S256&{rest}"
    )
}

fn judge(form: &str, client_type: ClientType, policy: &Policy) -> Result<AuthorizationRequest, Refusal> {
    let (parameters, client) = (parameters(form), client(client_type));
    let addressed = address(&parameters, &client, policy, ISSUER).expect("it is addressed");
    let known_resource =
        parameters.get(parameter::RESOURCE).filter(|resource| resource.starts_with("https://"));
    let askable = scopes("a b c");
    let facts = ClientFacts { client: &client, askable: &askable, shown: None, known_resource };
    check(&addressed, &parameters, facts, policy)
}

/// RFC 6749 §4.1.2.1: an unknown client or redirect URI is told to the person, never to the address.
#[test]
fn what_cannot_be_addressed_is_a_page() {
    let own = client(ClientType::Confidential);
    let mut foreign = client(ClientType::Confidential);
    foreign.dialect = "other".to_owned();
    assert_eq!(unknown_client().0.reason.as_str(), "unknown_client");
    let reason = |form: &str, client: &Client| {
        address(&parameters(form), client, &rfc(), ISSUER).map_err(|page| page.0.reason.as_str()).err()
    };
    assert_eq!(reason(CB, &foreign), Some("unknown_client"));
    assert_eq!(reason("state=s", &own), Some("redirect_uri_missing"));
    for wrong in
        ["https://app.example.net/cb/", "https://app.example.net/cb?x=1", "https://evil.example", "x"]
    {
        assert_eq!(reason(&format!("redirect_uri={wrong}"), &own), Some("redirect_uri_mismatch"), "{wrong}");
    }
    assert_eq!(reason(CB, &own), None);
}

#[test]
fn the_only_redirect_uri_may_be_left_out_where_a_dialect_allows_it() {
    let mut lenient = rfc();
    rules(&mut lenient).redirect_uri_optional = true;
    let mut own = client(ClientType::Confidential);
    let addressed = address(&parameters("state=s"), &own, &lenient, ISSUER).unwrap();
    assert_eq!(
        (addressed.redirect_uri(), addressed.redirect_uri_sent()),
        ("https://app.example.net/cb", false)
    );
    let garbled = address(&parameters("redirect_uri=%FF"), &own, &lenient, ISSUER);
    assert_eq!(
        garbled.map_err(|page| page.0.reason).err(),
        Some(Reason::NotAText),
        "not as if it were left out"
    );
    own.redirect_uris.push("https://app.example.net/other".to_owned());
    assert!(address(&parameters("state=s"), &own, &lenient, ISSUER).is_err());
}

/// RFC 6749 §4.1.3, and servers whose clients never said it twice.
#[test]
fn an_exchange_need_not_name_the_redirect_uri_again_where_a_dialect_says_so() {
    let (mut policy, own) = (rfc(), client(ClientType::Confidential));
    let again = |policy: &Policy, form: &str| {
        address(&parameters(form), &own, policy, ISSUER).unwrap().redirect_uri_sent()
    };
    assert!(again(&policy, CB));
    rules(&mut policy).redirect_uri_once = true;
    assert!(!again(&policy, CB));
}

/// B-01 to B-05, C-02 to C-21, F-01, F-06: the code of each refusal.
#[test]
fn each_check_has_its_code() {
    let challenge = format!("client_id=app&response_type=code&{CB}");
    let long = "s".repeat(STATE_AT_MOST + 1);
    for (form, code) in [
        (CB.to_owned(), "invalid_request"),
        (format!("{CB}&response_type=token"), "unsupported_response_type"),
        (format!("{CB}&response_type=CODE"), "unsupported_response_type"),
        (challenge.clone(), "invalid_request"),
        (format!("{challenge}&code_challenge={CHALLENGE}"), "invalid_request"),
        (format!("{challenge}&code_challenge={CHALLENGE}&code_challenge_method=plain"), "invalid_request"),
        (format!("{challenge}&code_challenge={CHALLENGE}&code_challenge_method=s256"), "invalid_request"),
        (right("scope=d"), "invalid_scope"),
        (right("scope=a+admin"), "invalid_scope"),
        (right("scope=%22"), "invalid_scope"),
        (right("resource=x"), "invalid_target"),
        (right("resource=https://a&resource=https://b"), "invalid_target"),
        (right("prompt=none+login"), "invalid_request"),
        (right("max_age=-1"), "invalid_request"),
        (right("max_age=soon"), "invalid_request"),
        (right("max_age=%2B5"), "invalid_request"),
        (right("response_mode=fragment"), "invalid_request"),
        (right("request=x"), "request_not_supported"),
        (right("request_uri=x"), "request_uri_not_supported"),
        (format!("response_type=code&{CB}&state={long}"), "invalid_request"),
    ] {
        let refusal = judge(&form, ClientType::Confidential, &rfc()).unwrap_err();
        assert_eq!(refusal.code.as_str(), code, "{form:.200}");
    }
}

#[test]
fn what_is_right_is_kept_whole() {
    let rest = "scope=b+a&resource=https://api&prompt=login+new&max_age=5&login_hint=jane&tenant=north";
    let request = judge(&right(rest), ClientType::Public, &rfc()).unwrap();
    assert_eq!((request.scopes.as_str(), request.resource.as_deref()), ("b a", Some("https://api")));
    assert_eq!(request.prompt, Prompt { login: true, ..Prompt::default() });
    assert_eq!((request.max_age, request.login_hint.as_deref()), (Some(5), Some("jane")));
    assert_eq!(request.tenant.as_deref(), Some("north"));
    let request = judge(&right("foo=bar"), ClientType::Confidential, &rfc()).unwrap();
    assert_eq!(request.scopes, scopes("a b c"), "without scope, the app's own");
}

/// OpenID Connect Core §3.1.2.1, in seconds around the moment at which the request began.
#[test]
fn a_sign_in_is_as_fresh_as_the_request_wants_it() {
    let cases = [
        ("", -1_000_000, None, true),
        ("prompt=login", -1, None, false),
        ("prompt=login", 0, None, true),
        ("prompt=select_account", -1, None, false),
        ("prompt=select_account", 1, None, true),
        ("prompt=consent", -1_000_000, None, true),
        ("max_age=60", -60, None, true),
        ("max_age=60", -61, None, false),
        ("max_age=0", -1, None, false),
        ("max_age=0", 0, None, true),
        ("max_age=9223372036854775807", -1_000_000, None, true),
        ("", 4, Some(5), false),
        ("", 5, Some(5), true),
        ("max_age=60&prompt=login", -1, None, false),
        ("max_age=60", 4, Some(5), false),
    ];
    for (form, signed_in, not_before, accepted) in cases {
        let request = judge(&right(form), ClientType::Confidential, &rfc()).expect("it is right");
        let (auth_time, not_before) =
            (at(signed_in * 1000), not_before.map(|seconds: i64| at(seconds * 1000)));
        assert_eq!(request.accepts_sign_in(auth_time, NOW, not_before), accepted, "{form} {signed_in}");
    }
}

#[test]
fn scopes_as_a_dialect_reads_them() {
    let mut shape = rfc();
    rules(&mut shape).scope_separators = vec![',', ' '];
    assert_eq!(judge(&right("scope=a,b"), ClientType::Public, &shape).unwrap().scopes, scopes("a b"));
    rules(&mut shape).required_scopes = scopes("c");
    assert_eq!(
        judge(&right("scope=a"), ClientType::Public, &shape).unwrap_err().reason.as_str(),
        "scope_required"
    );
    rules(&mut shape).scope_from = ScopeFrom::App;
    assert_eq!(judge(&right("scope=nonsense"), ClientType::Public, &shape).unwrap().scopes, scopes("a b c"));
    let mut shape = rfc();
    rules(&mut shape).scope_required = true;
    assert_eq!(judge(&right(""), ClientType::Public, &shape).unwrap_err().reason.as_str(), "scope_missing");
    rules(&mut shape).scope_optional_for = scopes("a b");
    assert!(judge(&right(""), ClientType::Public, &shape).is_err(), "this app has one scope more");
    rules(&mut shape).scope_optional_for = scopes("a b c d");
    assert!(judge(&right(""), ClientType::Public, &shape).is_ok());
}

/// A page was shown for `a` and `d`; the client has lost `d` since.
#[test]
fn what_was_shown_falls_away_when_the_client_loses_it() {
    let client = client(ClientType::Confidential);
    let judge = |scope: &str, shown: Option<&str>| {
        let parameters = parameters(&right(&format!("scope={scope}")));
        let addressed = address(&parameters, &client, &rfc(), ISSUER).expect("it is addressed");
        let (askable, shown) = (scopes("a b c"), shown.map(scopes));
        let facts =
            ClientFacts { client: &client, askable: &askable, shown: shown.as_ref(), known_resource: None };
        check(&addressed, &parameters, facts, &rfc())
            .map(|asked| asked.scopes)
            .map_err(|refusal| refusal.code)
    };
    assert_eq!(judge("a+d", Some("a d")), Ok(scopes("a")));
    assert_eq!(judge("a+b", Some("a b")), Ok(scopes("a b")));
    assert_eq!(judge("a+d", None), Err(ErrorCode::InvalidScope), "nothing was shown yet");
    assert_eq!(judge("a+d", Some("a")), Err(ErrorCode::InvalidScope), "it was not shown");
    assert_eq!(judge("d", Some("d")), Err(ErrorCode::InvalidScope), "nothing would be left");
}
