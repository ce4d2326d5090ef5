//! Values come back as they went in.

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::AppId;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_store::{Commit, Expect, Value, on_both_engines, parameters};

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
        let row = &rows[0];
        assert_eq!(row.id(0).unwrap(), id);
        assert_eq!(row.scopes(1).unwrap(), scopes);
        assert_eq!(row.text(2).unwrap(), "https://é.example/'$1'");
        assert_eq!(row.hash(3).unwrap(), hash);
        assert_eq!(row.integer(4).unwrap(), i64::MIN);
        assert_eq!(row.timestamp(5).unwrap(), Timestamp(i64::MAX));
        assert!(row.text(0).is_err() && row.integer(2).is_err() && row.blob(4).is_err() && row.text(6).is_err());
    }

    async fn null_makes_the_round_trip(database) {
        let engine = database.engine().await;
        let given = parameters![vec![1_u8; 16], vec![0_u8; 0], "", Value::Null, None::<SecretHash>, None::<i64>, 0];
        engine.commit(Commit::new().step(INSERT_FAMILY, given, Expect::One)).await.unwrap();
        let rows = engine.load(FAMILY, &parameters![vec![1_u8; 16]]).await.unwrap();
        let row = &rows[0];
        assert_eq!(row.optional_text(2).unwrap(), None);
        assert_eq!(row.optional_hash(3).unwrap(), None);
        assert_eq!(row.optional_timestamp(4).unwrap(), None);
        assert!(row.text(2).is_err() && row.hash(3).is_err() && row.integer(4).is_err());
        assert!(row.scopes(1).unwrap().is_empty());
    }

    async fn booleans_are_told_from_numbers(database) {
        let engine = database.engine().await;
        let sql = "INSERT INTO roles (key, title, scopes, can_install, can_approve) VALUES ($1, $1, $1, $2, $3) \
                   RETURNING can_install, can_approve";
        let commit = Commit::new().step(sql, parameters!["admin", true, false], Expect::One);
        let rows = engine.commit(commit).await.unwrap();
        assert_eq!((rows[0].boolean(0).unwrap(), rows[0].boolean(1).unwrap()), (true, false));
        let found = engine.load("SELECT key FROM roles WHERE can_install AND NOT can_approve", &[]).await.unwrap();
        assert_eq!(found.len(), 1);
        let found = engine.load("SELECT key FROM roles WHERE can_approve = $1", &parameters![true]).await.unwrap();
        assert!(found.is_empty());
    }

    async fn parameters_go_by_number_and_not_by_appearance(database) {
        let engine = database.engine().await;
        let sql = "SELECT CAST($2 AS TEXT), CAST($1 AS TEXT), '$1', CAST($2 AS TEXT)";
        let rows = engine.load(sql, &parameters!["first", "second"]).await.unwrap();
        let texts: Vec<String> = (0..4).map(|column| rows[0].text(column).unwrap()).collect();
        assert_eq!(texts, ["second", "first", "$1", "second"]);
    }

    async fn a_nul_character_makes_no_statement_fail(database) {
        let engine = database.engine().await;
        let sql = "INSERT INTO attempts (subject, began_at, count, expires_at) VALUES ($1, 0, 0, 9)";
        engine.commit(Commit::new().step(sql, parameters!["a\0b"], Expect::One)).await.unwrap();
        let find = "SELECT subject FROM attempts WHERE subject = $1";
        let rows = engine.load(find, &parameters!["a\0b"]).await.unwrap();
        assert_eq!(rows[0].text(0).unwrap(), "a\u{fffd}b");
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
        assert_eq!(all[1].blob(0).unwrap(), [2; 16]);
    }
}
