//! A yes to what was shown: what changes under an open page is shown again or given narrower, and what a person does not
//! know yet is shown once.

use symbolon_oauth::client::{ClientType, Level};
use symbolon_oauth::scope::ScopeSet;
use symbolon_platform::app::{App, AppStatus};
use symbolon_platform::listing::Publisher;
use symbolon_store::testing::Database;

use crate::support::{Answer, Asked, Client, MINUTE, Person, TestApp, Tokens, choosing, stories};

stories!(
    what_widens_under_an_open_page_is_shown_again,
    what_becomes_something_else_under_an_open_page_is_shown_again,
    an_app_that_changes_under_an_open_page_is_shown_again,
    what_narrows_under_an_open_page_is_given_narrower,
    a_page_that_is_shown_again_keeps_what_was_chosen,
    a_form_that_carries_no_page_is_shown_one,
    the_page_says_what_a_scope_includes_and_for_which_api,
    remembered_consent_asks_again_where_the_answer_goes_elsewhere,
    remembered_consent_asks_again_for_what_nobody_knew,
    an_installation_of_somebody_else_is_shown_once,
    what_was_left_out_is_not_ticked_the_next_time,
    a_connection_that_changed_is_shown_again_before_it_ends,
);

const AGAIN: &str = "Something changed while this page was open";

/// What an operator does to an app.
type Edit = fn(&mut App);

fn scopes(text: &str) -> ScopeSet {
    ScopeSet::parse(text).expect("scopes")
}

/// Omar on the consent page of the board, which asks for all it has: `profile`, both of forms, and optionally bookings.
async fn on_the_page(app: &TestApp) -> (Client, Asked, Person) {
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("").without("scope").with("resource", "https://api.example.com");
    omar.open(&asked.url()).await;
    assert!(omar.sign_in().await.consent_form().is_some());
    (board, asked, omar)
}

/// Expects that nothing was given and that the page says `what`; allowing that page gives `scope`.
async fn is_shown_again(
    page: Answer,
    what: &str,
    (board, asked, mut omar): (Client, Asked, Person),
    scope: &str,
) {
    assert_eq!((page.status, page.location()), (422, ""), "{what}: {page:?}");
    assert!(page.body.contains(AGAIN) && page.body.contains(what), "{what}: {page:?}");
    let mut elsewhere = omar.elsewhere();
    elsewhere.sign_in().await;
    let account = elsewhere.open("/account").await;
    assert!(account.body.contains("No app is connected"), "{what}: {account:?}");
    let answer = omar.consents().await;
    assert_eq!(answer.status, 303, "{what}: {answer:?}");
    let tokens = Tokens::read(&board.exchange(&asked, &answer.callback()).await);
    assert_eq!(tokens.scope, scope, "{what}");
    omar.disconnects().await;
}

const ROLE: &str = "[[role]]\nkey = \"owner\"\ntitle = \"Owner\"\ncan_install = true\nscopes = ";

async fn what_widens_under_an_open_page_is_shown_again(database: Database) {
    let app = TestApp::start(database).await;
    app.declare(&format!("{ROLE}[\"profile\", \"forms:write\", \"bookings:read\"]")).await;
    let all = "profile forms:read forms:write bookings:read";

    let (board, asked, mut omar) = on_the_page(&app).await;
    app.edit_app("board", |app| {
        app.client.scopes = scopes("profile forms:read forms:write bookings:read clinics:read")
    })
    .await;
    app.declare(&format!("{ROLE}[\"*\"]")).await;
    let page = omar.consents().await;
    assert!(page.body.contains("badge-new"), "it is marked: {page:?}");
    let wider = format!("{all} clinics:read");
    is_shown_again(
        page,
        "It would also get this: <bdi>Read the list of clinics</bdi>",
        (board, asked, omar),
        &wider,
    )
    .await;
    app.edit_app("board", |app| app.client.scopes = scopes("profile forms:read forms:write bookings:read"))
        .await;

    app.declare(&format!("{ROLE}[\"profile\", \"forms:read\", \"bookings:read\"]")).await;
    let (board, asked, mut omar) = on_the_page(&app).await;
    app.declare(&format!("{ROLE}[\"*\"]")).await;
    let page = omar.consents().await;
    is_shown_again(page, "It would also get this: <bdi>Change your forms</bdi>", (board, asked, omar), all)
        .await;

    let (board, asked, mut omar) = on_the_page(&app).await;
    app.edit_app("board", |app| app.client.optional_scopes = ScopeSet::new()).await;
    let page = omar.consents_without(&["bookings:read"]).await;
    assert!(page.body.contains("No longer optional"), "it is marked: {page:?}");
    is_shown_again(
        page,
        "cannot be left out any more: <bdi>See the bookings</bdi>",
        (board, asked, omar),
        all,
    )
    .await;
    app.edit_app("board", |app| app.client.optional_scopes = scopes("bookings:read")).await;
}

