//! The door out against servers, a resolver and a proxy on this machine. 127.0.0.2 plays the public address: it alone is allowed.

mod far_side;

use std::net::IpAddr;
use std::time::Duration;

use http::StatusCode;
use http::header::LOCATION;

use super::*;
use far_side::{Dns, Far, serve_plain, serve_proxy, serve_tls};

const SOON: Limits =
    Limits { connect: Duration::from_secs(5), total: Duration::from_secs(5), body: 64 * 1024 };

fn url(text: &str) -> Url {
    Url::parse(text).unwrap_or_else(|wrong| panic!("{text}: {wrong}"))
}

fn authorities() -> Authorities {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/egress/tests/authority.pem");
    Authorities::read(file.as_ref()).expect("an authority")
}

/// A client that may reach 127.0.0.2 on one port, and asks this resolver.
fn client(dns: &Dns, port: u16) -> Egress {
    let allow = vec!["127.0.0.2".parse().expect("a network")];
    let rules = Rules { allow, ports: vec![port], ..Rules::default() };
    let settings =
        Settings { rules, resolver: Some(dns.address), authorities: authorities(), ..Settings::default() };
    Egress::new(settings).within(SOON)
}

async fn get(egress: &Egress, text: &str) -> Result<Answer, EgressError> {
    egress.send(Request::get(url(text))).await
}

fn code(answer: Result<Answer, EgressError>) -> &'static str {
    answer.err().map_or("answered", |wrong| wrong.code())
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

#[tokio::test]
async fn asks_the_host_at_an_admitted_address() {
    let far = serve_tls("127.0.0.2", "hook", OK).await;
    let dns = Dns::start(|_, _| vec!["127.0.0.2".parse().expect("one")]).await;
    let egress = client(&dns, far.port());
    let answer =
        get(&egress, &format!("https://hook.example:{}/a?b=c", far.port())).await.expect("an answer");
    assert_eq!((answer.status(), answer.text().as_str()), (StatusCode::OK, "ok"));
    let seen = far.seen();
    let head = format!("GET /a?b=c HTTP/1.1\r\nhost: hook.example:{}\r\n", far.port());
    assert!(seen[0].to_lowercase().starts_with(&head.to_lowercase()), "{seen:?}");
    let literal = get(&egress, &format!("https://127.0.0.2:{}/", far.port())).await;
    assert_eq!(code(literal), "answered");
}

/// The name is public when it is judged and loopback whenever it is asked again.
#[tokio::test]
async fn l13_a_name_that_changes_its_mind_leads_nowhere() {
    let far = serve_tls("127.0.0.2", "hook", OK).await;
    let inner = serve_plain(&format!("127.0.0.1:{}", far.port()), OK).await;
    let dns = Dns::start(|_, asked| {
        let first = if asked == 0 { "127.0.0.2" } else { "127.0.0.1" };
        vec![first.parse().expect("one")]
    })
    .await;
    let egress = client(&dns, far.port());
    let place = format!("https://hook.example:{}/", far.port());
    assert_eq!(code(get(&egress, &place).await), "answered");
    assert_eq!(dns.asked("hook.example"), 1, "asked once, and connected to what was said");
    assert_eq!(code(get(&egress, &place).await), "leads_inside");
    assert_eq!((far.connections(), inner.connections()), (1, 0));
}

#[tokio::test]
async fn l13_all_answers_must_be_public() {
    let far = serve_tls("127.0.0.2", "hook", OK).await;
    let inner = serve_plain(&format!("127.0.0.1:{}", far.port()), OK).await;
    for both in [
        ["127.0.0.2", "127.0.0.1"],
        ["127.0.0.1", "127.0.0.2"],
        ["127.0.0.2", "::1"],
        ["127.0.0.2", "::ffff:127.0.0.1"],
    ] {
        let dns = Dns::start(move |_, _| both.map(|text| text.parse::<IpAddr>().expect(text)).into()).await;
        let refused = get(&client(&dns, far.port()), &format!("https://hook.example:{}/", far.port())).await;
        let refused = refused.err().expect("one is inner");
        assert_eq!(refused.code(), "leads_inside", "{both:?}");
        assert!(!refused.to_string().contains("127."), "{refused}");
    }
    assert_eq!((far.connections(), inner.connections()), (0, 0));
}

