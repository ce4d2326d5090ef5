//! What the log of a running server says of guessing, and of a proxy that names nobody: once, not at every try.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use super::Operator;

/// Posts a check with this key and these headers, and answers the status line.
fn checks(address: SocketAddr, key: &str, more: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "the test is the client of its own server on loopback")]
    let mut stream = TcpStream::connect(address).unwrap();
    let body = "{\"token\":\"x\"}";
    let head = format!(
        "POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAuthorization: Bearer {key}\r\n{more}Connection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

/// A server that trusts the proxy that these tests are, what is sent to it, and what it logged until its end.
fn logged(sent: impl FnOnce(SocketAddr)) -> String {
    let operator = Operator::new();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut server = operator
        .command(&["serve"])
        .env("SYMBOLON_LISTEN", address.to_string())
        .env("SYMBOLON_TRUSTED_PROXIES", "127.0.0.1")
        .env("SYMBOLON_LIMITS__CREDENTIALS", "3 per 15m")
        .spawn()
        .unwrap();
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut String::new()).unwrap();
    sent(address);
    super::stopping::terminate(&server);
    let output = server.wait_with_output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[test]
fn a_trusted_proxy_that_names_nobody_is_told_of_once() {
    let told = |log: &str| (log.matches("names nobody").count(), log.matches("is no address").count());
    let named = logged(|address| {
        checks(address, "wrong", "X-Forwarded-For: 198.51.100.1\r\n");
    });
    assert_eq!(told(&named), (0, 0), "{named}");
    let nobody = logged(|address| {
        for unusable in ["", "X-Forwarded-For: unknown\r\n", "X-Forwarded-For: \r\n", ""] {
            checks(address, "wrong", unusable);
        }
    });
    assert_eq!(told(&nobody), (1, 1), "{nobody}");
    assert!(
        nobody.contains("trusted_proxies") && nobody.contains("127.0.0.1"),
        "it says how to mend it: {nobody}"
    );
}

#[test]
fn a_budget_that_is_used_up_is_told_of_once() {
    let mut statuses = Vec::new();
    let log = logged(|address| {
        for _ in 0..10 {
            statuses.push(checks(address, "sym_wrong-key", "X-Forwarded-For: 198.51.100.1\r\n"));
        }
        checks(address, "sym_wrong-key", "X-Forwarded-For: 198.51.100.2\r\n");
    });
    assert_eq!(statuses.iter().filter(|status| status.contains(" 429 ")).count(), 7, "{statuses:?}");
    assert_eq!(log.matches("too many wrong host keys").count(), 1, "{log}");
    assert!(log.contains("198.51.100.1") && !log.contains("sym_wrong-key"), "{log}");
}
