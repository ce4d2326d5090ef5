//! What can change under a page, one thing at a time.

use std::sync::Arc;

use symbolon_oauth::client::{ClientType, GrantType};
use symbolon_oauth::policy::LevelFrom;

use super::*;
use crate::catalogue::{Resource, Sensitivity, Text};
use crate::consent::{ConsentFacts, candidates};
use crate::listing::{IconKey, Publisher};
use crate::tenant::Standing;
use crate::tests::{app, known, request, roles, set};

/// Everything that a page shows something of.
#[derive(Clone)]
struct World {
    person: UserId,
    app: App,
    asked: AuthorizationRequest,
    catalogue: Catalogue,
    facts: ConsentFacts,
}

fn world() -> World {
    let mut catalogue = roles("a b c", true);
    catalogue.resources.push(Arc::new(Resource {
        id: symbolon_oauth::id::Id::new([7; 16]),
        identifier: "https://api.example".to_owned(),
        title: "API".to_owned(),
        scopes: set("a b c d"),
    }));
    let mut asked = request("a b");
    asked.resource = Some("https://api.example".to_owned());
    let facts = ConsentFacts { grants: Vec::new(), seen: Vec::new(), ..known("") };
    World { person: UserId::new([5; 16]), app: app("a b c d", "b", Level::User), asked, catalogue, facts }
}

impl World {
    fn page(&self) -> Shown {
        let World { person, app, asked, catalogue, facts } = self;
        let candidates = candidates((app, LevelFrom::App), &asked.scopes, facts, catalogue);
        Shown::of((*person, app), asked, &candidates, catalogue)
    }

    fn tenant(&mut self) -> &mut crate::tenant::Tenant {
        &mut self.facts.memberships[0].tenant
    }

    fn scope(&mut self, name: &str) -> &mut Scope {
        self.catalogue.scopes.get_mut(name).unwrap_or_else(|| panic!("no scope {name}"))
    }

    fn role(&mut self) -> &mut crate::catalogue::Role {
        self.catalogue.roles.get_mut("role").unwrap_or_else(|| panic!("no role"))
    }
}

/// What an answer is worth when this happened between page and answer.
fn after(ticked: &str, change: impl FnOnce(&mut World)) -> Result<String, Vec<Change>> {
    let shown = world();
    let mut now = shown.clone();
    change(&mut now);
    let settled = shown.page().settle(&now.page(), "north", &set(ticked));
    settled.map(|settled| format!("{} - {}", settled.given, settled.refused))
}

fn scope(name: &str, change: ScopeChange) -> Result<String, Vec<Change>> {
    Err(vec![Change::Scope(name.to_owned(), change)])
}

#[test]
fn what_has_not_changed_is_given() {
    assert_eq!(after("b", |_| ()), Ok("a b - ".to_owned()));
    assert_eq!(after("", |_| ()), Ok("a - b".to_owned()));
    assert_eq!(
        after("", |world| world.app.client.redirect_uris.push("https://x.example".to_owned())).ok(),
        after("", |_| ()).ok()
    );
}

#[test]
fn a_page_is_answered_by_whom_it_was_shown_to() {
    let other = UserId::new([6; 16]);
    assert_eq!(after("", |world| world.person = other), Err(vec![Change::Person]));
    assert_eq!((world().page().is_for(world().person), world().page().is_for(other)), (true, false));
}

#[test]
fn an_app_that_looks_or_works_otherwise_is_shown_again() {
    let was = |name: &str| name.to_owned();
    assert_eq!(after("", |world| world.app.name = was("Other")), Err(vec![Change::Name { was: was("App") }]));
    let looks: [fn(&mut World); 7] = [
        |world| world.app.listing.icon = Some(IconKey([1; 32])),
        |world| world.app.listing.publisher = Some(Publisher { name: "P".to_owned(), verified: false }),
        |world| world.app.listing.publisher = Some(Publisher { name: String::new(), verified: true }),
        |world| world.app.listing.homepage = Some("https://x.example".to_owned()),
        |world| world.app.listing.privacy_url = Some("https://x.example".to_owned()),
        |world| world.app.listing.terms_url = Some("https://x.example".to_owned()),
        |world| world.app.status = AppStatus::Development,
    ];
    for (number, change) in looks.into_iter().enumerate() {
        assert_eq!(after("", change), Err(vec![Change::Look]), "{number}");
    }
    let works: [fn(&mut World); 4] = [
        |world| world.app.client.client_type = ClientType::Public,
        |world| world.app.client.dialect.push('x'),
        |world| world.app.client.grant_types = vec![GrantType::AuthorizationCode],
        |world| world.app.client.pkce_excused = true,
    ];
    for (number, change) in works.into_iter().enumerate() {
        assert_eq!(after("", change), Err(vec![Change::Version]), "{number}");
    }
}

