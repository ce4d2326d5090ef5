//! Every knob of the wire, and that reading and writing say the same.

use crate::reason::Reason;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::read::{Message, authorization_request, back_channel, token};
use super::write::{ActingFor, TokenAnswer, iso, refusal, token_answer};
use super::*;
use crate::client::ClientType;
use crate::error::Refusal;
use crate::scope::ScopeSet;
use crate::specimen::{NOW, at, client, policy, scopes};
use crate::time::Timestamp;

/// The standard dialect with these lines more.
fn dialect(lines: &str) -> Dialect {
    let (_, rfc) = PRESETS[0];
    Dialect::parse(&format!("{rfc}\n{lines}")).unwrap()
}

fn answer<'a>(granted: &'a ScopeSet, acting_for: Option<ActingFor<'a>>) -> TokenAnswer<'a> {
    TokenAnswer {
        access_token: "AT",
        access_expires_at: Some(at(3_600_000)),
        refresh_token: Some("RT"),
        refresh_expires_at: Some(at(90_000)),
        scopes: granted,
        issued_at: NOW,
        acting_for,
    }
}

fn written(dialect: &Dialect, answer: &TokenAnswer<'_>) -> String {
    String::from_utf8(token_answer(dialect, answer)).unwrap()
}

const NORTH: ActingFor<'static> = ActingFor {
    base_url: Some("https://north.example"),
    tenant_id: "north",
    tenant_name: "North \"& South\"",
    level: "user",
    role: Some("owner"),
    user_id: Some("u-1"),
};

/// RFC 6749 §5.1.
#[test]
fn the_standard_answer() {
    let granted = scopes("a b");
    assert_eq!(
        written(&dialect(""), &answer(&granted, Some(NORTH))),
        r#"{"access_token":"AT","token_type":"Bearer","expires_in":3600,"refresh_token":"RT","scope":"a b","base_url":"https://north.example","tenant_id":"north","tenant_name":"North \"& South\"","level":"user","role":"owner","user_id":"u-1"}"#
    );
    let none = ScopeSet::new();
    let bare = TokenAnswer { access_expires_at: None, refresh_token: None, ..answer(&none, None) };
    assert_eq!(written(&dialect(""), &bare), r#"{"access_token":"AT","token_type":"Bearer"}"#);
}

#[test]
fn envelopes_names_units_and_literals() {
    let shape = dialect(
        r#"
        [answer]
        envelope = ["data", "oauth"]
        [[answer.members]]
        name = "accessToken"
        source = "access_token"
        [[answer.members]]
        name = "minutes"
        source = "expires_in"
        unit = "minutes"
        [[answer.members]]
        name = "refreshSeconds"
        source = "refresh_expires_in"
        [[answer.members]]
        name = "at"
        source = "issued_at"
        unit = "iso"
        [[answer.members]]
        name = "kind"
        literal = "api \"v2\""
        [[answer.members]]
        name = "nothing"
        source = "user_id"
        "#,
    );
    let granted = scopes("a");
    let json: Value = serde_json::from_str(&written(&shape, &answer(&granted, None))).unwrap();
    let inner = json!({
        "accessToken": "AT",
        "minutes": 60,
        "refreshSeconds": 90,
        "at": "2027-01-15T08:00:00.000Z",
        "kind": "api \"v2\"",
    });
    assert_eq!(json, json!({ "data": { "oauth": inner } }));
    assert_eq!(iso(Timestamp(NOW.0 + 7)), "2027-01-15T08:00:00.007Z");
}

/// A life that is nearly whole shows whole; one that is over shows nothing left, never less.
#[test]
fn lives_are_rounded_up() {
    let granted = scopes("a");
    for (left, shown) in [(3_600_000, 3600), (3_599_001, 3600), (1, 1), (0, 0), (-5000, 0)] {
        let answer = TokenAnswer { access_expires_at: Some(at(left)), ..answer(&granted, None) };
        let json: Value = serde_json::from_str(&written(&dialect(""), &answer)).unwrap();
        assert_eq!(json["expires_in"], shown, "{left}");
    }
}

/// RFC 6749 §5.2, and dialects that spell it otherwise.
#[test]
fn refusals() {
    let wrong = Refusal::new(ErrorCode::InvalidGrant, Reason::ScopeMalformed, "the code is not valid");
    let (status, body) = refusal(&dialect(""), &wrong);
    let standard = br#"{"error":"invalid_grant","error_description":"the code is not valid"}"#;
    assert_eq!((status, body.as_slice()), (400, standard.as_slice()));
    let nested = dialect(
        r#"
        [errors]
        members = [
            { name = "error.code", source = "status" },
            { name = "error.message", source = "description" },
            { name = "kind", source = "code" },
        ]
        [errors.status]
        invalid_grant = 401
        "#,
    );
    let (status, body) = refusal(&nested, &wrong);
    let body: Value = serde_json::from_slice(&body).unwrap();
    let expected =
        json!({ "error": { "code": 401, "message": "the code is not valid" }, "kind": "invalid_grant" });
    assert_eq!((status, body), (401, expected));
    assert_eq!(nested.status(ErrorCode::InvalidClient), 401, "others keep the RFC's");
    assert_eq!(nested.status(ErrorCode::InvalidScope), 400);
}

const RENAMED: &str = "[token.parameter_names]\nclient_id = \"clientId\"\ncode = \"authCode\"";

fn form(body: &str) -> Message<'_> {
    let content_type = Some("application/x-www-form-urlencoded; charset=utf-8");
    Message { content_type, body: body.as_bytes(), ..Message::default() }
}

