//! Migrations run once, whoever starts them and however many at a time.

use symbolon_oauth::id::{GrantId, Id};
use symbolon_platform::deed::Deed;
use symbolon_store::{Audit, Commit, Engine, Expect, Store, on_both_engines, parameters};

use symbolon_store::testing::Database;

use crate::world::{World, at, audit, fresh};

/// What was written before, its detail, and its public name.
const NAMES_BEFORE: [(&str, Option<&str>, Deed); 22] = [
    ("scope.put", Some("+ scope forms:read"), Deed::ScopeCreated),
    ("scope.put", Some("~ scope forms:read: title \"a\" → \"+b\""), Deed::ScopeUpdated),
    ("role.put", Some("+ role member"), Deed::RoleCreated),
    ("role.put", None, Deed::RoleUpdated),
    ("membership.put", Some("+ membership u-jane in t-1"), Deed::MembershipCreated),
    ("membership.put", Some("~ membership u-jane in t-1: role \"a\" → \"b\""), Deed::MembershipUpdated),
    ("membership.removed", None, Deed::MembershipDeleted),
    ("user.password_set", None, Deed::PasswordChanged),
    ("icon.put", None, Deed::IconStored),
    ("app.made_live", None, Deed::AppResumed),
    ("app.put_in_development", None, Deed::AppUnpublished),
    ("app.secret_rotated", None, Deed::ClientSecretRotated),
    ("app.secret_revoked", None, Deed::ClientSecretRevoked),
    ("host_key.added", None, Deed::HostKeyCreated),
    ("session.began", None, Deed::BrowserSessionCreated),
    ("session.ended", None, Deed::BrowserSessionEnded),
    ("session.others_ended", None, Deed::BrowserSessionOthersEnded),
    ("code.replayed", None, Deed::AuthorizationCodeReplayed),
    ("family.revoked", None, Deed::TokenFamilyRevoked),
    ("family.ended", None, Deed::TokenFamilyRevoked),
    ("refresh_token.reused", None, Deed::RefreshTokenReused),
    ("user.signed_up", None, Deed::UserSignedUp),
];

/// Gives a row of the audit a name that was written before.
async fn name_as_before(engine: &Engine, row: Id<Audit>, name: &'static str) {
    let rename = "UPDATE audit SET action = $2 WHERE id = $1";
    engine.commit(Commit::new().step(rename, parameters![row, name], Expect::One)).await.unwrap();
}

on_both_engines! {
    async fn the_second_run_finds_nothing_to_do(database) {
        let engine = Engine::open(database.url(), Database::options()).await.unwrap();
        let names = engine.migrate().await.unwrap();
        assert_eq!(names.first().map(String::as_str), Some("0001_core"));
        assert!(engine.migrate().await.unwrap().is_empty());
        assert!(Store::open(database.url(), Database::options()).await.unwrap().migrate().await.unwrap().is_empty());
    }

    async fn engines_that_start_together_migrate_once(database) {
        let start = async || {
            let engine = Engine::open(database.url(), Database::options()).await.unwrap();
            engine.migrate().await.unwrap().len()
        };
        let (a, b, c, d) = tokio::join!(start(), start(), start(), start());
        let mut counts = [a, b, c, d];
        counts.sort_unstable();
        assert!(counts[3] > 0 && counts[..3] == [0, 0, 0], "{counts:?}");
    }

    async fn deeds_get_their_public_names_once(database) {
        let world = World::new(&database).await;
        let (engine, store) = (database.engine().await, &world.store);
        let (grant, _) = world.consented().await;
        let mut expected = vec![Deed::GrantCreated];
        name_as_before(&engine, store.list_audit(1).await.unwrap()[0].id, "consent.given").await;
        let mut rows: Vec<_> = NAMES_BEFORE.into_iter().map(|(name, detail, deed)| {
            let mut row = audit(deed);
            row.detail = detail.map(str::to_owned);
            (name, row)
        }).collect();
        let mut again = audit(Deed::GrantUpdated).of_grant(&grant);
        (again.at, again.grant) = (at(5), None::<GrantId>);
        rows.push(("consent.given", again));
        rows.push(("consent.given", audit(Deed::GrantUpdated).app(fresh()).user(fresh()).tenant(fresh())));
        for (name, row) in rows {
            expected.push(row.action);
            store.change(&[], std::slice::from_ref(&row)).await.unwrap();
            name_as_before(&engine, row.id, name).await;
        }
        for _ in 0..2 {
            let forget = "DELETE FROM migrations WHERE name = '0008_deeds'";
            engine.commit(Commit::new().step(forget, [], Expect::One)).await.unwrap();
            assert_eq!(engine.migrate().await.unwrap(), ["0008_deeds"]);
            let deeds = store.list_audit(100).await.unwrap();
            assert_eq!(deeds.iter().rev().map(|deed| deed.action).collect::<Vec<_>>(), expected);
        }
    }

    async fn a_database_of_a_newer_version_is_left_alone(database) {
        let engine = database.engine().await;
        assert_eq!(engine.pending().await.unwrap(), Vec::<&str>::new());
        let record = "INSERT INTO migrations (name, checksum) VALUES ($1, $2)";
        let commit = Commit::new().step(record, parameters!["9999_later", "00"], Expect::One);
        engine.commit(commit).await.unwrap();
        let error = engine.migrate().await.unwrap_err().to_string();
        assert!(error.contains("newer version") && error.contains("9999_later"), "{error}");
        assert_eq!(engine.pending().await.unwrap_err().to_string(), error);
    }

    async fn a_migration_with_another_text_is_refused(database) {
        let engine = database.engine().await;
        let change = "UPDATE migrations SET checksum = $1 WHERE name = $2";
        engine.commit(Commit::new().step(change, parameters!["00", "0001_core"], Expect::One)).await.unwrap();
        let error = engine.migrate().await.unwrap_err().to_string();
        assert!(error.contains("another text") && error.contains("0001_core"), "{error}");
    }
}
