//! Manifests in the portal: an app made from one, an app that becomes one, and what nobody gives themselves by one.

use symbolon_platform::app::AppStatus;
use symbolon_store::testing::Database;

use super::{address, form, lenas, sends};
use crate::support::{TestApp, stories};

stories!(
    an_app_is_made_from_a_manifest_and_becomes_what_it_says,
    a_manifest_is_handed_in_as_a_file,
    nobody_gives_themselves_what_the_operator_gives,
);

async fn an_app_is_made_from_a_manifest_and_becomes_what_it_says(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, client_id, _) = lenas(&app).await;
    let text = "name = \"Planner\"\nredirect_uris = [\"http://127.0.0.1/cb\"]\nscopes = [\"forms:read\"]\ntype = \"public\"\n";
    // A link fills it in.
    let link = format!(
        "/developers/new?{}",
        form_urlencoded::Serializer::new(String::new()).append_pair("manifest", text).finish()
    );
    let page = lena.open(&link).await;
    assert!(page.body.contains("name = &#34;Planner&#34;"), "{page:?}");
    let made = sends(&mut lena, "/developers/new", &[("manifest", text)]).await;
    assert!(
        made.status == 200
            && made.body.contains("keeps no secret")
            && !made.body.contains("id=\"client-secret\""),
        "{made:?}"
    );
    let written = lena.open(&format!("{}/manifest", address(&made))).await;
    assert!(written.body.contains("type = &#34;public&#34;"), "{written:?}");
    for (wrong, says) in [
        (
            "name = \"A\"\nredirect_urls = []",
            "Line 2: unknown key `redirect_urls` in the manifest; did you mean `redirect_uris`?",
        ),
        ("{\"name\": \"A\",\n\"redirect_uris\": [\"https://a.example/#x\"]}", "Line 2: the redirect URI"),
        ("client_id = \"chosen\"\nname = \"A\"", "unknown key `client_id`"),
    ] {
        for path in ["/developers/new".to_owned(), format!("{settings}/manifest")] {
            let answer = sends(&mut lena, &path, &[("manifest", wrong)]).await;
            assert!(answer.status == 422 && answer.body.contains(says), "{path}: {answer:?}");
        }
    }
    // Its own secrets are no longer good for one that turns public.
    let saved = sends(&mut lena, &format!("{settings}/manifest"), &[("manifest", text)]).await;
    assert_eq!(saved.status, 303, "{saved:?}");
    let now =
        app.state().store.load_app_by_client_id(&client_id).await.expect("the store answers").expect("it");
    assert_eq!((now.name.as_str(), now.client.is_public(), now.client.secrets.len()), ("Planner", true, 0));
}

async fn a_manifest_is_handed_in_as_a_file(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, client_id, _) = lenas(&app).await;
    let text = "\u{feff}name = \"Plänner\"\nscopes = [\"forms:read\"]\n";
    let pasted = ("manifest".to_owned(), "name = \"Pasted\"".to_owned());
    for path in ["/developers/new".to_owned(), format!("{settings}/manifest")] {
        let page = lena.open(&path).await;
        let mut fields = form(&page, "manifest").submit();
        fields.retain(|(name, _)| name != "manifest");
        fields.push(pasted.clone());
        for (file, says) in [
            (&[0xff, 0xfe, b'a'][..], "not text in UTF-8"),
            (&[b'a'; 33 * 1024][..], "larger than 32 KiB"),
            (b"name = \"A\"\nredirect_urls = []", "Line 2: unknown key `redirect_urls`"),
        ] {
            let refused = lena.uploads(&path, &fields, ("manifest_file", file)).await;
            assert!(refused.status == 422 && refused.body.contains(says), "{path}: {says}: {refused:?}");
        }
        let taken = lena.uploads(&path, &fields, ("manifest_file", text.as_bytes())).await;
        assert!([200, 303].contains(&taken.status), "{path}: {taken:?}");
        assert!(taken.status == 303 || taken.body.contains("Plänner"), "the file counts: {taken:?}");
        // Without its mark a file changes nothing.
        fields.retain(|(name, _)| name != "csrf");
        assert_eq!(lena.uploads(&path, &fields, ("manifest_file", text.as_bytes())).await.status, 403);
    }
    let now =
        app.state().store.load_app_by_client_id(&client_id).await.expect("the store answers").expect("it");
    assert_eq!(now.name, "Plänner");
}

/// L-04, L-06.
async fn nobody_gives_themselves_what_the_operator_gives(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, client_id, _) = lenas(&app).await;
    let text = "name = \"A\"\ngrant_types = [\"authorization_code\", \"client_credentials\"]";
    for path in ["/developers/new".to_owned(), format!("{settings}/manifest")] {
        let answer = sends(&mut lena, &path, &[("manifest", text)]).await;
        assert!(answer.status == 422 && answer.body.contains("client_credentials"), "{path}: {answer:?}");
    }
    for member in
        ["publisher_verified = true", "status = \"live\"", "owner = \"u-omar\"", "client_secret = \"x\""]
    {
        let text = format!("name = \"A\"\n{member}");
        let answer = sends(&mut lena, &format!("{settings}/manifest"), &[("manifest", &text)]).await;
        assert_eq!(answer.status, 422, "{member}");
    }
    let now =
        app.state().store.load_app_by_client_id(&client_id).await.expect("the store answers").expect("it");
    assert_eq!((now.status, now.client.grant_types.len()), (AppStatus::Development, 2));
}
