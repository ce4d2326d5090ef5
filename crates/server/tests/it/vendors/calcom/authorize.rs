//! The authorization request: separators, legacy apps, parameters that nobody reads, and scripts of other origins
//! (CAL-1, CAL-17, CAL-18, CAL-21).

use symbolon_store::testing::Database;

use super::{AUTHORIZE, Bridge, OLD_REFRESH, OLD_TOKEN, Pair, TOKEN, with, without};
use crate::support::stories;
use crate::vendors::start;

stories!(
    cal_1_scopes_are_separated_by_commas_or_spaces,
    cal_1_an_unknown_scope_goes_back_with_its_state,
    cal_17_parameters_of_others_are_ignored,
    cal_18_a_legacy_app_need_not_name_its_scopes,
    cal_18_another_app_is_told_to_on_the_page,
    cal_21_scripts_of_other_origins_may_ask_for_tokens,
    errors_before_the_client_is_proven_stay_on_the_page,
);

async fn cal_1_scopes_are_separated_by_commas_or_spaces(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let mut cole = app.person("cole");
    for scope in ["READ_BOOKING,READ_PROFILE", "READ_BOOKING READ_PROFILE", "READ_BOOKING, READ_PROFILE"] {
        let pairs = without(&bridge.asks(scope), "response_type");
        let callback = bridge.wire.connects(&mut cole, (AUTHORIZE, &pairs), None).await;
        assert_eq!(callback.get("state"), Some("s-1"));
        let answer = bridge.exchange(callback.code()).await;
        assert_eq!(answer.ok()["scope"], "READ_BOOKING READ_PROFILE", "asked for `{scope}`");
    }
}

async fn cal_1_an_unknown_scope_goes_back_with_its_state(database: Database) {
    let app = start(database).await;
    for (client_id, scope) in [
        ("calcom-legacy", "READ_BOOKING,READ_EVERYTHING"),
        ("calcom-app", "BOOKING_READ WHATEVER"),
        // One that exists, and that this app was not registered for.
        ("calcom-second", "BOOKING_READ,BOOKING_WRITE"),
    ] {
        let bridge = Bridge::of(&app, client_id);
        let callback = app.get(&bridge.wire.asks(AUTHORIZE, &bridge.asks(scope)).url()).await.callback();
        callback.refused("invalid_scope");
        assert_eq!((callback.to.as_str(), callback.get("state")), (bridge.callback.as_str(), Some("s-1")));
        assert!(callback.get("error_description").is_some_and(|words| !words.is_empty()));
    }
}

async fn cal_17_parameters_of_others_are_ignored(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-public");
    let extra = [
        ("register", "false"),
        ("prompt", "consent"),
        ("access_type", "offline"),
        ("include_granted_scopes", "true"),
    ];
    let pairs = [bridge.asks("READ_BOOKING READ_PROFILE"), extra.to_vec()].concat();
    let callback = bridge.wire.connects(&mut app.person("cole"), (AUTHORIZE, &pairs), None).await;
    assert_eq!(callback.names(), ["code", "state", "iss"]);
    Pair::read(&bridge.exchange(callback.code()).await);
}

async fn cal_18_a_legacy_app_need_not_name_its_scopes(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let mut cole = app.person("cole");
    let without_scope = without(&bridge.asks(""), "scope");
    for pairs in [without_scope, bridge.asks("")] {
        let callback = bridge.wire.connects(&mut cole, (AUTHORIZE, &pairs), None).await;
        let answer = bridge.exchange(callback.code()).await;
        assert_eq!(answer.ok()["scope"], "READ_BOOKING READ_PROFILE");
        let given = Pair::read(&answer);
        // Everything that was there when it was written, and nothing that came later.
        for (scope, status) in [("READ_BOOKING", 200), ("READ_PROFILE", 200), ("BOOKING_WRITE", 403)] {
            assert_eq!(app.api().check(&given.access, &[scope]).await.status, status, "{scope}");
        }
    }
}

async fn cal_18_another_app_is_told_to_on_the_page(database: Database) {
    let app = start(database).await;
    for client_id in ["calcom-app", "calcom-public"] {
        let bridge = Bridge::of(&app, client_id);
        for pairs in [without(&bridge.asks(""), "scope"), bridge.asks("")] {
            app.get(&bridge.wire.asks(AUTHORIZE, &pairs).url()).await.error_page(400);
        }
        let mut cole = app.person("cole");
        bridge.connect(&mut cole, "BOOKING_READ").await;
        // Signed in, it is the same.
        cole.open(&bridge.wire.asks(AUTHORIZE, &bridge.asks("")).url()).await.error_page(400);
    }
}

async fn cal_21_scripts_of_other_origins_may_ask_for_tokens(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-public");
    let origin = "https://calcom-public.example.net";
    let asked = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization, content-type"),
    ];
    for path in [OLD_TOKEN, OLD_REFRESH, TOKEN] {
        let answer = bridge.wire.send("OPTIONS", path, &asked, "").await;
        assert!((200..300).contains(&answer.status), "{answer:?}");
        assert!([origin, "*"].contains(&answer.header("access-control-allow-origin")), "{answer:?}");
        assert!(answer.header("access-control-allow-methods").contains("POST"), "{answer:?}");
        let headers = answer.header("access-control-allow-headers").to_ascii_lowercase();
        assert!(headers == "*" || headers.contains("content-type"), "{answer:?}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "no cookies: {answer:?}");
    }
    // And the answers can be read, the refusals too.
    let code = bridge.code(&mut app.person("cole"), "READ_PROFILE").await;
    let from = [("origin", origin)];
    let exchanged = bridge.wire.post_form_with(OLD_TOKEN, &bridge.exchange_of(&code), &from).await;
    let given = Pair::read(&exchanged);
    let refreshed = bridge.wire.post_form_with(OLD_REFRESH, &bridge.refresh_of(&given.refresh), &from).await;
    Pair::read(&refreshed);
    let refused = bridge.wire.post_form_with(OLD_REFRESH, &bridge.refresh_of("x"), &from).await;
    refused.refused(400, "invalid_grant");
    for answer in [exchanged, refreshed, refused] {
        assert!([origin, "*"].contains(&answer.header("access-control-allow-origin")), "{answer:?}");
    }
    // The page where people decide is nobody's to read.
    let answer = bridge.wire.get(AUTHORIZE, &from).await;
    assert_eq!(answer.header("access-control-allow-origin"), "", "{answer:?}");
}

async fn errors_before_the_client_is_proven_stay_on_the_page(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-app");
    let right = bridge.asks("BOOKING_READ");
    for (wrong, status) in [
        (with(&right, "client_id", "nobody"), 404),
        (with(&right, "client_id", "board"), 404),
        (with(&right, "redirect_uri", "https://calcom-app.example.net/cb/"), 400),
        (with(&right, "redirect_uri", "https://calcom-second.example.net/cb"), 400),
        (without(&right, "redirect_uri"), 400),
    ] {
        app.get(&bridge.wire.asks(AUTHORIZE, &wrong).url()).await.error_page(status);
    }
}
