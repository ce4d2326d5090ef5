//! Guessing at what apps and APIs prove themselves with: at every endpoint that asks, in every dialect. What is wrong is
//! bounded for a client at an address; the rightful client, at its own, is not touched.

use symbolon_store::testing::Database;

use super::party::{Party, Posted};
use super::speaker::{SPEAKERS, refreshing};
use super::{start, start_with};
use crate::support::{Answer, SECOND, TestApp, stories};

stories!(
    secrets_are_not_guessed_for_long,
    unknown_apps_are_throttled_alike,
    tries_at_once_do_not_beat_the_budget,
    codes_are_not_guessed_for_long,
    refresh_tokens_are_not_guessed_for_long,
    host_keys_are_not_guessed_for_long,
    who_guesses_at_many_apps_is_stopped_too,
    a_client_at_home_is_not_kept_waiting_by_its_neighbours,
);

/// Wrong ones that are looked at, and the seconds until the next one is.
const BUDGET: usize = 30;
const STEP: u64 = 30;

/// An address of its own for each attack.
fn attacker(number: usize) -> String {
    format!("198.51.100.{}", number + 1)
}

#[track_caller]
fn is_throttled(answer: &Answer, seconds: u64, why: &str) {
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (429, seconds.to_string().as_str()),
        "{why}: {answer:?}"
    );
    assert_eq!(answer.header("cache-control"), "no-store", "{why}: {answer:?}");
    assert!(
        !answer.body.contains("invalid_client") && !answer.body.contains("invalid_grant"),
        "{why}: {answer:?}"
    );
}

async fn secrets_are_not_guessed_for_long(database: Database) {
    let (app, mut gus) = start(database).await;
    let mut number = 0;
    for speaker in SPEAKERS.iter().filter(|speaker| !speaker.public) {
        let party = Party::first(&app, speaker);
        let mut requests = party.requests(&party.asks());
        requests.push(party.form("/oauth/introspect").with("token", "x"));
        for right in requests {
            let why = format!("{}: {right:?}", speaker.name);
            number += 1;
            let there = |posted: Posted| posted.from(&attacker(number));
            for guess in 0..BUDGET {
                let wrong = there(right.clone().with("client_secret", &format!("guess {guess}")));
                let answer = party.send(&wrong).await;
                party.refused(&answer, &why);
                assert_ne!(answer.status, 429, "{guess}: {why}");
            }
            let wrong = there(right.clone().with("client_secret", "another guess"));
            is_throttled(&party.send(&wrong).await, STEP, &why);
            // Else the budget would bound nothing.
            is_throttled(&party.send(&there(right.clone())).await, STEP, &why);
            assert_ne!(
                party.send(&right).await.status,
                429,
                "the rightful client, at its own address: {why}"
            );
            app.advance(29 * SECOND);
            is_throttled(&party.send(&there(right.clone())).await, 1, &why);
            app.advance(SECOND);
            assert_ne!(party.send(&wrong).await.status, 429, "the wait was true: {why}");
        }
        let tokens = party.connects(&mut gus).await;
        party.lives(&tokens, "after guesses elsewhere").await;
    }
    assert!(number > 10);
}

/// D-21: neither the count nor the answer tells which apps there are.
async fn unknown_apps_are_throttled_alike(database: Database) {
    let (app, _) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let right = party.exchange(&party.asks(), "x");
        let mut seen = Vec::new();
        for client_id in [party.client_id, "nobody"] {
            let wrong = right.clone().with("client_id", client_id).with("client_secret", "a guess");
            let wrong = wrong.from(&attacker(seen.len()));
            let mut last = None;
            for guess in 0..=BUDGET {
                let answer = party.send(&wrong).await;
                assert_eq!(answer.status == 429, guess == BUDGET, "{}: {answer:?}", speaker.name);
                last = Some((answer.status, answer.header("retry-after").to_owned(), answer.body));
            }
            seen.push(last);
        }
        assert_eq!(seen[0], seen[1], "{}", speaker.name);
        app.advance(900 * SECOND);
    }
}

/// N-09: of many at once, no more are looked at than there are in the budget, the right one among them or not.
async fn tries_at_once_do_not_beat_the_budget(database: Database) {
    let (app, _) = start(database).await;
    let party = Party::first(&app, &SPEAKERS[0]);
    let right = party.exchange(&party.asks(), "x").from(&attacker(0));
    let mut running = tokio::task::JoinSet::new();
    for guess in 0..200 {
        let (party, wrong) = (party.clone(), right.clone().with("client_secret", &format!("guess {guess}")));
        running.spawn(async move { party.send(&wrong).await.status });
    }
    let statuses = running.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), BUDGET, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 200 - BUDGET, "{statuses:?}");
    is_throttled(&party.send(&right).await, STEP, "the right one, last");
}

async fn codes_are_not_guessed_for_long(database: Database) {
    let (app, mut gus) = start(database).await;
    for (number, speaker) in SPEAKERS.iter().enumerate() {
        let party = Party::first(&app, speaker);
        let (asked, code) = party.asks_for_code(&mut gus).await;
        for guess in 0..BUDGET + 5 {
            let end = if guess % 2 == 0 { "x" } else { &code[..code.len() - 1] };
            let wrong = party.exchange(&asked, &format!("{end}{guess}")).from(&attacker(number));
            let answer = party.send(&wrong).await;
            party.refused(&answer, "a code that was guessed");
            assert_eq!(answer.status == 429, guess >= BUDGET, "{} {guess}: {answer:?}", speaker.name);
        }
        is_throttled(
            &party.send(&party.exchange(&asked, "x").from(&attacker(number))).await,
            STEP,
            speaker.name,
        );
        assert_ne!(party.send(&party.exchange(&asked, "x")).await.status, 429, "elsewhere: {}", speaker.name);
        // Codes are made here and beyond guessing, so nobody is kept from the right one.
        let answer = party.send(&party.exchange(&asked, &code).from(&attacker(number))).await;
        party.lives(&party.tokens(&answer), "a code beside guesses").await;
    }
}

