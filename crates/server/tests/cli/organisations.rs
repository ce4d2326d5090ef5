//! Developer organisations and requests for apps, as operators see them.

use symbolon_oauth::id::Id;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::developers::Wish;
use symbolon_store::change::DeveloperRequestChange;
use symbolon_store::{Options, Store};

use super::{Operator, STATE};

fn operator() -> Operator {
    let operator = Operator::new();
    operator.applies(STATE);
    operator
}

#[test]
fn keeps_organisations() {
    let operator = operator();
    operator.does("user create sam@example.com --id u-sam --name Sam");
    operator
        .does("app create Board --client-id own --redirect-uri https://app.example.net/cb --owner u-jane");
    let listed = operator.asks("organisation list");
    let own = listed[0]["id"].as_str().unwrap().to_owned();
    assert_eq!((&listed[0]["kind"], listed.as_array().unwrap().len()), (&"own".into(), 1));
    let shown = operator.asks(&format!("organisation show {own}"));
    assert_eq!(shown["members"], serde_json::json!([{ "user": "u-jane", "role": "owner" }]));
    assert_eq!(shown["apps"], serde_json::json!(["own"]));
    // Nobody is taken out of their own.
    assert!(
        operator.fails(&format!("organisation remove-member {own} u-jane --yes")).contains("person's own")
    );

    let team = operator.asks("organisation create Team --owner u-jane")["id"].as_str().unwrap().to_owned();
    let last = operator.fails(&format!("organisation add-member {team} u-jane --role viewer"));
    assert!(last.contains("at least one owner"), "{last}");
    operator.does(&format!("organisation add-member {team} sam@example.com --role developer"));
    operator.does(&format!("organisation add-member {team} u-sam --role owner"));
    operator.does(&format!("organisation remove-member {team} u-jane --yes"));
    let shown = operator.asks(&format!("organisation show {team}"));
    assert_eq!(shown["members"], serde_json::json!([{ "user": "u-sam", "role": "owner" }]));
    assert!(operator.fails(&format!("organisation remove-member {team} u-jane --yes")).contains("is not in"));

    operator.does(&format!("organisation move-app own --to {team}"));
    assert!(operator.fails(&format!("organisation delete {team} --yes")).contains("has apps"));
    operator.does("organisation move-app own --to-operator");
    operator.does(&format!("organisation delete {team} --yes"));
    let gone = operator.fails(&format!("organisation show {team}"));
    assert!(gone.contains("there is no organisation") && gone.contains("organisation list"), "{gone}");
    assert!(operator.fails("organisation show nonsense").contains("32 hexadecimal"));
    let told = operator.does("audit");
    for deed in
        ["organisation.created", "organisation_member.added", "app.transferred", "organisation.deleted"]
    {
        assert!(told.contains(deed), "{deed}: {told}");
    }
}

#[test]
fn answers_requests_for_apps() {
    let operator = operator();
    let jane = operator.asks("user show u-jane");
    assert_eq!(operator.does("app request list").trim(), "nobody waits for an answer", "{jane}");
    let url = format!("sqlite:{}", operator.path("symbolon.db").display());
    let (first, second) = (Id::new([1; 16]), Id::new([2; 16]));
    let ask = async {
        let store = Store::open(&url, Options::default()).await.unwrap();
        let user = store.load_account_by_external_id("u-jane").await.unwrap().unwrap().user.id;
        let wish = Wish {
            name: "Planner".to_owned(),
            redirect_uri: "https://planner.example/cb".to_owned(),
            logo_url: None,
            homepage: "https://planner.example".to_owned(),
            reason: "Plans the week.".to_owned(),
        };
        let asks =
            |id| DeveloperRequestChange::Create { id, user, wish: wish.clone(), at: Timestamp(1) }.into();
        store.change(&[asks(first), asks(second)], &[]).await.unwrap();
    };
    tokio::runtime::Runtime::new().unwrap().block_on(ask);
    let listed = operator.asks("app request list");
    assert_eq!((&listed[0]["name"], listed.as_array().unwrap().len()), (&"Planner".into(), 2));

    assert!(
        operator
            .fails(&format!("app request accept {first} --scope nothing:there"))
            .contains("nothing:there")
    );
    let made = operator.asks(&format!("app request accept {first} --scope forms:read"));
    assert!(made["client_secret"].as_str().unwrap().starts_with("sym_cs_live_"));
    let shown = operator.asks(&format!("app show {}", made["client_id"].as_str().unwrap()));
    assert_eq!((&shown["status"], &shown["name"]), (&"development".into(), &"Planner".into()));
    assert_eq!(shown["redirect_uris"], serde_json::json!(["https://planner.example/cb"]));
    assert!(operator.fails(&format!("app request decline {first}")).contains("accepted already"));
    operator.does(&format!("app request decline {second} --reason Later"));
    assert_eq!(operator.asks("app request list"), serde_json::json!([]));
    assert!(operator.fails(&format!("app request accept {}", Id::<()>::new([9; 16]))).contains("no request"));
}
