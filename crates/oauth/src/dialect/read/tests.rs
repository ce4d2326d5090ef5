//! Every knob of a request: names, places, bodies, and what is refused for its shape.

use super::*;
use crate::authorize::parameter;
use crate::dialect::tests::endpoint;
use crate::dialect::{Dialect, PRESETS};

const FORM: &str = "application/x-www-form-urlencoded";
const RENAMED: &str = "[parameters]\nclient_id = \"clientId\"\ncode = \"authCode\"";

/// Headers by their lower-case names.
struct Sent(BTreeMap<&'static str, &'static str>);

impl Headers for Sent {
    fn header(&self, name: &str) -> Option<&str> {
        self.0.get(name).copied()
    }
}

fn sent<const N: usize>(headers: [(&'static str, &'static str); N]) -> Sent {
    Sent(headers.into_iter().filter(|(_, value)| !value.is_empty()).collect())
}

fn read(endpoint: &Endpoint, body: &str) -> Result<crate::parameters::Parameters, Refusal> {
    let headers = sent([("content-type", "application/x-www-form-urlencoded; charset=utf-8")]);
    back_channel(endpoint, Message { query: None, headers: &headers, body: body.as_bytes() })
}

#[test]
fn renamed_parameters_are_read_under_either_name_and_never_under_both() {
    let shape = endpoint(RENAMED);
    let parameters = read(&shape, "clientId=app&authCode=x&grant_type=authorization_code").unwrap();
    assert_eq!((parameters.get("client_id"), parameters.get("code")), (Some("app"), Some("x")));
    assert_eq!(read(&shape, "client_id=app").unwrap().get("client_id"), Some("app"));
    for both in ["clientId=a&client_id=b", "client_id=a&clientId=a"] {
        assert_eq!(read(&shape, both).unwrap_err().code, ErrorCode::InvalidRequest, "{both}");
    }
    let query = Message { query: Some("clientId=app&state=s"), headers: &sent([]), body: b"" };
    assert_eq!(authorization_request(&shape, query).unwrap().get(parameter::CLIENT_ID), Some("app"));
    let named = Message { query: Some("authCode=x"), headers: &sent([]), body: b"" };
    let refused = back_channel(&shape, named).map(|_| ()).map_err(|refusal| refusal.reason);
    assert_eq!(refused, Err(Reason::CredentialsInQuery), "a secret by any name");
}

#[test]
fn a_parameter_may_come_in_a_header_and_never_twice_with_two_values() {
    let shape = endpoint("[parameter_headers]\nclient_id = \"x-api-key\"");
    let read = |body: &str| {
        let headers = sent([("content-type", FORM), ("x-api-key", "app")]);
        let message = Message { query: None, headers: &headers, body: body.as_bytes() };
        back_channel(&shape, message).map(|parameters| parameters.get("client_id").map(str::to_owned))
    };
    assert_eq!(read("code=x"), Ok(Some("app".to_owned())));
    assert_eq!(read("client_id=app"), Ok(Some("app".to_owned())));
    assert_eq!(read("client_id=other").map_err(|refusal| refusal.reason), Err(Reason::RepeatedParameter));
}

#[test]
fn a_strict_dialect_refuses_what_others_ignore() {
    let strict = endpoint("[token]\nunknown_parameters = \"reject\"\nsecret_and_verifier = \"exclusive\"");
    let reason = |shape: &Endpoint, body| read(shape, body).err().map(|refusal| refusal.reason);
    assert_eq!(reason(&strict, "code=x&foo=1"), Some(Reason::UnknownParameter));
    assert_eq!(reason(&strict, "client_secret=x&code_verifier=1"), Some(Reason::SecretAndVerifier));
    assert_eq!(reason(&strict, "client_secret=x&code=1"), None);
    assert_eq!(reason(&endpoint(""), "client_secret=x&code_verifier=1&foo=1"), None);
}

/// RFC 6749 §2.3.1, §3.2.
#[test]
fn bodies_are_read_as_the_dialect_allows() {
    let read = |shape: &Endpoint, content_type: &'static str, query, body: &str| {
        let headers = sent([("content-type", content_type)]);
        let read = back_channel(shape, Message { query, headers: &headers, body: body.as_bytes() });
        read.map(|parameters| parameters.get("a").unwrap_or_default().to_owned())
            .map_err(|refusal| refusal.reason)
    };
    let (both, form_only) = (endpoint(""), endpoint("[token]\nbodies = [\"form\"]"));
    let json = r#"{"a":"1"}"#;
    for (shape, content_type, query, body, expected) in [
        (&both, FORM, None, "a=1", Ok("1")),
        (&both, "APPLICATION/JSON", None, json, Ok("1")),
        (&both, FORM, Some("x=1"), "a=1", Ok("1")),
        (&form_only, "application/json", None, json, Err(Reason::ContentType)),
        (&both, "text/plain", None, "a=1", Err(Reason::ContentType)),
        (&both, "", None, "a=1", Err(Reason::ContentType)),
        (&both, "", None, "", Ok("")),
        (&both, "application/json", None, "a=1", Err(Reason::MalformedJson)),
        (&both, FORM, None, "a=1&a=1", Err(Reason::RepeatedParameter)),
        (&both, FORM, Some("client_secret=x"), "a=1", Err(Reason::CredentialsInQuery)),
        (&both, FORM, Some("%63ode=x"), "a=1", Err(Reason::CredentialsInQuery)),
    ] {
        let read = read(shape, content_type, query, body);
        assert_eq!(read.as_deref().map_err(|reason| *reason), expected, "{content_type:?} {query:?} {body}");
    }
}

