//! How an app looks: where its icon, its publisher and its links are shown, what is served for an icon, and what can
//! never become one (SECURITY rows L-10, L-15, L-16, O-05, O-09).

use symbolon_store::testing::Database;

use crate::support::{Answer, HOME, Options, Person, TestApp, stories};

stories!(
    every_page_that_names_an_app_shows_its_icon,
    an_icon_is_served_for_ever_and_alone,
    an_icon_that_nobody_shows_any_more_is_gone,
    o09_no_page_asks_anybody_else_for_anything,
    the_consent_page_says_who_publishes_an_app,
    l10_l16_what_people_are_shown_is_checked,
    l15_what_is_no_picture_never_becomes_an_icon,
);

const STUDIO: &str = r#"
[[app]]
client_id = "studio"
client_secret = "studio-secret"
name = "Form Studio"
icon = "daybook.png"
publisher = "Studio & Söhne"
publisher_verified = true
homepage = "https://studio.example.net"
privacy_url = "https://studio.example.net/privacy"
terms_url = "https://studio.example.net/terms"
redirect_uris = ["https://studio.example.net/cb"]
scopes = ["profile"]
status = "live"
"#;

async fn start(database: Database) -> TestApp {
    TestApp::with(database, Options { state: STUDIO, ..Options::default() }).await
}

/// The consent page of the studio, for somebody who was not signed in.
async fn consent(app: &TestApp, person: &mut Person) -> Answer {
    person.open(&app.client("studio").asks("profile").url()).await;
    let page = person.sign_in().await;
    assert!(page.consent_form().is_some(), "{page:?}");
    page
}

/// The address of the studio's icon.
async fn icon(app: &TestApp) -> String {
    consent(app, &mut app.person("omar")).await.icons()[0].to_owned()
}

/// The pages that name the studio: sign-in, sign-up, consent, account, disconnect, and the one that says that it is suspended.
async fn naming_pages(app: &TestApp) -> Vec<Answer> {
    let (studio, mut omar) = (app.client("studio"), app.person("omar"));
    let login = omar.open(&studio.asks("profile").url()).await;
    let form = login.forms().into_iter().find(|form| form.action == "/signup").expect("a way to sign up");
    let signup = omar.post(&form, &form.clone().submit()).await;
    let mut pages = vec![login.clone(), signup, consent(app, &mut app.person("omar")).await];
    studio.connect(&mut omar, "profile").await;
    let account = omar.open("/account").await;
    let (_, id) = account.body.split_once("/account/connections/").expect("a connection");
    let id = id.split('/').next().unwrap_or_default();
    pages.extend([account.clone(), omar.open(&format!("/account/connections/{id}/disconnect")).await]);
    app.suspend("studio").await;
    pages.push(omar.open(&studio.asks("profile").url()).await);
    pages[5].error_page(400);
    pages
}

async fn every_page_that_names_an_app_shows_its_icon(database: Database) {
    let app = start(database).await;
    let expected = icon(&app).await;
    for page in naming_pages(&app).await {
        assert!(page.body.contains("Form Studio"), "{page:?}");
        assert_eq!(page.icons(), [expected.as_str()], "{page:?}");
        let picture = format!("FS<img class=\"tile-icon\" src=\"{expected}\" alt=\"\">");
        assert!(page.body.contains(&picture), "decoration, over the letters that stand in for it: {page:?}");
        assert!(page.header("content-security-policy").contains("img-src 'self' data:;"), "{page:?}");
    }
}

async fn an_icon_is_served_for_ever_and_alone(database: Database) {
    let app = start(database).await;
    let path = icon(&app).await;
    let answer = app.get(&path).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "image/png"), "{answer:?}");
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    assert!(answer.cookies().is_empty());
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{answer:?}");
    let given = symbolon_demo::picture("icons/daybook.png".as_ref()).expect("a picture");
    assert!(answer.bytes.starts_with(b"\x89PNG\r\n\x1a\n") && answer.bytes != given, "it was drawn anew");

    let head = app.send(app.request("HEAD", &path, &[], ""), HOME).await;
    assert_eq!((head.status, head.header("content-type"), head.bytes.len()), (200, "image/png", 0));
    app.send(app.request("POST", &path, &[], ""), HOME).await.error_page(405);
    let unknown = format!("/icons/{}.png", "0".repeat(64));
    for other in
        [&unknown, "/icons/", "/icons/x.png", &path.replace("png", "PNG"), &path.replace("/icons", "/ICONS")]
    {
        app.get(other).await.error_page(404);
    }
}

async fn an_icon_that_nobody_shows_any_more_is_gone(database: Database) {
    let app = start(database).await;
    let old = icon(&app).await;
    app.declare(&STUDIO.replace("daybook.png", "make.png")).await;
    let new = icon(&app).await;
    assert_ne!(new, old);
    assert_eq!(app.get(&new).await.status, 200);
    app.get(&old).await.error_page(404);
    app.declare(&STUDIO.replace("icon = \"daybook.png\"\n", "")).await;
    app.get(&new).await.error_page(404);
    let page = consent(&app, &mut app.person("lena")).await;
    assert!(page.icons().is_empty() && page.body.contains(">FS</span>"), "its letters are left: {page:?}");
}

