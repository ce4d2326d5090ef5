//! Proving who the client is (RFC 6749 §2.3), at every endpoint that asks for it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use symbolon_oauth::credential::{Environment, Kind, Secret};
use symbolon_platform::deed::Deed;
use symbolon_store::change::ClientSecretChange;
use symbolon_store::client_secrets::StoredSecret;
use symbolon_store::testing::Database;
use tokio::time::Instant;

use crate::race::at_once;
use crate::support::{Answer, HOME, Options, SECOND, TestApp, Tokens, stories};

stories!(
    proofs_that_fail,
    two_methods_or_two_clients,
    only_the_method_that_is_registered,
    an_empty_secret_in_the_header,
    odd_characters_in_secrets,
    a_secret_that_is_sent_raw,
    an_old_secret_works_until_its_deadline,
    a_hash_of_another_server_is_replaced_by_ours,
    over_the_budget_no_hash_of_another_server_is_computed,
    the_same_credentials_twice_where_a_dialect_takes_them,
);

const TWOFOLD: &str = concat!(
    "[[dialect]]\nprefix = \"/twofold\"\nfile = \"",
    env!("CARGO_MANIFEST_DIR"),
    "/tests/it/same_proof.toml\""
);

const DOUBLER: &str = "[[app]]\nclient_id = \"doubler\"\nclient_secret = \"doubler-secret-of-a-test\"\nname = \"Doubler\"\n\
    dialect = \"twofold\"\nscopes = [\"clinics:read\"]\ngrant_types = [\"client_credentials\"]\nstatus = \"live\"\n";

/// One proof said twice is one; two are never taken, whatever a dialect says.
async fn the_same_credentials_twice_where_a_dialect_takes_them(database: Database) {
    let options = Options { configuration: TWOFOLD, state: DOUBLER, ..Options::default() };
    let app = TestApp::with(database, options).await;
    let own = "grant_type=client_credentials";
    let right = basic("doubler:doubler-secret-of-a-test");
    let twice = format!("{own}&client_id=doubler&client_secret=doubler-secret-of-a-test");
    send(&app, "/twofold/oauth/token", &twice, &[&right]).await.ok();
    for (header, body, status, error) in [
        (&right, format!("{own}&client_id=doubler&client_secret=other"), 400, "invalid_request"),
        (&basic("doubler:other"), twice.clone(), 400, "invalid_request"),
        (&basic("other:doubler-secret-of-a-test"), twice.clone(), 400, "invalid_request"),
        (&basic("doubler:other"), twice.replace("doubler-secret-of-a-test", "other"), 401, "invalid_client"),
    ] {
        send(&app, "/twofold/oauth/token", &body, &[header]).await.refused(status, error);
    }
    // Elsewhere it stays two methods.
    let robot = format!("{own}&client_id=robot&client_secret=robot-secret");
    send(&app, "/oauth/token", &robot, &[&basic("robot:robot-secret")]).await.refused(400, "invalid_request");
}

/// Every endpoint that asks for a client, with the rest of a request.
const ENDPOINTS: [(&str, &str); 3] = [
    ("/oauth/token", "grant_type=client_credentials"),
    ("/oauth/revoke", "token=x"),
    ("/oauth/introspect", "token=x"),
];

async fn send(app: &TestApp, path: &str, body: &str, authorization: &[&str]) -> Answer {
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
    headers.extend(authorization.iter().map(|value| ("authorization", *value)));
    app.send(app.request("POST", path, &headers, body), HOME).await
}

fn basic(pair: &str) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

#[track_caller]
fn invalid_client(answer: &Answer) {
    answer.refused(401, "invalid_client");
}

/// D-19: a challenge helps only a client that tried HTTP authentication; a browser would ask its person for a password.
fn challenged(answer: &Answer, by_header: bool) {
    assert_eq!(answer.header("www-authenticate").starts_with("Basic "), by_header, "{answer:?}");
}

