//! What operators see: the log of requests and of what was done, the audit and the connections on the command line.

use std::process::{Command, Output};

use serde_json::Value;
use symbolon_platform::deed::Deed;
use symbolon_server::workers::Deeds;
use symbolon_store::testing::Database;
use symbolon_store::{Actor, Audit};

use crate::secrecy::{heard, listen};
use crate::support::{MASTER_KEY, TestApp, Tokens, stories};

stories!(
    every_deed_and_every_token_has_one_line,
    a_refusal_names_sender_host_and_app,
    a_deed_on_the_command_line_is_told_once_by_the_server,
    connections_are_listed_and_ended,
);

fn lines<'l>(log: &'l str, word: &str) -> Vec<&'l str> {
    log.lines().filter(|line| line.contains(word)).collect()
}

/// What a line says of a field, as text.
#[track_caller]
fn field<'l>(line: &'l str, name: &str) -> &'l str {
    let (_, rest) = line.split_once(&format!(" {name}=")).unwrap_or_else(|| panic!("no {name} in: {line}"));
    rest.split(' ').next().unwrap_or_default().trim_matches('"')
}

/// T-04: who did what stands in the log, by identifiers alone.
async fn every_deed_and_every_token_has_one_line(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    listen();
    let tokens = board.connect(&mut omar, "forms:read").await;
    let next = Tokens::read(&board.refresh(&tokens.refresh).await);
    assert_eq!(board.me(&next.access).await.status, 200);
    board.post("/oauth/token", &[("grant_type", "client_credentials")]).await;
    omar.disconnects().await;
    let asked = board.asks("forms:read");
    omar.open(&asked.url()).await;
    omar.refuses().await;
    omar.sign_out().await;
    let log = heard();
    app.get("/healthz").await;

    let rows = app.state().store.list_audit(1000).await.expect("the audit");
    let of_requests: Vec<&Audit> = rows.iter().filter(|row| row.request_id.is_some()).collect();
    assert!(of_requests.len() >= 5, "{of_requests:?}");
    for row in of_requests {
        let request = row.request_id.as_deref().unwrap_or_default();
        let deed = format!("deed=\"{}\"", row.action.as_str());
        let told: Vec<_> = lines(&log, &deed).into_iter().filter(|line| line.contains(request)).collect();
        let [line] = told[..] else { panic!("{row:?} is not told once: {told:?}\n{log}") };
        assert!(line.contains(" INFO "), "{line}");
        assert_eq!(field(line, "host"), "127.0.0.1:8080");
        assert!(field(line, "address").parse::<std::net::IpAddr>().is_ok(), "{line}");
        assert!(
            field(line, "ms").parse::<u64>().is_ok() && field(line, "status").starts_with(['2', '3']),
            "{line}"
        );
        let user = app.state().store.load_account(row.user.expect("a person")).await.expect("the store");
        assert_eq!(field(line, "user"), user.expect("an account").user.external_id);
    }
    let given = lines(&log, "deed=\"grant.created\"");
    assert_eq!(field(given[0], "client_id"), "board");
    let issued: Vec<_> = lines(&log, "a token was issued");
    let kinds: Vec<_> =
        issued.iter().map(|line| (field(line, "grant_type"), field(line, "client_id"))).collect();
    assert_eq!(kinds[..2], [("authorization_code", "board"), ("refresh_token", "board")]);
    assert_eq!(field(issued[0], "user"), field(given[0], "user"));
    let me: Vec<_> =
        lines(&log, "answered").into_iter().filter(|line| line.contains("DEBUG request: ")).collect();
    assert!(me.iter().any(|line| line.contains("client_id=\"board\"") && line.contains(" user=")), "{me:?}");
    assert!(!log.contains("omar@example.com"), "identifiers alone: {log}");
}

async fn a_refusal_names_sender_host_and_app(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    listen();
    board.refresh("nonsense").await.refused(400, "invalid_grant");
    omar.password = "not the password".to_owned();
    omar.open("/login").await;
    omar.submit_login().await;
    assert_eq!(app.get("/nowhere").await.status, 404);
    let log = heard();
    let refused = lines(&log, "refused");
    let line =
        refused.iter().find(|line| line.contains("client_id=\"board\"")).expect("a refusal of the app");
    assert_eq!(field(line, "host"), "127.0.0.1:8080");
    assert!(
        field(line, "address").parse::<std::net::IpAddr>().is_ok()
            && field(line, "ms").parse::<u64>().is_ok()
    );
    let failed = lines(&log, "a sign-in failed");
    assert!(field(failed[0], "address").parse::<std::net::IpAddr>().is_ok(), "{failed:?}");
    assert!(failed[0].contains(" user=") && !failed[0].contains('@'), "{failed:?}");
    assert!(
        lines(&log, " INFO ").iter().all(|line| !line.contains("done") && !line.contains("issued")),
        "{log}"
    );
}

