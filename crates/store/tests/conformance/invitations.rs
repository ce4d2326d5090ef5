//! Invitations, offers of apps and requests: made within bounds, answered once.

use std::sync::Arc;

use symbolon_oauth::credential::SecretHash;
use symbolon_platform::app::App;
use symbolon_platform::developers::{REQUESTS_AT_MOST, Wish};
use symbolon_platform::invitation::{Gives, Invitation, LASTS, OPEN_AT_MOST};
use symbolon_platform::organisation::{Organisation, Role, TESTERS_AT_MOST};
use symbolon_store::change::{
    AppChange, AppTransferChange, DeveloperRequestChange, InvitationChange, MemberChange, OrganisationChange,
    TesterChange, UserChange,
};
use symbolon_store::developer_requests::Answer;
use symbolon_store::sweep::Sweep;
use symbolon_store::testers::TesterId;
use symbolon_store::{Change, Store, StoreError, on_both_engines};

use crate::world::{T0, World, at, fifty, fresh, update, user};

async fn does(store: &Store, change: impl Into<Change>) {
    store.change(&[change.into()], &[]).await.unwrap();
}

async fn conflicts(store: &Store, change: impl Into<Change>) {
    assert!(matches!(store.change(&[change.into()], &[]).await, Err(StoreError::Conflict)));
}

/// Jane's own organisation.
async fn own(world: &World) -> Gives {
    does(&world.store, OrganisationChange::EnsureOwn { person: world.user.id, at: T0 }).await;
    Gives::Membership(Organisation::own(world.user.id), Role::Developer)
}

fn invitation(world: &World, gives: Gives, address: &str) -> Invitation {
    Invitation {
        id: fresh(),
        gives,
        address: address.to_owned(),
        mailed: true,
        by: world.user.id,
        created_at: T0,
        expires_at: at(LASTS),
    }
}

fn makes(invitation: &Invitation) -> InvitationChange {
    InvitationChange::Create { invitation: invitation.clone(), hash: SecretHash::of(&invitation.address) }
}

fn wish() -> Wish {
    Wish {
        name: "Planner".to_owned(),
        redirect_uri: "https://planner.example/cb".to_owned(),
        logo_url: None,
        homepage: "https://planner.example".to_owned(),
        reason: "Plans the week.".to_owned(),
    }
}

