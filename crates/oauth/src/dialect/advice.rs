//! Advice on a dialect: what it may do and had better not. Nothing here is refused (that is [`super::lint`]); each
//! finding says what is unwise and what to write instead, for whoever can still choose.

use std::fmt;

use super::member::{Literal, Member, Source, Unit};
use super::rules::{Rules, SecretAndVerifier, UnknownParameters, Why};
use super::{Dialect, Endpoint, Method, Serves, read};
use crate::authorize::parameter::Parameter;
use crate::error::ErrorCode;
use crate::pkce::PkceRule;
use crate::policy::Rotation;
use crate::time::Lifetime;

const FIVE_MINUTES: i64 = 300_000;
const A_DAY: i64 = 86_400_000;

/// Something unwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The key, and what follows from it.
    pub what: String,
    /// What to write instead.
    pub mend: &'static str,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what, self.mend)
    }
}

/// What is unwise about a dialect; empty when nothing is.
#[must_use]
pub fn of(dialect: &Dialect) -> Vec<Advice> {
    let mut found = Vec::new();
    for (serves, judge) in JUDGES {
        let endpoints: Vec<&Endpoint> =
            dialect.endpoints.iter().filter(|endpoint| endpoint.serves == serves).collect();
        let each: Vec<Vec<Advice>> = endpoints.iter().map(|endpoint| judge(endpoint)).collect();
        let mut distinct: Vec<&Advice> = Vec::new();
        for advice in each.iter().flatten() {
            if !distinct.contains(&advice) {
                distinct.push(advice);
            }
        }
        for advice in distinct {
            let here = endpoints.iter().zip(&each).filter(|(_, own)| own.contains(advice));
            let paths: Vec<&str> =
                here.filter_map(|(endpoint, _)| endpoint.paths.first()).map(String::as_str).collect();
            let what = if paths.len() < endpoints.len() {
                format!("{} (at {})", advice.what, paths.join(", "))
            } else {
                advice.what.clone()
            };
            found.push(Advice { what, mend: advice.mend });
        }
    }
    found.extend(unread_parameters(dialect));
    if dialect.endpoint(Serves::Revoke).is_none() {
        found.push(Advice {
            what: "endpoint: there is none that serves \"revoke\", so an app cannot let go of a token"
                .to_owned(),
            mend: "add one",
        });
    }
    found
}

/// A name that nothing here reads was probably meant to be another.
fn unread_parameters(dialect: &Dialect) -> Vec<Advice> {
    let mut found = Vec::new();
    for endpoint in &dialect.endpoints {
        let Rules { parameters, parameter_headers, .. } = &endpoint.rules;
        for (table, names) in [("parameters", parameters), ("parameter_headers", parameter_headers)] {
            for name in names.keys() {
                let own = name.as_str();
                let advice = when(
                    !(Parameter::is_read(own) || read::KNOWN.contains(&own)),
                    format!("{table}.{name}: nothing here reads a parameter of this name"),
                    "write the standard's name before the '=', and this wire's after it",
                );
                found.extend(advice.filter(|advice| !found.contains(advice)));
            }
        }
    }
    found
}

type Judge = fn(&Endpoint) -> Vec<Advice>;

const JUDGES: [(Serves, Judge); 4] = [
    (Serves::Authorize, authorization),
    (Serves::Token, tokens),
    (Serves::Revoke, revocation),
    (Serves::Identity, identity),
];

fn when(unwise: bool, what: impl Into<String>, mend: &'static str) -> Option<Advice> {
    unwise.then(|| Advice { what: what.into(), mend })
}

fn longer(lifetime: Option<Lifetime>, most: i64) -> bool {
    lifetime.and_then(Lifetime::milliseconds).is_some_and(|own| own > most)
}

