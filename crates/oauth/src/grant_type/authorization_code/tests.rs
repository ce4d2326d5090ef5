use proptest::prelude::*;

use super::*;
use crate::client::ClientType;
use crate::id::Id;
use crate::policy::Policy;
use crate::specimen::{CHALLENGE, NOW, VERIFIER, app, at, client, credential, parameters, policy, scopes};

const FAMILY: [u8; 16] = [9; 16];

fn facts() -> CodeFacts {
    CodeFacts {
        id: Id::new([7; 16]),
        hash: credential(Kind::AuthorizationCode, 7).1.hash,
        app: app(1),
        grant: Id::new([8; 16]),
        redirect_uri: "https://app.example.net/cb".to_owned(),
        redirect_uri_sent: true,
        challenge: Some(Challenge::from_stored(CHALLENGE.to_owned())),
        scopes: scopes("a b"),
        resource: Some("https://api.example".to_owned()),
        state: CodeState::Issued,
        created_at: NOW,
        expires_at: at(60_000),
    }
}

/// A request with this code and these other parameters.
fn request(byte: u8, rest: &str) -> CodeRequest {
    let (code, _) = credential(Kind::AuthorizationCode, byte);
    let form = parameters(&format!("code={code}&{rest}"));
    let known = form.get("resource").map(str::to_owned);
    CodeRequest::parse(&form, known.as_deref()).unwrap()
}

fn right() -> String {
    format!("redirect_uri=https://app.example.net/cb&code_verifier={VERIFIER}")
}

/// A grant that allows these scopes.
fn allows(ceiling: &str) -> Option<InForce<()>> {
    Some(InForce { grant: (), ceiling: scopes(ceiling) })
}

fn judge(request: &CodeRequest, facts: &CodeFacts) -> Result<Redemption, (Refusal, Effect)> {
    let (client, policy) = (client(ClientType::Confidential), policy());
    let terms = Terms { client: &client, policy: &policy, now: NOW };
    decide(request, Some(facts), allows("a b c"), terms).map(|(redemption, ())| redemption)
}

fn reason<T: std::fmt::Debug>(outcome: Result<T, (Refusal, Effect)>) -> (&'static str, Effect) {
    let (refusal, effect) = outcome.unwrap_err();
    (refusal.reason.as_str(), effect)
}

#[test]
fn what_is_right_is_redeemed_with_what_was_consented_to() {
    let redemption = judge(&request(7, &right()), &facts()).unwrap();
    assert_eq!(redemption.scopes, scopes("a b"));
    assert_eq!(redemption.resource.as_deref(), Some("https://api.example"));
    assert_eq!((redemption.access, redemption.refresh), (policy().access, Some(policy().refresh)));
}

/// RFC 6749 §4.1.3: whatever is wrong before the verifier leaves the code as it was.
#[test]
fn the_first_thing_that_is_wrong_decides() {
    let moved = |change: fn(&mut CodeFacts)| {
        let mut facts = facts();
        change(&mut facts);
        facts
    };
    let verifier = format!("code_verifier={VERIFIER}");
    let elsewhere = format!("redirect_uri=https://app.example.net/other&{verifier}");
    let spent = Effect::Spend(facts().id);
    for (request, facts, expected) in [
        (request(6, &right()), facts(), ("code_unknown", Effect::None)),
        (request(7, &right()), moved(|f| f.app = app(2)), ("code_unknown", Effect::None)),
        (request(7, &right()), moved(|f| f.expires_at = NOW), ("code_expired", Effect::None)),
        (request(7, &elsewhere), facts(), ("redirect_uri_differs", Effect::None)),
        (request(7, &verifier), moved(|f| f.challenge = None), ("redirect_uri_differs", Effect::None)),
        (
            request(7, &format!("{}&resource=https://other.example", right())),
            facts(),
            ("resource_differs", Effect::None),
        ),
        (request(7, "redirect_uri=https://app.example.net/cb"), facts(), ("verifier_missing", spent)),
        (request(7, &format!("{}x", right())), facts(), ("verifier_wrong", spent)),
        (request(7, &right()), moved(|f| f.challenge = None), ("verifier_unexpected", spent)),
        (request(7, &right()), moved(|f| f.state = CodeState::Spent), ("code_spent", Effect::None)),
        (
            request(7, &right()),
            moved(|f| f.state = CodeState::Redeemed(Id::new(FAMILY))),
            ("code_replayed", Effect::EndFamily(Id::new(FAMILY))),
        ),
        (
            request(7, &format!("{}x", right())),
            moved(|f| f.state = CodeState::Redeemed(Id::new(FAMILY))),
            ("verifier_wrong", Effect::None),
        ),
        (
            request(7, &format!("{}x", right())),
            moved(|f| f.state = CodeState::Spent),
            ("verifier_wrong", Effect::None),
        ),
        (
            request(7, &format!("{}x", right())),
            moved(|f| f.expires_at = NOW),
            ("verifier_wrong", Effect::None),
        ),
    ] {
        assert_eq!(reason(judge(&request, &facts)), expected);
    }
}

