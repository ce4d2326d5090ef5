//! A stand-in for the server, for tests of the sample host API, the sample app and the walk: the public endpoints in
//! their simplest form, in memory. It checks what an honest client must get right (PKCE, client proof, state of a
//! token), and nothing else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::pkce::random_text;
use crate::world::{Addresses, World};

type Fields = HashMap<String, String>;

/// The world around the stub, its samples running too.
pub struct Town {
    pub world: World,
    pub state: Stub,
}

/// What the stub remembers.
#[derive(Clone, Default)]
pub struct Stub(Arc<Mutex<Memory>>);

#[derive(Default)]
pub struct Memory {
    issuer: String,
    /// Added to every authorization answer instead of the issuer, to play another server.
    pub pretend_issuer: Option<String>,
    requests: HashMap<String, Fields>,
    codes: HashMap<String, Grant>,
    pub tokens: HashMap<String, Grant>,
}

#[derive(Clone, Default)]
pub struct Grant {
    pub client_id: String,
    pub user: Option<String>,
    pub tenant: Option<String>,
    pub scope: String,
    pub challenge: String,
    pub family: String,
    pub refresh: bool,
}

/// Starts the stub and both samples on free ports.
pub async fn town() -> Town {
    let mut listeners = Vec::new();
    for _ in 0..3 {
        listeners.push(tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port"));
    }
    let origin = |at: usize| format!("http://{}", listeners[at].local_addr().expect("an address"));
    let addresses = Addresses { issuer: origin(0), host_api: origin(1), app: origin(2) };
    let world = World::at(addresses).expect("the world");
    let state = Stub::default();
    let egress = symbolon_wire::egress::Egress::loopback();
    let routers = [
        state.router(&world.addresses.issuer),
        crate::host_api::HostApi::new(&world, egress.clone()).expect("a host API").router(),
        crate::app::App::new(&world, egress).expect("an app").router(),
    ];
    for (listener, router) in listeners.into_iter().zip(routers) {
        tokio::spawn(async move { axum::serve(listener, router).await });
    }
    Town { world, state }
}

impl Stub {
    /// Its routes.
    pub fn router(&self, issuer: &str) -> Router {
        self.memory().issuer = issuer.to_owned();
        Router::new()
            .route("/.well-known/oauth-authorization-server", get(metadata))
            .route("/oauth/authorize", get(authorize).post(consent))
            .route("/login", get(login_page).post(login))
            .route("/oauth/token", post(token))
            .route("/oauth/revoke", post(revoke))
            .route("/oauth/introspect", post(introspect))
            .route("/v1/me", get(me))
            .route("/v1/check", post(check))
            .with_state(self.clone())
    }

    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn metadata(State(stub): State<Stub>) -> Response {
    let issuer = stub.memory().issuer.clone();
    let at = |path: &str| format!("{issuer}/oauth/{path}");
    answer(
        StatusCode::OK,
        json!({
            "issuer": issuer,
            "authorization_endpoint": at("authorize"),
            "token_endpoint": at("token"),
            "revocation_endpoint": at("revoke"),
            "introspection_endpoint": at("introspect"),
            "authorization_response_iss_parameter_supported": true,
        }),
    )
}

async fn authorize(State(stub): State<Stub>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let mut asked = fields(query.as_deref().unwrap_or_default().as_bytes());
    let mut memory = stub.memory();
    let id = asked.remove("interaction").unwrap_or_else(draw);
    memory.requests.entry(id.clone()).or_insert_with(|| asked.clone());
    if user(&headers).is_none() {
        return to(&format!("/login?interaction={id}"));
    }
    page(&format!(
        r#"<title>Consent</title><h1>Daybook, Clinic Terminal</h1>
        <form method="post" action="/oauth/authorize"><button formmethod="dialog" hidden>Stay</button>
        <input type="hidden" name="interaction" value="{id}"><input type="hidden" name="csrf" value="x">
        <button name="decision" value="switch">Not you?</button>
        <input type="radio" name="tenant" value="north" checked><input type="radio" name="tenant" value="south">
        <button name="decision" value="deny">Cancel</button><button name="decision" value="allow">Allow</button></form>"#
    ))
}

async fn login_page(RawQuery(query): RawQuery) -> Response {
    let id = fields(query.unwrap_or_default().as_bytes()).remove("interaction").unwrap_or_default();
    page(&format!(
        r#"<title>Sign in</title><form method="post"><input type="hidden" name="interaction" value="{id}">
        <input name="email" type="email"><input name="password" type="password"><button>Sign in</button></form>"#
    ))
}

async fn login(body: Bytes) -> Response {
    let given = fields(&body);
    if given["password"] != "correct horse battery staple" {
        return page(
            r#"<title>Wrong</title><form method="post"><input type="password" name="password"></form>"#,
        );
    }
    let user = given["email"].split('@').next().map(|name| format!("u-{name}")).unwrap_or_default();
    let mut response = to(&format!("/oauth/authorize?interaction={}", given["interaction"]));
    let cookie = format!("session={user}; Path=/; HttpOnly").parse().expect("a cookie");
    response.headers_mut().insert(SET_COOKIE, cookie);
    response
}

async fn consent(State(stub): State<Stub>, headers: HeaderMap, body: Bytes) -> Response {
    let given = fields(&body);
    let mut memory = stub.memory();
    let asked = memory.requests.remove(&given["interaction"]).unwrap_or_default();
    let issuer = memory.pretend_issuer.clone().unwrap_or_else(|| memory.issuer.clone());
    let mut back = url::Url::parse(&asked["redirect_uri"]).expect("a redirect URI");
    back.query_pairs_mut().append_pair("state", &asked["state"]).append_pair("iss", &issuer);
    if given["decision"] == "allow" {
        let grant = Grant {
            client_id: asked["client_id"].clone(),
            user: user(&headers),
            tenant: given.get("tenant").cloned(),
            scope: asked["scope"].clone(),
            challenge: asked["code_challenge"].clone(),
            family: draw(),
            refresh: false,
        };
        let code = draw();
        back.query_pairs_mut().append_pair("code", &code);
        memory.codes.insert(code, grant);
    } else {
        back.query_pairs_mut().append_pair("error", "access_denied");
    }
    to(back.as_str())
}

async fn token(State(stub): State<Stub>, headers: HeaderMap, body: Bytes) -> Response {
    let given = fields(&body);
    let Some(client_id) = proven(&headers, &given) else {
        return answer(StatusCode::UNAUTHORIZED, json!({ "error": "invalid_client" }));
    };
    let mut memory = stub.memory();
    let grant = match given["grant_type"].as_str() {
        "authorization_code" => memory.codes.remove(&given["code"]).filter(|grant| {
            let hash =
                aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, given["code_verifier"].as_bytes());
            URL_SAFE_NO_PAD.encode(hash) == grant.challenge
        }),
        "refresh_token" => memory.tokens.remove(&given["refresh_token"]).filter(|grant| grant.refresh),
        _ => Some(Grant {
            client_id: client_id.clone(),
            scope: "clinics:read".to_owned(),
            family: draw(),
            ..Grant::default()
        }),
    };
    let Some(grant) = grant.filter(|grant| grant.client_id == client_id) else {
        return answer(StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" }));
    };
    let (access, refresh) = (draw(), draw());
    memory.tokens.insert(access.clone(), Grant { refresh: false, ..grant.clone() });
    let mut body =
        json!({ "access_token": access, "token_type": "Bearer", "expires_in": 3600, "scope": grant.scope });
    if grant.user.is_some() {
        memory.tokens.insert(refresh.clone(), Grant { refresh: true, ..grant.clone() });
        body["refresh_token"] = refresh.into();
        body["tenant_name"] = format!("Clinic {}", grant.tenant.unwrap_or_default()).into();
        body["role"] = "practitioner".into();
    }
    answer(StatusCode::OK, body)
}

async fn revoke(State(stub): State<Stub>, body: Bytes) -> Response {
    let mut memory = stub.memory();
    if let Some(ended) = memory.tokens.get(&fields(&body)["token"]).cloned() {
        memory.tokens.retain(|_, grant| grant.family != ended.family);
    }
    StatusCode::OK.into_response()
}

async fn introspect(State(stub): State<Stub>, body: Bytes) -> Response {
    let memory = stub.memory();
    match memory.tokens.get(&fields(&body)["token"]) {
        Some(grant) => answer(
            StatusCode::OK,
            json!({ "active": true, "client_id": grant.client_id, "scope": grant.scope }),
        ),
        None => answer(StatusCode::OK, json!({ "active": false })),
    }
}

async fn me(State(stub): State<Stub>, headers: HeaderMap) -> Response {
    let memory = stub.memory();
    match memory.tokens.get(bearer(&headers)) {
        Some(grant) => answer(StatusCode::OK, principal(grant)),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn check(State(stub): State<Stub>, headers: HeaderMap, body: Bytes) -> Response {
    if bearer(&headers) != "forms-and-bookings-demo-host-key" {
        let problem =
            json!({ "title": "Forbidden", "status": 403, "detail": "the host key is not known here" });
        let form = [(CONTENT_TYPE, "application/problem+json")];
        return (StatusCode::FORBIDDEN, form, problem.to_string()).into_response();
    }
    let asked: Value = serde_json::from_slice(&body).expect("JSON");
    assert!(asked["resource"].as_str().is_some_and(|resource| resource.starts_with("http://127.0.0.1:")));
    let memory = stub.memory();
    let Some(grant) = memory.tokens.get(asked["token"].as_str().unwrap_or_default()) else {
        return challenge(StatusCode::UNAUTHORIZED, r#"Bearer error="invalid_token""#, "invalid_token");
    };
    let granted = grant.scope.replace("forms:write", "forms:write forms:read");
    let wanted = asked["scopes"][0].as_str().unwrap_or_default();
    if granted.split(' ').any(|scope| scope == wanted) {
        return answer(StatusCode::OK, principal(grant));
    }
    challenge(StatusCode::FORBIDDEN, r#"Bearer error="insufficient_scope""#, "insufficient_scope")
}

fn principal(grant: &Grant) -> Value {
    let (kind, sub) = match (&grant.user, &grant.tenant) {
        (Some(user), Some(_)) => ("person", user.clone()),
        (None, Some(_)) => ("tenant", "inst_1".to_owned()),
        (_, None) => ("app", format!("app:{}", grant.client_id)),
    };
    json!({
        "active": true, "kind": kind, "sub": sub, "user": grant.user, "tenant": grant.tenant, "role": "practitioner",
        "app": grant.client_id, "scopes": grant.scope.split(' ').collect::<Vec<_>>(),
    })
}

fn challenge(status: StatusCode, challenge: &'static str, error: &str) -> Response {
    let mut response = answer(status, json!({ "error": error, "error_description": "no", "code": error }));
    response.headers_mut().insert(WWW_AUTHENTICATE, challenge.parse().expect("a header"));
    response
}

fn proven(headers: &HeaderMap, given: &Fields) -> Option<String> {
    let Some(basic) = headers.get(AUTHORIZATION) else { return given.get("client_id").cloned() };
    let pair = STANDARD.decode(basic.to_str().ok()?.strip_prefix("Basic ")?).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    let (client_id, secret) = pair.split_once(':')?;
    (secret == format!("{client_id}-demo-secret")).then(|| client_id.to_owned())
}

fn user(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get(COOKIE)?.to_str().ok()?;
    cookies.split("; ").find_map(|pair| pair.strip_prefix("session=")).map(str::to_owned)
}

fn bearer(headers: &HeaderMap) -> &str {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default()
}

fn fields(body: &[u8]) -> Fields {
    form_urlencoded::parse(body).into_owned().collect()
}

fn draw() -> String {
    random_text().expect("randomness")
}

fn to(location: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

fn page(html: &str) -> Response {
    ([(CONTENT_TYPE, "text/html")], html.to_owned()).into_response()
}

fn answer(status: StatusCode, body: Value) -> Response {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
    (status, headers, body.to_string()).into_response()
}
