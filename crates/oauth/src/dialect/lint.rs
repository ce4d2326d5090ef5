//! What no dialect may loosen. Each finding is a sentence that says what is dangerous and how to mend it.

use super::{Dialect, Lifetimes, Member, Method, Rotation, Serves, Source, TokenSource, Unit};
use crate::error::ErrorCode;
use crate::time::Lifetime;

const CODE_AT_MOST: i64 = 600_000;
const GRACE_AT_MOST: i64 = 3_600_000;

/// The dangers of a dialect; empty when it is safe.
#[must_use]
pub fn dangers(dialect: &Dialect) -> Vec<String> {
    let mut found = Vec::new();
    lifetimes(dialect, &mut found);
    public_clients(dialect, &mut found);
    endpoints(dialect, &mut found);
    answers(dialect, &mut found);
    found
}

fn lifetimes(dialect: &Dialect, found: &mut Vec<String>) {
    let bounded = |lifetime: Option<Lifetime>, most| {
        lifetime.is_none_or(|own| own.milliseconds().is_some_and(|own| own > 0 && own <= most))
    };
    if !bounded(dialect.lifetimes.code, CODE_AT_MOST) {
        found.push(
            "lifetimes.code: an authorization code lives ten minutes at most; write \"10m\" or less"
                .to_owned(),
        );
    }
    if !bounded(dialect.lifetimes.grace, GRACE_AT_MOST)
        && dialect.lifetimes.grace != Some(Lifetime::seconds(0))
    {
        found.push(
            "lifetimes.grace: a used refresh token is answered again for sixty minutes at most".to_owned(),
        );
    }
}

fn public_clients(dialect: &Dialect, found: &mut Vec<String>) {
    if !dialect.token.public_clients {
        return;
    }
    let mend = "set token.public_clients = false, or keep the default";
    let rotations = dialect.endpoints.iter().filter_map(|endpoint| endpoint.rotation);
    if rotations.chain([dialect.token.rotation]).any(|rotation| rotation != Rotation::Strict) {
        found.push(format!("rotation: public clients need refresh tokens that turn strictly; {mend}"));
    }
    let Lifetimes { access, refresh_max, .. } = dialect.lifetimes;
    for (key, lifetime) in [("access", access), ("refresh_max", refresh_max)] {
        if lifetime == Some(Lifetime::NEVER) {
            found.push(format!("lifetimes.{key}: a public client may not hold a token without end; {mend}"));
        }
    }
}

fn endpoints(dialect: &Dialect, found: &mut Vec<String>) {
    for endpoint in &dialect.endpoints {
        let name = endpoint.paths.first().map_or("?", String::as_str);
        if endpoint.paths.is_empty() || endpoint.paths.iter().any(|path| !path.starts_with('/')) {
            found.push(format!("endpoint {name}: paths are a list of texts that begin with '/'"));
        }
        let reads_body = endpoint.token_from.contains(&TokenSource::Body);
        let bodiless = endpoint.methods.contains(&Method::Get);
        if endpoint.serves == Serves::Token && endpoint.methods != [Method::Post] {
            found.push(format!(
                "endpoint {name}: a token endpoint answers POST only, or codes end up in logs"
            ));
        }
        if endpoint.serves == Serves::Revoke && bodiless && reads_body {
            found.push(format!(
                "endpoint {name}: a GET that revokes takes the token from a header, never from the address"
            ));
        }
    }
    for serves in [Serves::Authorize, Serves::Token] {
        if dialect.endpoint(serves).is_none() {
            found.push(format!(
                "endpoint: there is none that serves \"{}\"",
                if serves == Serves::Token { "token" } else { "authorize" }
            ));
        }
    }
}

fn answers(dialect: &Dialect, found: &mut Vec<String>) {
    for Member { name, source, literal, unit } in &dialect.answer.members {
        if source.is_some() == literal.is_some() {
            found.push(format!("answer.members {name}: name either a source or a literal"));
        }
        if *unit == Unit::Iso && *source != Some(Source::IssuedAt) {
            found.push(format!("answer.members {name}: only issued_at can be written as \"iso\""));
        }
    }
    if !(400..500).contains(&dialect.authorize.page_status) {
        found.push("authorize.page_status: a page that refuses has a status from 400 to 499".to_owned());
    }
    for (code, status) in &dialect.errors.status {
        if ErrorCode::parse(code).is_none() {
            found.push(format!("errors.status {code}: there is no such error code"));
        }
        if !(400..600).contains(status) {
            found.push(format!("errors.status {code}: a refusal has a status from 400 to 599, or clients take it for a success"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::PRESETS;
    use super::*;

    fn with(lines: &str) -> Result<Dialect, String> {
        let (_, rfc) = PRESETS[0];
        Dialect::parse(&format!("{rfc}\n{lines}"))
    }

    #[test]
    fn every_preset_is_safe() {
        for (name, text) in PRESETS {
            assert_eq!(Dialect::parse(text).map(|d| d.name), Ok(name.to_owned()));
        }
    }

    #[test]
    fn dangers_are_refused_and_their_safe_twins_pass() {
        let cases = [
            ("[lifetimes]\ncode = \"11m\"", "[lifetimes]\ncode = \"10m\""),
            ("[lifetimes]\ncode = \"never\"", "[lifetimes]\ncode = \"30s\""),
            (
                "[lifetimes]\naccess = \"never\"",
                "[lifetimes]\naccess = \"never\"\n[token]\npublic_clients = false",
            ),
            ("[token]\nrotation = \"none\"", "[token]\nrotation = \"none\"\npublic_clients = false"),
            (
                "[lifetimes]\nrefresh_max = \"never\"",
                "[lifetimes]\nrefresh_max = \"never\"\n[token]\npublic_clients = false",
            ),
            ("[authorize]\npage_status = 302", "[authorize]\npage_status = 404"),
            ("[errors.status]\ninvalid_grant = 200", "[errors.status]\ninvalid_grant = 404"),
            ("[errors.status]\ninvalid_grnat = 400", "[errors.status]\ninvalid_grant = 400"),
            ("[[answer.members]]\nname = \"x\"", "[[answer.members]]\nname = \"x\"\nliteral = \"y\""),
            (
                "[[answer.members]]\nname = \"x\"\nsource = \"expires_in\"\nunit = \"iso\"",
                "[[answer.members]]\nname = \"x\"\nsource = \"issued_at\"\nunit = \"iso\"",
            ),
            ("[lifetimes]\ngrace = \"2h\"", "[lifetimes]\ngrace = \"0s\""),
            (
                "[[endpoint]]\nserves = \"token\"\npaths = [\"/t\"]\nmethods = [\"GET\"]",
                "[[endpoint]]\nserves = \"token\"\npaths = [\"/t\"]\nmethods = [\"POST\"]",
            ),
            (
                "[[endpoint]]\nserves = \"revoke\"\npaths = [\"/i\"]\nmethods = [\"GET\"]",
                "[[endpoint]]\nserves = \"revoke\"\npaths = [\"/i\"]\nmethods = [\"GET\"]\ntoken_from = [\"authorization\"]",
            ),
        ];
        for (dangerous, safe) in cases {
            assert!(with(dangerous).is_err(), "{dangerous}");
            assert!(with(safe).is_ok(), "{safe}: {:?}", with(safe).err());
        }
    }

    #[test]
    fn an_unknown_key_is_refused_by_line() {
        let error = with("[token]\nrotatoin = \"none\"").err().unwrap_or_default();
        assert!(error.contains("rotatoin") && error.contains("line"), "{error}");
    }
}
