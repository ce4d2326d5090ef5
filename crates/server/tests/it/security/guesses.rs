//! Guessing at what apps and APIs prove themselves with: at every endpoint that asks, in every dialect. What is wrong is
//! bounded for a client at an address; the rightful client, at its own, is not touched.

use symbolon_oauth::credential::{Environment, Kind, Secret};
use symbolon_store::testing::Database;

use super::party::{Party, Posted};
use super::speaker::{SPEAKERS, refreshing};
use super::{start, start_with};
use crate::race::at_once;
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
    a_secret_made_here_is_not_kept_waiting_by_guesses_beside_it,
    a_host_key_made_here_is_not_kept_waiting_by_guesses_beside_it,
    many_at_once_beyond_the_budget_find_nothing_and_stop_nobody,
    an_app_has_one_budget_however_its_name_is_spelled,
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
    let (app, mut gus) = start(database).await;
    for (number, speaker) in SPEAKERS.iter().filter(|speaker| !speaker.public).enumerate() {
        let party = Party::first(&app, speaker);
        let right = party.exchange(&party.asks(), "x").from(&attacker(number));
        let answers = at_once(200, |guess| {
            let wrong = right.clone().with("client_secret", &format!("guess {guess}"));
            let app = app.clone();
            async move { wrong.send(&app).await }
        })
        .await;
        let (throttled, looked_at): (Vec<_>, Vec<_>) =
            answers.iter().partition(|answer| answer.status == 429);
        assert_eq!((looked_at.len(), throttled.len()), (BUDGET, 200 - BUDGET), "{}", speaker.name);
        looked_at.iter().for_each(|answer| party.refused(answer, "a guess among many"));
        is_throttled(&party.send(&right).await, STEP, "the right one, last");
        party.lives(&party.connects(&mut gus).await, "after guesses elsewhere").await;
    }
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
    let (app, mut gus) = start(database).await;
    for (number, speaker) in SPEAKERS.iter().enumerate() {
        let party = Party::first(&app, speaker);
        let right = party.exchange(&party.asks(), "x");
        for name in 0..10 * BUDGET + 100 {
            let wrong =
                right.clone().with("client_id", &format!("app-{name}")).with("client_secret", "a guess");
            let answer = party.send(&wrong.from(&attacker(number))).await;
            party.refused(&answer, "a guess at one of many");
            assert_eq!(answer.status == 429, name >= 10 * BUDGET, "{} {name}: {answer:?}", speaker.name);
        }
        party.lives(&party.connects(&mut gus).await, "after guesses elsewhere").await;
    }
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

/// What nobody could find by trying, and has the form of what is made here.
fn invented(kind: Kind, number: u8) -> String {
    Secret::mint("sym", kind, Environment::Live, [number; 32]).into_exposed()
}

/// Behind one address (an office, a proxy that names nobody): first where the app was never right, then at its home.
async fn a_secret_made_here_is_not_kept_waiting_by_guesses_beside_it(database: Database) {
    let (app, mut gus) = start_with(database, "[limits]\ncredentials = \"1 per 15m\"").await;
    for (number, speaker) in SPEAKERS.iter().filter(|speaker| !speaker.public).enumerate() {
        let party = Party::first(&app, speaker);
        let there = attacker(number);
        let made = app.rotate_secret(party.client_id, 86_400_000).await;
        for budget in [1, 50] {
            let (asked, code) = party.asks_for_code(&mut gus).await;
            let sends =
                |secret: &str| party.exchange(&asked, &code).with("client_secret", secret).from(&there);
            let guesses = [invented(Kind::ClientSecret, 7), "a guess".to_owned()];
            for guess in 0..budget + 4 {
                let answer = party.send(&sends(&guesses[guess % 2])).await;
                party.refused(&answer, "a guess");
                assert_eq!(answer.status == 429, guess >= budget, "{} {guess}: {answer:?}", speaker.name);
            }
            // What was given may have been chosen, so it waits as every guess does: also one that has the form.
            let step = 900 / u64::try_from(budget).expect("a number");
            let key = invented(Kind::HostKey, 7);
            let cut = &made[..made.len() - 1];
            for secret in [&party.secret().expect("it is given"), &guesses[0], &guesses[1], &key, cut] {
                is_throttled(&party.send(&sends(secret)).await, step, secret);
            }
            // Nor does the form tell which apps there are.
            if budget == 1 {
                let nobody = sends(&guesses[0]).with("client_id", "nobody");
                let known = party.send(&sends(&guesses[0])).await;
                party.is_refused(&nobody, "the first guess at it").await;
                let unknown = party.send(&nobody).await;
                assert_eq!((unknown.status, &unknown.body), (known.status, &known.body), "{}", speaker.name);
            }
            party.lives(&party.tokens(&party.send(&sends(&made)).await), "made here").await;
        }
    }
}

