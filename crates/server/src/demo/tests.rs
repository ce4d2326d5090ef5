use super::*;
use symbolon_wire::egress::Request;

fn once() -> Options {
    Options { listen: SocketAddr::from(([127, 0, 0, 1], 0)), dir: None, open: false, once: true }
}

#[tokio::test]
async fn once_walks_stops_the_server_and_says_so() {
    let mut out = Vec::new();
    let mut stopped = false;
    let options = once();
    let ended = run(&options, (&mut out, Told::AsJson), crate::cli::demo::start, async |server| {
        stopped = true;
        crate::cli::demo::stop(server).await
    });
    ended.await.expect("no surprise");
    assert!(stopped);
    let told = String::from_utf8(out).expect("text");
    let lines: Vec<serde_json::Value> =
        told.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.last().expect("an end")["failed"], 0);
    for vendor in vendor::all().expect("the vendors") {
        let own = lines.iter().filter(|line| {
            line["story"].as_str().is_some_and(|story| story.ends_with(&format!(" with {}", vendor.name)))
        });
        let asked = own.filter(|line| line["title"] == "Introspect, as the API" && line["ok"] == true);
        assert_eq!(asked.count(), 2, "{}: alive before it ends, dead after\n{told}", vendor.name);
    }
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
    for vendor in &world.vendors {
        assert!(told.contains(&vendor.page()), "{told}");
    }
}

#[tokio::test]
async fn each_dialect_answers_below_its_name_and_at_a_host_of_that_name_and_its_api_beside_it() {
    let demo = open(&once(), crate::cli::demo::start).await.expect("the demo opens");
    let status = async |path: &str, host: Option<String>| {
        let url = url::Url::parse(&format!("{}{path}", demo.world.addresses.issuer)).expect("a URL");
        let mut request = Request::get(url);
        if let Some(host) = host {
            request = request.header(http::header::HOST, host);
        }
        demo.egress.send(request).await.expect("an answer").status().as_u16()
    };
    let host =
        |key: &str| demo.world.vendors.iter().find(|own| own.key == key).map(|own| demo.world.host(own));
    // A wrong method or a missing credential: an endpoint is there.
    for (key, path, expected) in [
        ("fillout", "/public/oauth/accessToken", 405),
        ("fillout", "/v1/api/forms", 400),
        ("fullscript", "/api/oauth/token", 405),
        ("fullscript", "/api/clinic", 401),
        ("calcom", "/v2/auth/oauth2/token", 405),
        ("calcom", "/listBookings", 401),
        ("make", "/info", 401),
        ("make", "/movies", 401),
    ] {
        assert_eq!(status(&format!("/{key}{path}"), None).await, expected, "/{key}{path}");
        assert_eq!(status(path, host(key)).await, expected, "{path} at {key}");
    }
    assert_eq!(status("/public/oauth/accessToken", None).await, 404, "no dialect stands at the root");
    assert_eq!(status("/info", host("fillout")).await, 404, "nor at the host of another");
    crate::cli::demo::stop(demo.server).await.expect("it stops");
}