async fn what_becomes_something_else_under_an_open_page_is_shown_again(database: Database) {
    let app = TestApp::start(database).await;
    let all = "profile forms:read forms:write bookings:read";

    let (board, asked, mut omar) = on_the_page(&app).await;
    let scope = "[[scope]]\nname = \"forms:read\"\ntitle = \"Read your forms\"\n";
    app.declare(&format!("{scope}includes = [\"records:read\"]")).await;
    let page = omar.consents().await;
    is_shown_again(
        page,
        "This includes more than it did: <bdi>Read your forms</bdi>",
        (board, asked, omar),
        all,
    )
    .await;

    let (board, asked, mut omar) = on_the_page(&app).await;
    app.declare(&format!("{scope}description = \"And all the answers\"")).await;
    let page = omar.consents().await;
    is_shown_again(page, "described in other words: <bdi>Read your forms</bdi>", (board, asked, omar), all)
        .await;

    let (board, asked, mut omar) = on_the_page(&app).await;
    app.edit_app("board", |app| app.client.level = Level::Tenant).await;
    let page = omar.consents().await;
    assert!(page.body.contains("not only for you"), "{page:?}");
    is_shown_again(page, "the app would act for somebody else", (board, asked, omar), all).await;
}

async fn an_app_that_changes_under_an_open_page_is_shown_again(database: Database) {
    let app = TestApp::start(database).await;
    let all = "profile forms:read forms:write bookings:read";
    let changes: [(&str, Edit); 6] = [
        ("it is now called <bdi>Ledger</bdi>", |app| "Ledger".clone_into(&mut app.name)),
        ("The picture, publisher or links", |app| {
            app.listing.homepage = Some("https://x.example".to_owned())
        }),
        ("The picture, publisher or links", |app| {
            app.listing.privacy_url = Some("https://x.example".to_owned())
        }),
        ("another version", |app| app.client.pkce_excused = true),
        ("The picture, publisher or links", |app| app.listing.homepage = None),
        ("another version", |app| app.client.pkce_excused = false),
    ];
    for (what, change) in changes {
        let (board, asked, mut omar) = on_the_page(&app).await;
        app.edit_app("board", change).await;
        is_shown_again(omar.consents().await, what, (board, asked, omar), all).await;
    }
    let declared = [
        (
            "The service it would work with",
            "[[resource]]\nidentifier = \"https://api.example.com\"\ntitle = \"Records\"\nscopes = [\"profile\", \"forms:read\", \"forms:write\", \"bookings:read\", \"records:read\", \"clinics:read\"]",
        ),
        (
            "The place you chose has another name",
            "[[tenant]]\nid = \"north\"\nname = \"Clinic South\"\nbase_url = \"https://north.example.com\"",
        ),
    ];
    for (what, state) in declared {
        let (board, asked, mut omar) = on_the_page(&app).await;
        app.declare(state).await;
        is_shown_again(omar.consents().await, what, (board, asked, omar), all).await;
    }
    // Reviewed while the page was open, or put back into development.
    let (board, asked, mut omar) = on_the_page(&app).await;
    app.set_app_status("board", AppStatus::Development).await;
    is_shown_again(omar.consents().await, "Still being built", (board, asked, omar), all).await;
}

