//! A client library that knows nothing of this server, over a real socket: the `oauth2` crate.

use http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use oauth2::basic::{BasicClient, BasicErrorResponseType, BasicRequestTokenError};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, IntrospectionUrl, PkceCodeChallenge, RedirectUrl, RefreshToken, RevocationUrl,
    Scope, StandardRevocableToken, TokenIntrospectionResponse, TokenResponse, TokenUrl,
};
use symbolon_demo::headless_browser::HeadlessBrowser;
use symbolon_demo::page_form::PageForm;
use symbolon_server::serve::Running;
use symbolon_store::testing::Database;
use symbolon_wire::egress::{Egress, EgressError, Request};
use url::Url;

use crate::support::{PASSWORD, TestApp, stories};

stories!(a_confidential_app_with_the_oauth2_crate, a_public_app_with_the_oauth2_crate);

type Library = BasicClient<EndpointSet, EndpointNotSet, EndpointSet, EndpointSet, EndpointSet>;

/// An app on the desk of somebody, with a secret that no form and no header carries as it is.
const DESK: &str = r#"
    [[app]]
    client_id = "desk"
    client_secret = "s3cret/+ %"
    name = "Desk"
    redirect_uris = ["http://127.0.0.1/cb"]
    scopes = ["forms:read"]
    status = "live"
"#;

/// A server as a stranger's library sees it.
struct Server {
    app: TestApp,
    running: Running,
}

impl Server {
    async fn start(database: Database) -> Server {
        let (app, running) = TestApp::on_a_socket(database).await;
        app.declare(DESK).await;
        Server { app, running }
    }

    /// The library, set up from what the metadata say.
    async fn library(&self, client_id: &str, secret: Option<&str>) -> Library {
        let url = format!("{}/.well-known/oauth-authorization-server", self.app.issuer());
        let answer =
            Egress::loopback().send(Request::get(Url::parse(&url).expect("a URL"))).await.expect("an answer");
        let metadata: serde_json::Value = answer.json().expect("metadata");
        let address = |member: &str| metadata[member].as_str().unwrap_or_default().to_owned();
        // The library insists on https for revocation, even on loopback; `carry` takes it back.
        let revocation = address("revocation_endpoint").replacen("http://", "https://", 1);
        let client = BasicClient::new(ClientId::new(client_id.to_owned()));
        let client = match secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.to_owned())),
            None => client.set_auth_type(AuthType::RequestBody),
        };
        client
            .set_auth_uri(AuthUrl::new(address("authorization_endpoint")).expect("a URL"))
            .set_token_uri(TokenUrl::new(address("token_endpoint")).expect("a URL"))
            .set_introspection_url(IntrospectionUrl::new(address("introspection_endpoint")).expect("a URL"))
            .set_revocation_url(RevocationUrl::new(revocation).expect("a URL"))
            .set_redirect_uri(RedirectUrl::new("http://127.0.0.1:49152/cb".to_owned()).expect("a URL"))
    }
}

/// Carries the library's requests.
async fn carry(request: HttpRequest) -> Result<HttpResponse, EgressError> {
    let url = Url::parse(&request.uri().to_string().replacen("https://", "http://", 1)).expect("a URL");
    let fields: Vec<(String, String)> = form_urlencoded::parse(request.body()).into_owned().collect();
    assert_eq!(request.headers()[CONTENT_TYPE], "application/x-www-form-urlencoded");
    let mut sent = Request::post_form(url, &fields);
    if let Some(basic) = request.headers().get(AUTHORIZATION) {
        sent = sent.header(AUTHORIZATION, basic.to_str().expect("text"));
    }
    let answer = Egress::loopback().send(sent).await?;
    let mut response = http::Response::new(answer.body().to_vec());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    Ok(response)
}

