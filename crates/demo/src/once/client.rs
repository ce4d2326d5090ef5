//! An app, step by step: every verb is one request with what must come back.

use http::StatusCode;
use http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use serde_json::{Value, json};
use symbolon_wire::egress::{Answer, Request};
use url::Url;

use super::person::Asker;
use super::walk::{Checked, Stop, Walk, json, member, status, text};
use crate::pkce::{Pkce, random_text};
use crate::vendor::Knowledge;
use crate::world;

/// An app that has learnt where the endpoints are.
pub struct Client {
    /// As a browser knows it.
    pub asker: Asker,
    app: world::App,
    issuer: String,
    endpoints: Endpoints,
    host_api: Url,
    host_key: String,
}

struct Endpoints {
    authorization: Url,
    token: Url,
    revocation: Url,
    introspection: Url,
    me: Url,
}

/// An authorization request, and what the client keeps of it.
pub struct Asked {
    /// Where the browser is sent.
    pub url: Url,
    state: String,
    pkce: Pkce,
}

/// What the token endpoint gave.
pub struct Tokens {
    access_token: String,
    refresh_token: Option<String>,
}

impl Client {
    /// Reads the metadata (RFC 8414).
    pub async fn discover(walk: &mut Walk<'_>, client_id: &str) -> Result<Client, Stop> {
        let world = walk.world;
        let issuer = world.addresses.issuer.clone();
        let app = world.app(client_id)?.clone();
        let address = |text: &str| Url::parse(text).map_err(|wrong| Stop::Broken(wrong.into()));
        let url = address(&format!("{issuer}/.well-known/oauth-authorization-server"))?;
        let me = address(&format!("{issuer}/v1/me"))?;
        let check = |answer: &Answer| {
            let metadata = json(answer, StatusCode::OK)?;
            member(&metadata, "issuer", issuer.as_str())?;
            member(&metadata, "authorization_response_iss_parameter_supported", true)?;
            Endpoints::read(&metadata, me)
        };
        let endpoints = walk.step("Read the server's metadata", Request::get(url), check).await?;
        Ok(Client {
            asker: Asker::of(&app),
            endpoints,
            host_api: address(&world.addresses.host_api)?,
            host_key: world.resource()?.key.clone(),
            app,
            issuer,
        })
    }

    /// Writes an authorization request with a fresh state and verifier.
    pub fn ask(&self, scope: &str) -> Result<Asked, Stop> {
        let state = random_text().map_err(anyhow::Error::from)?;
        let pkce = Pkce::draw().map_err(anyhow::Error::from)?;
        let mut url = self.endpoints.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.app.client_id)
            .append_pair("redirect_uri", &self.asker.redirect_uri)
            .append_pair("scope", scope)
            .append_pair("state", &state)
            .append_pair("code_challenge", &pkce.challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(Asked { url, state, pkce })
    }

    /// Checks `state` and `iss`, and takes the code out.
    pub fn accept(&self, walk: &mut Walk<'_>, asked: &Asked, answer: &Url) -> Result<String, Stop> {
        let checked = self.check_answer(asked, answer).and_then(|()| {
            parameter(answer, "code").ok_or_else(|| format!("expected a code, got {}", said(answer)))
        });
        walk.look("Check state and issuer, take the code", &self.asker.redirect_uri, checked)
    }

    /// Checks `state` and `iss`, and expects this error.
    pub fn accept_refusal(
        &self,
        walk: &mut Walk<'_>,
        asked: &Asked,
        answer: &Url,
        error: &str,
    ) -> Result<(), Stop> {
        let checked = self.check_answer(asked, answer).and_then(|()| {
            let right = parameter(answer, "error").as_deref() == Some(error);
            let bare = parameter(answer, "code").is_none();
            if right && bare {
                Ok(())
            } else {
                Err(format!("expected {error} and no code, got {}", said(answer)))
            }
        });
        walk.look(&format!("Check state and issuer, see {error}"), &self.asker.redirect_uri, checked)
    }

    fn check_answer(&self, asked: &Asked, answer: &Url) -> Checked<()> {
        if parameter(answer, "state").as_deref() != Some(&asked.state) {
            return Err("expected the state to come back as it was sent".to_owned());
        }
        match parameter(answer, "iss") {
            Some(issuer) if issuer == self.issuer => Ok(()),
            Some(issuer) => Err(format!("expected `iss` to be {}, got {issuer}", self.issuer)),
            None => Err("expected an `iss` (RFC 9207)".to_owned()),
        }
    }