async fn what_narrows_under_an_open_page_is_given_narrower(database: Database) {
    let app = TestApp::start(database).await;
    for (without_scope, expected) in
        [(true, "profile forms:write bookings:read"), (false, "profile bookings:read")]
    {
        let (board, mut omar) = (app.client("board"), app.person("omar"));
        let asked = board.asks("profile forms:read forms:write bookings:read");
        let asked = if without_scope { asked.without("scope") } else { asked };
        omar.open(&asked.url()).await;
        omar.sign_in().await;
        app.edit_app("board", |app| app.client.scopes = scopes("profile forms:write bookings:read")).await;
        if !without_scope {
            // The role, too.
            app.declare(&format!("{ROLE}[\"profile\", \"bookings:read\"]")).await;
        }
        let tokens = Tokens::read(&board.exchange(&asked, &omar.consents().await.callback()).await);
        assert_eq!(tokens.scope, expected);
        omar.disconnects().await;
        app.edit_app("board", |app| {
            app.client.scopes = scopes("profile forms:read forms:write bookings:read")
        })
        .await;
    }
    // What is required no longer was seen as required, and is given.
    app.declare(&format!("{ROLE}[\"*\"]")).await;
    let (board, asked, mut omar) = on_the_page(&app).await;
    app.edit_app("board", |app| app.client.optional_scopes = scopes("bookings:read forms:read")).await;
    let tokens = Tokens::read(&board.exchange(&asked, &omar.consents().await.callback()).await);
    assert_eq!(tokens.scope, "profile forms:read forms:write bookings:read");
    // One more address, and one more secret, are nobody's concern.
    omar.disconnects().await;
    let (board, asked, mut omar) = on_the_page(&app).await;
    app.edit_app("board", |app| app.client.redirect_uris.push("https://board.example.net/third".to_owned()))
        .await;
    app.rotate_secret("board", 60_000).await;
    Tokens::read(&board.exchange(&asked, &omar.consents().await.callback()).await);
    // Where nothing is left, nothing is given.
    let asked = board.asks("forms:read").with("prompt", "consent");
    omar.open(&asked.url()).await;
    app.edit_app("board", |app| app.client.scopes = scopes("profile")).await;
    omar.consents().await.callback().refused("invalid_scope");
}

async fn a_page_that_is_shown_again_keeps_what_was_chosen(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut jane) = (app.client("board"), app.person("jane"));
    let asked = board.asks("profile bookings:read");
    jane.open(&asked.url()).await;
    jane.sign_in().await;
    app.edit_app("board", |app| "Board".clone_into(&mut app.name)).await;
    let (form, mut fields) = jane.deciding("allow", choosing("north"));
    fields.retain(|(name, _)| name != "scope");
    assert_eq!(jane.post(&form, &fields).await.status, 422);
    let (_, again) = jane.deciding("allow", |form| form);
    assert!(again.contains(&("tenant".to_owned(), "north".to_owned())), "{again:?}");
    assert!(again.iter().all(|(name, _)| name != "scope"), "it stays left out: {again:?}");
    let callback = jane.decide("allow", |form| form).await.callback();
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    assert_eq!(
        (tokens.scope.as_str(), &board.me(&tokens.access).await.ok()["tenant"]),
        ("profile", &"north".into())
    );
}

/// What travels to the sign-in and back is sealed like a page, and has shown nothing.
async fn a_form_that_carries_no_page_is_shown_one(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let to_login = omar.look(&board.asks("profile").url()).await.location().to_owned();
    omar.open(&to_login).await;
    omar.sign_in().await;
    let (form, fields) = omar.deciding("allow", |form| form);
    let sealed = to_login.split_once("interaction=").expect("an interaction").1;
    let unseen = crate::support::with_field(&fields, "interaction", sealed);
    let counted = || {
        let text = app.state().metrics.text();
        let count = text.lines().find_map(|line| line.strip_prefix("symbolon_consents_shown_again_total "));
        count.expect("it is counted").to_owned()
    };
    assert_eq!(counted(), "0");
    let page = omar.post(&form, &unseen).await;
    assert!(page.status == 422 && page.body.contains(AGAIN), "{page:?}");
    assert_eq!(counted(), "1");
    omar.consents().await.callback().code();
    assert_eq!(counted(), "1", "an answer to what is true is none");
    // What a page showed does not travel in an address.
    assert!(fields.iter().any(|(name, value)| name == "interaction" && value.len() > sealed.len()));
    omar.open(&board.asks("forms:read").url()).await;
    let address = omar.decide("switch", |form| form).await.target;
    assert!(address.len() < sealed.len() + 200, "{address}");
}

async fn the_page_says_what_a_scope_includes_and_for_which_api(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    omar.open(&board.asks("forms:write").with("resource", "https://api.example.com").url()).await;
    let page = omar.sign_in().await;
    assert!(page.body.contains("Includes: <bdi>Read your forms</bdi>"), "{page:?}");
    assert!(
        page.body.contains("Forms and bookings") && page.body.contains("(https://api.example.com)"),
        "{page:?}"
    );
    let page = omar.open(&board.asks("forms:read").url()).await;
    assert!(!page.body.contains("Includes:") && !page.body.contains("api.example.com"), "{page:?}");
}

