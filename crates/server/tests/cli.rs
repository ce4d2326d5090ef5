//! The command line as operators meet it: the built executable, its exit codes and its words.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop")]

#[path = "cli/apps.rs"]
mod apps;
#[path = "cli/arrivals.rs"]
mod arrivals;
#[path = "cli/backups.rs"]
mod backups;
#[path = "cli/dialects.rs"]
mod dialects;
#[path = "cli/doctor.rs"]
mod doctor;
#[path = "cli/exports.rs"]
mod exports;
#[path = "cli/limits.rs"]
mod limits;
#[path = "cli/manifests.rs"]
mod manifests;
#[path = "cli/operators.rs"]
mod operators;
#[path = "cli/organisations.rs"]
mod organisations;
#[path = "cli/people.rs"]
mod people;
#[path = "cli/secrets.rs"]
mod secrets;
#[path = "cli/stopping.rs"]
mod stopping;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use symbolon_oauth::id::TenantId;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::tenant::{Standing, Tenant, TenantKind};
use symbolon_store::change::TenantChange;
use symbolon_store::{Options, Store};

const STATE: &str = r#"
[[scope]]
name = "forms:read"
title = "Read your forms"
[[role]]
key = "practitioner"
title = "Practitioner"
scopes = ["*"]
[[tenant]]
id = "north"
name = "Clinic North"
[[user]]
id = "u-jane"
email = "jane@example.com"
name = "Jane Doe"
password = "correct horse battery staple"
"#;

/// One operator with a folder of their own.
struct Operator {
    folder: tempfile::TempDir,
}

struct Answer {
    code: i32,
    out: String,
    complaint: String,
}

