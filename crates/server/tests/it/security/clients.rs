//! Who the app is: at every endpoint that asks, in every dialect.

use symbolon_oauth::client::ClientType;
use symbolon_store::testing::Database;

use super::party::Party;
use super::speaker::{Revocation, SPEAKERS};
use super::start;
use crate::support::stories;

stories!(
    proofs_that_fail,
    an_empty_secret_in_the_header,
    a_pair_of_nothing_in_the_header,
    a_failed_proof_changes_nothing,
    nothing_is_read_from_an_address,
    other_methods_and_other_bodies,
    a_parameter_sent_twice,
    grant_types_that_nobody_serves,
    public_apps_where_the_dialect_has_none,
);

/// D-01, D-02, D-03, D-05, D-07, E-02, J-10.
async fn proofs_that_fail(database: Database) {
    let (app, _) = start(database).await;
    for speaker in SPEAKERS {
        let (party, other) = (Party::first(&app, speaker), Party::second(&app, speaker));
        for right in party.requests(&party.asks()) {
            let mut wrong = vec![right.clone().without("client_id").without("client_secret")];
            wrong.push(right.clone().with("client_id", "nobody"));
            let basic = |pair: &str| {
                let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pair);
                let bare = right.clone().without("client_id").without("client_secret");
                bare.header("authorization", &format!("Basic {encoded}"))
            };
            match party.secret() {
                None => wrong.push(right.clone().with("client_secret", "anything")),
                Some(secret) => {
                    wrong.push(right.clone().without("client_secret"));
                    for guess in ["", "wrong", &secret[..secret.len() - 1], &format!("{secret}\n")] {
                        wrong.push(right.clone().with("client_secret", guess));
                        wrong.push(basic(&format!("{}:{guess}", party.client_id)));
                    }
                    wrong.push(right.clone().with("client_secret", &secret.to_uppercase()));
                    wrong.push(right.clone().with("client_secret", &other.secret().unwrap_or_default()));
                    wrong.push(basic(&format!("{}:{secret}", other.client_id)));
                    wrong.push(
                        basic(&format!("{}:{secret}", party.client_id)).with("client_id", other.client_id),
                    );
                }
            }
            // The twin is refused for its token or code, in other words: the app is known.
            let known = party.send(&right).await;
            for posted in wrong {
                let answer = party.send(&posted).await;
                party.refused(&answer, "a proof that fails");
                assert_ne!(answer.body, known.body, "{}: {posted:?}", speaker.name);
            }
        }
    }
}

/// RFC 6749 §2.3.1: an app without a secret may say so in the header, too. It is the same app, and proves no more.
async fn an_empty_secret_in_the_header(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let (asked, code) = party.asks_for_code(&mut gus).await;
        let pair = format!("{}:", party.client_id);
        let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pair);
        let bare = party.exchange(&asked, &code).without("client_id").without("client_secret");
        let answer = party.send(&bare.header("authorization", &format!("Basic {encoded}"))).await;
        if speaker.public {
            party.lives(&party.tokens(&answer), "an empty secret").await;
        } else {
            party.refused(&answer, "an empty secret");
            party.lives(&party.exchanges(&asked, &code).await, "its own secret").await;
        }
    }
}

/// `Basic Og==`, which libraries send that were given neither name nor secret: it names no app and proves none, so what the
/// body says counts, and nothing else does.
async fn a_pair_of_nothing_in_the_header(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let (asked, code) = party.asks_for_code(&mut gus).await;
        let right = party.exchange(&asked, &code).header("authorization", "Basic Og==");
        let bare = right.clone().without("client_id").without("client_secret");
        let mut wrong = vec![bare, right.clone().with("client_secret", "wrong")];
        if !speaker.public {
            wrong.push(right.clone().without("client_secret"));
        }
        for posted in wrong {
            let answer = party.send(&posted).await;
            party.refused(&answer, "nothing in the header");
            assert!(!answer.body.contains("use one"), "{}: {answer:?}", speaker.name);
        }
        party.lives(&party.tokens(&party.send(&right).await), "what the body says").await;
    }
}

/// D-01, D-02: whoever cannot prove to be the app leaves its code, its tokens and its connection as they were.
async fn a_failed_proof_changes_nothing(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS.iter().filter(|speaker| !speaker.public) {
        let party = Party::first(&app, speaker);
        let (asked, code) = party.asks_for_code(&mut gus).await;
        let unproven = |right: super::party::Posted| {
            [right.clone().without("client_secret"), right.with("client_secret", "wrong")]
        };
        for wrong in unproven(party.exchange(&asked, &code)) {
            party.is_refused(&wrong, "an exchange without proof").await;
        }
        let tokens = party.exchanges(&asked, &code).await;
        for wrong in unproven(party.exchange(&asked, &code)) {
            party.is_refused(&wrong, "a second use without proof").await;
        }
        if let Some(right) = party.refresh(&tokens.refresh) {
            for wrong in unproven(right) {
                party.is_refused(&wrong, "a refresh without proof").await;
            }
        }
        if matches!(speaker.revocation, Revocation::Posted(_)) {
            for wrong in unproven(party.revocation(&tokens.access)) {
                party.is_refused(&wrong, "a revocation without proof").await;
            }
        }
        party.lives(&tokens, "after attempts without proof").await;
        party.refreshes(&tokens).await;
    }
}

