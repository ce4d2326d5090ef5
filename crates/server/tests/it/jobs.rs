//! Durable jobs: done once their cause is committed, taken over from a process that is gone, and seen when they are dead.

use symbolon_oauth::time::Timestamp;
use symbolon_platform::deed::Deed;
use symbolon_server::jobs::Job;
use symbolon_server::language::Language;
use symbolon_server::letters::{About, Letter};
use symbolon_store::jobs::{Claim, NewJob};
use symbolon_store::testing::Database;
use symbolon_wire::mail::Outbox;

use crate::operators::answers;
use crate::support::{DAY, MINUTE, Options, SECOND, TestApp, stories};

stories!(
    a_job_is_done_once_and_under_its_own_name,
    a_dead_mail_server_delays_mails_and_nothing_else,
    what_a_killed_process_had_is_taken_over,
    what_cannot_be_done_in_a_day_is_dead_and_an_operator_has_it_tried_again,
    what_comes_too_late_is_not_done,
    nobody_waits_long_for_a_job_of_this_process,
);

/// A mail server that is not there.
const NO_SERVER: &str =
    "[mail]\nfrom = \"no-reply@acme.example\"\nhost = \"127.0.0.1\"\nport = 1\ntls = \"off\"";

fn job(app: &TestApp, useless_at: Option<Timestamp>) -> NewJob {
    let letter = Letter::new("jane@example.com", Language::fallback(), About::Test);
    app.state().job(&Job::Mail(letter), useless_at, app.now()).expect("a job")
}

async fn added(app: &TestApp, useless_at: Option<Timestamp>) -> NewJob {
    let job = job(app, useless_at);
    app.state().store.add_job(&job).await.expect("the store");
    job
}

fn ids(outbox: &Outbox) -> Vec<String> {
    outbox.mails().into_iter().map(|mail| mail.id).collect()
}

async fn a_job_is_done_once_and_under_its_own_name(database: Database) {
    let (app, outbox) = TestApp::that_mails(database, Options::default()).await;
    assert_eq!(app.works_off_mails().await, 0);
    let first = added(&app, None).await;
    let second = added(&app, None).await;
    assert_eq!(app.works_off_mails().await, 2);
    let mut sent = ids(&outbox);
    sent.sort();
    let mut own = vec![first.id.to_string(), second.id.to_string()];
    own.sort();
    assert_eq!(sent, own);
    assert_eq!(app.works_off_mails().await, 0);
    assert!(app.state().store.list_jobs(false, 10).await.expect("the store").is_empty());
}

async fn a_dead_mail_server_delays_mails_and_nothing_else(database: Database) {
    let app = TestApp::with(database, Options { configuration: NO_SERVER, ..Options::default() }).await;
    let own = added(&app, None).await;
    assert_eq!(app.works_off_mails().await, 1);
    let listed = app.state().store.list_jobs(false, 10).await.expect("the store");
    assert_eq!((listed.len(), listed[0].id, listed[0].attempts), (1, own.id, 1));
    let (due, fault) = (listed[0].due_at.expect("it waits"), listed[0].fault.clone().unwrap_or_default());
    let pause = due.0 - app.now().0;
    assert!((8 * SECOND..=12 * SECOND).contains(&pause), "{pause}");
    assert!(fault.contains("mail server") && !fault.contains("jane"), "{fault}");
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    board.connect(&mut omar, "forms:read").await;
    assert!(app.state().metrics.text().contains("symbolon_jobs_total{kind=\"mail\",result=\"failed\"} 1"));
    assert_eq!(app.works_off_mails().await, 0, "not before its time");
    app.advance(pause);
    assert_eq!(app.works_off_mails().await, 1);
}

async fn what_a_killed_process_had_is_taken_over(database: Database) {
    let (app, outbox) = TestApp::that_mails(database, Options::default()).await;
    let own = added(&app, None).await;
    // Another process takes it, and is never heard of again.
    let (claim, until) = (Claim([9; 16]), Timestamp(app.now().0 + 3 * MINUTE));
    let taken = app.state().store.claim_jobs("mail", claim, (app.now(), until), 8).await.expect("the store");
    assert_eq!(taken.len(), 1);
    app.advance(3 * MINUTE - 1);
    assert_eq!(app.works_off_mails().await, 0, "it may still be at work");
    app.advance(1);
    assert_eq!(app.works_off_mails().await, 1);
    assert_eq!(ids(&outbox), [own.id.to_string()], "the same job, and so the same Message-ID");
    assert!(!app.state().store.finish_job(own.id, claim).await.expect("the store"));
}

async fn what_cannot_be_done_in_a_day_is_dead_and_an_operator_has_it_tried_again(database: Database) {
    let app = TestApp::with(database, Options { configuration: NO_SERVER, ..Options::default() }).await;
    let own = added(&app, None).await;
    let mut tries = 0;
    for _ in 0..40 {
        tries += app.works_off_mails().await;
        app.advance(DAY + DAY / 4);
    }
    assert_eq!(tries, 10);
    let id = own.id.to_string();
    let listed = answers(&app, "jobs list --dead");
    assert_eq!((&listed[0]["id"], &listed[0]["state"]), (&id.as_str().into(), &"dead".into()), "{listed}");
    assert_eq!(answers(&app, "jobs retry --all-dead")["retried"][0], id.as_str());
    assert_eq!(answers(&app, "jobs list --dead"), serde_json::json!([]));
    assert_eq!(answers(&app, &format!("jobs drop {id} --yes"))["dropped"][0], id.as_str());
    assert_eq!(answers(&app, "jobs list"), serde_json::json!([]));
    // By the clock of the commands, which is not that of the story.
    let audit = app.state().store.list_audit(1000).await.expect("the audit");
    let deeds =
        audit.iter().map(|row| row.action).filter(|deed| [Deed::JobDropped, Deed::JobRetried].contains(deed));
    assert_eq!(deeds.collect::<Vec<_>>(), [Deed::JobDropped, Deed::JobRetried]);
}

async fn what_comes_too_late_is_not_done(database: Database) {
    let (app, outbox) = TestApp::that_mails(database, Options::default()).await;
    let end = Timestamp(app.now().0 + MINUTE);
    added(&app, Some(end)).await;
    app.advance(MINUTE);
    let in_time = added(&app, Some(Timestamp(end.0 + 1))).await;
    app.works_off_mails().await;
    assert_eq!(ids(&outbox), [in_time.id.to_string()]);
    let dead = app.state().store.list_jobs(true, 10).await.expect("the store");
    assert!(dead.len() == 1 && dead[0].fault.as_deref().is_some_and(|fault| fault.contains("too late")));
}

/// The workers of a running server are woken by the commit, not by their clock.
async fn nobody_waits_long_for_a_job_of_this_process(database: Database) {
    let (app, running) = TestApp::on_a_socket_with(database, NO_SERVER).await;
    let own = added(&app, None).await;
    let tried = async {
        loop {
            app.state().wake_workers();
            let listed = app.state().store.list_jobs(false, 1).await.expect("the store");
            if listed.iter().any(|job| job.id == own.id && job.attempts == 1 && job.fault.is_some()) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), tried).await.expect("it is tried");
    running.stop().await;
}