#[tokio::test]
async fn l13_aliases_are_followed_to_their_end_and_judged_there() {
    let far = serve_tls("127.0.0.2", "hook", OK).await;
    for (end, expected) in [("127.0.0.2", "answered"), ("10.0.0.1", "leads_inside")] {
        let dns = Dns::aliases(3, end.parse().expect(end)).await;
        let answer = get(&client(&dns, far.port()), &format!("https://hook.example:{}/", far.port())).await;
        assert_eq!(code(answer), expected, "{end}");
    }
    assert_eq!(far.connections(), 1);
}

#[tokio::test]
async fn l11_a_refused_request_reaches_nobody() {
    let inner = serve_plain("127.0.0.1:0", OK).await;
    let dns = Dns::start(|_, _| vec!["127.0.0.1".parse().expect("one")]).await;
    let egress = client(&dns, inner.port());
    for host in
        ["127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0.0.0.0", "localhost", "inner.example"]
    {
        let code = code(get(&egress, &format!("https://{host}:{}/", inner.port())).await);
        assert!(["inner_address", "leads_inside"].contains(&code), "{host}: {code}");
    }
    assert_eq!(inner.connections(), 0);
}

/// A name without addresses and one that leads inside are told apart by operators only.
#[tokio::test]
async fn says_the_same_of_an_unknown_name_and_an_inner_one() {
    let dns = Dns::start(|_, _| Vec::new()).await;
    let unknown = get(&client(&dns, 443), "https://hook.example/").await.err().expect("no address");
    let dns = Dns::start(|_, _| vec!["10.9.8.7".parse().expect("one")]).await;
    let inner = get(&client(&dns, 443), "https://hook.example/").await.err().expect("an inner one");
    assert_eq!(unknown.to_string(), inner.to_string());
    assert_eq!((unknown.code(), inner.code()), ("no_address", "leads_inside"));
    assert_eq!(inner.detail().as_deref(), Some("it leads to 10.9.8.7"));
}

#[tokio::test]
async fn shows_a_redirect_and_does_not_follow_it() {
    let inner = serve_plain("127.0.0.1:0", OK).await;
    let away = format!(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{}/\r\ncontent-length: 0\r\n\r\n",
        inner.port()
    );
    let far = serve_tls("127.0.0.2", "hook", &away).await;
    let dns = Dns::start(|_, _| vec!["127.0.0.2".parse().expect("one")]).await;
    let place = format!("https://hook.example:{}/", far.port());
    let answer = get(&client(&dns, far.port()), &place).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::FOUND);
    assert_eq!(answer.header(LOCATION), Some(format!("http://127.0.0.1:{}/", inner.port()).as_str()));
    assert_eq!((far.connections(), inner.connections()), (1, 0));
}

#[tokio::test]
async fn names_what_is_wrong_with_a_certificate() {
    let dns = Dns::start(|_, _| vec!["127.0.0.2".parse().expect("one")]).await;
    let fault = async |certificate: &str, host: &str, authorities: Authorities| {
        let far = serve_tls("127.0.0.2", certificate, OK).await;
        let rules = client(&dns, far.port());
        let Reach::Ruled(ruled) = rules.reach.as_ref() else { panic!("ruled") };
        let (rules, resolver) = (ruled.rules.clone(), Some(dns.address));
        let egress = Egress::new(Settings { rules, resolver, authorities, proxy: None });
        match get(&egress, &format!("https://{host}:{}/", far.port())).await {
            Err(EgressError::Certificate { why, .. }) => why,
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("answered"),
        }
    };
    assert_eq!(fault("ended", "hook.example", authorities()).await, CertificateFault::Expired);
    assert_eq!(fault("hook", "other.example", authorities()).await, CertificateFault::OtherName);
    let unknown = fault("hook", "hook.example", Authorities::default()).await;
    assert_eq!(unknown, CertificateFault::UnknownIssuer);
}

/// What an old server says that offers CBC or RSA key exchange only, and one that speaks TLS 1.0.
#[tokio::test]
async fn names_a_server_too_old_for_tls() {
    let dns = Dns::start(|_, _| vec!["127.0.0.2".parse().expect("one")]).await;
    for (alert, expected) in
        [(40, "tls_no_common_cipher"), (71, "tls_no_common_cipher"), (70, "tls_version"), (80, "tls")]
    {
        let far = Far::start("127.0.0.2:0", move |mut stream, _| async move {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            let _ = stream.read(&mut [0; 8192]).await;
            // A fatal alert, as a record of TLS 1.2.
            let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, alert]).await;
            let _ = stream.read(&mut [0; 8192]).await;
        })
        .await;
        let answer = get(&client(&dns, far.port()), &format!("https://hook.example:{}/", far.port())).await;
        assert_eq!(code(answer), expected, "alert {alert}");
    }
}

