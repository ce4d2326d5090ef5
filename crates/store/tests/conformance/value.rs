//! Values come back as they went in.

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::AppId;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_store::{Commit, Cursor, Expect, Value, on_both_engines, parameters};

const INSERT_FAMILY: &str = "INSERT INTO families (id, app_id, grant_id, scopes, resource, refresh_hash, \
     refresh_expires_at, rotations, created_at) VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $7)";
const FAMILY: &str = "SELECT id, scopes, resource, refresh_hash, refresh_expires_at, created_at FROM families \
     WHERE id = $1";

on_both_engines! {
    async fn every_type_makes_the_round_trip(database) {
        let engine = database.engine().await;
        let (id, hash) = (AppId::new([7; 16]), SecretHash::of("secret"));
        let scopes = ScopeSet::parse("read write").unwrap();
        let given = parameters![id, id, &scopes, "https://é.example/'$1'", hash, i64::MIN, Timestamp(i64::MAX)];
        engine.commit(Commit::new().step(INSERT_FAMILY, given, Expect::One)).await.unwrap();
        let rows = engine.load(FAMILY, &parameters![id]).await.unwrap();
        let read = rows[0].clone().read(|row| {
            assert_eq!(row.id().unwrap(), id);
            assert_eq!(row.scopes().unwrap(), scopes);
            assert_eq!(row.text().unwrap(), "https://é.example/'$1'");
            assert_eq!(row.hash().unwrap(), hash);
            assert_eq!(row.integer().unwrap(), i64::MIN);
            assert_eq!(row.timestamp().unwrap(), Timestamp(i64::MAX));
            Ok(())
        });
        read.unwrap();
        let read = rows[0].clone().read(|row| {
            assert!(row.text().is_err() && row.scopes().is_ok() && row.integer().is_err());
            assert!(row.hash().is_ok() && row.blob().is_err() && row.integer().is_ok() && row.text().is_err());
            Ok(())
        });
        read.unwrap();
    }

    async fn null_makes_the_round_trip(database) {
        let engine = database.engine().await;
        let given = parameters![vec![1_u8; 16], vec![0_u8; 0], "", Value::Null, None::<SecretHash>, None::<i64>, 0];
        engine.commit(Commit::new().step(INSERT_FAMILY, given, Expect::One)).await.unwrap();
        let rows = engine.load(FAMILY, &parameters![vec![1_u8; 16]]).await.unwrap();
        let read = rows[0].clone().read(|row| {
            assert_eq!((row.optional_blob().unwrap(), row.scopes().unwrap().is_empty()), (Some(vec![1; 16]), true));
            assert_eq!(row.optional_text().unwrap(), None);
            assert_eq!(row.optional_hash().unwrap(), None);
            assert_eq!(row.optional_timestamp().unwrap(), None);
            row.skip()
        });
        read.unwrap();
        let read = rows[0].clone().read(|row| {
            row.skip().unwrap();
            row.skip().unwrap();
            assert!(row.text().is_err() && row.hash().is_err() && row.integer().is_err());
            row.skip()
        });
        read.unwrap();
    }

    async fn booleans_are_told_from_numbers(database) {
        let engine = database.engine().await;
        let sql = "INSERT INTO roles (key, title, scopes, can_install, can_approve) VALUES ($1, $1, $1, $2, $3) \
                   RETURNING can_install, can_approve";
        let commit = Commit::new().step(sql, parameters!["admin", true, false], Expect::One);
        let rows = engine.commit(commit).await.unwrap();
        assert_eq!(rows[0].clone().read(|row| Ok((row.boolean()?, row.boolean()?))).unwrap(), (true, false));
        let found = engine.load("SELECT key FROM roles WHERE can_install AND NOT can_approve", &[]).await.unwrap();
        assert_eq!(found.len(), 1);
        let found = engine.load("SELECT key FROM roles WHERE can_approve = $1", &parameters![true]).await.unwrap();
        assert!(found.is_empty());
    }

    async fn parameters_go_by_number_and_not_by_appearance(database) {
        let engine = database.engine().await;
        let sql = "SELECT CAST($2 AS TEXT), CAST($1 AS TEXT), '$1', CAST($2 AS TEXT)";
        let rows = engine.load(sql, &parameters!["first", "second"]).await.unwrap();
        let texts = rows[0].clone().read(|row| (0..4).map(|_| row.text()).collect::<Result<Vec<_>, _>>()).unwrap();
        assert_eq!(texts, ["second", "first", "$1", "second"]);
    }

    async fn a_nul_character_makes_no_statement_fail(database) {
        let engine = database.engine().await;
        let sql = "INSERT INTO attempts (subject, began_at, count, expires_at) VALUES ($1, 0, 0, 9)";
        engine.commit(Commit::new().step(sql, parameters!["a\0b"], Expect::One)).await.unwrap();
        let find = "SELECT subject FROM attempts WHERE subject = $1";
        let rows = engine.load(find, &parameters!["a\0b"]).await.unwrap();
        assert_eq!(rows[0].clone().read(Cursor::text).unwrap(), "a\u{fffd}b");
        assert!(engine.load(find, &parameters!["\0"]).await.unwrap().is_empty());
    }

    async fn a_wrong_number_of_parameters_is_a_fault_of_ours_and_harms_nothing(database) {
        let engine = database.engine().await;
        for wrong in [&parameters![][..], &parameters!["a", "b"][..]] {
            assert!(engine.load("SELECT name FROM scopes WHERE name = $1", wrong).await.is_err());
        }
        assert!(engine.load("SELECT name FROM scopes WHERE name = $1", &parameters!["a"]).await.is_ok());
    }

    async fn several_queries_answer_in_their_order(database) {
        let engine = database.engine().await;
        let sql = "INSERT INTO spent_interactions (id, expires_at) VALUES ($1, $2)";
        let two = Commit::new()
            .step(sql, parameters![vec![1_u8; 16], 1], Expect::One)
            .step(sql, parameters![vec![2_u8; 16], 2], Expect::One);
        engine.commit(two).await.unwrap();
        let by_time = "SELECT id FROM spent_interactions WHERE expires_at = $1";
        let [one, all, none] = engine
            .load_all([
                (by_time, &parameters![1]),
                ("SELECT id FROM spent_interactions ORDER BY id LIMIT $1", &parameters![500]),
                (by_time, &parameters![3]),
            ])
            .await
            .unwrap();
        assert_eq!((one.len(), all.len(), none.len()), (1, 2, 0));
        assert_eq!(all[1].clone().read(Cursor::blob).unwrap(), [2; 16]);
    }
}