/// A command is a process of its own: the server tells of what it did.
async fn a_deed_on_the_command_line_is_told_once_by_the_server(database: Database) {
    let app = TestApp::start(database).await;
    app.advance(120_000);
    let mut deeds = Deeds::from_now_on(app.state());
    listen();
    deeds.tell(app.state()).await;
    assert!(!heard().contains("done by an operator"), "what was done before is not told");
    let board = app.state().store.load_app_by_client_id("board").await.expect("the store").expect("the app");
    let at = app.now();
    let audit = Audit::new(
        app.state().entropy.new_id(at).expect("randomness"),
        at,
        Deed::AppUpdated,
        Actor::Operator,
    );
    app.state()
        .store
        .change(&[], &[audit.app(board.client.id).detail("jane@example.com")])
        .await
        .expect("a deed");
    listen();
    deeds.tell(app.state()).await;
    deeds.tell(app.state()).await;
    let log = heard();
    let told = lines(&log, "done by an operator");
    let [line] = told[..] else { panic!("it is not told once: {log}") };
    assert_eq!((field(line, "deed"), field(line, "client_id")), ("app.updated", "board"));
    assert!(line.contains(" INFO ") && !line.contains('@'), "{line}");
}

/// The executable, on the database of a server.
fn symbolon(app: &TestApp, line: &str) -> Output {
    symbolon_with(app, line, MASTER_KEY)
}

/// The same, with these master keys.
pub(crate) fn symbolon_with(app: &TestApp, line: &str, master_key: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_symbolon"))
        .args(line.split(' '))
        .env("SYMBOLON_ISSUER", app.issuer())
        .env("SYMBOLON_LISTEN", "127.0.0.1:0")
        .env("SYMBOLON_STORAGE__URL", app.storage())
        .env("SYMBOLON_MASTER_KEY", master_key)
        .current_dir(std::env::temp_dir())
        .output()
        .expect("it runs")
}

#[track_caller]
pub(crate) fn answers(app: &TestApp, line: &str) -> Value {
    let output = symbolon(app, &format!("{line} --json"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&said).expect("JSON")
}

async fn connections_are_listed_and_ended(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:read").await;
    assert_eq!(board.me(&tokens.access).await.status, 200);
    let all = answers(&app, "connection list");
    let [own] = &all["connections"].as_array().expect("a list")[..] else { panic!("{all}") };
    assert_eq!((&own["app"], &own["scopes"][0]), (&"board".into(), &"forms:read".into()));
    let (person, tenant) =
        (own["person"].as_str().expect("a person"), own["tenant"].as_str().expect("a tenant"));
    for (line, found) in [
        (format!("connection list --person {person}"), 1),
        (format!("connection list --app board --tenant {tenant}"), 1),
        ("connection list --app robot".to_owned(), 0),
        ("connection list --person omar@example.com --limit 1".to_owned(), 1),
    ] {
        assert_eq!(answers(&app, &line)["connections"].as_array().map(Vec::len), Some(found), "{line}");
    }
    let unsure = symbolon(&app, "connection end --app board");
    let complaint = String::from_utf8_lossy(&unsure.stderr);
    assert!(
        !unsure.status.success() && complaint.contains("End 1 connection with 1 authorization"),
        "{complaint}"
    );
    assert!(complaint.contains("add --yes"), "{complaint}");
    assert_eq!(board.me(&tokens.access).await.status, 200, "nothing was ended");
    assert_eq!(symbolon(&app, "connection end").status.code(), Some(2), "it says which");
    let ended = answers(&app, "connection end --app board --reason laptop-lost --yes");
    assert_eq!((&ended["ended"][0], &ended["authorizations"]), (&own["id"], &1.into()));
    app.advance(2_000);
    board.me(&tokens.access).await.refused(401, "invalid_token");
    board.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    assert!(!symbolon(&app, "connection end --app board --yes").status.success(), "there is none any more");

    let audit = answers(&app, "audit --deed grant.revoked");
    let [deed] = &audit["deeds"].as_array().expect("a list")[..] else { panic!("{audit}") };
    assert_eq!((&deed["by"], &deed["detail"]), (&"operator".into(), &"laptop-lost".into()));
    assert_eq!((&deed["app"], &deed["connection"]), (&"board".into(), &own["id"]));
    assert!(deed["request_id"].is_null());
    // The command goes by the clock of the machine, the server of a story by its own.
    let all = answers(&app, "audit --limit 1000");
    let all = all["deeds"].as_array().expect("a list");
    let ids: Vec<_> = all.iter().map(|deed| deed["id"].as_str().expect("an id")).collect();
    assert!(
        ids.is_sorted_by(|newer, older| newer > older) && ids.contains(&deed["id"].as_str().expect("an id"))
    );
    let first = answers(&app, "audit --limit 3");
    let next = first["next"].as_str().expect("there are more");
    let second = answers(&app, &format!("audit --limit 3 --before {next}"));
    let paged = [&first, &second].into_iter().flat_map(|page| page["deeds"].as_array().expect("a list"));
    assert_eq!(paged.map(|deed| deed["id"].as_str().expect("an id")).collect::<Vec<_>>(), ids[..6]);
    let since = answers(&app, "audit --until 2027-01-01");
    assert_eq!(since["deeds"].as_array().map(Vec::len), Some(1), "the one of the command: {since}");
    assert_eq!(symbolon(&app, "audit --deed grant.revokd").status.code(), Some(2), "no such deed");
    let of_omar = answers(&app, &format!("audit --person {person} --app board"));
    assert!(of_omar["deeds"].as_array().is_some_and(|deeds| deeds.len() == 2), "{of_omar}");
}