/// Allowed as a place, over plain http: everything about answers that TLS has no part in.
async fn plain(answer: &str, limits: Limits) -> Result<Answer, EgressError> {
    let far = serve_plain("127.0.0.1:0", answer).await;
    let allow = vec![format!("127.0.0.1:{}", far.port()).parse().expect("a place")];
    let settings = Settings { rules: Rules { allow, ..Rules::default() }, ..Settings::default() };
    get(&Egress::new(settings).within(limits), &format!("http://127.0.0.1:{}/", far.port())).await
}

#[tokio::test]
async fn l14_reads_no_more_than_its_limits() {
    let body =
        |length: usize| format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{}", "x".repeat(length));
    let header =
        |length: usize| format!("HTTP/1.1 200 OK\r\nx: {}\r\ncontent-length: 0\r\n\r\n", "x".repeat(length));
    assert_eq!(plain(&body(64 * 1024), SOON).await.expect("64 KiB").body().len(), 64 * 1024);
    assert_eq!(code(plain(&body(64 * 1024 + 1), SOON).await), "body_too_large");
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(1 << 20));
    assert_eq!(code(plain(&endless, SOON).await), "body_too_large");
    assert_eq!(code(plain(&header(15 * 1024), SOON).await), "answered");
    assert_eq!(code(plain(&header(17 * 1024), SOON).await), "headers_too_large");
    let chunked = format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx: {}\r\n\r\n",
        "x".repeat(17 * 1024)
    );
    assert_eq!(code(plain(&chunked, SOON).await), "broken");
    assert_eq!(code(plain("SSH-2.0-OpenSSH_9.9\r\n\r\n", SOON).await), "not_http");
    assert_eq!(code(plain("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort", SOON).await), "broken");
    assert_eq!(code(plain("", SOON).await), "broken");
}

#[tokio::test]
async fn l14_a_compressed_answer_stays_compressed() {
    let bomb = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nbomb";
    assert_eq!(plain(bomb, SOON).await.expect("an answer").text(), "bomb");
}

#[tokio::test]
async fn l14_a_slow_answer_has_an_end() {
    let far = Far::start("127.0.0.1:0", |stream, gone| async move {
        // Takes the request and never answers.
        let _open = stream;
        let _ = gone.await;
    })
    .await;
    let allow = vec![format!("127.0.0.1:{}", far.port()).parse().expect("a place")];
    let rules = Rules { allow, ..Rules::default() };
    let egress = Egress::new(Settings { rules, ..Settings::default() })
        .within(Limits { total: Duration::from_millis(500), ..SOON });
    assert_eq!(code(get(&egress, &format!("http://127.0.0.1:{}/", far.port())).await), "slow");
    assert_eq!(far.connections(), 1);
}

/// More wait for a place, within their own time.
#[tokio::test]
async fn only_so_many_are_under_way() {
    let egress = Egress::new(Settings::default()).within(Limits { total: Duration::from_millis(50), ..SOON });
    let places = egress.at_once.acquire_many(64).await.expect("all of them");
    assert_eq!(code(get(&egress, "https://127.0.0.1/").await), "busy");
    drop(places);
    assert_eq!(code(get(&egress, "https://127.0.0.1/").await), "inner_address");
}

#[tokio::test]
async fn a_resolver_that_is_silent_is_not_a_missing_name() {
    let silent = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let resolver = Some(silent.local_addr().expect("an address"));
    let egress = Egress::new(Settings { resolver, ..Settings::default() });
    let soon = egress.within(Limits { connect: Duration::from_millis(50), ..SOON });
    assert_eq!(code(get(&soon, "https://hook.example/").await), "connect_slow");
    assert!(soon.probe().await.is_err());
    let dns = Dns::start(|_, _| Vec::new()).await;
    let said = client(&dns, 443).probe().await.expect("it answers, if only that there is none");
    assert_eq!(said, format!("the resolver {} answers", dns.address));
}

