//! Standard dialects that are mounted: each is an issuer that clients discover (RFC 8414 §3, RFC 9207). And the resources
//! here, each of which names its own metadata (RFC 9728).

use symbolon_store::testing::Database;

use crate::support::{Answer, HOME, Options, TestApp, Tokens, stories};

stories!(
    a_mount_is_an_issuer_at_both_well_known_places,
    a_host_is_an_issuer,
    the_answers_of_a_mount_name_its_own_issuer,
    a_dialect_that_describes_nothing_answers_as_the_server,
    a_resource_names_its_metadata_and_they_are_there,
    a_declared_resource_is_found_beside_one_of_the_same_path,
);

const MOUNTS: &str = "[[dialect]]\npreset = \"rfc\"\nname = \"partner\"\nprefix = \"/partner/v1\"\n\
    [[dialect]]\npreset = \"rfc\"\nname = \"hosted\"\nhosts = [\"id.one.example\", \"id.two.example\"]\n\
    [[dialect]]\npreset = \"calcom\"\nprefix = \"/calcom\"\n";

const APPS: &str = "[[app]]\nclient_id = \"guest\"\nclient_secret = \"guest-secret-of-a-test\"\nname = \"Guest\"\n\
    dialect = \"partner\"\nredirect_uris = [\"https://guest.example.net/cb\"]\nscopes = [\"profile\"]\nstatus = \"live\"\n\
    [[app]]\nclient_id = \"lodger\"\ntype = \"public\"\nname = \"Lodger\"\ndialect = \"hosted\"\n\
    redirect_uris = [\"https://lodger.example.net/cb\"]\nscopes = [\"profile\"]\nstatus = \"live\"\n";

async fn start(database: Database) -> TestApp {
    let options = Options { issuer: "https://connect.example.com", configuration: MOUNTS, state: APPS };
    TestApp::with(database, options).await
}

async fn at(app: &TestApp, host: &str, target: &str) -> Answer {
    app.send(app.request("GET", target, &[("host", host)], ""), HOME).await
}

/// The well-known name stands before the path of the issuer, and many clients append it.
async fn a_mount_is_an_issuer_at_both_well_known_places(database: Database) {
    let app = start(database).await;
    let name = "/.well-known/oauth-authorization-server";
    let issuer = format!("{}/partner/v1", app.issuer());
    let inserted = app.get(&format!("{name}/partner/v1")).await;
    let document = inserted.ok();
    assert_eq!(document["issuer"], issuer);
    for member in ["authorization", "token", "revocation", "introspection", "userinfo"] {
        let address = document[format!("{member}_endpoint")].as_str().unwrap_or_default();
        assert!(address.starts_with(&format!("{issuer}/oauth/")), "{member}: {address}");
    }
    assert_eq!(app.get(&format!("/partner/v1{name}")).await.body, inserted.body);
    assert_eq!(inserted.header("access-control-allow-origin"), "*");
    assert_eq!(app.get(name).await.ok()["issuer"], app.issuer(), "the server's own stays");
    for nobody in ["/partner", "/calcom", "/partner/v1/", "/Partner/v1"] {
        assert_eq!(app.get(&format!("{name}{nobody}")).await.status, 404, "{nobody}");
    }
}

async fn a_host_is_an_issuer(database: Database) {
    let app = start(database).await;
    for host in ["id.one.example", "id.two.example"] {
        let document = at(&app, host, "/.well-known/oauth-authorization-server").await.ok();
        assert_eq!(document["issuer"], format!("https://{host}"));
        assert_eq!(document["token_endpoint"], format!("https://{host}/oauth/token"));
        let asked = app.client("lodger").asks("nothing").url();
        let answer = at(&app, host, &asked).await;
        assert_eq!(answer.callback().get("iss"), Some(format!("https://{host}").as_str()), "{answer:?}");
    }
}

