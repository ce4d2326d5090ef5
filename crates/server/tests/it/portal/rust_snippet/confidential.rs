// cargo add oauth2 --features reqwest-blocking
// cargo run             prints the address to open in a browser, and a verifier to keep until you come back
// cargo run CODE VERIFIER   exchanges the code you come back with, and asks whose the token is
use oauth2::basic::BasicClient;
use oauth2::reqwest;
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, TokenResponse, TokenUrl,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = BasicClient::new(ClientId::new("app_1".to_string()))
 .set_client_secret(ClientSecret::new(std::env::var("OAUTH_CLIENT_SECRET")?))
 .set_auth_uri(AuthUrl::new("https://id.example.com/oauth/authorize".to_string())?)
        .set_token_uri(TokenUrl::new("https://id.example.com/oauth/token".to_string())?)
        .set_redirect_uri(RedirectUrl::new("https://app.example.net/cb?a=\"b\"".to_string())?);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [code, verifier] = &arguments[..] else {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, _state) = client
            .authorize_url(CsrfToken::new_random)
            .add_scopes("forms:read profile".split(' ').map(|name| Scope::new(name.to_string())))
            .set_pkce_challenge(challenge)
            .url();
        println!("{address}\n{}", verifier.secret());
        return Ok(());
    };
    let http = reqwest::blocking::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let tokens = client
        .exchange_code(AuthorizationCode::new(code.clone()))
        .set_pkce_verifier(PkceCodeVerifier::new(verifier.clone()))
        .request(&http)?;
    let me = http.get("https://id.example.com/v1/me").bearer_auth(tokens.access_token().secret()).send()?;
    println!("{}", me.text()?);
    Ok(())
}