#[tokio::test]
async fn reads_texts() {
    let dns = Dns::texts("_symbolon-challenge.hook.example", &["one", "two halves"]).await;
    let egress = client(&dns, 443);
    let texts = egress.texts("_symbolon-challenge.hook.example").await.expect("texts");
    assert_eq!(texts, ["one", "two halves"]);
    assert!(egress.texts("other.example").await.expect("none").is_empty());
}

/// The proxy resolves the name, so it is asked for the name; what can be judged without asking is judged here.
#[tokio::test]
async fn a_proxy_is_told_the_name_and_no_inner_literal() {
    let far = serve_tls("127.0.0.2", "hook", OK).await;
    let proxy = serve_proxy(far.address()).await;
    let own = format!("http://us%65r:p%2Bw@127.0.0.1:{}", proxy.port());
    let rules = Rules {
        own_names: vec!["connect.example.com".to_owned()],
        ports: vec![far.port(), 443],
        ..Rules::default()
    };
    let settings = Settings {
        rules,
        proxy: Some(Proxy::parse(&own).expect("a proxy")),
        authorities: authorities(),
        ..Settings::default()
    };
    let egress = Egress::new(settings);
    assert_eq!(code(get(&egress, &format!("https://hook.example:{}/", far.port())).await), "answered");
    let asked = proxy.seen().join("");
    assert!(asked.starts_with(&format!("CONNECT hook.example:{} HTTP/1.1\r\n", far.port())), "{asked}");
    assert!(asked.contains("Proxy-Authorization: Basic dXNlcjpwK3c=\r\n"), "{asked}");
    for (text, expected) in [
        ("https://10.0.0.1/", "inner_address"),
        ("https://0x7f.1/", "inner_address"),
        ("https://connect.example.com/", "own_address"),
        ("http://hook.example/", "scheme"),
        ("https://hook.example:22/", "port"),
    ] {
        assert_eq!(code(get(&egress, text).await), expected, "{text}");
    }
    assert_eq!(proxy.connections(), 1);
    assert!(!format!("{:?}", Proxy::parse(&own)).contains("p+w"));
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_to_operators_only() {
    let proxy = serve_plain("127.0.0.1:0", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
    let own = format!("http://127.0.0.1:{}", proxy.port());
    let settings = Settings { proxy: Some(Proxy::parse(&own).expect("a proxy")), ..Settings::default() };
    let refused = get(&Egress::new(settings), "https://hook.example/").await.err().expect("refused");
    assert_eq!(refused.code(), "proxy");
    assert!(!refused.to_string().contains("127.0.0.1"), "{refused}");
    assert!(refused.detail().is_some_and(|said| said.contains("407") && said.contains(&own)), "{refused:?}");
    for wrong in [
        "",
        "proxy:3128",
        "https://proxy:3128",
        "socks5://proxy:1080",
        "http://proxy:3128/path",
        "http://proxy/?a",
    ] {
        assert!(Proxy::parse(wrong).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn loopback_alone_is_for_the_demo() {
    let far = serve_plain("127.0.0.1:0", OK).await;
    let answer = get(&Egress::loopback(), &format!("http://127.0.0.1:{}/", far.port())).await;
    assert_eq!(answer.expect("an answer").text(), "ok");
    assert_eq!(code(get(&Egress::loopback(), "https://example.com/").await), "not_loopback");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let place = format!("http://{}/", listener.local_addr().expect("an address"));
    drop(listener);
    let text = get(&Egress::loopback(), &place).await.err().expect("nobody there").to_string();
    assert!(text.starts_with("no connection to http://127.0.0.1:"), "{text}");
}

#[test]
fn refuses_as_typed_what_needs_no_asking() {
    let egress = Egress::new(Settings::default());
    for (typed, expected) in [
        ("https://example.com/a", "ok"),
        ("", "not_a_url"),
        ("example.com", "not_a_url"),
        ("https://exa\nmple.com/", "not_a_url"),
        ("https:\\\\example.com", "not_a_url"),
        (" https://example.com", "not_a_url"),
        ("https://[fe80::1%25eth0]/", "not_a_url"),
        ("http://example.com", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("https://169.254.169.254/", "inner_address"),
    ] {
        assert_eq!(egress.check(typed).err().map_or("ok", |wrong| wrong.code()), expected, "{typed:?}");
    }
}
