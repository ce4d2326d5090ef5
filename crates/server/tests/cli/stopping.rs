//! a signal stops a server in good order, whenever it comes.

use std::io::Read;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use super::Operator;

impl Operator {
    fn starts(&self, arguments: &[&str]) -> Child {
        let command = Command::new(env!("CARGO_BIN_EXE_symbolon"))
            .args(arguments)
            .env("SYMBOLON_LISTEN", "127.0.0.1:0")
            .current_dir(self.folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        command.unwrap()
    }
}

fn terminate(child: &Child) {
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
        let mut server = operator.starts(&["serve"]);
        terminate_when_ready(&mut server);
        let (code, said) = ended(server);
        assert_eq!(code, Some(0), "{round}: {said}");
        assert!(said.contains("stopping"), "{said}");
    }
}

#[test]
fn a_demo_that_is_told_to_stop_when_it_is_ready_ends_well() {
    let operator = Operator::new();
    for round in 0..15 {
        let mut demo = operator.starts(&["demo", "--listen", "127.0.0.1:0"]);
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
    let mut server = operator.starts(&["serve"]);
    let (mut called, _) = database.accept().unwrap();
    called.read_exact(&mut [0]).unwrap();
    terminate(&server);
    assert_eq!(server.wait().unwrap().code(), Some(0));
    let (_, said) = ended(server);
    assert!(said.contains("stopping") && !said.contains("ready:"), "{said}");
}
