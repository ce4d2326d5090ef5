//! What is stored and must be readable again: sealed, with keys that come and go.

use symbolon_platform::deed::Deed;
use symbolon_server::clock::{Clock, Entropy};
use symbolon_server::config::Config;
use symbolon_server::jobs::Job;
use symbolon_server::keys::Keys;
use symbolon_server::language::Language;
use symbolon_server::letters::{About, Letter};
use symbolon_server::{sealing, serve};
use symbolon_store::sealed::{KeyMark, SealedColumn};
use symbolon_store::testing::Database;

use crate::operators::symbolon_with;
use crate::support::{MASTER_KEY, Options, TestApp, stories};

stories!(
    a_link_that_waits_is_not_readable_in_the_database,
    without_its_key_a_server_says_which_one_and_does_not_start,
    everything_moves_to_the_newest_key_and_the_old_one_can_go,
);

const LINK: &str = "http://127.0.0.1:8080/reset?token=very-secret";

async fn waiting(app: &TestApp) {
    let about = About::ResetPassword { name: "Jane".to_owned(), link: LINK.to_owned() };
    let letter = Letter::new("jane@example.com", Language::fallback(), about);
    let job = app.state().job(&Job::Mail(letter), None, app.now()).expect("a job");
    app.state().store.add_job(&job).await.expect("the store");
}

async fn a_link_that_waits_is_not_readable_in_the_database(database: Database) {
    let (app, outbox) = TestApp::that_mails(database, Options::default()).await;
    waiting(&app).await;
    let nothing = KeyMark([0; KeyMark::LENGTH]);
    let rows =
        app.state().store.not_sealed_with(SealedColumn::JobBody, nothing, 10).await.expect("the store");
    let [row] = &rows[..] else { panic!("one job: {rows:?}") };
    let text = String::from_utf8_lossy(&row.sealed);
    assert!(!text.contains("very-secret") && !text.contains("jane@"), "{text}");
    app.works_off_mails().await;
    assert!(outbox.mails()[0].text.contains(LINK), "and who has the key reads it");
}

/// Master keys as a configuration holds them.
fn keys(keys: &[(Option<&str>, &str)]) -> String {
    let entry = |(id, key): &(Option<&str>, &str)| match id {
        Some(id) => format!("{{\"id\": \"{id}\", \"key\": \"{key}\"}}"),
        None => format!("{{\"key\": \"{key}\"}}"),
    };
    format!("[{}]", keys.iter().map(entry).collect::<Vec<_>>().join(", "))
}

/// Whether a server starts on the database with these keys; else what it says.
async fn starts(app: &TestApp, master_key: &str) -> Result<(), String> {
    let environment = [
        ("SYMBOLON_ISSUER", app.issuer()),
        ("SYMBOLON_LISTEN", "127.0.0.1:0"),
        ("SYMBOLON_STORAGE__URL", app.storage()),
        ("SYMBOLON_MASTER_KEY", master_key),
    ];
    let environment: Vec<_> = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let config = Config::from_parts(None, &environment).map_err(|e| e.to_string())?;
    // On the store of the server that has the file.
    let keys = Keys::load(&config.secrets, Entropy::System).map_err(|e| e.to_string())?;
    sealing::check(&app.state().store, &keys).await.map_err(|e| e.to_string())
}

async fn without_its_key_a_server_says_which_one_and_does_not_start(database: Database) {
    let (app, _) = TestApp::that_mails(database, Options::default()).await;
    let other = "0a".repeat(32);
    assert_eq!(starts(&app, &other).await, Ok(()), "nothing is sealed yet");
    waiting(&app).await;
    assert_eq!(starts(&app, MASTER_KEY).await, Ok(()));
    let id = app.state().keys.newest_id().to_owned();
    let said = starts(&app, &other).await.expect_err("its key is missing");
    assert!(said.contains(&format!("\"{id}\"")) && said.contains("jobs.body"), "{said}");
    let said = starts(&app, &keys(&[(Some(&id), &other)])).await.expect_err("another key of that name");
    assert!(said.contains("is another one"), "{said}");
    assert_eq!(starts(&app, &keys(&[(None, MASTER_KEY), (Some("new"), &other)])).await, Ok(()));
    // The whole way, in a process of its own. A file of SQLite has one server.
    if app.is_postgres() {
        let said = symbolon_with(&app, "serve", &other);
        let said = String::from_utf8_lossy(&said.stderr).into_owned();
        assert!(said.contains(&format!("\"{id}\"")), "{said}");
    }
    let config = app.configured("");
    if app.is_postgres() {
        assert!(serve::state(&config, Clock::System, Entropy::System).await.is_ok(), "and with it, it does");
    }
}

async fn everything_moves_to_the_newest_key_and_the_old_one_can_go(database: Database) {
    let (app, outbox) = TestApp::that_mails(database, Options::default()).await;
    waiting(&app).await;
    waiting(&app).await;
    let new = "0b".repeat(32);
    let both = keys(&[(None, MASTER_KEY), (Some("2026-12"), &new)]);
    let said = |line: &str, keys: &str| {
        let output = symbolon_with(&app, line, keys);
        // The doctor finds this and that in a world of tests.
        assert!(output.status.success() || line == "doctor", "{line}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let old = app.state().keys.newest_id().to_owned();
    let listed = said("keys list", &both);
    assert!(listed.contains("2026-12") && listed.contains(&old), "{listed}");
    assert!(said("doctor", &both).contains(&format!("the older master key {old} still seals 2 values")));
    assert!(starts(&app, &keys(&[(Some("2026-12"), &new)])).await.is_err());
    assert!(said("keys reseal", &both).contains("jobs.body: 2 sealed anew with 2026-12"));
    assert!(said("keys reseal", &both).contains("jobs.body: 0 sealed anew"), "it is done");
    assert!(said("doctor", &both).contains(&format!("the master key {old} seals nothing any more")));
    assert_eq!(starts(&app, &keys(&[(Some("2026-12"), &new)])).await, Ok(()), "the old one can go");
    let audit = app.state().store.list_audit(1000).await.expect("the audit");
    let resealed: Vec<_> = audit.iter().filter(|row| row.action == Deed::SecretsResealed).collect();
    assert!(resealed.len() == 1 && resealed[0].detail.as_deref() == Some("jobs.body: 2"), "{resealed:?}");
    // A server that has only the old key has no verdict: the job waits.
    assert_eq!(app.works_off_mails().await, 2);
    assert!(outbox.mails().is_empty());
    let waits = app.state().store.list_jobs(false, 5).await.expect("the store");
    assert!(waits.len() == 2 && waits.iter().all(|job| job.due_at.is_some()), "{waits:?}");
}
