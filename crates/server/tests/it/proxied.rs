//! Behind a proxy: whose address counts, which names are ours, and what is answered under a name of the host's own network.

use symbolon_store::testing::Database;

use crate::http::said;
use crate::secrecy::{heard, listen};
use crate::support::{Answer, HOME, Options, TestApp, stories};

stories!(
    n10_each_way_to_write_an_address_is_read,
    n10_a_client_that_writes_nonsense_hides_nobody,
    n10_what_a_proxy_writes_and_nobody_can_read_is_told_once,
    s15_the_usual_port_is_no_port,
    s15_an_api_may_ask_under_a_name_of_its_own_network,
    s15_a_program_is_told_of_a_wrong_host_in_json,
    s15_the_host_that_is_refused_is_in_the_log,
    a_proxy_header_is_required_or_off,
);

const HTTPS: Options = Options { issuer: "https://connect.example.com", configuration: "", state: "" };

/// How many of 30 wrong host keys, each from a sender that `header` names, were looked at where one address has 20.
async fn evaluated(app: &TestApp, header: &str, write: impl Fn(usize) -> String) -> usize {
    let mut count = 0;
    for number in 0..30 {
        let sent = [("authorization", "Bearer wrong"), ("content-type", "application/json")];
        let mut request = app.request("POST", "/v1/check", &sent, "{\"token\": \"x\"}");
        let value = http::HeaderValue::from_bytes(write(number).as_bytes()).expect("a value");
        request.headers_mut().append(http::HeaderName::from_bytes(header.as_bytes()).expect("a name"), value);
        count += usize::from(app.send(request, HOME).await.status == 403);
    }
    count
}

/// Behind a proxy at home that is trusted; `more` says what else.
async fn behind(more: &'static str) -> TestApp {
    TestApp::with(Database::sqlite().await, Options { configuration: more, ..Options::default() }).await
}

const XFF: &str = "trusted_proxies = [\"203.0.113.0/24\"]\n[limits]\ncredentials = \"20 per 15m\"";
const FORWARDED: &str = "trusted_proxies = [\"203.0.113.0/24\"]\nclient_address = \"forwarded\"\n[limits]\ncredentials = \"20 per 15m\"";

type Write = fn(usize) -> String;

async fn n10_each_way_to_write_an_address_is_read(database: Database) {
    let (xff, forwarded): ([Write; 4], [Write; 4]) = (
        [
            |n| format!("192.0.2.{n}:5{n:03}"),
            |n| format!("6.6.6.6,  [2001:db8:{n}::1]:443 "),
            |n| format!("[2001:db8:{n}::1]"),
            |n| format!("192.0.2.{n}, 203.0.113.99"),
        ],
        [
            |n| format!("for=192.0.2.{n}"),
            |n| format!("for=6.6.6.6, For=\"[2001:db8:{n}::1]:4711\";proto=https"),
            |n| format!("proto=https; for=\"192.0.2.{n}:80\""),
            |n| format!("for=192.0.2.{n}, for=203.0.113.99"),
        ],
    );
    for (configuration, header, other, ways) in
        [(XFF, "x-forwarded-for", "forwarded", xff), (FORWARDED, "forwarded", "x-forwarded-for", forwarded)]
    {
        for (number, way) in ways.into_iter().enumerate() {
            let app = behind(configuration).await;
            assert_eq!(evaluated(&app, header, way).await, 30, "{header}: {number}");
            let alone = evaluated(&app, other, way).await;
            assert_eq!(alone, 20, "{other} is not what the proxy writes: {number}");
        }
    }
    // Who is no proxy is not believed, however it is written.
    let app = TestApp::with(
        database,
        Options { configuration: "[limits]\ncredentials = \"20 per 15m\"", ..Options::default() },
    );
    let app = app.await;
    assert_eq!(evaluated(&app, "x-forwarded-for", xff[0]).await, 20);
    assert_eq!(evaluated(&app, "forwarded", forwarded[0]).await, 0);
}

async fn n10_a_client_that_writes_nonsense_hides_nobody(_: Database) {
    for (configuration, header, own) in [(XFF, "x-forwarded-for", ""), (FORWARDED, "forwarded", "for=")] {
        for nonsense in ["\u{e9}", "\"", "for=\"", "[", "for=\"\\", ",,", "unknown"] {
            let app = behind(configuration).await;
            let honest = evaluated(&app, header, |n| format!("{nonsense}, {own}192.0.2.{n}")).await;
            assert_eq!(honest, 30, "{header}: {nonsense:?}");
            let guesser = evaluated(&app, header, |n| format!("{nonsense} {n}, {own}198.51.100.7")).await;
            assert_eq!(guesser, 20, "whoever writes it is one: {nonsense:?}");
        }
    }
}

