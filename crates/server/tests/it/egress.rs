//! What leaves this server on somebody's word (L-11, L-14): domains and links of developers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use symbolon_platform::domain::{Challenge, Domain, Verdict};
use symbolon_server::outgoing::{Link, check_link, prove_domain};
use symbolon_store::testing::Database;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

use crate::support::{Options, TestApp, stories};

stories!(
    l11_a_link_inside_is_refused_and_nobody_is_asked,
    a_link_is_asked_and_its_answer_told,
    a_domain_is_proven_by_a_text_of_its_dns,
);

async fn app(database: Database, configuration: String) -> TestApp {
    let configuration: &'static str = configuration.leak();
    TestApp::without_a_world(database, Options { configuration, ..Options::default() }).await
}

/// A listener that answers so, and counts who comes.
async fn listener(answer: &'static str) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let came = Arc::new(AtomicUsize::new(0));
    let count = came.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, came)
}

async fn l11_a_link_inside_is_refused_and_nobody_is_asked(database: Database) {
    let (inner, came) = listener("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let port = inner.port();
    let app = app(database, format!("[egress]\nports = [443, {port}]\n")).await;
    for host in ["127.0.0.1", "2130706433", "0x7f.1", "0177.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"] {
        let link = check_link(app.state(), &format!("https://{host}:{port}/")).await;
        let Link::Unreachable(wrong) = link else { panic!("{host}: {link:?}") };
        assert_eq!(wrong.code(), "inner_address", "{host}");
    }
    for (typed, code) in [
        ("http://127.0.0.1/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("https://169.254.169.254/latest/meta-data", "inner_address"),
        ("https://[fd00::1]/", "inner_address"),
    ] {
        let link = check_link(app.state(), typed).await;
        assert!(matches!(&link, Link::Unreachable(wrong) if wrong.code() == code), "{typed}: {link:?}");
    }
    assert_eq!(came.load(Ordering::SeqCst), 0);
}

/// The positive twin: the same listener, allowed by name of host and port.
async fn a_link_is_asked_and_its_answer_told(database: Database) {
    let (works, came) = listener("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nbegun").await;
    let (moved, _) =
        listener("HTTP/1.1 301 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n").await;
    let (gone, _) = listener("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await;
    let app = app(database, format!("[egress]\nallow = [\"{works}\", \"{moved}\", \"{gone}\"]\n")).await;
    for (place, expected) in
        [(works, Link::Answers(200)), (moved, Link::Answers(301)), (gone, Link::Fails(404))]
    {
        assert_eq!(check_link(app.state(), &format!("http://{place}/terms")).await, expected);
    }
    assert_eq!(came.load(Ordering::SeqCst), 1);
    let metrics = app.state().metrics.text();
    let counted = "symbolon_egress_requests_total{purpose=\"link_check\",outcome=\"answered\"} 3";
    assert!(metrics.contains(counted), "{metrics}");
}

/// A resolver that knows one text of one name, and that all other names lead inside.
async fn resolver(name: &'static str, text: &'static str) -> SocketAddr {
    const TXT: u8 = 16;
    const A: u8 = 1;
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(async move {
        let mut packet = [0; 1500];
        while let Ok((_, peer)) = socket.recv_from(&mut packet).await {
            let end = packet[12..].iter().position(|byte| *byte == 0).expect("a name ends") + 13;
            let labels: String =
                packet[12..end].iter().map(|byte| char::from(*byte).to_ascii_lowercase()).collect();
            let asked: Vec<&str> =
                labels.split(|c: char| c.is_control()).filter(|label| !label.is_empty()).collect();
            let data = match packet[end + 1] {
                TXT if asked.join(".") == name => {
                    [&[u8::try_from(text.len()).expect("short")], text.as_bytes()].concat()
                }
                A => vec![10, 0, 0, 1],
                _ => Vec::new(),
            };
            let count = u8::from(!data.is_empty());
            let mut answer = packet[..2].to_vec();
            answer.extend([0x81, 0x80, 0, 1, 0, count, 0, 0, 0, 0]);
            answer.extend(&packet[12..end + 4]);
            if count == 1 {
                let length = u8::try_from(data.len()).expect("short");
                answer.extend([0xc0, 12, 0, packet[end + 1], 0, 1, 0, 0, 0, 0, 0, length]);
                answer.extend(data);
            }
            let _ = socket.send_to(&answer, peer).await;
        }
    });
    address
}

async fn a_domain_is_proven_by_a_text_of_its_dns(database: Database) {
    let resolver = resolver("_symbolon-challenge.board.example", "symbolon-domain=abc").await;
    let app = app(database, format!("[egress]\nresolver = \"{resolver}\"\n")).await;
    let domain = |text: &str| Domain::parse(text).expect(text);
    let (own, other) = (Challenge::of("abc"), Challenge::of("abd"));
    assert_eq!(prove_domain(app.state(), &domain("board.example"), &own).await, Verdict::Proven);
    // The file could not be asked for, as the name leads inside: nothing is refuted.
    assert_eq!(prove_domain(app.state(), &domain("board.example"), &other).await, Verdict::Unknown);
    assert_eq!(prove_domain(app.state(), &domain("desk.example"), &own).await, Verdict::Unknown);
    let metrics = app.state().metrics.text();
    for (outcome, count) in [("answered", 3), ("leads_inside", 2)] {
        let counted = format!(
            "symbolon_egress_requests_total{{purpose=\"domain_proof\",outcome=\"{outcome}\"}} {count}"
        );
        assert!(metrics.contains(&counted), "{metrics}");
    }
}