/// OAuth 2.1 §4.1.3: with PKCE the redirect URI may be left out; so it may when it was never sent.
#[test]
fn a_redirect_uri_may_be_left_out_where_nothing_is_lost() {
    let verifier = format!("code_verifier={VERIFIER}");
    assert!(judge(&request(7, &verifier), &facts()).is_ok());
    let mut plain = facts();
    (plain.challenge, plain.redirect_uri_sent) = (None, false);
    assert!(judge(&request(7, ""), &plain).is_ok());
}

#[test]
fn a_grant_that_allows_nothing_gives_nothing() {
    let facts = facts();
    let (client, policy) = (client(ClientType::Confidential), policy());
    let terms = Terms { client: &client, policy: &policy, now: NOW };
    let none: Option<InForce<()>> = None;
    let outcome = decide(&request(7, &right()), Some(&facts), none.clone(), terms);
    assert_eq!(reason(outcome), ("grant_not_in_force", Effect::None));
    let outcome = decide(&request(7, &right()), None, none.clone(), terms);
    assert_eq!(reason(outcome), ("code_unknown", Effect::None));
    // The answer is the same in every state of the code, and what follows is what would follow anyway.
    let replayed = CodeFacts { state: CodeState::Redeemed(Id::new(FAMILY)), ..facts.clone() };
    let outcome = decide(&request(7, &right()), Some(&replayed), none.clone(), terms);
    assert_eq!(reason(outcome), ("grant_not_in_force", Effect::EndFamily(Id::new(FAMILY))));
    let outcome = decide(&request(7, &format!("{}x", right())), Some(&facts), none, terms);
    assert_eq!(reason(outcome), ("grant_not_in_force", Effect::Spend(facts.id)));
}

/// A code without a challenge was issued to a client with a secret; without one it has no proof left.
#[test]
fn a_code_made_for_a_secret_is_of_no_use_without_one() {
    let mut plain = facts();
    plain.challenge = None;
    let unproven = request(7, "redirect_uri=https://app.example.net/cb");
    for (client_type, challenge_free) in [(ClientType::Public, false), (ClientType::Confidential, true)] {
        let (mut client, policy) = (client(client_type), policy());
        client.generations.refresh = 3;
        let terms = Terms { client: &client, policy: &policy, now: NOW };
        let outcome = decide(&unproven, Some(&plain), allows("a b"), terms);
        if challenge_free {
            assert!(outcome.is_ok());
        } else {
            assert_eq!(reason(outcome), ("client_turned_public", Effect::Spend(plain.id)));
        }
        let (proven, ()) = decide(&request(7, &right()), Some(&facts()), allows("a b"), terms).unwrap();
        assert_eq!(proven.generation, client.generations.refresh);
    }
}

#[test]
fn refresh_tokens_go_to_those_who_may_use_them() {
    let mut own = client(ClientType::Public);
    let facts = facts();
    let redeem = |own: &Client, policy: &Policy| {
        let terms = Terms { client: own, policy, now: NOW };
        decide(&request(7, &right()), Some(&facts), allows("a b c"), terms).unwrap().0
    };
    assert_eq!(redeem(&own, &policy()).refresh_max, policy().refresh_max_public);
    own.grant_types = vec![crate::client::GrantType::AuthorizationCode];
    assert_eq!(redeem(&own, &policy()).refresh, None);
    own.grant_types = crate::client::GrantType::ALL.to_vec();
    assert_eq!(redeem(&own, &Policy { refresh_tokens: false, ..policy() }).refresh, None);
}

#[test]
fn only_a_code_is_a_code() {
    for kind in [Kind::AccessToken, Kind::RefreshToken, Kind::ClientSecret] {
        let (text, _) = credential(kind, 7);
        assert!(CodeRequest::parse(&parameters(&format!("code={text}")), None).unwrap().code.is_none());
    }
    assert_eq!(
        CodeRequest::parse(&parameters("code="), None).err().unwrap().reason.as_str(),
        "missing_parameter"
    );
    let unknown = CodeRequest::parse(&parameters("code=x&resource=y"), None).err().unwrap();
    assert_eq!(unknown.code, ErrorCode::InvalidTarget);
}

proptest! {
    #[test]
    fn a_ceiling_is_never_passed(consented in "[a-d ]{0,9}", ceiling in "[a-d ]{0,9}") {
        let mut facts = facts();
        facts.scopes = scopes(&consented);
        let (client, policy) = (client(ClientType::Confidential), policy());
        let terms = Terms { client: &client, policy: &policy, now: NOW };
        let (redemption, ()) = decide(&request(7, &right()), Some(&facts), allows(&ceiling), terms).unwrap();
        let ceiling = scopes(&ceiling);
        prop_assert!(ceiling.contains_all(&redemption.scopes) && facts.scopes.contains_all(&redemption.scopes));
    }
}
