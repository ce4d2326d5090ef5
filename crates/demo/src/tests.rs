use super::*;

fn once() -> Options {
    Options { listen: SocketAddr::from(([127, 0, 0, 1], 0)), dir: None, open: false, once: true }
}

#[test]
fn refuses_to_listen_beyond_this_machine() {
    for beyond in ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:8080"] {
        assert!(on_this_machine(beyond).expect_err(beyond).contains("--listen 127.0.0.1:8080"));
    }
    for here in ["127.0.0.1:8080", "[::1]:0"] {
        assert!(on_this_machine(here).is_ok(), "{here}");
    }
}

#[tokio::test]
async fn says_which_port_is_taken_and_falls_back_for_the_samples() {
    let taken = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let listen = taken.local_addr().expect("an address");
    let options = Options { listen, once: false, ..once() };
    let refused = Ports::bind(&options).await.err().expect("taken");
    assert!(refused.to_string().contains(&listen.to_string()), "{refused}");

    let free = SocketAddr::new(listen.ip(), 0);
    let other = beside(free, listen.port() - 1, 1).await.expect("another port");
    assert_ne!(other.local_addr().expect("an address"), listen);
}

#[test]
fn guides_to_everyone_and_everything() {
    let addresses = Addresses {
        issuer: "http://127.0.0.1:8080".to_owned(),
        host_api: "http://127.0.0.1:8081".to_owned(),
        app: "http://127.0.0.1:8082".to_owned(),
    };
    let world = World::at(addresses).expect("the world");
    let mut out = Vec::new();
    guide::print(&world, true, &mut out).expect("written");
    let told = String::from_utf8(out).expect("text");
    for (person, _) in world.people() {
        assert!(told.contains(&person.email), "{told}");
        assert!(told.contains(&person.password), "one password for all: {told}");
    }
    for address in ["http://127.0.0.1:8080", "http://127.0.0.1:8081", "http://127.0.0.1:8082"] {
        assert!(told.contains(address), "{told}");
    }
    assert!(told.contains("http://127.0.0.1:8080/developers") && told.contains("Create an app"), "{told}");
    for vendor in &world.vendors {
        assert!(told.contains(&vendor.page()), "{told}");
    }
}

/// Whoever reads the pages in German reads what an app asks for in German, too.
#[test]
fn speaks_german_of_every_scope_and_role() {
    let declared: toml::Table = include_str!("world.toml").parse().expect("TOML");
    for kind in ["scope", "role"] {
        let entries = declared[kind].as_array().expect("entries");
        assert!(entries.len() > 3, "{kind}");
        for entry in entries {
            let said = |key: &str| entry.get("text").and_then(|texts| texts.get("de")?.get(key)).is_some();
            assert!(said("title"), "{entry:?}");
            assert_eq!(said("description"), entry.get("description").is_some(), "{entry:?}");
        }
    }
}
