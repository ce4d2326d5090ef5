//! An endpoint of a dialect: where it is, and the rules that it goes by, read off those rules.

use std::collections::BTreeMap;

use symbolon_oauth::client::GrantType;
use symbolon_oauth::dialect::rules::{RevokeProof, SecretAndVerifier, UnknownParameters, Why};
use symbolon_oauth::dialect::{Endpoint, Serves, TokenPlace};
use symbolon_oauth::policy::{Policy, Rotation};
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Lifetime;

use crate::language::Key;
use crate::language::said::Said;
use crate::views::docs::words;
use crate::views::site::Site;

/// An endpoint.
#[derive(Debug)]
pub struct Described<'a> {
    /// What it is for.
    pub what: Key,
    /// The methods it answers.
    pub methods: String,
    /// Where it is: the address that is advertised first.
    pub addresses: Vec<String>,
    /// What it goes by.
    pub facts: Vec<Fact<'a>>,
    /// What it answers, as it is sent, with placeholders.
    pub answers: Option<String>,
    /// How it refuses.
    pub refuses: Option<String>,
}

/// Something that an endpoint goes by.
#[derive(Debug)]
pub struct Fact<'a> {
    /// What it is about.
    pub about: Key,
    /// Names on the wire.
    pub codes: Vec<String>,
    /// In sentences.
    pub said: Vec<Said<'a>>,
}

impl<'a> Fact<'a> {
    fn said(about: Key, said: impl IntoIterator<Item = Said<'a>>) -> Fact<'a> {
        Fact { about, codes: Vec::new(), said: said.into_iter().collect() }
    }

    fn codes<T: Into<String>>(about: Key, codes: impl IntoIterator<Item = T>) -> Fact<'a> {
        Fact { about, codes: codes.into_iter().map(Into::into).collect(), said: Vec::new() }
    }

    fn and(mut self, said: impl IntoIterator<Item = Said<'a>>) -> Fact<'a> {
        self.said.extend(said);
        self
    }

    fn says_something(&self) -> bool {
        !self.codes.is_empty() || !self.said.is_empty()
    }
}

/// What an endpoint goes by, in the words of a site.
#[must_use]
pub fn facts<'a>(site: &'a Site, endpoint: &Endpoint, policy: &Policy) -> Vec<Fact<'a>> {
    let mut facts = match endpoint.serves {
        Serves::Authorize => authorization(site, endpoint, policy),
        Serves::Token => token(site, endpoint, policy),
        Serves::Revoke => revocation(site, endpoint, policy),
        Serves::Introspect => vec![Fact::said(Key("docs-who"), [site.say("docs-introspect-who")])],
        Serves::Userinfo | Serves::Identity | Serves::Client => who(site, endpoint),
        Serves::Metadata | Serves::ResourceMetadata => Vec::new(),
    };
    facts.push(Fact::codes(Key("docs-parameters"), renamed(&endpoint.rules.parameters)));
    facts.push(Fact::codes(Key("docs-parameter-headers"), renamed(&endpoint.rules.parameter_headers)));
    facts.push(Fact::codes(Key("docs-errors-called"), overridden(&endpoint.rules.errors.codes)));
    facts.push(Fact::codes(Key("docs-errors-status"), overridden(&endpoint.rules.errors.status)));
    facts.retain(Fact::says_something);
    facts
}

fn renamed(names: &BTreeMap<String, String>) -> impl Iterator<Item = String> {
    names.iter().map(|(own, here)| format!("{own} → {here}"))
}

fn overridden<T: std::fmt::Display>(map: &BTreeMap<Why, T>) -> impl Iterator<Item = String> {
    map.iter().map(|(why, here)| format!("{} → {here}", why.as_str()))
}

fn listed(scopes: &ScopeSet) -> Vec<String> {
    scopes.iter().map(str::to_owned).collect()
}