async fn n10_what_a_proxy_writes_and_nobody_can_read_is_told_once(_: Database) {
    let app = behind(XFF).await;
    listen();
    assert_eq!(
        evaluated(&app, "x-forwarded-for", |n| format!("host-{n}.\u{e9}")).await,
        20,
        "all are one then"
    );
    let log = heard();
    let told: Vec<&str> = log.lines().filter(|line| line.contains("in a way that is no address")).collect();
    assert!(
        matches!(told[..], [line] if line.contains("WARN") && line.contains(r"host-0.\\xc3\\xa9")),
        "{told:?}"
    );
    assert!(!log.contains('\u{e9}'));
}

async fn s15_the_usual_port_is_no_port(database: Database) {
    let configuration = "[[dialect]]\npreset = \"calcom\"\nhosts = [\"api.cal.example\"]";
    let app = TestApp::with(database, Options { configuration, ..HTTPS }).await;
    let at = async |host: &str, path: &str| {
        app.send(app.request("GET", path, &[("host", host)], ""), HOME).await.status
    };
    for (host, path, status) in [
        ("connect.example.com", "/login", 200),
        ("CONNECT.example.com:443", "/login", 200),
        ("connect.example.com:443", "/.well-known/oauth-authorization-server", 200),
        ("api.cal.example:443", "/api/auth/oauth/me", 401),
        ("api.cal.example", "/api/auth/oauth/me", 401),
        ("connect.example.com:80", "/login", 421),
        ("connect.example.com:8443", "/login", 421),
        ("connect.example.com:443:443", "/login", 421),
        ("connect.example.com:0443", "/login", 421),
        ("evil.example:443", "/login", 421),
        (":443", "/login", 421),
    ] {
        assert_eq!(at(host, path).await, status, "{host}{path}");
    }
    // The whole way of a person, with the port in every request.
    let http =
        TestApp::with(Database::sqlite().await, Options { issuer: "http://localhost", ..Options::default() })
            .await;
    let mut omar = http.person("omar");
    omar.host = Some("localhost:80");
    let asked = http.client("board").asks("profile");
    assert_eq!(omar.connects(&asked).await.get("state"), Some(asked.get("state")));
    assert_eq!(
        http.send(http.request("GET", "/login", &[("host", "localhost:443")], ""), HOME).await.status,
        421
    );
}

async fn s15_an_api_may_ask_under_a_name_of_its_own_network(database: Database) {
    let configuration = "internal_hosts = [\"symbolon_pool\", \"10.0.0.5:8080\"]\n[[dialect]]\npreset = \"rfc\"\nname = \
                         \"partner\"\nprefix = \"/partner\"";
    let app = TestApp::with(database, Options { configuration, ..HTTPS }).await;
    let asks = async |host: &str, path: &str, body: &str| {
        let kind =
            if path.starts_with("/v1") { "application/json" } else { "application/x-www-form-urlencoded" };
        let headers = [("host", host), ("authorization", "Bearer test-host-key"), ("content-type", kind)];
        app.send(app.request("POST", path, &headers, body), HOME).await
    };
    for host in ["symbolon_pool", "SYMBOLON_POOL", "10.0.0.5:8080", "connect.example.com"] {
        assert_eq!(asks(host, "/v1/check", "{\"token\": \"x\"}").await.status, 401, "{host}");
        for path in ["/oauth/introspect", "/partner/oauth/introspect"] {
            let answer = asks(host, path, "token=x").await;
            assert_eq!(answer.ok()["active"], false, "{host}: {answer:?}");
        }
    }
    for host in ["10.0.0.5", "10.0.0.5:8081", "other_pool", "symbolon_pool.evil.example", ""] {
        assert_eq!(asks(host, "/v1/check", "{\"token\": \"x\"}").await.status, 421, "{host}");
    }
    // Nothing that a person or an app meets, as links, cookies and tokens would be of that name.
    for path in [
        "/login",
        "/",
        "/account",
        "/oauth/authorize",
        "/oauth/token",
        "/oauth/revoke",
        "/v1/me",
        "/nowhere",
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-protected-resource",
        "/assets/x",
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let request = app.request(method, path, &[("host", "symbolon_pool")], "");
            assert_eq!(app.send(request, HOME).await.status, 421, "{method} {path}");
        }
    }
}

fn is_json(answer: &Answer) {
    assert_eq!((answer.status, answer.header("content-type")), (421, "application/json"), "{answer:?}");
    assert_eq!(answer.json()["error"], "invalid_request", "{answer:?}");
    assert!(!answer.body.contains("upstream"), "{answer:?}");
}

