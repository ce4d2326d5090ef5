//! Kinds of credential, and whose they are: none does the work of another, none works for another app's dialect.

use symbolon_store::testing::Database;

use super::party::Party;
use super::speaker::{Revocation, SPEAKERS};
use super::start;
use crate::support::{DAY, HOME, stories};

stories!(
    a_refresh_token_is_no_access_token,
    an_access_token_is_no_refresh_token,
    a_code_is_no_token,
    an_access_token_at_another_dialect,
    a_dead_access_token_at_another_dialect,
    two_tokens_in_one_request,
    a_held_token_is_read_from_its_header_only,
    letting_go_of_tokens,
    letting_go_of_tokens_of_others,
    the_standard_endpoints_know_every_app,
    nothing_works_by_cookie,
    an_access_token_ends_when_its_dialect_says,
    a_token_meant_for_an_api,
);

/// E-22, J-06: also where a refresh token travels as a bearer.
async fn a_refresh_token_is_no_access_token(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS.iter().filter(|speaker| speaker.refresh.is_some()) {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        assert!(!party.works(&tokens.refresh).await, "{}", speaker.name);
        for other in SPEAKERS {
            let there = Party::first(&app, other);
            if let Some(identity) = there.identity(&tokens.refresh) {
                there.is_refused(&identity, "a refresh token at identity").await;
            }
            if matches!(other.revocation, Revocation::Held(..)) {
                there.is_refused(&there.revocation(&tokens.refresh), "a refresh token that is held").await;
            }
        }
        party.lives(&tokens, "after all that").await;
        party.lives(&party.refreshes(&tokens).await.expect("tokens"), "as a refresh token").await;
    }
}

/// E-22.
async fn an_access_token_is_no_refresh_token(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        for other in SPEAKERS {
            let there = Party::first(&app, other);
            if let Some(posted) = there.refresh(&tokens.access) {
                there.is_refused(&posted, "an access token as refresh token").await;
            }
        }
        party.lives(&tokens, "as an access token").await;
    }
}

/// E-22: and neither kind of token is a code.
async fn a_code_is_no_token(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let (asked, code) = party.asks_for_code(&mut gus).await;
        assert!(!party.works(&code).await, "{}", speaker.name);
        if let Some(posted) = party.refresh(&code) {
            party.is_refused(&posted, "a code as refresh token").await;
        }
        party.send(&party.revocation(&code)).await;
        let tokens = party.exchanges(&asked, &code).await;
        for token in [&tokens.access, &tokens.refresh].into_iter().filter(|token| !token.is_empty()) {
            party.is_refused(&party.exchange(&asked, token), "a token as code").await;
        }
        party.lives(&tokens, "after its tokens were taken for codes").await;
    }
}

/// A dialect says who is behind a token of its own apps, and lets go of those, and of no other.
async fn an_access_token_at_another_dialect(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        for other in SPEAKERS.iter().filter(|other| other.dialect != speaker.dialect) {
            let (there, why) = (Party::first(&app, other), format!("{} at {}", speaker.name, other.name));
            if let Some(identity) = there.identity(&tokens.access) {
                there.is_refused(&identity, &why).await;
            }
            let answer = there.send(&there.revocation(&tokens.access)).await;
            match other.revocation {
                Revocation::Held(..) => there.refused(&answer, &why),
                // RFC 7009 §2.2: the same answer as for a token of one's own, and nothing happens (J-09).
                Revocation::Posted(_) => assert_eq!(answer.status, 200, "{why}: {answer:?}"),
            }
            party.lives(&tokens, &why).await;
        }
    }
}

/// At another dialect a token has no state: dead or alive, it is answered alike.
async fn a_dead_access_token_at_another_dialect(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        let elsewhere = async || {
            let mut answers = Vec::new();
            for other in SPEAKERS.iter().filter(|other| other.dialect != speaker.dialect) {
                let there = Party::first(&app, other);
                let identity = there.identity(&tokens.access);
                for posted in identity.into_iter().chain([there.revocation(&tokens.access)]) {
                    let answer = there.send(&posted).await;
                    answers.push((other.name, answer.status, answer.body));
                }
            }
            answers
        };
        let alive = elsewhere().await;
        party.lives(&tokens, "after all that").await;
        gus.disconnects().await;
        assert_eq!(elsewhere().await, alive, "{}: it was disconnected", speaker.name);
    }
}

