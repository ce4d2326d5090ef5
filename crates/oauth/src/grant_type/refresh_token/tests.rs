use proptest::prelude::*;

use super::*;
use crate::client::ClientType;
use crate::credential::{Environment, Secret};
use crate::id::Id;
use crate::policy::{Policy, Rotations};
use crate::specimen::{
    EARLIER, FAMILY_MARK, LIVE, NOW, app, at, client, credential, family, parameters, policy, scopes,
};

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

/// What goes out.
#[derive(Debug, PartialEq)]
enum Answer {
    Renew(Succession),
    Again(ScopeSet),
    Reissue(Reissue),
}

impl Answer {
    fn of(renewal: Renewal<'_>, first: &FirstAnswer) -> Answer {
        match renewal {
            Renewal::Renew(succession) => Answer::Renew(succession),
            Renewal::Repeat(repeat) => {
                assert_eq!(repeat.sealed, b"sealed");
                match repeat.after(first) {
                    Repeated::Again(scopes) => Answer::Again(scopes),
                    Repeated::Reissue(reissue) => Answer::Reissue(reissue),
                }
            }
        }
    }
}

fn judge(
    request: &RefreshRequest,
    family: &FamilyFacts,
    policy: &Policy,
    now: Timestamp,
) -> Result<Answer, (Refusal, Effect)> {
    let client = client(ClientType::Confidential);
    let policy = Policy { redirect_uri_on_refresh: true, ..policy.clone() };
    let terms = Terms { client: &client, policy: &policy, now };
    let refresh = decide(request, Some(family), allows("a b c"), terms)?;
    Ok(Answer::of(refresh.renewal, &first()))
}

/// What a predecessor is answered after its grace, when the successor was not used.
fn late(rest: &str, first: &FirstAnswer, ceiling: &str) -> Answer {
    let mut family = family();
    if let Some(earlier) = &mut family.predecessor {
        earlier.successor_used = false;
    }
    let (client, policy) = (client(ClientType::Confidential), policy());
    let terms = Terms { client: &client, policy: &policy, now: at(700) };
    let request = request(EARLIER, rest);
    let decided = decide(&request, Some(&family), allows(ceiling), terms);
    Answer::of(decided.unwrap().renewal, first)
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, (Refusal, Effect)>) -> (&'static str, ErrorCode, Effect) {
    let (refusal, effect) = outcome.unwrap_err();
    (refusal.reason.as_str(), refusal.code, effect)
}

#[test]
fn the_live_token_is_replaced_and_its_grace_begins() {
    let Answer::Renew(Succession { expected, turn, scopes: given, resource, .. }) =
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
    let client = client(ClientType::Confidential);
    assert!(live.would_renew(hash(LIVE), &client, at(999)));
    assert!(!live.would_renew(hash(EARLIER), &client, at(999)), "the one before it");
    assert!(!live.would_renew(hash(LIVE), &client, at(1000)), "its time is over");
    let without_end = FamilyFacts { refresh_expires_at: None, ends_at: Some(at(7)), ..family() };
    assert!(without_end.would_renew(hash(LIVE), &client, at(6)));
    assert!(!without_end.would_renew(hash(LIVE), &client, at(7)), "the family's time is over");
    assert!(!FamilyFacts { ended: true, ..family() }.would_renew(hash(LIVE), &client, at(1)));
    assert!(!FamilyFacts { refresh_hash: None, ..family() }.would_renew(hash(LIVE), &client, at(1)));
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
            Ok(Answer::Renew(Succession { ends_others, .. })) => ends_others,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((ends_others(None), ends_others(Some(Id::new([7; 16])))), (false, true));
}

#[test]
fn the_predecessor_gets_the_same_again_while_its_grace_lasts() {
    let family = family();
    let again = judge(&request(EARLIER, ""), &family, &policy(), at(499)).unwrap();
    assert_eq!(again, Answer::Again(scopes("a b")));
    let ordered = judge(&request(EARLIER, "scope=b+a"), &family, &policy(), at(499)).unwrap();
    assert_eq!(ordered, Answer::Again(scopes("a b")), "the same question in other words");
    let after = refused(judge(&request(EARLIER, ""), &family, &policy(), at(500)));
    assert_eq!(after, ("refresh_token_reused", ErrorCode::InvalidGrant, Effect::EndFamily(family.id)));
}

#[test]
fn the_predecessor_of_an_unused_successor_is_answered_for_as_long_as_it_is() {
    assert_eq!(late("", &first(), "a b c"), Answer::Again(scopes("a b")));
    assert_eq!(late("", &first(), "b c"), Answer::Again(scopes("b")), "within what is allowed now");
    let reissue = |scopes, reseals| {
        let resource = family().resource;
        Answer::Reissue(Reissue { scopes, resource, access: policy().access, ends_others: false, reseals })
    };
    let ended = FirstAnswer { access_ended: true, ..first() };
    assert_eq!(late("", &ended, "b c"), reissue(scopes("b"), true), "and stands for the first from then on");
}

