use std::net::SocketAddr;

use symbolon_demo::vendor;
use symbolon_wire::egress::Request;

use super::*;

fn once() -> Options {
    Options { listen: SocketAddr::from(([127, 0, 0, 1], 0)), dir: None, open: false, once: true }
}

#[tokio::test]
async fn once_walks_stops_the_server_and_says_so() {
    let mut out = Vec::new();
    let mut stopped = false;
    let options = once();
    let ended = symbolon_demo::run(&options, (&mut out, WalkFormat::AsJson), start, async |server| {
        stopped = true;
        stop(server).await
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

#[tokio::test]
async fn each_dialect_answers_below_its_name_and_at_a_host_of_that_name_and_its_api_beside_it() {
    let demo = symbolon_demo::open(&once(), start).await.expect("the demo opens");
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
    stop(demo.server).await.expect("it stops");
}
