//! What an app sends, as its dialect spells it: sent, shown with everything secret shortened, and as a line of a shell, in which
//! secrets are variables.

use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use form_urlencoded::{Serializer, byte_serialize};
use http::Request as HttpRequest;
use serde_json::Value;
use symbolon_oauth::client::{AuthenticationMethod, GrantType};
use symbolon_oauth::credential::Secret;
use symbolon_oauth::dialect::rules::{BodyFormat, RevokeProof, SecretAndVerifier};
use symbolon_oauth::dialect::{Endpoint, Method, Serves, TokenPlace};
use symbolon_oauth::parameters::Parameters;

use crate::clock::Stopwatch;
use crate::failure::Failure;
use crate::pages::portal::addresses;
use crate::pages::portal::connect::sealed::{Act, Sealed};
use crate::pages::portal::connect::shortened::{in_short, shortened};
use crate::pages::portal::connect::{Question, Whom};
use crate::pages::portal::own::Own;
use crate::request::Request;
use crate::served::Mounted;
use crate::trail::Trail;
use crate::trial::{self, Ticket};

/// A request as it is shown.
pub(super) struct Spoken {
    /// As it is sent.
    pub request: String,
    /// As a line of a shell.
    pub curl: String,
    /// The address, where a browser goes there.
    pub address: String,
}

/// A value, and the variable that stands for it in a shell where it is secret.
struct Part {
    name: String,
    value: String,
    variable: Option<&'static str>,
}

/// A request before it is written.
struct Draft {
    method: &'static str,
    address: String,
    headers: Vec<Part>,
    body: Vec<Part>,
    json: bool,
    /// Client id and secret, where they travel in a header.
    basic: Option<(String, Secret)>,
}

/// The wire's name of a parameter.
fn wire<'a>(endpoint: &'a Endpoint, name: &'a str) -> &'a str {
    endpoint.rules.parameters.get(name).map_or(name, String::as_str)
}

/// Whether a client sends a verifier: not beside its secret where a dialect takes one of the two.
fn proves_possession(own: &Own<'_>, mounted: &Mounted) -> bool {
    let exclusive = |endpoint: &Endpoint| {
        endpoint.serves == Serves::Token
            && endpoint.rules.token.secret_and_verifier == SecretAndVerifier::Exclusive
    };
    own.app.client.is_public() || !mounted.dialect.endpoints.iter().any(exclusive)
}

/// The authorization request of a trial; none where the app's dialect is not spoken here. `anew` asks for consent even where it
/// was given.
pub(super) fn authorization(own: &Own<'_>, (ticket, sealed): (&Ticket, &str), anew: bool) -> Option<Spoken> {
    let (state, client) = (own.visitor.state, &own.app.client);
    let mounted = addresses::spoken(state, &own.app)?;
    let endpoint = mounted.dialect.endpoint(Serves::Authorize)?;
    let address = addresses::address(mounted, Serves::Authorize)?;
    let registered = client.redirect_uris.first().map_or("https://app.example.com/callback", String::as_str);
    let (redirect_uri, scopes) = (trial::redirect_uri(state, client.id), client.scopes.to_string());
    let challenge = ticket.challenge(state);
    let mut pairs = vec![("response_type", "code"), ("client_id", client.client_id.as_str())];
    pairs.push(("redirect_uri", redirect_uri.as_str()));
    if !scopes.is_empty() {
        pairs.push(("scope", &scopes));
    }
    pairs.push(("state", sealed));
    if proves_possession(own, mounted) {
        pairs.extend([("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")]);
    }
    if anew {
        pairs.push(("prompt", "consent"));
    }
    let mut query = Serializer::new(String::new());
    let (mut shown, mut curl) =
        (format!("GET {}\n", path(&address)), format!("curl -sSiG {}", word(&address)));
    for (name, value) in pairs {
        let name = wire(endpoint, name);
        query.append_pair(name, value);
        let short = if value == sealed { shortened(value) } else { value.to_owned() };
        let _ = writeln!(shown, "{name}={short}");
        let typed = match value {
            _ if value == sealed => format!("\"{name}=$STATE\""),
            _ if value == challenge => format!("\"{name}=$CODE_CHALLENGE\""),
            _ if value == redirect_uri => word(&format!("{name}={registered}")),
            _ => word(&format!("{name}={value}")),
        };
        let _ = write!(curl, " \\\n  --data-urlencode {typed}");
    }
    Some(Spoken { request: shown, curl, address: format!("{address}?{}", query.finish()) })
}

