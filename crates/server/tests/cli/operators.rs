//! What the doctor finds out by trying, and what somebody is told who has no configuration yet.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::Value;

use super::{Answer, Operator, STATE};

impl Operator {
    /// The doctor, with these variables.
    fn examines(&self, line: &str, variables: &[(&str, &str)]) -> Answer {
        let arguments: Vec<_> = line.split(' ').collect();
        Operator::answer(self.command(&arguments).envs(variables.iter().copied()), "")
    }
}

#[test]
fn who_has_no_configuration_is_told_of_init() {
    let operator = Operator { folder: tempfile::tempdir().unwrap() };
    for line in ["serve", "migrate", "audit", "connection list"] {
        let complaint = operator.fails(line);
        assert!(
            complaint.contains("there is no symbolon.toml in this folder")
                && complaint.contains("`symbolon init`"),
            "{line}: {complaint}"
        );
    }
}

#[test]
fn the_doctor_groups_what_it_says() {
    let operator = Operator::new();
    operator.applies(STATE);
    let told = operator.does("doctor");
    let headings: Vec<_> = told.lines().filter(|line| line.ends_with(':') && !line.contains("  ")).collect();
    assert_eq!(headings, ["Configuration:", "This machine:", "Network:", "Storage:"], "{told}");
    assert!(told.lines().last().unwrap().ends_with("to mind, 0 broken"), "{told}");
    let findings = operator.asks("doctor");
    assert!(findings.as_array().unwrap().iter().all(|finding| finding["about"].is_string()), "{findings}");
}

#[test]
fn the_doctor_tries_the_port() {
    let operator = Operator::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ill = operator.examines("doctor", &[("SYMBOLON_LISTEN", &address)]);
    assert!(ill.code == 1 && ill.out.contains("is in use by another program"), "{}", ill.out);
    assert!(ill.out.contains(&format!("sport = :{}", taken.local_addr().unwrap().port())), "{}", ill.out);
    drop(taken);
    let well = operator.examines("doctor", &[("SYMBOLON_LISTEN", &address)]);
    assert!(well.code == 0 && well.out.contains(&format!("{address} is free")), "{}", well.out);
    let nowhere = operator.examines("doctor", &[("SYMBOLON_LISTEN", "192.0.2.7:8080")]);
    assert!(nowhere.code == 1 && nowhere.out.contains("no address of this machine"), "{}", nowhere.out);
}

#[test]
fn the_doctor_tries_to_write_where_the_server_must() {
    let operator = Operator::new();
    operator.applies(STATE);
    let healthy = operator.does("doctor");
    assert!(healthy.contains("the database takes writes"), "{healthy}");
    assert!(healthy.contains("the folder of the database,"), "{healthy}");
    let lost = operator.examines("doctor", &[("SYMBOLON_STORAGE__URL", "sqlite:gone/symbolon.db")]);
    assert!(lost.code == 1 && lost.out.contains("mkdir -p "), "{}", lost.out);
    assert!(
        fs::read_dir(operator.folder.path())
            .unwrap()
            .all(|entry| { !entry.unwrap().file_name().to_string_lossy().contains("doctor") })
    );
}

/// A mend is a command that works as it stands.
#[test]
fn what_the_doctor_says_of_permissions_mends_them() {
    let operator = Operator::new();
    operator.applies(STATE);
    let secrets = operator.path("secrets.toml");
    for (mode, code, who) in [(0o644, 1, "others on this machine"), (0o640, 0, "everybody in the group")] {
        fs::set_permissions(&secrets, fs::Permissions::from_mode(mode)).unwrap();
        let ill = operator.run("doctor --json");
        let findings: Vec<Value> = serde_json::from_str(&ill.out).unwrap();
        let found = findings.iter().find(|finding| finding["what"].as_str().unwrap().contains(who));
        let mend = found.unwrap_or_else(|| panic!("{who}: {}", ill.out))["mend"].as_str().unwrap();
        assert_eq!(ill.code, code, "{}", ill.out);
        let mended =
            Command::new("sh").args(["-c", mend]).current_dir(operator.folder.path()).status().unwrap();
        assert!(mended.success(), "{mend}");
        assert!(operator.does("doctor").contains("0 broken"));
        assert_eq!(fs::metadata(&secrets).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

/// Only root can become somebody else; everybody can be told so.
#[test]
fn the_doctor_checks_as_the_user_that_will_run_the_server() {
    let operator = Operator::new();
    operator.applies(STATE);
    let ill = operator.run("doctor --as 65534:65534");
    assert_eq!(ill.code, 1, "{}", ill.out);
    if fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
        let told = ill.out + &ill.complaint;
        assert!(told.contains("ermission denied"), "the folder of a test is its owner's alone: {told}");
    } else {
        assert!(ill.complaint.contains("run it as root"), "{}", ill.complaint);
    }
    assert!(operator.fails("doctor --as nobody-of-this-name").contains("there is no user"));
}
