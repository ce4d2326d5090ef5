//! The challenge of an authorization request (RFC 7636, RFC 9700 §2.1.1; SECURITY table B).

use symbolon_store::testing::Database;

use crate::support::{TestApp, Tokens, stories};

stories!(
    b01_b02_a_challenge_is_required,
    b03_b04_b05_only_s256_is_a_method,
    b08_a_stripped_challenge_makes_no_tokens,
);

async fn b01_b02_a_challenge_is_required(database: Database) {
    let app = TestApp::start(database).await;
    for client in ["pocket", "board"] {
        let told =
            app.refuses(&app.client(client).asks("profile").without_challenge(), "invalid_request").await;
        assert!(told.get("error_description").unwrap_or_default().contains("code_challenge"), "{told:?}");
        let half = app.client(client).asks("profile").without("code_challenge");
        app.refuses(&half, "invalid_request").await;
    }
    // The exception is per app, for confidential ones (policy switch 1).
    let (elder, mut omar) = (app.client("elder"), app.person("omar"));
    let asked = elder.asks("profile").without_challenge();
    let callback = omar.connects(&asked).await;
    Tokens::read(&elder.exchange(&asked, &callback).await);
    let public = "[[app]]\nclient_id = \"p\"\nname = \"P\"\ntype = \"public\"\nscopes = [\"profile\"]\npkce = \"optional\"\n\
        redirect_uris = [\"https://p.example/cb\"]\nstatus = \"live\"";
    if app.try_declare(public).await.is_ok() {
        let mut p = app.client("pocket");
        (p.client_id, p.redirect_uri) = ("p".to_owned(), "https://p.example/cb".to_owned());
        app.refuses(&p.asks("profile").without_challenge(), "invalid_request").await;
    }
}

async fn b03_b04_b05_only_s256_is_a_method(database: Database) {
    let app = TestApp::start(database).await;
    for client in ["pocket", "board", "elder"] {
        let asked = app.client(client).asks("profile");
        for method in ["plain", "S512", "s256", "S256 ", "none"] {
            app.refuses(&asked.clone().with("code_challenge_method", method), "invalid_request").await;
        }
        app.refuses(&asked.clone().without("code_challenge_method"), "invalid_request").await;
        app.refuses(&asked.clone().with("code_challenge_method", ""), "invalid_request").await;
        for challenge in
            ["short", &"a".repeat(44), &"a".repeat(42), &format!("{}+", "a".repeat(42)), &"=".repeat(43)]
        {
            app.refuses(&asked.clone().with("code_challenge", challenge), "invalid_request").await;
        }
        assert_eq!(app.get(&asked.url()).await.status, 303);
    }
}

/// RFC 9700 §4.8.2: a verifier without a challenge means that somebody took the challenge away.
async fn b08_a_stripped_challenge_makes_no_tokens(database: Database) {
    let app = TestApp::start(database).await;
    let (elder, mut omar) = (app.client("elder"), app.person("omar"));
    let asked = elder.asks("profile");
    let callback = omar.connects(&asked.clone().without_challenge()).await;
    let answer = elder.exchange(&asked, &callback).await;
    assert!(
        answer.status == 400 && ["invalid_grant", "invalid_request"].contains(&answer.error().as_str()),
        "{answer:?}"
    );
    let asked = elder.asks("profile");
    let callback = omar.connects(&asked).await;
    Tokens::read(&elder.exchange(&asked, &callback).await);
}
