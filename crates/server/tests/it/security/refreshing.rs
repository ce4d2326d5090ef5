//! Refresh tokens: for one app, at one dialect, never wider, and used as often as the dialect's rotation says. A rotation
//! other than strict may loosen the reuse of a used one, and nothing else.

use symbolon_oauth::credential::{Environment, Kind, Presented, Secret};
use symbolon_oauth::policy::Rotation;
use symbolon_platform::tenant::Standing;
use symbolon_store::testing::Database;

use super::party::Party;
use super::speaker::{Refresh, Speaker, refreshing};
use super::start;
use crate::race::at_once;
use crate::support::{DAY, MINUTE, Person, SECOND, TestApp, Tokens, stories};

stories!(
    a_refresh_token_of_another_app,
    a_refresh_token_at_another_dialect,
    a_used_refresh_token,
    a_retry_within_the_grace,
    a_lost_answer_is_given_late,
    a_wrong_question_tells_nothing,
    a_foreign_refresh_token_tells_nothing,
    many_refreshes_at_once,
    many_questions_at_once,
    a_refusal_opens_no_seal,
    a_refresh_token_that_was_made_up,
    scopes_never_widen,
    texts_that_are_no_refresh_token,
    a_refresh_token_ends_when_its_dialect_says,
);

/// Those whose used refresh token is answered for a while with the one successor that it has.
fn answering_again() -> impl Iterator<Item = (&'static Speaker, &'static Refresh)> {
    refreshing().filter(|(_, how)| how.grace && how.rotation == Rotation::Strict)
}

/// An app whose refresh was answered, and the answer did not arrive.
struct Loss {
    party: Party,
    tokens: Tokens,
    lost: Tokens,
    /// How long the access token of the lost answer is good.
    life: i64,
}

