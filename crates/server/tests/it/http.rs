//! The gate before every handler: hosts, methods, sizes, spellings of addresses (SECURITY tables S, K and J).

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame};
use symbolon_store::testing::Database;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Answer, HOME, Options, TestApp, stories};

stories!(
    j19_an_unprotected_call_is_challenged_without_an_error,
    k11_other_spellings_of_an_address_lead_nowhere,
    s04_a_large_body_is_not_read,
    s04_a_body_in_crumbs_holds_no_more_than_its_bytes,
    s05_many_or_huge_headers_are_refused,
    s08_a_bomb_of_parameters_is_refused,
    s15_an_unknown_host_is_refused,
    s16_forwarded_headers_change_nothing,
    s17_other_methods_are_refused,
    s18_no_file_but_ours_is_served,
    health_is_answered_under_any_name,
    metrics_are_what_their_label_says,
    an_answer_under_way_takes_little_room,
);

/// It is moved before it begins, with room for the longest way that stands in it: what is longer waits on the heap.
async fn an_answer_under_way_takes_little_room(database: Database) {
    let app = TestApp::start(database).await;
    let answer = app.front().answer(app.request("GET", "/", &[], ""), HOME);
    let bytes = size_of_val(&answer);
    assert!(bytes < 6 * 1024, "{bytes} bytes");
    assert_eq!(answer.await.status(), 200);
}

async fn j19_an_unprotected_call_is_challenged_without_an_error(database: Database) {
    let app = TestApp::start(database).await;
    let answer = app.get("/v1/me").await;
    let place = format!("{}/.well-known/oauth-protected-resource/v1/me", app.issuer());
    let challenge = format!("Bearer realm=\"symbolon\", resource_metadata=\"{place}\"");
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, challenge.as_str()), "{answer:?}");
    let headers = [("authorization", "Bearer acme_at_live_nonsense")];
    let answer = app.send(app.request("GET", "/v1/me", &headers, ""), HOME).await;
    assert!(
        answer.status == 401 && answer.header("www-authenticate").contains("error=\"invalid_token\""),
        "{answer:?}"
    );
}

/// Keycloak CVE-2026-0976.
async fn k11_other_spellings_of_an_address_lead_nowhere(database: Database) {
    let app = TestApp::start(database).await;
    for path in [
        "//login",
        "/login/",
        "/Login",
        "/LOGIN",
        "/login;x",
        "/login;x/",
        "/%6cogin",
        "/login%2f",
        "/./login",
        "/x/../login",
        "/x/..;/login",
        "/login%00",
        "/login%20",
        "/login.html",
        "//account",
        "/account/",
        "/account;/",
        "/%61ccount",
        "/oauth//token",
        "/oauth/token/",
        "/oauth/token;x",
        "/oauth/token/..;/login",
        "/oauth/%74oken",
        "/oauth/TOKEN",
        "/oauth/./token",
        "/v1/me/",
        "/v1//check",
        "/v1/check%2f",
        "/account/sessions/end-others/",
        "/oauth/authorize/",
        "/account/connections//disconnect/",
        "/account/connections/a/b/disconnect",
    ] {
        for method in ["GET", "POST"] {
            let answer = app.send(app.request(method, path, &[], ""), HOME).await;
            assert_eq!(answer.status, 404, "{method} {path}: {answer:?}");
        }
    }
    assert_eq!(app.get("/login").await.status, 200);
}

/// A body without an end that counts what is taken of it.
struct Endless(Arc<AtomicUsize>);

const PIECE: usize = 8 * 1024;

impl Body for Endless {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.fetch_add(PIECE, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'a'; PIECE])))))
    }
}

async fn s04_a_large_body_is_not_read(database: Database) {
    let app = TestApp::start(database).await;
    let taken = Arc::new(AtomicUsize::new(0));
    for path in ["/oauth/token", "/login", "/oauth/authorize", "/v1/check"] {
        taken.store(0, Ordering::Relaxed);
        let request = http::Request::post(path).header("host", "127.0.0.1:8080").body(Endless(taken.clone()));
        let answer = app.front().answer(request.expect("a request"), HOME).await;
        assert_eq!(answer.status(), 413, "{path}");
        assert!(taken.load(Ordering::Relaxed) <= 64 * 1024 + PIECE, "{path}: {taken:?}");
    }
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let post = |length: usize| app.request("POST", "/oauth/token", &form, &"a".repeat(length));
    assert_eq!(app.send(post(64 * 1024), HOME).await.status, 401, "what fits is read");
    assert_eq!(app.send(post(64 * 1024 + 1), HOME).await.status, 413);
    assert_eq!(app.send(post(10 * 1024 * 1024), HOME).await.status, 413);
}