/// Whatever is fetched to show a page comes from this server. (Links are for people to follow.)
async fn o09_no_page_asks_anybody_else_for_anything(database: Database) {
    let app = start(database).await;
    for page in naming_pages(&app).await {
        for fetched in
            [" src=\"", " srcset=\"", "<link rel=\"stylesheet\" href=\"", "<link rel=\"icon\" href=\""]
        {
            for rest in page.body.split(fetched).skip(1) {
                assert!(rest.starts_with('/') && !rest.starts_with("//"), "{fetched}{rest}");
            }
        }
        let policy = page.header("content-security-policy");
        let leading_away = policy.split(';').filter(|rule| !rule.trim().starts_with("form-action"));
        assert!(
            leading_away.into_iter().all(|rule| !rule.contains("http") && !rule.contains('*')),
            "{policy}"
        );
        assert_eq!(page.header("referrer-policy"), "no-referrer");
    }
}

async fn the_consent_page_says_who_publishes_an_app(database: Database) {
    let app = start(database).await;
    let page = consent(&app, &mut app.person("omar")).await.body;
    assert!(
        page.contains("By <bdi>Studio &#38; Söhne</bdi>") && page.contains("Verified publisher"),
        "{page}"
    );
    assert!(!page.contains("Not verified"), "{page}");
    for link in ["", "/privacy", "/terms"] {
        assert!(
            page.contains(&format!("href=\"https://studio.example.net{link}\" rel=\"noreferrer\"")),
            "{page}"
        );
    }
    app.declare(&STUDIO.replace("publisher_verified = true\n", "")).await;
    let page = consent(&app, &mut app.person("lena")).await.body;
    assert!(page.contains("By <bdi>Studio") && page.contains("Not verified by"), "{page}");
    let bare: String = STUDIO
        .lines()
        .filter(|line| !line.contains("publisher") && !line.contains("_url"))
        .fold(String::new(), |text, line| text + line + "\n");
    app.declare(&bare).await;
    let page = consent(&app, &mut app.person("jane")).await.body;
    assert!(!page.contains("By <bdi>") && page.contains("Not verified by"), "{page}");
    assert!(!page.contains("Privacy policy"), "{page}");
}

async fn l10_l16_what_people_are_shown_is_checked(database: Database) {
    let app = start(database).await;
    let long = "n".repeat(101);
    for (key, value, why) in [
        ("name", "Form\\u202eStudio", "`name` \"Form\\u{202e}Studio\" holds the character U+202E"),
        ("name", "", "`name` \"\" is empty"),
        ("name", &long, "is longer than 100 characters"),
        ("publisher", "Go\\u200bogle", "`publisher` \"Go\\u{200b}ogle\" holds the character U+200B"),
        ("publisher", "A\\u0007B", "holds the character U+0007"),
        ("publisher", &long, "is longer than 100 characters"),
        ("homepage", "javascript:alert(1)", "`homepage` \"javascript:alert(1)\" must begin with https://"),
        ("privacy_url", "data:text/html,x", "`privacy_url` \"data:text/html,x\" must begin with https://"),
        ("privacy_url", "http://studio.example.net", "must begin with https://"),
        ("terms_url", "//studio.example.net", "is not a web address"),
        ("terms_url", "https://a@studio.example.net", "carries a user name"),
    ] {
        let line = STUDIO.lines().find(|line| line.starts_with(&format!("{key} ="))).expect("the key");
        let wrong = app.try_declare(&STUDIO.replace(line, &format!("{key} = \"{value}\""))).await;
        let wrong = wrong.expect_err(value);
        assert!(wrong.starts_with("test: app \"studio\": ") && wrong.contains(why), "{key} {value}: {wrong}");
    }
    let unnamed = app.try_declare(&STUDIO.replace("publisher = \"Studio & Söhne\"\n", "")).await;
    assert!(unnamed.is_err_and(|why| why.contains("no `publisher` is named")));
    let page = consent(&app, &mut app.person("omar")).await;
    assert!(page.body.contains("Form Studio") && page.icons().len() == 1, "nothing has changed: {page:?}");
    app.declare(&STUDIO.replace("https://studio.example.net/terms", "http://127.0.0.1:1/terms")).await;
}

async fn l15_what_is_no_picture_never_becomes_an_icon(database: Database) {
    let app = start(database).await;
    let before = icon(&app).await;
    let png = symbolon_demo::picture("icons/make.png".as_ref()).expect("a picture");
    let mut bomb = png.clone();
    // The width and height of the first chunk, and its checksum, which says nothing then.
    bomb[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
    for (bytes, why) in [
        (
            &b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"[..],
            "is an SVG, which can hold scripts",
        ),
        (b"<!doctype html><script>alert(1)</script>", "PNG, JPEG and WebP"),
        (b"GIF89a\x40\0\x40\0\0\0\0;", "PNG, JPEG and WebP"),
        (&png[..png.len() / 2], "is damaged"),
        (&bomb, "app \"studio\": `icon` \"daybook.png\""),
        (&vec![0; (1 << 20) + 1], "is larger than 1024 KiB"),
    ] {
        let wrong = app.try_declare_with(STUDIO, &|_| Ok(bytes.to_vec())).await.expect_err(why);
        assert!(
            wrong.starts_with("test: app \"studio\": `icon` \"daybook.png\" ") && wrong.contains(why),
            "{wrong}"
        );
    }
    let missing = app.try_declare(&STUDIO.replace("daybook.png", "none.png")).await;
    assert!(missing.is_err_and(|why| why.contains("`icon` \"none.png\" cannot be read")));
    assert_eq!(icon(&app).await, before);

    let laden = [&png[..], b"<script>alert(1)</script>"].concat();
    app.try_declare_with(STUDIO, &|_| Ok(laden.clone())).await.expect("a picture with something behind it");
    let served = app.get(&icon(&app).await).await;
    assert_eq!(served.status, 200);
    assert!(!served.bytes.windows(7).any(|bytes| bytes == b"<script"), "only pixels are left");
}
