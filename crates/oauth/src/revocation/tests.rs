use super::*;
use crate::specimen::credential;

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
