//! The challenge, which a dialect may not require and cannot ignore (RFC 7636, RFC 9700 §2.1.1).

use symbolon_store::testing::Database;

use super::party::Party;
use super::speaker::SPEAKERS;
use super::start;
use crate::support::stories;

stories!(
    a_challenge_that_was_sent_is_enforced,
    a_verifier_without_a_challenge,
    a_challenge_is_required_where_it_is,
    only_s256_is_a_method,
);

/// B-06, B-07, B-09, B-10. Once the app has proved itself, a wrong verifier spends the code.
async fn a_challenge_that_was_sent_is_enforced(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let asked = party.asks();
        let own = asked.verifier.clone();
        for wrong in [
            "",
            asked.get("code_challenge"),
            &"x".repeat(43),
            &own[..42],
            &own.to_uppercase(),
            &"y".repeat(129),
            "é",
        ] {
            let code = party.code(&mut gus, &asked).await;
            let right = party.exchange(&asked, &code);
            let posted = match wrong {
                "" => right.clone().without("code_verifier"),
                wrong => right.clone().with("code_verifier", wrong),
            };
            party.is_refused(&posted, wrong).await;
            party.is_refused(&right, "the right verifier after a wrong one").await;
        }
        party.lives(&party.connects(&mut gus).await, "with the right verifier").await;
    }
}

/// B-08: a verifier without a challenge means that somebody took the challenge away.
async fn a_verifier_without_a_challenge(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS.iter().filter(|speaker| !speaker.pkce_required) {
        let party = Party::first(&app, speaker);
        let asked = party.asks().without_challenge();
        let code = party.code(&mut gus, &asked).await;
        let posted = party.exchange(&asked, &code).with("code_verifier", &asked.verifier);
        party.is_refused(&posted, "a challenge that was taken away").await;
        let code = party.code(&mut gus, &asked).await;
        party.exchanges(&asked, &code).await;
    }
}

/// B-01, B-02: of public apps always, of others where the dialect says so.
async fn a_challenge_is_required_where_it_is(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        assert!(speaker.pkce_required || !speaker.public, "{}", speaker.name);
        let party = Party::first(&app, speaker);
        let bare = party.asks().without_challenge();
        if speaker.pkce_required {
            app.get(&bare.url()).await.callback().refused("invalid_request");
        }
        party.code(&mut gus, &party.asks()).await;
    }
}

/// B-03, B-04, B-05: wherever a challenge is sent, it is one of `S256`.
async fn only_s256_is_a_method(database: Database) {
    let (app, _) = start(database).await;
    for speaker in SPEAKERS {
        let asked = Party::first(&app, speaker).asks();
        for method in ["plain", "S512", "s256", "none", ""] {
            let callback =
                app.get(&asked.clone().with("code_challenge_method", method).url()).await.callback();
            callback.refused("invalid_request");
        }
        let plain = asked.clone().without("code_challenge_method");
        app.get(&plain.url()).await.callback().refused("invalid_request");
        for challenge in ["short", &"a".repeat(44), &"=".repeat(43)] {
            let callback = app.get(&asked.clone().with("code_challenge", challenge).url()).await.callback();
            callback.refused("invalid_request");
        }
        assert!(app.get(&asked.url()).await.location().starts_with("/login"), "{}", speaker.name);
    }
}