fn authorization(endpoint: &Endpoint) -> Vec<Advice> {
    let rules = &endpoint.rules.authorize;
    let all = [
        when(
            longer(endpoint.rules.lifetimes.code, FIVE_MINUTES),
            "lifetimes.code: a code that somebody else finds can be tried for over five minutes",
            "write \"60s\", or as much as clients need",
        ),
        when(
            rules.pkce == Some(PkceRule::RequiredForPublic),
            "authorize.pkce: an app with a secret may leave the challenge out, and then cannot tell a code that was \
             slipped to it from its own",
            "write \"required\", unless there are clients that send none",
        ),
        when(
            !rules.iss,
            "authorize.iss: an app that uses several servers cannot tell which of them answered",
            "leave it out, unless a client refuses what it does not know",
        ),
        when(
            rules.redirect_uri_optional,
            "authorize.redirect_uri_optional: a request need not say where its code goes",
            "leave it out, unless there are clients that name none",
        ),
        when(
            rules.redirect_uri_once,
            "authorize.redirect_uri_once: nothing but a challenge shows that a code was sent where it is used",
            "leave it out, unless clients name the redirect URI only once",
        ),
        when(
            shows(&rules.members, Source::Email),
            "authorize.members: an e-mail address ends up in browsers' histories and in logs",
            "show owner_id, or show it at an identity endpoint",
        ),
    ];
    all.into_iter().flatten().collect()
}

fn tokens(endpoint: &Endpoint) -> Vec<Advice> {
    let (rules, own) = (&endpoint.rules, &endpoint.rules.lifetimes);
    let token = &rules.token;
    let mut all = vec![
        when(
            own.access == Some(Lifetime::NEVER),
            "lifetimes.access: an access token that was stolen works until somebody revokes it",
            "write \"1h\", unless clients cannot refresh",
        ),
        when(
            longer(own.access, A_DAY),
            "lifetimes.access: an access token that was stolen works for over a day",
            "write \"1h\", unless clients cannot refresh",
        ),
        when(
            !token.refresh_tokens && own.access != Some(Lifetime::NEVER),
            "token.refresh_tokens: people have to connect again whenever an access token ends",
            "leave it out, unless clients do not refresh",
        ),
        when(
            token.unknown_parameters == UnknownParameters::Reject,
            "token.unknown_parameters: clients send more than any document says, and would be refused",
            "write \"ignore\"",
        ),
        when(
            token.secret_and_verifier == SecretAndVerifier::Exclusive,
            "token.secret_and_verifier: an app that proves itself and uses PKCE, too, would be refused",
            "write \"both\"",
        ),
    ];
    all.extend(answers(endpoint));
    if token.refresh_tokens {
        all.extend(refresh_tokens(endpoint));
    }
    all.into_iter().flatten().collect()
}

fn answers(endpoint: &Endpoint) -> [Option<Advice>; 6] {
    let rules = &endpoint.rules;
    [
        when(
            rules.answer.status != 200,
            "answer.status: many clients take anything but 200 for a refusal",
            "write 200, unless clients wait for another",
        ),
        when(
            rules.errors.status.values().any(|status| *status == 200),
            "errors.status: a client that looks at the status takes a refusal for a success",
            "write a status from 400 on, unless clients look into the body only",
        ),
        when(
            rules.answer.members.iter().any(is_another_token_type),
            "answer.members: the type of a token here is Bearer, whatever an answer says",
            "write source = \"token_type\", or literal = \"bearer\"",
        ),
        when(
            rules.answer.members.iter().any(is_life_in_minutes),
            "answer.members: a client that reads seconds refreshes sixty times as often as it must",
            "write unit = \"seconds\", unless clients read minutes",
        ),
        when(
            rules.errors.codes.contains_key(&Why::Code(ErrorCode::InvalidGrant)),
            "errors.codes.invalid_grant: a client of the standard does not see that a connection is over",
            "leave it out, unless clients look for another word",
        ),
        when(
            shows(&rules.answer.members, Source::Email),
            "answer.members: an e-mail address ends up wherever tokens are kept, if an app has the scope profile",
            "show it at an identity endpoint",
        ),
    ]
}

