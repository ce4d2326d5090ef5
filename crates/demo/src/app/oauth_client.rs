//! The OAuth part of the sample app: what any app does to connect to an account. Made to be copied.
//!
//! Authorization code with PKCE (RFC 6749 §4.1, RFC 7636), metadata (RFC 8414), the `iss` check (RFC 9207), refresh
//! with rotation, revocation (RFC 7009). Invariants: a callback counts only for the browser that began it and only
//! once, because the pending request is taken out before it is looked at; the code goes to the server that was asked
//! and to no other.

use http::StatusCode;
use serde::Deserialize;
use symbolon_wire::egress::{Answer, EgressError, Request};
use url::Url;

use super::conversation::Conversation;
use crate::pkce::{Pkce, random_text};

/// What the app was given when it was registered.
#[derive(Clone)]
pub struct OAuthClient {
    /// The server, exactly as it names itself.
    pub issuer: String,
    /// Public.
    pub client_id: String,
    /// Shared with the server and nobody else.
    pub client_secret: String,
    /// Registered there, character by character.
    pub redirect_uri: String,
    /// What the app asks for.
    pub scope: String,
}

/// Where the server's endpoints are, in its own words.
#[derive(Clone, Deserialize)]
pub struct Metadata {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    revocation_endpoint: Url,
}

/// An authorization request on its way: kept with the browser that began it, until it comes back.
#[derive(Clone)]
pub struct Pending {
    state: String,
    pkce: Pkce,
    metadata: Metadata,
}

/// A connection to an account.
#[derive(Clone)]
pub struct Connection {
    /// What the token endpoint gave.
    pub tokens: Tokens,
    metadata: Metadata,
}

/// A token answer (RFC 6749 §5.1), with the members this server adds.
#[derive(Clone, Deserialize)]
pub struct Tokens {
    /// For the API.
    pub access_token: String,
    /// For the next access token.
    pub refresh_token: Option<String>,
    /// What was really granted; it may be less than was asked.
    #[serde(default)]
    pub scope: String,
    /// Seconds the access token lives.
    pub expires_in: Option<u64>,
    /// Where this account's API is.
    pub base_url: Option<Url>,
    /// The account's name.
    pub tenant_name: Option<String>,
    /// What the person is there.
    pub role: Option<String>,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The server could not be asked.
    #[error(transparent)]
    Egress(#[from] EgressError),
    /// The server said no (RFC 6749 §5.2).
    #[error("the server answered {status}: {error} {description}")]
    Refused {
        /// The status.
        status: StatusCode,
        /// The error code.
        error: String,
        /// The server's words for it.
        description: String,
    },
    /// The server answered something else.
    #[error("the answer to “{0}” was not understood")]
    NotUnderstood(&'static str),
    /// The metadata speak for another server (RFC 8414 §3.3).
    #[error("the metadata name another issuer: {0}")]
    OtherIssuer(String),
    /// The callback is not the one this browser waits for.
    #[error("this browser did not start that connection; press Connect and try again")]
    NotPending,
    /// The callback names another server (RFC 9207 §2.4).
    #[error("the answer came from another server than the one asked")]
    MixedUp,
    /// The person, or the server, declined (RFC 6749 §4.1.2.1).
    #[error("Not connected: {0}")]
    Declined(String),
    /// No randomness.
    #[error("the system has no randomness to give: {0}")]
    Randomness(#[from] getrandom::Error),
}

impl OAuthClient {
    /// Starts: learns the endpoints, draws state and verifier, and says where to send the browser.
    ///
    /// # Errors
    /// [`Trouble`] when the server cannot be asked or is not the one it should be.
    pub async fn begin(&self, wire: &mut Conversation) -> Result<(Pending, Url), Trouble> {
        let metadata = self.discover(wire).await?;
        let (state, pkce) = (random_text()?, Pkce::draw()?);
        let mut url = metadata.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", &self.scope)
            .append_pair("state", &state)
            .append_pair("code_challenge", &pkce.challenge)
            .append_pair("code_challenge_method", "S256");
        wire.browser_leaves("Send the browser to sign in and consent", &url);
        Ok((Pending { state, pkce, metadata }, url))
    }

    async fn discover(&self, wire: &mut Conversation) -> Result<Metadata, Trouble> {
        let url = Url::parse(&format!("{}/.well-known/oauth-authorization-server", self.issuer))
            .map_err(|_| Trouble::OtherIssuer(self.issuer.clone()))?;
        let answer = wire.send("Ask the server where its endpoints are", Request::get(url)).await?;
        let metadata: Metadata = read("metadata", &answer)?;
        match metadata.issuer == self.issuer {
            true => Ok(metadata),
            false => Err(Trouble::OtherIssuer(metadata.issuer)),
        }
    }

    /// Ends what [`OAuthClient::begin`] started: checks the callback, then exchanges its code.
    ///
    /// # Errors
    /// [`Trouble`] when the callback is not ours, when the person declined, or when the server refuses the code.
    pub async fn finish(
        &self,
        pending: Option<Pending>,
        callback: &Url,
        wire: &mut Conversation,
    ) -> Result<Connection, Trouble> {
        let checked = check_callback(pending, callback, &self.issuer);
        let verdict = checked.as_ref().map(|_| ()).map_err(ToString::to_string);
        wire.browser_returns("The browser comes back", callback, verdict);
        let (pending, code) = checked?;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &pending.pkce.verifier),
        ];
        let request = Request::post_form(pending.metadata.token_endpoint.clone(), &fields)
            .basic(&self.client_id, &self.client_secret);
        let answer = wire.send("Exchange the code for tokens", request).await?;
        Ok(Connection { tokens: read("exchange", &answer)?, metadata: pending.metadata })
    }

    /// Trades the refresh token for a new pair (RFC 6749 §6). The old refresh token is spent.
    ///
    /// # Errors
    /// [`Trouble`]; when the server refuses, the connection has ended and the person has to connect anew.
    pub async fn refresh(
        &self,
        connection: &Connection,
        wire: &mut Conversation,
    ) -> Result<Connection, Trouble> {
        let old = connection.tokens.refresh_token.clone().unwrap_or_default();
        let fields = [("grant_type", "refresh_token"), ("refresh_token", &old)];
        let request = Request::post_form(connection.metadata.token_endpoint.clone(), &fields)
            .basic(&self.client_id, &self.client_secret);
        let answer = wire.send("Refresh the access token", request).await?;
        let mut tokens: Tokens = read("refresh", &answer)?;
        // A server that does not rotate sends no new refresh token; then the old one stays good.
        tokens.refresh_token.get_or_insert(old);
        Ok(Connection { tokens, metadata: connection.metadata.clone() })
    }

    /// Ends the connection at the server (RFC 7009). Revoking the refresh token ends its access tokens too.
    ///
    /// # Errors
    /// [`Trouble`] when the server could not be told.
    pub async fn revoke(&self, connection: &Connection, wire: &mut Conversation) -> Result<(), Trouble> {
        let tokens = &connection.tokens;
        let token = tokens.refresh_token.as_ref().unwrap_or(&tokens.access_token);
        let request =
            Request::post_form(connection.metadata.revocation_endpoint.clone(), &[("token", token)])
                .basic(&self.client_id, &self.client_secret);
        let answer = wire.send("Tell the server to forget the tokens", request).await?;
        if answer.status().is_success() { Ok(()) } else { Err(refused(&answer)) }
    }
}

/// State first: only then is the callback known to belong to this browser. Then the issuer, before anything else in
/// it is believed.
fn check_callback(
    pending: Option<Pending>,
    callback: &Url,
    issuer: &str,
) -> Result<(Pending, String), Trouble> {
    let parameter =
        |name: &str| callback.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned());
    let pending = pending.ok_or(Trouble::NotPending)?;
    if parameter("state").as_deref() != Some(&pending.state) {
        return Err(Trouble::NotPending);
    }
    if parameter("iss").as_deref() != Some(issuer) {
        return Err(Trouble::MixedUp);
    }
    if let Some(error) = parameter("error") {
        return Err(Trouble::Declined(parameter("error_description").unwrap_or(error)));
    }
    match parameter("code") {
        Some(code) => Ok((pending, code)),
        None => Err(Trouble::NotUnderstood("authorization")),
    }
}

