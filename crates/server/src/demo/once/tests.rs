use super::*;
use crate::demo::stub::{Town, town};

/// The stand-in speaks no dialect: the vendors' stories are told by the tests of the whole demo.
async fn town_without_vendors() -> Town {
    let mut town = town().await;
    town.world.vendors.clear();
    town
}

async fn walked(world: &World) -> (Tally, String) {
    let mut out = Vec::new();
    let tally = walk(world, Egress::new(), &mut out).await.expect("a walk");
    (tally, String::from_utf8(out).expect("text"))
}

#[tokio::test]
async fn walks_every_story_without_a_surprise() {
    let town = town_without_vendors().await;
    let (tally, told) = walked(&town.world).await;
    assert_eq!(tally.failed, 0, "{told}");
    assert!(tally.steps > 50, "{told}");
    assert!(told.trim_end().ends_with(&format!("{} steps, 0 failed", tally.steps)), "{told}");
    assert!(told.contains("200  POST http://127.0.0.1:"), "{told}");
}

#[tokio::test]
async fn a_surprise_ends_its_story_and_says_what_was_expected() {
    let town = town_without_vendors().await;
    town.state.memory().pretend_issuer = Some("http://127.0.0.1:9".to_owned());
    let (tally, told) = walked(&town.world).await;
    // Four of the five stories meet the wrong issuer; the app that acts for itself never sees it.
    assert_eq!(tally.failed, 4, "{told}");
    assert!(told.contains("expected `iss` to be http://127.0.0.1:"), "{told}");
    assert!(told.contains("4 failed"), "{told}");
}

#[tokio::test]
async fn a_wrong_password_is_told_and_not_tried_again() {
    let mut town = town_without_vendors().await;
    for person in &mut town.world.cast.user {
        person.password = "wrong".to_owned();
    }
    let (tally, told) = walked(&town.world).await;
    assert_eq!(tally.failed, 4, "{told}");
    assert!(told.contains("expected the password of jane@example.com to be accepted"), "{told}");
}

#[tokio::test]
async fn a_vendor_that_is_not_there_is_told_and_the_others_are_still_asked() {
    let town = town().await;
    let (tally, told) = walked(&town.world).await;
    assert_eq!(tally.failed, town.world.vendors.len(), "{told}");
    for vendor in &town.world.vendors {
        assert!(told.contains(&format!("connects with {}", vendor.name)), "{told}");
    }
    assert!(told.contains("expected a page or a redirect, got 404"), "{told}");
}