async fn refresh_tokens_are_not_guessed_for_long(database: Database) {
    // A client that proved itself is at home, where the budget is fifty times as large.
    let (app, mut gus) = start_with(database, "[limits]\ncredentials = \"1 per 15m\"").await;
    for (number, (speaker, _)) in refreshing().enumerate() {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        let budget = if speaker.public { 1 } else { 50 };
        let guess = |text: &str| party.refresh(text).expect("it refreshes").from(&attacker(number));
        for guessed in 0..budget + 5 {
            let answer = party.send(&guess(&format!("guess-{guessed}"))).await;
            party.refused(&answer, "a refresh token that was guessed");
            assert_eq!(answer.status == 429, guessed >= budget, "{} {guessed}: {answer:?}", speaker.name);
        }
        is_throttled(&party.send(&guess("x")).await, 900 / budget, speaker.name);
        let answer = party.send(&guess(&tokens.refresh)).await;
        party.lives(&party.tokens(&answer), "a refresh beside guesses").await;
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// What asks with a host key, from an address.
async fn asks(app: &TestApp, how: usize, key: &str, address: &str) -> Answer {
    let basic = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("any:{key}"));
    let (bearer, basic, nothing) = (format!("Bearer {key}"), format!("Basic {basic}"), String::new());
    let (path, authorization, content_type, body) = match how {
        0 => ("/v1/check", bearer, "application/json", "{\"token\":\"x\"}".to_owned()),
        1 => ("/oauth/introspect", bearer, FORM, "token=x".to_owned()),
        2 => ("/oauth/introspect", basic, FORM, "token=x".to_owned()),
        // What else is wrong with the request hides no guess.
        3 => ("/oauth/introspect", bearer, FORM, "token=x&client_id=phone".to_owned()),
        4 => ("/oauth/introspect", basic, FORM, "token=x&client_id=abc".to_owned()),
        5 => ("/oauth/introspect", basic, FORM, "token=x&client_secret=abc".to_owned()),
        6 => ("/oauth/introspect", nothing, FORM, format!("token=x&client_secret={key}")),
        _ => ("/oauth/introspect", nothing, FORM, format!("token=x&client_id=any&client_secret={key}")),
    };
    let mut headers = vec![("content-type", content_type)];
    if !authorization.is_empty() {
        headers.push(("authorization", &authorization));
    }
    app.send(app.request("POST", path, &headers, &body), address.parse().expect("an address")).await
}

async fn host_keys_are_not_guessed_for_long(database: Database) {
    let (app, mut gus) = start(database).await;
    let key = app.api().key;
    for how in 0..8 {
        let there = attacker(how);
        for guess in 0..BUDGET {
            let answer = asks(&app, how, &format!("guess {guess}"), &there).await;
            assert!((400..404).contains(&answer.status), "{guess}: {answer:?}");
        }
        for guess in ["another guess", &key] {
            is_throttled(&asks(&app, how, guess, &there).await, STEP, guess);
        }
        // At the other places it is the same key.
        is_throttled(&asks(&app, (how + 1) % 8, &key, &there).await, STEP, "elsewhere");
        let elsewhere = asks(&app, how, &key, "192.0.2.1").await;
        assert_ne!(elsewhere.status, 429, "{elsewhere:?}");
        app.advance(30 * SECOND);
        assert_ne!(asks(&app, how, &key, &there).await.status, 429);
    }
    let party = Party::first(&app, &SPEAKERS[0]);
    party.lives(&party.connects(&mut gus).await, "after guesses elsewhere").await;
}

/// Names cost nothing, so an address has a budget for all of them.
async fn who_guesses_at_many_apps_is_stopped_too(database: Database) {
    let (app, _) = start(database).await;
    let party = Party::first(&app, &SPEAKERS[0]);
    let right = party.exchange(&party.asks(), "x");
    let mut looked_at = 0;
    for name in 0..400 {
        let wrong = right.clone().with("client_id", &format!("app-{name}")).with("client_secret", "a guess");
        looked_at += usize::from(party.send(&wrong.from(&attacker(0))).await.status == 401);
    }
    assert_eq!(looked_at, 10 * BUDGET);
    assert_ne!(party.send(&right.clone().from(&attacker(1))).await.status, 429);
}

async fn a_client_at_home_is_not_kept_waiting_by_its_neighbours(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS.iter().filter(|speaker| !speaker.public) {
        let (party, other) = (Party::first(&app, speaker), Party::second(&app, speaker));
        let (asked, code) = party.asks_for_code(&mut gus).await;
        let tokens = party.exchanges(&asked, &code).await;
        // A neighbour guesses at it and at others; a worker of its own still has the secret from before.
        for guess in 0..10 * BUDGET {
            let wrong = [&party, &other][guess % 2].exchange(&asked, "x").with("client_secret", "old");
            party.is_refused(&wrong, "an old secret").await;
        }
        party.lives(&tokens, "beside guesses").await;
        party.refreshes(&tokens).await;
        party.connects(&mut gus).await;
        app.advance(900 * SECOND);
    }
}
