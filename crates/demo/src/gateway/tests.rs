use axum::http::HeaderMap;
use axum::routing::any;

use super::*;
use crate::world::Addresses;

/// An upstream that says who it is and what it was asked.
async fn upstream(name: &'static str) -> String {
    let tell = any(async move |request: Incoming| {
        let (head, body) = request.into_parts();
        let body = to_bytes(body, MOST_BYTES).await.unwrap_or_default();
        let host = head.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let told = format!("{name} {} {} {host} {}", head.method, head.uri, String::from_utf8_lossy(&body));
        let mut headers = HeaderMap::new();
        for cookie in ["a=1", "b=2"] {
            headers.append(axum::http::header::SET_COOKIE, cookie.parse().expect("a cookie"));
        }
        (StatusCode::IM_A_TEAPOT, headers, told)
    });
    serve(Router::new().fallback_service(tell)).await
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

async fn door() -> String {
    let addresses = Addresses {
        issuer: "http://127.0.0.1:1".to_owned(),
        host_api: upstream("host").await,
        app: "http://127.0.0.1:2".to_owned(),
    };
    let world = World::at(addresses).expect("the world");
    let server = upstream("server").await;
    serve(Gateway::new(&world, &server, Egress::loopback()).expect("a gateway").router()).await
}

async fn ask(request: Request) -> Answer {
    Egress::loopback().send(request).await.expect("an answer")
}

#[tokio::test]
async fn each_path_goes_where_it_belongs() {
    let door = door().await;
    for (path, expected) in [
        ("/", "server GET / "),
        ("/oauth/token?a=b", "server GET /oauth/token?a=b "),
        ("/fillout/public/oauth/accessToken", "server GET /fillout/public/oauth/accessToken "),
        ("/fillout/v1/api/forms", "host GET /v1/api/forms "),
        ("/v1/api/forms", "host GET /v1/api/forms "),
        ("/fillout/v1/api/me", "server GET /fillout/v1/api/me "),
        ("/calcom/listBookings?apiKey=k", "host GET /listBookings?apiKey=k "),
        ("/make/movies/7", "host GET /movies/7 "),
        ("/moviestar", "server GET /moviestar "),
        ("/elsewhere/api/clinic", "server GET /elsewhere/api/clinic "),
    ] {
        let url = Url::parse(&format!("{door}{path}")).expect("a URL");
        let told = ask(Request::get(url)).await.text();
        assert!(told.starts_with(expected), "{path}: {told}");
    }
}

#[tokio::test]
async fn nothing_is_lost_on_the_way() {
    let door = door().await;
    let url = Url::parse(&format!("{door}/make/movies")).expect("a URL");
    let request = Request::new(http::Method::PATCH, url).carrying("the body");
    let answer = ask(request.header(HOST, "make.localhost:8080")).await;
    assert_eq!(answer.status(), StatusCode::IM_A_TEAPOT);
    assert_eq!(answer.text(), "host PATCH /movies make.localhost:8080 the body");
    assert_eq!(answer.headers().get_all(axum::http::header::SET_COOKIE).iter().count(), 2);
}

#[tokio::test]
async fn says_so_when_nobody_is_behind_the_door() {
    let addresses = Addresses {
        issuer: "http://127.0.0.1:1".to_owned(),
        host_api: "http://127.0.0.1:1".to_owned(),
        app: "http://127.0.0.1:1".to_owned(),
    };
    let world = World::at(addresses).expect("the world");
    let gateway = Gateway::new(&world, "http://127.0.0.1:1", Egress::loopback()).expect("a gateway");
    let url = Url::parse(&serve(gateway.router()).await).expect("a URL");
    assert_eq!(ask(Request::get(url)).await.status(), StatusCode::BAD_GATEWAY);
}
