use super::*;

fn parsed(text: &str) -> Url {
    Url::parse(text).unwrap_or_else(|wrong| panic!("{text}: {wrong}"))
}

fn code(rules: &Rules, text: &str) -> &'static str {
    rules.check(&parsed(text)).err().map_or("admitted", |wrong| wrong.code())
}

fn allowing(allow: &[&str]) -> Rules {
    Rules { allow: allow.iter().map(|text| text.parse().expect(text)).collect(), ..Rules::default() }
}

#[test]
fn reaches_loopback_literals_only() {
    for allowed in ["http://127.0.0.1:8080/a", "http://127.1/", "http://[::1]:9/"] {
        assert!(loopback(&parsed(allowed)).is_ok(), "{allowed}");
    }
    for refused in [
        "https://127.0.0.1/",
        "http://localhost/",
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/",
        "http://user@127.0.0.1/",
        "file:///etc/passwd",
    ] {
        assert!(loopback(&parsed(refused)).is_err(), "{refused}");
    }
}

#[test]
fn l11_refuses_every_spelling_of_an_inner_literal() {
    let rules = Rules::default();
    for inner in [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "0x7F.0x0.0x0.0x1",
        "0",
        "0.0.0.0",
        "10.1.2.3",
        "0xa010203",
        "012.1.2.3",
        "169.254.169.254",
        "2852039166",
        "0xA9FEA9FE",
        "%31%32%37.0.0.1",
        "１２７.0.0.1",
        "127。0。0。1",
        "①②⑦.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "192.0.0.192",
        "255.255.255.255",
        "224.0.0.1",
        "198.18.0.1",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::10.0.0.1]",
        "[64:ff9b:1::10.0.0.1]",
        "[2002:7f00:1::1]",
        "[2001:0:1::1]",
        "[fd00::1]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[ff02::1]",
        "[2001:db8::1]",
    ] {
        assert_eq!(code(&rules, &format!("https://{inner}/")), "inner_address", "{inner}");
    }
    for zoned in ["https://[fe80::1%25eth0]/", "https://[fe80::1%eth0]/"] {
        assert!(Url::parse(zoned).is_err(), "{zoned}");
    }
    for public in ["8.8.8.8", "[2606:4700::1111]", "example.com", "127.0.0.1.example.com"] {
        assert_eq!(code(&rules, &format!("https://{public}/")), "admitted", "{public}");
    }
    let said = rules.check(&parsed("https://0xa.66051/")).expect_err("an inner one").to_string();
    assert_eq!(said, "refused: 10.1.2.3 is an inner address (a private network)");
}

#[test]
fn takes_https_on_its_ports_without_user_and_fragment() {
    let rules = Rules::default();
    for (text, expected) in [
        ("https://example.com/", "admitted"),
        ("https://example.com:8443/a?b", "admitted"),
        ("http://example.com/", "scheme"),
        ("http://example.com:443/", "scheme"),
        ("ftp://example.com/", "scheme"),
        ("gopher://example.com/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("data:text/html,x", "scheme"),
        ("https://user@example.com/", "user_info"),
        ("https://:secret@example.com/", "user_info"),
        ("https://example.com/#there", "fragment"),
        ("https://example.com/#", "fragment"),
        ("https://example.com:22/", "port"),
        ("https://example.com:80/", "port"),
    ] {
        assert_eq!(code(&rules, text), expected, "{text}");
    }
    let wider = Rules { ports: vec![443, 9443], ..Rules::default() };
    assert_eq!(code(&wider, "https://example.com:9443/"), "admitted");
    assert_eq!(code(&wider, "https://example.com:8443/"), "port");
}

#[test]
fn l13_one_inner_answer_spoils_them_all() {
    let rules = Rules::default();
    let target = rules.check(&parsed("https://example.com/")).expect("a name");
    let both: Vec<IpAddr> = ["8.8.8.8", "127.0.0.1"].map(|text| text.parse().expect(text)).into();
    assert_eq!(rules.admit(&target, &both[..1]).expect("a public one").len(), 1);
    let refused = rules.admit(&target, &both).expect_err("both");
    assert_eq!(refused.code(), "leads_inside");
    assert!(!refused.to_string().contains("127.0.0.1"), "{refused}");
    assert_eq!(refused.detail().as_deref(), Some("it leads to 127.0.0.1"));
}

#[test]
fn an_allowed_network_lifts_its_addresses_and_nothing_else() {
    let rules = allowing(&["10.2.0.0/16", "fd00:1::/32", "192.168.7.7"]);
    for (text, expected) in [
        ("https://10.2.3.4/", "admitted"),
        ("https://[fd00:1::9]:8443/", "admitted"),
        ("https://192.168.7.7/", "admitted"),
        ("https://192.168.7.8/", "inner_address"),
        ("https://10.3.0.1/", "inner_address"),
        ("http://10.2.3.4/", "scheme"),
        ("https://10.2.3.4:6379/", "port"),
        ("https://[::ffff:10.2.3.4]/", "inner_address"),
    ] {
        assert_eq!(code(&rules, text), expected, "{text}");
    }
}

#[test]
fn an_allowed_place_lifts_scheme_port_and_address_of_itself() {
    let rules = allowing(&["127.0.0.1:9999", "Hooks.Internal:8080", "[::1]:81"]);
    for (text, expected) in [
        ("http://127.0.0.1:9999/", "admitted"),
        ("http://0x7f.1:9999/", "admitted"),
        ("https://127.0.0.1:9999/", "admitted"),
        ("http://127.0.0.1:9998/", "scheme"),
        ("http://hooks.internal:8080/", "admitted"),
        ("http://hooks.internal.:8080/", "admitted"),
        ("http://x.hooks.internal:8080/", "scheme"),
        ("http://[::1]:81/", "admitted"),
        ("http://user@127.0.0.1:9999/", "user_info"),
    ] {
        assert_eq!(code(&rules, text), expected, "{text}");
    }
    for wrong in [
        "",
        "10.0.0.0/33",
        "hooks.internal",
        "hooks.internal:0",
        "hooks.internal:99999",
        "https://x:1",
        "a@b:1",
        "a/b:1",
    ] {
        assert!(wrong.parse::<Allow>().is_err(), "{wrong}");
    }
}

#[test]
fn this_server_itself_is_refused_whatever_is_allowed() {
    let own = Rules {
        own_names: vec!["connect.example.com".to_owned()],
        own_listeners: vec!["0.0.0.0:8080".parse().expect("one"), "127.0.0.1:9090".parse().expect("one")],
        ports: vec![443, 8080, 9090],
        ..allowing(&[
            "127.0.0.0/8",
            "::/0",
            "0.0.0.0/8",
            "connect.example.com:444",
            "127.0.0.1:9090",
            "localhost:8080",
        ])
    };
    for text in [
        "https://connect.example.com/",
        "https://CONNECT.example.com./",
        "http://connect.example.com:444/",
        "https://127.0.0.1:8080/",
        "https://127.0.0.2:8080/",
        "https://0.0.0.0:8080/",
        "https://[::ffff:127.0.0.1]:8080/",
        "http://127.0.0.1:9090/",
        "https://[::ffff:127.0.0.1]:9090/",
    ] {
        assert_eq!(code(&own, text), "own_address", "{text}");
    }
    assert_eq!(code(&own, "https://127.0.0.2:9090/"), "admitted");
    let target = own.check(&parsed("http://localhost:8080/")).expect("a name is judged by where it leads");
    let refused = own.admit(&target, &["127.0.0.1".parse().expect("one")]).expect_err("the own listener");
    assert_eq!(refused.code(), "own_address");
}