on_both_engines! {
    async fn an_invitation_is_what_was_stored_of_it(database) {
        let world = World::new(&database).await;
        let (store, gives, app) = (&world.store, own(&world).await, world.app.client.id);
        let (member, tester) = (invitation(&world, gives, "a@example.com"), invitation(&world, Gives::Testing(app), "b@example.com"));
        for (made, into) in [(&member, "Jane Doe"), (&tester, "Demo App")] {
            does(store, makes(made)).await;
            let shown = store.invitation(made.id).await.unwrap().unwrap();
            assert_eq!((&shown.invitation, shown.into.as_str(), shown.by.as_deref()), (made, into, Some("Jane Doe")));
            assert_eq!(shown.hash, SecretHash::of(&made.address));
        }
        let id = Organisation::own(world.user.id);
        let listed = store.invitations_into(id, T0).await.unwrap();
        assert_eq!(listed.iter().map(|own| own.invitation.id).collect::<Vec<_>>(), [member.id]);
        let listed = store.invitations_to_test(app, T0).await.unwrap();
        assert_eq!(listed.iter().map(|own| own.invitation.id).collect::<Vec<_>>(), [tester.id]);
        assert!(store.invitations_into(id, at(LASTS)).await.unwrap().is_empty());
        assert!(store.invitation(fresh()).await.unwrap().is_none());

        // Another one for the same address takes its place; into something else it is another.
        let again = invitation(&world, gives, "a@example.com");
        does(store, makes(&again)).await;
        assert!(store.invitation(member.id).await.unwrap().is_none());
        does(store, makes(&invitation(&world, Gives::Testing(app), "a@example.com"))).await;
        assert!(store.invitation(again.id).await.unwrap().is_some());
        // It is taken back where it leads, and nowhere else.
        conflicts(store, InvitationChange::Revoke { invitation: again.id, gives: Gives::Testing(app) }).await;
        does(store, InvitationChange::Revoke { invitation: again.id, gives }).await;
        assert!(store.invitation(again.id).await.unwrap().is_none());
    }

    async fn fifty_who_accept_are_one(database) {
        let world = Arc::new(World::new(&database).await);
        let (gives, sam) = (own(&world).await, user("u-sam", "sam@example.com"));
        does(&world.store, UserChange::Create { user: sam.clone(), password_hash: None, at: T0 }).await;
        let made = invitation(&world, gives, "sam@example.com");
        does(&world.store, makes(&made)).await;
        let (organisation, user) = (Organisation::own(world.user.id), sam.id);
        let counts = fifty(|_| {
            let world = Arc::clone(&world);
            async move {
                let accepts = InvitationChange::Accept { invitation: made.id, at: T0 }.into();
                let joins = MemberChange::Add { organisation, user, role: Role::Developer, at: T0 }.into();
                world.store.change(&[accepts, joins], &[]).await
            }
        }).await;
        assert_eq!(counts, (1, 49, 0));
        assert_eq!(world.store.members(organisation).await.unwrap().len(), 2);
    }

    async fn one_that_is_over_is_not_accepted_and_is_swept(database) {
        let world = World::new(&database).await;
        let (store, gives) = (&world.store, own(&world).await);
        let made = invitation(&world, gives, "a@example.com");
        does(store, makes(&made)).await;
        conflicts(store, InvitationChange::Accept { invitation: made.id, at: at(LASTS) }).await;
        assert_eq!(store.sweep(Sweep::Invitations, at(LASTS)).await.unwrap(), 0);
        assert_eq!(store.sweep(Sweep::Invitations, at(LASTS + 1)).await.unwrap(), 1);
    }

    /// F5: whoever is invited to test has a place, and of many who are invited at once no more get one than there are.
    async fn testers_and_those_invited_to_test_are_counted_together(database) {
        let world = Arc::new(World::new(&database).await);
        let (store, app) = (&world.store, world.app.client.id);
        let tester = TesterId::Tenant(world.tenant.id);
        does(store, TesterChange::Add { app, tester, invited_by: None, at: T0 }).await;
        let (made, late, _) = fifty(|number| {
            let world = Arc::clone(&world);
            async move {
                let address = format!("t{number}@example.com");
                let change = makes(&invitation(&world, Gives::Testing(app), &address)).into();
                world.store.change(&[change], &[]).await
            }
        }).await;
        assert_eq!((made, late), (TESTERS_AT_MOST - 1, 50 - TESTERS_AT_MOST + 1));
        conflicts(store, makes(&invitation(&world, Gives::Testing(app), "late@example.com"))).await;
        // Another one for somebody who is invited takes the place of theirs.
        let open = store.invitations_to_test(app, T0).await.unwrap().remove(0).invitation;
        does(store, makes(&invitation(&world, Gives::Testing(app), &open.address))).await;
        // One that is over takes none, before it is swept as after.
        let later = Invitation { created_at: at(LASTS), expires_at: at(2 * LASTS), ..invitation(&world, Gives::Testing(app), "late@example.com") };
        does(store, makes(&later)).await;
    }

    async fn so_many_are_open_and_no_more(database) {
        let world = World::new(&database).await;
        let gives = own(&world).await;
        for number in 0..OPEN_AT_MOST {
            does(&world.store, makes(&invitation(&world, gives, &format!("a{number}@example.com")))).await;
        }
        conflicts(&world.store, makes(&invitation(&world, gives, "late@example.com"))).await;
        does(&world.store, makes(&invitation(&world, gives, "a0@example.com"))).await;
    }

    async fn an_app_is_offered_to_one_and_taken_once(database) {
        let world = World::new(&database).await;
        let (store, app, by) = (&world.store, world.app.client.id, world.user.id);
        own(&world).await;
        let (to, other) = (Organisation::own(by), fresh());
        let team = Organisation { id: other, name: "Team".to_owned(), person: None, created_at: T0 };
        does(store, OrganisationChange::Create { organisation: team, owner: by }).await;
        let offers = |to| AppTransferChange::Offer { app, to, by, at: T0, until: at(LASTS) };
        does(store, offers(other)).await;
        does(store, offers(to)).await;
        assert!(store.offers_to(other, T0).await.unwrap().is_empty(), "the later one counts");
        let offered = store.offers_to(to, T0).await.unwrap();
        assert_eq!((offered.len(), offered[0].name.as_str(), offered[0].from), (1, "Demo App", None));
        assert_eq!(store.offer_of(app, T0).await.unwrap().as_ref(), offered.first());
        assert!(store.offer_of(app, at(LASTS)).await.unwrap().is_none());
        conflicts(store, AppTransferChange::Accept { app, to: other }).await;
        let moves: [Change; 2] = [
            AppTransferChange::Accept { app, to }.into(),
            AppChange::Transfer { app, old: None, new: Some(to) }.into(),
        ];
        store.change(&moves, &[]).await.unwrap();
        assert!(matches!(store.change(&moves, &[]).await, Err(StoreError::Conflict)));
        let taken = store.load_app(app).await.unwrap().unwrap();
        assert_eq!((store.organisation_of(app).await.unwrap(), taken.owner), (Some(to), Some(by)));
        assert_eq!(store.apps_in(to, 9).await.unwrap(), ["demo-app"]);
        // Whoever changes something else of it meanwhile does not undo that.
        let stale = store.change(&[update(&world.app, &App { name: "X".to_owned(), ..world.app.clone() })], &[]).await;
        assert!(matches!(stale, Err(StoreError::Conflict)));
        does(store, offers(other)).await;
        assert_eq!(store.sweep(Sweep::AppTransfers, at(LASTS + 1)).await.unwrap(), 1);
    }

    async fn a_request_is_answered_once_and_forgotten_later(database) {
        let world = World::new(&database).await;
        let (store, user) = (&world.store, world.user.id);
        let asks = || DeveloperRequestChange::Create { id: fresh(), user, wish: wish(), at: T0 };
        for _ in 0..REQUESTS_AT_MOST {
            does(store, asks()).await;
        }
        conflicts(store, asks()).await;
        let open = store.open_developer_requests(9).await.unwrap();
        assert_eq!((open.len(), &open[0].wish, open[0].user.id), (REQUESTS_AT_MOST, &wish(), user));
        let (id, said) = (open[0].id, Some("No.".to_owned()));
        let answers = DeveloperRequestChange::Answer { id, user, answer: Answer::Declined, said: said.clone(), at: T0 };
        does(store, answers.clone()).await;
        conflicts(store, answers).await;
        does(store, asks()).await;
        let answered = store.developer_request(id).await.unwrap().unwrap();
        assert_eq!(answered.answer, Some((Answer::Declined, said)));
        let own = store.developer_requests_of(user).await.unwrap();
        assert_eq!((own.len(), own[0].id > own[1].id), (REQUESTS_AT_MOST + 1, true));
        let ninety = 90 * 86_400_000;
        assert_eq!(store.sweep(Sweep::DeveloperRequests, at(ninety)).await.unwrap(), 0);
        assert_eq!(store.sweep(Sweep::DeveloperRequests, at(ninety + 1)).await.unwrap(), 1);
        assert!(store.developer_request(fresh()).await.unwrap().is_none());
    }
}