/// A body that comes in single bytes, each of which keeps a whole buffer alive, as those of a connection do.
struct Crumbs {
    bytes: std::vec::IntoIter<u8>,
    alive: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

struct Crumb([u8; 1], Arc<AtomicUsize>);

impl AsRef<[u8]> for Crumb {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Crumb {
    fn drop(&mut self) {
        self.1.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Body for Crumbs {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Some(byte) = self.bytes.next() else { return Poll::Ready(None) };
        let alive = self.alive.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(alive, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_owner(Crumb([byte], self.alive.clone()))))))
    }
}

async fn s04_a_body_in_crumbs_holds_no_more_than_its_bytes(database: Database) {
    let app = TestApp::start(database).await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let sent = format!("grant_type=client_credentials&client_id=nobody&x={}", "a".repeat(20_000));
    let whole = app.send(app.request("POST", "/oauth/token", &form, &sent), HOME).await;
    assert_eq!(whole.status, 401, "{whole:?}");

    let (alive, most) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let bytes = sent.into_bytes().into_iter();
    let crumbs = Crumbs { bytes, alive: alive.clone(), most: most.clone() };
    let request = app.request("POST", "/oauth/token", &form, "").map(|_| crumbs);
    let answer = Answer::read("/oauth/token", app.front().answer(request, HOME).await).await;
    assert_eq!((answer.status, &answer.body), (whole.status, &whole.body), "the same is read");
    assert_eq!((most.load(Ordering::Relaxed), alive.load(Ordering::Relaxed)), (1, 0));
}

/// Sends bytes over a connection and gives back all that comes.
pub async fn said(address: std::net::SocketAddr, bytes: &[u8]) -> String {
    #[expect(clippy::disallowed_methods, reason = "the test is the client of its own server on loopback")]
    let connecting = tokio::net::TcpStream::connect(address);
    let mut stream = connecting.await.expect("the server listens");
    // The server may answer and close before everything is written.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn status_line(address: std::net::SocketAddr, bytes: &[u8]) -> String {
    said(address, bytes).await.lines().next().unwrap_or_default().to_owned()
}

async fn s05_many_or_huge_headers_are_refused(database: Database) {
    let (app, running) = TestApp::on_a_socket(database).await;
    let address = app.address();
    let request = |headers: &str| {
        format!("GET /login HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n")
    };
    assert_eq!(status_line(address, request("").as_bytes()).await, "HTTP/1.1 200 OK");
    let many: String = (0..10_000).map(|number| format!("X-{number}: a\r\n")).collect();
    let cookie = format!("Cookie: a={}\r\n", "b".repeat(1024 * 1024));
    for headers in [many, cookie] {
        let status = status_line(address, request(&headers).as_bytes()).await;
        assert!(status.is_empty() || status.contains(" 431 ") || status.contains(" 400 "), "{status}");
    }
    let two_lengths = format!(
        "POST /oauth/token HTTP/1.1\r\nHost: {address}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"
    );
    assert!(status_line(address, two_lengths.as_bytes()).await.contains(" 400 "));
    let absolute =
        "GET http://evil.example/login HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert!(status_line(address, absolute.as_bytes()).await.contains(" 421 "));
    assert_eq!(status_line(address, request("").as_bytes()).await, "HTTP/1.1 200 OK", "the server is well");
    running.stop().await;
}

async fn s08_a_bomb_of_parameters_is_refused(database: Database) {
    let app = TestApp::start(database).await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let json = [("content-type", "application/json")];
    let distinct: String = (0..10_000).map(|number| format!("a{number}=1&")).collect();
    let nested = format!("{}1{}", "[".repeat(30_000), "]".repeat(30_000));
    let object = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    for (headers, body) in
        [(form, distinct[..60_000].to_owned()), (form, "a=1&".repeat(16_000)), (json, nested), (json, object)]
    {
        for path in ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/authorize", "/v1/check"] {
            let answer = app.send(app.request("POST", path, &headers, &body), HOME).await;
            assert!([400, 401, 403].contains(&answer.status), "{path}: {answer:?}");
        }
        for path in ["/login", "/signup"] {
            assert_eq!(app.send(app.request("POST", path, &headers, &body), HOME).await.status, 403);
        }
    }
    let address: String = (0..2000).map(|number| format!("{number}&")).collect();
    assert!(app.get(&format!("/login?{address}")).await.status <= 400);
}