/// J-16, RFC 6750 §2: which one would count?
async fn two_tokens_in_one_request(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        if let Some(how) = speaker.refresh.as_ref().filter(|how| how.in_header) {
            let both = party.refresh(&tokens.refresh).expect("it refreshes").with("refresh_token", "other");
            party.is_refused(&both, how.path).await;
        }
        if let Revocation::Held(_, _, "authentication") = speaker.revocation {
            let both = party.revocation(&tokens.access).header("authorization", "Bearer other");
            party.is_refused(&both, "two headers").await;
        }
        party.lives(&tokens, "after two tokens in one request").await;
    }
}

/// J-20: where holding a token is enough, a form of another site could post one; and only the named method has an effect.
async fn a_held_token_is_read_from_its_header_only(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        let mut held = Vec::new();
        if let Revocation::Held(_, _, header) = speaker.revocation {
            held.push((party.revocation(&tokens.access), header));
        }
        held.extend(party.identity(&tokens.access).map(|identity| (identity, "authorization")));
        for (right, header) in held {
            for method in ["HEAD", "OPTIONS", "PUT", "PATCH"] {
                party.send(&right.clone().by(method)).await;
            }
            for name in ["token", "access_token"] {
                let in_body = right.clone().header(header, "").with(name, &tokens.access);
                party.is_refused(&in_body, "a token in the body").await;
                party.is_refused(&in_body.by("POST"), "a token in the body").await;
            }
            for wrong in ["", "Basic ", "bearer", "Token "] {
                let value = format!("{wrong}{}", tokens.access);
                party.is_refused(&right.clone().header(header, &value), "another scheme").await;
            }
        }
        party.lives(&tokens, "after all that").await;
    }
}

/// J-11: what lets go ends at least the token itself, at once; doing it again changes nothing.
async fn letting_go_of_tokens(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        party.lives(&tokens, "before it is let go of").await;
        let answer = party.send(&party.revocation(&tokens.access)).await;
        assert!((200..300).contains(&answer.status), "{}: {answer:?}", speaker.name);
        assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
        assert!(!party.works(&tokens.access).await, "{}", speaker.name);
        let again = party.send(&party.revocation(&tokens.access)).await;
        match speaker.revocation {
            Revocation::Held(..) => party.refused(&again, "letting go twice"),
            Revocation::Posted(_) => assert_eq!(again.status, 200, "{again:?}"),
        }
        if let (Revocation::Posted(_), Some(_)) = (&speaker.revocation, &speaker.refresh) {
            let tokens = party.connects(&mut gus).await;
            assert_eq!(party.send(&party.revocation(&tokens.refresh)).await.status, 200);
            party.is_dead(&tokens, "after its refresh token was let go of").await;
        }
        party.lives(&party.connects(&mut gus).await, "a new connection").await;
    }
}

/// J-09: another app of the same dialect.
async fn letting_go_of_tokens_of_others(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS.iter().filter(|speaker| matches!(speaker.revocation, Revocation::Posted(_))) {
        let (party, thief) = (Party::first(&app, speaker), Party::second(&app, speaker));
        let tokens = party.connects(&mut gus).await;
        for token in [&tokens.access, &tokens.refresh] {
            let answer = thief.send(&thief.revocation(token)).await;
            assert_eq!(answer.status, 200, "{}: {answer:?}", speaker.name);
        }
        party.lives(&tokens, "after another app let go of it").await;
        party.refreshes(&tokens).await;
    }
}

