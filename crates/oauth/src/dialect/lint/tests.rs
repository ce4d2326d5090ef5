//! Every danger is refused, and its safe twin passes.

mod hostile;
mod mutated;
mod plausible;
mod played;

use super::super::{DialectError, PRESETS};
use super::*;

fn with(lines: &str) -> Result<Dialect, DialectError> {
    let (_, rfc) = PRESETS[0];
    Dialect::parse(&format!("{rfc}\n{lines}"))
}

#[test]
fn every_preset_is_safe() {
    for (name, text) in PRESETS {
        assert_eq!(Dialect::parse(text).map(|d| d.name), Ok(name.to_owned()));
    }
}

/// A danger, and the same dialect without it. `PUBLIC` stands for a dialect that public clients do not speak.
const CASES: &[(&str, &str)] = &[
    ("[lifetimes]\ncode = \"11m\"", "[lifetimes]\ncode = \"10m\""),
    ("[lifetimes]\ncode = \"never\"", "[lifetimes]\ncode = \"30s\""),
    ("[lifetimes]\ngrace = \"2h\"", "[lifetimes]\ngrace = \"0s\""),
    ("[lifetimes]\naccess = \"0s\"", "[lifetimes]\naccess = \"1s\""),
    ("[authorize]\npage_status = 302", "[authorize]\npage_status = 404"),
    ("[authorize.pages]\nscope_missing = 200", "[authorize.pages]\nscope_missing = 501"),
    ("[errors.status]\ninvalid_grant = 302", "[errors.status]\ninvalid_grant = 404"),
    ("[errors.status]\ninvalid_grant = 201", "[errors.status]\ninvalid_grant = 200"),
    ("[errors.status]\ntemporarily_unavailable = 400", "[errors.status]\ntemporarily_unavailable = 502"),
    ("[errors.status]\nunavailable = 200", "[errors.status]\nserver_error = 503"),
    (
        "[errors.codes]\ntemporarily_unavailable = \"invalid_grant\"",
        "[errors.codes]\ntemporarily_unavailable = \"down\"",
    ),
    ("[errors.codes]\nbug = \"OOPS\"\ninvalid_grant = \"OOPS\"", "[errors.codes]\ninvalid_grant = \"OOPS\""),
    ("[token]\ntoken_from = [\"Cookie\"]", "[token]\ntoken_from = [\"X-Token\"]"),
    ("[parameter_headers]\nclient_id = \"User-Agent\"", "[parameter_headers]\nclient_id = \"X-Client\""),
    ("[authorize.names]\ncode = \"state\"\nstate = \"code\"", "[authorize.names]\ncode = \"ticket\""),
    (
        "[authorize]\ndescription_aliases = [\"error\"]",
        "[authorize]\ndescription_aliases = [\"error.message\"]",
    ),
    ("[answer.headers]\nTransfer-Encoding = \"chunked\"", "[answer.headers]\nX-Server = \"acme\""),
    (
        "[answer.headers]\nAccess-Control-Allow-Credentials = \"true\"",
        "[answer.headers]\nX-Server = \"acme\"",
    ),
    (
        "[[endpoint]]\nserves = \"token\"\npaths = [\"//evil.example/t\"]\nmethods = [\"POST\"]",
        "[[endpoint]]\nserves = \"token\"\npaths = [\"/t\"]\nmethods = [\"POST\"]",
    ),
    ("[errors.status]\ninvalid_grnat = 400", "[errors.status]\ncode_expired = 410"),
    ("[answer]\nstatus = 302", "[answer]\nstatus = 201"),
    ("[answer.headers]\nSet-Cookie = \"a=b\"", "[answer.headers]\nX-Server = \"acme\""),
    ("[token]\nrotation = \"none\"", "[token]\nrotation = \"none\"\nrotation_of_public_clients = \"strict\""),
    ("[token]\nrotation_from_header = \"overlap\"", "[token]\nrotation_from_header = \"strict\""),
    ("[token]\ntoken_from = [\"authorization\"]", "[token]\ntoken_from = [\"Authorization Bearer\"]"),
    (
        "[[endpoint]]\nserves = \"token\"\npaths = [\"/t\"]\nmethods = [\"GET\"]",
        "[[endpoint]]\nserves = \"token\"\npaths = [\"/t\"]\nmethods = [\"POST\"]",
    ),
    ("[answer.headers]\nX-Server = \"a\\nb\"", "[answer.headers]\nX-Server = \"a b\""),
    (
        "[[endpoint]]\nserves = \"token\"\npaths = [\"/a/../t\"]\nmethods = [\"POST\"]",
        "[[endpoint]]\nserves = \"token\"\npaths = [\"/a..b/t\"]\nmethods = [\"POST\"]",
    ),
    (
        "[token]\nforeign_clients = true",
        "[[endpoint]]\nserves = \"revoke\"\npaths = [\"/r\"]\nmethods = [\"POST\"]\ntoken.foreign_clients = true",
    ),
    (
        "[[endpoint]]\nserves = \"token\"\npaths = [\"/oauth/token\"]\nmethods = [\"POST\"]",
        "[[endpoint]]\nserves = \"token\"\npaths = [\"/t\"]\nmethods = [\"POST\"]",
    ),
    (
        "[[endpoint]]\nserves = \"authorize\"\npaths = [\"/a\"]\nmethods = [\"GET\"]",
        "[[endpoint]]\nserves = \"authorize\"\npaths = [\"/a\"]\nmethods = [\"GET\", \"POST\"]",
    ),
    (
        "[[endpoint]]\nserves = \"revoke\"\npaths = [\"/i\"]\nmethods = [\"GET\"]",
        "[[endpoint]]\nserves = \"revoke\"\npaths = [\"/i\"]\nmethods = [\"GET\"]\ntoken.token_from = [\"Authorization Bearer\"]",
    ),
    (
        "[[endpoint]]\nserves = \"revoke\"\npaths = [\"/i\"]\nmethods = [\"POST\"]\nrevoke.client = \"none\"",
        "[[endpoint]]\nserves = \"revoke\"\npaths = [\"/i\"]\nmethods = [\"POST\"]\nrevoke.client = \"none\"\ntoken.token_from = [\"Authentication Bearer\"]",
    ),
    (
        "[[endpoint]]\nserves = \"revoke\"\npaths = [\"/i\"]\nmethods = [\"POST\"]\nrevoke.expired_for = \"1d\"",
        "[[endpoint]]\nserves = \"revoke\"\npaths = [\"/i\"]\nmethods = [\"POST\"]\nrevoke.expired_for = \"1d\"\nrevoke.cascade = \"family\"",
    ),
    (
        "[[endpoint]]\nserves = \"identity\"\npaths = [\"/me\"]\nmethods = [\"GET\"]",
        "[[endpoint]]\nserves = \"identity\"\npaths = [\"/me\"]\nmethods = [\"GET\"]\nidentity.members = [{ name = \"id\", source = \"user_id\" }]",
    ),
    (
        "[[endpoint]]\nserves = \"identity\"\npaths = [\"/me\"]\nmethods = [\"GET\"]\nidentity.members = [{ name = \"t\", source = \"access_token\" }]",
        "[[endpoint]]\nserves = \"identity\"\npaths = [\"/me\"]\nmethods = [\"GET\"]\nidentity.members = [{ name = \"t\", source = \"tenant_id\" }]",
    ),
    (
        "[[answer.members]]\nname = \"access_token\"\nsource = \"scope\"",
        "[[answer.members]]\nname = \"access_token\"\nsource = \"access_token\"",
    ),
    ("[[answer.members]]\nname = \"x\"", "[[answer.members]]\nname = \"key\"\nsource = \"access_token\""),
    (
        "[[endpoint]]\nserves = \"client\"\npaths = [\"/c\"]\nmethods = [\"GET\"]\nclient.members = [{ name = \"n\", source = \"app_name\" }]",
        "[[endpoint]]\nserves = \"client\"\npaths = [\"/c/{client_id}\"]\nmethods = [\"GET\"]\nclient.members = [{ name = \"n\", source = \"app_name\" }]",
    ),
    (
        "[[endpoint]]\nserves = \"client\"\npaths = [\"/{c}/{client_id}\"]\nmethods = [\"GET\"]\nclient.members = [{ name = \"n\", source = \"app_name\" }]",
        "[[endpoint]]\nserves = \"client\"\npaths = [\"/{client_id}\"]\nmethods = [\"GET\"]\nclient.members = [{ name = \"n\", source = \"client_type\" }]",
    ),
    (
        "[[endpoint]]\nserves = \"client\"\npaths = [\"/c/{client_id}\"]\nmethods = [\"GET\"]",
        "[[endpoint]]\nserves = \"client\"\npaths = [\"/c/{client_id}\"]\nmethods = [\"GET\"]\nclient.members = [{ name = \"n\", source = \"redirect_uri\", form = \"list\" }]",
    ),
    (
        "[[endpoint]]\nserves = \"client\"\npaths = [\"/c/{client_id}\"]\nmethods = [\"GET\"]\ntoken.token_from = [\"body\"]\nclient.members = [{ name = \"n\", source = \"app_name\" }]",
        "[[endpoint]]\nserves = \"client\"\npaths = [\"/c/{client_id}\"]\nmethods = [\"GET\"]\ntoken.token_from = [\"X-Token\"]\nclient.members = [{ name = \"n\", source = \"app_name\" }]",
    ),
    (
        "[[endpoint]]\nserves = \"token\"\npaths = [\"/t/{client_id}\"]\nmethods = [\"POST\"]",
        "[[endpoint]]\nserves = \"token\"\npaths = [\"/t/client_id\"]\nmethods = [\"POST\"]",
    ),
    (
        "[client]\nmembers = [{ name = \"who\", source = \"email\" }]",
        "[client]\nmembers = [{ name = \"who\", source = \"client_id\" }]",
    ),
    (
        "[client]\nmembers = [{ name = \"n\", source = \"app_name\", fallback = \"scope\" }]",
        "[client]\nmembers = [{ name = \"n\", source = \"app_name\", fallback = \"client_id\" }]",
    ),
    ("[client]\nstatus = 204", "[client]\nstatus = 203"),
    (
        "[client]\nmembers = [{ name = \"n\", literal = 1 }, { name = \"n\", literal = 2 }]",
        "[client]\nmembers = [{ name = \"n\", literal = 1 }, { name = \"m\", literal = 2 }]",
    ),
    (
        "[[answer.members]]\nname = \"access_token\"\nsource = \"access_token\"\n[[answer.members]]\nname = \"expires_in\"\nsource = \"expires_in\"\nunit = \"milliseconds\"",
        "[[answer.members]]\nname = \"access_token\"\nsource = \"access_token\"\n[[answer.members]]\nname = \"expires_in\"\nsource = \"expires_in\"\nunit = \"minutes\"",
    ),
    (
        "[[answer.members]]\nname = \"accessToken\"\nsource = \"access_token\"\n[[answer.members]]\nname = \"refreshExpiresIn\"\nsource = \"refresh_expires_in\"\nunit = \"milliseconds\"\nform = \"text\"",
        "[[answer.members]]\nname = \"accessToken\"\nsource = \"access_token\"\n[[answer.members]]\nname = \"expiresInMs\"\nsource = \"expires_in\"\nunit = \"milliseconds\"",
    ),
    (
        "[[answer.members]]\nname = \"access_token\"\nsource = \"access_token\"\n[[answer.members]]\nname = \"token_type\"\nliteral = \"mac\"",
        "[[answer.members]]\nname = \"access_token\"\nsource = \"access_token\"\n[[answer.members]]\nname = \"token_type\"\nliteral = \"BEARER\"",
    ),
    (
        "[[answer.members]]\nname = \"access_token\"\nsource = \"access_token\"\n[[answer.members]]\nname = \"tokenType\"\nliteral = \"DPoP\"",
        "[[answer.members]]\nname = \"access_token\"\nsource = \"access_token\"\n[[answer.members]]\nname = \"token_type\"\nliteral = \"user\"",
    ),
    ("[errors.status]\ninvalid_grant = 503", "[errors.status]\ninvalid_grant = 401"),
    ("[errors.status]\nrefresh_token_expired = 500", "[errors.status]\nunsupported_grant_type = 501"),
    ("[errors.status]\ninvalid_client = 429", "[errors.status]\nthrottled = 503"),
    ("[errors.codes]\ninvalid_grant = \"invalid_client\"", "[errors.codes]\ninvalid_grant = \"EXPIRED\""),
    (
        "[errors.codes]\ninvalid_grant = \"Invalid_Request\"",
        "[errors.codes]\ninvalid_client = \"unauthorized_client\"",
    ),
    (
        "[errors.codes]\nrefresh_token_expired = \"invalid_token\"",
        "[errors.codes]\ncode_expired = \"invalid_request\"",
    ),
    (
        "[errors.codes]\ninvalid_client = \"invalid_grant\"",
        "[errors.codes]\ninvalid_client = \"invalid_request\"",
    ),
    ("[errors.codes]\nno_client = \"invalid_grant\"", "[errors.codes]\nverifier_missing = \"invalid_grant\""),
    (
        "[errors.codes]\ninvalid_grant = \"authorization_pending\"",
        "[errors.codes]\ninvalid_grant = \"reconnect\"",
    ),
    ("[errors.codes]\ninvalid_scope = \"slow_down\"", "[errors.codes]\ninvalid_scope = \"BAD_SCOPE\""),
    (
        "[errors]\nmembers = [{ name = \"error\", literal = \"invalid_grant\" }, { name = \"why\", source = \"code\" }]",
        "[errors]\nmembers = [{ name = \"error\", literal = \"Bad Request\" }, { name = \"why\", source = \"code\" }]",
    ),
    (
        "[errors]\nmembers = [{ name = \"error.code\", literal = \"invalid_request\" }, { name = \"why\", source = \"code\" }]",
        "[errors]\nmembers = [{ name = \"error.code\", source = \"code\" }, { name = \"why\", literal = \"invalid_request\" }]",
    ),
    ("[not_found]\nstatus = 200\nbody = \"{}\"", "[not_found]\nbody = \"{}\""),
    ("[not_found]\nbody = \"Not Found\"", "[not_found]\nstatus = 410\nbody = '\"Not Found\"'"),
    ("[not_found]\nstatus = 404", "[not_found]\nstatus = 404\nbody = \"[]\""),
    ("[errors]\nmembers = [{ name = \"a\" }]", "[errors]\nmembers = [{ name = \"a\", literal = 5 }]"),
    (
        "[errors]\nmembers = [{ name = \"a.b\", literal = 5 }, { name = \"c\", literal = 5 }, { name = \"a.d\", literal = 5 }]",
        "[errors]\nmembers = [{ name = \"a.b\", literal = 5 }, { name = \"a.d\", literal = 5 }, { name = \"c\", literal = 5 }]",
    ),
];