/// The answer to it, as it arrived.
pub(super) fn arrived(path: &str, query: &Parameters) -> String {
    let mut text = format!("HTTP/1.1 303\nlocation: {path}\n");
    for name in query.names() {
        let value = query.get(name).unwrap_or_default();
        let short = matches!(name, "code" | "state");
        let value = if short { shortened(value) } else { value.chars().take(500).collect() };
        let _ = writeln!(text, "{name}={value}");
    }
    text
}

/// What is asked in the app's name; none where its dialect has nobody to ask.
pub(super) fn question(
    own: &Own<'_>,
    sealed: &Sealed,
    act: Act,
) -> Result<Option<(Question, Spoken)>, Failure> {
    let (state, now) = (own.visitor.state, own.visitor.now);
    let Some(mounted) = addresses::spoken(state, &own.app) else { return Ok(None) };
    let (tried, secret) = trial::in_the_back_channel(state, &own.app, now)?;
    let at = endpoint_for(mounted, act);
    let draft = match (at, act) {
        (Some(at), Act::Exchange | Act::Refresh) => token(own, sealed, (mounted, at), act, secret),
        (Some(at), Act::Revoke) => revocation(own, sealed, (mounted, at), secret),
        (Some(at), Act::Who) => {
            let endpoint = &mounted.dialect.endpoints[at];
            let address = address(mounted, endpoint);
            let (header, scheme) = header_of(endpoint).unwrap_or(("authorization", Some("Bearer")));
            held("GET", address, (header, scheme), sealed)
        }
        (None, Act::Who) => held("GET", addresses::me(state), ("authorization", Some("Bearer")), sealed),
        (None, _) | (_, Act::Authorize) => return Ok(None),
    };
    let spoken = Spoken {
        request: draft.shown(),
        curl: draft.curl(own.app.client.redirect_uris.first()),
        address: draft.address.clone(),
    };
    let left = sealed.ends().since(now);
    let whom = match at {
        Some(at) => {
            Whom::Endpoint(Arc::clone(mounted), at, Box::new(trial::policy(&mounted.policies[at], left)))
        }
        None => Whom::Me,
    };
    let (parts, body) = draft.written()?;
    let request = Request {
        parts,
        body,
        oversized: false,
        room: None,
        address: own.visitor.request.address,
        id: state.request_ids.next(),
        began: Stopwatch::start(),
        trail: Trail::default(),
        tried: Some(tried),
    };
    Ok(Some((Question { request, whom }, spoken)))
}

/// The endpoint that answers this: for tokens one that serves both grant types, where there is one.
fn endpoint_for(mounted: &Mounted, act: Act) -> Option<usize> {
    let endpoints = &mounted.dialect.endpoints;
    let of = |serves| endpoints.iter().position(|own| own.serves == serves);
    let grants = |wanted: &[GrantType]| {
        endpoints.iter().position(|own| {
            own.serves == Serves::Token && wanted.iter().all(|one| own.rules.token.grant_types.contains(one))
        })
    };
    let both = || grants(&[GrantType::AuthorizationCode, GrantType::RefreshToken]);
    match act {
        Act::Authorize => of(Serves::Authorize),
        Act::Exchange => both().or_else(|| grants(&[GrantType::AuthorizationCode])),
        Act::Refresh => both().or_else(|| grants(&[GrantType::RefreshToken])),
        Act::Revoke => of(Serves::Revoke),
        Act::Who => of(Serves::Identity),
    }
}

fn address(mounted: &Mounted, endpoint: &Endpoint) -> String {
    let path = endpoint.paths.first().map_or("", String::as_str);
    format!("{}{}{path}", mounted.origin, mounted.place.prefix())
}

/// The header in which an endpoint looks for a token, if it does.
fn header_of(endpoint: &Endpoint) -> Option<(&str, Option<&str>)> {
    endpoint.token_places().iter().find_map(|place| match place {
        TokenPlace::Header(header, scheme) => Some((header.as_str(), scheme.as_deref())),
        TokenPlace::Body => None,
    })
}

fn in_header((header, scheme): (&str, Option<&str>), token: &str, variable: &'static str) -> Part {
    let value = scheme.map_or_else(|| token.to_owned(), |scheme| format!("{scheme} {token}"));
    Part { name: header.to_owned(), value, variable: Some(variable) }
}

/// A request that holds the access token in a header, and nothing else.
fn held(method: &'static str, address: String, place: (&str, Option<&str>), sealed: &Sealed) -> Draft {
    let token = sealed.access.as_deref().unwrap_or_default();
    let headers = vec![in_header(place, token, "ACCESS_TOKEN")];
    Draft { method, address, headers, body: Vec::new(), json: false, basic: None }
}

