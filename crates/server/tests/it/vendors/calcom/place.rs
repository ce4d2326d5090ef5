//! One's own account, or a team that one administers (CAL-19).

use serde_json::json;
use symbolon_store::testing::Database;

use super::{AUTHORIZE, Bridge, ME, OLD_ME, Pair};
use crate::support::{Person, TestApp, stories, with_field};
use crate::vendors::{members, start};

stories!(
    cal_19_a_team_answers_for_itself,
    cal_19_a_plain_member_cannot_pick_the_team,
    cal_19_a_team_that_was_not_offered_is_refused,
    one_app_holds_both_kinds_of_connection,
);

const SCOPE: &str = "BOOKING_READ PROFILE_READ";

async fn me(app: &TestApp, bridge: &Bridge, given: &Pair) -> (String, serde_json::Value) {
    let old = bridge.wire.get_as(OLD_ME, &given.access).await;
    assert_eq!(old.status, 201, "{old:?}");
    let told = app.api().check(&given.access, &["BOOKING_READ"]).await.ok();
    (old.json()["username"].as_str().expect("a name").to_owned(), told)
}

async fn cal_19_a_team_answers_for_itself(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-app");
    let mut cara = app.person("cara");
    let team = bridge.connect_at(&mut cara, SCOPE, "cal-team").await;
    let (name, told) = me(&app, &bridge, &team).await;
    assert_eq!(name, "Front Desk");
    assert_eq!((&told["level"], &told["tenant"]), (&json!("tenant"), &json!("cal-team")));
    assert!(told["user"].is_null(), "nobody in particular: {told}");
    let current = bridge.wire.get_as(ME, &team.access).await.ok();
    assert_eq!(members(&current["data"]), ["id", "name", "username"], "a team has no address of its own");
    assert_eq!(
        (&current["data"]["id"], &current["data"]["name"]),
        (&json!("cal-team"), &json!("Front Desk"))
    );
    // It outlives the membership of whoever connected it.
    app.remove_member("cal-team", "cara").await;
    assert!(app.api().sees_alive(&team.access).await);
}

async fn cal_19_a_plain_member_cannot_pick_the_team(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-app");
    let mut cole = app.person("cole");
    cole.open(&bridge.wire.asks(AUTHORIZE, &bridge.asks(SCOPE)).url()).await;
    let page = cole.sign_in().await;
    let form = page.consent_form().expect("a consent form");
    assert!(page.body.contains("Front Desk"), "it is shown, with the reason why not");
    assert!(form.choose("tenant", "cal-team").is_err());
    let callback = cole.consents().await.callback();
    let given = Pair::read(&bridge.exchange(callback.code()).await);
    let (name, told) = me(&app, &bridge, &given).await;
    assert_eq!(name, "cole");
    assert_eq!((&told["level"], &told["tenant"]), (&json!("user"), &json!("cal-cole")));
}

/// Presses 'Allow' with this tenant, whatever the page offers.
async fn forges(person: &mut Person, tenant: &str) -> crate::support::Callback {
    let (form, fields) = person.deciding("allow", |form| form);
    person.post(&form, &with_field(&fields, "tenant", tenant)).await.callback()
}

async fn cal_19_a_team_that_was_not_offered_is_refused(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-app");
    let mut cole = app.person("cole");
    let url = bridge.wire.asks(AUTHORIZE, &bridge.asks(SCOPE)).url();
    cole.open(&url).await;
    cole.sign_in().await;
    // A team where he may not, somebody else's account, and nothing at all.
    for forged in ["cal-team", "cal-cara", "forms-us", "no-such-place"] {
        let callback = forges(&mut cole, forged).await;
        callback.refused("access_denied");
        assert_eq!(callback.get("state"), Some("s-1"), "{forged}");
        assert_eq!(callback.to, bridge.callback);
        cole.open(&url).await;
    }
    let callback = forges(&mut cole, "cal-cole").await;
    Pair::read(&bridge.exchange(callback.code()).await);
}

async fn one_app_holds_both_kinds_of_connection(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-app");
    let mut cara = app.person("cara");
    let team = bridge.connect_at(&mut cara, SCOPE, "cal-team").await;
    let own = bridge.connect_at(&mut cara, SCOPE, "cal-cara").await;
    assert_eq!(me(&app, &bridge, &own).await.0, "cara");
    assert_eq!(me(&app, &bridge, &team).await.0, "Front Desk");
    // One follows her role at the team no longer, the other her account.
    app.disable_user("cara").await;
    assert!(!app.api().sees_alive(&own.access).await);
    assert!(app.api().sees_alive(&team.access).await);
    assert_eq!(bridge.refresh(&own.refresh).await.error(), "invalid_grant");
    Pair::read(&bridge.refresh(&team.refresh).await);
}
