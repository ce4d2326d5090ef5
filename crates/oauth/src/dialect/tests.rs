//! Every knob of an answer, and how an endpoint's knobs are laid over its dialect's.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::write::{ActingFor, EndUser, Party, Sources, Tokens, iso, refusal, token_answer};
use super::*;
use crate::client::ClientType;
use crate::error::{ErrorCode, Refusal};
use crate::policy::Rotation;
use crate::reason::Reason;
use crate::scope::ScopeSet;
use crate::specimen::{NOW, at, client, policy, scopes};
use crate::time::{Lifetime, Timestamp};

/// The standard dialect with these lines more.
fn dialect(lines: &str) -> Dialect {
    let (_, rfc) = PRESETS[0];
    Dialect::parse(&format!("{rfc}\n{lines}")).unwrap()
}

/// The token endpoint of the standard dialect with these lines more.
pub(super) fn endpoint(lines: &str) -> Endpoint {
    dialect(lines).endpoint(Serves::Token).unwrap().clone()
}

const TOKENS: Tokens<'static> = Tokens {
    access: "AT",
    access_expires_at: Some(Timestamp(NOW.0 + 3_600_000)),
    refresh: Some("RT"),
    refresh_expires_at: Some(Timestamp(NOW.0 + 90_000)),
};

fn sources<'a>(granted: &'a ScopeSet, acting_for: Option<ActingFor<'a>>) -> Sources<'a> {
    Sources { tokens: Some(TOKENS), acting_for, ..specimen::sources(granted) }
}

fn written(endpoint: &Endpoint, sources: &Sources<'_>) -> String {
    String::from_utf8(token_answer(endpoint, sources)).unwrap()
}

const JANE: EndUser<'static> = EndUser {
    party: Party { id: "u-1", own_id: [3; 16], name: "Jane Doe" },
    role: Some("owner"),
    username: None,
    email: Some("jane@example.com"),
};

const NORTH: ActingFor<'static> = ActingFor {
    tenant: Party { id: "north", own_id: [2; 16], name: "North \"& South\"" },
    personal: false,
    base_url: Some("https://north.example"),
    region: None,
    level: "user",
    person: Some(JANE),
};