    /// The code for tokens (RFC 6749 §4.1.3).
    pub async fn exchange(&self, walk: &mut Walk<'_>, asked: &Asked, code: &str) -> Result<Tokens, Stop> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.asker.redirect_uri),
            ("code_verifier", &asked.pkce.verifier),
        ];
        walk.step("Exchange the code for tokens", self.request_token(&fields), |answer| {
            let tokens = Tokens::read(answer)?;
            let refreshable = tokens.refresh_token.is_some();
            if refreshable { Ok(tokens) } else { Err("expected a `refresh_token`".to_owned()) }
        })
        .await
    }

    /// A fresh pair (RFC 6749 §6); both must be new.
    pub async fn refresh(&self, walk: &mut Walk<'_>, old: &Tokens) -> Result<Tokens, Stop> {
        let request = self.request_refresh(old);
        walk.step("Refresh: a new pair of tokens", request, |answer| {
            let new = Tokens::read(answer)?;
            if new.access_token == old.access_token || new.refresh_token == old.refresh_token {
                return Err("expected both tokens to be new".to_owned());
            }
            Ok(new)
        })
        .await
    }

    /// A refresh token that is over.
    pub async fn refresh_refused(&self, walk: &mut Walk<'_>, dead: &Tokens) -> Result<(), Stop> {
        let request = self.request_refresh(dead);
        walk.step("The refresh token is dead too", request, |answer| {
            member(&json(answer, StatusCode::BAD_REQUEST)?, "error", "invalid_grant")
        })
        .await
    }

    /// A token for the app itself (RFC 6749 §4.4); no refresh token comes with it.
    pub async fn client_credentials(&self, walk: &mut Walk<'_>) -> Result<Tokens, Stop> {
        let request = self.request_token(&[("grant_type", "client_credentials")]);
        walk.step("Get a token for the app itself", request, |answer| {
            let tokens = Tokens::read(answer)?;
            let lone = tokens.refresh_token.is_none();
            if lone { Ok(tokens) } else { Err("expected no refresh token (RFC 6749 §4.4.3)".to_owned()) }
        })
        .await
    }

    /// A call of the host API, and how it must end.
    pub async fn call(
        &self,
        walk: &mut Walk<'_>,
        tokens: &Tokens,
        path: &str,
        expected: StatusCode,
    ) -> Result<(), Stop> {
        let title = match expected {
            StatusCode::OK => format!("Call the API, {path}"),
            StatusCode::FORBIDDEN => format!("{path} is beyond the scopes granted"),
            _ => format!("{path} is refused now"),
        };
        let request = Request::get(self.api(path)?).bearer(&tokens.access_token);
        walk.step(&title, request, |answer| {
            status(answer, expected)?;
            let challenge = answer.header(WWW_AUTHENTICATE).unwrap_or_default();
            let error = match expected {
                StatusCode::UNAUTHORIZED => "invalid_token",
                StatusCode::FORBIDDEN => "insufficient_scope",
                _ => return Ok(()),
            };
            if challenge.starts_with("Bearer") && challenge.contains(error) {
                return Ok(());
            }
            Err(format!("expected a Bearer challenge with {error}, got “{challenge}”"))
        })
        .await
    }

    /// A call that changes something.
    pub async fn create_form(&self, walk: &mut Walk<'_>, tokens: &Tokens, title: &str) -> Result<(), Stop> {
        let request = Request::post_json(self.api("/v1/forms")?, &json!({ "title": title }));
        walk.step("Create a form through the API", request.bearer(&tokens.access_token), |answer| {
            member(&json(answer, StatusCode::CREATED)?, "title", title)
        })
        .await
    }

    /// What the server says of the token, to the app itself (RFC 7662).
    pub async fn introspect(&self, walk: &mut Walk<'_>, tokens: &Tokens, active: bool) -> Result<(), Stop> {
        let fields = [("token", tokens.access_token.as_str())];
        let request = self.prove(self.endpoints.introspection.clone(), &fields);
        walk.step("Introspect, as the app", request, |answer| self.check_introspection(answer, active)).await
    }

    /// What the server says of the token, to the API it is meant for.
    pub async fn introspect_as_host(
        &self,
        walk: &mut Walk<'_>,
        tokens: &Tokens,
        active: bool,
    ) -> Result<(), Stop> {
        let fields = [("token", &tokens.access_token)];
        let request =
            Request::post_form(self.endpoints.introspection.clone(), &fields).bearer(&self.host_key);
        walk.step("Introspect, as the API", request, |answer| self.check_introspection(answer, active)).await
    }

    fn check_introspection(&self, answer: &Answer, active: bool) -> Checked<()> {
        let body = json(answer, StatusCode::OK)?;
        member(&body, "active", active)?;
        match (active, body.as_object().map(serde_json::Map::len)) {
            (true, _) => member(&body, "client_id", self.app.client_id.as_str()),
            (false, Some(1)) => Ok(()),
            (false, _) => Err("expected nothing but `active` about a dead token".to_owned()),
        }
    }

    /// Who the token speaks for; each of these must be named.
    pub async fn me(&self, walk: &mut Walk<'_>, tokens: &Tokens, named: &[&str]) -> Result<(), Stop> {
        let request = Request::get(self.endpoints.me.clone()).bearer(&tokens.access_token);
        walk.step("Ask who the token speaks for", request, |answer| {
            let body = json(answer, StatusCode::OK)?.to_string();
            match named.iter().find(|name| !body.contains(&format!("\"{name}\""))) {
                Some(missing) => Err(format!("expected it to name {missing}")),
                None => Ok(()),
            }
        })
        .await
    }

    /// Ends it (RFC 7009): by the refresh token where there is one.
    pub async fn revoke(&self, walk: &mut Walk<'_>, tokens: &Tokens) -> Result<(), Stop> {
        let token = tokens.refresh_token.as_ref().unwrap_or(&tokens.access_token);
        let request = self.prove(self.endpoints.revocation.clone(), &[("token", token)]);
        walk.step("Revoke", request, |answer| status(answer, StatusCode::OK)).await
    }

    fn request_refresh(&self, tokens: &Tokens) -> Request {
        let refresh_token = tokens.refresh_token.as_deref().unwrap_or_default();
        self.request_token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
    }

    fn request_token(&self, fields: &[(&str, &str)]) -> Request {
        self.prove(self.endpoints.token.clone(), fields)
    }

    /// A form with the client's proof: its secret by Basic, or its name alone (RFC 6749 §2.3).
    fn prove(&self, url: Url, fields: &[(&str, &str)]) -> Request {
        match &self.app.client_secret {
            Some(secret) => Request::post_form(url, fields).basic(&self.app.client_id, secret),
            None => Request::post_form(url, &[fields, &[("client_id", &self.app.client_id)]].concat()),
        }
    }

    fn api(&self, path: &str) -> Result<Url, Stop> {
        self.host_api.join(path).map_err(|wrong| Stop::Broken(wrong.into()))
    }
}

