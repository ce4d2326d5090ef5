//! Pages beside many rows: what a page asks of the database is the same among ten thousand apps as among a few, each query
//! finds its rows by an index, and no page is large.

use std::fmt::Write as _;

use symbolon_store::testing::Database;
use symbolon_store::{Asked, Cursor, Engine};

use crate::support::{Person, TestApp, stories};

stories!(pages_of_developers_read_as_much_among_ten_thousand_apps_as_among_a_few);

/// Bytes of a page at most, before it is compressed.
const PAGE_AT_MOST: usize = 60 * 1024;

/// Rows of these grow with the apps of everybody.
const GROW: [&str; 6] = ["apps", "app_versions", "client_secrets", "grants", "app_testers", "organisations"];

/// The rows of apps with a version, a secret, a tester and a connection each: those from `first` on, in this organisation.
fn apps(organisation: &str, first: usize, count: usize) -> String {
    let mut script = String::new();
    let mut insert = |table: &str, columns: &str, row: &dyn Fn(&str, usize) -> String| {
        for numbers in (first..first + count).collect::<Vec<_>>().chunks(500) {
            let row = |number: &usize| format!("({})", row(&format!("X'{number:032x}'"), *number));
            let rows: Vec<_> = numbers.iter().map(row).collect();
            writeln!(script, "INSERT INTO {table} ({columns}) VALUES {};", rows.join(", ")).expect("a text");
        }
    };
    insert("apps", "id, client_id, status, created_at, organisation_id", &|id, number| {
        format!("{id}, 'many-{number}', 'development', 1, {organisation}")
    });
    insert(
        "app_versions",
        "app_id, number, state, name, publisher_verified, client_type, level, dialect, redirect_uris, scopes, \
         optional_scopes, grant_types, pkce_excused",
        &|id, number| {
            format!(
                "{id}, 1, 'live', 'App {number}', FALSE, 'confidential', 'user', 'rfc', \
                 '[\"https://a.example/cb\"]', 'forms:read', '', 'authorization_code', FALSE"
            )
        },
    );
    insert("client_secrets", "id, app_id, hash, hint, created_at", &|id, _| {
        format!("{id}, {id}, {id}, 'hint', 1")
    });
    let person = "SELECT id FROM users ORDER BY id LIMIT 1";
    insert("app_testers", "app_id, tester_id, user_id, created_at", &|id, _| {
        format!("{id}, ({person}), ({person}), 1")
    });
    insert(
        "grants",
        "id, app_id, level, tenant_id, user_id, owner_id, scopes, status, created_at, updated_at",
        &|id, _| {
            let tenant = "SELECT id FROM tenants ORDER BY id LIMIT 1";
            format!("{id}, {id}, 'user', ({tenant}), ({person}), ({person}), 'forms:read', 'active', 1, 1")
        },
    );
    script
}

/// What each page asks.
async fn walk(app: &TestApp, person: &mut Person, paths: &[String]) -> Vec<(String, Vec<Asked>)> {
    let mut walked = Vec::new();
    for path in paths {
        app.state().store.asked();
        let page = person.look(path).await;
        assert_eq!(page.status, 200, "{page:?}");
        assert!(page.body.len() <= PAGE_AT_MOST, "{path} has {} bytes", page.body.len());
        walked.push((path.clone(), app.state().store.asked()));
    }
    walked
}

/// The lines of the plan of a query that go through all rows of a table that grows.
async fn scans(engine: &Engine, asked: &Asked, is_postgres: bool) -> Vec<String> {
    let explain = if is_postgres { "EXPLAIN" } else { "EXPLAIN QUERY PLAN" };
    let explained = String::leak(format!("{explain} {}", asked.sql));
    let line = |row: &mut Cursor| {
        if is_postgres {
            return row.text();
        }
        let _ids = (row.integer()?, row.integer()?, row.integer()?);
        row.text()
    };
    let rows = engine.load(explained, &asked.parameters).await.expect("a plan");
    let lines = rows.into_iter().map(|row| row.read(line).expect("a line"));
    lines.filter(|line| is_postgres && line.contains("Seq Scan on ") || line.starts_with("SCAN ")).collect()
}

/// Whether the table that a line goes through, by its name or as the query calls it, grows.
fn grows(line: &str, sql: &str) -> bool {
    let scanned =
        line.split("Seq Scan on ").nth(1).or_else(|| line.strip_prefix("SCAN ")).unwrap_or_default();
    let name = scanned.split_whitespace().next().unwrap_or_default();
    GROW.iter().any(|table| *table == name || sql.contains(&format!(" {table} {name} ")))
}

async fn pages_of_developers_read_as_much_among_ten_thousand_apps_as_among_a_few(database: Database) {
    let (url, is_postgres) = (database.direct_url().to_owned(), database.is_postgres());
    let app = TestApp::start(database).await;
    let mut lena = app.person("lena");
    lena.sign_in().await;
    let made = crate::portal::makes(&mut lena, "Diary", "web").await;
    let own = crate::portal::address(&made);
    let diary = "SELECT app_id FROM app_versions WHERE name = 'Diary'";
    let organisation = format!("(SELECT organisation_id FROM apps WHERE id = ({diary}))");
    app.database().run(&apps(&organisation, 1, 300)).await;
    let rooms = [
        "",
        "/identity",
        "/redirects",
        "/scopes",
        "/credentials",
        "/dialect",
        "/testers",
        "/activity",
        "/manifest",
        "/delete",
    ];
    let mut paths: Vec<String> = rooms.iter().map(|room| format!("{own}{room}")).collect();
    let lists = [
        "/developers",
        "/developers?find=App",
        "/developers?find=nothing",
        "/developers/organisations",
        "/developers/docs",
    ];
    paths.extend(lists.map(str::to_owned));

    // The first walk fills caches.
    walk(&app, &mut lena, &paths).await;
    let few = walk(&app, &mut lena, &paths).await;
    let others = "X'ffffffffffffffffffffffffffffffff'";
    let other = format!("INSERT INTO organisations (id, name, created_at) VALUES ({others}, 'Others', 1);");
    app.database().run(&format!("{other} {}", apps(others, 1_000_000, 10_000))).await;
    app.database().run("ANALYZE;").await;
    let many = walk(&app, &mut lena, &paths).await;

    let engine = Engine::open(&url, Database::options()).await.expect("the database opens");
    let everything = Asked { sql: "SELECT v.name FROM app_versions v ", parameters: Vec::new(), rows: 0 };
    let seen = scans(&engine, &everything, is_postgres).await;
    assert!(seen.iter().any(|line| grows(line, everything.sql)), "a scan is not seen: {seen:?}");
    assert!(many.iter().filter(|(_, asked)| !asked.is_empty()).count() > 10, "{many:?}");
    for ((path, few), (_, many)) in few.iter().zip(&many) {
        let counted = |asked: &[Asked]| -> Vec<(&'static str, usize)> {
            asked.iter().map(|asked| (asked.sql, asked.rows)).collect()
        };
        assert_eq!(counted(few), counted(many), "{path}");
        for asked in many {
            let scans = scans(&engine, asked, is_postgres).await;
            let all: Vec<_> = scans.iter().filter(|line| grows(line, asked.sql)).collect();
            assert!(all.is_empty(), "{path}: {all:?}\n{}", asked.sql);
        }
    }
}
