use proptest::prelude::*;

use super::*;
use crate::client::ClientType;
use crate::id::Id;
use crate::policy::{Policy, Rotations};
use crate::specimen::{EARLIER, LIVE, NOW, app, at, client, credential, family, parameters, policy, scopes};

fn request(byte: u8, rest: &str) -> RefreshRequest {
    let form = parameters(rest);
    let known = form.get("resource").map(str::to_owned);
    let token = credential(Kind::RefreshToken, byte).0;
    RefreshRequest::parse((Some(&token), false), &form, known.as_deref()).unwrap()
}

/// A grant that allows these scopes.
fn allows(ceiling: &str) -> Option<InForce<()>> {
    Some(InForce { grant: (), ceiling: scopes(ceiling) })
}

fn judge<'a>(
    request: &RefreshRequest,
    family: &'a FamilyFacts,
    policy: &Policy,
    now: Timestamp,
) -> Result<Renewal<'a>, (Refusal, Effect)> {
    let client = client(ClientType::Confidential);
    let policy = Policy { redirect_uri_on_refresh: true, ..policy.clone() };
    let terms = Terms { client: &client, policy: &policy, now };
    decide(request, Some(family), allows("a b c"), terms).map(|refresh| refresh.renewal)
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, (Refusal, Effect)>) -> (&'static str, ErrorCode, Effect) {
    let (refusal, effect) = outcome.unwrap_err();
    (refusal.reason.as_str(), refusal.code, effect)
}

#[test]
fn the_live_token_is_replaced_and_its_grace_begins() {
    let Renewal::Renew(Succession { expected, turn, scopes: given, resource, .. }) =
        judge(&request(LIVE, ""), &family(), &policy(), NOW).unwrap()
    else {
        panic!("not renewed");
    };
    assert_eq!(Some(expected), family().refresh_hash);
    assert_eq!(turn, Turn::Replace { expires_at: Some(at(86_400_000)), grace_until: at(60_000) });
    assert_eq!((given, resource), (scopes("a b"), family().resource));
}

#[test]
fn only_the_live_token_of_a_live_family_would_renew() {
    let hash = |byte| credential(Kind::RefreshToken, byte).1.hash;
    let live = family();
    assert!(live.would_renew(hash(LIVE), at(999)));
    assert!(!live.would_renew(hash(EARLIER), at(999)), "the one before it");
    assert!(!live.would_renew(hash(LIVE), at(1000)), "its time is over");
    let without_end = FamilyFacts { refresh_expires_at: None, ends_at: Some(at(7)), ..family() };
    assert!(without_end.would_renew(hash(LIVE), at(6)));
    assert!(!without_end.would_renew(hash(LIVE), at(7)), "the family's time is over");
    assert!(!FamilyFacts { ended: true, ..family() }.would_renew(hash(LIVE), at(1)));
    assert!(!FamilyFacts { refresh_hash: None, ..family() }.would_renew(hash(LIVE), at(1)));
}

#[test]
fn a_clock_that_is_behind_makes_no_grace() {
    let mut family = family();
    if let Some(earlier) = &mut family.predecessor {
        earlier.sealed_successor.clear();
    }
    let reused = refused(judge(&request(EARLIER, ""), &family, &policy(), at(499)));
    assert_eq!(reused, ("refresh_token_reused", ErrorCode::InvalidGrant, Effect::EndFamily(family.id)));
}

