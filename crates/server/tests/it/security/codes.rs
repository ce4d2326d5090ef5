//! Codes: once, for one app, at one dialect, with one redirect URI, for a while.

use symbolon_oauth::credential::{Environment, Kind, Presented, Secret};
use symbolon_store::testing::Database;

use super::party::Party;
use super::speaker::SPEAKERS;
use super::start;
use crate::race::at_once;
use crate::support::{Asked, SECOND, stories};

stories!(
    a_second_use_ends_what_the_first_made,
    a_second_use_that_is_wrong_ends_nothing,
    a_wrong_verifier_tells_nothing,
    one_of_many_exchanges_wins,
    a_code_of_another_app,
    a_code_at_another_dialect,
    a_redirect_uri_that_differs,
    a_forged_code,
    a_code_ends_when_its_dialect_says,
);

/// B-15.
async fn a_second_use_ends_what_the_first_made(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        for later in [0, 30 * SECOND] {
            let (asked, code) = party.asks_for_code(&mut gus).await;
            let tokens = party.exchanges(&asked, &code).await;
            party.lives(&tokens, "after one use").await;
            app.advance(later);
            party.is_refused(&party.exchange(&asked, &code), "a second use").await;
            party.is_dead(&tokens, "after a second use").await;
            party.is_refused(&party.exchange(&asked, &code), "a third use").await;
        }
        party.lives(&party.connects(&mut gus).await, "a new connection").await;
    }
}

/// B-16.
async fn a_second_use_that_is_wrong_ends_nothing(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let (party, thief) = (Party::first(&app, speaker), Party::second(&app, speaker));
        let (asked, code) = party.asks_for_code(&mut gus).await;
        let tokens = party.exchanges(&asked, &code).await;
        let right = party.exchange(&asked, &code);
        for (wrong, why) in [
            (right.clone().with("code_verifier", &"w".repeat(43)), "a wrong verifier"),
            (right.clone().without("code_verifier"), "no verifier"),
            (right.clone().with("redirect_uri", "https://evil.example/cb"), "another redirect URI"),
            (thief.exchange(&asked, &code), "another app"),
        ] {
            party.is_refused(&wrong, why).await;
            party.lives(&tokens, why).await;
        }
        party.refreshes(&tokens).await;
        party.is_refused(&right, "the second use that is right").await;
        party.is_dead(&tokens, "the second use that is right").await;
    }
}

/// B-16: somebody with a code and no verifier is refused in the same words whatever becomes of the code, and learns what state it
/// is in only by spending it.
async fn a_wrong_verifier_tells_nothing(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let life = party.policy(speaker.authorize).code.milliseconds().expect("an end");
        for wrong in [Some("w".repeat(43)), Some("short".to_owned()), None] {
            let probe = |asked: &Asked, code: &str| {
                let right = party.exchange(asked, code);
                match &wrong {
                    Some(wrong) => right.with("code_verifier", wrong),
                    None => right.without("code_verifier"),
                }
            };
            let (asked, code) = party.asks_for_code(&mut gus).await;
            let first = party.send(&probe(&asked, &code)).await;
            party.refused(&first, "a code that waits");
            let same = async |asked: &Asked, code: &str, why: &str| {
                let answer = party.send(&probe(asked, code)).await;
                let name = speaker.name;
                assert_eq!(
                    (answer.status, &answer.body),
                    (first.status, &first.body),
                    "{name}, {wrong:?}, {why}"
                );
            };
            same(&asked, &code, "a code that was spent so").await;
            party.is_refused(&party.exchange(&asked, &code), "the right verifier, too late").await;
            let (asked, code) = party.asks_for_code(&mut gus).await;
            let tokens = party.exchanges(&asked, &code).await;
            same(&asked, &code, "a code that was exchanged").await;
            party.lives(&tokens, "after a probe").await;
            app.advance(life);
            same(&asked, &code, "the same, late").await;
            let (asked, code) = party.asks_for_code(&mut gus).await;
            app.advance(life);
            same(&asked, &code, "a code that has ended").await;
        }
    }
}

/// B-15, R-04, RFC 6749 §4.1.2: whoever comes first gets tokens, everybody else gets nothing; since they were right,
/// too, what the first one got is dead.
async fn one_of_many_exchanges_wins(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let (asked, code) = party.asks_for_code(&mut gus).await;
        let answers = at_once(40, |_| {
            let (app, posted) = (app.clone(), party.exchange(&asked, &code));
            async move { posted.send(&app).await }
        })
        .await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, 39), "{}", speaker.name);
        lost.iter().for_each(|answer| party.refused(answer, "a race that is lost"));
        party.is_dead(&party.tokens(won[0]), "after a race").await;
        party.lives(&party.connects(&mut gus).await, "a new connection").await;
    }
}