fn refresh_tokens(endpoint: &Endpoint) -> [Option<Advice>; 4] {
    let (token, own) = (&endpoint.rules.token, &endpoint.rules.lifetimes);
    let turns = [false, true].map(|in_header| token.rotations().of(in_header, false));
    [
        when(
            own.refresh == Some(Lifetime::NEVER),
            "lifetimes.refresh: a connection that nobody uses never ends",
            "write \"30d\", which every use begins anew",
        ),
        when(
            turns.contains(&Rotation::None),
            "token.rotation: whoever copies a refresh token shares the connection, and nobody notices",
            "write \"strict\", unless clients keep the first one for ever",
        ),
        when(
            turns.contains(&Rotation::Overlap),
            "token.rotation: a refresh token that was replaced goes on working, for a thief too",
            "write \"strict\", unless clients ignore the new one",
        ),
        when(
            turns.contains(&Rotation::Strict) && own.grace == Some(Lifetime::seconds(0)),
            "lifetimes.grace: an app whose answer was lost looks like a thief, and its connection ends",
            "leave it out, or write \"60s\"",
        ),
    ]
}

fn revocation(endpoint: &Endpoint) -> Vec<Advice> {
    let by_get = when(
        endpoint.methods.contains(&Method::Get),
        "endpoint that serves \"revoke\": a GET has an effect, which proxies and prefetching clients do not expect",
        "list \"POST\" or \"DELETE\", unless clients send GET",
    );
    by_get.into_iter().collect()
}

fn identity(endpoint: &Endpoint) -> Vec<Advice> {
    let rules = &endpoint.rules.identity;
    let mut shown = rules.members.iter().flat_map(|member| [member.source, member.fallback]).flatten();
    let of_a_person = when(
        !rules.asks_for_the_person && shown.any(Source::is_of_a_person),
        "identity.members: a name and an e-mail address are left out for apps without the scope profile",
        "name in required_scopes the scope that says that an app may know them",
    );
    of_a_person.into_iter().collect()
}

fn shows(members: &[Member], source: Source) -> bool {
    members.iter().any(|member| [member.source, member.fallback].contains(&Some(source)))
}

fn is_another_token_type(member: &Member) -> bool {
    let is_type = member.name.rsplit('.').next() == Some("token_type");
    is_type && matches!(&member.literal, Some(Literal::Text(text)) if !text.eq_ignore_ascii_case("bearer"))
}

fn is_life_in_minutes(member: &Member) -> bool {
    member.unit == Unit::Minutes
        && matches!(member.source, Some(Source::ExpiresIn | Source::RefreshExpiresIn))
}

#[cfg(test)]
mod tests {
    use super::super::PRESETS;
    use super::*;

