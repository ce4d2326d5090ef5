//! What an operator registers for an app (CAL-15, CAL-16), as far as there is no portal for developers.

use symbolon_store::testing::Database;

use super::{Bridge, Pair, refused};
use crate::support::{MINUTE, SECOND, TestApp, stories};
use crate::vendors::start;

stories!(cal_15_two_secrets_live_and_one_is_ended_alone, cal_16_redirect_uris_that_can_be_registered,);

/// Another secret of this app, a little later; the one before works half an hour more.
async fn rotated(app: &TestApp) -> Bridge {
    app.advance(SECOND);
    let secret = app.rotate_secret("calcom-app", 30 * MINUTE).await;
    Bridge { secret: Some(secret), ..Bridge::of(app, "calcom-app") }
}

/// A third is not refused, as the vendor does: it takes the place of the oldest.
async fn cal_15_two_secrets_live_and_one_is_ended_alone(database: Database) {
    let app = start(database).await;
    let first = Bridge::of(&app, "calcom-app");
    let given = first.connect(&mut app.person("cole"), "BOOKING_READ").await;
    let second = rotated(&app).await;
    let given = Pair::read(&first.refresh(&given.refresh).await);
    let given = Pair::read(&second.refresh(&given.refresh).await);
    app.revoke_oldest_secret("calcom-app").await;
    let answer = first.refresh(&given.refresh).await;
    refused(&answer, 401, "invalid_client", "invalid_client_credentials");
    assert!(app.api().sees_alive(&given.access).await, "tokens stay");
    let given = Pair::read(&second.refresh(&given.refresh).await);
    let (third, fourth) = (rotated(&app).await, rotated(&app).await);
    refused(&second.refresh(&given.refresh).await, 401, "invalid_client", "invalid_client_credentials");
    let given = Pair::read(&third.refresh(&given.refresh).await);
    app.advance(30 * MINUTE);
    refused(&third.refresh(&given.refresh).await, 401, "invalid_client", "invalid_client_credentials");
    Pair::read(&fourth.refresh(&given.refresh).await);
}

/// The vendor's limit of ten is one of its portal.
async fn cal_16_redirect_uris_that_can_be_registered(database: Database) {
    let app = start(database).await;
    let register = async |uri: &str| {
        let text = format!(
            "[[app]]\nclient_id = \"new\"\nclient_secret = \"s\"\nname = \"New\"\ndialect = \"calcom\"\nscopes = [\"BOOKING_READ\"]\nredirect_uris = [{uri:?}]"
        );
        app.try_declare(&text).await
    };
    for uri in ["http://example.com/cb", "https://example.com/cb#fragment"] {
        let refused = register(uri).await.expect_err(uri);
        assert!(refused.contains("cannot be registered"), "{uri}: {refused}");
    }
    register("http://localhost:8019/callback").await.expect("a program on this computer");
}
