//! The grace: whoever did not get the answer is answered again, and gets no second lineage by that.

use symbolon_platform::deed::Deed;
use symbolon_store::testing::Database;

use super::{dead, refresh_with};
use crate::support::{MINUTE, Options, SECOND, TestApp, Tokens, stories};

stories!(
    a_retry_within_the_grace,
    a_lost_answer_and_a_closed_lid,
    an_earlier_access_token_says_nothing_of_the_successor,
    every_use_of_the_successor_pair_counts,
    two_workers_with_two_scopes,
    one_lineage_whoever_is_answered,
    a_successor_that_was_used_ends_the_grace,
    no_grace_at_all,
);

/// E-05: the same pair again, its life counted anew.
async fn a_retry_within_the_grace(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let first = board.connect(&mut omar, "forms:read").await;
    let answer = board.refresh(&first.refresh).await;
    let second = Tokens::read(&answer);
    for later in [0, 5 * SECOND, 54 * SECOND + 999] {
        app.advance(later);
        let again = board.refresh(&first.refresh).await;
        assert_eq!(Tokens::read(&again), second);
        let left = 3600 - (app.now().0 - crate::support::BEGINNING.0) / SECOND;
        assert_eq!(again.ok()["expires_in"], left, "rounded up, counted from the first answer");
    }
    Tokens::read(&board.refresh(&second.refresh).await);
}

/// E-10: the answer is lost, and the app comes back when the access token in it has long ended. It gets the refresh token
/// that it was to get, until somebody is seen to have received it.
async fn a_lost_answer_and_a_closed_lid(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    for client in [app.client("board"), app.client("pocket")] {
        let first = client.connect(&mut omar, "forms:read").await;
        let lost = Tokens::read(&client.refresh(&first.refresh).await);
        app.advance(61 * SECOND);
        assert_eq!(Tokens::read(&client.refresh(&first.refresh).await), lost, "the very same, late");
        app.advance(9 * 60 * MINUTE);
        app.writes_usage().await;
        app.sweeps().await;
        assert!(!app.api().sees_alive(&lost.access).await, "its time is over");
        let answer = client.refresh(&first.refresh).await;
        let found = Tokens::read(&answer);
        assert_eq!(answer.ok()["expires_in"], 3600);
        assert_eq!((&found.refresh, &found.scope), (&lost.refresh, &lost.scope));
        assert_ne!(found.access, lost.access);
        app.advance(MINUTE);
        app.writes_usage().await;
        app.sweeps().await;
        assert_eq!(Tokens::read(&client.refresh(&first.refresh).await), found, "and that again");
        assert_eq!(client.revoke(&found.access).await.status, 200);
        let other = Tokens::read(&client.refresh(&first.refresh).await);
        assert_eq!(other.refresh, lost.refresh);
        assert!(app.api().sees_alive(&other.access).await, "one that was revoked is of no use");
        app.writes_usage().await;
        app.advance(SECOND);
        client.refresh(&first.refresh).await.refused(400, "invalid_grant");
        dead(&app, &client, &[&first, &lost, &found, &other]).await;
    }
    let deeds = app.state().store.list_audit(50).await.expect("the audit");
    let reuses = deeds.iter().filter(|deed| deed.action == Deed::RefreshTokenReused);
    assert_eq!(reuses.count(), 2);
}

/// What an app had before it refreshed does not show that it received an answer.
async fn an_earlier_access_token_says_nothing_of_the_successor(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let mut before = board.connect(&mut omar, "forms:read").await;
    for _ in 0..3 {
        let lost = Tokens::read(&board.refresh(&before.refresh).await);
        app.api().check(&before.access, &["forms:read"]).await.ok();
        app.writes_usage().await;
        app.advance(2 * MINUTE);
        app.api().check(&before.access, &["forms:read"]).await.ok();
        app.writes_usage().await;
        assert_eq!(Tokens::read(&board.refresh(&before.refresh).await), lost);
        before = lost;
    }
}

