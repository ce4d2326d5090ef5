//! S-03: no request hides in another. What a proxy in front of us might cut elsewhere is refused and its connection
//! closed; what is answered is answered once.

use std::net::SocketAddr;
use std::sync::Arc;
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

/// Heads about whose end two readers may disagree. `#` stands for the length of the body.
const HEADS: [&str; 54] = [
    "Content-Length: #\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: #\r\n",
    "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
    "Content-Length: 5\r\nX-Between: a\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nX-Between: a\r\nContent-Length: 5\r\n",
    "content-length:#\r\ntransfer-encoding:chunked\r\n",
    "CONTENT-LENGTH: #\r\nTRANSFER-ENCODING: CHUNKED\r\n",
    "Content-Length:\t#\r\nTransfer-Encoding:\tchunked\r\n",
    "Content-Length: # \r\nTransfer-Encoding: chunked \r\n",
    "Content-Length: #\r\nContent-Length: #\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: #\r\nContent-Length: #\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: +#\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: nonsense\r\n",
    "Content-Length: #\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\nContent-Length: #\r\n",
    "X: a\nTransfer-Encoding: chunked\nContent-Length: #\n",
    "Content-Length: #\r\nTransfer-Encoding: identity\r\n",
    "Content-Length: #\r\nTransfer-Encoding: xchunked\r\n",
    "Content-Length: #\r\nTransfer-Encoding: chunked, identity\r\n",
    "Content-Length: #\r\nTransfer-Encoding : chunked\r\n",
    "Content-Length: #\r\nTransfer-Encoding\t: chunked\r\n",
    "Content-Length: #\r\n Transfer-Encoding: chunked\r\n",
    "Content-Length: #\r\nTransfer-Encoding:\r\n chunked\r\n",
    "Content-Length: #\r\nX: a\rTransfer-Encoding: chunked\r\n",
    "Content-Length: #\rTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "Transfer-Encoding: chunked, chunked\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "Transfer-Encoding: identity, chunked\r\n",
    "Transfer-Encoding: , chunked\r\n",
    "Transfer-Encoding: chunked,\r\n",
    "Transfer-Encoding: chunked;q=1\r\n",
    "Transfer-Encoding: \"chunked\"\r\n",
    "Transfer-Encoding: chunkedx\r\n",
    "Transfer-Encoding: \x0bchunked\r\n",
    "Transfer-Encoding: chunked\x0c\r\n",
    "Transfer-Encoding: identity\r\n",
    "Transfer-Encoding:\r\n",
    "X: a\r\n\tTransfer-Encoding: chunked\r\n",
    "Content-Length: 5\r\nContent-Length: #\r\n",
    "Content-Length: 5, #\r\n",
    "Content-Length: #, #\r\n",
    "Content-Length: +#\r\n",
    "Content-Length: -#\r\n",
    "Content-Length: 0x#\r\n",
    "Content-Length: # #\r\n",
    "Content-Length: #;\r\n",
    "Content-Length:\r\n",
    "Content-Length : #\r\n",
    "Content-Length: 18446744073709551621\r\n",
    "Content-Length:\r\n #\r\n",
];

/// Bodies for those heads (`SIZE` is that of the hidden request): it stands after the last chunk, inside a chunk, or at once.
const BODIES: [&str; 4] =
    ["0\r\n\r\nHIDDEN", "5\r\na=b&c\r\n0\r\n\r\nHIDDEN", "SIZE\r\nHIDDEN\r\n0\r\n\r\n", "HIDDEN"];

/// Chunks that one reader may take for the end and another not, after an honest head.
const CHUNKS: [&str; 19] = [
    "0\n\r\nHIDDEN",
    "0\n\nHIDDEN",
    "0\r\r\nHIDDEN",
    "3\na=b\n0\n\nHIDDEN",
    "3\r\na=bX\r\n0\r\n\r\nHIDDEN",
    "3\r\na=b0\r\n\r\nHIDDEN",
    "3;x\na=b\r\n0\r\n\r\nHIDDEN",
    "3;x=\"\n\"\r\na=b\r\n0\r\n\r\nHIDDEN",
    "0;\nX\r\n\r\nHIDDEN",
    "+0\r\n\r\nHIDDEN",
    "-0\r\n\r\nHIDDEN",
    "0x0\r\n\r\nHIDDEN",
    "0_0\r\n\r\nHIDDEN",
    " 0\r\n\r\nHIDDEN",
    "\r\n0\r\n\r\nHIDDEN",
    "\u{ff10}\r\n\r\nHIDDEN",
    "10000000000000000\r\n\r\nHIDDEN",
    "fffffffffffffffffff\r\n0\r\n\r\nHIDDEN",
    "0\r\nX\r\n\r\nHIDDEN",
];

/// What is read as one request: the hidden one is its body, or the trailers behind that.
const ONCE: [(&str, &str); 7] = [
    ("Content-Length: #\r\nContent-Length: #\r\n", "HIDDEN"),
    ("Content-Length: #\n", "HIDDEN"),
    ("Content-Length: 00#\r\n", "HIDDEN"),
    ("Transfer-Encoding: chunked\r\n", "SIZE\r\nHIDDEN\r\n0\r\n\r\n"),
    ("Transfer-Encoding: Chunked\r\n", "SIZE;x=y\r\nHIDDEN\r\n0;z\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ("Transfer-Encoding: chunked\r\n", "0\r\n\nHIDDEN"),
    ("Transfer-Encoding:\tchunked\r\n", "SIZE \r\nHIDDEN\r\n0\r\nContent-Length: 5\r\n\r\n"),
];

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
    let pairs = HEADS.len() * BODIES.len();
    let chunked = "Transfer-Encoding: chunked\r\n";
    // What may be answered says itself that nothing follows, so that the connection ends without waiting.
    let last = "Connection: close\r\n";
    let (headers, more, wanted, body) = match number % (pairs + CHUNKS.len() + ONCE.len()) {
        pair if pair < pairs => {
            (HEADS[pair / BODIES.len()], "", Wanted::Refusal, BODIES[pair % BODIES.len()])
        }
        chunk if chunk < pairs + CHUNKS.len() => (chunked, "", Wanted::One, CHUNKS[chunk - pairs]),
        once => {
            let (headers, body) = ONCE[once - pairs - CHUNKS.len()];
            (headers, last, Wanted::One, body)
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
    let reading = tokio::time::timeout(Duration::from_secs(8), stream.read_to_end(&mut answer)).await;
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