#[test]
fn renamed_parameters_are_read_under_either_name_and_never_under_both() {
    let shape = dialect(RENAMED);
    let endpoint = shape.endpoint(Serves::Token).unwrap();
    let read = |body: &str| back_channel(&shape, endpoint, form(body));
    let parameters = read("clientId=app&authCode=x&grant_type=authorization_code").unwrap();
    assert_eq!((parameters.get("client_id"), parameters.get("code")), (Some("app"), Some("x")));
    assert_eq!(read("client_id=app").unwrap().get("client_id"), Some("app"));
    for both in ["clientId=a&client_id=b", "client_id=a&clientId=a"] {
        assert_eq!(read(both).unwrap_err().code, ErrorCode::InvalidRequest, "{both}");
    }
    let query = Message { query: Some("clientId=app&state=s"), ..Message::default() };
    assert_eq!(authorization_request(&shape, query).unwrap().get("client_id"), Some("app"));
}

/// RFC 6749 §2.3.1, §3.2.
#[test]
fn bodies_are_read_as_the_dialect_allows() {
    let read = |shape: &Dialect, content_type: Option<&str>, query, body: &str| {
        let message = Message { query, content_type, body: body.as_bytes(), ..Message::default() };
        let read = back_channel(shape, shape.endpoint(Serves::Token).unwrap(), message);
        read.map(|parameters| parameters.get("a").unwrap_or_default().to_owned())
            .map_err(|refusal| refusal.reason.as_str())
    };
    let (both, form_only) = (dialect(""), dialect("[token]\nbodies = [\"form\"]"));
    let json = r#"{"a":"1"}"#;
    for (shape, content_type, query, body, expected) in [
        (&both, Some("application/x-www-form-urlencoded"), None, "a=1", Ok("1")),
        (&both, Some("APPLICATION/JSON"), None, json, Ok("1")),
        (&both, Some("application/x-www-form-urlencoded"), Some("x=1"), "a=1", Ok("1")),
        (&form_only, Some("application/json"), None, json, Err("content_type")),
        (&both, Some("text/plain"), None, "a=1", Err("content_type")),
        (&both, None, None, "a=1", Err("content_type")),
        (&both, None, None, "", Ok("")),
        (&both, Some("application/json"), None, "a=1", Err("malformed_json")),
        (&both, Some("application/x-www-form-urlencoded"), None, "a=1&a=1", Err("repeated_parameter")),
        (
            &both,
            Some("application/x-www-form-urlencoded"),
            Some("client_secret=x"),
            "a=1",
            Err("credentials_in_query"),
        ),
        (
            &both,
            Some("application/x-www-form-urlencoded"),
            Some("%63ode=x"),
            "a=1",
            Err("credentials_in_query"),
        ),
    ] {
        let read = read(shape, content_type, query, body);
        assert_eq!(read.as_deref().map_err(|reason| *reason), expected, "{content_type:?} {query:?} {body}");
    }
}

