//! a signal stops a server in good order, whenever it comes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};

use super::Operator;

const ANYWHERE: &str = "127.0.0.1:0";

impl Operator {
    fn starts(&self, arguments: &[&str], listen: &str) -> Child {
        let command = Command::new(env!("CARGO_BIN_EXE_symbolon"))
            .args(arguments)
            .env("SYMBOLON_LISTEN", listen)
            .current_dir(self.folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        command.unwrap()
    }
}

pub(super) fn terminate(child: &Child) {
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
}

/// Sends SIGTERM as soon as the child says that it is ready: sooner than this process could.
fn terminate_when_ready(child: &mut Child) {
    const WAIT: &str =
        "while read line; do case $line in ready:*) kill -TERM $1; exit 0;; esac; done; exit 1";
    let stdout = child.stdout.take().unwrap();
    let mut shell = Command::new("sh");
    let waited = shell.args(["-c", WAIT, "sh", &child.id().to_string()]).stdin(stdout).status().unwrap();
    assert!(waited.success(), "it never was ready");
}

/// The exit code, if no signal ended it, and what it said.
fn ended(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn a_server_that_is_told_to_stop_when_it_is_ready_ends_well() {
    let operator = Operator::new();
    for round in 0..20 {
        let mut server = operator.starts(&["serve"], ANYWHERE);
        terminate_when_ready(&mut server);
        let (code, said) = ended(server);
        assert_eq!(code, Some(0), "{round}: {said}");
        assert!(said.contains("stopping"), "{said}");
    }
}

#[test]
fn a_demo_that_is_told_to_stop_when_it_is_ready_ends_well() {
    let operator = Operator::new();
    for round in 0..3 {
        let mut demo = operator.starts(&["demo", "--listen", ANYWHERE], ANYWHERE);
        terminate_when_ready(&mut demo);
        let (code, said) = ended(demo);
        assert_eq!(code, Some(0), "{round}: {said}");
    }
}

#[test]
fn a_server_that_is_told_to_stop_before_it_is_ready_ends_well() {
    // A database that takes calls and says nothing: the start goes no further.
    let database = TcpListener::bind("127.0.0.1:0").unwrap();
    let operator = Operator { folder: tempfile::tempdir().unwrap() };
    let url = format!("postgres://u@{}/none", database.local_addr().unwrap());
    operator.does(&format!("init --storage {url}"));
    let mut server = operator.starts(&["serve"], ANYWHERE);
    let (mut called, _) = database.accept().unwrap();
    called.read_exact(&mut [0]).unwrap();
    terminate(&server);
    assert_eq!(server.wait().unwrap().code(), Some(0));
    let (_, said) = ended(server);
    assert!(said.contains("stopping") && !said.contains("ready:"), "{said}");
}

/// Waits until a server logs that it stops.
fn wait_until_stopping(log: &mut BufReader<ChildStderr>) {
    let mut said = String::new();
    while !said.contains("stopping") {
        assert_ne!(log.read_line(&mut said).unwrap(), 0, "it ended: {said}");
    }
}

/// Starts a server and a request whose body does not come, and tells the server to stop. What is under way, and what is
/// logged after that.
fn stopping_with_a_request(operator: &Operator) -> (Child, TcpStream, BufReader<ChildStderr>) {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut server = operator.starts(&["serve"], &address.to_string());
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut String::new()).unwrap();
    #[expect(clippy::disallowed_methods, reason = "the test is the client of its own server on loopback")]
    let mut request = TcpStream::connect(address).unwrap();
    let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3";
    let head = format!(
        "POST /oauth/token HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n{form}\r\nExpect: 100-continue\r\n\r\n"
    );
    request.write_all(head.as_bytes()).unwrap();
    // Whoever is told to go on has been heard.
    let mut go_on = [0; 25];
    request.read_exact(&mut go_on).unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100 Continue\r\n"));
    let mut log = BufReader::new(server.stderr.take().unwrap());
    terminate(&server);
    wait_until_stopping(&mut log);
    (server, request, log)
}

#[test]
fn what_is_under_way_is_finished_after_the_first_signal() {
    let operator = Operator::new();
    let (mut server, mut request, _) = stopping_with_a_request(&operator);
    request.write_all(b"a=1").unwrap();
    let mut answer = String::new();
    request.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

#[test]
fn a_second_signal_ends_a_server_at_once() {
    let operator = Operator::new();
    let (mut server, _request, mut log) = stopping_with_a_request(&operator);
    terminate(&server);
    assert_eq!(server.wait().unwrap().code(), Some(1));
    let mut said = String::new();
    log.read_to_string(&mut said).unwrap();
    assert!(said.contains("a second signal") && said.lines().last().unwrap().contains("cut off"), "{said}");
}
