//! Refreshing: one lineage, a short grace, and an end that holds.

use symbolon_oauth::credential::{Environment, Kind, Presented, Secret};
use symbolon_platform::deed::Deed;
use symbolon_store::testing::Database;

use crate::support::{
    Answer, Client, DAY, MINUTE, Options, PASSWORD, Person, SECOND, TestApp, Tokens, stories,
    stories_on_postgres,
};

stories!(
    a_refresh_turns_the_token,
    a_foreign_refresh_token,
    a_retry_within_the_grace,
    a_reuse_after_the_grace,
    a_lost_answer_and_a_closed_lid,
    an_earlier_access_token_says_nothing_of_the_successor,
    every_use_of_the_successor_pair_counts,
    two_workers_with_two_scopes,
    one_lineage_whoever_is_answered,
    an_app_that_turned_public,
    a_new_connection_is_not_blamed,
    a_grandparent,
    a_successor_that_was_used_ends_the_grace,
    no_grace_at_all,
    scopes_only_narrow,
    a_scope_that_was_taken_away,
    a_resource_that_was_not_granted,
    a_refresh_after_its_permission_ended,
    lifetimes_idle_and_absolute,
    texts_that_are_no_refresh_token,
    a_family_does_not_grow,
);

stories_on_postgres!(an_end_survives_a_restart);

const TOKEN: &str = "/oauth/token";

async fn refresh_with(client: &Client, token: &str, more: &[(&str, &str)]) -> Answer {
    let mut pairs = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
    pairs.extend_from_slice(more);
    client.post(TOKEN, &pairs).await
}

/// Expects that nothing of a family works any more.
async fn dead(app: &TestApp, client: &Client, family: &[&Tokens]) {
    for tokens in family {
        assert!(!app.api().sees_alive(&tokens.access).await);
        client.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    }
}

/// RFC 6749 §6, RFC 9700 §2.2.2.
async fn a_refresh_turns_the_token(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    for client in [app.client("board"), app.client("pocket")] {
        let first = client.connect(&mut omar, "forms:read").await;
        let second = Tokens::read(&client.refresh(&first.refresh).await);
        assert_ne!((&first.access, &first.refresh), (&second.access, &second.refresh));
        assert!(app.api().sees_alive(&second.access).await && app.api().sees_alive(&first.access).await);
        Tokens::read(&client.refresh(&second.refresh).await);
    }
}

/// E-01, E-02: bound to its client, and the client proves itself.
async fn a_foreign_refresh_token(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    for (owner, thief) in [("board", "ledger"), ("pocket", "purse"), ("board", "pocket"), ("pocket", "board")]
    {
        let (owner, thief) = (app.client(owner), app.client(thief));
        let tokens = owner.connect(&mut omar, "forms:read").await;
        thief.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
        // Nor does a foreign reuse end the family.
        let next = Tokens::read(&owner.refresh(&tokens.refresh).await);
        app.advance(2 * MINUTE);
        thief.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
        Tokens::read(&owner.refresh(&next.refresh).await);
    }
    let board = app.client("board");
    let tokens = board.connect(&mut omar, "forms:read").await;
    let pairs =
        [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh.as_str()), ("client_id", "board")];
    board.post_bare(TOKEN, &pairs, &[]).await.refused(401, "invalid_client");
    board.post_bare(TOKEN, &pairs[..2], &[]).await.refused(401, "invalid_client");
    Tokens::read(&board.refresh(&tokens.refresh).await);
}

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

