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

/// What the predecessor of [`family`] was answered before, to a question that named no scope.
fn first() -> FirstAnswer {
    FirstAnswer { asked: scopes("a b"), scopes: scopes("a b"), access_ended: false }
}

fn judge(
    request: &RefreshRequest,
    family: &FamilyFacts,
    policy: &Policy,
    now: Timestamp,
) -> Result<Renewal, (Refusal, Effect)> {
    let client = client(ClientType::Confidential);
    let policy = Policy { redirect_uri_on_refresh: true, ..policy.clone() };
    let terms = Terms { client: &client, policy: &policy, now };
    decide(request, Some(family), Some(&first()), allows("a b c"), terms).map(|refresh| refresh.renewal)
}

/// What a predecessor is answered after its grace, when the successor was not used.
fn late(rest: &str, first: &FirstAnswer, ceiling: &str) -> Renewal {
    let mut family = family();
    if let Some(earlier) = &mut family.predecessor {
        earlier.successor_used = false;
    }
    let (client, policy) = (client(ClientType::Confidential), policy());
    let terms = Terms { client: &client, policy: &policy, now: at(700) };
    let decided = decide(&request(EARLIER, rest), Some(&family), Some(first), allows(ceiling), terms);
    decided.map(|refresh| refresh.renewal).unwrap()
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
    assert_eq!(again, Renewal::Again(scopes("a b")));
    let ordered = judge(&request(EARLIER, "scope=b+a"), &family, &policy(), at(499)).unwrap();
    assert_eq!(ordered, Renewal::Again(scopes("a b")), "the same question in other words");
    let after = refused(judge(&request(EARLIER, ""), &family, &policy(), at(500)));
    assert_eq!(after, ("refresh_token_reused", ErrorCode::InvalidGrant, Effect::EndFamily(family.id)));
}

#[test]
fn the_predecessor_of_an_unused_successor_is_answered_for_as_long_as_it_is() {
    assert_eq!(late("", &first(), "a b c"), Renewal::Again(scopes("a b")));
    assert_eq!(late("", &first(), "b c"), Renewal::Again(scopes("b")), "within what is allowed now");
    let reissue = |scopes, reseals| {
        let resource = family().resource;
        Renewal::Reissue(Reissue { scopes, resource, access: policy().access, ends_others: false, reseals })
    };
    let ended = FirstAnswer { access_ended: true, ..first() };
    assert_eq!(late("", &ended, "b c"), reissue(scopes("b"), true), "and stands for the first from then on");
}

#[test]
fn another_question_gets_an_access_token_of_its_own() {
    let reissue = |scopes| {
        let resource = family().resource;
        let access = policy().access;
        Renewal::Reissue(Reissue { scopes, resource, access, ends_others: false, reseals: false })
    };
    let asked = |rest| judge(&request(EARLIER, rest), &family(), &policy(), at(499)).unwrap();
    assert_eq!(asked("scope=a"), reissue(scopes("a")));
    let narrow = FirstAnswer { asked: scopes("a"), scopes: scopes("a"), access_ended: false };
    assert_eq!(late("scope=a", &narrow, "a b c"), Renewal::Again(scopes("a")));
    assert_eq!(late("", &narrow, "a b c"), reissue(scopes("a b")));
    // What was asked counts, not what it gave: of a wider question less may be allowed.
    let cut = FirstAnswer { asked: scopes("a b"), ..narrow };
    assert_eq!(late("", &cut, "a b c"), Renewal::Again(scopes("a")));
    assert_eq!(late("scope=a", &cut, "a b c"), reissue(scopes("a")));
}

/// A state of a family, as a change of [`family`].
type Changed = fn(&mut FamilyFacts);

/// A thief who holds a refresh token and asks what cannot be granted learns nothing of its state, and changes nothing.
#[test]
fn a_wrong_question_is_refused_alike_in_every_state() {
    let states: [(u8, Changed); 8] = [
        (LIVE, |_| ()),
        (EARLIER, |_| ()),
        (EARLIER, |f| f.predecessor.as_mut().unwrap().grace_until = NOW),
        (EARLIER, |f| f.predecessor = None),
        (3, |_| ()),
        (LIVE, |f| f.ended = true),
        (LIVE, |f| f.refresh_expires_at = Some(NOW)),
        (LIVE, |f| f.ends_at = Some(NOW)),
    ];
    for wrong in ["scope=a+b+c", "resource=x", "redirect_uri=https://evil.example"] {
        let answers = states.map(|(byte, change)| {
            let mut family = family();
            change(&mut family);
            judge(&request(byte, wrong), &family, &policy(), NOW).unwrap_err()
        });
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{wrong}: {answers:?}");
        assert_eq!(answers[0].1, Effect::None);
    }
    // Nor does one of what is not in force.
    let (client, policy) = (client(ClientType::Confidential), policy());
    let terms = Terms { client: &client, policy: &policy, now: NOW };
    for byte in [LIVE, EARLIER, 3] {
        let (family, none): (_, Option<InForce<()>>) = (family(), None);
        let outcome = decide(&request(byte, ""), Some(&family), Some(&first()), none, terms);
        assert_eq!(refused(outcome), ("grant_not_in_force", ErrorCode::InvalidGrant, Effect::None));
    }
}

/// What was bound to a secret is not left to whoever holds the token.
#[test]
fn a_refresh_token_made_with_a_secret_ends_when_the_client_has_none() {
    for (with_secret, client_type, works) in [
        (true, ClientType::Public, false),
        (false, ClientType::Public, true),
        (true, ClientType::Confidential, true),
        (false, ClientType::Confidential, true),
    ] {
        let (client, policy) = (client(client_type), policy());
        let terms = Terms { client: &client, policy: &policy, now: NOW };
        let family = FamilyFacts { with_secret, ..family() };
        for byte in [LIVE, EARLIER] {
            let outcome = decide(&request(byte, ""), Some(&family), Some(&first()), allows("a b"), terms);
            if works {
                assert!(outcome.is_ok(), "{with_secret} {client_type:?}");
            } else {
                let expected = ("client_turned_public", ErrorCode::InvalidGrant, Effect::None);
                assert_eq!(refused(outcome), expected);
            }
        }
    }
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
        (request(3, ""), moved(|f| f.app = app(2)), grant("refresh_token_foreign")),
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
    let ended = refused(decide(&request(LIVE, ""), Some(&family()), None, none.clone(), terms));
    assert_eq!(ended, grant("grant_not_in_force"));
    assert_eq!(refused(decide(&request(LIVE, ""), None, None, none, terms)), grant("refresh_token_unknown"));
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
        let decided = decide(&request(LIVE, ""), Some(&family), None, allows("a b"), terms);
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
        let decided = decide(&request(LIVE, &format!("scope={asked}")), Some(&family), None, allows(&ceiling), terms);
        match decided.map(|refresh| refresh.renewal) {
            Ok(Renewal::Renew(Succession { scopes: given, .. })) => {
                let ceiling = scopes(&ceiling);
                prop_assert!(family.scopes.contains_all(&given) && ceiling.contains_all(&given));
            }
            Ok(Renewal::Again(_) | Renewal::Reissue(_)) => prop_assert!(false),
            Err((refusal, effect)) => {
                prop_assert_eq!((refusal.reason.as_str(), effect), ("scope_widened", Effect::None));
                prop_assert!(!family.scopes.contains_all(&scopes(&asked)));
            }
        }
    }
}
