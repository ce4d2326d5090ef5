use super::*;
use crate::stub::{Grant, Stub, town};

fn grant(stub: &Stub, token: &str, tenant: Option<&str>, scope: &str) {
    let grant = Grant { tenant: tenant.map(str::to_owned), scope: scope.to_owned(), ..Grant::default() };
    stub.memory().tokens.insert(token.to_owned(), grant);
}

async fn ask(world: &World, path: &str, token: &str) -> Answer {
    let url = Url::parse(&format!("{}{path}", world.addresses.host_api)).expect("a URL");
    Egress::loopback().send(Request::get(url).bearer(token)).await.expect("an answer")
}

#[tokio::test]
async fn shows_each_clinic_its_own_forms() {
    let town = town().await;
    grant(&town.state, "n", Some("north"), "forms:read");
    grant(&town.state, "s", Some("south"), "forms:read");
    assert!(ask(&town.world, "/v1/forms", "n").await.text().contains("Sleep diary"));
    assert!(!ask(&town.world, "/v1/forms", "s").await.text().contains("Sleep diary"));
}

#[tokio::test]
async fn hands_refusals_through_with_their_challenge() {
    let town = town().await;
    grant(&town.state, "n", Some("north"), "forms:read");
    let answer = ask(&town.world, "/v1/bookings", "n").await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(answer.header(WWW_AUTHENTICATE), Some("Bearer error=\"insufficient_scope\""));
    let answer = ask(&town.world, "/v1/bookings", "unknown").await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(answer.text().contains("invalid_token"));
}

#[tokio::test]
async fn asks_for_a_credential_without_calling_it_wrong() {
    let town = town().await;
    let url = Url::parse(&format!("{}/v1/forms", town.world.addresses.host_api)).expect("a URL");
    let answer = Egress::loopback().send(Request::get(url)).await.expect("an answer");
    assert_eq!((answer.status().as_u16(), answer.header(WWW_AUTHENTICATE)), (401, Some("Bearer")));
}

#[tokio::test]
async fn a_credential_without_a_tenant_sees_public_lists_only() {
    let town = town().await;
    grant(&town.state, "app", None, "clinics:read forms:read");
    assert!(ask(&town.world, "/v1/clinics", "app").await.text().contains("Clinic South"));
    assert_eq!(ask(&town.world, "/v1/forms", "app").await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_kind_that_nobody_thought_of_sees_nothing_of_a_clinic() {
    let of = |kind: &str| -> Principal {
        let told = json!({ "kind": kind, "sub": "x", "tenant": "north", "user": "u-jane" });
        serde_json::from_value(told).expect("a principal")
    };
    for (kind, seen) in [("person", true), ("tenant", true), ("app", false), ("key", false), ("oauth", false)]
    {
        assert_eq!(of(kind).tenant().is_ok(), seen, "{kind}");
    }
    let nowhere: Principal =
        serde_json::from_value(json!({ "kind": "person", "sub": "x" })).expect("a principal");
    assert!(nowhere.tenant().is_err(), "no tenant is not every tenant");
}

#[tokio::test]
async fn blames_no_caller_for_a_host_key_of_its_own_that_is_wrong() {
    let town = town().await;
    let grant =
        || Grant { tenant: Some("north".to_owned()), scope: "forms:read".to_owned(), ..Grant::default() };
    town.state.memory().tokens.insert("n".to_owned(), grant());
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer n"));
    let mut host = HostApi::new(&town.world, Egress::loopback()).expect("a host API");
    assert_eq!(host.check_tenant(&headers, "forms:read").await.ok().as_deref(), Some("north"));

    host.host_key = "the-key-before".to_owned();
    let refusal = host.check(&headers, "forms:read").await.err().expect("no verdict");
    assert_eq!(refusal.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(refusal.headers().get(WWW_AUTHENTICATE), None);
    let body = axum::body::to_bytes(refusal.into_body(), 1000).await.expect("a body");
    let text = String::from_utf8_lossy(&body).into_owned();
    assert!(text.contains("nothing is wrong with yours") && !text.contains("host key"), "{text}");
}

#[tokio::test]
async fn is_unsure_rather_than_generous_when_nobody_can_be_asked() {
    let mut world = town().await.world;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    world.addresses.issuer = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let host = HostApi::new(&world, Egress::loopback()).expect("a host API");
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer x"));
    let refusal = host.check(&headers, "forms:read").await.err().expect("no verdict");
    assert_eq!(refusal.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refusal.headers().get(RETRY_AFTER), Some(&HeaderValue::from_static("1")));
}