/// Wherever an access token that went out with the successor is used, its predecessor is a copy in foreign hands.
async fn every_use_of_the_successor_pair_counts(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    for how in ["check", "introspection", "the app's introspection", "me", "another scope's", "a fresh one"] {
        let first = board.connect(&mut omar, "forms:read profile").await;
        let second = Tokens::read(&board.refresh(&first.refresh).await);
        let narrow = Tokens::read(&refresh_with(&board, &first.refresh, &[("scope", "profile")]).await);
        match how {
            "check" => drop(app.api().check(&second.access, &["forms:read"]).await.ok()),
            "introspection" => assert!(app.api().sees_alive(&second.access).await),
            "the app's introspection" => {
                assert_eq!(board.introspect(&second.access).await.json()["active"], true);
            }
            "me" => drop(board.me(&second.access).await.ok()),
            "another scope's" => drop(app.api().check(&narrow.access, &["profile"]).await.ok()),
            _ => {
                app.advance(61 * MINUTE);
                let fresh = Tokens::read(&board.refresh(&first.refresh).await);
                app.api().check(&fresh.access, &["forms:read"]).await.ok();
            }
        }
        let asked = board.refresh(&first.refresh).await;
        if how != "a fresh one" {
            assert_eq!(Tokens::read(&asked), second, "within the grace, whoever used what");
        }
        app.writes_usage().await;
        app.advance(61 * SECOND);
        board.refresh(&first.refresh).await.refused(400, "invalid_grant");
        dead(&app, &board, &[&first, &second, &narrow]).await;
    }
}

/// E-13, R-07: each gets what it asks for, and both the one refresh token.
async fn two_workers_with_two_scopes(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let mut tokens = board.connect(&mut omar, "forms:read profile").await;
    for _ in 0..5 {
        let asked = ["profile", "forms:read", "", "profile forms:read"];
        let running = asked.map(|scope| {
            let (client, refresh) = (board.clone(), tokens.refresh.clone());
            tokio::spawn(async move { refresh_with(&client, &refresh, &[("scope", scope)]).await })
        });
        let mut answers = Vec::new();
        for worker in running {
            answers.push(worker.await.expect("an answer"));
        }
        let got: Vec<Tokens> = answers.iter().map(Tokens::read).collect();
        for (asked, got) in asked.iter().zip(&got) {
            let mut scopes: Vec<&str> = got.scope.split(' ').collect();
            scopes.sort_unstable();
            let all = asked.is_empty() || asked.contains(' ');
            assert_eq!(scopes, if all { vec!["forms:read", "profile"] } else { vec![*asked] });
            let may = async |scope| app.api().check(&got.access, &[scope]).await.status == 200;
            assert_eq!(may("profile").await, all || *asked == "profile");
            assert_eq!(may("forms:read").await, all || *asked == "forms:read");
            assert_eq!(got.refresh, answers[0].ok()["refresh_token"], "one lineage");
        }
        // The pair belongs to the question that was first; it gets the same for as long as it is asked.
        let again = async |scope: &str| {
            Tokens::read(&refresh_with(&board, &tokens.refresh, &[("scope", scope)]).await)
        };
        let mut same = 0;
        for (asked, got) in asked.iter().zip(&got) {
            same += usize::from(again(asked).await == *got);
        }
        assert!((1..=2).contains(&same), "{same}");
        tokens = got[0].clone();
    }
}

/// E-06, E-10: who is answered late stands where everybody else stands.
async fn one_lineage_whoever_is_answered(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let first = board.connect(&mut omar, "forms:read").await;
    let second = Tokens::read(&board.refresh(&first.refresh).await);
    app.advance(2 * 60 * MINUTE);
    let late = Tokens::read(&board.refresh(&first.refresh).await);
    assert_eq!(late.refresh, second.refresh);
    // The one moves on; the other then holds a grandparent.
    let third = Tokens::read(&board.refresh(&second.refresh).await);
    assert_eq!(Tokens::read(&board.refresh(&late.refresh).await), third, "a predecessor like any other");
    board.refresh(&first.refresh).await.refused(400, "invalid_grant");
    dead(&app, &board, &[&first, &second, &late, &third]).await;
}

/// E-07: redeeming the successor ends the grace, using its access token does not.
async fn a_successor_that_was_used_ends_the_grace(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let first = board.connect(&mut omar, "forms:read").await;
    let second = Tokens::read(&board.refresh(&first.refresh).await);
    app.api().check(&second.access, &["forms:read"]).await.ok();
    assert_eq!(Tokens::read(&board.refresh(&first.refresh).await), second);
    let third = Tokens::read(&board.refresh(&second.refresh).await);
    assert_eq!(Tokens::read(&board.refresh(&second.refresh).await), third);
    board.refresh(&first.refresh).await.refused(400, "invalid_grant");
    dead(&app, &board, &[&second, &third]).await;
}

async fn no_grace_at_all(database: Database) {
    let configuration = "[tokens]\nrefresh_reuse_grace = \"0s\"";
    let app = TestApp::with(database, Options { configuration, ..Options::default() }).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let first = board.connect(&mut omar, "forms:read").await;
    let second = Tokens::read(&board.refresh(&first.refresh).await);
    board.refresh(&first.refresh).await.refused(400, "invalid_grant");
    dead(&app, &board, &[&first, &second]).await;
}