/// B-14.
async fn a_code_of_another_app(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let (party, thief) = (Party::first(&app, speaker), Party::second(&app, speaker));
        let (asked, code) = party.asks_for_code(&mut gus).await;
        party.is_refused(&thief.exchange(&asked, &code), "another app's code").await;
        let own_uri = thief.exchange(&asked, &code).with("redirect_uri", &thief.redirect_uri);
        party.is_refused(&own_uri, "another app's code at one's own redirect URI").await;
        let tokens = party.exchanges(&asked, &code).await;
        party.is_refused(&thief.exchange(&asked, &code), "another app's used code").await;
        party.lives(&tokens, "its own app's").await;
        thief.lives(&thief.connects(&mut gus).await, "the other app with a code of its own").await;
    }
}

/// A code is redeemable at its own dialect alone, whoever brings it.
async fn a_code_at_another_dialect(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let (asked, code) = party.asks_for_code(&mut gus).await;
        for other in SPEAKERS.iter().filter(|other| other.dialect != speaker.dialect) {
            let (there, why) = (Party::first(&app, other), format!("{} at {}", speaker.name, other.name));
            there.is_refused(&there.exchange(&asked, &code), &why).await;
            there.is_refused(&there.exchange(&asked, &code).sent_by(&party), &why).await;
            party.is_refused(&party.exchange(&asked, &code).sent_by(&there), &why).await;
        }
        party.lives(&party.exchanges(&asked, &code).await, "at its own dialect").await;
    }
}

/// RFC 6749 §4.1.3; A-32. A redirect URI that differs leaves the code as it was.
async fn a_redirect_uri_that_differs(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let (asked, code) = party.asks_for_code(&mut gus).await;
        let right = party.exchange(&asked, &code);
        let own = &party.redirect_uri;
        for wrong in [
            "https://evil.example/cb".to_owned(),
            format!("{own}/"),
            format!("{own}?x=1"),
            own.to_uppercase(),
            own.replace("https", "http"),
            Party::second(&app, speaker).redirect_uri,
        ] {
            party.is_refused(&right.clone().with("redirect_uri", &wrong), &wrong).await;
        }
        party.exchanges(&asked, &code).await;
        if speaker.pkce_required {
            continue;
        }
        let asked = party.asks().without_challenge();
        let code = party.code(&mut gus, &asked).await;
        let left_out = party.exchange(&asked, &code).without("redirect_uri");
        party.is_refused(&left_out, "no redirect URI and no challenge").await;
        party.exchanges(&asked, &code).await;
    }
}

/// B-21, E-21: neither a flipped character nor a new secret behind a right identifier opens anything.
async fn a_forged_code(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let asked = party.asks();
        let right = party.code(&mut gus, &asked).await;
        let mut bytes = [0x5a; 32];
        bytes[..16].copy_from_slice(&Presented::parse(&right).expect("a code of ours").id);
        let prefix = right.split('_').next().unwrap_or_default();
        let mint = |kind| Secret::mint(prefix, kind, Environment::Live, bytes).into_exposed();
        let mut forged = vec![mint(Kind::AuthorizationCode), mint(Kind::AccessToken)];
        forged.extend([right[..right.len() - 1].to_owned(), format!("{right}0"), "code".to_owned()]);
        forged.extend(["' OR 1=1 --".to_owned(), "0".repeat(9000)]);
        for wrong in &forged {
            party.is_refused(&party.exchange(&asked, wrong), wrong).await;
        }
        party.exchanges(&asked, &right).await;
    }
}

/// B-18: to the millisecond, and within ten minutes everywhere.
async fn a_code_ends_when_its_dialect_says(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let life = party.policy(speaker.authorize).code.milliseconds().expect("an end");
        assert!(life <= 600 * SECOND, "{}", speaker.name);
        let (asked, code) = party.asks_for_code(&mut gus).await;
        app.advance(life);
        party.is_refused(&party.exchange(&asked, &code), "a code that has ended").await;
        let code = party.code(&mut gus, &asked).await;
        app.advance(life - 1);
        party.exchanges(&asked, &code).await;
    }
}