async fn remembered_consent_asks_again_where_the_answer_goes_elsewhere(database: Database) {
    let app = TestApp::start(database).await;
    let (mut board, mut omar) = (app.client("board"), app.person("omar"));
    board.connect(&mut omar, "profile").await;
    // Another path of the same host is where people know that they go.
    omar.look(&board.asks("profile").with("redirect_uri", "https://board.example.net/other").url())
        .await
        .callback();
    let elsewhere = "https://board-login.example/cb";
    app.edit_app("board", |app| app.client.redirect_uris.push(elsewhere.to_owned())).await;
    let asked = board.asks("profile").with("redirect_uri", elsewhere);
    omar.look(&asked.clone().with("prompt", "none").url()).await.callback().refused("consent_required");
    let page = omar.open(&asked.url()).await;
    assert!(page.consent_form().is_some() && page.body.contains("New address"), "{page:?}");
    elsewhere.clone_into(&mut board.redirect_uri);
    Tokens::read(&board.exchange(&asked, &omar.consents().await.callback()).await);
    // Both are known from now on.
    for redirect_uri in [elsewhere, "https://board.example.net/cb"] {
        omar.look(&board.asks("profile").with("redirect_uri", redirect_uri).url()).await.callback().code();
    }
    // One that was taken away and came back is new.
    app.edit_app("board", |app| app.client.redirect_uris.retain(|uri| uri != elsewhere)).await;
    "https://board.example.net/cb".clone_into(&mut board.redirect_uri);
    let more = board.asks("profile forms:read");
    omar.open(&more.url()).await;
    omar.consents().await.callback().code();
    app.edit_app("board", |app| app.client.redirect_uris.push(elsewhere.to_owned())).await;
    assert!(omar.open(&asked.url()).await.consent_form().is_some());
    omar.look(&board.asks("profile").url()).await.callback().code();
}

const API: &str = "https://api.example.com";

/// The page says `what` since the answer, and no more; answering it is remembered.
async fn is_asked_again(omar: &mut Person, asked: &Asked, what: &str) {
    omar.look(&asked.clone().with("prompt", "none").url()).await.callback().refused("consent_required");
    let page = omar.open(&asked.url()).await;
    assert!(page.status == 200 && page.consent_form().is_some(), "{what}: {page:?}");
    assert!(page.body.contains("Something changed since you allowed this"), "{what}: {page:?}");
    assert!(page.body.contains(what) && page.body.matches("<li>The ").count() < 2, "{what}: {page:?}");
    omar.consents().await.callback().code();
    omar.look(&asked.url()).await.callback().code();
}

async fn remembered_consent_asks_again_for_what_nobody_knew(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("profile forms:read");
    board.connect(&mut omar, "profile forms:read").await;
    omar.look(&asked.url()).await.callback().code();

    app.edit_app("board", |app| "Ledger of All".clone_into(&mut app.name)).await;
    is_asked_again(&mut omar, &asked, "it is now called <bdi>Ledger of All</bdi>").await;
    app.edit_app("board", |app| {
        app.listing.publisher = Some(Publisher { name: "Somebody Else".to_owned(), verified: false });
    })
    .await;
    is_asked_again(&mut omar, &asked, "The picture, publisher or links").await;
    let there = asked.clone().with("resource", API);
    is_asked_again(&mut omar, &there, "The service it would work with").await;
    omar.look(&asked.url()).await.callback().code();
    app.declare(
        "[[scope]]\nname = \"forms:read\"\ntitle = \"Read your forms\"\nincludes = [\"records:read\"]",
    )
    .await;
    let page = omar.open(&asked.url()).await;
    assert!(page.body.contains("Includes more"), "it is marked: {page:?}");
    is_asked_again(&mut omar, &asked, "includes more than it did: <bdi>Read your forms</bdi>").await;

    // What it looks like, and in which words it is said, may change; less of it was known too.
    app.edit_app("board", |app| app.listing.homepage = Some("https://x.example".to_owned())).await;
    app.declare("[[scope]]\nname = \"forms:read\"\ntitle = \"See your forms\"").await;
    for known in [asked, there, board.asks("profile")] {
        omar.look(&known.url()).await.callback().code();
    }
}

