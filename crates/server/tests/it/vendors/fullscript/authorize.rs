//! The authorization request: two addresses, no scope, 404, state (FS-1 to FS-4).

use symbolon_store::testing::Database;

use super::{Connection, Partner, REGISTERED};
use crate::support::{Answer, stories};
use crate::vendors::start;

stories!(
    fs_1_both_addresses_show_the_same_page,
    fs_2_a_scope_in_the_request_changes_nothing,
    fs_3_another_redirect_uri_is_not_found,
    fs_4_state_comes_back_as_it_was_or_not_at_all,
);

/// What the consent page lists.
fn permissions(page: &Answer) -> Vec<&str> {
    let titles = ["See the catalogue", "See the clinic", "See the patients", "Change the patients"];
    titles.into_iter().filter(|title| page.body.contains(title)).collect()
}

async fn fs_1_both_addresses_show_the_same_page(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let mut pia = app.person("pia");
    for path in ["/oauth/authorize", "/api/oauth/authorize"] {
        for pairs in [&partner.asks()[..], &partner.asks()[..2]] {
            pia.open(&partner.wire.asks(path, pairs).url()).await;
            if pia.page().login_form().is_some() {
                pia.sign_in().await;
            }
            let page = pia.page();
            assert!(page.consent_form().is_some() && page.body.contains("Chart Notes"), "{page:?}");
            assert_eq!(permissions(page), ["See the catalogue", "See the clinic", "See the patients"]);
        }
    }
    assert!(!pia.consents().await.callback().code().is_empty());
}

async fn fs_2_a_scope_in_the_request_changes_nothing(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let mut pia = app.person("pia");
    for scope in ["anything", "Catalog:Read", "patients:write", "catalog:read", "\"\\", ""] {
        let pairs = [&partner.asks()[..], &[("scope", scope)]].concat();
        let callback = partner.wire.connects(&mut pia, ("/oauth/authorize", &pairs), None).await;
        let given = Connection::read(&partner.exchange(callback.code()).await);
        assert_eq!(given.scope, REGISTERED, "asked for `{scope}`");
        assert_eq!(app.api().introspect(&given.access).await["scope"], REGISTERED);
    }
}

async fn fs_3_another_redirect_uri_is_not_found(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let right = partner.wire.asks("/oauth/authorize", &partner.asks());
    for wrong in [
        right.clone().with("redirect_uri", &format!("{}/", partner.callback)),
        right.clone().with("redirect_uri", "https://fullscript-second.example.net/cb"),
        right.clone().without("redirect_uri"),
        right.clone().with("client_id", "nobody"),
        right.clone().with("client_id", "board"),
    ] {
        for path in ["/fullscript/oauth/authorize", "/fullscript/api/oauth/authorize"] {
            app.get(&wrong.clone().at(path).url()).await.error_page(404);
        }
    }
    let answer = app.get(&right.url()).await;
    assert!(answer.location().starts_with("/login"), "{answer:?}");
}

async fn fs_4_state_comes_back_as_it_was_or_not_at_all(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let mut pia = app.person("pia");
    let state = format!("{}.{}", "aZ09-_".repeat(42), "x".repeat(47));
    assert_eq!(state.len(), 300);
    let pairs = [&partner.asks()[..], &[("state", state.as_str())]].concat();
    let answer = pia.walk(&partner.wire.asks("/api/oauth/authorize", &pairs), None).await;
    assert_eq!(answer.callback().get("state"), Some(state.as_str()));
    assert!(answer.location().contains(&format!("&state={state}&")), "not even encoded: {answer:?}");

    let callback = partner.wire.connects(&mut pia, ("/oauth/authorize", &partner.asks()), None).await;
    assert_eq!(callback.names(), ["code", "iss"]);

    // Refused, it comes back too.
    let mut stan = app.person("stan");
    stan.open(&partner.wire.asks("/oauth/authorize", &pairs).url()).await;
    stan.sign_in().await;
    let callback = stan.refuses().await.callback();
    callback.refused("access_denied");
    assert_eq!(callback.get("state"), Some(state.as_str()));
}