impl Endpoints {
    fn read(metadata: &Value, me: Url) -> Checked<Endpoints> {
        let endpoint = |name: &str| {
            let address = text(metadata, name)?;
            Url::parse(&address).map_err(|wrong| format!("expected `{name}` to be an address: {wrong}"))
        };
        Ok(Endpoints {
            authorization: endpoint("authorization_endpoint")?,
            token: endpoint("token_endpoint")?,
            revocation: endpoint("revocation_endpoint")?,
            introspection: endpoint("introspection_endpoint")?,
            me,
        })
    }
}

impl Tokens {
    /// Those that a vendor's client holds by now.
    pub fn held(known: &Knowledge) -> Tokens {
        let held = |name| known.get(name).map(str::to_owned);
        Tokens {
            access_token: held("access_token").unwrap_or_default(),
            refresh_token: held("refresh_token"),
        }
    }

    /// RFC 6749 §5.1: what every token answer must hold.
    fn read(answer: &Answer) -> Checked<Tokens> {
        let body = json(answer, StatusCode::OK)?;
        member(&body, "token_type", "Bearer")?;
        if answer.header(CACHE_CONTROL) != Some("no-store") {
            return Err("expected `Cache-Control: no-store`".to_owned());
        }
        let refresh_token = body.get("refresh_token").and_then(Value::as_str).map(str::to_owned);
        Ok(Tokens { access_token: text(&body, "access_token")?, refresh_token })
    }
}

pub(super) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned())
}

pub(super) fn said(answer: &Url) -> String {
    let error = parameter(answer, "error").unwrap_or_else(|| "no error".to_owned());
    format!("{error} {}", parameter(answer, "error_description").unwrap_or_default())
}
