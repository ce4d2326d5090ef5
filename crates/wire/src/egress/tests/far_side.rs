//! The far side of the door out: listeners that count who comes, a resolver that says what a test wants, a proxy.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::watch;

use crate::tls;

/// A listener, and what it saw. It ends with this value.
pub(super) struct Far {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<String>>>,
    _gone: watch::Sender<()>,
}

impl Far {
    pub(super) async fn start<F, A>(address: &str, answer: A) -> Far
    where
        F: Future<Output = ()> + Send + 'static,
        A: Fn(TcpStream, std::pin::Pin<Box<dyn Future<Output = ()> + Send>>) -> F + Send + 'static,
    {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let connections = Arc::new(AtomicUsize::new(0));
        let (gone, ends) = watch::channel(());
        let count = connections.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let mut ends = ends.clone();
                let ended = Box::pin(async move {
                    let _ = ends.changed().await;
                });
                tokio::spawn(answer(stream, ended));
            }
        });
        Far { address, connections, seen: Arc::default(), _gone: gone }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(super) fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("a lock").clone()
    }
}

/// Reads a head, answers, and closes.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, answer: &str, seen: &Mutex<Vec<String>>) {
    let asked = head(&mut stream).await;
    seen.lock().expect("a lock").push(asked);
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

async fn head<S: AsyncRead + Unpin>(stream: &mut S) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

pub(super) async fn serve_plain(address: &str, answer: &str) -> Far {
    let (answer, seen) = (answer.to_owned(), Arc::new(Mutex::default()));
    let kept = seen.clone();
    let far = Far::start(address, move |stream, _| {
        let (answer, kept) = (answer.clone(), kept.clone());
        async move { converse(stream, &answer, &kept).await }
    });
    Far { seen, ..far.await }
}

/// With one of the certificates beside this file.
pub(super) async fn serve_tls(address: &str, certificate: &str, answer: &str) -> Far {
    let file = format!("{}/src/egress/tests/{certificate}.pem", env!("CARGO_MANIFEST_DIR"));
    let file = PathBuf::from(file);
    let acceptor = tls::load(&file, &file).expect("a certificate").acceptor;
    let (answer, seen) = (answer.to_owned(), Arc::new(Mutex::default()));
    let kept = seen.clone();
    let place = format!("{address}:0");
    let far = Far::start(&place, move |stream, _| {
        let (acceptor, answer, kept) = (acceptor.clone(), answer.clone(), kept.clone());
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                converse(stream, &answer, &kept).await;
            }
        }
    });
    Far { seen, ..far.await }
}

/// A proxy that tunnels everything to one place.
pub(super) async fn serve_proxy(to: SocketAddr) -> Far {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = seen.clone();
    let far = Far::start("127.0.0.1:0", move |mut stream, _| {
        let kept = kept.clone();
        async move {
            let asked = head(&mut stream).await;
            kept.lock().expect("a lock").push(asked);
            #[expect(
                clippy::disallowed_methods,
                reason = "this is the proxy, not the process that is tested"
            )]
            let mut far = TcpStream::connect(to).await.expect("the far side");
            let _ = stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await;
            let _ = copy_bidirectional(&mut stream, &mut far).await;
        }
    });
    Far { seen, ..far.await }
}

type Counted = Arc<Mutex<HashMap<(String, u16), usize>>>;

/// A resolver on loopback, over UDP: what it says has no time to live.
pub(super) struct Dns {
    pub(super) address: SocketAddr,
    counted: Counted,
}

/// A record: its type, and its data.
type Record = (u16, Vec<u8>);
const A: u16 = 1;
const CNAME: u16 = 5;
const TXT: u16 = 16;
const AAAA: u16 = 28;

impl Dns {
    /// Answers with addresses, by name and by how often it was asked for this kind before.
    pub(super) async fn start(says: impl Fn(&str, usize) -> Vec<IpAddr> + Send + 'static) -> Dns {
        Dns::serve(move |name, kind, asked| {
            let of_kind = says(name, asked).into_iter().filter_map(|address| record(address, kind));
            of_kind.map(|record| (name.to_owned(), record)).collect()
        })
        .await
    }