fn read<T: serde::de::DeserializeOwned>(asked: &'static str, answer: &Answer) -> Result<T, Trouble> {
    if !answer.status().is_success() {
        return Err(refused(answer));
    }
    answer.json().map_err(|_| Trouble::NotUnderstood(asked))
}

fn refused(answer: &Answer) -> Trouble {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Body {
        error: String,
        error_description: String,
    }
    let Body { error, error_description: description } = answer.json().unwrap_or_default();
    Trouble::Refused { status: answer.status(), error, description }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "http://127.0.0.1:8080";

    fn pending() -> Option<Pending> {
        let endpoint = Url::parse(ISSUER).expect("a URL");
        let metadata = Metadata {
            issuer: ISSUER.to_owned(),
            authorization_endpoint: endpoint.clone(),
            token_endpoint: endpoint.clone(),
            revocation_endpoint: endpoint,
        };
        Some(Pending { state: "s1".to_owned(), pkce: Pkce::draw().expect("randomness"), metadata })
    }

    fn check(pending: Option<Pending>, query: &str) -> Result<String, Trouble> {
        let callback = Url::parse(&format!("http://127.0.0.1:8082/callback?{query}")).expect("a URL");
        check_callback(pending, &callback, ISSUER).map(|(_, code)| code)
    }

    #[test]
    fn accepts_the_answer_it_waits_for() {
        let code = check(pending(), "code=c1&state=s1&iss=http%3A%2F%2F127.0.0.1%3A8080");
        assert_eq!(code.expect("accepted"), "c1");
    }

    #[test]
    fn refuses_a_foreign_state_before_anything_else() {
        for query in ["code=c1&state=s2&iss=http://127.0.0.1:8080", "code=c1", "error=access_denied&state=s2"]
        {
            assert!(matches!(check(pending(), query), Err(Trouble::NotPending)), "{query}");
        }
        let right = "code=c1&state=s1&iss=http://127.0.0.1:8080";
        assert!(matches!(check(None, right), Err(Trouble::NotPending)));
    }

    #[test]
    fn refuses_another_issuer_and_a_missing_one() {
        for query in ["code=c1&state=s1", "code=c1&state=s1&iss=http://127.0.0.1:8081"] {
            assert!(matches!(check(pending(), query), Err(Trouble::MixedUp)), "{query}");
        }
    }

    #[test]
    fn tells_that_the_person_declined() {
        let query = "error=access_denied&state=s1&iss=http://127.0.0.1:8080";
        let trouble = check(pending(), query).expect_err("declined");
        assert_eq!(trouble.to_string(), "Not connected: access_denied");
    }
}