#[test]
fn a_family_with_one_access_token_has_one_for_ever() {
    let ends_others = |only_access| {
        let family = FamilyFacts { only_access, ..family() };
        match judge(&request(LIVE, ""), &family, &policy(), NOW) {
            Ok(Renewal::Renew(Succession { ends_others, .. })) => ends_others,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((ends_others(None), ends_others(Some(Id::new([7; 16])))), (false, true));
}

#[test]
fn the_predecessor_gets_the_same_again_while_its_grace_lasts() {
    let family = family();
    let again = judge(&request(EARLIER, ""), &family, &policy(), at(499)).unwrap();
    assert_eq!(again, Renewal::Again(b"sealed"));
    let late = refused(judge(&request(EARLIER, ""), &family, &policy(), at(500)));
    assert_eq!(late, ("refresh_token_reused", ErrorCode::InvalidGrant, Effect::EndFamily(family.id)));
}

/// RFC 6749 §5.2, §6; RFC 8707 §2.2; RFC 9700 §4.14.2.
#[test]
fn what_is_wrong_and_what_it_does() {
    let moved = |change: fn(&mut FamilyFacts)| {
        let mut family = family();
        change(&mut family);
        family
    };
    let grant = |reason| (reason, ErrorCode::InvalidGrant, Effect::None);
    let (ends, none) = (Effect::EndFamily(family().id), Effect::None);
    for (request, family, expected) in [
        (request(3, ""), family(), ("refresh_token_reused", ErrorCode::InvalidGrant, ends)),
        (request(LIVE, ""), moved(|f| f.app = app(2)), grant("refresh_token_foreign")),
        (request(EARLIER, ""), moved(|f| f.app = app(2)), grant("refresh_token_foreign")),
        (request(3, ""), moved(|f| f.app = app(2)), grant("refresh_token_unknown")),
        (request(LIVE, ""), moved(|f| f.ended = true), grant("family_ended")),
        (request(LIVE, ""), moved(|f| f.refresh_expires_at = Some(NOW)), grant("refresh_token_expired")),
        (request(LIVE, ""), moved(|f| f.ends_at = Some(NOW)), grant("refresh_token_expired")),
        (request(EARLIER, ""), moved(|f| f.ends_at = Some(NOW)), grant("refresh_token_expired")),
        (request(LIVE, "scope=a+b+c"), family(), ("scope_widened", ErrorCode::InvalidScope, none)),
        (request(LIVE, "resource=x"), family(), ("resource_widened", ErrorCode::InvalidTarget, none)),
        (
            request(LIVE, "resource=x"),
            moved(|f| f.resource = None),
            ("resource_widened", ErrorCode::InvalidTarget, none),
        ),
        (request(LIVE, "redirect_uri=https://evil.example"), family(), grant("redirect_uri_differs")),
    ] {
        assert_eq!(refused(judge(&request, &family, &policy(), NOW)), expected);
    }
    let (client, policy) = (client(ClientType::Confidential), policy());
    let terms = Terms { client: &client, policy: &policy, now: NOW };
    let none: Option<InForce<()>> = None;
    let ended = refused(decide(&request(LIVE, ""), Some(&family()), none.clone(), terms));
    assert_eq!(ended, grant("grant_not_in_force"));
    assert_eq!(refused(decide(&request(LIVE, ""), None, none, terms)), grant("refresh_token_unknown"));
}

/// A public client's refresh token always turns: it is its only proof (RFC 9700 §2.2.2).
#[test]
fn rotation_as_the_dialect_says_except_for_public_clients() {
    for (rotation, public, expected) in [
        (Rotation::Strict, false, "replace"),
        (Rotation::Overlap, false, "fork"),
        (Rotation::None, false, "echo"),
        (Rotation::Overlap, true, "replace"),
        (Rotation::None, true, "replace"),
    ] {
        let client = client(if public { ClientType::Public } else { ClientType::Confidential });
        let policy = Policy { rotation: Rotations::always(rotation), ..policy() };
        let terms = Terms { client: &client, policy: &policy, now: NOW };
        let family = family();
        let decided = decide(&request(LIVE, ""), Some(&family), allows("a b"), terms);
        let Ok(Renewal::Renew(Succession { turn, .. })) = decided.map(|refresh| refresh.renewal) else {
            panic!("not renewed");
        };
        let name = match turn {
            Turn::Replace { .. } => "replace",
            Turn::Fork { .. } => "fork",
            Turn::Echo { .. } => "echo",
        };
        assert_eq!(name, expected, "{rotation:?} public={public}");
    }
}

#[test]
fn no_turn_outlives_the_family() {
    let mut bounded = family();
    bounded.ends_at = Some(at(700));
    for rotation in [Rotation::Strict, Rotation::Overlap, Rotation::None] {
        let policy = Policy { rotation: Rotations::always(rotation), ..policy() };
        let Ok(Renewal::Renew(Succession { turn, .. })) = judge(&request(LIVE, ""), &bounded, &policy, NOW)
        else {
            panic!("not renewed");
        };
        let (Turn::Replace { expires_at, .. } | Turn::Fork { expires_at, .. } | Turn::Echo { expires_at }) =
            turn;
        assert_eq!(expires_at, Some(at(700)));
        if let Turn::Fork { ends_at, .. } = turn {
            assert_eq!(ends_at, Some(at(700)), "a sibling lives no longer");
        }
    }
}

#[test]
fn only_a_refresh_token_is_one() {
    let missing = RefreshRequest::parse((None, false), &parameters(""), None).unwrap_err();
    assert_eq!((missing.code, missing.reason.as_str()), (ErrorCode::InvalidRequest, "missing_parameter"));
    for kind in [Kind::AccessToken, Kind::AuthorizationCode, Kind::HostKey] {
        let (text, _) = credential(kind, LIVE);
        assert!(RefreshRequest::parse((Some(&text), false), &parameters(""), None).unwrap().token.is_none());
    }
}

proptest! {
    #[test]
    fn a_refresh_never_widens(granted in "[a-d ]{0,9}", asked in "[a-d ]{0,9}", ceiling in "[a-d ]{0,9}") {
        let mut family = family();
        family.scopes = scopes(&granted);
        let (client, policy) = (client(ClientType::Confidential), policy());
        let terms = Terms { client: &client, policy: &policy, now: NOW };
        let decided = decide(&request(LIVE, &format!("scope={asked}")), Some(&family), allows(&ceiling), terms);
        match decided.map(|refresh| refresh.renewal) {
            Ok(Renewal::Renew(Succession { scopes: given, .. })) => {
                let ceiling = scopes(&ceiling);
                prop_assert!(family.scopes.contains_all(&given) && ceiling.contains_all(&given));
            }
            Ok(Renewal::Again(_)) => prop_assert!(false),
            Err((refusal, effect)) => {
                prop_assert_eq!((refusal.reason.as_str(), effect), ("scope_widened", Effect::None));
                prop_assert!(!family.scopes.contains_all(&scopes(&asked)));
            }
        }
    }
}
