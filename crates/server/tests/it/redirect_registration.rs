//! Which redirect URIs can be registered at all (RFC 6749 §3.1.2, RFC 7591; SECURITY table A).

use symbolon_store::testing::Database;

use crate::support::{TestApp, stories};

stories!(a25_to_a29_dangerous_uris_cannot_be_registered,);

async fn a25_to_a29_dangerous_uris_cannot_be_registered(database: Database) {
    let app = TestApp::start(database).await;
    let register = async |uri: &str| {
        let text = format!(
            "[[app]]\nclient_id = \"new\"\nclient_secret = \"s\"\nname = \"New\"\nscopes = [\"profile\"]\nredirect_uris = [{uri:?}]"
        );
        app.try_declare(&text).await
    };
    let dangerous = [
        //
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://a.example/x",
        " JaVaScRiPt:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\nscript:alert(1)",
        //
        "https://*.client.example/cb",
        "https://client.example/*",
        "*",
        ".*",
        "https://client.example/cb?*",
        //
        "myapp:/cb",
        "myapp://cb",
        //
        "https://client.example/cb#f",
        "https://client.example/cb#",
        "https://u@client.example/cb",
        "https://u:p@client.example/cb",
        "https://client.example/a/../cb",
        "https://client.example/%2e%2e/cb",
        "https://client.example/..;/cb",
        //
        "https://client.example/cb?code=x",
        "https://client.example/cb?state=",
        "https://client.example/cb?iss=x",
        "https://client.example/cb?error=x",
        "https://client.example/cb?response=x",
        "https://client.example/cb?%63ode=x",
        // Plain http beyond this computer, and no URI at all.
        "http://client.example/cb",
        "http://192.168.0.1/cb",
        "https:///cb",
        "/cb",
        "client.example/cb",
        "",
    ];
    for uri in dangerous {
        let refused = register(uri).await.expect_err(uri);
        assert!(refused.contains("cannot be registered"), "{uri}: {refused}");
        let asked =
            app.client("board").asks("profile").with("redirect_uri", uri).with("response_mode", "form_post");
        app.get(&asked.url()).await.error_page(400);
    }
    register("com.example.app:/cb").await.expect("a private-use scheme with a dot");
    register("https://client.example/cb?foo=bar").await.expect("a query of one's own");
}
