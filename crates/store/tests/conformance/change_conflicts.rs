//! A change holds only for the row that it was made for: of two made for the same row, the second is refused.

use std::sync::Arc;

use symbolon_oauth::scope::ScopeSet;
use symbolon_platform::catalogue::{Resource, Role, Scope, Sensitivity, Text, Texts};
use symbolon_platform::tenant::{Membership, Standing, Tenant, TenantKind};
use symbolon_platform::user::{Login, User};
use symbolon_store::change::{
    MembershipChange, ResourceChange, RoleChange, ScopeChange, TenantChange, UserChange,
};
use symbolon_store::tenants::NewMembership;
use symbolon_store::{Change, Store, StoreError, on_both_engines};

use crate::world::{T0, World, fresh, tenant, user};

/// That what the first of these makes of `was` is refused once any of the rest happened to it. Each changes one column.
async fn only_the_first_holds<T: Clone>(
    store: &Store,
    was: &T,
    update: impl Fn(&T, &T) -> Change,
    ways: &[fn(&mut T)],
) {
    let changed = |how: &fn(&mut T)| {
        let mut other = was.clone();
        how(&mut other);
        other
    };
    let wanted = changed(&ways[0]);
    for (column, other) in ways.iter().map(changed).enumerate().skip(1) {
        store.change(&[update(was, &other)], &[]).await.unwrap();
        let late = store.change(&[update(was, &wanted)], &[]).await;
        assert!(matches!(late, Err(StoreError::Conflict)), "column {column}");
        store.change(&[update(&other, &wanted), update(&wanted, was)], &[]).await.unwrap();
    }
}

async fn refuses(store: &Store, change: Change) {
    assert!(matches!(store.change(&[change], &[]).await, Err(StoreError::Conflict)));
}