/// D-01, D-02, D-03, D-07, D-19, J-01, J-10. Whatever is wrong, the answer is the same.
async fn proofs_that_fail(database: Database) {
    let app = TestApp::start(database).await;
    let headers = [
        "robot:robot-secre",
        "robot:robot-secrex",
        "robot:robot-secret\n",
        "robot:",
        "robot:ledger-secret",
        "robot:robot-secret ",
        "nobody:robot-secret",
        "' OR 1=1 --:x",
        ":robot-secret",
        ":",
        "pocket:anything",
        "robot",
    ];
    let bodies = [
        "client_id=robot",
        "client_id=robot&client_secret=",
        "client_id=robot&client_secret=wrong",
        "client_id=robot&client_secret=ledger-secret",
        "client_id=pocket&client_secret=anything",
        "client_id=nobody",
        "client_secret=robot-secret",
        "",
    ];
    for (path, rest) in ENDPOINTS {
        let mut answers = Vec::new();
        for pair in headers {
            answers.push(send(&app, path, rest, &[&basic(pair)]).await);
        }
        for malformed in ["Basic !!!", "Basic", "basic /w==", "Digest x", "Bearer robot-secret"] {
            answers.push(send(&app, path, rest, &[malformed]).await);
        }
        for body in bodies {
            answers.push(send(&app, path, &format!("{rest}&{body}"), &[]).await);
        }
        for answer in &answers {
            invalid_client(answer);
            assert_eq!(answer.body, answers[0].body, "words tell which apps exist");
        }
        assert_eq!(send(&app, path, rest, &[&basic("robot:robot-secret")]).await.status, 200, "{path}");
        let body = format!("{rest}&client_id=robot&client_secret=robot-secret");
        assert_eq!(send(&app, path, &body, &[]).await.status, 200, "{path}");
    }
    // A public app can revoke, and can neither act as itself nor introspect.
    let public = |path, rest| send(&app, path, rest, &[]);
    assert_eq!(public("/oauth/revoke", "token=x&client_id=pocket").await.status, 200);
    invalid_client(&public("/oauth/introspect", "token=x&client_id=pocket").await);
}

/// RFC 6749 §2.3.1: an empty secret in the header is the same as none, so it names a client and proves nothing.
async fn an_empty_secret_in_the_header(database: Database) {
    let app = TestApp::start(database).await;
    let (pocket, mut omar) = (app.client("pocket"), app.person("omar"));
    let header = basic("pocket:");
    let asked = pocket.asks("forms:read");
    let callback = omar.connects(&asked).await;
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let exchange = format!(
        "grant_type=authorization_code&code={}&redirect_uri={}&code_verifier={}",
        callback.code(),
        encode(asked.get("redirect_uri")),
        asked.verifier
    );
    let (token, revoke) = (ENDPOINTS[0].0, ENDPOINTS[1].0);
    let tokens = Tokens::read(&send(&app, token, &exchange, &[&header]).await);
    let refresh = |token: &str| format!("grant_type=refresh_token&refresh_token={token}");
    let tokens = Tokens::read(&send(&app, token, &refresh(&tokens.refresh), &[&header]).await);
    let named = format!("{}&client_id=pocket", refresh(&tokens.refresh));
    let tokens = Tokens::read(&send(&app, token, &named, &[&header]).await);
    let other = format!("{}&client_id=purse", refresh(&tokens.refresh));
    send(&app, token, &other, &[&header]).await.refused(400, "invalid_request");
    let ended = format!("token={}", tokens.refresh);
    assert_eq!(send(&app, revoke, &ended, &[&header]).await.status, 200);
    assert!(!app.api().sees_alive(&tokens.access).await);
    // Beside the secret in the body it is no second method; alone it is no proof of an app that has one.
    let (path, rest) = ENDPOINTS[0];
    let robot = basic("robot:");
    Tokens::read(&send(&app, path, &format!("{rest}&client_secret=robot-secret"), &[&robot]).await);
    for (path, rest) in ENDPOINTS {
        invalid_client(&send(&app, path, rest, &[&robot]).await);
        invalid_client(&send(&app, path, &format!("{rest}&client_secret=wrong"), &[&robot]).await);
    }
}

/// D-05; RFC 6749 §2.3: one method in one request.
async fn two_methods_or_two_clients(database: Database) {
    let app = TestApp::start(database).await;
    let robot = basic("robot:robot-secret");
    for (path, rest) in ENDPOINTS {
        for more in [
            "client_secret=robot-secret",
            "client_id=robot&client_secret=robot-secret",
            "client_id=ledger",
            "client_id=ledger&client_secret=ledger-secret",
        ] {
            send(&app, path, &format!("{rest}&{more}"), &[&robot]).await.refused(400, "invalid_request");
        }
        let two = send(&app, path, rest, &[&robot, &basic("ledger:ledger-secret")]).await;
        two.refused(400, "invalid_request");
        assert_eq!(
            send(&app, path, &format!("{rest}&client_id=robot"), &[&robot]).await.status,
            200,
            "{path}"
        );
    }
}

