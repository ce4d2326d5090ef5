//! Backups: what a restored file holds, and what of it stays ended (REL-24).

use std::path::PathBuf;

use symbolon_oauth::client::ClientSecret;
use symbolon_oauth::credential::Secret;
use symbolon_oauth::grant_type::refresh_token::Turn;
use symbolon_oauth::id::BrowserSessionId;
use symbolon_platform::app::AppStatus;
use symbolon_platform::catalogue::Resource;
use symbolon_platform::deed::Deed;
use symbolon_platform::grant::{Grant, GrantStatus};
use symbolon_platform::tenant::Standing;
use symbolon_platform::user::User;
use symbolon_store::backup::{self, Made};
use symbolon_store::change::{
    AppChange, ClientSecretChange, HostKeyChange, MembershipChange, ResourceChange, UserChange,
};
use symbolon_store::client_secrets::StoredSecret;
use symbolon_store::codes::NewFamily;
use symbolon_store::resources::HostKey;
use symbolon_store::testing::Database;
use symbolon_store::tokens::{Issued, Renewed};
use symbolon_store::{Options, Store, on_both_engines};

use crate::world::{T0, World, at, audit, fresh, minted, user};

/// A database and the files beside it.
struct Files {
    database: Database,
}

impl Files {
    async fn new() -> (Files, World) {
        let files = Files { database: Database::sqlite().await };
        let world = World::new(&files.database).await;
        (files, world)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.present().with_file_name(name)
    }

    fn present(&self) -> PathBuf {
        self.database.url().trim_start_matches("sqlite:").into()
    }

    /// A backup of what is there now.
    fn backup(&self) -> PathBuf {
        let file = self.path("backup.db");
        backup::copy(&self.present(), &file).unwrap();
        file
    }

