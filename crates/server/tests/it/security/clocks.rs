//! A sign-in that is begun on one node and continued on another, whose clock is behind. For who reads, a clock that is set back
//! is the same as another node.

use symbolon_oauth::time::CLOCK_TOLERANCE;
use symbolon_store::testing::Database;

use super::party::Party;
use super::speaker::{SPEAKERS, Speaker};
use super::start;
use crate::support::{Answer, DAY, MINUTE, Person, SECOND, TestApp, stories, stories_on_postgres};

stories!(
    a_sign_in_goes_on_where_the_clock_is_behind,
    a_sign_in_from_too_far_ahead_gives_nothing,
    a_consent_goes_on_where_the_clock_is_behind,
    a_connection_is_made_anew_where_the_clock_is_behind,
);

stories_on_postgres!(two_nodes_serve_one_sign_in);

/// How far the first node's clock is ahead of the second's.
const AHEAD: [i64; 3] = [1, 50, CLOCK_TOLERANCE];

/// Signs in on the page that is there, and consents where that is asked.
async fn goes_on(person: &mut Person, speaker: &Speaker) -> Answer {
    let page = person.sign_in().await;
    if page.status == 200 { person.consents_for(speaker.place.0).await } else { page }
}

async fn a_sign_in_goes_on_where_the_clock_is_behind(database: Database) {
    let (app, gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        for ahead in AHEAD {
            let (mut gus, asked) = (gus.elsewhere(), party.asks());
            assert!(gus.open(&asked.url()).await.login_form().is_some(), "{}", speaker.name);
            app.advance(-ahead);
            let answer = goes_on(&mut gus, speaker).await;
            let tokens = party.exchanges(&asked, answer.callback().code()).await;
            party.lives(&tokens, &format!("{ahead} ms ahead")).await;
            app.advance(DAY);
        }
    }
}

async fn a_sign_in_from_too_far_ahead_gives_nothing(database: Database) {
    let (app, gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let (mut gus, asked) = (gus.elsewhere(), party.asks());
        gus.open(&asked.url()).await;
        app.advance(-MINUTE - SECOND);
        gus.submit_login().await.error_page(400);
        party.connects(&mut gus).await;
        // Nor does a consent page that was shown there.
        let asked = party.asks().with("prompt", "consent");
        gus.open(&asked.url()).await;
        app.advance(-MINUTE - SECOND);
        let answer = gus.consents_for(speaker.place.0).await;
        assert!(!answer.location().contains("code="), "{}: {answer:?}", speaker.name);
        app.advance(DAY);
    }
}

async fn a_consent_goes_on_where_the_clock_is_behind(database: Database) {
    let (app, gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        for ahead in AHEAD {
            let (mut gus, asked) = (gus.elsewhere(), party.asks().with("prompt", "consent"));
            gus.open(&asked.url()).await;
            assert!(gus.sign_in().await.consent_form().is_some(), "{}", speaker.name);
            app.advance(-ahead);
            let answer = gus.consents_for(speaker.place.0).await;
            let tokens = party.exchanges(&asked, answer.callback().code()).await;
            party.lives(&tokens, &format!("{ahead} ms ahead")).await;
            app.advance(DAY);
        }
    }
}

/// Where a dialect leaves one connection per grant, the one that was made last is the one that counts.
async fn a_connection_is_made_anew_where_the_clock_is_behind(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        party.connects(&mut gus).await;
        app.advance(-50);
        let tokens = party.connects(&mut gus).await;
        let tokens = party.refreshes(&tokens).await.unwrap_or(tokens);
        party.lives(&tokens, "made anew").await;
    }
}

async fn two_nodes_serve_one_sign_in(database: Database) {
    let (first, gus) = start(database).await;
    let (near, far): (TestApp, TestApp) =
        (first.second_process_behind(50).await, first.second_process_behind(MINUTE + SECOND).await);
    for speaker in SPEAKERS {
        let asked = Party::first(&first, speaker).asks();
        let mut gus = gus.elsewhere();
        assert!(gus.open(&asked.url()).await.login_form().is_some(), "{}", speaker.name);
        gus.comes_to(&far);
        gus.submit_login().await.error_page(400);
        gus.comes_to(&first);
        gus.open(&asked.url()).await;
        gus.comes_to(&near);
        let mut page = gus.sign_in().await;
        gus.comes_to(&first);
        if page.status == 200 {
            page = gus.consents_for(speaker.place.0).await;
        }
        let tokens = Party::first(&near, speaker).exchanges(&asked, page.callback().code()).await;
        Party::first(&first, speaker).lives(&tokens, "made by two nodes").await;
    }
}