/// A life in a sentence, or in another one where it has no end.
fn lasts<'a>(site: &'a Site, (ends, endless): (Key, Key), lifetime: Lifetime) -> Said<'a> {
    match lifetime.milliseconds() {
        Some(milliseconds) => site.say(ends).duration("time", milliseconds),
        None => site.say(endless),
    }
}

fn authorization<'a>(site: &'a Site, endpoint: &Endpoint, policy: &Policy) -> Vec<Fact<'a>> {
    let rules = &policy.authorization;
    let response_type = match rules.response_type_optional {
        true => site.say("docs-response-type-optional"),
        false => site.say("docs-response-type"),
    };
    let separators: Vec<String> =
        rules.scope_separators.iter().filter(|own| **own != ' ').map(char::to_string).collect();
    let scopes = site.say(words::scopes_from(rules.scope_from));
    let required = rules.scope_required.then(|| site.say("docs-scopes-required"));
    let iss = if rules.iss { site.say("docs-answer-iss") } else { site.say("docs-answer-no-iss") };
    let redirect = rules.redirect_uri_optional.then(|| site.say("docs-redirect-optional"));
    vec![
        Fact::codes(Key("docs-response"), ["response_type=code"]).and([response_type]),
        Fact::codes(Key("docs-pkce"), ["code_challenge", "code_challenge_method=S256"])
            .and([site.say(words::pkce(policy.pkce)), site.say("docs-pkce-public")]),
        Fact::said(Key("docs-redirect"), [site.say("docs-redirect-exact")]).and(redirect),
        Fact::said(Key("docs-scopes-asked"), [scopes]).and(required),
        Fact::codes(Key("docs-scopes-between"), separators),
        Fact::codes(Key("docs-scopes-always"), listed(&rules.required_scopes)),
        Fact::said(Key("docs-answer"), [site.say("docs-answer-code"), iss]),
        Fact::codes(Key("docs-error-pages"), overridden(&endpoint.rules.authorize.pages)),
        Fact::said(
            Key("docs-lifetime"),
            [lasts(site, (Key("docs-code-lasts"), Key("docs-code-lasts-always")), policy.code)],
        ),
    ]
}

fn token<'a>(site: &'a Site, endpoint: &Endpoint, policy: &Policy) -> Vec<Fact<'a>> {
    let rules = &endpoint.rules.token;
    let methods = &policy.clients.authentication;
    let spelled = |grant_type: &GrantType| {
        let name = grant_type.as_str();
        rules.grant_type_names.get(name).map_or(name, String::as_str).to_owned()
    };
    let usual = rules.default_grant_type.as_ref().map(|usual| {
        let name = spelled(usual);
        site.say("docs-grant-type-default").owned("name", name)
    });
    let exclusive = (rules.secret_and_verifier == SecretAndVerifier::Exclusive)
        .then(|| site.say("docs-secret-or-verifier"));
    let strict = (rules.unknown_parameters == UnknownParameters::Reject)
        .then(|| site.say("docs-no-unknown-parameters"));
    let mut facts = vec![
        Fact::codes(Key("docs-proof"), methods.iter().map(|method| method.as_str()))
            .and(methods.iter().map(|method| site.say(words::proof(*method))))
            .and(exclusive),
        Fact::codes(Key("docs-body"), rules.bodies.iter().map(|format| words::body(*format))).and(strict),
        Fact::codes(Key("docs-grant-types"), rules.grant_types.iter().map(spelled)).and(usual),
        Fact::said(
            Key("docs-lifetime"),
            [lasts(site, (Key("docs-access-lasts"), Key("docs-access-lasts-always")), policy.access)],
        ),
    ];
    facts.extend(refreshing(site, endpoint, policy));
    facts
}