    /// What comes of a backup beside what is there now.
    async fn restored(&self, backup: &std::path::Path) -> (Store, Vec<(&'static str, usize)>) {
        let said = backup::carry_over(backup, &self.present(), at(9_000)).unwrap();
        let store = Store::open(&format!("sqlite:{}", backup.display()), Options::default()).await.unwrap();
        (store, said)
    }
}

async fn is_ended(store: &Store, family: &NewFamily) -> bool {
    store.family(family.family).await.unwrap().unwrap().ended
}

async fn is_revoked(store: &Store, family: &NewFamily) -> bool {
    store.access_token(family.access_token, T0).await.unwrap().unwrap().revoked
}

async fn status(store: &Store, grant: &Grant) -> GrantStatus {
    store.grant_facts(grant.id, T0).await.unwrap().unwrap().grant.status
}

/// Refreshes a family by replacing its refresh token.
async fn refresh(store: &Store, new: &NewFamily) {
    let family = store.family(new.family).await.unwrap().unwrap();
    let renewed = Renewed {
        issued: Issued {
            family: &family,
            access: (fresh(), symbolon_oauth::credential::SecretHash::of("renewed")),
            scopes: &family.scopes,
            resource: None,
            expires_at: Some(at(3_600_000)),
            kept_until: None,
            ends_others: false,
            now: T0,
        },
        expected: family.refresh_hash.unwrap(),
        turn: Turn::Replace { expires_at: Some(at(90_000_000)), grace_until: at(60_000) },
        successor: (family.id, minted("next")),
        sealed: Vec::new(),
    };
    store.renew_family(&renewed).await.unwrap();
}

#[tokio::test]
async fn what_ended_since_the_backup_stays_ended_and_everything_else_comes_back() {
    let (files, world) = Files::new().await;
    let store = &world.store;
    let (kept_grant, kept) = world.connected().await;
    let other = other_person(&world).await;
    let (gone_grant, _) = connected(&world, &other).await;
    let third = other_person(&world).await;
    let (_, refreshed) = connected(&world, &third).await;
    let fourth = other_person(&world).await;
    let (_, ended) = connected(&world, &fourth).await;
    let (stays, leaves): (BrowserSessionId, BrowserSessionId) =
        (world.signed_in().await, world.signed_in().await);
    let backup = files.backup();

    store.revoke_grant(gone_grant.id, "user", audit(Deed::GrantRevoked), T0).await.unwrap();
    refresh(store, &refreshed).await;
    store.end_family(ended.family, "revoked", audit(Deed::TokenFamilyRevoked), T0).await.unwrap();
    store.end_browser_session(leaves, audit(Deed::BrowserSessionEnded)).await.unwrap();

    let (restored, said) = files.restored(&backup).await;
    assert!(!is_ended(&restored, &kept).await && !is_revoked(&restored, &kept).await);
    assert_eq!(status(&restored, &kept_grant).await, GrantStatus::Active);
    assert!(restored.browser_session(stays, T0).await.unwrap().is_some());

    assert_eq!(status(&restored, &gone_grant).await, GrantStatus::Revoked);
    assert!(is_ended(&restored, &refreshed).await, "its token of then was taken back for the next one");
    assert!(is_ended(&restored, &ended).await);
    assert!(restored.browser_session(leaves, T0).await.unwrap().is_none());
    let of = |word: &str| said.iter().find(|(what, _)| what.contains(word)).map(|(_, count)| *count);
    assert_eq!((of("token families"), of("connections"), of("sign-ins")), (Some(2), Some(1), Some(1)));
    let deeds = restored.list_audit(100).await.unwrap();
    assert!(deeds.iter().any(|deed| deed.action == Deed::GrantRevoked), "what was done since is told");
}

/// Somebody else who works for the clinic.
async fn other_person(world: &World) -> User {
    let id: symbolon_oauth::id::UserId = fresh();
    let other = user(&format!("u-{id}"), &format!("{id}@example.com"));
    let membership = symbolon_store::tenants::NewMembership {
        tenant: world.tenant.id,
        user: other.id,
        role: "practitioner".to_owned(),
        standing: Standing::Active,
        created_at: T0,
    };
    let changes = [
        UserChange::Create { user: other.clone(), password_hash: None, at: T0 }.into(),
        MembershipChange::Put { old: None, new: membership }.into(),
    ];
    world.store.change(&changes, &[]).await.unwrap();
    other
}

/// The same as Jane, who connects the app.
async fn connected(world: &World, person: &User) -> (Grant, NewFamily) {
    let theirs = World {
        store: world.store.clone(),
        app: world.app.clone(),
        user: person.clone(),
        tenant: world.tenant.clone(),
    };
    theirs.connected().await
}

#[tokio::test]
async fn what_was_stopped_or_taken_away_since_stays_so() {
    let (files, world) = Files::new().await;
    let store = &world.store;
    let secret = |text: &str| StoredSecret::of(&Secret::given(text), &[], fresh(), T0);
    let app = world.app.client.id;
    let rotate =
        |own: StoredSecret| ClientSecretChange::Rotate { app, secret: own, old_until: at(1_000) }.into();
    let resource = Resource {
        id: fresh(),
        identifier: "https://api.example.com".to_owned(),
        title: "API".to_owned(),
        scopes: crate::world::scopes("forms:read"),
    };
    let key = HostKey::of(&Secret::given("a-host-key-of-some-length"), resource.id, fresh(), T0);
    let (disabled, member) = (other_person(&world).await, other_person(&world).await);
    let first = secret("the-first-secret-of-it");
    store
        .change(
            &[
                rotate(first.clone()),
                ResourceChange::Create { resource: resource.clone(), at: T0 }.into(),
                HostKeyChange::Add { key: key.clone(), foreign: true }.into(),
            ],
            &[],
        )
        .await
        .unwrap();
    let backup = files.backup();

    let suspended = AppStatus::Suspended;
    let gone = User { standing: Standing::Disabled, ..disabled.clone() };
    store
        .change(
            &[
                AppChange::SetStatus { app, status: suspended }.into(),
                rotate(secret("the-second-secret-of-it")),
                HostKeyChange::Revoke { key: key.id, at: T0 }.into(),
                UserChange::Update { old: disabled.clone(), new: gone }.into(),
                MembershipChange::Remove { tenant: world.tenant.id, user: member.id }.into(),
                UserChange::SetPassword { user: world.user.id, hash: "new".to_owned(), at: at(5) }.into(),
            ],
            &[],
        )
        .await
        .unwrap();

    let (restored, _) = files.restored(&backup).await;
    let own = restored.load_app(app).await.unwrap().unwrap();
    assert_eq!(own.status, suspended);
    let ends = |secret: &ClientSecret| secret.expires_at;
    assert_eq!(
        own.client.secrets.iter().map(ends).collect::<Vec<_>>(),
        [Some(at(1_000))],
        "the old one ends"
    );
    let keys = restored.list_host_keys(resource.id).await.unwrap();
    assert!(keys.len() == 1 && !keys[0].is_live(T0));
    let account = restored.load_account(disabled.id).await.unwrap().unwrap();
    assert_eq!(account.user.standing, Standing::Disabled);
    assert!(restored.load_memberships(member.id).await.unwrap().is_empty());
    let jane = restored.load_account(world.user.id).await.unwrap().unwrap();
    assert_eq!((jane.password_hash.as_deref(), jane.valid_from >= at(5)), (Some("new"), true));
    assert_eq!(restored.load_memberships(world.user.id).await.unwrap().len(), 1, "hers stays");
}

#[tokio::test]
async fn who_was_deleted_since_is_back_without_what_they_gave() {
    let (files, world) = Files::new().await;
    let (grant, _) = world.connected().await;
    let backup = files.backup();
    world.store.change(&[UserChange::Delete(world.user.id).into()], &[]).await.unwrap();
    let (restored, said) = files.restored(&backup).await;
    assert!(restored.load_account(world.user.id).await.unwrap().is_some());
    assert_eq!(restored.load_memberships(world.user.id).await.unwrap().len(), 1);
    assert_eq!(status(&restored, &grant).await, GrantStatus::Revoked);
    assert!(said.contains(&("people who were deleted since are back, without what they gave to apps", 1)));
}

#[tokio::test]
async fn a_backup_is_one_moment_whoever_writes_meanwhile() {
    let (files, world) = Files::new().await;
    let (began, done) = (tokio::sync::Notify::new(), std::sync::atomic::AtomicBool::new(false));
    let store = world.store.clone();
    let writes = async {
        let mut count = 0_usize;
        while !done.load(std::sync::atomic::Ordering::Acquire) {
            // Two people at once, or none.
            let pair = [0, 1].map(|_| {
                let id: symbolon_oauth::id::UserId = fresh();
                let person = user(&format!("pair-{id}"), &format!("{id}@example.com"));
                UserChange::Create { user: person, password_hash: None, at: T0 }.into()
            });
            store.change(&pair, &[]).await.unwrap();
            count += 2;
            if count == 200 {
                began.notify_one();
            }
        }
        count
    };
    let copies = async {
        began.notified().await;
        for round in 0..5 {
            let (from, to) = (files.present(), files.path(&format!("{round}.db")));
            tokio::task::spawn_blocking(move || {
                backup::copy(&from, &to).unwrap();
                backup::check(&to).unwrap();
            })
            .await
            .unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::Release);
    };
    let (written, ()) = tokio::join!(writes, copies);
    let mut before = 0;
    for round in 0..5 {
        let file = files.path(&format!("{round}.db"));
        let copy = Store::open(&format!("sqlite:{}", file.display()), Options::default()).await.unwrap();
        let people = copy.list_users("", 1_000_000).await.unwrap();
        let people = people.iter().filter(|person| person.external_id.starts_with("pair-")).count();
        assert!(
            people % 2 == 0 && people >= 200 && people >= before && people <= written,
            "{people} of {written}"
        );
        before = people;
    }
}

#[tokio::test]
async fn a_database_knows_its_own_backups_and_no_others() {
    let (files, world) = Files::new().await;
    let made = Made { at: at(7), master_key: "0123".to_owned() };
    let file = files.backup();
    assert_eq!(backup::made(&file).unwrap(), None);
    backup::note(&file, &made).unwrap();
    assert_eq!(backup::made(&file).unwrap(), Some(made.clone()));
    assert!(!backup::knows(&files.present(), &made).unwrap());
    world.store.note_backup(&made, audit(Deed::BackupCreated)).await.unwrap();
    assert!(backup::knows(&files.present(), &made).unwrap());
    assert_eq!(world.store.last_backup().await.unwrap(), Some(at(7)));
}

on_both_engines! {
    async fn everything_that_was_issued_can_be_ended(database) {
        let world = World::new(&database).await;
        let (grant, family) = world.connected().await;
        let session = world.signed_in().await;
        world.store.restored(false, audit(Deed::DatabaseRestored)).await.unwrap();
        assert!(!is_ended(&world.store, &family).await && !is_revoked(&world.store, &family).await);
        assert!(world.store.browser_session(session, T0).await.unwrap().is_some());
        let asked = world.store.consent_facts(world.user.id, world.app.client.id).await.unwrap();
        assert_eq!((asked.grants.len(), asked.seen.len()), (1, 1));

        world.store.restored(true, audit(Deed::DatabaseRestored)).await.unwrap();
        assert!(is_ended(&world.store, &family).await && is_revoked(&world.store, &family).await);
        assert!(world.store.browser_session(session, T0).await.unwrap().is_none());
        let asked = world.store.consent_facts(world.user.id, world.app.client.id).await.unwrap();
        assert_eq!((asked.grants.len(), asked.seen.len()), (1, 0), "and people are asked again");
        assert_eq!(status(&world.store, &grant).await, GrantStatus::Active);
    }
}
