//! Where authorization answers go, and what they carry.

use proptest::prelude::*;

use super::*;
use crate::authorize::{RequestParameters, address};
use crate::client::ClientType;
use crate::dialect::Dialect;
use crate::dialect::specimen::sources;
use crate::error::ErrorCode;
use crate::parameters::Parameters;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::specimen::{ISSUER, client, parameters, policy};

const CB: &str = "redirect_uri=https://app.example.net/cb";

fn sent(form: &str) -> RequestParameters {
    RequestParameters::of(parameters(form))
}

fn rfc() -> Dialect {
    Dialect::preset("rfc").unwrap()
}

/// What a request to the authorization endpoint, which stands first, is judged by.
fn judged_by(dialect: &Dialect) -> Policy {
    dialect.policy(&dialect.endpoints[0], &policy())
}

/// The rules of the authorization endpoint, to be changed.
fn rules(dialect: &mut Dialect) -> &mut AuthorizeRules {
    &mut dialect.endpoints[0].rules.authorize
}

/// The parameters of a successful answer with the code `C`.
fn answered<'a>(dialect: &'a Dialect, addressed: &'a Addressed, granted: &'a ScopeSet) -> Vec<Pair<'a>> {
    authorization_answer(&dialect.endpoints[0].rules.authorize, addressed, "C", &sources(granted))
}

/// RFC 6749 §3.1.2, §4.1.2; RFC 9207 §2.
#[test]
fn an_answer_keeps_the_query_of_the_redirect_uri() {
    for (uri, expected) in [
        ("https://a.example/cb", "https://a.example/cb?code=C&state=s+%26&iss=https%3A%2F%2Fissuer.example"),
        (
            "https://a.example/cb?x=1",
            "https://a.example/cb?x=1&code=C&state=s+%26&iss=https%3A%2F%2Fissuer.example",
        ),
        ("https://a.example/cb?", "https://a.example/cb?code=C&state=s+%26&iss=https%3A%2F%2Fissuer.example"),
    ] {
        let mut own = client(ClientType::Confidential);
        own.redirect_uris = vec![uri.to_owned()];
        let mut asked = parameters("state=s+%26");
        asked.push("redirect_uri".to_owned(), uri.to_owned()).unwrap();
        let addressed = address(&RequestParameters::of(asked), &own, &judged_by(&rfc()), ISSUER).unwrap();
        let location = location(&addressed, &answered(&rfc(), &addressed, &ScopeSet::new()));
        assert_eq!(location.as_str(), expected);
    }
}

#[test]
fn an_error_carries_state_and_issuer_and_what_the_dialect_adds() {
    let own = client(ClientType::Confidential);
    let refusal = Refusal::new(ErrorCode::AccessDenied, Reason::ScopeMalformed, "no");
    let mut shape = rfc();
    let addressed = address(&sent(&format!("{CB}&state=s")), &own, &judged_by(&shape), ISSUER).unwrap();
    let own_rules = &shape.endpoints[0].rules;
    let pairs = authorization_error((&own_rules.authorize, &own_rules.errors), &addressed, &refusal);
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_ref())).collect();
    assert_eq!(
        pairs,
        [("error", "access_denied"), ("error_description", "no"), ("state", "s"), ("iss", ISSUER)]
    );
    rules(&mut shape).description_aliases = vec!["error.message".to_owned()];
    rules(&mut shape).iss = false;
    let addressed = address(&sent(CB), &own, &judged_by(&shape), ISSUER).unwrap();
    let own_rules = &shape.endpoints[0].rules;
    let pairs = authorization_error((&own_rules.authorize, &own_rules.errors), &addressed, &refusal);
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_ref())).collect();
    assert_eq!(pairs, [("error", "access_denied"), ("error_description", "no"), ("error.message", "no")]);
}

proptest! {
    /// No text makes an answer go anywhere but to a registered address.
    #[test]
    fn an_answer_goes_to_what_is_registered(uri in ".{0,60}", state in ".{1,200}") {
        let own = client(ClientType::Confidential);
        let mut asked = Parameters::default();
        asked.push("redirect_uri".to_owned(), uri).unwrap();
        asked.push("state".to_owned(), state.clone()).unwrap();
        if let Ok(addressed) = address(&RequestParameters::of(asked), &own, &judged_by(&rfc()), ISSUER) {
            prop_assert_eq!(addressed.redirect_uri(), own.redirect_uris[0].as_str());
        }
        asked = Parameters::default();
        asked.push("redirect_uri".to_owned(), own.redirect_uris[0].clone()).unwrap();
        asked.push("state".to_owned(), state.clone()).unwrap();
        let addressed = address(&RequestParameters::of(asked), &own, &judged_by(&rfc()), ISSUER).unwrap();
        let location = location(&addressed, &answered(&rfc(), &addressed, &ScopeSet::new()));
        let location = location.as_str();
        let (to, query) = location.split_once('?').unwrap();
        prop_assert_eq!(to, own.redirect_uris[0].as_str());
        prop_assert!(location.bytes().all(|byte| byte.is_ascii_graphic()));
        let back: Vec<_> = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "state").collect();
        prop_assert_eq!(back.len(), 1);
        prop_assert_eq!(back[0].1.as_ref(), state.as_str());
    }
}