fn token(
    own: &Own<'_>,
    sealed: &Sealed,
    (mounted, at): (&Mounted, usize),
    act: Act,
    secret: Option<Secret>,
) -> Draft {
    let endpoint = &mounted.dialect.endpoints[at];
    let plain = |name: &str, value: &str| Part {
        name: wire(endpoint, name).to_owned(),
        value: value.to_owned(),
        variable: None,
    };
    let hidden = |name: &str, value: &str, variable| Part { variable: Some(variable), ..plain(name, value) };
    let grant_type = match act {
        Act::Refresh => GrantType::RefreshToken.as_str(),
        _ => GrantType::AuthorizationCode.as_str(),
    };
    let named = endpoint.rules.token.grant_type_names.get(grant_type).map_or(grant_type, String::as_str);
    let (mut headers, mut body) = (Vec::new(), vec![plain("grant_type", named)]);
    if act == Act::Refresh {
        let token = sealed.refresh.as_deref().unwrap_or_default();
        match endpoint.token_places().contains(&TokenPlace::Body) {
            true => body.push(hidden("refresh_token", token, "REFRESH_TOKEN")),
            false => {
                headers.extend(header_of(endpoint).map(|place| in_header(place, token, "REFRESH_TOKEN")))
            }
        }
    } else {
        body.push(hidden("code", sealed.code.as_deref().unwrap_or_default(), "CODE"));
        body.push(plain("redirect_uri", &trial::redirect_uri(own.visitor.state, own.app.client.id)));
        if proves_possession(own, mounted) {
            body.push(hidden("code_verifier", &sealed.verifier, "CODE_VERIFIER"));
        }
    }
    let (address, json) =
        (address(mounted, endpoint), !endpoint.rules.token.bodies.contains(&BodyFormat::Form));
    proving(own, endpoint, Draft { method: "POST", address, headers, body, json, basic: None }, secret)
}

fn revocation(
    own: &Own<'_>,
    sealed: &Sealed,
    (mounted, at): (&Mounted, usize),
    secret: Option<Secret>,
) -> Draft {
    let endpoint = &mounted.dialect.endpoints[at];
    let posts = endpoint.methods.contains(&Method::Post);
    let method = endpoint.methods.first().filter(|_| !posts).map_or("POST", |method| method.as_str());
    let address = address(mounted, endpoint);
    if endpoint.rules.revoke.client == RevokeProof::None {
        let place = header_of(endpoint).unwrap_or(("authorization", Some("Bearer")));
        return held(method, address, place, sealed);
    }
    let (token, variable) = match (&sealed.refresh, &sealed.access) {
        (Some(refresh), _) => (refresh.as_str(), "REFRESH_TOKEN"),
        (None, access) => (access.as_deref().unwrap_or_default(), "ACCESS_TOKEN"),
    };
    let (mut headers, mut body) = (Vec::new(), Vec::new());
    match header_of(endpoint).filter(|_| !endpoint.token_places().contains(&TokenPlace::Body)) {
        Some(place) => headers.push(in_header(place, token, variable)),
        None => body.push(Part {
            name: wire(endpoint, "token").to_owned(),
            value: token.to_owned(),
            variable: Some(variable),
        }),
    }
    let json = !endpoint.rules.token.bodies.contains(&BodyFormat::Form);
    proving(own, endpoint, Draft { method, address, headers, body, json, basic: None }, secret)
}

/// The same, with what proves the client: in the body, where nothing else is said.
fn proving(own: &Own<'_>, endpoint: &Endpoint, mut draft: Draft, secret: Option<Secret>) -> Draft {
    let client = &own.app.client;
    let taken = &endpoint.rules.token.authentication;
    let by_header = match client.authentication_method {
        Some(method) => method == AuthenticationMethod::ClientSecretBasic,
        None => !taken.contains(&AuthenticationMethod::ClientSecretPost),
    };
    let named = |name: &str, value: &str, variable| Part {
        name: wire(endpoint, name).to_owned(),
        value: value.to_owned(),
        variable,
    };
    match secret {
        Some(secret) if by_header => draft.basic = Some((client.client_id.clone(), secret)),
        Some(secret) => {
            draft.body.push(named("client_id", &client.client_id, None));
            draft.body.push(named("client_secret", secret.expose(), Some("CLIENT_SECRET")));
        }
        None => draft.body.push(named("client_id", &client.client_id, None)),
    }
    draft
}

