//! `symbolon backup` beside a server that works, and `symbolon restore`: everything comes back but what was taken back (REL-24).

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use symbolon_store::{Commit, Engine, Expect, Options, Value};

use super::stopping::terminate;
use super::{Operator, STATE, mode};

const APP: &str = "[[app]]\nclient_id = \"robot\"\nname = \"Robot\"\nclient_secret = \"a-secret-of-some-length\"\n\
                   scopes = [\"forms:read\"]\ngrant_types = [\"client_credentials\"]\n";

/// A server that runs, and where.
struct Serving {
    child: Child,
    address: SocketAddr,
}

impl Serving {
    fn start(operator: &Operator) -> Serving {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut child =
            operator.command(&["serve"]).env("SYMBOLON_LISTEN", address.to_string()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("ready: "), "{line}");
        // What it logs is read by nobody.
        drop(child.stderr.take());
        Serving { child, address }
    }

    fn stop(mut self) {
        terminate(&self.child);
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

/// A token of the app's own.
fn token(address: SocketAddr) -> Option<String> {
    let form = "grant_type=client_credentials&client_id=robot&client_secret=a-secret-of-some-length";
    #[expect(clippy::disallowed_methods, reason = "the test is the client of its own server on loopback")]
    let mut request = TcpStream::connect(address).ok()?;
    let head = format!(
        "POST /oauth/token HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    request.write_all(head.as_bytes()).ok()?;
    let mut answer = String::new();
    request.read_to_string(&mut answer).ok()?;
    let (_, rest) = answer.split_once("\"access_token\":\"")?;
    rest.split_once('"').map(|(token, _)| token.to_owned())
}

impl Operator {
    fn with_an_app() -> Operator {
        let operator = Operator::new();
        operator.applies(&format!("{STATE}{APP}"));
        operator
    }

    /// Whether a token is alive, as the command says.
    fn is_alive(&self, token: &str) -> bool {
        let answer = self.run_with(&["token", "inspect", "--json"], token);
        assert_eq!(answer.code, 0, "{}", answer.complaint);
        serde_json::from_str::<serde_json::Value>(&answer.out).unwrap()["state"] == "alive"
    }

    /// A token that the server gives while it runs.
    fn token(&self) -> String {
        let serving = Serving::start(self);
        let token = token(serving.address).expect("a token");
        serving.stop();
        token
    }

    /// Another machine, with the same secrets file and nothing else.
    fn elsewhere(&self, backup: &str) -> Operator {
        let other = Operator::new();
        for name in ["secrets.toml", backup] {
            fs::copy(self.path(name), other.path(name)).unwrap();
        }
        other
    }
}

#[test]
fn a_backup_of_a_server_under_load_holds_what_was_acknowledged_before() {
    let operator = Operator::with_an_app();
    let serving = Serving::start(&operator);
    let (done, given) = (AtomicBool::new(false), AtomicUsize::new(0));
    let (tell, told) = mpsc::channel();
    let (before, after) = std::thread::scope(|scope| {
        for _ in 0..4 {
            let (tell, address, done, given) = (tell.clone(), serving.address, &done, &given);
            scope.spawn(move || {
                while !done.load(Ordering::Acquire) {
                    let token = token(address).expect("a token");
                    given.fetch_add(1, Ordering::AcqRel);
                    tell.send(token).unwrap();
                }
            });
        }
        drop(tell);
        let mut before: Vec<String> = told.iter().take(40).collect();
        before.extend(told.try_iter());
        let made = operator.asks("backup backup.db");
        assert!(made["bytes"].as_u64().unwrap() > 100_000, "{made}");
        let after = given.load(Ordering::Acquire);
        done.store(true, Ordering::Release);
        (before, after)
    });
    assert!(after > before.len(), "tokens were given all the while");
    serving.stop();
    assert_eq!(mode(&operator.path("backup.db")), 0o600);
    let elsewhere = operator.elsewhere("backup.db");
    elsewhere.does("restore backup.db --keep-everything");
    for token in before.iter().rev().take(10).chain(before.iter().take(10)) {
        assert!(elsewhere.is_alive(token), "what was acknowledged is in it");
    }
    elsewhere.serves();
}

#[test]
fn everything_comes_back_but_what_was_taken_back() {
    let operator = Operator::with_an_app();
    operator.does("user create sam@example.com --id u-sam");
    let (kept, revoked) = (operator.token(), operator.token());
    let said = operator.does("backup monday.db");
    assert!(said.contains("the master key is not inside: keep secrets.toml as well"), "{said}");
    assert_eq!(operator.run_with(&["token", "revoke", "--yes"], &revoked).code, 0);
    operator.does("user disable u-jane --yes");
    operator.does("user delete u-sam --yes");
    let late = operator.token();

    let serving = Serving::start(&operator);
    let refused = operator.fails("restore monday.db --replace");
    assert!(refused.contains("another server is running on"), "{refused}");
    serving.stop();
    let refused = operator.fails("restore monday.db");
    assert!(refused.contains("symbolon.db is there already") && refused.contains("--replace"), "{refused}");
    assert!(operator.is_alive(&late), "nothing was changed");

    let told = operator.does("restore monday.db --replace");
    for line in [
        "what was ended since stays ended",
        "access tokens that are gone or revoked since stay so: 1",
        "people who were disabled since stay disabled: 1",
        "people who were deleted since are back, without what they gave to apps: 1",
    ] {
        assert!(told.contains(line), "{told}");
    }
    assert!(operator.is_alive(&kept) && !operator.is_alive(&revoked));
    assert_eq!(operator.asks("user show u-sam")["id"], "u-sam");
    assert_eq!(operator.asks("user show u-jane")["status"], "disabled");
    let late = operator.run_with(&["token", "inspect"], &late);
    assert!(!late.out.contains("alive"), "{}", late.out);
    let deeds = operator.does("audit");
    assert!(deeds.contains("database.restored") && deeds.contains("user.deleted"), "{deeds}");
    let aside = fs::read_dir(operator.folder.path()).unwrap().map(|file| file.unwrap().file_name());
    let aside: Vec<_> = aside.filter(|name| name.to_string_lossy().contains(".before-")).collect();
    assert_eq!(aside.len(), 1, "and the database of before is kept");
    let logged = operator.serves();
    assert!(!logged.contains("ERROR"), "{logged}");
}

#[test]
fn whoever_restores_without_the_database_of_before_says_what_becomes_of_tokens() {
    let operator = Operator::with_an_app();
    let token = operator.token();
    operator.does("backup monday.db");
    for (flag, lives) in [("--end-everything", false), ("--keep-everything", true)] {
        let elsewhere = operator.elsewhere("monday.db");
        let asked = elsewhere.fails("restore monday.db");
        for word in ["nobody can tell", "--end-everything", "--keep-everything"] {
            assert!(asked.contains(word), "{asked}");
        }
        elsewhere.does(&format!("restore monday.db {flag}"));
        assert_eq!(elsewhere.is_alive(&token), lives, "{flag}");
        assert_eq!(elsewhere.asks("user list").as_array().map(Vec::len), Some(1));
    }
    // A database that somebody began meanwhile knows nothing of what was revoked in the other one.
    let elsewhere = operator.elsewhere("monday.db");
    elsewhere.does("migrate");
    let asked = elsewhere.fails("restore monday.db --replace");
    assert!(asked.contains("nothing tells that the database that is there is the one"), "{asked}");
    elsewhere.does("restore monday.db --replace --end-everything");
    assert!(!elsewhere.is_alive(&token));
}

#[test]
fn after_another_tool_put_the_database_back_everything_can_be_ended() {
    let operator = Operator::with_an_app();
    let token = operator.token();
    operator.errs("restore");
    assert!(operator.fails("restore --end-everything").contains("add --yes"));
    assert!(operator.is_alive(&token));
    operator.does("restore --end-everything --yes");
    assert!(!operator.is_alive(&token));
    let postgres = Operator { folder: tempfile::tempdir().unwrap() };
    postgres.does("init --storage postgres://u@127.0.0.1:1/none");
    for line in ["backup monday.db", "restore monday.db"] {
        let refused = postgres.fails(line);
        assert!(
            refused.contains("pg_dump and pg_restore") && refused.contains("docs/backup.md"),
            "{refused}"
        );
    }
}

#[test]
fn what_is_no_backup_that_can_be_taken_up_is_refused() {
    let operator = Operator::with_an_app();
    operator.does("backup good.db");
    assert!(operator.fails("backup good.db").contains("good.db is there already"));
    assert!(operator.fails("backup nowhere/good.db").contains("nowhere/good.db"));
    operator.writes("text.db", "this is no database at all, whatever it is called");
    operator.writes("empty.db", "");
    let mut damaged = fs::read(operator.path("good.db")).unwrap();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 16_384].fill(0xaa);
    fs::write(operator.path("damaged.db"), damaged).unwrap();
    fs::copy(operator.path("good.db"), operator.path("newer.db")).unwrap();
    newer(&operator);
    let before = operator.asks("user list");
    for (file, why) in [
        ("nowhere.db", "cannot read nowhere.db"),
        ("text.db", "file is not a database"),
        ("empty.db", "'empty.db' is no database of Symbolon"),
        ("damaged.db", "damaged.db"),
        ("newer.db", "belongs to a newer version of Symbolon: it holds the migration '9999_later'"),
    ] {
        let refused = operator.fails(&format!("restore {file} --replace"));
        assert!(refused.contains(why), "{refused}");
    }
    assert_eq!(operator.asks("user list"), before);

    let elsewhere = Operator::new();
    fs::copy(operator.path("good.db"), elsewhere.path("good.db")).unwrap();
    let refused = elsewhere.fails("restore good.db --keep-everything");
    assert!(
        refused.contains("the master key here is not the one") && refused.contains("--another-key"),
        "{refused}"
    );
    assert!(!elsewhere.path("symbolon.db").exists());
    elsewhere.does("restore good.db --keep-everything --another-key");
    let left: Vec<_> = fs::read_dir(operator.folder.path()).unwrap().collect();
    assert!(left.iter().all(|file| !file.as_ref().unwrap().file_name().to_string_lossy().contains(".part-")));
}

/// Makes a backup one of a version that is not there yet.
fn newer(operator: &Operator) {
    let url = format!("sqlite:{}", operator.path("newer.db").display());
    let later = "INSERT INTO migrations (name, checksum) VALUES ('9999_later', '00')";
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
        let engine = Engine::open(&url, Options::default()).await.unwrap();
        engine.commit(Commit::new().step(later, Vec::<Value>::new(), Expect::One)).await.unwrap();
    });
}

#[test]
fn the_doctor_tells_how_old_the_last_backup_is() {
    let operator = Operator::new();
    operator.does("migrate");
    let public = |operator: &Operator| {
        let mut command = operator.command(&["doctor"]);
        command.env("SYMBOLON_ISSUER", "https://127.0.0.1:1");
        Operator::answer(&mut command, "").out
    };
    assert!(!operator.run("doctor").out.contains("backup"), "on this machine alone it is nobody's business");
    let never = public(&operator);
    assert!(never.contains("`symbolon backup` never made a backup of the database"), "{never}");
    operator.does("backup monday.db");
    let made = public(&operator);
    assert!(made.contains("the last backup was made less than a day ago"), "{made}");
}