#[test]
fn tokens_are_found_where_the_dialect_looks_and_never_twice() {
    let mut shape = dialect("");
    let own = shape.endpoints.iter_mut().find(|endpoint| endpoint.serves == Serves::Revoke).unwrap();
    own.token_from = vec![TokenSource::Authentication, TokenSource::Authorization, TokenSource::Body];
    let looks_everywhere = shape.endpoint(Serves::Revoke).unwrap();
    let standard = dialect("");
    let in_body = standard.endpoint(Serves::Revoke).unwrap();
    for (endpoint, authorization, authentication, body, expected) in [
        (looks_everywhere, None, Some("Bearer h"), "", Ok(Some("h"))),
        (looks_everywhere, Some("bearer h"), None, "", Ok(Some("h"))),
        (looks_everywhere, None, None, "token=b", Ok(Some("b"))),
        (looks_everywhere, Some("Bearer same"), Some("Bearer same"), "token=same", Ok(Some("same"))),
        (looks_everywhere, Some("Bearer h"), None, "token=b", Err("two_tokens")),
        (looks_everywhere, Some("Basic x"), None, "", Ok(None)),
        (in_body, Some("Bearer h"), Some("Bearer h"), "token=b", Ok(Some("b"))),
        (in_body, Some("Bearer h"), None, "", Ok(None)),
    ] {
        let message = Message { authorization, authentication, ..form(body) };
        let parameters = back_channel(&standard, endpoint, message).unwrap();
        let found = token(endpoint, message, &parameters, "token");
        let found = found.as_ref().map(Option::as_deref).map_err(|refusal| refusal.reason.as_str());
        assert_eq!(found, expected, "{authorization:?} {authentication:?} {body}");
    }
}

#[test]
fn a_grant_type_can_be_understood() {
    let mut shape = dialect("");
    shape.endpoints[1].default_grant_type = Some("refresh_token".to_owned());
    let read = |body| back_channel(&shape, &shape.endpoints[1], form(body)).unwrap();
    assert_eq!(read("refresh_token=x").get("grant_type"), Some("refresh_token"));
    assert_eq!(read("grant_type=authorization_code").get("grant_type"), Some("authorization_code"));
}

#[test]
fn a_policy_is_the_dialects_own_where_it_names_one() {
    let server = policy();
    assert_eq!(dialect("").policy(&server), server);
    let own = dialect(
        "[lifetimes]\ncode = \"5m\"\naccess = \"10m\"\nrefresh = \"never\"\n[token]\nrotation = \"none\"\n\
         public_clients = false\n[authorize]\npkce = \"required_for_public\"",
    );
    let own = own.policy(&server);
    assert_eq!((own.code, own.access), (Lifetime::seconds(300), Lifetime::seconds(600)));
    assert_eq!((own.refresh, own.rotation, own.grace), (Lifetime::NEVER, Rotation::None, server.grace));
    assert!(!own.pkce_required(&client(ClientType::Confidential)));
    assert!(own.pkce_required(&client(ClientType::Public)), "whatever a dialect says");
    let mut excused = client(ClientType::Public);
    excused.pkce_excused = true;
    assert!(server.pkce_required(&excused), "public clients are never excused");
}

proptest! {
    #[test]
    fn what_is_written_is_json_and_says_the_same(
        access in ".{1,40}", refresh in ".{0,40}", name in ".{0,40}", left in -10_i64..10_000_000
    ) {
        let granted = scopes("a b");
        let acting_for = ActingFor { tenant_name: &name, ..NORTH };
        let answer = TokenAnswer {
            access_token: &access,
            refresh_token: Some(&refresh),
            access_expires_at: Some(at(left)),
            ..answer(&granted, Some(acting_for))
        };
        let json: Value = serde_json::from_slice(&token_answer(&dialect(""), &answer)).unwrap();
        prop_assert_eq!(json["access_token"].as_str(), Some(access.as_str()));
        prop_assert_eq!(json["refresh_token"].as_str(), Some(refresh.as_str()));
        prop_assert_eq!(json["tenant_name"].as_str(), Some(name.as_str()));
        prop_assert!(json["expires_in"].as_i64().is_some_and(|seconds| seconds >= 0 && seconds * 1000 >= left));
    }

    #[test]
    fn what_is_refused_is_json(description in ".{0,60}") {
        let (_, body) = refusal(&dialect(""), &Refusal::new(ErrorCode::InvalidScope, Reason::ScopeMalformed, description));
        let json: Value = serde_json::from_slice(&body).unwrap();
        let allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
        let shown = json["error_description"].as_str().unwrap_or("\"");
        prop_assert!(shown.chars().all(allowed));
    }
}