/// D-09, T-02: what stands in an address stands in logs.
async fn nothing_is_read_from_an_address(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let (asked, code) = party.asks_for_code(&mut gus).await;
        let right = party.exchange(&asked, &code);
        for name in ["client_id", "client_secret", "code", "code_verifier"] {
            let value = right.get(name).to_owned();
            if value.is_empty() {
                continue;
            }
            let moved = right.clone().without(name).query(&[(name, &value)]);
            party.is_refused(&moved, &format!("{name} in the address")).await;
            party.is_refused(&right.clone().query(&[(name, &value)]), &format!("{name} in both")).await;
        }
        let tokens = party.exchanges(&asked, &code).await;
        if let Some(right) = party.refresh(&tokens.refresh) {
            let query = [("refresh_token", tokens.refresh.as_str())];
            party.is_refused(&right.clone().query(&query), "a refresh token in the address").await;
            let moved = right.without("refresh_token");
            let moved = if speaker.refresh.as_ref().is_some_and(|how| how.in_header) {
                moved.header("authorization", "")
            } else {
                moved
            };
            party.is_refused(&moved.query(&query), "a refresh token in the address alone").await;
        }
        let right = party.revocation(&tokens.access);
        for name in ["token", "access_token"] {
            let query = [(name, tokens.access.as_str())];
            let moved = right.clone().without("token");
            let moved = match speaker.revocation {
                Revocation::Posted(_) => moved,
                Revocation::Held(_, _, header) => moved.header(header, ""),
            };
            party.is_refused(&moved.query(&query), &format!("{name} in the address")).await;
        }
        if let Some(identity) = party.identity(&tokens.access) {
            let moved = identity.header("authorization", "");
            let moved = moved.query(&[("access_token", tokens.access.as_str())]);
            party.is_refused(&moved, "an access token in the address").await;
        }
        party.lives(&tokens, "after attempts by address").await;
        party.refreshes(&tokens).await;
    }
}

/// D-10, D-12: no token by GET, and none for a body that is not understood.
async fn other_methods_and_other_bodies(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let (asked, code) = party.asks_for_code(&mut gus).await;
        let right = party.exchange(&asked, &code);
        for method in ["GET", "PUT", "DELETE", "PATCH"] {
            let answer = party.send(&right.clone().by(method)).await;
            party.refused(&answer, method);
            assert_eq!((answer.status, answer.header("allow").contains("POST")), (405, true), "{answer:?}");
        }
        for content_type in ["text/plain", "multipart/form-data; boundary=x", "application/xml"] {
            party.is_refused(&right.clone().header("content-type", content_type), content_type).await;
        }
        party.exchanges(&asked, &code).await;
    }
}

/// RFC 6749 §3.2: a parameter that is sent twice could be read twice, differently.
async fn a_parameter_sent_twice(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let (asked, code) = party.asks_for_code(&mut gus).await;
        let right = party.exchange(&asked, &code);
        for name in ["grant_type", "code", "client_id", "redirect_uri", "code_verifier"] {
            for value in [right.get(name).to_owned(), "other".to_owned()] {
                party.is_refused(&right.clone().and(name, &value), &format!("{name} twice")).await;
            }
        }
        party.exchanges(&asked, &code).await;
    }
}

/// D-13, D-14, D-15.
async fn grant_types_that_nobody_serves(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let (asked, code) = party.asks_for_code(&mut gus).await;
        let right = party.exchange(&asked, &code);
        // Keeping a secret is no leave to act as itself: no app here was told so by name.
        for grant_type in ["password", "implicit", "urn:x", "AUTHORIZATION_CODE", "client_credentials"] {
            let wrong =
                right.clone().with("grant_type", grant_type).with("username", "gus").with("password", "x");
            party.is_refused(&wrong, grant_type).await;
        }
        party.exchanges(&asked, &code).await;
    }
}

/// Where a dialect is too loose for apps that keep no secret, no such app speaks it, declared or stored.
async fn public_apps_where_the_dialect_has_none(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS.iter().filter(|speaker| !speaker.public) {
        let mounted = app.state().dialects.iter().find(|own| own.dialect.name == speaker.dialect).cloned();
        if mounted.expect("it is mounted").dialect.public_clients {
            continue;
        }
        let declared = format!(
            "[[app]]\nclient_id = \"p\"\nname = \"P\"\ntype = \"public\"\ndialect = {:?}\n\
             redirect_uris = [\"https://p.example.net/cb\"]",
            speaker.dialect
        );
        let refused = app.try_declare(&declared).await.expect_err("it is refused");
        assert!(refused.contains("apps that keep a secret"), "{refused}");

        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        let right = app.change_app(party.client_id, |own| own.client.client_type = ClientType::Public).await;
        let page = app.get(&party.asks().url()).await;
        assert!((400..500).contains(&page.status) && page.location().is_empty(), "{page:?}");
        if let Some(posted) = party.refresh(&tokens.refresh) {
            party.is_refused(&posted, "a public app").await;
            party.is_refused(&posted.without("client_secret"), "a public app").await;
        }
        app.change_app(party.client_id, |own| *own = right).await;
        party.lives(&party.connects(&mut gus).await, "confidential again").await;
    }
}