#[test]
fn an_answer_that_goes_elsewhere_is_shown_again() {
    let elsewhere = |world: &mut World| {
        let mut shown = world.page();
        shown.destination = "https://elsewhere.example".to_owned();
        let settled = world.page().settle(&shown, "north", &set(""));
        assert_eq!(settled, Err(vec![Change::Destination { was: "https://app.example.net".to_owned() }]));
    };
    elsewhere(&mut world());
    assert_eq!(after("", |world| world.asked.resource = None), Err(vec![Change::Resource]));
    assert_eq!(
        after("", |world| Arc::make_mut(&mut world.catalogue.resources[0]).title.push('x')),
        Err(vec![Change::Resource])
    );
}

#[test]
fn a_tenant_that_is_another_is_shown_again() {
    assert_eq!(after("", |world| world.tenant().name.push('x')), Err(vec![Change::Tenant]));
    assert_eq!(after("", |world| world.tenant().kind = TenantKind::Personal), Err(vec![Change::Tenant]));
    assert_eq!(after("", |world| world.app.client.level = Level::Tenant), Err(vec![Change::Level]));
    let opened = |world: &mut World| {
        let now = world.page();
        world.tenant().standing = Standing::Disabled;
        world.page().settle(&now, "north", &set(""))
    };
    assert_eq!(opened(&mut world()).err().and_then(|changes| changes.first().cloned()), Some(Change::Tenant));
}

#[test]
fn what_widens_is_shown_again() {
    assert_eq!(after("b", |world| world.asked.scopes = set("a b c")), scope("c", ScopeChange::New));
    assert_eq!(after("b", |world| world.scope("a").includes = set("c")), scope("a", ScopeChange::Includes));
    assert_eq!(after("b", |world| world.scope("a").title.push('x')), scope("a", ScopeChange::Words));
    assert_eq!(after("b", |world| world.scope("b").description.push('x')), scope("b", ScopeChange::Words));
    let german = |world: &mut World| {
        let text = Text { title: Some("Lesen".to_owned()), description: None };
        world.scope("a").texts.insert("de".to_owned(), text);
    };
    assert_eq!(after("b", german), scope("a", ScopeChange::Words));
    let restricted = |world: &mut World| world.scope("a").sensitivity = Sensitivity::Restricted;
    assert_eq!(after("b", restricted), scope("a", ScopeChange::Words));
    let required = |world: &mut World| world.app.client.optional_scopes = set("");
    assert_eq!(after("", required), scope("b", ScopeChange::Required));
    assert_eq!(after("b", required), Ok("a b - ".to_owned()), "it was given as it was shown");
    // What is left out is nobody's concern.
    assert_eq!(after("", |world| world.scope("b").title.push('x')), Ok("a - b".to_owned()));
    // What may be left out and was never offered is.
    let offered = |world: &mut World| {
        world.asked.scopes = set("a b c");
        world.app.client.optional_scopes = set("b c");
    };
    assert_eq!(after("b c", offered), Ok("a b - ".to_owned()));
}

#[test]
fn a_role_that_gives_more_is_shown_again() {
    let mut shown = world();
    shown.role().scopes = set("a");
    let settled = shown.page().settle(&world().page(), "north", &set("b"));
    assert_eq!(settled, Err(vec![Change::Scope("b".to_owned(), ScopeChange::New)]));
    let settled = shown.page().settle(&world().page(), "north", &set(""));
    assert_eq!(settled.map(|settled| settled.given), Ok(set("a")), "it was left out");
}

#[test]
fn what_narrows_is_narrowed() {
    let given = |given: &str| Ok(format!("{given} - "));
    assert_eq!(after("b", |world| world.role().scopes = set("a")), given("a"));
    assert_eq!(after("b", |world| world.asked.scopes = set("b")), given("b"));
    assert_eq!(after("b", |world| world.asked.scopes = set("a")), given("a"));
    assert_eq!(after("b", |world| drop(world.catalogue.scopes.remove("a"))), given("b"));
    let mut shown = world();
    shown.scope("a").includes = set("c d");
    let settled = shown.page().settle(&world().page(), "north", &set("b"));
    assert_eq!(settled.map(|settled| settled.given), Ok(set("a b")));
    // A required one that may be left out by now was given.
    let optional = |world: &mut World| world.app.client.optional_scopes = set("a b");
    assert_eq!(after("b", optional), given("a b"));
}