/// What was bound to a secret is of no use to somebody who only holds it, once the app has none.
async fn an_app_that_turned_public(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let first = board.connect(&mut omar, "forms:read").await;
    let second = Tokens::read(&board.refresh(&first.refresh).await);
    let plain = board.asks("forms:read").without_challenge();
    app.change_app("board", |own| own.client.pkce_excused = true).await;
    let callback = omar.connects(&plain).await;
    let before = app
        .change_app("board", |own| {
            own.client.client_type = symbolon_oauth::client::ClientType::Public;
            own.client.pkce_excused = false;
            own.client.grant_types.retain(|own| own.as_str() != "client_credentials");
        })
        .await;
    let bare = async |pairs: &[(&str, &str)]| {
        let pairs = [pairs, &[("client_id", "board")]].concat();
        board.post_bare(TOKEN, &pairs, &[]).await
    };
    for token in [&first.refresh, &second.refresh] {
        let stolen = bare(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await;
        stolen.refused(400, "invalid_grant");
    }
    let redirect_uri = plain.get("redirect_uri").to_owned();
    let code = [("code", callback.code()), ("redirect_uri", &redirect_uri)];
    let stolen = bare(&[&[("grant_type", "authorization_code")], &code[..]].concat()).await;
    stolen.refused(400, "invalid_grant");
    // What it gets from now on needs none.
    let asked = board.asks("forms:read");
    let callback = omar.connects(&asked).await;
    let fresh = [
        ("grant_type", "authorization_code"),
        ("code", callback.code()),
        ("redirect_uri", asked.get("redirect_uri")),
        ("code_verifier", &asked.verifier),
    ];
    let fresh = Tokens::read(&bare(&fresh).await);
    let fresh =
        Tokens::read(&bare(&[("grant_type", "refresh_token"), ("refresh_token", &fresh.refresh)]).await);
    assert!(app.api().sees_alive(&fresh.access).await);
    // With a secret again what was bound to it before stays over. What needed none works with it, and is bound to it, too.
    app.change_app("board", |own| own.client = before.client).await;
    for token in [&first.refresh, &second.refresh] {
        board.refresh(token).await.refused(400, "invalid_grant");
    }
    let bound = Tokens::read(&board.refresh(&fresh.refresh).await);
    app.change_app("board", |own| own.client.client_type = symbolon_oauth::client::ClientType::Public).await;
    let stolen = bare(&[("grant_type", "refresh_token"), ("refresh_token", &bound.refresh)]).await;
    stolen.refused(400, "invalid_grant");
}

/// E-04: the person and the audit see it; siblings live.
async fn a_reuse_after_the_grace(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let sibling = board.connect(&mut omar, "forms:read").await;
    let first = board.connect(&mut omar, "forms:read").await;
    let second = Tokens::read(&board.refresh(&first.refresh).await);
    app.advance(60 * SECOND);
    assert!(app.api().sees_alive(&second.access).await);
    app.writes_usage().await;
    board.refresh(&first.refresh).await.refused(400, "invalid_grant");
    dead(&app, &board, &[&first, &second]).await;
    assert!(app.api().sees_alive(&sibling.access).await);
    Tokens::read(&board.refresh(&sibling.refresh).await);
    let deeds = app.state().store.list_audit(20).await.expect("the audit");
    let reuse = deeds.iter().find(|deed| deed.action == Deed::RefreshTokenReused).expect("an event");
    assert!(reuse.app.is_some() && reuse.request_id.is_some());
    assert!(is_told(&mut omar).await);
    let mut lena = app.person("lena");
    app.client("board").connect(&mut lena, "forms:read").await;
    assert!(!is_told(&mut lena).await, "nobody else is");
    app.advance(13 * DAY);
    let mut omar = omar.elsewhere();
    omar.sign_in().await;
    assert!(is_told(&mut omar).await);
    app.advance(DAY);
    assert!(!is_told(&mut omar).await, "and not for ever");
}

/// Whether the account page, with a connection on it, tells of a reuse.
async fn is_told(person: &mut Person) -> bool {
    let page = person.open("/account").await;
    assert!(page.body.contains("Forms Board"), "{page:?}");
    page.body.contains("Session ended")
}

/// What was connected anew has no history.
async fn a_new_connection_is_not_blamed(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let first = board.connect(&mut omar, "forms:read").await;
    let second = Tokens::read(&board.refresh(&first.refresh).await);
    assert!(app.api().sees_alive(&second.access).await);
    app.writes_usage().await;
    app.advance(60 * SECOND);
    board.refresh(&first.refresh).await.refused(400, "invalid_grant");
    assert!(is_told(&mut omar).await);
    omar.disconnects().await;
    app.advance(SECOND);
    let own = board.connect(&mut omar, "forms:read").await;
    assert!(!is_told(&mut omar).await);
    // Nor is a later one for what comes of an earlier one.
    board.refresh(&own.refresh).await;
    omar.disconnects().await;
    app.advance(60 * SECOND);
    let fresh = board.connect(&mut omar, "forms:read").await;
    board.refresh(&own.refresh).await.refused(400, "invalid_grant");
    assert!(!is_told(&mut omar).await);
    Tokens::read(&board.refresh(&fresh.refresh).await);
}

/// E-06: only the direct predecessor has a grace.
async fn a_grandparent(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let first = board.connect(&mut omar, "forms:read").await;
    let second = Tokens::read(&board.refresh(&first.refresh).await);
    let third = Tokens::read(&board.refresh(&second.refresh).await);
    board.refresh(&first.refresh).await.refused(400, "invalid_grant");
    dead(&app, &board, &[&first, &second, &third]).await;
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

/// E-12, E-13.
async fn scopes_only_narrow(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let mut tokens = board.connect(&mut omar, "forms:read profile").await;
    for wider in ["forms:read profile forms:write", "bookings:read", "forms", "FORMS:READ", "*", "openid"] {
        refresh_with(&board, &tokens.refresh, &[("scope", wider)]).await.refused(400, "invalid_scope");
    }
    for (asked, given) in
        [("profile", "profile"), ("", "forms:read profile"), ("profile forms:read", "profile forms:read")]
    {
        let answer = refresh_with(&board, &tokens.refresh, &[("scope", asked)]).await;
        tokens = Tokens::read(&answer);
        assert_eq!(tokens.scope, given);
    }
    let narrow = Tokens::read(&refresh_with(&board, &tokens.refresh, &[("scope", "profile")]).await);
    assert_eq!(app.api().check(&narrow.access, &["forms:read"]).await.status, 403);
    app.api().check(&narrow.access, &["profile"]).await.ok();
}

/// E-15, F-11: taken from the app it is gone at once; given to the app it is nobody's until consented.
async fn a_scope_that_was_taken_away(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:read profile").await;
    let before = app
        .change_app("board", |own| {
            own.client.scopes = own.client.scopes.filter(|scope| scope != "forms:read")
        })
        .await;
    assert_eq!(app.api().check(&tokens.access, &["forms:read"]).await.status, 403);
    let next = Tokens::read(&board.refresh(&tokens.refresh).await);
    assert_eq!(next.scope, "profile");
    app.change_app("board", |own| {
        own.client.scopes = before.client.scopes;
        own.client.scopes.insert("records:read");
    })
    .await;
    let next = Tokens::read(&board.refresh(&next.refresh).await);
    assert_eq!(next.scope, "forms:read profile", "what was granted, and nothing new");
    refresh_with(&board, &next.refresh, &[("scope", "records:read")]).await.refused(400, "invalid_scope");
}

/// E-14; RFC 8707 §2.2.
async fn a_resource_that_was_not_granted(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("forms:read").with("resource", "https://api.example.com");
    let callback = omar.connects(&asked).await;
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    for wrong in ["https://other.example.com", "https://evil.example"] {
        refresh_with(&board, &tokens.refresh, &[("resource", wrong)]).await.refused(400, "invalid_target");
    }
    let next = refresh_with(&board, &tokens.refresh, &[("resource", "https://api.example.com/")]).await;
    let next = Tokens::read(&next);
    assert_eq!(app.api().introspect(&next.access).await["aud"], "https://api.example.com");
    let next = Tokens::read(&board.refresh(&next.refresh).await);
    assert_eq!(app.api().introspect(&next.access).await["aud"], "https://api.example.com", "never loosened");
}

/// E-16, E-17, J-05.
async fn a_refresh_after_its_permission_ended(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));

    let tokens = board.connect(&mut omar, "forms:read").await;
    app.disable_user("omar").await;
    dead(&app, &board, &[&tokens]).await;
    app.enable_user("omar").await;
    app.remove_member("north", "omar").await;
    dead(&app, &board, &[&tokens]).await;
    app.set_role("north", "omar", "owner").await;
    app.set_tenant_standing("north", symbolon_platform::tenant::Standing::Disabled).await;
    dead(&app, &board, &[&tokens]).await;
    app.set_tenant_standing("north", symbolon_platform::tenant::Standing::Active).await;
    app.suspend("board").await;
    assert!(!app.api().sees_alive(&tokens.access).await);
    board.refresh(&tokens.refresh).await.refused(400, "unauthorized_client");
    app.resume("board").await;
    let tokens = Tokens::read(&board.refresh(&tokens.refresh).await);

    app.advance(1);
    app.set_password("omar", PASSWORD).await;
    dead(&app, &board, &[&tokens]).await;

    let mut omar = app.person("omar");
    let tokens = board.connect(&mut omar, "forms:read").await;
    omar.disconnects().await;
    dead(&app, &board, &[&tokens]).await;
    let again = board.connect(&mut omar, "forms:read").await;
    dead(&app, &board, &[&tokens]).await;
    assert!(app.api().sees_alive(&again.access).await, "a new consent revives nothing old");
    app.delete_user("omar").await;
    dead(&app, &board, &[&again]).await;
}