fn refreshing<'a>(site: &'a Site, endpoint: &Endpoint, policy: &Policy) -> Vec<Fact<'a>> {
    let served = |own| endpoint.rules.token.grant_types.contains(&own);
    let single = policy.one_family_per_grant.then(|| site.say("docs-one-connection"));
    if !policy.refresh_tokens || !(served(GrantType::RefreshToken) || served(GrantType::AuthorizationCode)) {
        return vec![Fact::said(Key("docs-refresh"), [site.say("docs-refresh-none")]).and(single)];
    }
    let slides =
        if policy.refresh_slides { site.say("docs-refresh-slides") } else { site.say("docs-refresh-fixed") };
    let at_most = |key: Key, lifetime: Lifetime| {
        lifetime.milliseconds().map(|milliseconds| site.say(key).duration("time", milliseconds))
    };
    let rotation = policy.rotation;
    let of =
        |key: Key, own: Option<Rotation>| own.map(|own| Fact::said(key, [site.say(words::rotation(own))]));
    let grace = policy.grace.milliseconds().filter(|grace| *grace > 0);
    let refresh = lasts(site, (Key("docs-refresh-lasts"), Key("docs-refresh-lasts-always")), policy.refresh);
    let mut facts = vec![
        Fact::said(Key("docs-refresh"), [refresh, slides])
            .and(at_most(Key("docs-refresh-most-confidential"), policy.refresh_max_confidential))
            .and(
                policy
                    .clients
                    .public_clients
                    .then(|| at_most(Key("docs-refresh-most-public"), policy.refresh_max_public))
                    .flatten(),
            ),
        Fact::said(Key("docs-rotation"), [site.say(words::rotation(rotation.usual))])
            .and(grace.map(|grace| site.say("docs-grace").duration("time", grace)))
            .and([site.say(words::old_access_token(policy.old_access_token))])
            .and(single),
    ];
    if endpoint.rules.token.token_from.is_some() {
        facts.push(Fact { about: Key("docs-refresh-place"), ..place(site, endpoint) });
    }
    facts.extend(of(Key("docs-rotation-header"), rotation.from_header));
    facts.extend(of(Key("docs-rotation-public"), rotation.of_public_clients));
    facts
}

fn revocation<'a>(site: &'a Site, endpoint: &Endpoint, policy: &Policy) -> Vec<Fact<'a>> {
    let rules = &endpoint.rules.revoke;
    let proven = rules.client == RevokeProof::Required;
    let methods = policy.clients.authentication.iter().map(|method| method.as_str());
    vec![
        place(site, endpoint),
        Fact::codes(Key("docs-proof"), methods.filter(|_| proven))
            .and([site.say(words::revoke_proof(rules.client))]),
        Fact::said(
            Key("docs-revoke"),
            [site.say(words::cascade(rules.cascade)), site.say(words::unknown_token(rules.unknown))],
        ),
        Fact::codes(Key("docs-status"), [rules.status.to_string()]),
    ]
}

/// Where a token is looked for.
fn place<'a>(site: &'a Site, endpoint: &Endpoint) -> Fact<'a> {
    let token = match endpoint.serves {
        Serves::Userinfo => "access_token",
        Serves::Token => "refresh_token",
        _ => "token",
    };
    let token = endpoint.rules.parameters.get(token).map_or(token, String::as_str);
    let places = endpoint.token_places();
    let codes = places.iter().map(|place| match place {
        TokenPlace::Body => format!("{token}=…"),
        TokenPlace::Header(header, scheme) => {
            let scheme = scheme.as_deref().map(|scheme| format!("{scheme} ")).unwrap_or_default();
            format!("{header}: {scheme}…")
        }
    });
    let several = (places.len() > 1).then(|| site.say("docs-token-places"));
    Fact::codes(Key("docs-token-place"), codes).and(several)
}

fn who<'a>(site: &'a Site, endpoint: &Endpoint) -> Vec<Fact<'a>> {
    let rules = endpoint.description();
    vec![
        place(site, endpoint),
        Fact::codes(Key("docs-needs-scopes"), listed(&rules.required_scopes)),
        Fact::codes(Key("docs-needs-one-scope"), listed(&rules.any_scope_of)),
    ]
}
