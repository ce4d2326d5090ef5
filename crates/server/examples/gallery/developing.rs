//! What developers read without an app of their own: how to connect.

use symbolon_oauth::dialect::Dialect;
use symbolon_oauth::policy::Policy;
use symbolon_platform::catalogue::Sensitivity;

use super::super::routes::Address;
use super::super::routes::field::APP;
use super::super::view::connect_button::{ConnectButton, Size};
use super::super::view::docs::brand::{BrandPage, Shown};
use super::super::view::docs::endpoint::{Described, facts};
use super::super::view::docs::{Docs, ScopeRow, SpokenHere, errors, words};
use super::super::view::site::{Site, Theme};
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

/// The buttons, for whoever is signed out and for whoever chose an app of theirs.
pub fn brand(site: &Site, states: &mut Vec<State>) {
    let shown = |theme, size| {
        let button = ConnectButton { theme, size, language: site.language };
        Shown {
            path: button.path(),
            text: button.text(site),
            width: button.width(site),
            height: size.height(),
        }
    };
    let looks = |theme: Theme| (theme, Size::ALL.map(|size| shown(theme, size)).into());
    let page = |apps, chosen| BrandPage {
        site,
        looks: Theme::ALL.into_iter().map(looks).collect(),
        languages: vec![("de", Address::DeveloperBrand.link())],
        apps,
        chosen,
        code: "<a href=\"https://id.acme.example/oauth/authorize\"></a>".to_owned(),
    };
    push(states, site, "brand", page(vec![], None));
    let link = Address::DeveloperBrand.link().with(APP, "1");
    push(states, site, "hostile-brand", page(vec![(HOSTILE.to_owned(), link)], Some(HOSTILE)));
}
