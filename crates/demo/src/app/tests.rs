use http::header::{COOKIE, REFERRER_POLICY};

use super::*;
use crate::stub::town;

async fn fetch(request: Request) -> Answer {
    Egress::loopback().send(request).await.expect("an answer")
}

fn at(world: &World, path: &str) -> Url {
    Url::parse(&format!("{}{path}", world.addresses.app)).expect("a URL")
}

#[tokio::test]
async fn connect_sends_state_and_challenge_and_keeps_the_verifier() {
    let town = town().await;
    let answer = fetch(Request::post_form::<&str, &str>(at(&town.world, "/connect"), &[])).await;
    let location = answer.header(LOCATION).expect("a redirect");
    assert!(location.starts_with(&format!("{}/oauth/authorize?", town.world.addresses.issuer)), "{location}");
    for parameter in ["state=", "code_challenge=", "code_challenge_method=S256"] {
        assert!(location.contains(parameter), "{location}");
    }
    assert!(!location.contains("verifier"));
    let cookie = answer.header(SET_COOKIE).expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
}

#[tokio::test]
async fn a_callback_counts_only_in_the_browser_that_began() {
    let town = town().await;
    let begun = fetch(Request::post_form::<&str, &str>(at(&town.world, "/connect"), &[])).await;
    let state = begun.header(LOCATION).and_then(|to| to.split("state=").nth(1)?.split('&').next());
    let callback = at(&town.world, &format!("/callback?code=c&state={}", state.expect("a state")));

    let elsewhere = fetch(Request::get(callback.clone())).await.text();
    assert!(elsewhere.contains("this browser did not start that connection"), "{elsewhere}");

    let cookie = begun.header(SET_COOKIE).and_then(|line| line.split(';').next()).expect("a cookie");
    assert_eq!(
        fetch(Request::get(callback.clone()).header(COOKIE, cookie)).await.status(),
        StatusCode::SEE_OTHER
    );
    let page = fetch(Request::get(at(&town.world, "/")).header(COOKIE, cookie)).await.text();
    assert!(page.contains("another server than the one asked"), "no iss: {page}");
}

#[tokio::test]
async fn pages_forbid_scripts_frames_and_referrers() {
    let town = town().await;
    let answer = fetch(Request::get(at(&town.world, "/"))).await;
    let policy = answer.headers().get("content-security-policy").and_then(|value| value.to_str().ok());
    let policy = policy.expect("a policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(answer.header(REFERRER_POLICY), Some("no-referrer"));
    assert!(!answer.text().contains("<script"));
}

#[tokio::test]
async fn the_terminal_page_shows_a_code_and_nothing_that_is_none() {
    let town = town().await;
    let shown = fetch(Request::get(at(&town.world, "/terminal?code=sym_ac_live_1"))).await.text();
    assert!(shown.contains("-d code=sym_ac_live_1"), "{shown}");
    let evil = fetch(Request::get(at(&town.world, "/terminal?code=x%3Brm+-rf+~"))).await.text();
    assert!(!evil.contains("rm -rf"), "{evil}");
}
