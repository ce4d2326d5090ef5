//! S-03: no request hides in another. What a proxy in front of us might cut elsewhere is refused and its connection
//! closed; what is answered is answered once.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use symbolon_store::testing::Database;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;

use crate::support::TestApp;

/// Tries in all, and how many at a time.
const TRIES: usize = 10_000;
const AT_ONCE: usize = 32;

/// Without a `Host` of ours even this is answered, so nothing but its framing could keep it from an answer.
const HIDDEN: &str = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

/// Requests about whose end two readers may disagree; `#` stands for the length of the body. The proof behind proxies asks
/// with the same.
#[derive(serde::Deserialize)]
struct Tables {
    /// Heads with two ends, or one that is told oddly.
    heads: Vec<String>,
    /// Bodies for those heads (`SIZE` is that of the hidden request): it stands after the last chunk, inside a chunk, or at
    /// once.
    bodies: Vec<String>,
    /// Chunks that one reader may take for the end and another not, after an honest head.
    chunks: Vec<String>,
    /// What is read as one request: the hidden one is its body, or the trailers behind that.
    once: Vec<(String, String)>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let tables: Tables = serde_json::from_str(include_str!("../../../../tests/world/framing.json"))
        .expect("the tables are readable");
    let Tables { heads, bodies, chunks, once } = &tables;
    assert_eq!((heads.len(), bodies.len(), chunks.len(), once.len()), (54, 4, 19, 7), "none is lost");
    tables
});

const PATHS: [&str; 3] = ["/oauth/token", "/nowhere", "/healthz"];

/// What must come back.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wanted {
    /// 400, or nothing at all.
    Refusal,
    /// One answer of whatever kind.
    One,
}

/// The try of a number: every head with every body, every chunk, in every place, in one piece and cut.
fn attempt(address: SocketAddr, number: usize) -> (String, Wanted) {
    let Tables { heads, bodies, chunks, once } = &*TABLES;
    let pairs = heads.len() * bodies.len();
    let chunked = "Transfer-Encoding: chunked\r\n";
    // What may be answered says itself that nothing follows, so that the connection ends without waiting.
    let last = "Connection: close\r\n";
    let (headers, more, wanted, body) = match number % (pairs + chunks.len() + once.len()) {
        pair if pair < pairs => {
            (heads[pair / bodies.len()].as_str(), "", Wanted::Refusal, &bodies[pair % bodies.len()])
        }
        chunk if chunk < pairs + chunks.len() => (chunked, "", Wanted::One, &chunks[chunk - pairs]),
        single => {
            let (headers, body) = &once[single - pairs - chunks.len()];
            (headers.as_str(), last, Wanted::One, body)
        }
    };
    let body = body.replace("SIZE", &format!("{:x}", HIDDEN.len())).replace("HIDDEN", HIDDEN);
    let headers = headers.replace('#', &body.len().to_string());
    let path = PATHS[number % PATHS.len()];
    // HTTP/1.0 knows no chunks at all.
    let version = if wanted == Wanted::Refusal && number.is_multiple_of(7) { "1.0" } else { "1.1" };
    (format!("POST {path} HTTP/{version}\r\nHost: {address}\r\n{more}{headers}\r\n{body}"), wanted)
}

/// Everything that comes back for these pieces until the server closes the connection.
async fn answers(address: SocketAddr, pieces: &[&[u8]]) -> String {
    #[expect(clippy::disallowed_methods, reason = "the test is the client of its own server on loopback")]
    let connecting = tokio::net::TcpStream::connect(address);
    let mut stream = connecting.await.expect("the server listens");
    stream.set_nodelay(true).expect("a socket");
    for piece in pieces {
        // The server may answer and close before everything is written.
        let _ = stream.write_all(piece).await;
        tokio::task::yield_now().await;
    }
    let mut answer = Vec::new();
    let reading = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer)).await;
    assert!(reading.is_ok(), "not closed: {:?}", String::from_utf8_lossy(&pieces.concat()));
    String::from_utf8_lossy(&answer).into_owned()
}

fn count(answers: &str) -> usize {
    answers.matches("HTTP/1.").count()
}

