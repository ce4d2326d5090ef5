//! R-19 over HTTP/2: a peer that answers every ping is alive, and may neither rest for ever nor leave its answers lying.
//! The peer is written frame by frame (RFC 9113 §4.1), so that it can do what no client would. The clock of the runtime
//! stands still here and jumps to the next thing that is waited for.

use std::time::Duration;

use symbolon_server::assets::APP_CSS;
use symbolon_store::testing::Database;
use symbolon_wire::connection::speak_http2;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::support::{HOME, TestApp};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
/// `END_STREAM` and `END_HEADERS`.
const WHOLE: u8 = 5;

/// No story lasts longer.
const AN_HOUR: u64 = 3600;

struct Peer {
    stream: DuplexStream,
    began: Instant,
    /// Ends with the connection.
    finish: watch::Sender<()>,
    /// The server's name.
    host: String,
}

impl Peer {
    /// A connection, with these settings of the peer.
    async fn open(settings: &[u8]) -> Peer {
        let app = TestApp::start(Database::sqlite().await).await;
        let (finish, finishing) = watch::channel(());
        let (stream, served) = tokio::io::duplex(64 * 1024);
        tokio::time::pause();
        tokio::spawn(speak_http2(app.front().clone(), served, HOME, finishing));
        #[expect(clippy::disallowed_methods, reason = "the clock that these stories hold still")]
        let began = Instant::now();
        let host = app.issuer().replace("http://", "");
        let mut peer = Peer { stream, began, finish, host };
        peer.stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.expect("the connection is open");
        peer.send(SETTINGS, 0, 0, settings).await;
        peer
    }

    async fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let length = u32::try_from(payload.len()).expect("a short frame").to_be_bytes();
        let mut frame = vec![length[1], length[2], length[3], kind, flags];
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        // The server may have gone.
        let _ = self.stream.write_all(&frame).await;
    }

    /// `GET https://a/healthz`, in names of HPACK's table and plain literals.
    async fn ask(&mut self, stream: u32) {
        self.send(HEADERS, WHOLE, stream, b"\x82\x87\x04\x08/healthz\x01\x01a").await;
    }

    /// The next frame: its kind and flags. Settings and pings are acknowledged on the way.
    async fn frame(&mut self) -> Option<(u8, u8)> {
        assert!(self.seconds() < AN_HOUR, "still connected");
        let mut head = [0; 9];
        self.stream.read_exact(&mut head).await.ok()?;
        let mut payload = vec![0; usize::from(u16::from_be_bytes([head[1], head[2]]))];
        self.stream.read_exact(&mut payload).await.ok()?;
        let (kind, flags) = (head[3], head[4]);
        if matches!(kind, SETTINGS | PING) && flags & ACK == 0 {
            let echo = if kind == PING { payload } else { Vec::new() };
            self.send(kind, ACK, 0, &echo).await;
        }
        Some((kind, flags))
    }

    /// After how many seconds of the whole a frame of this kind comes; nothing when the connection ends before.
    async fn when(&mut self, kind: u8) -> Option<u64> {
        while let Some((seen, _)) = self.frame().await {
            if seen == kind {
                return Some(self.seconds());
            }
        }
        None
    }

    /// After how many seconds of the whole the connection ends.
    async fn end(&mut self) -> u64 {
        while self.frame().await.is_some() {}
        self.seconds()
    }

    /// Lets time pass in which nothing comes that matters.
    async fn rest(&mut self, seconds: u64) {
        let came = tokio::time::timeout(Duration::from_secs(seconds), async {
            while let Some((SETTINGS | PING | WINDOW_UPDATE, _)) = self.frame().await {}
        });
        assert!(came.await.is_err(), "something came");
    }

    fn seconds(&self) -> u64 {
        self.began.elapsed().as_secs()
    }
}

/// `SETTINGS_INITIAL_WINDOW_SIZE` 0: no byte of any answer is wanted.
const NOTHING: &[u8] = &[0, 4, 0, 0, 0, 0];