/// E-20, E-23.
async fn lifetimes_idle_and_absolute(database: Database) {
    let app = TestApp::start(database).await;
    let (board, pocket, mut omar) = (app.client("board"), app.client("pocket"), app.person("omar"));
    let idle = board.connect(&mut omar, "forms:read").await;
    let used = board.connect(&mut omar, "forms:read").await;
    app.advance(30 * DAY - 1);
    let used = Tokens::read(&board.refresh(&used.refresh).await);
    app.advance(1);
    board.refresh(&idle.refresh).await.refused(400, "invalid_grant");
    let used = Tokens::read(&board.refresh(&used.refresh).await);
    assert!(app.api().sees_alive(&used.access).await);
    app.advance(60 * MINUTE - 1);
    assert!(app.api().sees_alive(&used.access).await);
    app.advance(1);
    assert!(!app.api().sees_alive(&used.access).await, "an hour, to the millisecond");

    let mut public = pocket.connect(&mut app.person("omar"), "forms:read").await;
    for _ in 0..12 {
        app.advance(30 * DAY - 1);
        public = Tokens::read(&pocket.refresh(&public.refresh).await);
    }
    app.advance(5 * DAY + 11);
    Tokens::read(&pocket.refresh(&public.refresh).await);
    app.advance(1);
    pocket.refresh(&public.refresh).await.refused(400, "invalid_grant");
}

