//! Trials from the portal, of an app of every dialect: it speaks as its dialect does, and what it is given ends.

use symbolon_demo::page_form::PageForm;
use symbolon_oauth::id::Id;
use symbolon_platform::organisation::Organisation;
use symbolon_store::change::{AppChange, OrganisationChange};
use symbolon_store::testing::Database;

use super::speaker::SPEAKERS;
use super::start;
use crate::support::{Answer, Person, stories, with_field};

stories!(an_app_of_every_dialect_is_tried_and_what_it_is_given_ends);

async fn presses(person: &mut Person, page: &Answer, step: &str) -> Answer {
    let holds = |form: &PageForm| form.clone().submit().iter().any(|(name, _)| name == "trial");
    let form = page.forms().into_iter().find(holds).unwrap_or_else(|| panic!("{step}: no trial: {page:?}"));
    let fields = with_field(&form.clone().submit(), "step", step);
    person.post(&form, &fields).await
}

/// Whether the last step of a page went well.
fn went_well(page: &Answer) -> bool {
    let (_, steps) = page.body.split_once("id=\"steps\"").unwrap_or_else(|| panic!("{page:?}"));
    let last = steps.rsplit("<h2>").next().expect("a step");
    last.contains("badge-ok")
}

async fn an_app_of_every_dialect_is_tried_and_what_it_is_given_ends(database: Database) {
    let (app, mut gus) = start(database).await;
    let at = app.now();
    let organisation =
        Organisation { id: Id::new([7; 16]), name: "Team".to_owned(), person: None, created_at: at };
    let (team, owner) = (organisation.id, app.user_id("gus").await);
    app.change(OrganisationChange::Create { organisation, owner }.into()).await;
    gus.sign_in().await;
    for speaker in SPEAKERS {
        let name = speaker.name;
        let own = app.app_id(speaker.client_id).await;
        let standpoint = app.state().store.standpoint_to(own, owner).await.expect("the store answers");
        let old = standpoint.expect("an app").organisation;
        app.change(AppChange::Transfer { app: own, old, new: Some(team) }.into()).await;
        let connect = format!("/developers/apps/{own}/connect");
        let page = gus.open(&connect).await;
        let (_, link) =
            page.body.split_once("id=\"connect\" href=\"").unwrap_or_else(|| panic!("{name}: {page:?}"));
        let link = link.split('"').next().expect("a link").replace("&#38;", "&");
        let link = link.strip_prefix(app.issuer()).expect("an address here").to_owned();
        let answer = gus.open(&link).await;
        let answer = if answer.status == 200 { gus.consents().await } else { answer };
        let here =
            answer.location().strip_prefix(app.issuer()).unwrap_or_else(|| panic!("{name}: {answer:?}"));
        let arrived = gus.open(here).await;
        assert!(went_well(&arrived), "{name}: {arrived:?}");
        let exchanged = presses(&mut gus, &arrived, "exchange").await;
        assert!(went_well(&exchanged), "{name}: {exchanged:?}");
        assert!(went_well(&presses(&mut gus, &exchanged, "who").await), "{name}");
        let held = match exchanged.body.contains("id=\"do-refresh\"") {
            true => presses(&mut gus, &exchanged, "refresh").await,
            false => exchanged,
        };
        assert_eq!(held.body.contains("id=\"do-refresh\""), speaker.refresh.is_some(), "{name}: {held:?}");
        assert!(went_well(&held), "{name}: {held:?}");
        let over = presses(&mut gus, &held, "end").await;
        assert!(over.body.contains("id=\"over\""), "{name}: {over:?}");
        let after = presses(&mut gus, &held, "who").await;
        assert!(!went_well(&after), "{name}: {after:?}");
    }
}