/// Over every dialect that can be mounted, on hosts of its own and below a prefix.
async fn s15_a_program_is_told_of_a_wrong_host_in_json(_: Database) {
    for configuration in [
        "",
        "[[dialect]]\npreset = \"calcom\"\nhosts = [\"api.cal.example\"]",
        "[[dialect]]\npreset = \"fillout\"\nprefix = \"/fillout\"",
        "[[dialect]]\npreset = \"fullscript\"\nhosts = [\"api.fullscript.example\"]\nprefix = \"/fullscript\"",
        "[[dialect]]\npreset = \"make\"\nprefix = \"/make\"",
    ] {
        let app =
            TestApp::without_a_world(Database::sqlite().await, Options { configuration, ..HTTPS }).await;
        let mut programs = 0;
        for mounted in &app.state().dialects {
            for endpoint in &mounted.dialect.endpoints {
                let prefix = mounted.place.prefix();
                for path in endpoint.paths.iter().filter(|path| !path.contains('{')) {
                    let path = format!("{prefix}{path}");
                    let wrong = [("host", "upstream_pool")];
                    let answer = app.send(app.request("POST", &path, &wrong, ""), HOME).await;
                    match endpoint.serves {
                        symbolon_oauth::dialect::Serves::Authorize => answer.error_page(421),
                        _ => is_json(&answer),
                    }
                    programs += 1;
                }
            }
        }
        assert!(programs > 4, "{configuration}");
        for path in ["/v1/check", "/v1/me"] {
            is_json(&app.send(app.request("POST", path, &[("host", "upstream_pool")], ""), HOME).await);
        }
        let shared = app.send(app.request("GET", "/v1/me", &[("host", "upstream_pool")], ""), HOME).await;
        assert_eq!(shared.header("access-control-allow-origin"), "*");
        app.send(app.request("GET", "/login", &[("host", "upstream_pool")], ""), HOME).await.error_page(421);
    }
}

async fn s15_the_host_that_is_refused_is_in_the_log(database: Database) {
    let app = TestApp::with(database, HTTPS).await;
    let long = "a".repeat(300);
    for (host, shown) in [
        (&b"upstream_pool"[..], "upstream_pool".to_owned()),
        (b"evil\xff\" x=\"", r#"evil\\xff\\\" x=\\\""#.to_owned()),
        (long.as_bytes(), format!("{}…", "a".repeat(100))),
    ] {
        listen();
        let mut request = app.request("GET", "/login", &[], "");
        request.headers_mut().insert("host", http::HeaderValue::from_bytes(host).expect("a value"));
        assert_eq!(app.send(request, HOME).await.status, 421);
        let log = heard();
        let line = log.lines().find(|line| line.contains("unknown_host")).unwrap_or_default();
        assert!(line.contains(&format!("host=\"{shown}\"")), "{line}");
    }
    listen();
    assert_eq!(app.get("/nowhere").await.status, 404);
    assert!(!heard().contains("host="), "where the host is right it is not repeated");
}

const V1: &[u8] = b"PROXY TCP4 198.51.100.7 203.0.113.1 5555 443\r\n";
const V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x08\xcb\0\x71\x01\x15\xb3\x01\xbb";
const LOCAL: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";

async fn a_proxy_header_is_required_or_off(database: Database) {
    let asked = |address| {
        let body = "{\"token\": \"x\"}";
        format!(
            "POST /v1/check HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nX-Forwarded-For: 6.6.6.6\r\nAuthorization: Bearer \
             wrong\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let status = async |address, header: &[u8]| {
        let answer = said(address, &[header, asked(address).as_bytes()].concat()).await;
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    let required = "proxy_protocol = \"required\"\ntrusted_proxies = [\"127.0.0.1\"]\n[limits]\ncredentials = \"2 per 1d\"";
    let (app, running) = TestApp::on_a_socket_with(database, required).await;
    let address = app.address();
    for _ in 0..2 {
        assert_eq!(status(address, V1).await, "403");
    }
    assert_eq!(status(address, V1).await, "429", "198.51.100.7 has tried enough");
    assert_eq!(status(address, V2).await, "403", "198.51.100.8 has not, whatever it says of 6.6.6.6");
    assert_eq!(status(address, LOCAL).await, "403", "nor has the one whom the balancer names by itself");
    for wrong in [&b""[..], b"PROXY TCP4 x\r\n", b"PROXY UNKNOWN", b"\r\n\r\n\0\r\nQUIT\n\x31\x11\0\0", b"\0"]
    {
        assert_eq!(
            said(address, &[wrong, asked(address).as_bytes()].concat()).await,
            "",
            "{}",
            wrong.escape_ascii()
        );
    }
    assert_eq!(status(address, V2).await, "403", "the server is well");
    running.stop().await;

    let stranger = required.replace("127.0.0.1", "192.0.2.1");
    let (app, running) = TestApp::on_a_socket_with(Database::sqlite().await, &stranger).await;
    for header in [V1, V2, b""] {
        assert_eq!(said(app.address(), &[header, asked(app.address()).as_bytes()].concat()).await, "");
    }
    running.stop().await;

    let (app, running) = TestApp::on_a_socket(Database::sqlite().await).await;
    assert_eq!(status(app.address(), b"").await, "403");
    assert!(["400", ""].contains(&status(app.address(), V1).await.as_str()), "none is expected");
    assert!(["400", ""].contains(&status(app.address(), V2).await.as_str()));
    running.stop().await;
}