/// Under a name that a dialect gave a parameter, too; a strict one refuses what it does not know, whatever it is.
#[test]
fn what_is_no_text_is_refused_under_the_names_that_are_read() {
    let read = |shape: &Endpoint, body: &str| {
        let headers = sent([("content-type", "application/json")]);
        let read = back_channel(shape, Message { query: None, headers: &headers, body: body.as_bytes() });
        read.map(|parameters| parameters.get("client_id").map(str::to_owned))
            .map_err(|refusal| (refusal.code, refusal.reason))
    };
    let strict = endpoint("[token]\nunknown_parameters = \"reject\"");
    let refused = |reason| Err((ErrorCode::InvalidRequest, reason));
    let app = || Ok(Some("a".to_owned()));
    for (shape, body, expected) in [
        (&endpoint(""), r#"{"client_id":"a","meta":{"b":1},"max":1.5,"tags":["a","b"]}"#, app()),
        (&endpoint(RENAMED), r#"{"clientId":"a","meta":{"b":1}}"#, app()),
        (&endpoint(RENAMED), r#"{"clientId":{"b":1}}"#, refused(Reason::NotAText)),
        (&endpoint(RENAMED), r#"{"client_id":1.5}"#, refused(Reason::NotAText)),
        (&endpoint(""), r#"{"clientId":["a","b"]}"#, Ok(None)),
        (&endpoint(""), r#"{"client_id":["a","b"]}"#, refused(Reason::NotAText)),
        (&strict, r#"{"meta":{}}"#, refused(Reason::UnknownParameter)),
    ] {
        assert_eq!(read(shape, body), expected, "{body}");
    }
    for name in KNOWN {
        assert_eq!(
            read(&endpoint(""), &format!(r#"{{"{name}":{{}}}}"#)),
            refused(Reason::NotAText),
            "{name}"
        );
    }
}

#[test]
fn tokens_are_found_where_the_dialect_looks_and_never_twice() {
    let everywhere = endpoint(
        "[token]\ntoken_from = [\"Authentication Bearer\", \"Authorization Bearer\", \"X-Token\", \"body\"]",
    );
    let standard = endpoint("");
    for (shape, authorization, authentication, body, expected) in [
        (&everywhere, "", "Bearer h", "", Ok(Some(("h", true)))),
        (&everywhere, "bearer h", "", "", Ok(Some(("h", true)))),
        (&everywhere, "", "", "token=b", Ok(Some(("b", false)))),
        (&everywhere, "Bearer same", "Bearer same", "token=same", Ok(Some(("same", true)))),
        (&everywhere, "Bearer h", "", "token=b", Err(Reason::TwoTokens)),
        (&everywhere, "Basic x", "", "", Ok(None)),
        (&standard, "Bearer h", "Bearer h", "token=b", Ok(Some(("b", false)))),
        (&standard, "Bearer h", "", "", Ok(None)),
    ] {
        let headers = sent([
            ("content-type", FORM),
            ("authorization", authorization),
            ("authentication", authentication),
        ]);
        let message = Message { query: None, headers: &headers, body: body.as_bytes() };
        let parameters = back_channel(shape, message).unwrap();
        let found = token(shape, message, &parameters, "token").map_err(|refusal| refusal.reason);
        let found =
            found.as_ref().map(|found| found.as_ref().map(|found| (found.text.as_str(), found.in_header)));
        assert_eq!(found.map_err(|reason| *reason), expected, "{authorization:?} {authentication:?} {body}");
    }
    let headers = sent([("x-token", "h")]);
    let message = Message { query: None, headers: &headers, body: b"" };
    let found = token(&everywhere, message, &Default::default(), "token").unwrap_or_default();
    assert_eq!(found.map(|found| found.text), Some("h".to_owned()));
}

#[test]
fn a_grant_type_can_be_understood() {
    let shape = endpoint("[token]\ndefault_grant_type = \"refresh_token\"");
    let grant_type = |body| read(&shape, body).unwrap().get("grant_type").map(str::to_owned);
    assert_eq!(grant_type("refresh_token=x").as_deref(), Some("refresh_token"));
    assert_eq!(grant_type("grant_type=authorization_code").as_deref(), Some("authorization_code"));
}

/// Draft 5 of OAuth 2 called it `type`, and the grant types otherwise.
#[test]
fn grant_types_are_read_under_either_name() {
    let old = endpoint(
        "[parameters]\ngrant_type = \"type\"\n[token]\ngrant_type_names = { authorization_code = \"web_server\" }",
    );
    let grant_type = |body| read(&old, body).unwrap().get("grant_type").map(str::to_owned);
    for (body, expected) in [
        ("type=web_server", Some("authorization_code")),
        ("type=authorization_code", Some("authorization_code")),
        ("type=refresh_token", Some("refresh_token")),
        ("type=other", Some("other")),
        ("code=web_server", None),
    ] {
        assert_eq!(grant_type(body).as_deref(), expected, "{body}");
    }
    let (_, rfc) = PRESETS[0];
    let unknown = format!("{rfc}\n[token]\ngrant_type_names = {{ web_server = \"authorization_code\" }}");
    assert!(Dialect::parse(&unknown).is_err(), "the registered name stands first");
}