impl Draft {
    fn media_type(&self) -> &'static str {
        if self.json { "application/json" } else { "application/x-www-form-urlencoded" }
    }

    fn authorization(&self) -> Option<String> {
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let (client_id, secret) = self.basic.as_ref()?;
        let pair = format!("{}:{}", encoded(client_id), encoded(secret.expose()));
        Some(format!("Basic {}", STANDARD.encode(pair)))
    }

    /// As it is sent.
    fn written(&self) -> Result<(http::request::Parts, Bytes), Failure> {
        let mut builder = HttpRequest::builder().method(self.method).uri(path(&self.address));
        builder = builder.header("host", host(&self.address));
        for header in &self.headers {
            builder = builder.header(&header.name, &header.value);
        }
        if let Some(basic) = self.authorization() {
            builder = builder.header("authorization", basic);
        }
        let pairs = || self.body.iter().map(|part| (part.name.as_str(), part.value.as_str()));
        let body = match (self.body.is_empty(), self.json) {
            (true, _) => String::new(),
            (false, true) => {
                Value::Object(pairs().map(|(name, value)| (name.to_owned(), value.into())).collect())
                    .to_string()
            }
            (false, false) => Serializer::new(String::new()).extend_pairs(pairs()).finish(),
        };
        if !body.is_empty() {
            builder = builder.header("content-type", self.media_type());
        }
        let written = builder.body(()).map_err(|_| Failure::Bug("a request of a trial cannot be written"))?;
        Ok((written.into_parts().0, body.into()))
    }

    /// As it is shown.
    fn shown(&self) -> String {
        let mut text = format!("{} {}\nhost: {}\n", self.method, path(&self.address), host(&self.address));
        for header in &self.headers {
            let _ = writeln!(text, "{}: {}", header.name, in_short(&header.value));
        }
        if let Some((client_id, secret)) = &self.basic {
            let _ = writeln!(text, "authorization: Basic {client_id}:{}", shortened(secret.expose()));
        }
        if !self.body.is_empty() {
            let _ = write!(text, "content-type: {}\n\n", self.media_type());
        }
        for part in &self.body {
            let value = if part.variable.is_some() { shortened(&part.value) } else { part.value.clone() };
            let _ = writeln!(text, "{}={value}", part.name);
        }
        text
    }

    /// As a line of a shell. Where the trial has an address of its own, the app's stands.
    fn curl(&self, registered: Option<&String>) -> String {
        let mut line = String::from("curl -sS");
        if self.method != "GET" {
            let _ = write!(line, " -X {}", self.method);
        }
        let _ = write!(line, " {}", word(&self.address));
        for header in &self.headers {
            let scheme = header.value.split_once(' ').map_or("", |(scheme, _)| scheme);
            let space = if scheme.is_empty() { "" } else { " " };
            let variable = header.variable.unwrap_or_default();
            let _ = write!(line, " \\\n  -H \"{}: {scheme}{space}${variable}\"", header.name);
        }
        if let Some((client_id, _)) = &self.basic {
            let _ = write!(line, " \\\n  -u {}:\"$CLIENT_SECRET\"", word(client_id));
        }
        if self.json {
            let _ = write!(line, " \\\n  --json \"{}\"", self.json_in_a_shell(registered));
            return line;
        }
        for part in &self.body {
            let value = match registered.filter(|_| part.name == "redirect_uri") {
                Some(registered) => registered,
                None => &part.value,
            };
            let _ = match part.variable {
                Some(variable) => write!(line, " \\\n  --data-urlencode \"{}=${variable}\"", part.name),
                None => write!(line, " \\\n  --data-urlencode {}", word(&format!("{}={value}", part.name))),
            };
        }
        line
    }

    /// The body as JSON, between the double quotes of a shell.
    fn json_in_a_shell(&self, registered: Option<&String>) -> String {
        let value = |part: &Part| match (part.variable, registered.filter(|_| part.name == "redirect_uri")) {
            (Some(variable), _) => format!("${variable}"),
            (None, Some(registered)) => registered.clone(),
            (None, None) => part.value.clone(),
        };
        let members = self.body.iter().map(|part| (part.name.clone(), value(part).into()));
        let text = Value::Object(members.collect()).to_string();
        text.replace('\\', r"\\").replace('"', "\\\"").replace('`', r"\`")
    }
}

/// A text as one word of a shell.
fn word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn path(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.find('/').map_or("/", |at| &rest[at..])
}

fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}
