//! Property tests of what never widens: whatever is asked, granted, held or ticked.

use proptest::prelude::*;
use symbolon_oauth::authorize::{self, AuthorizationRequest, Prompt, RequestParameters};
use symbolon_oauth::client::{Client, ClientType, Generations, GrantType, Level};
use symbolon_oauth::id::{Id, UserId};
use symbolon_oauth::parameters::Parameters;
use symbolon_oauth::policy::{LevelFrom, Policy};
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;

use crate::app::{App, AppStatus};
use crate::authority::{Denied, GrantFacts, effective, may_end};
use crate::catalogue::{Catalogue, Role, Scope, Sensitivity};
use crate::consent::{Coming, ConsentFacts, Given, Known, Seen, Shown, Wanted, candidates, remembered};
use crate::grant::{Grant, GrantStatus};
use crate::listing::Listing;
use crate::tenant::{Membership, Standing, Tenant, TenantKind};
use crate::user::{Login, User};

pub(crate) const NOW: Timestamp = Timestamp(1_000);

pub(crate) fn set(text: &str) -> ScopeSet {
    ScopeSet::parse(text).unwrap_or_default()
}

pub(crate) fn app(scopes: &str, optional: &str, level: Level) -> App {
    App {
        client: Client {
            id: Id::new([1; 16]),
            client_id: "app".to_owned(),
            client_type: ClientType::Confidential,
            dialect: "rfc".to_owned(),
            secrets: Vec::new(),
            authentication_method: None,
            redirect_uris: Vec::new(),
            scopes: set(scopes),
            optional_scopes: set(optional),
            grant_types: GrantType::ALL.to_vec(),
            pkce_excused: false,
            native: false,
            unknown_scopes: None,
            level,
            generations: Generations::default(),
        },
        name: "App".to_owned(),
        listing: Listing::default(),
        status: AppStatus::Live,
        owner: None,
        created_at: Timestamp(0),
    }
}

pub(crate) fn tenant() -> Tenant {
    Tenant {
        id: Id::new([2; 16]),
        external_id: "north".to_owned(),
        name: "North".to_owned(),
        kind: TenantKind::Organization,
        base_url: None,
        region: None,
        standing: Standing::Active,
    }
}

pub(crate) fn grant(scopes: &str, level: Level) -> Grant {
    Grant {
        id: Id::new([3; 16]),
        app: Id::new([1; 16]),
        level,
        tenant: tenant().id,
        user: Id::new([4; 16]),
        scopes: set(scopes),
        status: GrantStatus::Active,
        expires_at: None,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
        last_used_at: None,
    }
}

pub(crate) fn facts(grant: Grant, role: Option<&str>) -> GrantFacts {
    let user = User {
        id: grant.user,
        external_id: "u".to_owned(),
        login: Login::Email("u@example.com".to_owned()),
        username: None,
        name: "U".to_owned(),
        standing: Standing::Active,
        staff: false,
    };
    GrantFacts {
        grant,
        tenant: tenant(),
        user,
        valid_from: Timestamp(0),
        role: role.map(str::to_owned),
        admitted: true,
        only_family: None,
    }
}

pub(crate) fn roles(scopes: &str, can_install: bool) -> Catalogue {
    let role = Role {
        key: "role".to_owned(),
        title: "Role".to_owned(),
        scopes: set(scopes),
        can_install,
        can_approve: false,
        texts: crate::catalogue::Texts::new(),
    };
    let scopes = ["a", "b", "c", "d"].map(|name| (name.to_owned(), scope(name, "")));
    Catalogue { scopes: scopes.into(), roles: [("role".to_owned(), role)].into(), ..Catalogue::default() }
}

/// A scope that includes these.
pub(crate) fn scope(name: &str, includes: &str) -> Scope {
    Scope {
        name: name.to_owned(),
        title: name.to_uppercase(),
        description: String::new(),
        sensitivity: Sensitivity::Normal,
        includes: set(includes),
        texts: crate::catalogue::Texts::new(),
    }
}

/// Where the answers of the app go.
pub(crate) const HOME: &str = "https://app.example.net";

/// A request for these scopes that passed every check.
pub(crate) fn request(scopes: &str) -> AuthorizationRequest {
    let form = "redirect_uri=https://app.example.net/cb";
    let parameters = RequestParameters::of(Parameters::from_form(form.as_bytes()).unwrap_or_default());
    let mut client = app("a", "", Level::User).client;
    client.redirect_uris = vec!["https://app.example.net/cb".to_owned()];
    let addressed = authorize::address(&parameters, &client, &Policy::default(), "https://issuer.example");
    AuthorizationRequest {
        addressed: addressed.unwrap_or_else(|page| panic!("{page:?}")),
        scopes: set(scopes),
        challenge: None,
        resource: None,
        prompt: Prompt::default(),
        max_age: None,
        login_hint: None,
        tenant: None,
    }
}

/// What is known of a member of North whom the app holds these scopes of.
pub(crate) fn known(held: &str) -> ConsentFacts {
    let grant = grant(held, Level::User);
    let seen = Seen {
        grant: grant.id,
        tenant: grant.tenant,
        destinations: vec![HOME.to_owned()],
        refused: ScopeSet::new(),
        known: Known {
            name: "App".to_owned(),
            publisher: String::new(),
            resources: [String::new()].into(),
            scopes: set(held),
        },
    };
    ConsentFacts { memberships: member(), grants: vec![grant], seen: vec![seen], not_admitted: Vec::new() }
}

fn member() -> Vec<Membership> {
    vec![Membership { tenant: tenant(), role: "role".to_owned(), standing: Standing::Active }]
}