/// Omar's browser: opens an address, signs in and allows, up to the answer to the client.
async fn omar_allows(start: Url) -> Url {
    let (egress, mut browser) = (Egress::loopback(), HeadlessBrowser::default());
    let mut request = browser.open(start);
    for _ in 0..10 {
        let here = request.url().clone();
        let answer = egress.send(request).await.expect("an answer");
        browser.arrive(&here, &answer);
        if let Some(location) = answer.header(LOCATION) {
            let next = here.join(location).expect("an address");
            if next.path() == "/cb" {
                return next;
            }
            request = browser.open(next);
            continue;
        }
        let mut forms = PageForm::all(&answer.text());
        let wanted = |form: &PageForm| form.has_button("decision", "allow") || form.asks_for_password();
        let form = forms.remove(forms.iter().position(wanted).expect("a form to go on with"));
        let fields = if form.asks_for_password() {
            let filled = form.clone().fill("email", "omar@example.com");
            filled.and_then(|form| form.fill("password", PASSWORD)).expect("the fields").submit()
        } else {
            form.clone().press("decision", "allow").expect("the button")
        };
        request = browser.submit(&form, &fields).expect("a form that leads somewhere");
    }
    panic!("pages without end");
}

async fn walk(database: Database, client_id: &str, secret: Option<&str>) {
    let server = Server::start(database).await;
    let library = server.library(client_id, secret).await;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state) = library
        .authorize_url(CsrfToken::new_random)
        .add_scope(Scope::new("forms:read".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let back = omar_allows(url).await;
    let pair =
        |name: &str| back.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned());
    assert_eq!(pair("state").as_deref(), Some(state.secret().as_str()));
    assert_eq!(pair("iss").as_deref(), Some(server.app.issuer()));
    let code = pair("code").expect("a code");

    let tokens = library
        .exchange_code(AuthorizationCode::new(code.clone()))
        .set_pkce_verifier(verifier)
        .request_async(&carry)
        .await
        .expect("tokens");
    assert_eq!(tokens.scopes().map(|scopes| scopes.len()), Some(1));
    assert_eq!(tokens.expires_in().map(|left| left.as_secs()), Some(3600));
    let refresh = tokens.refresh_token().expect("a refresh token").clone();

    let next = library.exchange_refresh_token(&refresh).request_async(&carry).await.expect("a successor");
    let again =
        library.exchange_refresh_token(&refresh).request_async(&carry).await.expect("the same successor");
    assert_eq!(next.access_token().secret(), again.access_token().secret());
    if secret.is_some() {
        let seen = library.introspect(next.access_token()).request_async(&carry).await.expect("an answer");
        assert!(seen.active() && seen.sub() == Some("u-omar"));
    }
    let revoked: StandardRevocableToken = next.refresh_token().expect("a refresh token").clone().into();
    library.revoke_token(revoked).expect("a revocation").request_async(&carry).await.expect("it is revoked");
    if secret.is_some() {
        let seen = library.introspect(next.access_token()).request_async(&carry).await.expect("an answer");
        assert!(!seen.active());
    }
    let dead = RefreshToken::new(next.refresh_token().expect("a refresh token").secret().clone());
    let refused = library.exchange_refresh_token(&dead).request_async(&carry).await.map(|_| ());
    is_invalid_grant(refused.expect_err("it is dead"));
    let used = library.exchange_code(AuthorizationCode::new(code)).request_async(&carry).await.map(|_| ());
    is_invalid_grant(used.expect_err("it was used"));
    server.running.stop().await;
}

#[track_caller]
fn is_invalid_grant(error: BasicRequestTokenError<EgressError>) {
    match error {
        oauth2::RequestTokenError::ServerResponse(refusal) => {
            assert_eq!(*refusal.error(), BasicErrorResponseType::InvalidGrant);
        }
        other => panic!("not an answer: {other}"),
    }
}

/// RFC 6749 §4.1, §6; RFC 7636; RFC 7009; RFC 7662, with Basic, whose halves the library form-encodes.
async fn a_confidential_app_with_the_oauth2_crate(database: Database) {
    walk(database, "desk", Some("s3cret/+ %")).await;
}

/// RFC 8252 §7.3: a port that was free when the app began.
async fn a_public_app_with_the_oauth2_crate(database: Database) {
    walk(database, "pocket", None).await;
}
