//! The schema keeps to what both engines have in common.

use symbolon_store::testing::Database;
use symbolon_store::{Cursor, on_both_engines};

/// SQLite remembers the words of every declaration, so it is asked what the migrations wrote.
#[tokio::test]
async fn columns_are_text_bigint_boolean_or_blob() {
    let engine = Database::sqlite().await;
    let engine = engine.engine().await;
    let sql = "SELECT t.name, c.name, c.type FROM sqlite_schema t, pragma_table_info(t.name) c \
               WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";
    let columns = engine.load(sql, &[]).await.unwrap();
    assert!(columns.len() > 50);
    for column in columns {
        let (place, declared) =
            column.read(|row| Ok((format!("{}.{}", row.text()?, row.text()?), row.text()?))).unwrap();
        assert!(["TEXT", "BIGINT", "BOOLEAN", "BLOB"].contains(&declared.as_str()), "{place} is {declared}");
    }
}

on_both_engines! {
    /// Every deed is written there, so an index costs every deed: there is the one that the account page asks.
    async fn the_audit_has_no_index_that_nobody_asks(database) {
        let engine = database.engine().await;
        let sql = if database.is_postgres() {
            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() \
             AND tablename = 'audit' AND indexname <> 'audit_pkey'"
        } else {
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'audit' AND sql IS NOT NULL"
        };
        let names = engine.load(sql, &[]).await.unwrap();
        let names: Vec<_> = names.into_iter().map(|row| row.read(Cursor::text).unwrap()).collect();
        assert_eq!(names, ["audit_of_reuses"]);
    }
}