async fn s15_an_unknown_host_is_refused(database: Database) {
    let app = TestApp::start(database).await;
    for host in [
        "evil.example",
        "",
        "127.0.0.1",
        "127.0.0.1:8081",
        "127.0.0.1:8080.evil.example",
        "localhost:8080",
        "evil@127.0.0.1:8080",
        " ",
    ] {
        for path in ["/login", "/oauth/token", "/.well-known/oauth-authorization-server", "/nowhere"] {
            let answer = app.send(app.request("GET", path, &[("host", host)], ""), HOME).await;
            match path {
                "/login" | "/nowhere" => answer.error_page(421),
                _ => assert_eq!(
                    (answer.status, answer.header("content-type")),
                    (421, "application/json"),
                    "{answer:?}"
                ),
            }
            assert!(!answer.body.contains("evil"), "{answer:?}");
        }
    }
    let two = [("host", "127.0.0.1:8080"), ("host", "evil.example")];
    assert_eq!(app.send(app.request("GET", "/login", &two, ""), HOME).await.status, 421);
    let same = [("host", "127.0.0.1:8080"), ("host", "127.0.0.1:8080")];
    assert_eq!(app.send(app.request("GET", "/login", &same, ""), HOME).await.status, 421);
    for (target, status) in [("http://127.0.0.1:8080/login", 200), ("http://evil.example/login", 421)] {
        assert_eq!(app.get(target).await.status, status, "{target}");
    }
    let without =
        http::Request::get("/login").body(http_body_util::Full::new(Bytes::new())).expect("a request");
    assert_eq!(app.send(without, HOME).await.status, 421);
}

async fn s16_forwarded_headers_change_nothing(database: Database) {
    let app =
        TestApp::with(database, Options { issuer: "https://connect.example.com", ..Options::default() })
            .await;
    let headers = [
        ("x-forwarded-proto", "http"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-port", "1"),
        ("forwarded", "for=1.2.3.4;host=evil.example;proto=http"),
        ("x-original-url", "/account"),
        ("x-rewrite-url", "/account"),
        ("x-http-method-override", "POST"),
    ];
    let (plain, spoofed) =
        (app.get("/login").await, app.send(app.request("GET", "/login", &headers, ""), HOME).await);
    assert_eq!(spoofed.status, 200);
    assert!(
        spoofed.cookies().iter().all(|line| line.starts_with("__Host-") && line.contains("Secure")),
        "{spoofed:?}"
    );
    assert_eq!(spoofed.cookies().len(), plain.cookies().len());
    assert!(!spoofed.body.contains("evil") && !spoofed.body.contains("http://"), "{spoofed:?}");
}

async fn s17_other_methods_are_refused(database: Database) {
    let app = TestApp::start(database).await;
    for path in [
        "/",
        "/login",
        "/signup",
        "/logout",
        "/account",
        "/oauth/authorize",
        "/oauth/token",
        "/oauth/introspect",
        "/v1/check",
        "/favicon.ico",
    ] {
        for method in ["TRACE", "PUT", "DELETE", "PATCH", "PROPFIND", "BREW"] {
            let answer = app.send(app.request(method, path, &[], ""), HOME).await;
            assert_eq!(answer.status, 405, "{method} {path}: {answer:?}");
            assert!(!answer.header("allow").is_empty(), "{answer:?}");
        }
    }
    for path in ["/oauth/token", "/oauth/revoke", "/v1/check"] {
        let answer = app.get(path).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "POST"), "{answer:?}");
    }
}

async fn s18_no_file_but_ours_is_served(database: Database) {
    let app = TestApp::start(database).await;
    let page = app.get("/login").await;
    let (_, rest) = page.body.split_once("href=\"/assets/").expect("a style sheet");
    let name = rest.split_once('"').expect("a name").0;
    let asset = app.get(&format!("/assets/{name}")).await;
    assert!(asset.status == 200 && asset.header("cache-control").contains("immutable"), "{asset:?}");
    for rest in [
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e%2f%2e%2e%2fetc/passwd",
        "..%5c..%5cCargo.toml",
        "%00",
        "",
        "....//....//etc/passwd",
        "/etc/passwd",
        "app.css%00.png",
        "../symbolon.toml",
        "../secrets.toml",
        "..;/secrets.toml",
    ] {
        app.get(&format!("/assets/{rest}")).await.error_page(404);
    }
    for path in
        ["/symbolon.toml", "/secrets.toml", "/test.db", "/.git/config", "/.env", "/metrics", "/assets"]
    {
        app.get(path).await.error_page(404);
    }
}

async fn health_is_answered_under_any_name(database: Database) {
    let app = TestApp::start(database).await;
    for path in ["/healthz", "/readyz"] {
        let answer = app.send(app.request("GET", path, &[("host", "10.1.2.3:8080")], ""), HOME).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

async fn metrics_are_what_their_label_says(database: Database) {
    let (app, running) = TestApp::on_a_socket_with(database, "[metrics]\nlisten = \"127.0.0.1:0\"\n").await;
    assert_eq!(app.get("/login").await.status, 200);
    let metrics = running.metrics.expect("a listener of their own");
    let answer = said(metrics, b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    let (head, text) = answer.split_once("\r\n\r\n").expect("an answer");
    let label = "\r\ncontent-type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n";
    assert!(head.starts_with("HTTP/1.1 200 ") && head.contains(label), "{head}");
    assert!(text.contains("# TYPE symbolon_requests counter\n") && text.ends_with("\n# EOF\n"), "{text}");
    assert!(text.contains("symbolon_requests_total{route=\"login\",status=\"200\"} 1\n"), "{text}");
    running.stop().await;
}
