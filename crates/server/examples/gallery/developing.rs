//! What developers read without an app of their own: how to connect.

use symbolon_oauth::dialect::Dialect;
use symbolon_oauth::policy::Policy;
use symbolon_platform::catalogue::Sensitivity;

use super::super::view::docs::endpoint::{Described, facts};
use super::super::view::docs::{Docs, ScopeRow, SpokenHere, errors, words};
use super::super::view::site::Site;
use super::{HOSTILE, State, push};

fn spoken<'a>(site: &'a Site, dialect: &'a Dialect) -> SpokenHere<'a> {
    let endpoints = dialect.endpoints.iter().map(|endpoint| Described {
        what: words::endpoint(endpoint.serves),
        methods: endpoint.methods.iter().map(|method| method.as_str()).collect::<Vec<_>>().join(", "),
        addresses: endpoint.paths.iter().map(|path| format!("https://id.acme.example{path}")).collect(),
        facts: facts(site, endpoint, &dialect.policy(endpoint, &Policy::default())),
        answers: None,
        refuses: Some(r#"401 {"error":"invalid_client"}"#.to_owned()),
    });
    SpokenHere {
        name: &dialect.name,
        title: &dialect.title,
        public_clients: dialect.public_clients,
        endpoints: endpoints.collect(),
    }
}

fn scope(name: &'static str, title: &'static str, sensitivity: Sensitivity) -> ScopeRow<'static> {
    let includes = if sensitivity == Sensitivity::Normal { vec![] } else { vec!["forms:read"] };
    ScopeRow { name, title, description: "", sensitivity, includes }
}

/// How to connect: with nothing declared, and with everything.
pub fn docs(site: &Site, states: &mut Vec<State>) {
    let presets = ["rfc", "fillout", "fullscript", "calcom", "make"];
    let presets = presets.map(|name| Dialect::preset(name).unwrap_or_else(|error| panic!("{name}: {error}")));
    let docs = |dialects, scopes, resources| Docs {
        site,
        issuer: "https://id.acme.example",
        dialects,
        first: None,
        scopes,
        resources,
        me: "https://id.acme.example/v1/me".to_owned(),
        errors: errors(),
        limits: vec![site.say("docs-limit-body").count("size", 64)],
    };
    push(states, site, "docs-bare", docs(vec![spoken(site, &presets[0])], vec![], vec![]));
    let scopes = vec![
        scope("forms:read", "Read your forms", Sensitivity::Normal),
        scope("forms:write", "Change your forms", Sensitivity::Sensitive),
        scope("records:read", HOSTILE, Sensitivity::Restricted),
    ];
    let metadata = "https://id.acme.example/.well-known/oauth-protected-resource".to_owned();
    let resources = vec![(HOSTILE, "https://api.acme.example", metadata)];
    let all = presets.iter().map(|dialect| spoken(site, dialect)).collect();
    push(states, site, "hostile-docs", docs(all, scopes, resources));
}
