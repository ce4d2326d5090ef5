//! The consent page as its developers see it before anybody is asked: the same page, on which nothing can be done.

use symbolon_store::testing::Database;

use super::lenas;
use crate::support::{HOME, TestApp, stories};

stories!(
    the_preview_is_the_page_in_each_language_and_look,
    o04_nothing_but_the_preview_can_be_framed_and_nothing_can_be_done_on_it,
);

/// What the settings of the permissions show in frames.
fn framed(body: &str) -> Vec<String> {
    let all = body.split("<iframe class=\"preview\"").skip(1);
    let sources = all.filter_map(|rest| rest.split_once(" src=\"")?.1.split('"').next());
    sources.map(|own| own.replace("&#38;", "&")).collect()
}

async fn the_preview_is_the_page_in_each_language_and_look(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, ..) = lenas(&app).await;
    let path = format!("{settings}/scopes");
    let page = lena.open(&path).await;
    let form = super::form(&page, "csrf");
    for (language, words) in [("en", "Diary wants to"), ("de", "Diary")] {
        let mut sent = form.clone().submit();
        sent.retain(|(name, _)| name != "language");
        sent.extend(
            [
                ("scope", "forms:write"),
                ("scope", "clinics:read"),
                ("optional", "clinics:read"),
                ("preview", "yes"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        sent.push(("language".to_owned(), language.to_owned()));
        let shown = lena.post(&form, &sent).await;
        let frames = framed(&shown.body);
        assert_eq!(frames.len(), 2, "{shown:?}");
        for (frame, sheet) in frames.iter().zip(["/assets/app-light.", "/assets/app-dark."]) {
            let preview = lena.look(frame).await;
            assert_eq!(preview.status, 200, "{preview:?}");
            assert!(
                preview.body.contains(&format!("lang=\"{language}\"")) && preview.body.contains(sheet),
                "{preview:?}"
            );
            assert!(
                preview.body.contains("Change your forms")
                    && preview.body.contains("id=\"scope-clinics:read\"")
            );
            assert!(
                preview.body.contains("id=\"consent\"")
                    && preview.body.contains(words.split(' ').next().unwrap_or_default())
            );
            let (_, rest) = preview.body.split_once(sheet).expect("its sheet");
            let file = format!("{sheet}{}", rest.split('"').next().unwrap_or_default());
            let css = app.get(&file).await;
            assert!(css.status == 200 && !css.body.contains("prefers-color-scheme"), "{file}");
        }
    }
    // Nothing of it is saved.
    let stored = lena.open(&path).await;
    assert!(!stored.body.contains("value=\"forms:write\" checked"), "{stored:?}");
}

/// With its twin: the settings may show it.
async fn o04_nothing_but_the_preview_can_be_framed_and_nothing_can_be_done_on_it(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, ..) = lenas(&app).await;
    let path = format!("{settings}/scopes");
    let page = lena.open(&path).await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let frame = framed(&page.body).remove(0);
    let preview = lena.look(&frame).await;
    let policy = preview.header("content-security-policy");
    for rule in
        ["default-src 'none'", "form-action 'none'", "frame-ancestors 'self'", "base-uri 'none'", "sandbox"]
    {
        assert!(policy.contains(rule), "{rule}: {policy}");
    }
    assert!(!policy.contains("allow-") && !policy.contains("script-src"), "{policy}");
    assert_eq!(preview.header("x-frame-options"), "SAMEORIGIN");
    assert!(preview.cookies().is_empty());
    // What a form of it would send is refused: it leads to an address that takes no form, and carries no mark.
    let form = preview.consent_form().expect("the form of the page");
    assert_eq!(lena.post(&form, &form.clone().submit()).await.status, 405);
    let authorize = app.request(
        "POST",
        "/oauth/authorize",
        &[("content-type", "application/x-www-form-urlencoded")],
        "csrf=&interaction=&decision=allow&tenant=preview",
    );
    assert!(app.send(authorize, HOME).await.status >= 400);
    for other in ["", "/identity", "/credentials", "/icon", "/delete"] {
        let page = lena.open(&format!("{settings}{other}")).await;
        assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"), "{other}");
        assert!(!page.header("content-security-policy").contains("frame-src"), "{other}");
        assert_eq!(page.header("x-frame-options"), "DENY", "{other}");
    }
}