#[test]
fn dangers_are_refused_and_their_safe_twins_pass() {
    for (dangerous, safe) in CASES {
        assert!(with(dangerous).is_err(), "{dangerous}");
        assert!(with(safe).is_ok(), "{safe}: {:?}", with(safe).err());
    }
}

const ACCESS: &str = "answer.members = [{ name = \"access_token\", source = \"access_token\" }, ";

#[test]
fn members_that_cannot_be_written_are_refused() {
    for (wrong, right) in [
        ("source = \"expires_in\", unit = \"iso\"", "source = \"expires_at\", unit = \"iso\""),
        ("source = \"scope\", unit = \"minutes\"", "source = \"scope\", separator = \",\""),
        ("source = \"user_id\", separator = \",\"", "source = \"user_id\", form = \"number\""),
        ("source = \"refresh_token\", form = \"list\"", "source = \"tenant_id\", form = \"list\""),
        ("source = \"expires_in\", form = \"number\"", "source = \"expires_in\", form = \"text\""),
        ("source = \"role\", format = \"uuid\"", "source = \"owner_id\", format = \"uuid\""),
        ("source = \"refresh_token\", map = { a = \"b\" }", "source = \"role\", map = { a = \"b\" }"),
        ("source = \"role\", literal = \"b\"", "literal = \"b\""),
    ] {
        let with = |member: &str| with(&format!("{ACCESS}{{ name = \"x\", {member} }}]"));
        assert!(with(wrong).is_err(), "{wrong}");
        assert!(with(right).is_ok(), "{right}: {:?}", with(right).err());
    }
}

#[test]
fn lives_without_end_are_for_dialects_that_public_clients_do_not_speak() {
    let (_, rfc) = PRESETS[0];
    for lines in [
        "[lifetimes]\naccess = \"never\"",
        "[lifetimes]\nrefresh_max = \"never\"",
        "[token]\nrotation = \"none\"",
    ] {
        assert!(with(lines).is_err(), "{lines}");
        let confidential = Dialect::parse(&format!("public_clients = false\n{rfc}\n{lines}"));
        assert!(confidential.is_ok(), "{lines}: {:?}", confidential.err());
    }
}

#[test]
fn an_unknown_key_is_refused_by_line() {
    for lines in [
        "[token]\nrotatoin = \"none\"",
        "[[endpoint]]\nserves = \"token\"\npaths = [\"/t\"]\nmethods = [\"POST\"]\ntoken.rotatoin = \"none\"",
    ] {
        let error = with(lines).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("rotatoin") && error.contains("line"), "{error}");
    }
}