#[test]
fn another_question_gets_an_access_token_of_its_own() {
    let reissue = |scopes| {
        let resource = family().resource;
        let access = policy().access;
        Answer::Reissue(Reissue { scopes, resource, access, ends_others: false, reseals: false })
    };
    let asked = |rest| judge(&request(EARLIER, rest), &family(), &policy(), at(499)).unwrap();
    assert_eq!(asked("scope=a"), reissue(scopes("a")));
    let narrow = FirstAnswer { asked: scopes("a"), scopes: scopes("a"), access_ended: false };
    assert_eq!(late("scope=a", &narrow, "a b c"), Answer::Again(scopes("a")));
    assert_eq!(late("", &narrow, "a b c"), reissue(scopes("a b")));
    // What was asked counts, not what it gave: of a wider question less may be allowed.
    let cut = FirstAnswer { asked: scopes("a b"), ..narrow };
    assert_eq!(late("", &cut, "a b c"), Answer::Again(scopes("a")));
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
        let request = request(byte, "");
        let outcome = decide(&request, Some(&family), none, terms);
        assert_eq!(refused(outcome), ("grant_not_in_force", ErrorCode::InvalidGrant, Effect::None));
    }
}

/// What was bound to a secret, or to the right to refresh, does not come back with it.
#[test]
fn a_refresh_token_of_an_earlier_generation_is_over() {
    for (of_the_family, of_the_client, works) in [(0, 0, true), (0, 1, false), (1, 1, true), (1, 0, true)] {
        let (mut client, policy) = (client(ClientType::Confidential), policy());
        client.generations.refresh = of_the_client;
        let terms = Terms { client: &client, policy: &policy, now: NOW };
        let family = FamilyFacts { generation: of_the_family, ..family() };
        let hash = family.refresh_hash.unwrap();
        assert_eq!(family.would_renew(hash, &client, NOW), works, "{of_the_family} {of_the_client}");
        for byte in [LIVE, EARLIER, 3] {
            let request = request(byte, "");
            let outcome = decide(&request, Some(&family), allows("a b"), terms);
            if works {
                assert_eq!(outcome.is_ok(), byte != 3, "{of_the_family} {of_the_client}");
            } else {
                let expected = ("refresh_token_outdated", ErrorCode::InvalidGrant, Effect::None);
                assert_eq!(refused(outcome), expected);
            }
        }
    }
}

/// Whoever knows the family's id can make up a token that names it. Only one that was issued says that there is a thief.
#[test]
fn a_refresh_token_that_was_made_up_ends_nothing() {
    let judged = |change: fn(&mut FamilyFacts), byte: u8, mark: u32| {
        let mut family = family();
        change(&mut family);
        let mut bytes = [byte; 32];
        Mark(mark).write(&mut bytes);
        let text = Secret::mint("acme", Kind::RefreshToken, Environment::Live, bytes);
        let request = RefreshRequest::parse((Some(text.expose()), false), &parameters(""), None).unwrap();
        refused(judge(&request, &family, &policy(), NOW))
    };
    let unknown = ("refresh_token_unknown", ErrorCode::InvalidGrant, Effect::None);
    let reused = ("refresh_token_reused", ErrorCode::InvalidGrant, Effect::EndFamily(family().id));
    assert_eq!(judged(|_| (), 9, 1), unknown);
    assert_eq!(judged(|family| family.predecessor = None, 9, 1), unknown);
    assert_eq!(judged(|_| (), 9, FAMILY_MARK.0), reused, "who knows the mark has seen one of its tokens");
    assert_eq!(judged(|family| family.mark = None, 9, 1), reused, "a family from before there were marks");
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
        let request = request(LIVE, "");
        let decided = decide(&request, Some(&family), allows("a b"), terms);
        let Ok(Answer::Renew(Succession { turn, .. })) =
            decided.map(|refresh| Answer::of(refresh.renewal, &first()))
        else {
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
        let Ok(Answer::Renew(Succession { turn, .. })) = judge(&request(LIVE, ""), &bounded, &policy, NOW)
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
        let request = request(LIVE, &format!("scope={asked}"));
        let decided = decide(&request, Some(&family), allows(&ceiling), terms);
        match decided.map(|refresh| Answer::of(refresh.renewal, &first())) {
            Ok(Answer::Renew(Succession { scopes: given, .. })) => {
                let ceiling = scopes(&ceiling);
                prop_assert!(family.scopes.contains_all(&given) && ceiling.contains_all(&given));
            }
            Ok(Answer::Again(_) | Answer::Reissue(_)) => prop_assert!(false),
            Err((refusal, effect)) => {
                prop_assert_eq!((refusal.reason.as_str(), effect), ("scope_widened", Effect::None));
                prop_assert!(!family.scopes.contains_all(&scopes(&asked)));
            }
        }
    }
}