/// D-06.
async fn only_the_method_that_is_registered(database: Database) {
    let state = r#"
        [[app]]
        client_id = "by-header"
        client_secret = "s3cret"
        name = "By Header"
        scopes = ["clinics:read"]
        grant_types = ["client_credentials"]
        token_endpoint_auth_method = "client_secret_basic"
        status = "live"

        [[app]]
        client_id = "by-body"
        client_secret = "s3cret"
        name = "By Body"
        scopes = ["clinics:read"]
        grant_types = ["client_credentials"]
        token_endpoint_auth_method = "client_secret_post"
        status = "live"
    "#;
    let app = TestApp::with(database, Options { state, ..Options::default() }).await;
    for (client, by_header) in [("by-header", true), ("by-body", false)] {
        let (path, rest) = ENDPOINTS[0];
        let header = send(&app, path, rest, &[&basic(&format!("{client}:s3cret"))]).await;
        let body = send(&app, path, &format!("{rest}&client_id={client}&client_secret=s3cret"), &[]).await;
        let (right, wrong) = if by_header { (header, body) } else { (body, header) };
        Tokens::read(&right);
        invalid_client(&wrong);
        challenged(&wrong, !by_header);
    }
}

/// D-08; RFC 6749 §2.3.1: both halves are form-encoded.
async fn odd_characters_in_secrets(database: Database) {
    let state = r#"
        [[app]]
        client_id = "odd:app"
        client_secret = "a:b%c+d é&="
        name = "Odd"
        scopes = ["clinics:read"]
        grant_types = ["client_credentials"]
        status = "live"
    "#;
    let app = TestApp::with(database, Options { state, ..Options::default() }).await;
    let (path, rest) = ENDPOINTS[0];
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let (id, secret) = (encode("odd:app"), encode("a:b%c+d é&="));
    Tokens::read(&send(&app, path, rest, &[&basic(&format!("{id}:{secret}"))]).await);
    Tokens::read(&send(&app, path, &format!("{rest}&client_id={id}&client_secret={secret}"), &[]).await);
    invalid_client(&send(&app, path, rest, &[&basic("odd:app:a:b%c+d é&=")]).await);
    invalid_client(&send(&app, path, rest, &[&basic("%ZZ:%ff%fe")]).await);
    // The name of the scheme has no case (RFC 9110 §11.1).
    let lower = basic(&format!("{id}:{secret}")).replacen("Basic", "bAsIc", 1);
    Tokens::read(&send(&app, path, rest, &[&lower]).await);
}

/// A secret that was taken over may hold `+` and `%`, and many clients send it as it is. Encoded or raw, it is the same
/// secret; nothing else is.
async fn a_secret_that_is_sent_raw(database: Database) {
    let declared = |id: &str, secret: &str| {
        format!(
            "[[app]]\nclient_id = \"{id}\"\nclient_secret = \"{secret}\"\nname = \"Taken Over\"\n\
             scopes = [\"clinics:read\"]\ngrant_types = [\"client_credentials\"]\nstatus = \"live\"\n"
        )
    };
    let secrets = [
        ("plus", "taken+over+from+another+server"),
        ("percent", "taken%over%41from%another%server"),
        ("both+id", "taken%2Bover+from+another+server"),
    ];
    let app = TestApp::start(database).await;
    for (id, secret) in secrets {
        app.declare(&declared(id, secret)).await;
    }
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    for (path, rest) in ENDPOINTS {
        for (id, secret) in secrets {
            for sent in [format!("{id}:{secret}"), format!("{}:{}", encode(id), encode(secret))] {
                assert_eq!(send(&app, path, rest, &[&basic(&sent)]).await.status, 200, "{path} {sent}");
            }
            let twice = format!("{}:{}", encode(id), encode(&encode(secret)));
            invalid_client(&send(&app, path, rest, &[&basic(&twice)]).await);
            let decoded = secret.replace('+', " ").replace("%41", "A").replace("%2B", "+");
            invalid_client(
                &send(&app, path, rest, &[&basic(&format!("{id}:{}", encode(&decoded).replace('+', "%20")))])
                    .await,
            );
        }
    }
}