    fn advice(lines: &str) -> Vec<String> {
        let (_, rfc) = PRESETS[0];
        let dialect =
            Dialect::parse(&format!("{rfc}\n{lines}")).unwrap_or_else(|wrong| panic!("{lines}: {wrong}"));
        of(&dialect).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_standard_endpoints_are_wise() {
        assert_eq!(advice(""), Vec::<String>::new());
    }

    /// What is unwise, and its twin that is not.
    const KNOBS: &[(&str, &str)] = &[
        ("[lifetimes]\ncode = \"10m\"", "[lifetimes]\ncode = \"5m\""),
        ("[lifetimes]\naccess = \"never\"", "[lifetimes]\naccess = \"24h\""),
        ("[lifetimes]\naccess = \"25h\"", "[lifetimes]\naccess = \"24h\""),
        ("[lifetimes]\nrefresh = \"never\"", "[lifetimes]\nrefresh = \"90d\""),
        ("[lifetimes]\ngrace = \"0s\"", "[lifetimes]\ngrace = \"1s\""),
        ("[token]\nrotation = \"none\"", "[token]\nrotation = \"strict\""),
        ("[token]\nrotation = \"overlap\"", "[token]\nrotation = \"strict\""),
        ("[token]\nrotation_from_header = \"overlap\"", "[token]\nrotation_from_header = \"strict\""),
        ("[token]\nrefresh_tokens = false", "[token]\nrefresh_tokens = true"),
        ("[token]\nunknown_parameters = \"reject\"", "[token]\nunknown_parameters = \"ignore\""),
        ("[token]\nsecret_and_verifier = \"exclusive\"", "[token]\nsecret_and_verifier = \"both\""),
        ("[authorize]\npkce = \"required_for_public\"", "[authorize]\npkce = \"required\""),
        ("[authorize]\niss = false", "[authorize]\niss = true"),
        ("[authorize]\nredirect_uri_once = true", "[authorize]\nredirect_uri_once = false"),
        ("[errors]\nstatus = { invalid_grant = 200 }", "[errors]\nstatus = { invalid_grant = 404 }"),
        ("[parameters]\nclientid = \"key\"", "[parameters]\nclient_id = \"key\""),
        ("[parameter_headers]\nsecret = \"x-secret\"", "[parameter_headers]\nclient_secret = \"x-secret\""),
        ("[authorize]\nredirect_uri_optional = true", "[authorize]\nredirect_uri_optional = false"),
        (
            "[authorize]\nmembers = [{ name = \"who\", source = \"email\" }]",
            "[authorize]\nmembers = [{ name = \"who\", source = \"owner_id\" }]",
        ),
        ("[answer]\nstatus = 201", "[answer]\nstatus = 200"),
        (
            "[answer]\nmembers = [{ name = \"access_token\", source = \"access_token\" }, { name = \"token_type\", literal = \"access\" }]",
            "[answer]\nmembers = [{ name = \"access_token\", source = \"access_token\" }, { name = \"token_type\", literal = \"bearer\" }]",
        ),
        (
            "[answer]\nmembers = [{ name = \"access_token\", source = \"access_token\" }, { name = \"email\", source = \"email\" }]",
            "[answer]\nmembers = [{ name = \"access_token\", source = \"access_token\" }, { name = \"user\", source = \"user_id\" }]",
        ),
        (
            "[answer]\nmembers = [{ name = \"access_token\", source = \"access_token\" }, { name = \"expires_in\", source = \"expires_in\", unit = \"minutes\" }]",
            "[answer]\nmembers = [{ name = \"access_token\", source = \"access_token\" }, { name = \"expires_in\", source = \"expires_in\" }]",
        ),
        ("[errors.codes]\ninvalid_grant = \"EXPIRED\"", "[errors.codes]\ninvalid_client = \"UNKNOWN\""),
        (
            "[[endpoint]]\nserves = \"identity\"\npaths = [\"/me\"]\nmethods = [\"GET\"]\n\
                 identity = { members = [{ name = \"email\", source = \"email\" }] }",
            "[[endpoint]]\nserves = \"identity\"\npaths = [\"/me\"]\nmethods = [\"GET\"]\n\
                 identity = { required_scopes = [\"profile\"], members = [{ name = \"email\", source = \"email\" }] }",
        ),
        (
            "[[endpoint]]\nserves = \"revoke\"\npaths = [\"/bye\"]\nmethods = [\"GET\"]\n\
                 token = { token_from = [\"Authorization Bearer\"] }",
            "[[endpoint]]\nserves = \"revoke\"\npaths = [\"/bye\"]\nmethods = [\"DELETE\"]\n\
                 token = { token_from = [\"Authorization Bearer\"] }",
        ),
    ];

    #[test]
    fn each_unwise_knob_is_named_and_its_wise_twin_is_not() {
        let confidential = |lines: &str| {
            let (_, rfc) = PRESETS[0];
            let text = format!("{}\n{lines}", rfc.replacen("title", "public_clients = false\ntitle", 1));
            let dialect = Dialect::parse(&text).unwrap_or_else(|wrong| panic!("{lines}: {wrong}"));
            of(&dialect).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        for (unwise, wise) in KNOBS {
            let found = confidential(unwise);
            assert_eq!(found.len(), 1, "{unwise}: {found:?}");
            assert!(found[0].contains(": ") && found[0].contains("; "), "{found:?}");
            assert_eq!(confidential(wise), Vec::<String>::new(), "{wise}");
        }
    }

    #[test]
    fn one_endpoint_of_several_is_named() {
        let found = advice(
            "[[endpoint]]\nserves = \"token\"\npaths = [\"/old/token\"]\nmethods = [\"POST\"]\n\
             lifetimes = { access = \"48h\" }",
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("(at /old/token)"), "{found:?}");
    }

    #[test]
    fn an_app_must_be_able_to_let_go() {
        let (_, rfc) = PRESETS[0];
        let without = rfc.replace("serves = \"revoke\"", "serves = \"introspect\"");
        let found = of(&Dialect::parse(&without).expect("it is safe"));
        assert!(found.iter().any(|advice| advice.what.contains("\"revoke\"")), "{found:?}");
    }
}
