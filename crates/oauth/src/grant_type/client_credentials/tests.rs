use proptest::prelude::*;

use super::*;
use crate::client::ClientType;
use crate::specimen::{client, parameters, policy, scopes};

fn ask(form: &str, client_type: ClientType) -> Result<OwnToken, Refusal> {
    let parameters = parameters(form);
    let known = parameters.get("resource").filter(|resource| resource.starts_with("https://"));
    let request = OwnRequest::parse(&parameters, known)?;
    decide(&request, &client(client_type), &scopes("a b"), &policy())
}

/// RFC 6749 §4.4, §3.3; RFC 8707 §2.
#[test]
fn an_app_gets_its_own_scopes_and_no_others() {
    let code =
        |form, client_type| ask(form, client_type).map(|token| token.scopes).map_err(|refusal| refusal.code);
    assert_eq!(code("", ClientType::Confidential), Ok(scopes("a b")));
    assert_eq!(code("scope=b", ClientType::Confidential), Ok(scopes("b")));
    for wrong in ["scope=c", "scope=a+c", "scope=A", "scope=%22"] {
        assert_eq!(code(wrong, ClientType::Confidential), Err(ErrorCode::InvalidScope), "{wrong}");
    }
    for wrong in ["resource=x", "resource=https://a&resource=https://b"] {
        assert_eq!(code(wrong, ClientType::Confidential), Err(ErrorCode::InvalidTarget), "{wrong}");
    }
    assert_eq!(code("", ClientType::Public), Err(ErrorCode::UnauthorizedClient));
    let token = ask("resource=https://a", ClientType::Confidential).unwrap();
    assert_eq!((token.resource.as_deref(), token.access), (Some("https://a"), policy().access));
}

proptest! {
    #[test]
    fn nothing_beyond_what_may_be_asked(asked in "[a-d ]{0,9}") {
        if let Ok(token) = ask(&format!("scope={asked}"), ClientType::Confidential) {
            prop_assert!(scopes("a b").contains_all(&token.scopes));
        }
    }
}