/// Whether the request was refused in so many words; panics when anything was answered that should not be.
async fn one_try(address: SocketAddr, number: usize) -> bool {
    let (request, wanted) = attempt(address, number);
    // A third goes in one piece; the others are cut once, in ever new places.
    let cut = if number.is_multiple_of(3) { 0 } else { number * 31 % request.len() };
    let (first, second) = request.as_bytes().split_at(cut);
    let said = answers(address, &[first, second]).await;
    assert!(count(&said) <= 1, "{request:?}: {said}");
    assert!(!said.contains("\r\n\r\nok\n") || request.starts_with("POST /healthz"), "{request:?}: {said}");
    let refused = said.starts_with("HTTP/1.1 400 ") || said.starts_with("HTTP/1.0 400 ");
    match wanted {
        Wanted::Refusal => assert!(refused || said.is_empty(), "{request:?}: {said}"),
        Wanted::One => {}
    }
    refused
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s03_no_second_request_hides_in_the_first() {
    let (app, running) = TestApp::on_a_socket(Database::sqlite().await).await;
    let address = app.address();
    let mut running_tries = JoinSet::new();
    let mut refused = 0;
    for number in 0..TRIES {
        if running_tries.len() == AT_ONCE {
            refused += usize::from(running_tries.join_next().await.expect("a try").expect("it holds"));
        }
        running_tries.spawn(one_try(address, number));
    }
    refused += running_tries.join_all().await.into_iter().map(usize::from).sum::<usize>();
    // Where a try is not refused in words, the connection was closed under it; that must not be how all of them ended.
    assert!(refused > TRIES * 3 / 4, "only {refused} were told that they are refused");
    honest_requests_are_answered(address).await;
    a_body_about_heads_harms_nobody(address).await;
    running.stop().await;
}

/// The twin: with the same eyes, two honest requests on one connection are seen to get two answers.
async fn honest_requests_are_answered(address: SocketAddr) {
    let address_again = Arc::new(address.to_string());
    let head = |more: &str| format!("POST /oauth/token HTTP/1.1\r\nHost: {address_again}\r\n{more}\r\n");
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let last = HIDDEN.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    for first in [
        format!("{}3\r\na=1\r\n0\r\n\r\n", head(&format!("{form}Transfer-Encoding: chunked\r\n"))),
        format!(
            "{}1;x\r\na\r\n2\r\n=1\r\n0\r\nX: y\r\n\r\n",
            head(&format!("{form}transfer-encoding:CHUNKED\r\n"))
        ),
        format!("{}a=1", head(&format!("{form}Content-Length: 3\r\n"))),
    ] {
        for pieces in [vec![format!("{first}{last}")], vec![first.clone(), last.clone()]] {
            let bytes: Vec<&[u8]> = pieces.iter().map(String::as_bytes).collect();
            let said = answers(address, &bytes).await;
            assert!(said.starts_with("HTTP/1.1 401 ") && said.contains("\r\n\r\nok\n"), "{first:?}: {said}");
            assert_eq!(count(&said), 2, "{first:?}: {said}");
        }
    }
}

/// Whoever shares a connection with somebody that sends such a body is not refused for it: the connection ends, and the
/// next one is as good as new.
async fn a_body_about_heads_harms_nobody(address: SocketAddr) {
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let head = |more: &str| format!("POST /oauth/token HTTP/1.1\r\nHost: {address}\r\n{form}{more}\r\n");
    let body = "a=1\nTransfer-Encoding: chunked\nContent-Length: 5\n";
    let odd = format!("{}{body}", head(&format!("Content-Length: {}\r\n", body.len())));
    let honest = |more: &str| {
        format!("{}3\r\na=1\r\n0\r\n\r\n", head(&format!("{more}Transfer-Encoding: chunked\r\n")))
    };
    let (_, late) = odd.split_at(odd.len() - 10);
    let early = odd.strip_suffix(late).expect("its own end");
    for pieces in [
        vec![odd.clone() + &honest("")],
        vec![early.into(), late.to_owned() + &honest("")],
        vec![odd.clone()],
    ] {
        let bytes: Vec<&[u8]> = pieces.iter().map(String::as_bytes).collect();
        let said = answers(address, &bytes).await;
        assert!(said.starts_with("HTTP/1.1 401 ") && said.contains("\r\nconnection: close\r\n"), "{said}");
        assert_eq!(count(&said), 1, "{said}");
    }
    let said = answers(address, &[honest("Connection: close\r\n").as_bytes()]).await;
    assert!(said.starts_with("HTTP/1.1 401 "), "{said}");
}
