use super::*;
use crate::stub::{Town, town};

/// The stand-in speaks no dialect: the vendors' stories are told by the tests of the whole demo.
async fn town_without_vendors() -> Town {
    let mut town = town().await;
    town.world.vendors.clear();
    town
}

async fn walked(world: &World) -> (Tally, String) {
    let mut out = Vec::new();
    let tally = walk(world, Egress::loopback(), (&mut out, WalkFormat::InWords)).await.expect("a walk");
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
async fn a_program_reads_the_walk_line_by_line() {
    let town = town_without_vendors().await;
    town.state.memory().pretend_issuer = Some("http://127.0.0.1:9".to_owned());
    let mut out = Vec::new();
    let tally = walk(&town.world, Egress::loopback(), (&mut out, WalkFormat::AsJson)).await.expect("a walk");
    let told = String::from_utf8(out).expect("text");
    let mut lines: Vec<serde_json::Value> =
        told.lines().map(|line| serde_json::from_str(line).expect("JSON in each line")).collect();
    let end = lines.pop().expect("an end");
    assert_eq!(end, serde_json::json!({ "steps": tally.steps, "failed": 4 }));
    assert_eq!(lines.len(), tally.steps);
    assert!(lines.iter().zip(1..).all(|(line, number)| line["step"] == number));
    assert_eq!(lines[0]["story"], Story::ALL[0].title());
    assert!(lines[0]["status"] == 200 && lines[0]["at"].as_str().is_some_and(|at| at.starts_with("GET ")));
    let surprises: Vec<_> = lines.iter().filter(|line| line["ok"] == false).collect();
    assert_eq!(surprises.len(), 4, "{told}");
    assert!(surprises[0]["expected"].as_str().is_some_and(|why| why.contains("expected `iss`")), "{told}");
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