async fn a_host_key_made_here_is_not_kept_waiting_by_guesses_beside_it(database: Database) {
    let (app, _) = start_with(database, "[limits]\ncredentials = \"1 per 15m\"").await;
    let (given, guess) = (app.api().key, invented(Kind::HostKey, 7));
    let made = app.rotate_host_key("https://api.example.com", 86_400_000).await;
    // Two proofs at once (the fifth) are refused with the right key, too.
    for how in [0, 1, 2, 3, 4, 6, 7] {
        let there = attacker(how);
        let right = asks(&app, how, &made, "192.0.2.1").await;
        assert_eq!(asks(&app, how, &guess, &there).await.status / 100, 4);
        for wrong in [&guess, &given, "a guess", &invented(Kind::ClientSecret, 7)] {
            is_throttled(&asks(&app, how, wrong, &there).await, 900, wrong);
        }
        let answer = asks(&app, how, &made, &there).await;
        assert_eq!(answer.status, right.status, "{how}: {answer:?}");
        assert!(answer.body.contains("unknown_token") || answer.body == "{\"active\":false}", "{answer:?}");
    }
}

/// They are looked at one after another, and the right one among them is answered.
async fn many_at_once_beyond_the_budget_find_nothing_and_stop_nobody(database: Database) {
    let (app, mut gus) = start_with(database, "[limits]\ncredentials = \"1 per 15m\"").await;
    for (number, speaker) in SPEAKERS.iter().filter(|speaker| !speaker.public).enumerate() {
        let (party, there) = (Party::first(&app, speaker), attacker(number));
        let made = app.rotate_secret(party.client_id, 0).await;
        let key = app.rotate_host_key("https://api.example.com", 0).await;
        let (asked, code) = party.asks_for_code(&mut gus).await;
        let exchange =
            |secret: &str| party.exchange(&asked, &code).with("client_secret", secret).from(&there);
        party.is_refused(&exchange("a guess"), "a guess").await;
        asks(&app, 1, "a guess", &there).await;
        let mut running = tokio::task::JoinSet::new();
        for guess in 0..100 {
            let wrong = exchange(&invented(Kind::ClientSecret, guess));
            let wrong = wrong.with("client_id", [party.client_id, "nobody"][usize::from(guess) % 2]);
            // A secret beside a key: two tries in one request.
            let both = party.form("/oauth/introspect").from(&there).with("token", "x");
            let both = both.with("client_secret", &invented(Kind::ClientSecret, guess));
            let both = both.header("authorization", &format!("Bearer {}", invented(Kind::HostKey, guess)));
            let party = party.clone();
            running.spawn(async move { [party.send(&wrong).await.status, party.send(&both).await.status] });
        }
        let (right, sender) = (exchange(&made), party.clone());
        let right = tokio::spawn(async move { sender.send(&right).await });
        let answers = running.join_all().await;
        // The budget of a name that was not tried yet, and the larger one once the app was right here.
        let looked_at = answers.iter().flatten().filter(|status| **status != 429).count();
        assert!(looked_at <= 1 + 50, "{}: {answers:?}", speaker.name);
        let tokens = party.tokens(&right.await.expect("an answer"));
        assert_eq!(asks(&app, 1, &key, &there).await.status, 200);
        if let Some(posted) = party.refresh(&tokens.refresh) {
            party.tokens(&party.send(&posted.with("client_secret", &made)).await);
        }
    }
}

async fn an_app_has_one_budget_however_its_name_is_spelled(database: Database) {
    let (app, _) = start(database).await;
    let declared = "[[app]]\nclient_id = \"a+b%\"\nclient_secret = \"its secret\"\nname = \"A\"\nstatus = \"live\"\n\
        scopes = [\"forms:read\"]\nredirect_uris = [\"https://a.example.net/cb\"]\ngrant_types = [\"client_credentials\"]";
    app.declare(declared).await;
    let sends = async |spelling: usize, secret: &str, address: &str| {
        let pair = |id: &str| {
            let text = format!("{id}:{secret}");
            format!("Basic {}", base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text))
        };
        let header = [String::new(), pair("a+b%"), pair("a%2Bb%25"), pair("%61%2bb%")][spelling].clone();
        let body = format!("grant_type=client_credentials&client_id=a%2Bb%25&client_secret={secret}");
        let body = if spelling == 0 { body.as_str() } else { "grant_type=client_credentials" };
        let mut headers = vec![("content-type", FORM)];
        headers.extend((spelling > 0).then_some(("authorization", header.as_str())));
        app.send(app.request("POST", "/oauth/token", &headers, body), address.parse().expect("an address"))
            .await
    };
    for spelling in 0..3 {
        assert_eq!(sends(spelling, "its secret", "192.0.2.9").await.status, 200, "{spelling}");
    }
    for guess in 0..2 * BUDGET {
        let answer = sends(guess % 4, "a guess", &attacker(0)).await;
        assert_eq!(answer.status, if guess < BUDGET { 401 } else { 429 }, "{guess}: {answer:?}");
    }
    for spelling in 0..4 {
        is_throttled(&sends(spelling, "its secret", &attacker(0)).await, STEP, "the right one");
    }
}
