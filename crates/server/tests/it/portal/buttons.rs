//! The buttons by which apps offer to connect: files for everybody, and the code that shows them.

use symbolon_store::testing::Database;

use super::lenas;
use crate::support::{Options, TestApp, stories};

stories!(every_button_is_a_file_for_everybody, the_code_of_a_button_leads_to_where_people_are_asked);

const BRAND: &str = "[brand]\nname = \"Acme & Sons\"\naccent = \"#123456\"\naccent_dark = \"#fedcba\"\n";

async fn every_button_is_a_file_for_everybody(database: Database) {
    let app = TestApp::with(database, Options { configuration: BRAND, ..Options::default() }).await;
    let mut widths = Vec::new();
    for (language, text) in [("en", "Connect with Acme &#38; Sons"), ("de", "Mit Acme &#38; Sons verbinden")]
    {
        for (theme, fill, ink) in [("light", "#123456", "#ffffff"), ("dark", "#fedcba", "#000000")] {
            for size in ["small", "medium", "large"] {
                let file = app.get(&format!("/assets/connect/{theme}-{size}-{language}.svg")).await;
                assert_eq!((file.status, file.header("content-type")), (200, "image/svg+xml"), "{file:?}");
                assert!(file.header("cache-control").starts_with("public, max-age="), "{file:?}");
                assert!(
                    file.body.contains(&format!("aria-label=\"{text}\""))
                        && file.body.contains("role=\"img\"")
                );
                assert!(
                    file.body.contains(&format!("fill=\"{fill}\""))
                        && file.body.contains(&format!("fill=\"{ink}\""))
                );
                assert!(!file.body.contains("<script") && file.cookies().is_empty());
                widths.push(
                    file.body
                        .split(" width=\"")
                        .nth(1)
                        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned()),
                );
            }
        }
    }
    assert!(widths[0] != widths[1] && widths[1] != widths[2]);
    for none in ["light-small-xx.svg", "light-huge-en.svg", "light-small-en.png", ""] {
        assert_eq!(app.get(&format!("/assets/connect/{none}")).await.status, 404, "{none}");
    }
    let page = app.get("/developers/brand").await;
    assert!(page.status == 200 && !page.body.contains("<script") && page.cookies().is_empty(), "{page:?}");
    for file in page.body.split("<img src=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert_eq!(app.get(file).await.status, 200, "{file}");
    }
    assert!(page.body.contains("YOUR_CLIENT_ID"));
}

async fn the_code_of_a_button_leads_to_where_people_are_asked(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, client_id, _) = lenas(&app).await;
    super::sends(
        &mut lena,
        &format!("{settings}/redirects"),
        &[("redirect_uri", "https://diary.example.net/cb")],
    )
    .await;
    let page = lena.open("/developers/brand").await;
    let id = settings.rsplit('/').next().expect("an id");
    assert!(page.body.contains(&format!("href=\"/developers/brand?app={id}\"")), "{page:?}");
    let page = lena.open(&format!("/developers/brand?app={id}")).await;
    let code =
        super::shown(&page, "code-button").replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"");
    // Of the page, and of the code.
    let code = code.replace("&#38;", "&").replace("&#38;", "&");
    let href = code.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
    assert!(
        href.starts_with(&format!("{}/oauth/authorize?", app.issuer())) && href.contains(&client_id),
        "{href}"
    );
    // With a challenge in the place of the word it is where people are asked.
    let asked = href
        .replace("CHALLENGE", &crate::support::challenge("a-verifier-of-forty-three-characters-or-more-x"));
    let target = asked.strip_prefix(app.issuer()).expect("ours");
    let consent = lena.look(target).await;
    assert!(consent.consent_form().is_some(), "{consent:?}");
    assert!(
        lena.open(&settings).await.body.contains("id=\"code-button\""),
        "it stands among the app's own code"
    );
    // To others there is no such app; to whoever is signed out only words stand there.
    let mut nina = app.person("nina");
    nina.sign_in().await;
    assert_eq!(nina.look(&format!("/developers/brand?app={id}")).await.status, 404);
    let public = app.get(&format!("/developers/brand?app={id}")).await;
    assert!(
        public.status == 200 && !public.body.contains(&client_id) && public.body.contains("YOUR_CLIENT_ID")
    );
}
