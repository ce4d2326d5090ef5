//! How long things live (CAL-24).

use symbolon_store::testing::Database;

use super::{Bridge, OLD_ME, Pair, refused};
use crate::support::{DAY, MINUTE, SECOND, stories};
use crate::vendors::start;

stories!(
    cal_24_access_ends_after_half_an_hour,
    cal_24_a_refresh_token_lives_thirty_days_from_its_making,
    cal_24_a_refresh_at_day_29_extends_to_day_59,
);

async fn cal_24_access_ends_after_half_an_hour(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let given = bridge.connect(&mut app.person("cole"), "READ_BOOKING READ_PROFILE").await;
    app.advance(1800 * SECOND - SECOND);
    assert_eq!(bridge.wire.get_as(OLD_ME, &given.access).await.status, 201);
    app.advance(SECOND);
    assert_eq!(bridge.wire.get_as(OLD_ME, &given.access).await.status, 401);
    assert_eq!(app.api().check(&given.access, &["READ_BOOKING"]).await.status, 401);
}

async fn cal_24_a_refresh_token_lives_thirty_days_from_its_making(database: Database) {
    let app = start(database).await;
    let mut cole = app.person("cole");
    for client_id in ["calcom-app", "calcom-public"] {
        let bridge = Bridge::of(&app, client_id);
        let given = bridge.connect(&mut cole, "BOOKING_READ").await;
        let kept = bridge.connect(&mut cole, "BOOKING_READ").await;
        app.advance(29 * DAY);
        Pair::read(&bridge.refresh(&given.refresh).await);
        app.advance(2 * DAY);
        refused(&bridge.refresh(&kept.refresh).await, 400, "invalid_grant", "invalid_refresh_token");
        bridge.refresh_by_header(&kept.refresh).await.refused(400, "invalid_grant");
    }
}

async fn cal_24_a_refresh_at_day_29_extends_to_day_59(database: Database) {
    let app = start(database).await;
    let mut cole = app.person("cole");
    for client_id in ["calcom-app", "calcom-public"] {
        let bridge = Bridge::of(&app, client_id);
        let given = bridge.connect(&mut cole, "BOOKING_READ").await;
        app.advance(29 * DAY);
        let second = Pair::read(&bridge.refresh(&given.refresh).await);
        app.advance(30 * DAY - MINUTE);
        let third = Pair::read(&bridge.refresh(&second.refresh).await);
        app.advance(30 * DAY + MINUTE);
        refused(&bridge.refresh(&third.refresh).await, 400, "invalid_grant", "invalid_refresh_token");
    }
}
