//! what comes slowly ends, and what rests may rest. The clock of the runtime stands still here and jumps to the next
//! thing that is waited for, so minutes pass in no time.

use std::time::Duration;

use symbolon_store::testing::Database;
use symbolon_wire::connection::{IDLE_TIMEOUT, PROXY_IDLE_TIMEOUT, speak_http1};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::support::{HOME, TestApp};

const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK";

/// A connection to a server, while no time passes that nobody waits for.
struct Wire {
    stream: DuplexStream,
    began: Instant,
    served: JoinHandle<()>,
    /// Ends with the connection.
    _finish: watch::Sender<()>,
}

impl Wire {
    async fn open() -> Wire {
        Wire::that_rests(IDLE_TIMEOUT).await
    }

    async fn that_rests(rests: Duration) -> Wire {
        let app = TestApp::start(Database::sqlite().await).await;
        let (finish, finishing) = watch::channel(());
        let (stream, served) = tokio::io::duplex(64 * 1024);
        tokio::time::pause();
        let served = tokio::spawn(speak_http1(app.front().clone(), served, (HOME, rests), finishing));
        #[expect(clippy::disallowed_methods, reason = "the clock that this story holds still")]
        let began = Instant::now();
        Wire { stream, began, served, _finish: finish }
    }

    /// Lets time pass, once the server has seen what was sent.
    async fn rest(&self, seconds: u64) {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("the connection is open");
    }

    /// What comes next, which must be all of an answer.
    async fn answer(&mut self) -> String {
        let mut bytes = vec![0; 8 * 1024];
        let length = self.stream.read(&mut bytes).await.expect("the connection is open");
        String::from_utf8_lossy(bytes.get(..length).unwrap_or_default()).into_owned()
    }

    /// After how many seconds of the whole the connection ended, of which nothing was read.
    async fn left(self) -> u64 {
        tokio::time::timeout(Duration::from_secs(3600), self.served)
            .await
            .expect("an end")
            .expect("no panic");
        self.began.elapsed().as_secs()
    }

    /// The last words, and after how many seconds of the whole the connection ended.
    async fn end(mut self) -> (String, u64) {
        let mut bytes = Vec::new();
        let _ = self.stream.read_to_end(&mut bytes).await;
        (String::from_utf8_lossy(&bytes).into_owned(), self.began.elapsed().as_secs())
    }
}

#[tokio::test]
async fn a_connection_that_says_nothing_has_ten_seconds() {
    assert_eq!(Wire::open().await.end().await, (String::new(), 10));
}

#[tokio::test]
async fn the_first_head_has_ten_seconds_from_the_start() {
    let mut wire = Wire::open().await;
    for byte in HEALTH.chunks(1).take(9) {
        wire.send(byte).await;
        wire.rest(1).await;
    }
    let (said, seconds) = wire.end().await;
    assert!(!said.contains(OK) && seconds == 10, "{seconds}: {said}");
}

#[tokio::test]
async fn a_connection_may_rest_for_a_minute() {
    let mut wire = Wire::open().await;
    for _ in 0..3 {
        wire.send(HEALTH).await;
        assert!(wire.answer().await.starts_with(OK));
        wire.rest(55).await;
    }
    wire.send(HEALTH).await;
    assert!(wire.answer().await.starts_with(OK));
    assert_eq!(wire.end().await, (String::new(), 3 * 55 + 60));
}

/// Balancers keep a connection for up to ten minutes, and lose a request to one that ends sooner.
#[tokio::test]
async fn a_trusted_proxy_may_rest_for_longer_than_any_keeps_a_connection() {
    let mut wire = Wire::that_rests(PROXY_IDLE_TIMEOUT).await;
    wire.send(HEALTH).await;
    assert!(wire.answer().await.starts_with(OK));
    wire.rest(620).await;
    wire.send(HEALTH).await;
    assert!(wire.answer().await.starts_with(OK));
    assert_eq!(wire.end().await, (String::new(), 620 + 660));
}