    /// Every name is an alias of the next, and the last has an address.
    pub(super) async fn aliases(steps: usize, end: IpAddr) -> Dns {
        Dns::serve(move |name, kind, _| {
            let mut names = vec![name.to_owned()];
            let steps = if name.starts_with('a') { 0 } else { steps };
            names.extend((0..steps).map(|step| format!("a{step}.example")));
            let mut records: Vec<(String, Record)> =
                names.windows(2).map(|pair| (pair[0].clone(), (CNAME, wire_name(&pair[1])))).collect();
            records.extend(record(end, kind).map(|record| (names[steps].clone(), record)));
            records
        })
        .await
    }

    /// One name has texts; each is cut in two pieces, as long ones are.
    pub(super) async fn texts(of: &'static str, texts: &'static [&'static str]) -> Dns {
        let cut = |text: &str| {
            let (one, two) = text.split_at(text.len() / 2);
            [one, two].iter().flat_map(|part| [&[part.len() as u8], part.as_bytes()].concat()).collect()
        };
        Dns::serve(move |name, kind, _| match name == of && kind == TXT {
            true => texts.iter().map(|text| (name.to_owned(), (TXT, cut(text)))).collect(),
            false => Vec::new(),
        })
        .await
    }

    /// How often a name's IPv4 addresses were asked for.
    pub(super) fn asked(&self, name: &str) -> usize {
        self.counted.lock().expect("a lock").get(&(name.to_owned(), A)).copied().unwrap_or_default()
    }

    async fn serve(says: impl Fn(&str, u16, usize) -> Vec<(String, Record)> + Send + 'static) -> Dns {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
        let address = socket.local_addr().expect("an address");
        let counted = Counted::default();
        let counts = counted.clone();
        tokio::spawn(async move {
            let mut packet = [0; 1500];
            while let Ok((length, peer)) = socket.recv_from(&mut packet).await {
                let (name, kind, end) = question(&packet[..length]);
                let asked = {
                    let mut counts = counts.lock().expect("a lock");
                    let count = counts.entry((name.clone(), kind)).or_default();
                    *count += 1;
                    *count - 1
                };
                let records = says(&name, kind, asked);
                let _ = socket.send_to(&answer(&packet[..end], &records), peer).await;
            }
        });
        Dns { address, counted }
    }
}

fn record(address: IpAddr, kind: u16) -> Option<Record> {
    match (address, kind) {
        (IpAddr::V4(address), A) => Some((A, address.octets().to_vec())),
        (IpAddr::V6(address), AAAA) => Some((AAAA, address.octets().to_vec())),
        _ => None,
    }
}

/// Name and type of the one question, and where it ends.
fn question(packet: &[u8]) -> (String, u16, usize) {
    let (mut at, mut labels) = (12, Vec::new());
    while packet[at] != 0 {
        let end = at + 1 + usize::from(packet[at]);
        labels.push(String::from_utf8_lossy(&packet[at + 1..end]).to_lowercase());
        at = end;
    }
    (labels.join("."), u16::from_be_bytes([packet[at + 1], packet[at + 2]]), at + 5)
}

fn wire_name(name: &str) -> Vec<u8> {
    let mut wire: Vec<u8> =
        name.split('.').flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat()).collect();
    wire.push(0);
    wire
}

/// The question again, with its records; with none the name exists and has nothing of the kind.
fn answer(asked: &[u8], records: &[(String, Record)]) -> Vec<u8> {
    let count = (records.len() as u16).to_be_bytes();
    let mut answer = asked[..2].to_vec();
    answer.extend([0x81, 0x80, 0, 1, count[0], count[1], 0, 0, 0, 0]);
    answer.extend(&asked[12..]);
    for (name, (kind, data)) in records {
        answer.extend(wire_name(name));
        answer.extend(kind.to_be_bytes());
        answer.extend([0, 1, 0, 0, 0, 0]);
        answer.extend((data.len() as u16).to_be_bytes());
        answer.extend(data);
    }
    answer
}
