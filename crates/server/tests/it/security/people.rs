//! What apps are told of a person whose address nobody has proven, and who calls themselves what they like.

use symbolon_store::testing::Database;

use super::party::Party;
use super::speaker::SPEAKERS;
use super::start;
use crate::support::{HOME, Person, TestApp, stories};

stories!(
    no_app_is_told_an_unproven_address,
    no_name_that_somebody_chose_is_an_identifier,
    no_app_is_told_a_name_without_a_scope_for_it,
);

const TYPED: &str = "victim@corp.example";
const CALLED: &str = "gus";

/// Somebody who signed up with another person's address and under another person's short name, and has a place of every kind.
async fn impostor(app: &TestApp) -> Person {
    let mut impostor = app.person("");
    TYPED.clone_into(&mut impostor.email);
    assert_eq!(impostor.signs_up(CALLED).await.status, 303);
    let id = app.signs_in_with(TYPED).await.expect("an account").external_id;
    let mut places: Vec<_> = SPEAKERS.iter().map(|speaker| speaker.place).collect();
    places.sort_unstable();
    places.dedup();
    for (tenant, role) in places {
        app.declare(&format!("[[membership]]\ntenant = \"{tenant}\"\nuser = \"{id}\"\nrole = \"{role}\""))
            .await;
    }
    impostor
}

/// Everything that an app and an API are told when this person connects the app.
async fn told(app: &TestApp, party: &Party, person: &mut Person) -> Vec<(&'static str, String)> {
    told_at(app, party, person, Some(party.speaker.place.0)).await
}

/// The same at this place, or at the only one there is.
async fn told_at(
    app: &TestApp,
    party: &Party,
    person: &mut Person,
    place: Option<&str>,
) -> Vec<(&'static str, String)> {
    let asked = party.asks();
    let callback = person.walk(&asked, place).await;
    let exchanged = party.send(&party.exchange(&asked, callback.callback().code())).await;
    let tokens = party.tokens(&exchanged);
    let bearer = format!("Bearer {}", tokens.access);
    let me = app.request("GET", "/v1/me", &[("authorization", &bearer)], "");
    let mut all = vec![
        ("callback", callback.location().to_owned()),
        ("exchange", exchanged.body),
        ("me", app.send(me, HOME).await.body),
        ("check", app.api().check(&tokens.access, &[]).await.body),
        ("introspection", app.api().introspect(&tokens.access).await.to_string()),
    ];
    if let Some(posted) = party.identity(&tokens.access) {
        let answer = party.send(&posted).await;
        assert!((200..300).contains(&answer.status), "{}: {answer:?}", party.speaker.name);
        all.push(("identity", answer.body));
    }
    if let Some(posted) = party.refresh(&tokens.refresh) {
        all.push(("refresh", party.send(&posted).await.body));
    }
    all
}

async fn no_app_is_told_an_unproven_address(database: Database) {
    let (app, mut gus) = start(database).await;
    let mut impostor = impostor(&app).await;
    let mut proven = 0;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        for (place, body) in told(&app, &party, &mut impostor).await {
            let decoded = body.replace("%40", "@");
            assert!(!decoded.contains(TYPED), "{}, {place}: {body}", speaker.name);
        }
        let told = told(&app, &party, &mut gus).await;
        proven += told.iter().filter(|(_, body)| body.contains("gus@example.com")).count();
    }
    assert!(proven > 0, "a proven address is told somewhere");
}

async fn no_name_that_somebody_chose_is_an_identifier(database: Database) {
    let (app, mut gus) = start(database).await;
    let mut impostor = impostor(&app).await;
    let own = app.signs_in_with(TYPED).await.expect("an account").external_id;
    let named = |body: &str| {
        let json: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
        let name = json.get("username").or_else(|| json.pointer("/data/username"));
        name.and_then(|name| name.as_str().map(str::to_owned))
    };
    let mut asked = 0;
    for speaker in SPEAKERS.iter().filter(|speaker| speaker.identity.is_some()) {
        let party = Party::first(&app, speaker);
        for (place, body) in told(&app, &party, &mut impostor).await {
            if let Some(name) = named(&body) {
                asked += 1;
                assert_eq!(name, own, "{}, {place}: {body}", speaker.name);
            }
        }
        for (place, body) in told(&app, &party, &mut gus).await {
            if let Some(name) = named(&body).filter(|_| place == "identity") {
                assert_eq!(name, "gus", "{}: {body}", speaker.name);
            }
        }
    }
    assert!(asked > 0, "some dialect tells a username");
}

/// Somebody's own place has their name, so it is told as seldom as they are: where a scope says so.
async fn no_app_is_told_a_name_without_a_scope_for_it(database: Database) {
    const NAME: &str = "Zephyrine";
    let (app, _) = start(database).await;
    let mut zoe = app.person("");
    "zoe@example.com".clone_into(&mut zoe.email);
    assert_eq!(zoe.signs_up(NAME).await.status, 303);
    let mut known = Vec::new();
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        for (place, body) in told_at(&app, &party, &mut zoe, None).await {
            let of_apps = ["callback", "exchange", "identity", "refresh"].contains(&place);
            if of_apps && body.contains(NAME) {
                known.push((speaker.dialect, place));
            }
        }
    }
    known.dedup();
    assert_eq!(known, [("calcom", "identity")], "its scope is there to read who somebody is");
}