#[tokio::test]
async fn a_later_head_has_ten_seconds_from_its_first_byte() {
    let mut wire = Wire::open().await;
    wire.send(HEALTH).await;
    assert!(wire.answer().await.starts_with(OK));
    wire.rest(40).await;
    let (first, rest) = HEALTH.split_at(7);
    wire.send(first).await;
    wire.rest(9).await;
    wire.send(rest).await;
    assert!(wire.answer().await.starts_with(OK), "in time");
    wire.send(first).await;
    wire.rest(9).await;
    wire.send(&rest[..1]).await;
    let (said, seconds) = wire.end().await;
    assert!(!said.contains(OK) && seconds == 40 + 9 + 10, "{seconds}: {said}");
}

#[tokio::test]
async fn a_body_has_fifteen_seconds() {
    let head = "POST /oauth/token HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Length: 30\r\n\r\n";
    let mut wire = Wire::open().await;
    wire.send(head.as_bytes()).await;
    for _ in 0..14 {
        wire.rest(1).await;
        wire.send(b"a").await;
    }
    let answer = wire.answer().await;
    assert!(answer.contains("invalid_request") && answer.contains("did not arrive in time"), "{answer}");
    let (_, seconds) = wire.end().await;
    assert!((15..=25).contains(&seconds), "{seconds}");
}

/// More answers than fit anywhere on the way.
const MANY: usize = 1000;

#[tokio::test]
async fn whoever_asks_and_reads_nothing_is_left() {
    let mut wire = Wire::open().await;
    wire.send(&HEALTH.repeat(MANY)).await;
    assert_eq!(wire.left().await, 30);
}

#[tokio::test]
async fn whoever_reads_slowly_gets_everything() {
    let mut wire = Wire::open().await;
    wire.send(&HEALTH.repeat(MANY)).await;
    let mut said = String::new();
    while said.matches("\r\n\r\nok\n").count() < MANY {
        wire.rest(25).await;
        let more = wire.answer().await;
        assert!(!more.is_empty(), "it ended");
        said.push_str(&more);
    }
    assert_eq!(said.matches(OK).count(), MANY);
    assert!(wire.began.elapsed().as_secs() > 120, "it took its time");
}

/// What is said to a head with a cookie of this length.
async fn told(length: usize) -> String {
    let mut wire = Wire::open().await;
    let head = format!("GET /healthz HTTP/1.1\r\nHost: a\r\nCookie: b={}\r\n\r\n", "a".repeat(length));
    // The server may answer and close before everything is written.
    let _ = wire.stream.write_all(head.as_bytes()).await;
    wire.answer().await
}

#[tokio::test]
async fn s05_a_head_of_sixty_kibibytes_is_read() {
    let answer = told(60 * 1024).await;
    assert!(answer.starts_with(OK), "{answer}");
}

#[tokio::test]
async fn s05_a_head_of_seventy_kibibytes_is_refused() {
    let answer = told(70 * 1024).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

/// Else what comes of it would be read as the next request, or the answer be lost with the connection; and a proxy that
/// shares its connections would blame whoever is next.
#[tokio::test]
async fn a_body_that_nobody_needs_is_read_all_the_same() {
    let mut wire = Wire::open().await;
    for head in ["POST /nowhere", "DELETE /login", "POST /healthz"] {
        let head = format!("{head} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", HEALTH.len());
        wire.send(head.as_bytes()).await;
        wire.rest(1).await;
        wire.send(HEALTH).await;
        let answer = wire.answer().await;
        assert!(answer.starts_with("HTTP/1.1 ") && !answer.contains("connection: close"), "{answer}");
    }
    wire.send(HEALTH).await;
    assert!(wire.answer().await.starts_with(OK));
    wire.send(b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n").await;
    assert!(
        wire.answer().await.contains("connection: close"),
        "too much for an answer that needs none of it"
    );
}
