//! `symbolon doctor`: what it finds, and how it says to mend it.

use std::fs;

use serde_json::Value;

use super::{Operator, STATE};

#[test]
fn the_doctor_finds_what_is_broken_and_says_how_to_mend_it() {
    let operator = Operator::new();
    operator.applies(STATE);
    let healthy = operator.does("doctor");
    assert!(healthy.contains("0 broken") && healthy.contains("only browsers on this machine"), "{healthy}");
    let readable = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(operator.path("secrets.toml"), readable).unwrap();
    let ill = operator.run("doctor");
    assert_eq!(
        (ill.code, ill.complaint.as_str()),
        (1, "symbolon: one thing is broken: mend it as its finding says, and run this again\n")
    );
    assert!(ill.out.contains("mode 644") && ill.out.contains("mend: chmod 600"), "{}", ill.out);
    operator.writes("broken.toml", "isuer = \"x\"");
    let broken = operator.run("doctor --config broken.toml --json");
    let findings: Value = serde_json::from_str(&broken.out).unwrap();
    assert_eq!((broken.code, &findings[0]["weight"]), (1, &Value::from("broken")));
    assert_eq!(broken.complaint.lines().count(), 1, "{}", broken.complaint);
}

#[test]
fn the_doctor_speaks_tls_as_the_server_does() {
    const CERT: &str = include_str!("../tls/cert.pem");
    const KEY: &str = include_str!("../tls/key.pem");
    let operator = Operator::new();
    operator.applies(STATE);
    operator.configures("[tls]\ncert = \"cert.pem\"\nkey = \"key.pem\"\n");
    let write = |cert: &str, key: &str| {
        operator.writes("cert.pem", cert);
        operator.writes("key.pem", key);
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(operator.path("key.pem"), private).unwrap();
    };
    for (cert, key, named) in [
        ("garbage", KEY, "cert.pem"),
        (CERT, "garbage", "key.pem"),
        (CERT, CERT, "key.pem"),
        (KEY, KEY, "cert.pem"),
    ] {
        write(cert, key);
        let refused = operator.fails("serve");
        let why = refused.trim().trim_start_matches("symbolon: ").to_owned();
        assert!(why.starts_with("cannot use the ") && why.contains(named), "{why}");
        let ill = operator.run("doctor");
        assert!(ill.code == 1 && ill.out.contains(&format!("broken   {why}\n")), "{why}\n{}", ill.out);
        assert!(ill.out.contains("mend: give `tls.cert`"), "{}", ill.out);
        assert!(ill.complaint.starts_with("symbolon: one thing is broken"), "{}", ill.complaint);
    }
    write(CERT, KEY);
    assert!(operator.does("doctor").contains("can speak TLS"));
    fs::remove_file(operator.path("cert.pem")).unwrap();
    let ill = operator.run("doctor");
    assert!(ill.out.contains("cert.pem cannot be read") && ill.out.contains("1 broken"), "{}", ill.out);
}

#[test]
fn a_setting_without_effect_is_told_by_the_doctor_and_at_the_start() {
    let operator = Operator::new();
    assert!(!operator.does("doctor").contains("registration"));
    let configuration = fs::read_to_string(operator.path("symbolon.toml")).unwrap();
    operator.writes("symbolon.toml", &configuration.replace("review = \"on\"", "review = \"off\""));
    let told = operator.does("doctor");
    let finding = told.lines().skip_while(|line| !line.starts_with("mind     `registration.review` is off"));
    let mend = finding.take(2).last();
    assert!(mend.is_some_and(|mend| mend.contains("mend: take the line out")), "{told}");
    assert!(!told.contains("registration.developers"), "{told}");

    let logged = operator.serves();
    let said = logged.lines().filter(|line| line.contains("`registration.review` is off"));
    assert_eq!(said.count(), 1, "{logged}");
}
