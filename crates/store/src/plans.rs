//! Plans of PostgreSQL for what requests wait for, on tables that are young: few rows, statistics of that moment. Such a plan
//! is kept while the table grows, so it must find its rows by an index already.

use crate::engine::each;
use crate::testing::Database;
use crate::{Engine, StoreError, Value};

/// What every table that grows holds at first.
const FEW: &[&str] = &[
    "INSERT INTO tenants (id, external_id, name, kind, standing, created_at) \
     SELECT decode(md5(i::text), 'hex'), i, '', '', '', 0 FROM generate_series(1, 20) i",
    "INSERT INTO users (id, external_id, login, name, standing, staff, valid_from, created_at) \
     SELECT decode(md5(i::text), 'hex'), i, i, '', '', FALSE, 0, 0 FROM generate_series(1, 20) i",
    "INSERT INTO apps (id, client_id, status, created_at) \
     SELECT decode(md5(i::text), 'hex'), i, 'live', 0 FROM generate_series(1, 20) i",
    "INSERT INTO organisations (id, name, created_at) SELECT id, '', 0 FROM users",
    "INSERT INTO organisation_members (organisation_id, user_id, role, created_at) SELECT id, id, 'owner', 0 FROM users",
    "INSERT INTO app_testers (app_id, tester_id, user_id, created_at) SELECT id, id, id, 0 FROM users",
    "INSERT INTO app_versions (app_id, number, state, name, publisher_verified, client_type, level, dialect, redirect_uris, \
     scopes, optional_scopes, grant_types, pkce_excused) \
     SELECT id, 1, 'live', '', FALSE, '', '', '', '[]', '', '', '', FALSE FROM apps",
    "INSERT INTO memberships (tenant_id, user_id, role, standing, created_at) \
     SELECT id, id, '', 'active', 0 FROM users",
    "INSERT INTO grants (id, app_id, level, tenant_id, user_id, owner_id, scopes, status, created_at, updated_at) \
     SELECT id, id, '', id, id, id, '', 'active', 0, 0 FROM users",
    "INSERT INTO families (id, app_id, grant_id, scopes, rotations, created_at, sealed_successor, grace_until) \
     SELECT id, id, id, '', 1, 0, id, 0 FROM users",
    "INSERT INTO access_tokens (id, hash, app_id, grant_id, family_id, scopes, created_at, expires_at, rotation) \
     SELECT id, id, id, id, id, '', 0, 0, 1 FROM users",
    "INSERT INTO authorization_codes (id, hash, app_id, grant_id, redirect_uri, redirect_uri_sent, scopes, auth_time, \
     state, created_at, expires_at) SELECT id, id, id, id, '', TRUE, '', 0, 'issued', 0, 0 FROM users",
    "INSERT INTO browser_sessions (id, hash, user_id, auth_time, created_at, last_seen_at, expires_at, agent) \
     SELECT id, id, id, 0, 0, 0, 0, '' FROM users",
    "ANALYZE",
];

async fn plan(engine: &Engine, sql: &str, kinds: &str) -> Result<Vec<String>, StoreError> {
    let value = |kind| match kind {
        'b' => Value::Blob(vec![7; 16]),
        'i' => Value::Integer(7),
        'B' => Value::Boolean(true),
        _ => Value::Text("{\"00\":7}".to_owned()),
    };
    let values: Vec<Value> = kinds.chars().map(value).collect();
    let explained = String::leak(format!("EXPLAIN {sql}"));
    each(engine.load(explained, &values).await?, |row| row.text())
}

#[tokio::test]
#[ignore = "needs a PostgreSQL: scripts/with-postgres -- cargo test -- --include-ignored"]
async fn what_requests_wait_for_is_found_by_an_index_while_tables_are_young() -> Result<(), StoreError> {
    let database = Database::postgres().await.expect("SYMBOLON_TEST_POSTGRES names a server");
    let engine = database.engine().await;
    for few in FEW {
        engine.load(few, &[]).await?;
    }
    let hot = [
        crate::tokens::HOT,
        crate::tokens::issued::HOT,
        crate::tokens::renewal::HOT,
        crate::tokens::reissue::HOT,
        crate::codes::HOT,
        crate::grants::HOT,
        crate::organisations::HOT,
        crate::browser_sessions::HOT,
        crate::usage::HOT,
    ];
    for (sql, kinds) in hot.into_iter().flatten() {
        let plan = plan(&engine, sql, kinds).await?;
        for (at, line) in plan.iter().enumerate() {
            assert!(!line.contains("Seq Scan"), "{sql}\n{plan:#?}");
            let scans = line.contains("Index") && line.contains("Scan");
            let finds = !scans || plan.get(at + 1).is_some_and(|next| next.contains("Index Cond"));
            assert!(finds, "{sql}\n{plan:#?}");
        }
    }
    Ok(())
}