/// RFC 9207 §2.4, on success and on error; and whoever introspects learns who issued the token.
async fn the_answers_of_a_mount_name_its_own_issuer(database: Database) {
    let app = start(database).await;
    let issuer = format!("{}/partner/v1", app.issuer());
    let mut guest = app.client("guest");
    guest.secret = Some("guest-secret-of-a-test".to_owned());
    let asked = guest.asks("profile").at("/partner/v1/oauth/authorize");
    let refused = app.get(&asked.clone().with("scope", "nothing").url()).await.callback();
    assert_eq!((refused.get("error"), refused.get("iss")), (Some("invalid_scope"), Some(issuer.as_str())));
    let callback = app.person("omar").connects(&asked).await;
    assert_eq!(callback.get("iss"), Some(issuer.as_str()));
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", callback.code()),
        ("redirect_uri", asked.get("redirect_uri")),
        ("code_verifier", &asked.verifier),
    ];
    let tokens = Tokens::read(&guest.post("/partner/v1/oauth/token", &pairs).await);
    assert_eq!(app.api().introspect(&tokens.access).await["iss"], issuer);
    let bearer = format!("Bearer {}", tokens.access);
    let headers = [("authorization", bearer.as_str())];
    let who = app.send(app.request("GET", "/partner/v1/oauth/userinfo", &headers, ""), HOME).await;
    assert_eq!(who.ok()["sub"], "u-omar");
    // The standard endpoints beside it stay the server's own.
    let board = app.client("board").asks("nothing").url();
    assert_eq!(app.get(&board).await.callback().get("iss"), Some(app.issuer()));
}

async fn a_dialect_that_describes_nothing_answers_as_the_server(database: Database) {
    let app = start(database).await;
    let mut mounts = app.state().dialects.iter();
    let calcom = mounts.find(|own| own.dialect.name == "calcom").expect("it is mounted");
    assert_eq!(calcom.issuer, app.issuer());
}

/// RFC 9728 §3.3, §5.1: the document is where the challenge says, and names the address that was asked.
async fn a_resource_names_its_metadata_and_they_are_there(database: Database) {
    let app = start(database).await;
    let home = "connect.example.com";
    for (host, path, issuer) in [
        (home, "/v1/me", "https://connect.example.com"),
        (home, "/oauth/userinfo", "https://connect.example.com"),
        (home, "/partner/v1/oauth/userinfo", "https://connect.example.com/partner/v1"),
        ("id.two.example", "/oauth/userinfo", "https://id.two.example"),
        (home, "/calcom/v2/me", "https://connect.example.com"),
    ] {
        let refused = at(&app, host, path).await;
        let bad = [("host", host), ("authorization", "Bearer x")];
        let wrong = app.send(app.request("GET", path, &bad, ""), HOME).await;
        let place = format!("https://{host}/.well-known/oauth-protected-resource{path}");
        for answer in [&refused, &wrong] {
            let challenge = answer.header("www-authenticate");
            assert_eq!(answer.status, 401, "{path}: {answer:?}");
            assert!(challenge.ends_with(&format!(", resource_metadata=\"{place}\"")), "{path}: {challenge}");
        }
        let answer = at(&app, host, &format!("/.well-known/oauth-protected-resource{path}")).await;
        let document = answer.ok();
        assert_eq!(document["resource"], format!("https://{host}{path}"));
        assert_eq!(document["authorization_servers"], serde_json::json!([issuer]), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
    for nothing in ["/oauth/token", "/v1/check", "/login", "/v1/me/"] {
        let answer = app.get(&format!("/.well-known/oauth-protected-resource{nothing}")).await;
        assert_eq!(answer.status, 404, "{nothing}");
    }
}

/// The API hands the challenge on to whoever called it.
async fn a_declared_resource_is_found_beside_one_of_the_same_path(database: Database) {
    let app = start(database).await;
    let challenge = app.api().check("x", &[]).await.header("www-authenticate").to_owned();
    let (_, place) = challenge.split_once("resource_metadata=\"").expect("it names its metadata");
    let place = place.trim_end_matches('"');
    assert_eq!(place, format!("{}/.well-known/oauth-protected-resource/api.example.com", app.issuer()));
    let document = app.get(place.trim_start_matches(app.issuer())).await.ok();
    assert_eq!(document["resource"], "https://api.example.com");
    let lacks = app.client("board").connect(&mut app.person("omar"), "profile").await;
    let challenge =
        app.api().check(&lacks.access, &["forms:read"]).await.header("www-authenticate").to_owned();
    assert!(challenge.contains("scope=\"forms:read\", resource_metadata="), "{challenge}");
}