/// D-30: to the second, and the new one works throughout.
async fn an_old_secret_works_until_its_deadline(database: Database) {
    let app = TestApp::start(database).await;
    let stored = app.state().store.load_app_by_client_id("robot").await.expect("the store answers");
    let fresh = app.state().entropy.new_id(app.now()).expect("randomness");
    let secret = StoredSecret::of(&Secret::given("new-secret"), &[], fresh, app.now());
    let old_until = symbolon_oauth::time::Timestamp(app.now().0 + 60 * SECOND);
    let id = stored.expect("the app").client.id;
    app.change(ClientSecretChange::Rotate { app: id, secret, old_until }.into()).await;
    let (path, rest) = ENDPOINTS[0];
    let ask = async |pair: &str| send(&app, path, rest, &[&basic(pair)]).await;
    app.advance(60 * SECOND - 1);
    Tokens::read(&ask("robot:robot-secret").await);
    Tokens::read(&ask("robot:new-secret").await);
    app.advance(1);
    invalid_client(&ask("robot:robot-secret").await);
    Tokens::read(&ask("robot:new-secret").await);
    app.change(ClientSecretChange::Revoke { app: id, secret: fresh }.into()).await;
    invalid_client(&ask("robot:new-secret").await);
}

/// What a refusal waits for, and what the timer of the runtime adds.
const EVENLY: std::ops::RangeInclusive<u128> = 10..=11;

/// D-21: every refusal waits for the same time, so nothing tells which apps exist, or how much of a secret is right. The
/// clock of the runtime stands still here and moves only to what is waited for. D-22: no slow hash is spent on a guess.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the clock that this story holds still")]
async fn a_wrong_secret_takes_as_long_as_an_unknown_client() {
    let app = TestApp::start(Database::sqlite().await).await;
    let hashes = app.state().passwords.computed();
    tokio::time::pause();
    for (path, rest) in ENDPOINTS {
        for guess in
            ["robot:robot-secrex", "robot:x", "robot:", "nobody:robot-secret", "nobody:x", "pocket:x"]
        {
            let began = Instant::now();
            invalid_client(&send(&app, path, rest, &[&basic(guess)]).await);
            assert!(EVENLY.contains(&began.elapsed().as_millis()), "{path} {guess}: {:?}", began.elapsed());
        }
    }
    let began = Instant::now();
    assert_eq!(send(&app, ENDPOINTS[2].0, ENDPOINTS[2].1, &[&basic("robot:robot-secret")]).await.status, 200);
    assert_eq!(began.elapsed(), Duration::ZERO, "whoever is known is not kept waiting");
    assert_eq!(app.state().passwords.computed(), hashes);
}

/// D-21, at the page that a browser gets.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the clock that this story holds still")]
async fn the_page_for_an_unknown_app_takes_as_long_as_for_a_stopped_one() {
    let app = TestApp::start(Database::sqlite().await).await;
    app.suspend("robot").await;
    tokio::time::pause();
    for client_id in ["nobody", "robot"] {
        let began = Instant::now();
        let asked = app.client(client_id).asks("forms:read");
        assert!(app.get(&asked.url()).await.status >= 400);
        assert!(EVENLY.contains(&began.elapsed().as_millis()), "{client_id}: {:?}", began.elapsed());
    }
}

/// As the server before kept "correct horse": with bcrypt, and as Django does.
const FOREIGN: &str = r#"
[[app]]
client_id = "elder"
secret_hash = "$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2"
name = "Elder"
redirect_uris = ["https://elder.example/cb"]
scopes = ["profile"]
[[app]]
client_id = "django"
secret_hash = "pbkdf2_sha256$2600$Qm7xW2$HhOp0UECK3ZEm6U9m87XHhWLbX7f7EOdN1WLKOdYOi4="
name = "Django"
redirect_uris = ["https://django.example/cb"]
scopes = ["profile"]
"#;