/// RFC 7009, RFC 7662, J-03: whatever its dialect, an app that proves itself asks about its own tokens and lets
/// go of them at the standard endpoints, and of nobody else's.
async fn the_standard_endpoints_know_every_app(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let (party, thief) = (Party::first(&app, speaker), Party::second(&app, speaker));
        let tokens = party.connects(&mut gus).await;
        let standard = |party: &Party, path: &str, token: &str| {
            let posted = party.form(path).with("token", token);
            let app = app.clone();
            async move { posted.send(&app).await }
        };
        for token in [&tokens.access, &tokens.refresh].into_iter().filter(|token| !token.is_empty()) {
            let other = standard(&thief, "/oauth/introspect", token).await;
            let own = standard(&party, "/oauth/introspect", token).await;
            if speaker.public {
                party.refused(&own, "introspection without a secret");
                party.refused(&other, "introspection without a secret");
            } else {
                assert_eq!(own.ok()["active"], true, "{}", speaker.name);
                assert_eq!(other.ok().to_string(), r#"{"active":false}"#, "{}", speaker.name);
            }
            assert_eq!(standard(&thief, "/oauth/revoke", token).await.status, 200, "{}", speaker.name);
        }
        party.lives(&tokens, "after another app let go of it").await;
        assert_eq!(standard(&party, "/oauth/revoke", &tokens.access).await.status, 200, "{}", speaker.name);
        assert!(!party.works(&tokens.access).await, "{}", speaker.name);
    }
}

/// J-20: an image on another site, or a browser that fetches ahead, ends nothing and learns nothing.
async fn nothing_works_by_cookie(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        let mut paths = vec![speaker.exchange];
        paths.extend(speaker.identity);
        paths.extend(speaker.refresh.as_ref().map(|how| how.path));
        paths.push(match speaker.revocation {
            Revocation::Posted(path) | Revocation::Held(_, path, _) => path,
        });
        for path in paths {
            let path = format!("{}{path}", speaker.prefix);
            for method in ["GET", "POST", "DELETE", "HEAD", "OPTIONS"] {
                let headers = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
                let answer = gus.fetch(method, &path, &headers, "").await;
                if method != "OPTIONS" {
                    assert!(answer.status >= 400, "{method} {path}: {answer:?}");
                }
                assert_eq!(answer.header("access-control-allow-credentials"), "", "{method} {path}");
                assert!(!answer.header("cache-control").contains("public"), "{method} {path}");
            }
        }
        party.lives(&tokens, "after visits with a cookie").await;
        party.refreshes(&tokens).await;
    }
}

/// To the millisecond; a token that never ends is still there after a year.
async fn an_access_token_ends_when_its_dialect_says(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        match party.policy(speaker.exchange).access.milliseconds() {
            None => {
                assert!(!speaker.public, "{}", speaker.name);
                app.advance(365 * DAY);
                party.lives(&tokens, "after a year").await;
                party.send(&party.revocation(&tokens.access)).await;
                party.is_dead(&tokens, "once it is let go of").await;
            }
            Some(life) => {
                app.advance(life - 1);
                party.lives(&tokens, "before its end").await;
                app.advance(1);
                assert!(!party.works(&tokens.access).await, "{}", speaker.name);
            }
        }
        let bearer = app.request("GET", "/v1/me", &[("authorization", "Bearer x")], "");
        assert_eq!(app.send(bearer, HOME).await.status, 401);
    }
}

/// F-04, F-07: a token that names an API is for that API alone; the dialect's own endpoint is another.
async fn a_token_meant_for_an_api(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let asked = party.asks().with("resource", "https://api.example.com");
        let code = party.code(&mut gus, &asked).await;
        let tokens = party.exchanges(&asked, &code).await;
        app.api().check(&tokens.access, &[]).await.ok();
        if let Some(identity) = party.identity(&tokens.access) {
            party.is_refused(&identity, "a token meant for an API").await;
        }
        let unknown = party.asks().with("resource", "https://unknown.example.com");
        party.walk(&mut gus, &unknown).await.callback().refused("invalid_target");
        party.lives(&party.connects(&mut gus).await, "meant for nobody in particular").await;
    }
}