#[tokio::test]
async fn a_connection_that_asks_for_nothing_has_ten_seconds() {
    let mut peer = Peer::open(&[]).await;
    assert_eq!(peer.when(GOAWAY).await, Some(10));
    assert_eq!(peer.end().await, 10);
}

#[tokio::test]
async fn a_connection_may_rest_for_a_minute() {
    let mut peer = Peer::open(&[]).await;
    for request in 0..3 {
        peer.ask(2 * request + 1).await;
        assert!(peer.when(DATA).await.is_some(), "it is answered");
        peer.rest(55).await;
    }
    peer.ask(7).await;
    assert_eq!(peer.when(DATA).await, Some(3 * 55));
    assert_eq!(peer.when(GOAWAY).await, Some(3 * 55 + 60), "it is told that it ends");
    assert_eq!(peer.end().await, 3 * 55 + 60);
}

#[tokio::test]
async fn a_request_that_crosses_the_end_of_a_rest_is_answered() {
    let mut peer = Peer::open(&[]).await;
    peer.ask(1).await;
    assert!(peer.when(DATA).await.is_some());
    peer.rest(59).await;
    tokio::time::advance(Duration::from_secs(1)).await;
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    // The server has said goodbye, and the peer has not read it yet.
    peer.ask(3).await;
    assert_eq!(peer.when(GOAWAY).await, Some(60));
    assert_eq!(peer.when(DATA).await, Some(60));
    assert_eq!(peer.end().await, 60);
}

#[tokio::test]
async fn answers_that_nobody_takes_end_their_connection() {
    let mut peer = Peer::open(NOTHING).await;
    for request in 0..10 {
        peer.ask(2 * request + 1).await;
        assert_eq!(peer.when(HEADERS).await, Some(0), "only the head of the answer is free");
    }
    assert_eq!(peer.when(GOAWAY).await, Some(30));
    assert_eq!(peer.end().await, 60, "and if that changes nothing, it is closed");
}

#[tokio::test]
async fn an_answer_that_is_taken_late_is_whole() {
    let mut peer = Peer::open(NOTHING).await;
    peer.ask(1).await;
    assert_eq!(peer.when(HEADERS).await, Some(0));
    peer.rest(25).await;
    peer.send(WINDOW_UPDATE, 0, 1, &100_u32.to_be_bytes()).await;
    assert_eq!(peer.when(DATA).await, Some(25));
    assert_eq!(peer.end().await, 25 + 60, "from then on it rests");
}

#[tokio::test]
async fn a_server_that_stops_ends_its_connections_in_order() {
    let mut peer = Peer::open(&[]).await;
    peer.ask(1).await;
    assert!(peer.when(DATA).await.is_some());
    peer.finish.send(()).expect("a connection");
    assert_eq!(peer.when(GOAWAY).await, Some(0));
    assert_eq!(peer.end().await, 0);
    peer.finish.closed().await;
}

/// The style sheet is longer than the window that this peer opens, again and again and never far: what it takes of it
/// is seen, and it is left in peace.
#[tokio::test]
async fn an_answer_that_is_taken_slowly_comes_whole() {
    let mut peer = Peer::open(&[0, 4, 0, 0, 0x10, 0]).await;
    let path = APP_CSS.as_bytes();
    let length = u8::try_from(path.len()).expect("a short path");
    let host = peer.host.as_bytes();
    let named = u8::try_from(host.len()).expect("a short name");
    let head = [b"\x82\x87\x04", [length].as_slice(), path, b"\x01", &[named], host].concat();
    peer.send(HEADERS, WHOLE, 1, &head).await;
    loop {
        match peer.frame().await.expect("the connection is kept") {
            (DATA, flags) if flags & END_STREAM != 0 => break,
            (DATA, _) => {
                peer.rest(25).await;
                peer.send(WINDOW_UPDATE, 0, 1, &4096_u32.to_be_bytes()).await;
            }
            (kind, _) => assert_ne!(kind, GOAWAY),
        }
    }
    assert!(peer.seconds() > 60, "longer than one may rest: {}", peer.seconds());
}