/// What is over the budget is not compared with another server's hash: not one that has the form of ours, not one of many at
/// once, and least of all the right one, which would be kept by our own hash from then on and so tell that it was there.
async fn over_the_budget_no_hash_of_another_server_is_computed(database: Database) {
    let options = Options {
        state: FOREIGN,
        configuration: "[limits]\ncredentials = \"3 per 15m\"",
        ..Options::default()
    };
    let app = TestApp::with(database, options).await;
    let passwords = &app.state().passwords;
    async fn revoke(app: &TestApp, secret: &str, address: [u8; 4]) -> Answer {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let body = format!("client_id=django&client_secret={secret}&token=x");
        app.send(app.request("POST", "/oauth/revoke", &[form], &body), address.into()).await
    }
    let made = Secret::mint("sym", Kind::ClientSecret, Environment::Live, [7; 32]);
    let before = passwords.computed();
    for number in 0..8 {
        let status = revoke(&app, made.expose(), [198, 51, 100, 1]).await.status;
        assert_eq!(status, if number < 3 { 401 } else { 429 }, "{number}");
    }
    assert_eq!(passwords.computed() - before, 3, "of what has the form of ours");

    let before = passwords.computed();
    let guesses = (0..60).map(|number| format!("guess{number}")).chain(["correct+horse".to_owned()]);
    let guesses: Vec<String> = guesses.collect();
    let statuses: Vec<u16> = at_once(guesses.len(), |number| {
        let (app, guess) = (app.clone(), guesses[number].clone());
        async move { revoke(&app, &guess, [198, 51, 100, 2]).await }
    })
    .await
    .into_iter()
    .map(|answer| answer.status)
    .collect();
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 3, "{statuses:?}");
    // Two are computed at once, and two more may be computed and not counted yet.
    let computed = passwords.computed() - before;
    assert!((3..=7).contains(&computed), "of many at once {computed}");
    let deeds = app.state().store.list_audit(1000).await.expect("the store answers");
    assert!(deeds.iter().all(|deed| deed.action != Deed::ClientSecretAdopted), "nothing was kept");

    let before = passwords.computed();
    assert_eq!(
        revoke(&app, "correct+horse", [192, 0, 2, 9]).await.status,
        200,
        "the rightful client, at its own address"
    );
    assert_eq!(passwords.computed() - before, 1);
}

async fn a_hash_of_another_server_is_replaced_by_ours(database: Database) {
    let app = TestApp::with(database, Options { state: FOREIGN, ..Options::default() }).await;
    let passwords = &app.state().passwords;
    let revoke = async |pair: &str| send(&app, "/oauth/revoke", "token=x", &[&basic(pair)]).await;
    for wrong in
        ["elder:wrong", "elder:$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2", "django:elder"]
    {
        let before = passwords.computed();
        invalid_client(&revoke(wrong).await);
        assert_eq!(passwords.computed() - before, 1, "it was compared: {wrong}");
    }
    // Guesses have the budget that all have; what is over it is not compared.
    let away = std::net::IpAddr::from([198, 51, 100, 9]);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let before = passwords.computed();
    let mut last = 0;
    for _ in 0..40 {
        let guess =
            app.request("POST", "/oauth/revoke", &headers, "client_id=django&client_secret=wrong&token=x");
        last = app.send(guess, away).await.status;
    }
    assert_eq!((last, passwords.computed() - before), (429, 30));

    let before = passwords.computed();
    invalid_client(&revoke("board:wrong").await);
    assert_eq!(passwords.computed(), before, "of an app whose secrets are ours nothing is computed");

    assert_eq!(revoke("elder:correct%20horse").await.status, 200);
    let form = "client_id=django&client_secret=correct+horse&token=x";
    assert_eq!(send(&app, "/oauth/revoke", form, &[]).await.status, 200);
    assert_eq!(passwords.computed() - before, 2);
    let deeds = app.state().store.list_audit(1000).await.expect("the store answers");
    let adopted = deeds.iter().filter(|deed| deed.action == Deed::ClientSecretAdopted && deed.app.is_some());
    assert_eq!(adopted.count(), 2, "in the audit");

    // From here on it is as quick as any other.
    assert_eq!(revoke("elder:correct horse").await.status, 200);
    assert_eq!(send(&app, "/oauth/revoke", form, &[]).await.status, 200);
    invalid_client(&revoke("elder:wrong").await);
    assert_eq!(passwords.computed() - before, 2);
    app.declare(FOREIGN).await;
    assert_eq!(revoke("elder:correct horse").await.status, 200, "the same file again takes nothing back");
    assert_eq!(passwords.computed() - before, 2);
}
