//! What Make's connection engine sends, driven by a definition with the blocks authorize, token, info, refresh and
//! invalidate.

use serde_json::json;
use symbolon_store::testing::Database;

use super::{APP, SECRET, text, wire};
use crate::support::{MINUTE, stories};
use crate::vendors::start;

stories!(the_five_requests_of_the_engine, a_definition_that_posts_json, the_engine_shows_a_text);

/// With either of its callbacks, and with or without a state.
async fn the_five_requests_of_the_engine(database: Database) {
    let app = start(database).await;
    let (make, mut mia) = (wire(&app), app.person("mia"));
    for (callback, state) in [
        ("https://www.integromat.com/oauth/cb/app", None),
        ("https://www.make.com/oauth/cb/app", Some(("state", "5e1f0c.7-a_b"))),
    ] {
        let mut asked = vec![("scope", "connect,read,write,delete"), ("client_id", APP)];
        asked.extend([("redirect_uri", callback), ("response_type", "code")]);
        asked.extend(state);
        let answer = make.connects(&mut mia, ("/authorize", &asked), Some("make-studio")).await;
        assert_eq!((answer.to.as_str(), answer.get("state")), (callback, state.map(|(_, value)| value)));
        let form = [
            ("client_id", APP),
            ("client_secret", SECRET),
            ("code", answer.code()),
            ("grant_type", "authorization_code"),
            ("redirect_uri", callback),
        ];
        let json = make.post_form("/token", &form).await.ok();
        // It keeps the moment at which it must come back: now, and so many minutes.
        let minutes = json["expires_in"].as_i64().expect("a number");
        let bearer = format!("Bearer {}", text(&json, "access_token"));
        let info = make.get("/info", &[("authorization", &bearer)]).await.ok();
        assert_eq!(info["user"], "Moss Studio");
        app.advance(minutes * MINUTE);
        assert_eq!(make.get("/info", &[("authorization", &bearer)]).await.status, 401);
        let form = [
            ("client_id", APP),
            ("client_secret", SECRET),
            ("grant_type", "refresh_token"),
            ("refresh_token", &text(&json, "refresh_token")),
        ];
        let json = make.post_form("/refresh", &form).await.ok();
        let bearer = format!("Bearer {}", text(&json, "access_token"));
        assert_eq!(make.get("/info", &[("authorization", &bearer)]).await.ok()["id"], info["id"]);
        assert_eq!(make.get("/invalidate", &[("authorization", &bearer)]).await.status, 204);
        assert_eq!(make.get("/info", &[("authorization", &bearer)]).await.status, 401);
    }
}

/// A definition may send JSON, and leave the grant type of a refresh out.
async fn a_definition_that_posts_json(database: Database) {
    let app = start(database).await;
    let (make, mut max) = (wire(&app), app.person("max"));
    let callback = "https://www.make.com/oauth/cb/app";
    let asked = [("scope", "connect"), ("client_id", APP), ("redirect_uri", callback)];
    let asked: Vec<_> = asked.into_iter().chain([("response_type", "code")]).collect();
    let answer = make.connects(&mut max, ("/authorize", &asked), Some("make-max")).await;
    let body = json!({
        "client_id": APP,
        "client_secret": SECRET,
        "code": answer.code(),
        "grant_type": "authorization_code",
        "redirect_uri": callback,
    });
    let json = make.post_json("/token", &body).await.ok();
    let body = json!({ "client_id": APP, "client_secret": SECRET, "refresh_token": json["refresh_token"] });
    let json = make.post_json("/refresh", &body).await.ok();
    assert_eq!((&json["expires_in"], &json["refresh_expires_in"]), (&5.into(), &60.into()));
}

/// The template of a definition is `body.error.message`, with the status before it.
async fn the_engine_shows_a_text(database: Database) {
    let app = start(database).await;
    let make = wire(&app);
    let form = [("client_id", APP), ("client_secret", SECRET), ("refresh_token", "nonsense")];
    for answer in [
        make.post_form("/refresh", &form).await,
        make.post_form("/token", &form).await,
        make.get("/info", &[]).await,
        make.get("/invalidate", &[]).await,
        make.get("/token", &[]).await,
    ] {
        assert!((400..500).contains(&answer.status), "{answer:?}");
        assert!(
            answer.json()["error"]["message"].as_str().is_some_and(|text| !text.is_empty()),
            "{answer:?}"
        );
    }
}
