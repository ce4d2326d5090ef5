use axum::Router;
use axum::http::header::CONTENT_TYPE;
use symbolon_wire::egress::{Egress, Request};
use url::Url;

use super::*;

async fn answer(status: u16, body: &'static str) -> Answer {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let status = StatusCode::from_u16(status).expect("a status");
    let router = Router::new().fallback(async move || (status, [(CONTENT_TYPE, "application/json")], body));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Egress::loopback().send(Request::get(Url::parse(&url).expect("a URL"))).await.expect("an answer")
}

fn step(written: &str) -> Step {
    toml::from_str(&format!("call = \"c\"\n{written}")).expect("a step")
}

fn holding(refresh_token: &str) -> Knowledge {
    let mut known = Knowledge::default();
    known.learn("refresh_token", refresh_token.to_owned());
    known
}

#[tokio::test]
async fn an_answer_must_be_what_the_step_says() {
    let known = Knowledge::default();
    let body = r#"{"access_token":"t","base_url":"http://127.0.0.1"}"#;
    for (written, expected) in [
        ("status = 200", None),
        ("status = 201", Some("expected 201 Created, got 200 OK")),
        ("status = 200\nmembers = [\"access_token\", \"base_url\"]", None),
        (
            "status = 200\nmembers = [\"access_token\"]",
            Some("and no others, got [\"access_token\", \"base_url\"]"),
        ),
        ("status = 200\nsays = \"base_url\"", None),
        ("status = 200\nsays = \"formId\"", Some("expected it to say “formId”")),
    ] {
        let checked = check(&step(written), &answer(200, body).await, (&known, &known));
        match expected {
            None => assert_eq!(checked, Ok(()), "{written}"),
            Some(expected) => assert!(checked.expect_err(written).contains(expected), "{written}"),
        }
    }
}

#[tokio::test]
async fn a_refresh_token_must_turn_or_stay_as_the_step_says() {
    let answer = answer(200, "{}").await;
    let (same, new) =
        (step("status = 200\nrefresh_token = \"same\""), step("status = 200\nrefresh_token = \"new\""));
    let (one, other) = (holding("one"), holding("other"));
    assert!(check(&same, &answer, (&one, &one)).is_ok() && check(&same, &answer, (&one, &other)).is_err());
    assert!(check(&new, &answer, (&one, &other)).is_ok() && check(&new, &answer, (&one, &one)).is_err());
}
