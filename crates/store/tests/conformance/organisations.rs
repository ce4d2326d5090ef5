//! Developer organisations: whose apps are, who is in them, and who may use what is in development.

use std::sync::Arc;

use symbolon_oauth::client::Level;
use symbolon_oauth::id::{AppId, OrganisationId, UserId};
use symbolon_platform::app::{About, App, AppStatus};
use symbolon_platform::deed::Deed;
use symbolon_platform::organisation::{MEMBERS_AT_MOST, Organisation, Role, TESTERS_AT_MOST};
use symbolon_platform::tenant::Standing;
use symbolon_store::change::{
    AppChange, MemberChange, MembershipChange, OrganisationChange, TenantChange, TesterChange, UserChange,
};
use symbolon_store::codes::Answered;
use symbolon_store::developed::TheirApp;
use symbolon_store::grants::Consent;
use symbolon_store::organisations::Standpoint;
use symbolon_store::tenants::NewMembership;
use symbolon_store::testers::{TesterFace, TesterId};
use symbolon_store::{Change, Store, StoreError, on_both_engines};

use crate::world::{T0, World, answered, app, at, fifty, fresh, request, tenant, update, user};

/// A person who belongs nowhere.
async fn person(store: &Store, name: &str) -> UserId {
    let user = user(name, &format!("{name}@example.com"));
    let id = user.id;
    does(store, UserChange::Create { user, password_hash: None, at: T0 }).await;
    id
}

async fn does(store: &Store, change: impl Into<Change>) {
    store.change(&[change.into()], &[]).await.unwrap();
}

async fn conflicts(store: &Store, change: impl Into<Change>) {
    assert!(matches!(store.change(&[change.into()], &[]).await, Err(StoreError::Conflict)));
}

/// An app of Jane's, still in development.
async fn draft(world: &World, client_id: &str, owner: Option<UserId>) -> App {
    let mut draft = app();
    draft.client.client_id = client_id.to_owned();
    (draft.status, draft.owner) = (AppStatus::Development, owner);
    does(&world.store, AppChange::Create(draft.clone())).await;
    draft
}

async fn team(store: &Store, owner: UserId) -> OrganisationId {
    let organisation = Organisation { id: fresh(), name: "Team".to_owned(), person: None, created_at: T0 };
    let id = organisation.id;
    does(store, OrganisationChange::Create { organisation, owner }).await;
    id
}

fn joins(organisation: OrganisationId, user: UserId, role: Role) -> MemberChange {
    MemberChange::Add { organisation, user, role, at: T0 }
}

async fn role(store: &Store, app: &App, person: UserId) -> Option<Role> {
    let by_name = store.standpoint(&app.client.client_id, person).await.unwrap().unwrap();
    assert_eq!(store.standpoint_to(app.client.id, person).await.unwrap().unwrap(), by_name);
    by_name.role
}

/// Whether a person's consent facts let the app in at their only tenant.
async fn may_ask(store: &Store, app: &App, person: UserId) -> bool {
    let facts = store.consent_facts(person, app.client.id).await.unwrap();
    assert_eq!(facts.memberships.len(), 1);
    facts.not_admitted.is_empty()
}