/// RFC 6749 §5.1.
#[test]
fn the_standard_answer() {
    let granted = scopes("a b");
    assert_eq!(
        written(&endpoint(""), &sources(&granted, Some(NORTH))),
        r#"{"access_token":"AT","token_type":"Bearer","expires_in":3600,"refresh_token":"RT","scope":"a b","base_url":"https://north.example","tenant_id":"north","tenant_name":"North \"& South\"","level":"user","role":"owner","user_id":"u-1"}"#
    );
    let none = ScopeSet::new();
    let tokens = Tokens { access_expires_at: None, refresh: None, ..TOKENS };
    let bare = Sources { tokens: Some(tokens), ..sources(&none, None) };
    assert_eq!(written(&endpoint(""), &bare), r#"{"access_token":"AT","token_type":"Bearer"}"#);
}

#[test]
fn envelopes_names_units_and_literals() {
    let shape = endpoint(
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
    let json: Value = serde_json::from_str(&written(&shape, &sources(&granted, None))).unwrap();
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
        let tokens = Tokens { access_expires_at: Some(at(left)), ..TOKENS };
        let sources = Sources { tokens: Some(tokens), ..sources(&granted, None) };
        let json: Value = serde_json::from_str(&written(&endpoint(""), &sources)).unwrap();
        assert_eq!(json["expires_in"], shown, "{left}");
    }
}

/// RFC 6749 §5.2, and dialects that spell it otherwise.
#[test]
fn refusals() {
    let wrong = Refusal::new(ErrorCode::InvalidGrant, Reason::ScopeMalformed, "the code is not valid");
    let (status, body) = refusal(&endpoint("").rules.errors, &wrong);
    let standard = br#"{"error":"invalid_grant","error_description":"the code is not valid"}"#;
    assert_eq!((status, body.as_slice()), (400, standard.as_slice()));
    let nested = endpoint(
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
    let (status, body) = refusal(&nested.rules.errors, &wrong);
    let body: Value = serde_json::from_slice(&body).unwrap();
    let expected =
        json!({ "error": { "code": 401, "message": "the code is not valid" }, "kind": "invalid_grant" });
    assert_eq!((status, body), (401, expected));
    let status = |code| nested.rules.errors.status(&Refusal::new(code, Reason::NoClient, ""));
    assert_eq!(status(ErrorCode::InvalidClient), 401, "others keep the RFC's");
    assert_eq!(status(ErrorCode::InvalidScope), 400);
}

#[test]
fn refusals_in_the_machines_words() {
    let shape = endpoint(
        r#"
        [errors]
        members = [
            { name = "ok", literal = false },
            { name = "error", source = "code" },
            { name = "reason", source = "reason" },
            { name = "status", source = "status", form = "text" },
        ]
        codes = { invalid_grant = "bad_grant", code_spent = "spent" }
        status = { invalid_grant = 422, code_expired = 410 }
        reasons = { code_expired = "too_late" }
        "#,
    );
    let body = |reason| {
        let (status, body) =
            refusal(&shape.rules.errors, &Refusal::new(ErrorCode::InvalidGrant, reason, "no"));
        (status, String::from_utf8(body).unwrap())
    };
    let late = r#"{"ok":false,"error":"bad_grant","reason":"too_late","status":"410"}"#;
    assert_eq!(body(Reason::CodeExpired), (410, late.to_owned()));
    let other = r#"{"ok":false,"error":"bad_grant","reason":"no","status":"422"}"#;
    assert_eq!(body(Reason::CodeUnknown), (422, other.to_owned()));
    let spent = r#"{"ok":false,"error":"spent","reason":"no","status":"422"}"#;
    assert_eq!(body(Reason::CodeSpent), (422, spent.to_owned()));
}

#[test]
fn nested_members_lists_maps_and_absolute_times() {
    let shape = endpoint(
        r#"
        [answer]
        members = [
            { name = "ok", literal = true },
            { name = "user.token", source = "access_token" },
            { name = "user.nothing.deep", source = "region" },
            { name = "user.id", source = "user_id", format = "uuid" },
            { name = "tenant", source = "tenant_id", format = "hex" },
            { name = "scopes", source = "scope", form = "list" },
            { name = "scope", source = "scope", separator = "," },
            { name = "ends", source = "expires_at" },
            { name = "ends_ms", source = "expires_at", unit = "milliseconds", form = "text" },
            { name = "kind", source = "owner_type", map = { owner = "Boss" } },
            { name = "region", source = "region", otherwise = "eu" },
            { name = "username", source = "username", fallback = "email" },
        ]
        "#,
    );
    let granted = scopes("a b");
    let json: Value = serde_json::from_str(&written(&shape, &sources(&granted, Some(NORTH)))).unwrap();
    let ends = NOW.0 + 3_600_000;
    let expected = json!({
        "ok": true,
        "user": { "token": "AT", "id": "03030303-0303-0303-0303-030303030303" },
        "tenant": json["tenant"],
        "scopes": ["a", "b"],
        "scope": "a,b",
        "ends": ends / 1000,
        "ends_ms": ends.to_string(),
        "kind": "Boss",
        "region": "eu",
        "username": "jane@example.com",
    });
    assert_eq!(json, expected);
    assert!(json["tenant"].as_str().is_some_and(|hex| hex.len() == 40));
}

/// What people call themselves is no identifier, and an address that nobody has proven is none.
#[test]
fn a_name_that_somebody_chose_never_stands_in() {
    let shape = endpoint(
        "[answer]\nmembers = [{ name = \"access_token\", source = \"access_token\" }, { name = \"u\", source = \"owner_username\" }, \
         { name = \"s\", source = \"username\" }, { name = \"e\", source = \"email\" }]",
    );
    let granted = scopes("a");
    let told = |acting_for| {
        let json: Value =
            serde_json::from_str(&written(&shape, &sources(&granted, Some(acting_for)))).unwrap();
        (json["u"].as_str().map(str::to_owned), json.get("s").cloned(), json.get("e").cloned())
    };
    let as_person = |person| ActingFor { person: Some(person), ..NORTH };
    let known = EndUser { username: Some("jane"), ..JANE };
    assert_eq!(
        told(as_person(known)),
        (Some("jane".to_owned()), Some("jane".into()), Some("jane@example.com".into()))
    );
    let unknown = EndUser { email: None, ..JANE };
    assert_eq!(told(as_person(unknown)), (Some("u-1".to_owned()), None, None));
    let team = ActingFor { person: None, ..NORTH };
    assert_eq!(
        told(team).0.as_deref(),
        Some("North \"& South\""),
        "a team has the name that the host gave it"
    );
    assert_eq!(told(ActingFor { personal: true, ..team }).0.as_deref(), Some("north"));
}

/// The answer of a provider whose answers are form text.
#[test]
fn form_text() {
    let shape = endpoint("[answer]\nformat = \"form\"");
    let granted = scopes("a b");
    assert_eq!(
        written(&shape, &sources(&granted, None)),
        "access_token=AT&token_type=Bearer&expires_in=3600&refresh_token=RT&scope=a+b"
    );
}

/// What an endpoint says is laid over what the dialect says for all, key by key.
#[test]
fn every_knob_can_differ_at_one_endpoint() {
    let both = dialect(
        r#"
        [token]
        rotation = "none"
        rotation_of_public_clients = "strict"
        redirect_uri_on_refresh = true
        [lifetimes]
        access = "5m"
        code = "2m"
        [errors.status]
        invalid_grant = 401
        [[endpoint]]
        serves = "token"
        paths = ["/other"]
        methods = ["POST"]
        token.rotation = "overlap"
        lifetimes.access = "7m"
        errors.status = { invalid_client = 403 }
        answer.members = [{ name = "key", source = "access_token" }]
        "#,
    );
    let (first, other) = (both.endpoint(Serves::Token).unwrap(), both.endpoints.last().unwrap());
    assert_eq!((first.rules.token.rotation, other.rules.token.rotation), (Rotation::None, Rotation::Overlap));
    assert!(first.rules.token.redirect_uri_on_refresh && other.rules.token.redirect_uri_on_refresh);
    let policy_of = |own: &Endpoint| both.policy(own, &policy());
    let lives = |own: &Endpoint| (policy_of(own).access, policy_of(own).code);
    assert_eq!(lives(first), (Lifetime::seconds(300), Lifetime::seconds(120)));
    assert_eq!(lives(other), (Lifetime::seconds(420), Lifetime::seconds(120)));
    assert_eq!(other.rules.errors.status.len(), 2);
    assert_eq!((first.rules.answer.members.len(), other.rules.answer.members.len()), (11, 1));
    let turns = |in_header, public| other.rules.token.rotations().of(in_header, public);
    assert_eq!((turns(true, false), turns(false, true)), (Rotation::Overlap, Rotation::Strict));
}

/// The standard endpoints let everybody ask about a token or end one; nobody gets one outside their dialect.
#[test]
fn clients_of_every_dialect_may_come_where_no_token_goes_out() {
    let mut foreign = client(ClientType::Confidential);
    foreign.dialect = "other".to_owned();
    let mut rfc = Dialect::preset("rfc").unwrap();
    let knows =
        |rfc: &Dialect, serves| rfc.policy(rfc.endpoint(serves).unwrap(), &policy()).clients.knows(&foreign);
    assert!(!knows(&rfc, Serves::Token) && knows(&rfc, Serves::Revoke));
    for endpoint in &mut rfc.endpoints {
        endpoint.rules.token.foreign_clients = endpoint.serves == Serves::Token;
    }
    assert!(!knows(&rfc, Serves::Token) && !knows(&rfc, Serves::Revoke));
}

#[test]
fn an_operators_lifetimes_win() {
    let (_, rfc) = PRESETS[0];
    let own = Lifetimes { access: Some(Lifetime::seconds(9)), ..Lifetimes::default() };
    let laid =
        Dialect::parse_with(&format!("{rfc}\n[lifetimes]\naccess = \"5m\"\ncode = \"2m\""), &own).unwrap();
    let policy = laid.policy(&laid.endpoints[1], &policy());
    assert_eq!((policy.access, policy.code), (Lifetime::seconds(9), Lifetime::seconds(120)));
    let endless = Lifetimes { access: Some(Lifetime::NEVER), ..Lifetimes::default() };
    assert!(Dialect::parse_with(rfc, &endless).is_err(), "the lint sees them, too");
}

#[test]
fn a_policy_is_the_dialects_own_where_it_names_one() {
    let server = policy();
    let at_token = |lines: &str| dialect(lines).policy(&endpoint(lines), &server);
    assert_eq!(at_token(""), server);
    let own = at_token(
        "[lifetimes]\ncode = \"5m\"\naccess = \"10m\"\nrefresh = \"never\"\n[token]\nrotation = \"none\"\n\
         rotation_of_public_clients = \"strict\"\n[authorize]\npkce = \"required_for_public\"",
    );
    assert_eq!((own.code, own.access), (Lifetime::seconds(300), Lifetime::seconds(600)));
    assert_eq!((own.refresh, own.rotation.usual, own.grace), (Lifetime::NEVER, Rotation::None, server.grace));
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
        let acting_for = ActingFor { tenant: Party { name: &name, ..NORTH.tenant }, ..NORTH };
        let tokens = Tokens { access: &access, refresh: Some(&refresh), access_expires_at: Some(at(left)), ..TOKENS };
        let sources = Sources { tokens: Some(tokens), ..sources(&granted, Some(acting_for)) };
        let json: Value = serde_json::from_slice(&token_answer(&endpoint(""), &sources)).unwrap();
        prop_assert_eq!(json["access_token"].as_str(), Some(access.as_str()));
        prop_assert_eq!(json["refresh_token"].as_str(), Some(refresh.as_str()));
        prop_assert_eq!(json["tenant_name"].as_str(), Some(name.as_str()));
        prop_assert!(json["expires_in"].as_i64().is_some_and(|seconds| seconds >= 0 && seconds * 1000 >= left));
    }

    #[test]
    fn what_is_refused_is_json(description in ".{0,60}") {
        let (_, body) = refusal(&endpoint("").rules.errors, &Refusal::new(ErrorCode::InvalidScope, Reason::ScopeMalformed, description));
        let json: Value = serde_json::from_slice(&body).unwrap();
        let allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
        let shown = json["error_description"].as_str().unwrap_or("\"");
        prop_assert!(shown.chars().all(allowed));
    }
}

#[test]
fn refusals_as_form_text() {
    let shape = endpoint("[errors]\nformat = \"form\"");
    let wrong = Refusal::new(ErrorCode::InvalidGrant, Reason::CodeUnknown, "the code is not valid");
    let (status, body) = refusal(&shape.rules.errors, &wrong);
    assert_eq!(status, 400);
    assert_eq!(body, b"error=invalid_grant&error_description=the+code+is+not+valid");
}
