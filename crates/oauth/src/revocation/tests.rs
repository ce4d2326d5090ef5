use super::*;
use crate::specimen::{EARLIER, LIVE, app, credential, family};

#[test]
fn a_token_says_its_own_kind() {
    let (text, presented) = credential(Kind::AccessToken, 3);
    assert_eq!(target(Some(&text)), Ok(Target::AccessToken(Id::new([3; 16]), presented)));
    let (text, presented) = credential(Kind::RefreshToken, 3);
    assert_eq!(target(Some(&text)), Ok(Target::Family(Id::new([3; 16]), presented)));
    for kind in
        [Kind::ClientSecret, Kind::PersonalKey, Kind::TenantKey, Kind::HostKey, Kind::AuthorizationCode]
    {
        assert_eq!(target(Some(&credential(kind, 3).0)), Ok(Target::Nothing), "{kind:?}");
    }
}

/// RFC 7009 §2.2: an invalid token is no error; a missing one is.
#[test]
fn nonsense_is_nothing_and_nothing_is_an_error() {
    let (text, _) = credential(Kind::AccessToken, 3);
    for nonsense in ["x", &text[1..], &text[..text.len() - 1], "acme_at_live_"] {
        assert_eq!(target(Some(nonsense)), Ok(Target::Nothing));
    }
    assert_eq!(target(None).unwrap_err().code, ErrorCode::InvalidRequest);
}

fn access(change: impl FnOnce(&mut AccessFacts)) -> AccessFacts {
    let hash = credential(Kind::AccessToken, 3).1.hash;
    let mut token =
        AccessFacts { id: Id::new([3; 16]), hash, app: app(1), family: Some(Id::new([5; 16])), over: false };
    change(&mut token);
    token
}

#[test]
fn an_access_token_ends_itself_or_its_family() {
    let (itself, family) =
        (Ends::AccessToken(Id::new([3; 16]), app(1)), Ends::Family(Id::new([5; 16]), app(1)));
    assert_eq!(of_access_token(access(|_| ()), Cascade::Token), itself);
    assert_eq!(of_access_token(access(|_| ()), Cascade::Family), family);
    let own = access(|token| token.family = None);
    assert_eq!(of_access_token(own, Cascade::Family), itself, "an app acting as itself has no family");
    for cascade in [Cascade::Token, Cascade::Family] {
        assert_eq!(of_access_token(access(|token| token.over = true), cascade), Ends::Nothing);
    }
}

/// RFC 7009 §2.1: a client ends what was issued to it.
#[test]
fn a_client_ends_its_own_access_token_alone() {
    let end = |number, byte, cascade| {
        let presented = credential(Kind::AccessToken, byte).1;
        of_own_access_token(access(|_| ()), app(number), presented, cascade)
    };
    assert_eq!(end(1, 3, Cascade::Token), Ends::AccessToken(Id::new([3; 16]), app(1)));
    assert_eq!(end(1, 3, Cascade::Family), Ends::Family(Id::new([5; 16]), app(1)));
    for cascade in [Cascade::Token, Cascade::Family] {
        assert_eq!(end(2, 3, cascade), Ends::Nothing, "another client's");
        assert_eq!(end(1, 4, cascade), Ends::Nothing, "its identifier under another secret");
    }
}

#[test]
fn a_client_ends_its_own_family_by_either_of_its_two_last_tokens() {
    let end = |number, byte, ended| {
        let presented = credential(Kind::RefreshToken, byte).1;
        of_own_family(&FamilyFacts { ended, ..family() }, app(number), presented)
    };
    for byte in [LIVE, EARLIER] {
        assert_eq!(end(1, byte, false), Ends::Family(family().id, app(1)));
        assert_eq!(end(2, byte, false), Ends::Nothing, "another client's");
        assert_eq!(end(1, byte, true), Ends::Nothing, "it was ended already");
    }
    assert_eq!(end(1, 3, false), Ends::Nothing, "an older one, or none of its tokens");
}