#[test]
fn each_reason_stops_everything() {
    let (app, catalogue) = (app("a", "", Level::User), roles("*", false));
    let allowed = |change: fn(&mut App, &mut GrantFacts)| {
        let (mut app, mut facts) = (app.clone(), facts(grant("a", Level::User), Some("role")));
        change(&mut app, &mut facts);
        effective(&app, &facts, &catalogue, NOW)
    };
    assert_eq!(allowed(|_, _| ()), Ok(set("a")));
    assert_eq!(allowed(|app, _| app.status = AppStatus::Suspended), Err(Denied::AppSuspended));
    assert_eq!(allowed(|app, _| app.status = AppStatus::Development), Ok(set("a")));
    assert_eq!(allowed(|_, facts| facts.admitted = false), Ok(set("a")), "a live app is everybody's");
    let of_a_stranger = |app: &mut App, facts: &mut GrantFacts| {
        (app.status, facts.admitted) = (AppStatus::Development, false);
    };
    assert_eq!(allowed(of_a_stranger), Err(Denied::AppInDevelopment));
    assert_eq!(allowed(|_, facts| facts.grant.status = GrantStatus::Revoked), Err(Denied::GrantRevoked));
    assert_eq!(allowed(|_, facts| facts.grant.expires_at = Some(NOW)), Err(Denied::GrantExpired));
    assert_eq!(allowed(|_, facts| facts.tenant.standing = Standing::Disabled), Err(Denied::TenantDisabled));
    assert_eq!(allowed(|_, facts| facts.user.standing = Standing::Disabled), Err(Denied::UserGone));
    assert_eq!(allowed(|_, facts| facts.role = None), Err(Denied::MembershipGone));
    assert_eq!(allowed(|_, facts| facts.role = Some("unknown".to_owned())), Ok(set("")));
}

#[test]
fn an_installation_outlives_its_installer_and_is_ended_by_whoever_may_install() {
    let (app, catalogue) = (app("a", "", Level::Tenant), roles("a", true));
    let mut gone = facts(grant("a", Level::Tenant), None);
    gone.user.standing = Standing::Disabled;
    assert_eq!(effective(&app, &gone, &catalogue, NOW), Ok(set("a")));
    let somebody = Id::new([9; 16]);
    assert!(may_end(&gone.grant, somebody, &member(), &catalogue));
    assert!(!may_end(&gone.grant, gone.user.id, &[], &catalogue), "a former member may not");
    assert!(!may_end(&gone.grant, somebody, &member(), &roles("a", false)));
}

#[test]
fn a_person_is_shown_where_the_app_acts_as_one() {
    let acts_as_one = facts(grant("a", Level::User), Some("role"));
    assert_eq!(acts_as_one.person(), Some((&acts_as_one.user, Some("role"))));
    let left = facts(grant("a", Level::User), None);
    assert_eq!(left.person(), Some((&left.user, None)));
    assert_eq!(facts(grant("a", Level::Tenant), Some("role")).person(), None);
}

proptest! {
    #[test]
    fn a_ceiling_never_widens(own in "[a-d ]{0,9}", granted in "[a-d ]{0,9}", role in "[a-d* ]{0,9}") {
        let app = app(&own, "", Level::User);
        let facts = facts(grant(&granted, Level::User), Some("role"));
        let allowed = effective(&app, &facts, &roles(&role, false), NOW).unwrap_or_default();
        prop_assert!(set(&own).contains_all(&allowed) && set(&granted).contains_all(&allowed));
        prop_assert!(role.contains('*') || set(&role).contains_all(&allowed));
    }

    #[test]
    fn a_consent_gives_what_was_asked_and_shown_and_no_more(
        asked in "[a-d ]{1,9}", held in "[a-d ]{0,9}", optional in "[a-d ]{0,9}", ticked in "[a-d ]{0,9}",
        role in "[a-d* ]{0,9}", shown_optional in "[a-d ]{0,9}", shown_role in "[a-d* ]{0,9}",
    ) {
        let facts = known(&held);
        let page = |optional: &str, role: &str| {
            let (app, catalogue) = (app("a b c d", optional, Level::User), roles(role, false));
            let candidates = candidates((&app, LevelFrom::App), &set(&asked), &facts, &catalogue);
            let gives = candidates[0].givable.clone();
            (Shown::of((UserId::new([5; 16]), &app), &request(&asked), &candidates, &catalogue), gives)
        };
        let ((shown, offered), (now, givable)) = (page(&shown_optional, &shown_role), page(&optional, &role));
        let (app, catalogue) = (app("a b c d", &optional, Level::User), roles(&role, false));
        let candidates = candidates((&app, LevelFrom::App), &set(&asked), &facts, &catalogue);
        if let Ok(settled) = shown.settle(&now, "north", &set(&ticked)) {
            let given = Given::at(&candidates[0], &settled);
            prop_assert!(set(&asked).contains_all(&given.now));
            prop_assert!(offered.contains_all(&given.now) && givable.contains_all(&given.now));
            let left_out = set(&shown_optional).difference(&set(&ticked));
            prop_assert!(left_out.intersection(&given.now).is_empty());
            prop_assert!(set(&held).union(&given.now).contains_all(&given.held));
        }
        let same = shown.settle(&shown, "north", &set(&ticked));
        prop_assert_eq!(same.is_ok(), !offered.is_empty() || set(&asked).is_empty(), "nothing has changed");
        let coming = Coming { app: &app, resource: None, destination: HOME, catalogue: &catalogue };
        let wanted = Wanted { prompt: Prompt::default(), tenant: None, coming };
        let silent = remembered(wanted, &candidates, NOW);
        prop_assert!(silent.is_none_or(|(candidate, _)| set(&held).contains_all(&candidate.givable)));
    }
}