async fn an_installation_of_somebody_else_is_shown_once(database: Database) {
    let app = TestApp::start(database).await;
    let (tower, mut omar, mut lena) = (app.client("tower"), app.person("omar"), app.person("lena"));
    let tokens = tower.connect(&mut omar, "forms:read").await;
    omar.look(&tower.asks("forms:read").url()).await.callback().code();
    app.set_role("north", "lena", "owner").await;
    app.remove_member("south", "lena").await;
    lena.sign_in().await;
    let silent = tower.asks("forms:read").with("prompt", "none");
    lena.look(&silent.url()).await.callback().refused("consent_required");
    let asked = tower.asks("forms:read");
    let page = lena.open(&asked.url()).await;
    assert!(page.consent_form().is_some() && page.body.contains("Connected by somebody else"), "{page:?}");
    assert!(page.body.contains("Read your forms") && !page.body.contains("You have connected"), "{page:?}");
    lena.refuses().await.callback().refused("access_denied");
    assert!(app.api().sees_alive(&tokens.access).await, "her no takes nothing from the others");
    lena.open(&asked.url()).await;
    let callback = lena.consents().await.callback();
    let own = Tokens::read(&tower.exchange(&asked, &callback).await);
    assert_eq!(tower.me(&own.access).await.ok()["grant"], tower.me(&tokens.access).await.ok()["grant"]);
    lena.look(&tower.asks("forms:read").url()).await.callback().code();
    // Installed anew, it is another one.
    omar.disconnects().await;
    tower.connect(&mut omar, "forms:read").await;
    assert!(lena.open(&asked.url()).await.consent_form().is_some());
}

async fn what_was_left_out_is_not_ticked_the_next_time(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("profile bookings:read");
    let offers = |person: &Person| {
        let (form, fields) = person.deciding("allow", |form| form);
        assert_eq!(form.choices("scope"), ["bookings:read"]);
        fields.iter().any(|(name, _)| name == "scope")
    };
    omar.open(&asked.url()).await;
    omar.sign_in().await;
    assert!(offers(&omar), "at first it is");
    omar.consents_without(&["bookings:read"]).await.callback();
    omar.open(&asked.url()).await;
    assert!(!offers(&omar));
    let callback = omar.decide("allow", |form| form).await.callback();
    assert_eq!(Tokens::read(&board.exchange(&asked, &callback).await).scope, "profile");
    // Nor after something else was asked, nor when it was disconnected meanwhile.
    omar.open(&board.asks("forms:read").url()).await;
    omar.consents().await.callback();
    omar.disconnects().await;
    omar.open(&asked.url()).await;
    assert!(!offers(&omar));
    // Given, it is forgotten that it was not.
    app.advance(MINUTE);
    let form =
        |form: symbolon_demo::page_form::PageForm| form.choose("scope", "bookings:read").expect("the box");
    let callback = omar.decide("allow", form).await.callback();
    assert_eq!(Tokens::read(&board.exchange(&asked, &callback).await).scope, "profile bookings:read");
    omar.disconnects().await;
    omar.open(&asked.url()).await;
    assert!(offers(&omar));
}

async fn a_connection_that_changed_is_shown_again_before_it_ends(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "profile").await;
    let account = omar.open("/account").await;
    let (_, rest) = account.body.split_once("/account/connections/").expect("a connection");
    let address = format!("/account/connections/{}/disconnect", rest.split_once('/').expect("an id").0);
    let changes: [fn(&mut App); 2] =
        [|app| "Something else".clone_into(&mut app.name), |app| "Forms Board".clone_into(&mut app.name)];
    for change in changes {
        let form = omar.open(&address).await.forms().into_iter().next().expect("a form");
        app.edit_app("board", change).await;
        let page = omar.post(&form, &form.clone().submit()).await;
        assert!(page.status == 422 && page.body.contains(AGAIN), "{page:?}");
        assert!(app.api().sees_alive(&tokens.access).await);
    }
    let form = omar.page().forms().into_iter().next().expect("a form");
    let bare: Vec<_> = form.clone().submit().into_iter().filter(|(name, _)| name != "shown").collect();
    assert_eq!(omar.post(&form, &bare).await.status, 422);
    assert!(app.api().sees_alive(&tokens.access).await);
    // What stands on no page may change.
    app.edit_app("board", |app| app.client.client_type = ClientType::Confidential).await;
    assert_eq!(omar.post(&form, &form.clone().submit()).await.status, 303);
    assert!(!app.api().sees_alive(&tokens.access).await);
}