on_both_engines! {
    async fn an_app_is_in_the_organisation_of_its_owner(database) {
        let world = World::new(&database).await;
        let (store, jane, sam) = (&world.store, world.user.id, person(&world.store, "sam").await);
        let operators = store.standpoint("demo-app", jane).await.unwrap().unwrap();
        let expected = Standpoint {
            app: world.app.client.id,
            client_id: "demo-app".to_owned(),
            organisation: None,
            role: None,
        };
        assert_eq!(operators, expected, "what has no owner is the operator's");
        assert!(store.standpoint("no-app", jane).await.unwrap().is_none());

        let janes = draft(&world, "janes", Some(jane)).await;
        assert_eq!((role(store, &janes, jane).await, role(store, &janes, sam).await), (Some(Role::Owner), None));
        draft(&world, "second", Some(jane)).await;
        let own = store.organisations_of(jane).await.unwrap();
        assert_eq!((own.len(), own[0].organisation.id, own[0].organisation.person), (1, Organisation::own(jane), Some(jane)));

        // It moves with its owner, and to nobody's when it has none any more.
        let sams = App { owner: Some(sam), ..janes.clone() };
        store.change(&[update(&janes, &sams)], &[]).await.unwrap();
        assert_eq!((role(store, &janes, jane).await, role(store, &janes, sam).await), (None, Some(Role::Owner)));
        let nobodys = App { owner: None, ..janes.clone() };
        store.change(&[update(&sams, &nobodys)], &[]).await.unwrap();
        assert_eq!(store.standpoint("janes", sam).await.unwrap().unwrap().organisation, None);
    }

    /// What an owner makes of it is not undone by whoever changes something else.
    async fn an_app_stays_where_it_was_put(database) {
        let world = World::new(&database).await;
        let (store, jane) = (&world.store, world.user.id);
        let app = draft(&world, "janes", Some(jane)).await;
        let team = team(store, jane).await;
        let id = app.client.id;
        let moves = |old, new| AppChange::Transfer { app: id, old, new };
        conflicts(store, moves(None, Some(team))).await;
        does(store, moves(Some(Organisation::own(jane)), Some(team))).await;
        let app = App { owner: None, ..app };
        let renamed = App { name: "Other".to_owned(), ..app.clone() };
        store.change(&[update(&app, &renamed)], &[]).await.unwrap();
        assert_eq!(store.standpoint("janes", jane).await.unwrap().unwrap().organisation, Some(team));
        let deletes = OrganisationChange::Delete(team);
        conflicts(store, deletes.clone()).await;
        does(store, moves(Some(team), None)).await;
        does(store, deletes).await;
    }

    async fn somebody_who_is_gone_leaves_their_apps_to_nobody(database) {
        let world = World::new(&database).await;
        let (store, sam) = (&world.store, person(&world.store, "sam").await);
        let app = draft(&world, "sams", Some(sam)).await;
        does(store, UserChange::Delete(sam)).await;
        assert!(!may_ask(store, &app, world.user.id).await, "nor does it open to everybody by that");
        let left = store.standpoint("sams", world.user.id).await.unwrap().unwrap();
        assert_eq!((left.organisation, left.role), (Some(Organisation::own(sam)), None));
        does(store, joins(Organisation::own(sam), world.user.id, Role::Owner)).await;
        assert_eq!(role(store, &app, world.user.id).await, Some(Role::Owner));
    }

    async fn an_organisation_has_an_owner(database) {
        let world = World::new(&database).await;
        let (store, jane, sam) = (&world.store, world.user.id, person(&world.store, "sam").await);
        let team = team(store, jane).await;
        let lowers = |user, old, new| MemberChange::SetRole { organisation: team, user, old, new };
        let leaves = |user, old| MemberChange::Remove { organisation: team, user, old };
        does(store, joins(team, sam, Role::Viewer)).await;
        conflicts(store, joins(team, sam, Role::Owner)).await;
        conflicts(store, lowers(jane, Role::Owner, Role::Developer)).await;
        conflicts(store, leaves(jane, Role::Owner)).await;
        conflicts(store, lowers(sam, Role::Developer, Role::Owner)).await;
        does(store, lowers(sam, Role::Viewer, Role::Owner)).await;
        does(store, lowers(jane, Role::Owner, Role::Viewer)).await;
        conflicts(store, leaves(jane, Role::Owner)).await;
        does(store, leaves(jane, Role::Viewer)).await;
        let members = store.members(team).await.unwrap();
        assert_eq!(members.iter().map(|member| (member.user.id, member.role)).collect::<Vec<_>>(), [(sam, Role::Owner)]);
        let (seen, role) = store.organisation(team, jane).await.unwrap().unwrap();
        assert_eq!((seen.name.as_str(), role), ("Team", None));
        assert!(store.organisation(fresh(), jane).await.unwrap().is_none());
    }

    async fn of_two_owners_who_lower_each_other_one_stays(database) {
        let world = World::new(&database).await;
        let (store, jane, sam) = (&world.store, world.user.id, person(&world.store, "sam").await);
        for round in 0..20 {
            let team = team(store, jane).await;
            does(store, joins(team, sam, Role::Owner)).await;
            let falls = |user| [MemberChange::SetRole { organisation: team, user, old: Role::Owner, new: Role::Viewer }.into()];
            let (one, other) = (falls(jane), falls(sam));
            let (a, b) = tokio::join!(store.change(&one, &[]), store.change(&other, &[]));
            assert!(a.is_ok() != b.is_ok(), "round {round}: {a:?} {b:?}");
            let members = store.members(team).await.unwrap();
            assert_eq!(members.iter().filter(|member| member.role == Role::Owner).count(), 1);
        }
    }

    async fn an_organisation_is_not_a_crowd(database) {
        let world = World::new(&database).await;
        let team = team(&world.store, world.user.id).await;
        for number in 1..MEMBERS_AT_MOST {
            let id = person(&world.store, &format!("u{number}")).await;
            does(&world.store, joins(team, id, Role::Viewer)).await;
        }
        let late = person(&world.store, "late").await;
        conflicts(&world.store, joins(team, late, Role::Viewer)).await;
    }

    /// F5, and 26 who come at once.
    async fn an_app_has_so_many_testers_and_no_more(database) {
        let world = Arc::new(World::new(&database).await);
        let store = &world.store;
        let app = draft(&world, "janes", Some(world.user.id)).await.client.id;
        let adds = |tester| TesterChange::Add { app, tester, invited_by: Some(world.user.id), at: T0 };
        does(store, adds(TesterId::Tenant(world.tenant.id))).await;
        conflicts(store, adds(TesterId::Tenant(world.tenant.id))).await;
        let mut people = Vec::new();
        for number in 0..50 {
            people.push(person(store, &format!("u{number}")).await);
        }
        let people = Arc::new(people);
        let (came, late, _) = fifty(|number| {
            let (world, people) = (Arc::clone(&world), Arc::clone(&people));
            async move {
                let tester = TesterId::Person(people[number]);
                world.store.change(&[TesterChange::Add { app, tester, invited_by: None, at: T0 }.into()], &[]).await
            }
        }).await;
        assert_eq!((came, late), (TESTERS_AT_MOST - 1, 50 - TESTERS_AT_MOST + 1));
        let testers = store.testers(app).await.unwrap();
        assert_eq!((testers.len(), store.count_testers(app).await.unwrap()), (TESTERS_AT_MOST, TESTERS_AT_MOST));
        let tenants = testers.iter().filter(|tester| tester.who == TesterFace::Tenant(world.tenant.clone()));
        assert_eq!(tenants.map(|tester| tester.invited_by.as_deref()).collect::<Vec<_>>(), [Some("Jane Doe")]);
        does(store, TesterChange::Remove { app, tester: TesterId::Tenant(world.tenant.id) }).await;
        assert_eq!(store.count_testers(app).await.unwrap(), TESTERS_AT_MOST - 1);
    }

    async fn an_app_in_development_is_for_its_team_their_tenants_and_testers(database) {
        let world = World::new(&database).await;
        let (store, jane, sam) = (&world.store, world.user.id, person(&world.store, "sam").await);
        let sams = draft(&world, "sams", Some(sam)).await;
        let grant = symbolon_platform::grant::Grant { app: sams.client.id, ..world.grant("forms:read") };
        let (request, consent) = (request(), Consent::Give { grant: grant.clone() });
        let code = symbolon_store::codes::NewCode { app: sams.client.id, ..world.code(grant.id, &request, "c") };
        let given: Answered = answered(consent);
        store.issue_code(code, Some(given), None).await.unwrap();
        let admitted = async || {
            let facts = store.grant_facts(grant.id, at(1)).await.unwrap().unwrap().admitted;
            assert_eq!(may_ask(store, &sams, jane).await, facts);
            facts
        };
        assert!(!admitted().await, "a stranger's");

        // As a tester, and with her tenant as one.
        for tester in [TesterId::Person(jane), TesterId::Tenant(world.tenant.id)] {
            let app = sams.client.id;
            does(store, TesterChange::Add { app, tester, invited_by: Some(sam), at: T0 }).await;
            assert!(admitted().await, "{tester:?}");
            does(store, TesterChange::Remove { app, tester }).await;
            assert!(!admitted().await, "{tester:?}");
        }
        // In the team, as whatever.
        for role in Role::ALL {
            does(store, joins(Organisation::own(sam), jane, role)).await;
            assert!(admitted().await, "{role:?}");
            does(store, MemberChange::Remove { organisation: Organisation::own(sam), user: jane, old: role }).await;
        }
        assert!(!admitted().await);
        // In a tenant of somebody in the team, as long as they belong there.
        let belongs = |standing| NewMembership {
            tenant: world.tenant.id, user: sam, role: "practitioner".to_owned(), standing, created_at: T0,
        };
        does(store, MembershipChange::Put { old: None, new: belongs(Standing::Active) }).await;
        assert!(admitted().await);
        let old = store.load_memberships(sam).await.unwrap().pop();
        does(store, MembershipChange::Put { old, new: belongs(Standing::Disabled) }).await;
        assert!(!admitted().await);
        // When it is reviewed, or the operator's.
        does(store, AppChange::SetStatus { app: sams.client.id, status: AppStatus::Live }).await;
        assert!(admitted().await);
        does(store, AppChange::SetStatus { app: sams.client.id, status: AppStatus::Development }).await;
        assert!(!admitted().await);
        does(store, AppChange::Transfer { app: sams.client.id, old: Some(Organisation::own(sam)), new: None }).await;
        assert!(admitted().await);
        assert_eq!(grant.level, Level::User);
    }

    async fn a_person_with_two_tenants_is_told_where(database) {
        let world = World::new(&database).await;
        let (store, sam, south) = (&world.store, person(&world.store, "sam").await, tenant("south"));
        let sams = draft(&world, "sams", Some(sam)).await.client.id;
        does(store, TenantChange::Create { tenant: south.clone(), at: T0 }).await;
        for user in [world.user.id, sam] {
            let new = NewMembership {
                tenant: south.id, user, role: "practitioner".to_owned(), standing: Standing::Active, created_at: T0,
            };
            does(store, MembershipChange::Put { old: None, new }).await;
        }
        let facts = store.consent_facts(world.user.id, sams).await.unwrap();
        assert_eq!((facts.memberships.len(), facts.not_admitted), (2, vec![world.tenant.id]));
    }

    async fn a_list_of_apps_goes_on_where_it_ended(database) {
        let world = World::new(&database).await;
        let (store, jane, sam) = (&world.store, world.user.id, person(&world.store, "sam").await);
        let team = team(store, sam).await;
        does(store, joins(team, jane, Role::Viewer)).await;
        let mut expected = Vec::new();
        for number in 0..7 {
            let owner = if number % 2 == 0 { jane } else { sam };
            let app = draft(&world, &format!("app-{number}"), Some(owner)).await;
            if number == 3 {
                let old = Some(Organisation::own(sam));
                does(store, AppChange::Transfer { app: app.client.id, old, new: Some(team) }).await;
            }
            if owner == jane || number == 3 {
                expected.push(app.client.id);
            }
        }
        expected.sort();
        expected.reverse();
        let mut listed: Vec<AppId> = Vec::new();
        loop {
            let page = store.apps_of(jane, listed.last().copied(), 2).await.unwrap();
            if page.is_empty() {
                break;
            }
            for own in &page {
                let role = if own.client_id == "app-3" { Role::Viewer } else { Role::Owner };
                assert_eq!((own.organisation.role, own.name.as_str(), own.status), (role, "Demo App", AppStatus::Development));
            }
            listed.extend(page.into_iter().map(|own| own.id));
        }
        assert_eq!(listed, expected);
        let within = |page: Vec<TheirApp>| page.into_iter().map(|own| (own.client_id, own.status)).collect::<Vec<_>>();
        let theirs = store.apps_within(team, None, 9).await.unwrap();
        let (only, draft) = (theirs[0].id, AppStatus::Development);
        assert_eq!(within(theirs), [("app-3".to_owned(), draft)]);
        assert!(store.apps_within(team, Some(only), 9).await.unwrap().is_empty());
        let sams = store.apps_within(Organisation::own(sam), None, 2).await.unwrap();
        assert_eq!(within(sams), [("app-5".to_owned(), draft), ("app-1".to_owned(), draft)]);
        assert_eq!(store.developed_by(jane).await.unwrap(), (5, 0));
        assert_eq!(store.developed_by(sam).await.unwrap(), (3, 1));
        let (first, second) = (store.list_organisations(None, 2).await.unwrap(), team);
        assert_eq!(first.len(), 2);
        let rest = store.list_organisations(first.last().map(|last| last.id), 9).await.unwrap();
        assert!(first.iter().chain(&rest).any(|own| own.id == second) && rest.len() == 1);
    }

    async fn what_people_read_of_an_app_changes_without_a_version(database) {
        let world = World::new(&database).await;
        let (store, app) = (&world.store, world.app.client.id);
        assert_eq!(store.about_app(app).await.unwrap(), Some(About::default()));
        assert_eq!(store.about_app(fresh()).await.unwrap(), None);
        let new = About {
            description: Some("Keeps a diary.".to_owned()),
            support_url: Some("https://app.example.net/help".to_owned()),
            categories: vec!["diary".to_owned(), "notes".to_owned()],
        };
        let sets = AppChange::SetAbout { app, old: About::default(), new: new.clone() };
        does(store, sets.clone()).await;
        assert_eq!(store.about_app(app).await.unwrap(), Some(new));
        conflicts(store, sets).await;
        assert_eq!(store.load_app(app).await.unwrap().unwrap(), world.app);
    }

    async fn each_change_has_its_deed(database) {
        let world = World::new(&database).await;
        let (jane, team) = (world.user.id, fresh());
        let organisation = Organisation { id: team, name: "Team".to_owned(), person: None, created_at: T0 };
        let app = world.app.client.id;
        let tester = TesterId::Person(jane);
        let changes: [(Change, Deed); 9] = [
            (OrganisationChange::Create { organisation, owner: jane }.into(), Deed::OrganisationCreated),
            (OrganisationChange::Rename { organisation: team, old: "Team".to_owned(), new: "T".to_owned() }.into(), Deed::OrganisationUpdated),
            (OrganisationChange::EnsureOwn { person: jane, at: T0 }.into(), Deed::OrganisationCreated),
            (joins(Organisation::own(jane), fresh(), Role::Viewer).into(), Deed::OrganisationMemberAdded),
            (TesterChange::Add { app, tester, invited_by: None, at: T0 }.into(), Deed::TesterAdded),
            (TesterChange::Remove { app, tester }.into(), Deed::TesterRemoved),
            (AppChange::Transfer { app, old: None, new: Some(team) }.into(), Deed::AppTransferred),
            (AppChange::Transfer { app, old: Some(team), new: None }.into(), Deed::AppTransferred),
            (OrganisationChange::Delete(team).into(), Deed::OrganisationDeleted),
        ];
        for (change, deed) in changes {
            assert_eq!(change.action(), deed);
            if deed != Deed::OrganisationMemberAdded {
                does(&world.store, change).await;
            }
        }
    }
}
