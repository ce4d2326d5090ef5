//! Many requests for one thing at the same moment, on one process and on two.

use std::collections::HashSet;

use symbolon_platform::deed::Deed;
use symbolon_store::testing::Database;
use tokio::task::JoinSet;

use crate::support::{Answer, Client, Options, TestApp, Tokens, stories};

stories!(
    one_code_is_exchanged_once,
    one_refresh_token_has_one_successor,
    without_a_grace_one_refresh_wins,
    a_lost_answer_loses_nobody,
    a_lost_revocation_is_in_force,
);

/// The same app seen by every process on its database: two on PostgreSQL, one on SQLite.
async fn everywhere(app: &TestApp, client_id: &str) -> Vec<Client> {
    let mut clients = vec![app.client(client_id)];
    if app.is_postgres() {
        clients.push(app.second_process().await.client(client_id));
    }
    clients
}

/// What so many requests at once are answered.
pub(crate) async fn at_once<F>(number: usize, request: impl Fn(usize) -> F) -> Vec<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let mut running = JoinSet::new();
    (0..number).for_each(|n| {
        running.spawn(request(n));
    });
    running.join_all().await
}

/// one 200, the others `invalid_grant`, and what the winner got is dead, since they were right too.
async fn one_code_is_exchanged_once(database: Database) {
    let app = TestApp::start(database).await;
    let (clients, mut omar) = (everywhere(&app, "board").await, app.person("omar"));
    for _ in 0..10 {
        let asked = clients[0].asks("forms:read");
        let callback = omar.connects(&asked).await;
        let answers = at_once(50, |n| {
            let (client, asked, callback) =
                (clients[n % clients.len()].clone(), asked.clone(), callback.clone());
            async move { client.exchange(&asked, &callback).await }
        })
        .await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, 49));
        lost.iter().for_each(|answer| answer.refused(400, "invalid_grant"));
        let tokens = Tokens::read(won[0]);
        app.advance(1000);
        assert!(!app.api().sees_alive(&tokens.access).await);
        clients[0].refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    }
    let asked = clients[0].asks("forms:read");
    let callback = omar.connects(&asked).await;
    Tokens::read(&clients[0].exchange(&asked, &callback).await);
}

/// R-05, E-05, R-07: every answer is the same pair, no lineage forks, and nobody is called a thief.
async fn one_refresh_token_has_one_successor(database: Database) {
    let app = TestApp::start(database).await;
    let (clients, mut omar) = (everywhere(&app, "board").await, app.person("omar"));
    let mut tokens = clients[0].connect(&mut omar, "forms:read").await;
    for _ in 0..10 {
        let answers = at_once(20, |n| {
            let (client, refresh) = (clients[n % clients.len()].clone(), tokens.refresh.clone());
            async move { client.refresh(&refresh).await }
        })
        .await;
        let pairs: HashSet<(String, String)> =
            answers.iter().map(Tokens::read).map(|tokens| (tokens.access, tokens.refresh)).collect();
        assert_eq!(pairs.len(), 1, "one lineage");
        tokens = Tokens::read(&answers[0]);
        assert!(app.api().sees_alive(&tokens.access).await);
    }
    let deeds = app.state().store.list_audit(50).await.expect("the audit");
    assert!(deeds.iter().all(|deed| deed.action != Deed::RefreshTokenReused), "a false alarm");
}

/// R-05 with a grace of nothing: one 200, and since the others look like thieves, no live lineage at all.
async fn without_a_grace_one_refresh_wins(database: Database) {
    let configuration = "[tokens]\nrefresh_reuse_grace = \"0s\"";
    let app = TestApp::with(database, Options { configuration, ..Options::default() }).await;
    let (clients, mut omar) = (everywhere(&app, "board").await, app.person("omar"));
    for _ in 0..5 {
        let first = clients[0].connect(&mut omar, "forms:read").await;
        let answers = at_once(20, |n| {
            let (client, refresh) = (clients[n % clients.len()].clone(), first.refresh.clone());
            async move { client.refresh(&refresh).await }
        })
        .await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, 19));
        lost.iter().for_each(|answer| answer.refused(400, "invalid_grant"));
        app.advance(1000);
        assert!(!app.api().sees_alive(&Tokens::read(won[0]).access).await);
    }
}

/// Begins a request, lets it go on for `polls` steps, and hangs up.
async fn hang_up(request: impl Future<Output = Answer>, polls: usize) {
    let mut request = Box::pin(request);
    for _ in 0..polls {
        let ready =
            std::future::poll_fn(|context| std::task::Poll::Ready(request.as_mut().poll(context).is_ready()))
                .await;
        if ready {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// R-06, E-10: wherever the client hangs up, its next try works.
async fn a_lost_answer_loses_nobody(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let mut tokens = board.connect(&mut omar, "forms:read").await;
    for round in 0..60 {
        hang_up(board.refresh(&tokens.refresh), 1 + round % 7).await;
        app.advance(400);
        tokens = Tokens::read(&board.refresh(&tokens.refresh).await);
        assert!(app.api().sees_alive(&tokens.access).await);
    }
    // A lost exchange is begun again at the authorization endpoint, without a page.
    for round in 0..20 {
        let asked = board.asks("forms:read");
        let callback = omar.connects(&asked).await;
        hang_up(board.exchange(&asked, &callback), 1 + round % 7).await;
        let again = board.asks("forms:read").with("prompt", "none");
        let answer = omar.open(&again.url()).await;
        let tokens = Tokens::read(&board.exchange(&again, &answer.callback()).await);
        assert!(app.api().sees_alive(&tokens.access).await);
    }
}

/// a revocation whose client hung up either did not begin or is in force here as soon as it is stored.
async fn a_lost_revocation_is_in_force(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    for round in 0..40 {
        let tokens = board.connect(&mut omar, "forms:read").await;
        assert!(app.api().sees_alive(&tokens.access).await);
        hang_up(board.revoke(&tokens.refresh), 1 + round % 5).await;
        let alive_in_storage = async || {
            let store = &app.state().store;
            let presented = symbolon_oauth::credential::Presented::parse(&tokens.refresh).expect("ours");
            let family = store.family(symbolon_oauth::id::Id::new(presented.id)).await;
            !family.expect("the store answers").expect("the family").ended
        };
        // Whoever asks after the end is stored and settled hears of it; the clock stands still, so nothing expires.
        for _ in 0..200 {
            if !alive_in_storage().await {
                break;
            }
            tokio::task::yield_now().await;
        }
        if !alive_in_storage().await {
            let mut tries = 0;
            while app.api().sees_alive(&tokens.access).await {
                tries += 1;
                assert!(tries < 10_000, "a stale yes");
                tokio::task::yield_now().await;
            }
        }
    }
}
