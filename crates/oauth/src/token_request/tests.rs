use super::*;
use crate::client::{ClientSecret, ClientType};
use crate::credential::SecretHash;
use crate::id::Id;
use crate::specimen::{NOW, at, client, parameters};

fn with_secrets() -> Client {
    let secret = |text: &str, expires_at| ClientSecret {
        id: Id::new([1; 16]),
        hash: SecretHash::of(text),
        foreign: None,
        expires_at,
        last_used_at: None,
    };
    let mut client = client(ClientType::Confidential);
    client.secrets = vec![secret("old", Some(at(1000))), secret("new", None)];
    client
}

fn proves(form: &str, client: Option<&Client>, now: Timestamp) -> Result<(), &'static str> {
    proves_at(&ClientPolicy::default(), form, client, now)
}

fn proves_at(
    policy: &ClientPolicy,
    form: &str,
    client: Option<&Client>,
    now: Timestamp,
) -> Result<(), &'static str> {
    let presented = PresentedClient::read(None, &parameters(form), false).unwrap();
    let outcome = match client {
        Some(client) => authenticate(&presented, client, policy, now).map(|_| ()),
        None => Err(unknown_client(&presented, policy)),
    };
    outcome.map_err(|refusal| {
        assert_eq!(refusal.code, ErrorCode::InvalidClient);
        refusal.reason.as_str()
    })
}

/// RFC 6749 §2.3, §5.2.
#[test]
fn a_client_proves_itself_with_a_live_secret_in_its_dialect() {
    let own = with_secrets();
    assert_eq!(proves("client_id=app&client_secret=new", Some(&own), NOW), Ok(()));
    assert_eq!(proves("client_id=app&client_secret=old", Some(&own), at(999)), Ok(()));
    assert_eq!(proves("client_id=app&client_secret=old", Some(&own), at(1000)), Err("wrong_secret"));
    assert_eq!(proves("client_id=app&client_secret=x", Some(&own), NOW), Err("wrong_secret"));
    assert_eq!(proves("client_id=app", Some(&own), NOW), Err("no_secret"));
    assert_eq!(proves("client_id=app&client_secret=new", None, NOW), Err("unknown_client"));
    let mut foreign = with_secrets();
    foreign.dialect = "other".to_owned();
    assert_eq!(proves("client_id=app&client_secret=new", Some(&foreign), NOW), Err("unknown_client"));
    let open = ClientPolicy { foreign_clients: true, ..ClientPolicy::default() };
    let elsewhere = proves_at(&open, "client_id=app&client_secret=new", Some(&foreign), NOW);
    assert_eq!(elsewhere, Ok(()), "whoever ends a token may do so where everybody may come");
    let mut basic_only = with_secrets();
    basic_only.authentication_method = Some(crate::client::AuthenticationMethod::ClientSecretBasic);
    let outcome = proves("client_id=app&client_secret=new", Some(&basic_only), NOW);
    assert_eq!(outcome, Err("method_not_registered"));
    let public = client(ClientType::Public);
    assert_eq!(proves("client_id=app", Some(&public), NOW), Ok(()));
    assert_eq!(
        proves("client_id=app&client_secret=new", Some(&public), NOW),
        Err("public_client_with_secret")
    );
}

#[test]
fn a_grant_type_is_known_and_allowed() {
    let mut own = client(ClientType::Confidential);
    own.grant_types = vec![GrantType::RefreshToken];
    let code =
        |form| grant_type(&parameters(form), &own, &ClientPolicy::default()).map_err(|refusal| refusal.code);
    assert_eq!(code("grant_type=refresh_token"), Ok(GrantType::RefreshToken));
    assert_eq!(code(""), Err(ErrorCode::InvalidRequest));
    assert_eq!(code("grant_type=password"), Err(ErrorCode::UnsupportedGrantType));
    assert_eq!(code("grant_type=client_credentials"), Err(ErrorCode::UnauthorizedClient));
    let narrow = ClientPolicy { grant_types: vec![GrantType::AuthorizationCode], ..ClientPolicy::default() };
    let served = grant_type(&parameters("grant_type=refresh_token"), &own, &narrow);
    assert_eq!(served.map_err(|refusal| refusal.reason), Err(Reason::GrantTypeNotServed));
}