impl Loss {
    async fn of((speaker, how): (&'static Speaker, &Refresh), app: &TestApp, person: &mut Person) -> Loss {
        let party = Party::first(app, speaker);
        let life = party.policy(how.path).access.milliseconds().unwrap_or(DAY);
        let tokens = party.connects(person).await;
        let lost = party.refreshes(&tokens).await.expect("tokens");
        Loss { party, tokens, lost, life }
    }
}

/// E-01: and it stays alive for its own app.
async fn a_refresh_token_of_another_app(database: Database) {
    let (app, mut gus) = start(database).await;
    for (speaker, _) in refreshing() {
        let (party, thief) = (Party::first(&app, speaker), Party::second(&app, speaker));
        let tokens = party.connects(&mut gus).await;
        let stolen = thief.refresh(&tokens.refresh).expect("it refreshes");
        party.is_refused(&stolen, "another app's refresh token").await;
        app.advance(2 * MINUTE);
        party.is_refused(&stolen, "another app's refresh token, again").await;
        party.lives(&party.refreshes(&tokens).await.expect("tokens"), "its own app's").await;
        let own = thief.connects(&mut gus).await;
        thief.lives(&thief.refreshes(&own).await.expect("tokens"), "the other app's own").await;
    }
}

/// A refresh token is redeemable at its own dialect alone, whoever brings it.
async fn a_refresh_token_at_another_dialect(database: Database) {
    let (app, mut gus) = start(database).await;
    for (speaker, _) in refreshing() {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        for (other, _) in refreshing().filter(|(other, _)| other.dialect != speaker.dialect) {
            let (there, why) = (Party::first(&app, other), format!("{} at {}", speaker.name, other.name));
            let posted = there.refresh(&tokens.refresh).expect("it refreshes");
            there.is_refused(&posted, &why).await;
            there.is_refused(&posted.sent_by(&party), &why).await;
            let here = party.refresh(&tokens.refresh).expect("it refreshes");
            party.is_refused(&here.sent_by(&there), &why).await;
        }
        party.lives(&party.refreshes(&tokens).await.expect("tokens"), "at its own dialect").await;
    }
}

/// E-04, E-06, E-07: where rotation is strict, a used one ends the family, for confidential and public apps alike; where
/// it is not, it keeps working, and its family can still be ended.
async fn a_used_refresh_token(database: Database) {
    let (app, mut gus) = start(database).await;
    for (speaker, how) in refreshing() {
        let party = Party::first(&app, speaker);
        assert!(how.rotation == Rotation::Strict || !speaker.public, "{}", speaker.name);
        let first = party.connects(&mut gus).await;
        let second = party.refreshes(&first).await.expect("tokens");
        let third = party.refreshes(&second).await.expect("tokens");
        assert_eq!(first.refresh == second.refresh, how.rotation == Rotation::None, "{}", speaker.name);
        party.lives(&third, "before the reuse").await;
        // The grandparent, within the grace of its child.
        let reused = party.refresh(&first.refresh).expect("it refreshes");
        if how.rotation == Rotation::Strict {
            party.is_refused(&reused, "a grandparent").await;
            party.is_dead(&third, "after a reuse").await;
            let parent = party.connects(&mut gus).await;
            let child = party.refreshes(&parent).await.expect("tokens");
            party.lives(&child, "before the reuse").await;
            app.writes_usage().await;
            app.advance(61 * SECOND);
            party.is_refused(&party.refresh(&parent.refresh).expect("it refreshes"), "after the grace").await;
            party.is_dead(&child, "after a late reuse").await;
        } else {
            let again = party.send(&reused).await;
            party.lives(&party.tokens(&again), "after using it again").await;
            party.lives(&third, "beside it").await;
        }
        party.lives(&party.connects(&mut gus).await, "a new connection").await;
    }
}

/// E-05, E-10: a lost answer logs nobody out, and makes no second lineage.
async fn a_retry_within_the_grace(database: Database) {
    let (app, mut gus) = start(database).await;
    for (speaker, how) in refreshing().filter(|(_, how)| how.grace) {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        let one = party.refreshes(&tokens).await.expect("tokens");
        app.advance(5 * SECOND);
        let other = party.refreshes(&tokens).await.expect("tokens");
        if how.rotation == Rotation::Strict {
            assert_eq!((&one.access, &one.refresh), (&other.access, &other.refresh), "{}", speaker.name);
        }
        party.lives(&other, "after a retry").await;
        party.refreshes(&other).await;
    }
}

/// E-10: as long as nobody uses what was lost; then the one before it is a copy in foreign hands.
async fn a_lost_answer_is_given_late(database: Database) {
    let (app, mut gus) = start(database).await;
    for (speaker, how) in answering_again() {
        let Loss { party, tokens, lost, life } = Loss::of((speaker, how), &app, &mut gus).await;
        app.advance(life + MINUTE);
        app.writes_usage().await;
        app.sweeps().await;
        let late = party.refreshes(&tokens).await.expect("tokens");
        assert_eq!(late.refresh, lost.refresh, "{}", speaker.name);
        party.lives(&late, "a late answer").await;
        app.writes_usage().await;
        app.advance(61 * SECOND);
        party.is_refused(&party.refresh(&tokens.refresh).expect("it refreshes"), "after its use").await;
        party.is_dead(&late, "after its use").await;
    }
}

/// E-05, E-12: somebody with a stolen refresh token asks what cannot be granted, again and again. The answer is the same
/// whatever becomes of the token, and changes nothing.
async fn a_wrong_question_tells_nothing(database: Database) {
    let (app, mut gus) = start(database).await;
    for (speaker, _) in refreshing() {
        let party = Party::first(&app, speaker);
        let stolen = party.connects(&mut gus).await;
        let probe = party.refresh(&stolen.refresh).expect("it refreshes").with("scope", "nope");
        let first = party.send(&probe).await;
        let same = async |why: &str| {
            let answer = party.send(&probe).await;
            assert_eq!((answer.status, &answer.body), (first.status, &first.body), "{}, {why}", speaker.name);
        };
        // The probes spent nothing.
        let second = party.refreshes(&stolen).await.expect("tokens");
        same("once it was replaced").await;
        party.lives(&second, "the app's own").await;
        app.writes_usage().await;
        app.advance(61 * SECOND);
        same("after its grace").await;
        let third = party.refreshes(&second).await.expect("tokens");
        same("two replacements later").await;
        party.lives(&third, "after all this").await;
        app.set_tenant_standing(speaker.place.0, Standing::Disabled).await;
        same("while its tenant is disabled").await;
        app.set_tenant_standing(speaker.place.0, Standing::Active).await;
        let fourth = party.refreshes(&third).await.expect("tokens");
        party.lives(&fourth, "once its tenant is back").await;
        let used = party.refresh(&stolen.refresh).expect("it refreshes");
        if party.send(&used).await.status != 200 {
            party.is_dead(&fourth, "after a reuse").await;
            same("once its connection was ended").await;
        }
    }
}

/// E-01: at an app of the thief's own a stolen refresh token is refused in the same words whatever becomes of it.
async fn a_foreign_refresh_token_tells_nothing(database: Database) {
    let (app, mut gus) = start(database).await;
    for (speaker, _) in refreshing() {
        let (party, thief) = (Party::first(&app, speaker), Party::second(&app, speaker));
        let stolen = party.connects(&mut gus).await;
        let probe = thief.refresh(&stolen.refresh).expect("it refreshes");
        let first = thief.send(&probe).await;
        thief.refused(&first, "another app's");
        let same = async |why: &str| {
            let answer = thief.send(&probe).await;
            assert_eq!((answer.status, &answer.body), (first.status, &first.body), "{}, {why}", speaker.name);
        };
        let second = party.refreshes(&stolen).await.expect("tokens");
        same("once it was replaced").await;
        let third = party.refreshes(&second).await.expect("tokens");
        same("two replacements later").await;
        party.lives(&third, "its own app's").await;
        gus.disconnects().await;
        same("once it was disconnected").await;
    }
}

/// nobody who refreshes from many workers at once is called a thief.
async fn many_refreshes_at_once(database: Database) {
    let (app, mut gus) = start(database).await;
    for (speaker, how) in refreshing() {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        let posted = party.refresh(&tokens.refresh).expect("it refreshes");
        let answers = at_once(20, |_| {
            let (app, posted) = (app.clone(), posted.clone());
            async move { posted.send(&app).await }
        })
        .await;
        if !how.grace {
            // One wins, the others look like thieves, so that nobody keeps anything.
            let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
            assert_eq!((won.len(), lost.len()), (1, 19), "{}", speaker.name);
            lost.iter().for_each(|answer| party.refused(answer, "a race that is lost"));
            party.is_dead(&party.tokens(won[0]), "after a race").await;
            continue;
        }
        for answer in &answers {
            party.lives(&party.tokens(answer), "after many refreshes").await;
        }
        party.refreshes(&party.tokens(&answers[0])).await;
    }
}

/// E-12, RFC 6749 §6.
async fn scopes_never_widen(database: Database) {
    let (app, mut gus) = start(database).await;
    for (speaker, _) in refreshing() {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        let granted = app.api().introspect(&tokens.access).await["scope"].clone();
        for wider in ["forms:write", "patients:write", "BOOKING_WRITE", "delete", "admin", "*"] {
            let posted = party.refresh(&tokens.refresh).expect("it refreshes").with("scope", wider);
            party.is_refused(&posted, wider).await;
        }
        let renewed = party.refreshes(&tokens).await.expect("tokens");
        let seen = app.api().introspect(&renewed.access).await;
        assert_eq!(seen["scope"], granted, "{}", speaker.name);
        for beyond in ["forms:write", "patients:write", "BOOKING_WRITE", "delete"] {
            assert_eq!(app.api().check(&renewed.access, &[beyond]).await.status, 403, "{}", speaker.name);
        }
    }
}

/// E-21.
async fn texts_that_are_no_refresh_token(database: Database) {
    let (app, mut gus) = start(database).await;
    for (speaker, _) in refreshing() {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        let right = &tokens.refresh;
        for wrong in ["x", &right[..right.len() - 1], &format!("{right}0"), &right.to_uppercase()] {
            party.is_refused(&party.refresh(wrong).expect("it refreshes"), wrong).await;
        }
        party.refreshes(&tokens).await;
    }
}

/// E-20, E-23: to the millisecond after its last use; one that never ends is there after five years, until it is ended.
async fn a_refresh_token_ends_when_its_dialect_says(database: Database) {
    let (app, mut gus) = start(database).await;
    for (speaker, how) in refreshing() {
        let party = Party::first(&app, speaker);
        let Some(life) = party.policy(how.path).refresh.milliseconds() else {
            assert!(!speaker.public, "{}", speaker.name);
            let tokens = party.connects(&mut gus).await;
            app.advance(5 * 365 * DAY);
            party.lives(&party.refreshes(&tokens).await.expect("tokens"), "after five years").await;
            let mut gus = gus.elsewhere();
            gus.sign_in().await;
            gus.disconnects().await;
            party.is_dead(&tokens, "once it was ended").await;
            continue;
        };
        let tokens = party.connects(&mut gus).await;
        app.advance(life - 1);
        let renewed = party.refreshes(&tokens).await.expect("tokens");
        app.advance(life);
        party.is_refused(&party.refresh(&renewed.refresh).expect("it refreshes"), "after its end").await;
        party.is_dead(&renewed, "after its end").await;
    }
}

/// a lost answer that many workers ask for, each its own question, when nothing of it is good any more. Each loses its
/// commit to others, and all of them are answered with the one refresh token there is.
async fn many_questions_at_once(database: Database) {
    let (app, mut gus) = start(database).await;
    for (speaker, how) in answering_again() {
        let Loss { party, tokens, lost, life } = Loss::of((speaker, how), &app, &mut gus).await;
        let granted =
            app.api().introspect(&lost.access).await["scope"].as_str().unwrap_or_default().to_owned();
        let narrow = granted.split(' ').next().unwrap_or_default().to_owned();
        for _ in 0..5 {
            app.advance(life + MINUTE);
            let answers = at_once(12, |number| {
                let posted = party.refresh(&tokens.refresh).expect("it refreshes");
                let posted = if number % 2 == 0 { posted } else { posted.with("scope", &narrow) };
                let app = app.clone();
                async move { posted.send(&app).await }
            })
            .await;
            for answer in &answers {
                assert_eq!(party.tokens(answer).refresh, lost.refresh, "{}", speaker.name);
            }
        }
        party.lives(&party.refreshes(&lost).await.expect("tokens"), "after all of them").await;
    }
}

/// E-05: what is sealed for a second answer is opened for that answer and for nothing else, so a refusal costs the same whether
/// there is one. Here it cannot be opened.
async fn a_refusal_opens_no_seal(database: Database) {
    let (app, mut gus) = start(database).await;
    for (speaker, _) in answering_again() {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        let right = party.refresh(&tokens.refresh).expect("it refreshes");
        let wrong = [
            right.clone().with("scope", "nope"),
            right.clone().with("resource", "https://nobody.example"),
            right.clone().with("resource", "https://api.example.com").with("scope", "nope"),
        ];
        let stops = async |standing| app.set_tenant_standing(speaker.place.0, standing).await;
        let answers = async || {
            let mut answers = Vec::new();
            for probe in &wrong {
                answers.push(party.send(probe).await);
            }
            stops(Standing::Disabled).await;
            answers.push(party.send(&right).await);
            stops(Standing::Active).await;
            answers
                .iter()
                .for_each(|answer| party.refused(answer, "a question that nobody could be answered"));
            answers.into_iter().map(|answer| (answer.status, answer.body)).collect::<Vec<_>>()
        };
        let unspent = answers().await;
        party.refreshes(&tokens).await.expect("tokens");
        let sealed = "sealed_successor IS NOT NULL";
        app.runs(&format!("UPDATE families SET sealed_successor = (X'00') WHERE {sealed};")).await;
        assert_eq!(answers().await, unspent, "{}", speaker.name);
        assert_eq!(
            party.send(&right).await.status,
            500,
            "{}: only the right question needs it",
            speaker.name
        );
    }
}

/// B-21: whoever knows the name of a connection can make up a refresh token that has it. Only one that was issued tells of a
/// thief.
async fn a_refresh_token_that_was_made_up(database: Database) {
    let (app, mut gus) = start(database).await;
    for (speaker, _) in refreshing() {
        let party = Party::first(&app, speaker);
        let mut tokens = party.connects(&mut gus).await;
        for _ in 0..3 {
            let posted = party.refresh(&made_up(&tokens.refresh)).expect("it refreshes");
            party.is_refused(&posted, "a made-up refresh token").await;
            party.lives(&tokens, "after a made-up refresh token").await;
            tokens = party.refreshes(&tokens).await.expect("tokens");
        }
    }
}

/// A refresh token that names the connection of another, in everything else right.
fn made_up(issued: &str) -> String {
    let prefix = issued.rsplitn(4, '_').last().unwrap_or_default();
    let mut bytes = [9; 32];
    bytes[..16].copy_from_slice(&Presented::parse(issued).expect("one of ours").id);
    Secret::mint(prefix, Kind::RefreshToken, Environment::Live, bytes).into_exposed()
}