on_both_engines! {
    async fn a_person_that_was_changed_meanwhile_is_not_written_over(database) {
        let world = World::new(&database).await;
        let update = |old: &User, new: &User| UserChange::Update { old: old.clone(), new: new.clone() }.into();
        let ways: &[fn(&mut User)] = &[
            |user| user.name.push('w'),
            |user| user.standing = Standing::Disabled,
            |user| user.staff = true,
            |user| user.name.push('x'),
            |user| user.login = Login::Unproven(user.login.as_str().to_owned()),
            |user| user.login = Login::Email("x@example.com".to_owned()),
            |user| user.username = Some("x".to_owned()),
            |user| user.external_id.push('x'),
        ];
        only_the_first_holds(&world.store, &world.user, update, ways).await;
        let stored = world.store.load_account(world.user.id).await.unwrap().unwrap();
        assert_eq!(stored.user, world.user);
        let stranger = user("u-gone", "gone@example.com");
        refuses(&world.store, update(&stranger, &stranger)).await;
    }

    async fn a_tenant_that_was_changed_meanwhile_is_not_written_over(database) {
        let world = World::new(&database).await;
        let update = |old: &Tenant, new: &Tenant| TenantChange::Update { old: old.clone(), new: new.clone() }.into();
        let ways: &[fn(&mut Tenant)] = &[
            |tenant| tenant.name.push('w'),
            |tenant| tenant.standing = Standing::Disabled,
            |tenant| tenant.kind = TenantKind::Personal,
            |tenant| tenant.name.push('x'),
            |tenant| tenant.base_url = None,
            |tenant| tenant.region = Some("eu".to_owned()),
            |tenant| tenant.external_id.push('x'),
        ];
        only_the_first_holds(&world.store, &world.tenant, update, ways).await;
        let stored = world.store.load_tenant_by_external_id("north").await.unwrap();
        assert_eq!(stored.as_ref(), Some(&world.tenant));
        let gone = tenant("gone");
        refuses(&world.store, update(&gone, &gone)).await;
    }

    async fn a_membership_that_was_changed_meanwhile_is_not_written_over(database) {
        let world = World::new(&database).await;
        let put = |old: Option<&Membership>, new: &Membership| {
            let (role, standing) = (new.role.clone(), new.standing);
            let new = NewMembership { tenant: world.tenant.id, user: world.user.id, role, standing, created_at: T0 };
            MembershipChange::Put { old: old.cloned(), new }.into()
        };
        let was = world.store.load_memberships(world.user.id).await.unwrap().remove(0);
        let ways: &[fn(&mut Membership)] = &[
            |membership| membership.role.push('w'),
            |membership| membership.standing = Standing::Disabled,
            |membership| membership.role.push('x'),
        ];
        only_the_first_holds(&world.store, &was, |old, new| put(Some(old), new), ways).await;
        assert_eq!(world.store.load_memberships(world.user.id).await.unwrap(), std::slice::from_ref(&was));
        refuses(&world.store, put(None, &was)).await;
        let gone = MembershipChange::Remove { tenant: world.tenant.id, user: world.user.id }.into();
        world.store.change(&[gone], &[]).await.unwrap();
        refuses(&world.store, put(Some(&was), &was)).await;
        world.store.change(&[put(None, &was)], &[]).await.unwrap();
    }

    async fn what_the_catalogue_says_by_now_is_not_written_over(database) {
        let store = database.store().await;
        let scopes = ScopeSet::parse("read").unwrap();
        let (name, title) = ("write".to_owned(), "Write".to_owned());
        let scope = Scope { name, title, description: String::new(), sensitivity: Sensitivity::Restricted, includes: scopes.clone(), texts: Texts::new() };
        let (key, title) = ("admin".to_owned(), "Admin".to_owned());
        let role = Role { key, title, scopes: scopes.clone(), can_install: true, can_approve: false, texts: Texts::new() };
        let resource = Resource { id: fresh(), identifier: "https://api".to_owned(), title: "API".to_owned(), scopes };
        let put_scope = |old: &Scope, new: &Scope| ScopeChange::Put { old: Some(old.clone()), new: new.clone().into() }.into();
        let put_role = |old: &Role, new: &Role| RoleChange::Put { old: Some(old.clone()), new: new.clone() }.into();
        let update = |old: &Resource, new: &Resource| ResourceChange::Update { old: old.clone(), new: new.clone() }.into();
        refuses(&store, put_scope(&scope, &scope)).await;
        refuses(&store, put_role(&role, &role)).await;
        refuses(&store, update(&resource, &resource)).await;

        let new_scope: Change = ScopeChange::Put { old: None, new: scope.clone().into() }.into();
        let new_role: Change = RoleChange::Put { old: None, new: role.clone() }.into();
        let created = ResourceChange::Create { resource: resource.clone(), at: T0 }.into();
        store.change(&[new_scope.clone(), new_role.clone(), created], &[]).await.unwrap();
        refuses(&store, new_scope).await;
        refuses(&store, new_role).await;
        let ways: &[fn(&mut Scope)] = &[
            |scope| scope.title.push('w'),
            |scope| scope.sensitivity = Sensitivity::Normal,
            |scope| scope.includes = ScopeSet::new(),
            |scope| scope.title.push('x'),
            |scope| scope.description.push('x'),
            |scope| scope.texts = [("de".to_owned(), Text::default())].into(),
        ];
        only_the_first_holds(&store, &scope, put_scope, ways).await;
        let ways: &[fn(&mut Role)] = &[
            |role| role.title.push('w'),
            |role| role.scopes = ScopeSet::new(),
            |role| role.can_install = false,
            |role| role.can_approve = true,
            |role| role.texts = [("de".to_owned(), Text::default())].into(),
            |role| role.title.push('x'),
        ];
        only_the_first_holds(&store, &role, put_role, ways).await;
        let ways: &[fn(&mut Resource)] = &[
            |resource| resource.title.push('w'),
            |resource| resource.scopes = ScopeSet::new(),
            |resource| resource.title.push('x'),
            |resource| resource.identifier.push('x'),
        ];
        only_the_first_holds(&store, &resource, update, ways).await;
        let catalogue = store.load_catalogue().await.unwrap();
        assert_eq!((&catalogue.scopes["write"], &catalogue.roles["admin"]), (&scope, &role));
        assert_eq!(catalogue.resources, [Arc::new(resource)]);
    }
}