/// E-21, E-22.
async fn texts_that_are_no_refresh_token(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:read").await;
    let right = tokens.refresh.clone();
    let mut bytes = [1; 32];
    bytes[..16].copy_from_slice(&Presented::parse(&tokens.access).expect("ours").id);
    let unknown = Secret::mint("sym", Kind::RefreshToken, Environment::Live, bytes).into_exposed();
    let other_prefix = right.replacen("sym", "other", 1);
    for wrong in [
        &right[..right.len() - 1],
        &right[1..],
        &format!("{right}x"),
        &format!("{right}\0"),
        &right.to_uppercase(),
        &other_prefix,
        &unknown,
        "null",
        "x",
        &"x".repeat(60_000),
        &tokens.access,
    ] {
        board.refresh(wrong).await.refused(400, "invalid_grant");
    }
    board.refresh("").await.refused(400, "invalid_request");
    assert_eq!(board.refresh(&"x".repeat(1 << 20)).await.status, 413);
    assert_eq!(board.me(&right).await.status, 401, "nor is a refresh token an access token");
    Tokens::read(&board.refresh(&right).await);
}

/// E-11, R-27: another process, which has nothing in memory, knows it too.
async fn an_end_survives_a_restart(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let first = board.connect(&mut omar, "forms:read").await;
    let revoked = board.connect(&mut omar, "forms:read").await;
    let second = Tokens::read(&board.refresh(&first.refresh).await);
    assert_eq!(board.revoke(&revoked.refresh).await.status, 200);
    let other = app.second_process().await;
    let elsewhere = other.client("board");
    dead(&other, &elsewhere, &[&revoked]).await;
    assert_eq!(Tokens::read(&elsewhere.refresh(&first.refresh).await), second, "the grace holds there, too");
    assert!(app.api().sees_alive(&second.access).await);
    app.writes_usage().await;
    app.advance(MINUTE);
    elsewhere.refresh(&first.refresh).await.refused(400, "invalid_grant");
    app.advance(SECOND);
    dead(&app, &board, &[&first, &second]).await;
}

/// E-26: a family is one row however often it turns, and what is over goes.
async fn a_family_does_not_grow(database: Database) {
    let url = database.url().to_owned();
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let mut tokens = board.connect(&mut omar, "forms:read").await;
    for _ in 0..300 {
        app.advance(MINUTE);
        tokens = Tokens::read(&board.refresh(&tokens.refresh).await);
    }
    app.sweeps().await;
    let engine = symbolon_store::Engine::open(&url, symbolon_store::testing::Database::options())
        .await
        .expect("it opens");
    let count = async |sql| engine.load(sql, &[]).await.expect("rows").len();
    assert_eq!(count("SELECT id FROM families").await, 1);
    assert!(count("SELECT id FROM access_tokens").await <= 61, "an hour's worth");
    assert!(app.api().sees_alive(&tokens.access).await);
}
