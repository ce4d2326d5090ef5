//! Which places are open, which is chosen, and what is remembered.

use super::*;
use crate::tests::{app, grant, roles, set, tenant};
use symbolon_oauth::id::Id;

/// A person's candidates under these identifiers: `-` before one means that the tenant is disabled there, `+` that the
/// app holds `a` there, `*` that it holds `a b`.
fn with<T>(ids: &[&str], ask: impl FnOnce(&[Candidate<'_>]) -> T) -> T {
    let (mut memberships, mut grants) = (Vec::new(), Vec::new());
    for (at, id) in ids.iter().enumerate() {
        let mut tenant = tenant();
        tenant.id = Id::new([u8::try_from(at).unwrap_or_default(); 16]);
        tenant.external_id = id.trim_start_matches(['-', '+', '*']).to_owned();
        if id.starts_with('-') {
            tenant.standing = Standing::Disabled;
        }
        let held = [('+', "a"), ('*', "a b")].into_iter().find(|(mark, _)| id.starts_with(*mark));
        grants.extend(held.map(|(_, scopes)| Grant { tenant: tenant.id, ..grant(scopes, Level::User) }));
        memberships.push(Membership { tenant, role: "role".to_owned(), standing: Standing::Active });
    }
    let (app, catalogue) = (app("a b", "", Level::User), roles("*", false));
    let facts = ConsentFacts { memberships, grants, seen: Vec::new(), not_admitted: Vec::new() };
    ask(&candidates((&app, LevelFrom::App), &set("a b"), &facts, &catalogue))
}

#[test]
fn an_app_in_development_is_closed_where_nobody_was_invited() {
    let (mut app, catalogue) = (app("a b", "", Level::User), roles("*", false));
    let memberships = [1, 2].map(|number| Membership {
        tenant: crate::tenant::Tenant { id: Id::new([number; 16]), ..tenant() },
        role: "role".to_owned(),
        standing: Standing::Active,
    });
    let closed = |app: &App, not_admitted: &[u8]| {
        let not_admitted = not_admitted.iter().map(|number| Id::new([*number; 16])).collect();
        let (grants, seen) = (Vec::new(), Vec::new());
        let facts = ConsentFacts { memberships: memberships.to_vec(), grants, seen, not_admitted };
        let all = candidates((app, LevelFrom::App), &set("a"), &facts, &catalogue);
        let closed = all.iter().filter(|one| one.unavailable == Some(Unavailable::InDevelopment)).count();
        (closed, are_kept_out(&all))
    };
    assert_eq!(closed(&app, &[1, 2]), (0, false), "a live one is everybody's");
    app.status = AppStatus::Development;
    assert_eq!(closed(&app, &[]), (0, false));
    assert_eq!(closed(&app, &[2]), (1, false));
    assert_eq!(closed(&app, &[1, 2]), (2, true));
}

fn name(candidate: &Candidate<'_>) -> String {
    candidate.membership.tenant.external_id.clone()
}

#[test]
fn a_choice_is_one_of_the_open_places() {
    let choose = |ids: &[&str], id: &str| with(ids, |candidates| chosen(candidates, id, false).map(name));
    assert_eq!(choose(&["north", "south"], "south"), Ok("south".to_owned()));
    assert_eq!(choose(&["north", "-south"], "south"), Err(Unchosen::Closed));
    assert_eq!(choose(&["north"], "elsewhere"), Err(Unchosen::Closed), "not one of the person's");
    assert_eq!(choose(&["north", "-south"], ""), Ok("north".to_owned()), "there is only one");
    assert_eq!(choose(&["north", "south"], ""), Err(Unchosen::NoChoice));
    assert_eq!(choose(&["-north"], ""), Err(Unchosen::NoChoice));
}

#[test]
fn a_closed_place_is_the_apps_to_hear_of_where_the_dialect_says_so() {
    let refuse = |id: &str| with(&["north", "-south"], |candidates| chosen(candidates, id, true).map(name));
    assert_eq!(refuse("north"), Ok("north".to_owned()));
    let told = refuse("south").map_err(|why| match why {
        Unchosen::Refused(refusal) => Some((refusal.code, refusal.reason)),
        Unchosen::NoChoice | Unchosen::Closed => None,
    });
    assert_eq!(told, Err(Some((ErrorCode::AccessDenied, Reason::PlaceClosed))));
    let unchosen = with(&["north", "south"], |candidates| chosen(candidates, "", true).map(name));
    assert_eq!(unchosen, Err(Unchosen::NoChoice), "the person has not said anything yet");
}

#[test]
fn a_page_opens_at_the_only_place_or_at_the_one_the_app_named() {
    let open = |ids: &[&str], wanted: Option<&str>| {
        with(ids, |candidates| preselected(candidates, wanted).map(name))
    };
    assert_eq!(open(&["north", "south"], None), None);
    assert_eq!(open(&["north", "south"], Some("south")).as_deref(), Some("south"));
    assert_eq!(open(&["north", "south", "-east"], Some("east")), None, "a closed one is never chosen");
    assert_eq!(open(&["north", "-south"], None).as_deref(), Some("north"));
    assert_eq!(open(&["north", "-south"], Some("south")).as_deref(), Some("north"));
}

#[test]
fn an_app_that_is_never_silent_hears_something_else_than_consent_is_missing() {
    let mut app = app("a", "", Level::User);
    assert_eq!(not_silent(&app).code, ErrorCode::ConsentRequired);
    app.status = AppStatus::Development;
    assert_eq!(not_silent(&app).code, ErrorCode::InteractionRequired);
}

#[test]
fn a_page_says_already_only_of_what_every_choice_holds() {
    let held = |ids: &[&str]| with(ids, held_everywhere);
    assert_eq!(held(&["*north"]), set("a b"));
    assert_eq!(held(&["*north", "+south"]), set("a"));
    assert_eq!(held(&["*north", "south"]), set(""));
    assert_eq!(held(&["*north", "-south"]), set("a b"), "what cannot be chosen does not count");
    assert_eq!(held(&["-north"]), set(""));
}
