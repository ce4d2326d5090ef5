use http::header::{COOKIE, LOCATION, SET_COOKIE};
use symbolon_wire::egress::Request;

use super::*;
use crate::stub::town;

const PAGE: &str = "/with/make";

async fn fetch(request: Request) -> Answer {
    Egress::loopback().send(request).await.expect("an answer")
}

fn at(world: &World, path: &str) -> Url {
    Url::parse(&format!("{}{path}", world.addresses.app)).expect("a URL")
}

/// Presses Connect: where the browser is sent, and its cookie.
async fn begin(world: &World) -> (Url, String) {
    let answer = fetch(Request::post_form::<&str, &str>(at(world, &format!("{PAGE}/connect")), &[])).await;
    let to = Url::parse(answer.header(LOCATION).expect("a redirect")).expect("a URL");
    let cookie = answer.header(SET_COOKIE).expect("a cookie");
    (to, cookie.split(';').next().unwrap_or_default().to_owned())
}

fn state(asked: &Url) -> String {
    let state = asked.query_pairs().find(|(name, _)| name == "state");
    state.expect("a state").1.into_owned()
}

#[tokio::test]
async fn connect_asks_in_the_words_of_the_vendor() {
    let town = town().await;
    let (asked, cookie) = begin(&town.world).await;
    assert!(asked.as_str().starts_with(&format!("{}/make/authorize?", town.world.addresses.issuer)));
    let scope = asked.query_pairs().find(|(name, _)| name == "scope");
    assert_eq!(scope.expect("a scope").1, "connect read write");
    assert!(cookie.starts_with("daybook-make="), "{cookie}");
}

#[tokio::test]
async fn a_callback_counts_once_and_only_where_it_began() {
    let town = town().await;
    let (asked, cookie) = begin(&town.world).await;
    let path = format!("{PAGE}/callback?error=access_denied&state={}", state(&asked));
    let callback = at(&town.world, &path);

    let elsewhere = fetch(Request::get(callback.clone())).await;
    assert_eq!(elsewhere.status(), StatusCode::BAD_REQUEST);

    let read = async || {
        fetch(Request::get(callback.clone()).header(COOKIE, &cookie)).await;
        fetch(Request::get(at(&town.world, PAGE)).header(COOKIE, &cookie)).await.text()
    };
    let first = read().await;
    assert!(first.contains("Not connected: access_denied"), "{first}");
    let second = read().await;
    assert!(second.contains("this browser did not start that connection"), "{second}");
}

#[tokio::test]
async fn a_foreign_state_is_refused_and_shown() {
    let town = town().await;
    let (_, cookie) = begin(&town.world).await;
    let callback = at(&town.world, &format!("{PAGE}/callback?code=c&state=foreign"));
    fetch(Request::get(callback).header(COOKIE, &cookie)).await;
    let page = fetch(Request::get(at(&town.world, PAGE)).header(COOKIE, &cookie)).await.text();
    assert!(page.contains("this browser did not start that connection"), "{page}");
    assert!(!page.contains("Use the connection"), "{page}");
}

#[tokio::test]
async fn every_page_links_to_the_others_and_needs_no_script() {
    let town = town().await;
    let home = fetch(Request::get(at(&town.world, "/"))).await.text();
    for vendor in &town.world.vendors {
        assert!(home.contains(&format!("href=\"{}\"", vendor.page())), "{home}");
        let page = fetch(Request::get(at(&town.world, &vendor.page()))).await.text();
        assert!(page.contains(&format!("Connect with {}</button>", vendor.name)), "{page}");
        assert_eq!(page.matches("href=\"/with/").count(), town.world.vendors.len(), "{page}");
        assert!(!page.contains("<script"), "{page}");
    }
}
