use http::header::WWW_AUTHENTICATE;
use symbolon_wire::egress::{Answer, Egress, Request};
use url::Url;

use super::*;
use crate::stub::{Grant, Town, town};

async fn town_with(token: &str, scope: &str) -> Town {
    let town = town().await;
    let grant = Grant {
        tenant: Some("north".to_owned()),
        user: Some("u-jane".to_owned()),
        scope: scope.to_owned(),
        ..Grant::default()
    };
    town.state.memory().tokens.insert(token.to_owned(), grant);
    town
}

fn url(town: &Town, path: &str) -> Url {
    Url::parse(&format!("{}{path}", town.world.addresses.host_api)).expect("a URL")
}

async fn ask(town: &Town, (method, path): (http::Method, &str), token: Option<&str>) -> (u16, Value) {
    let mut request = Request::new(method, url(town, path));
    if let Some(token) = token {
        request = request.bearer(token);
    }
    let answer = send(request.json(&json!({ "title": "Daylight" }))).await;
    (answer.status().as_u16(), answer.json().expect("JSON"))
}

async fn get_as(town: &Town, path: &str, token: Option<&str>) -> (u16, Value) {
    ask(town, (http::Method::GET, path), token).await
}

async fn send(request: Request) -> Answer {
    Egress::loopback().send(request).await.expect("an answer")
}

#[tokio::test]
async fn fillout_says_400_to_every_bad_credential_in_different_words() {
    let town = town_with("sk_prod_x_1", "forms:read").await;
    let (status, forms) = get_as(&town, FORMS, Some("sk_prod_x_1")).await;
    assert_eq!((status, &forms[0]), (200, &json!({ "name": "New patient", "formId": "north-1" })));
    let (_, me) = get_as(&town, ME, Some("sk_prod_x_1")).await;
    assert_eq!(me, json!({ "userId": "u-jane", "organizationId": "north" }));

    let mut messages = Vec::new();
    for token in [None, Some("nodash"), Some("sk_prod_y_2")] {
        let (status, body) = get_as(&town, FORMS, token).await;
        assert_eq!((status, &body["statusCode"], &body["error"]), (400, &json!(400), &json!("Bad Request")));
        messages.push(body["message"].as_str().expect("a message").to_owned());
    }
    messages.dedup();
    assert_eq!(messages.len(), 3, "{messages:?}");
}

#[tokio::test]
async fn fullscript_says_401_and_403_with_a_challenge() {
    let town = town_with("t", "clinic:read").await;
    let (status, body) = get_as(&town, CLINIC, Some("t")).await;
    assert_eq!((status, &body["clinic"]["id"]), (200, &json!("north")));
    for (scope, token, expected) in [("patients:read", "t", 403), ("clinic:read", "u", 401)] {
        let town = town_with("t", scope).await;
        let answer = send(Request::get(url(&town, CLINIC)).bearer(token)).await;
        assert_eq!(answer.status().as_u16(), expected);
        assert!(answer.header(WWW_AUTHENTICATE).is_some_and(|challenge| challenge.starts_with("Bearer")));
    }
}

#[tokio::test]
async fn calcom_says_201_with_a_scope_of_either_age_and_401_otherwise() {
    for scope in ["READ_BOOKING", "BOOKING_READ"] {
        let town = town_with("t", scope).await;
        for path in [BOOKINGS, BOOKINGS_IN_SHORT] {
            let (status, bookings) = get_as(&town, path, Some("t")).await;
            assert_eq!((status, &bookings[0]["title"]), (201, &json!("First visit")));
        }
    }
    let town = town_with("t", "READ_PROFILE").await;
    for token in [None, Some("t"), Some("unknown")] {
        let refused = get_as(&town, BOOKINGS, token).await;
        assert_eq!(refused, (401, json!({ "message": "Unauthorized" })));
    }
    let keyed = get_as(&town, "/listBookings?apiKey=cal_1", None).await;
    assert_eq!(keyed, (401, json!({ "message": "API key not valid" })));
}

#[tokio::test]
async fn make_wants_a_scope_for_each_kind_of_method() {
    use http::Method;
    let calls = [
        (Method::GET, MOVIES, "read"),
        (Method::GET, "/movies/1", "read"),
        (Method::POST, MOVIES, "write"),
        (Method::PUT, "/movies/1", "write"),
        (Method::PATCH, "/movies/1", "write"),
        (Method::DELETE, "/movies/1", "delete"),
    ];
    for (method, path, scope) in calls {
        let town = town_with("t", &format!("connect {scope}")).await;
        let (status, _) = ask(&town, (method.clone(), path), Some("t")).await;
        assert_eq!(status, 200, "{method} {path}");
        let town = town_with("t", "connect").await;
        let (status, body) = ask(&town, (method.clone(), path), Some("t")).await;
        assert_eq!((status, &body["error"]["code"]), (403, &json!("insufficient_scope")), "{method} {path}");
        let (status, body) = ask(&town, (method.clone(), path), None).await;
        assert_eq!(status, 401, "{method} {path}");
        assert!(body["error"]["message"].is_string());
    }
    let town = town_with("t", "connect read").await;
    assert_eq!(get_as(&town, "/movies/99", Some("t")).await.0, 404);
}