impl Operator {
    fn new() -> Operator {
        let operator = Operator { folder: tempfile::tempdir().unwrap() };
        operator.does("init --storage sqlite:symbolon.db");
        operator
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("SYMBOLON_CONFIG");
        if arguments.first() == Some(&"doctor") {
            // Whoever else tests on this machine may use the usual port.
            command.env("SYMBOLON_LISTEN", "127.0.0.1:0").env("SYMBOLON_ISSUER", "http://127.0.0.1:1");
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run_with(&self, arguments: &[&str], input: &str) -> Answer {
        Operator::answer(&mut self.command(arguments), input)
    }

    fn answer(command: &mut Command, input: &str) -> Answer {
        let mut child = command.spawn().unwrap();
        // A command that reads nothing may be gone before it is written to.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Answer {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            complaint: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn run(&self, line: &str) -> Answer {
        self.run_with(&line.split(' ').collect::<Vec<_>>(), "")
    }

    /// A command that goes well.
    fn does(&self, line: &str) -> String {
        let answer = self.run(line);
        assert_eq!((answer.code, answer.complaint.as_str()), (0, ""), "{line}\n{}", answer.out);
        answer.out
    }

    /// Starts the server, ends it once it is ready, and gives back what it logged.
    fn serves(&self) -> String {
        let mut child = self.command(&["serve"]).env("SYMBOLON_LISTEN", "127.0.0.1:0").spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        child.kill().unwrap();
        let logged = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
        assert!(line.starts_with("ready: "), "{line}{logged}");
        logged
    }

    fn asks(&self, line: &str) -> Value {
        serde_json::from_str(&self.does(&format!("{line} --json"))).unwrap()
    }

    /// A command that fails with one line.
    fn fails(&self, line: &str) -> String {
        let answer = self.run(line);
        assert_eq!((answer.code, answer.out.as_str()), (1, ""), "{line}\n{}", answer.complaint);
        assert_eq!(answer.complaint.lines().count(), 1, "{}", answer.complaint);
        answer.complaint
    }

    /// A command that is written wrongly.
    fn errs(&self, line: &str) -> String {
        let answer = self.run(line);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{line}\n{}", answer.complaint);
        assert!(!answer.complaint.is_empty(), "{line}");
        answer.complaint
    }

    fn writes(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Adds to the configuration.
    fn configures(&self, more: &str) {
        let configuration = fs::read_to_string(self.path("symbolon.toml")).unwrap();
        self.writes("symbolon.toml", &format!("{configuration}\n{more}"));
    }

    fn applies(&self, text: &str) {
        self.writes("state.toml", text);
        self.does("apply state.toml");
    }
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn helps_and_tells_wrong_usage_from_failure() {
    let operator = Operator { folder: tempfile::tempdir().unwrap() };
    let help = operator.does("--help");
    assert!(help.contains("demo") && help.contains("symbolon demo"), "{help}");
    assert!(operator.does("app create --help").contains("Example: symbolon app create"));
    assert!(operator.does("--version").starts_with("symbolon "));
    for group in ["app", "user", "tenant", "token", "dialect"] {
        let help = operator.does(&format!("{group} --help"));
        assert!(help.contains(&format!("Example: symbolon {group} ")), "{help}");
    }
    for wrong in ["", "fly", "apply", "app", "apply x --fly"] {
        operator.errs(wrong);
    }
    let complaint = operator.fails("migrate");
    assert!(complaint.contains("SYMBOLON_LISTEN"), "{complaint}");
    let complaint = operator.fails("migrate --config nowhere.toml");
    assert!(
        complaint.contains("cannot read nowhere.toml") && complaint.contains("symbolon init"),
        "{complaint}"
    );
}

#[test]
fn what_can_be_read_from_the_line_alone_is_wrong_usage() {
    let operator = Operator::new();
    for (line, why) in [
        ("app create X --level nonsense", "[possible values: user, tenant]"),
        ("app rotate-secret board --grace never", "the old secret must end"),
        ("app rotate-secret board --grace soon", "is not a duration"),
        ("app edit board", "--name <NAME>|--icon <FILE>"),
        ("user create nobody", "not an e-mail address"),
        ("init --dir other --listen nonsense", "--listen"),
        ("demo --listen nonsense", "--listen"),
        ("demo --json", "until it is stopped"),
        ("serve --json", "until it is stopped"),
        ("demo --once --config symbolon.toml", "its own configuration"),
        ("init --config other.toml", "--dir"),
        ("demo --listen 0.0.0.0:8080", "use --listen 127.0.0.1:8080"),
    ] {
        let complaint = operator.errs(line);
        assert!(complaint.contains(why), "{line}\n{complaint}");
    }
    assert!(!operator.path("symbolon.db").exists(), "nothing was opened for it");
    assert!(operator.fails("app edit board --name Board").contains("there is no app"));
    assert!(operator.fails("app rotate-secret board --grace 1h").contains("there is no app"));
    operator.applies(STATE);
    operator.does("app create X --client-id x --level tenant");
    operator.does("app edit x --name Y");
    operator.does("app edit x --publisher Z --publisher-verified");
    assert_eq!(
        (&operator.asks("app show x")["level"], &operator.asks("app show x")["name"]),
        (&"tenant".into(), &"Y".into())
    );
}

#[test]
fn the_flag_wins_over_the_variable_that_names_the_file() {
    let operator = Operator { folder: tempfile::tempdir().unwrap() };
    for (folder, storage) in [("one", "sqlite:one.db"), ("two", "sqlite:two.db"), (".", "sqlite:three.db")] {
        operator.does(&format!("init --dir {folder} --storage {storage}"));
    }
    let storage = |arguments: &str, file: &str| {
        let arguments: Vec<_> = arguments.split(' ').collect();
        let answer = Operator::answer(operator.command(&arguments).env("SYMBOLON_CONFIG", file), "");
        (answer.code, answer.out + &answer.complaint)
    };
    let (code, told) = storage("migrate", "one/symbolon.toml");
    assert!(code == 0 && operator.path("one/one.db").exists(), "{told}");
    let (code, told) = storage("migrate --config two/symbolon.toml", "one/symbolon.toml");
    assert!(code == 0 && operator.path("two/two.db").exists(), "{told}");
    assert!(!operator.path("three.db").exists());
    for nowhere in ["migrate", "dialect list"] {
        let (code, told) = storage(nowhere, "nowhere.toml");
        assert!(code == 1 && told.contains("cannot read nowhere.toml"), "{told}");
    }
    let (code, told) = storage("migrate", "");
    assert!(code == 0 && operator.path("three.db").exists(), "{told}");
    assert!(operator.does("migrate --help").contains("SYMBOLON_CONFIG"));
}

#[test]
fn begins_with_files_that_work() {
    let operator = Operator::new();
    assert_eq!(mode(&operator.path("secrets.toml")), 0o600);
    assert!(operator.does("migrate").contains("applied 0001_core"));
    assert!(operator.does("migrate").contains("up to date"));
    assert!(operator.fails("init").contains("is there already"));
    assert!(operator.fails("init --dir other --issuer http://example.com").contains("plain http"));
    assert!(!operator.path("other/symbolon.toml").exists());
    for (number, (arguments, issuer)) in [
        ("", "http://127.0.0.1:8080"),
        ("--listen 127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("--listen 0.0.0.0:9000", "http://127.0.0.1:9000"),
        ("--listen [::1]:9000", "http://[::1]:9000"),
        ("--listen 127.0.0.1:80", "http://127.0.0.1"),
        ("--listen 127.0.0.1:9000 --issuer https://id.example.com", "https://id.example.com"),
    ]
    .into_iter()
    .enumerate()
    {
        operator.does(format!("init --dir at-{number} {arguments}").trim());
        let written = fs::read_to_string(operator.path(&format!("at-{number}/symbolon.toml"))).unwrap();
        assert!(written.contains(&format!("\nissuer = \"{issuer}\"\n")), "{arguments}: {written}");
    }
    let next = operator.asks("init --dir third --storage postgres://u@127.0.0.1:1/none");
    assert_eq!(next["next"], "symbolon serve --config third/symbolon.toml");
    let written = fs::read_to_string(operator.path("third/symbolon.toml")).unwrap();
    assert!(written.contains("\nsecrets_file = \"secrets.toml\""));
}

#[test]
fn applies_declared_state_once() {
    let operator = Operator::new();
    operator.writes("state.toml", STATE);
    let dry = operator.does("apply state.toml --dry-run");
    assert!(dry.contains("+ user u-jane") && dry.contains("nothing was changed"), "{dry}");
    assert!(operator.does("apply state.toml").contains("+ scope forms:read"));
    assert_eq!(operator.does("apply state.toml"), "nothing to change\n");
    operator.writes("state.toml", &STATE.replace("Jane Doe", "Jane Roe"));
    let changed = operator.asks("apply state.toml");
    assert_eq!(changed["changes"][0]["fields"][0]["after"], "\"Jane Roe\"");
    operator.writes("broken.toml", "[[scope]]\nname = \"x\"\ntitel = \"X\"");
    let complaint = operator.fails("apply broken.toml");
    assert!(
        complaint.contains("unknown key `titel` in broken.toml line 3; did you mean `title`?"),
        "{complaint}"
    );
}

#[test]
fn prunes_what_was_declared_once_it_is_told_to_twice() {
    let operator = Operator::new();
    operator.applies(STATE);
    let made = operator.asks("user create sam@example.com --id u-sam");
    assert_eq!(made["id"], "u-sam");
    let kim = "[[user]]\nid = \"u-kim\"\nemail = \"kim@example.com\"\npassword = \"correct horse battery staple\"\n";
    operator.writes("state.toml", kim);
    let refused = operator.fails("apply state.toml --prune");
    assert!(refused.contains("Delete 1 user") && refused.contains("add --yes"), "{refused}");
    assert_eq!(operator.asks("user list").as_array().unwrap().len(), 2, "nothing was changed");
    let dry = operator.does("apply state.toml --prune --dry-run");
    assert!(
        dry.contains("- user u-jane\n")
            && dry.contains("left alone, as no file ever declared them: 1 user\n")
    );
    let done = operator.asks("apply state.toml --prune --yes");
    assert_eq!(done["undeclared"], serde_json::json!([{ "kind": "user", "count": 1 }]));
    let users = operator.asks("user list");
    let ids: Vec<_> = users.as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["u-kim", "u-sam"]);
    assert_eq!(operator.does("apply state.toml --prune").lines().next(), Some("nothing to change"));
}

#[test]
fn what_was_done_in_an_incident_survives_the_next_apply() {
    let operator = Operator::new();
    let state = format!(
        "{STATE}[[membership]]\ntenant = \"north\"\nuser = \"u-jane\"\nrole = \"practitioner\"\n\
         [[app]]\nclient_id = \"board\"\nname = \"Board\"\nstatus = \"live\"\nclient_secret = \"a-secret-of-some-length\"\n"
    );
    operator.applies(&state);
    operator.does("app suspend board --yes");
    operator.does("app rotate-secret board --grace 1s");
    operator.does("tenant remove-member north u-jane --yes");
    operator.run_with(&["user", "set-password", "u-jane"], "set in the incident\n");
    let again = operator.asks("apply state.toml");
    assert_eq!(again["changes"], serde_json::json!([]));
    let kept = again["kept"].as_array().unwrap();
    assert!(
        kept.iter().all(|kept| kept["set_at"].as_str().is_some_and(|at| at.starts_with("20"))),
        "{kept:?}"
    );
    assert!(kept.len() >= 3, "{kept:?}");
    assert_eq!(operator.asks("app show board")["status"], "suspended");
    assert_eq!(operator.asks("tenant show north")["members"], serde_json::json!([]));
    let told = operator.does("apply state.toml");
    assert!(told.starts_with("nothing to change\n"), "{told}");
    assert!(told.contains("app board: status \"suspended\" kept: set by hand on 20"), "{told}");
    assert!(told.contains("= membership u-jane in north: kept away: deleted by hand on 20"), "{told}");
    operator.does("tenant add-member north u-jane --role practitioner");
    operator.applies(&state.replace("\"live\"", "\"development\""));
    assert_eq!(operator.asks("app show board")["status"], "development");
    assert_eq!(operator.asks("tenant show north")["members"][0]["user"], "u-jane");
}

#[test]
fn keeps_apps() {
    let operator = Operator::new();
    operator.applies(STATE);
    let create =
        "app create Demo --client-id demo-app --redirect-uri https://app.example.net/cb --scope forms:read";
    let made = operator.asks(create);
    assert!(made["client_secret"].as_str().unwrap().starts_with("sym_cs_live_"));
    assert!(operator.fails(create).contains("already"));
    assert!(operator.fails("app create X --redirect-uri http://evil.example/").contains("plain http"));
    assert!(operator.fails("app create X --scope forms:reed").contains("did you mean \"forms:read\"?"));
    let public = operator.asks("app create Phone --public");
    assert!(public["client_id"].as_str().unwrap().starts_with("app_") && public["client_secret"].is_null());

    assert_eq!(operator.asks("app list").as_array().unwrap().len(), 2);
    assert!(operator.does("app list").starts_with("CLIENT_ID"));
    let rotated = operator.asks("app rotate-secret demo-app --grace 1h");
    assert_ne!(rotated["client_secret"], made["client_secret"]);
    operator.asks("app rotate-secret demo-app --grace 1h");
    let secrets = operator.asks("app show demo-app")["secrets"].as_array().unwrap().clone();
    assert_eq!(secrets.len(), 2);
    assert!(secrets[0]["expires_at"].is_string() && secrets[1]["expires_at"].is_null());
    let shown = operator.does("app show demo-app");
    assert!(!shown.contains(rotated["client_secret"].as_str().unwrap()));
    operator.does(&format!("app revoke-secret demo-app {} --yes", secrets[0]["id"].as_str().unwrap()));
    assert_eq!(operator.asks("app show demo-app")["secrets"].as_array().unwrap().len(), 1);

    assert_eq!(operator.asks("app show demo-app")["status"], "development");
    operator.does("app approve demo-app");
    assert!(operator.fails("app suspend demo-app").contains("--yes"));
    operator.does("app suspend demo-app --yes");
    assert_eq!(operator.asks("app show demo-app")["status"], "suspended");
    operator.does("app resume demo-app");
    operator.does("app delete demo-app --yes");
    assert!(operator.fails("app show demo-app").contains("symbolon app list"));
}

#[test]
fn keeps_people_and_tenants() {
    let operator = Operator::new();
    operator.applies(STATE);
    let made = operator.asks("user create sam@example.com --id u-sam --name Sam");
    assert_eq!(made["password"].as_str().unwrap().len(), 24);
    assert!(operator.fails("user create SAM@example.com").contains("belongs to user \"u-sam\" already"));
    let given =
        operator.run_with(&["user", "create", "kim@example.com", "--password-stdin"], "a good password\n");
    assert!(given.code == 0 && !given.out.contains("password"), "{}", given.complaint);
    let empty = operator.run_with(&["user", "set-password", "u-sam"], "");
    assert_eq!(empty.code, 1);
    assert_eq!(operator.run_with(&["user", "set-password", "sam@example.com"], "another one\n").code, 0);
    operator.does("user disable u-sam --yes");
    assert_eq!(operator.asks("user show sam@example.com")["status"], "disabled");
    operator.does("user enable u-sam");

    operator.does("tenant create south --name South");
    assert!(operator.fails("tenant add-member south u-sam --role practicioner").contains("did you mean"));
    operator.does("tenant add-member south u-sam --role practitioner");
    assert_eq!(operator.asks("tenant show south")["members"][0]["user"], "u-sam");
    assert_eq!(operator.asks("user show u-sam")["memberships"][0]["tenant"], "south");
    operator.does("tenant remove-member south u-sam --yes");
    assert!(operator.fails("tenant remove-member south u-sam --yes").contains("not a member"));
    operator.does("tenant disable south --yes");
    operator.does("tenant enable south");
    assert_eq!(operator.asks("tenant list").as_array().unwrap().len(), 2);
    operator.does("user delete u-sam --yes");
    assert_eq!(operator.asks("user list").as_array().unwrap().len(), 2);
}

#[test]
fn names_are_judged_at_every_command_and_old_ones_do_no_harm() {
    let operator = Operator::new();
    operator.applies(STATE);
    let hostile = "a\u{1b}[2J\u{202e}b";
    for arguments in [
        ["tenant", "create", "t", "--name", hostile],
        ["user", "create", "kim@example.com", "--name", hostile],
        ["user", "create", "kim@example.com", "--username", hostile],
        ["app", "create", hostile, "--client-id", "a"],
        ["app", "create", "A", "--publisher", hostile],
        ["tenant", "create", hostile, "--name", "T"],
        ["tenant", "create", "t", "--name", ""],
        ["tenant", "create", "t", "--name", &"n".repeat(5000)],
    ] {
        let answer = operator.run_with(&arguments, "");
        assert_ne!(answer.code, 0, "{arguments:?}");
        let told = answer.out + &answer.complaint;
        assert!(!told.contains(['\u{1b}', '\u{202e}']) && told.len() < 1000, "{told}");
    }
    // Stored by a version that did not look.
    let old = Tenant {
        id: TenantId::new([7; 16]),
        external_id: "old".to_owned(),
        name: format!("{hostile}\nsouth  active"),
        kind: TenantKind::Organization,
        base_url: None,
        region: None,
        standing: Standing::Active,
    };
    let url = format!("sqlite:{}", operator.path("symbolon.db").display());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Store::open(&url, Options::default()).await.unwrap();
        store.change(&[TenantChange::Create { tenant: old, at: Timestamp(1) }.into()], &[]).await.unwrap();
    });
    for line in ["tenant list", "tenant list --json", "tenant show old", "tenant show old --json"] {
        let told = operator.does(line);
        assert!(!told.contains(['\u{1b}', '\u{202e}']), "{told}");
        assert!(told.contains("[2J"), "{told}");
    }
    assert_eq!(operator.does("tenant list").lines().count(), 3, "a name makes no rows");
    assert_eq!(operator.asks("tenant show old")["name"], format!("{hostile}\nsouth  active"));
}

#[test]
fn looks_at_tokens_without_taking_them_as_arguments() {
    let operator = Operator::new();
    let nonsense = operator.run_with(&["token", "inspect"], "nonsense\n");
    assert!(nonsense.code == 1 && nonsense.complaint.contains("checksum"), "{}", nonsense.complaint);
    assert!(!nonsense.complaint.contains("nonsense"));
    let unknown = "acme_at_live_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf0dCmIx\n";
    let unknown = operator.run_with(&["token", "inspect"], unknown);
    assert!(unknown.complaint.contains("no such token"), "{}", unknown.complaint);
    let secret = operator.run_with(
        &["token", "revoke", "--yes"],
        "acme_pat_live_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf3LUOPB\n",
    );
    assert!(secret.complaint.contains("kind 'pat'"), "{}", secret.complaint);
}
