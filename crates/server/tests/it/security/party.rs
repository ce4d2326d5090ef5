//! An app of a dialect: what it asks in the back channel, in its dialect's shape, and what it makes of the answers.

use std::net::IpAddr;

use serde_json::{Map, Value};
use symbolon_oauth::dialect::Endpoint;
use symbolon_oauth::policy::Policy;

use super::speaker::{Revocation, Speaker};
use crate::support::{Answer, Asked, HOME, Person, TestApp, Tokens, challenge};

/// A request of the back channel. Every part can be changed before it is sent.
#[derive(Clone, Debug)]
pub struct Posted {
    method: &'static str,
    path: String,
    pairs: Vec<(String, String)>,
    headers: Vec<(&'static str, String)>,
    json: bool,
    address: IpAddr,
}

impl Posted {
    fn new(path: String, json: bool) -> Posted {
        Posted { method: "POST", path, pairs: Vec::new(), headers: Vec::new(), json, address: HOME }
    }

    /// With a parameter set to this value.
    pub fn with(mut self, name: &str, value: &str) -> Posted {
        self.pairs.retain(|(own, _)| own != name);
        self.and(name, value)
    }

    /// With a parameter once more.
    pub fn and(mut self, name: &str, value: &str) -> Posted {
        self.pairs.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a parameter.
    pub fn without(mut self, name: &str) -> Posted {
        self.pairs.retain(|(own, _)| own != name);
        self
    }

    /// With the credentials of this app instead of any other's.
    pub fn sent_by(self, party: &Party) -> Posted {
        let named = self.with("client_id", party.client_id);
        match party.secret() {
            Some(secret) => named.with("client_secret", &secret),
            None => named.without("client_secret"),
        }
    }

    /// With a header set to this value.
    pub fn header(mut self, name: &'static str, value: &str) -> Posted {
        self.headers.retain(|(own, _)| *own != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    /// From another address.
    pub fn from(mut self, address: &str) -> Posted {
        self.address = address.parse().expect("an address");
        self
    }

    /// By another method.
    pub fn by(mut self, method: &'static str) -> Posted {
        self.method = method;
        self
    }

    /// With these parameters in the address too.
    pub fn query(mut self, pairs: &[(&str, &str)]) -> Posted {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.path = format!("{}?{query}", self.path);
        self
    }

    /// A parameter's value; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    /// The body, in the dialect's format. A repeated member is written twice in JSON, too.
    fn body(&self) -> String {
        if !self.json {
            return form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.pairs).finish();
        }
        let member = |(name, value): &(String, String)| {
            let object = Map::from_iter([(name.clone(), Value::from(value.as_str()))]);
            let text = Value::Object(object).to_string();
            text[1..text.len() - 1].to_owned()
        };
        format!("{{{}}}", self.pairs.iter().map(member).collect::<Vec<_>>().join(","))
    }

    /// Sends it.
    pub async fn send(&self, app: &TestApp) -> Answer {
        let mut headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let body = if self.pairs.is_empty() { String::new() } else { self.body() };
        if !body.is_empty() && !headers.iter().any(|(name, _)| *name == "content-type") {
            let form = "application/x-www-form-urlencoded";
            headers.push(("content-type", if self.json { "application/json" } else { form }));
        }
        app.send(app.request(self.method, &self.path, &headers, &body), self.address).await
    }
}

/// An app that speaks.
#[derive(Clone)]
pub struct Party {
    app: TestApp,
    /// How it speaks.
    pub speaker: &'static Speaker,
    /// Its public identifier.
    pub client_id: &'static str,
    /// Where it wants its answers.
    pub redirect_uri: String,
}

impl Party {
    /// The app of a speaker.
    pub fn first(app: &TestApp, speaker: &'static Speaker) -> Party {
        Party::of(app, speaker, speaker.client_id)
    }

    /// The other app of its dialect.
    pub fn second(app: &TestApp, speaker: &'static Speaker) -> Party {
        Party::of(app, speaker, speaker.second)
    }

    fn of(app: &TestApp, speaker: &'static Speaker, client_id: &'static str) -> Party {
        let redirect_uri = match client_id {
            "make-app" => "https://www.integromat.com/oauth/cb/app".to_owned(),
            other => format!("https://{other}.example.net/cb"),
        };
        Party { app: app.clone(), speaker, client_id, redirect_uri }
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.speaker.prefix)
    }

    /// What decides at an endpoint of its dialect.
    pub fn policy(&self, path: &str) -> Policy {
        let mut mounted = self.app.state().dialects.iter();
        let mounted = mounted.find(|own| own.dialect.name == self.speaker.dialect).expect("it is mounted");
        let stands = |endpoint: &Endpoint| endpoint.paths.iter().any(|own| own == path);
        let at = mounted.dialect.endpoints.iter().position(stands).expect("the endpoint");
        mounted.policies[at].clone()
    }

    /// Its secret, unless it is public.
    pub fn secret(&self) -> Option<String> {
        (!self.speaker.public).then(|| format!("{}-secret", self.client_id))
    }

    /// An authorization request with everything right, and a challenge.
    pub fn asks(&self) -> Asked {
        let verifier = "a-verifier-that-nobody-else-can-know-0123456789";
        let mut asked = Asked::exactly(
            &self.address(self.speaker.authorize),
            &[
                ("response_type", "code"),
                ("client_id", self.client_id),
                ("redirect_uri", &self.redirect_uri),
                ("state", "a state of its own"),
                ("code_challenge", &challenge(verifier)),
                ("code_challenge_method", "S256"),
            ],
        );
        if !self.speaker.scope.is_empty() {
            asked = asked.with("scope", self.speaker.scope);
        }
        verifier.clone_into(&mut asked.verifier);
        asked
    }

    /// Leads a person through sign-in and consent, at their place of this kind, up to the answer to the app.
    pub async fn walk(&self, person: &mut Person, asked: &Asked) -> Answer {
        person.walk(asked, Some(self.speaker.place.0)).await
    }

    /// The code of an authorization that goes well.
    pub async fn code(&self, person: &mut Person, asked: &Asked) -> String {
        self.walk(person, asked).await.callback().code().to_owned()
    }

    /// An authorization request with everything right, and the code that it gave.
    pub async fn asks_for_code(&self, person: &mut Person) -> (Asked, String) {
        let asked = self.asks();
        let code = self.code(person, &asked).await;
        (asked, code)
    }

    fn posts(&self, path: &str) -> Posted {
        Posted::new(self.address(path), self.speaker.json).sent_by(self)
    }

    /// A form with its own credentials, at a standard endpoint.
    pub fn form(&self, path: &str) -> Posted {
        Posted { path: path.to_owned(), json: false, ..self.posts(path) }
    }

    /// The exchange of a code, with everything right.
    pub fn exchange(&self, asked: &Asked, code: &str) -> Posted {
        let posted = self.posts(self.speaker.exchange).with("grant_type", "authorization_code");
        let posted = posted.with("code", code).with("redirect_uri", asked.get("redirect_uri"));
        if asked.get("code_challenge").is_empty() {
            return posted;
        }
        posted.with("code_verifier", &asked.verifier)
    }

    /// A refresh with everything right; `None` when it cannot.
    pub fn refresh(&self, refresh_token: &str) -> Option<Posted> {
        let how = self.speaker.refresh.as_ref()?;
        let posted = self.posts(how.path).with("grant_type", "refresh_token");
        Some(if how.in_header {
            posted.header("authorization", &format!("Bearer {refresh_token}"))
        } else {
            posted.with("refresh_token", refresh_token)
        })
    }

    /// Letting go of a token, with everything right.
    pub fn revocation(&self, token: &str) -> Posted {
        match self.speaker.revocation {
            Revocation::Posted(path) => self.posts(path).with("token", token),
            Revocation::Held(method, path, header) => {
                let bare = Posted::new(self.address(path), false).by(method);
                bare.header(header, &format!("Bearer {token}"))
            }
        }
    }

    /// Asking the dialect who is behind a token; `None` where it does not say.
    pub fn identity(&self, token: &str) -> Option<Posted> {
        let bare = Posted::new(self.address(self.speaker.identity?), false).by("GET");
        Some(bare.header("authorization", &format!("Bearer {token}")))
    }

    /// Every request of the back channel with an app's credentials in it, with everything right but the token or code.
    pub fn requests(&self, asked: &Asked) -> Vec<Posted> {
        let mut all = vec![self.exchange(asked, "x")];
        all.extend(self.refresh("x"));
        if matches!(self.speaker.revocation, Revocation::Posted(_)) {
            all.push(self.revocation("x"));
        }
        all
    }

    /// Sends a request of its own.
    pub async fn send(&self, posted: &Posted) -> Answer {
        posted.send(&self.app).await
    }

    /// Reads a success.
    #[track_caller]
    pub fn tokens(&self, answer: &Answer) -> Tokens {
        let name = self.speaker.name;
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        assert_eq!(answer.header("cache-control"), "no-store", "{name}: {answer:?}");
        let json = answer.json();
        let members = json.pointer(self.speaker.within).cloned().unwrap_or_default();
        let text = |member: &str| members[member].as_str().unwrap_or_default().to_owned();
        let tokens =
            Tokens { access: text("access_token"), refresh: text("refresh_token"), scope: text("scope") };
        assert!(!tokens.access.is_empty(), "{name}: {answer:?}");
        assert_eq!(tokens.refresh.is_empty(), self.speaker.refresh.is_none(), "{name}: {answer:?}");
        tokens
    }

    /// Exchanges a code, with everything right.
    pub async fn exchanges(&self, asked: &Asked, code: &str) -> Tokens {
        let answer = self.send(&self.exchange(asked, code)).await;
        self.tokens(&answer)
    }

    /// Refreshes, with everything right; nothing where the dialect does not refresh.
    pub async fn refreshes(&self, tokens: &Tokens) -> Option<Tokens> {
        let answer = self.send(&self.refresh(&tokens.refresh)?).await;
        Some(self.tokens(&answer))
    }

    /// A person connects it.
    pub async fn connects(&self, person: &mut Person) -> Tokens {
        let (asked, code) = self.asks_for_code(person).await;
        self.exchanges(&asked, &code).await
    }

    /// Expects that this is no success, holds nothing usable and is kept by nobody.
    #[track_caller]
    pub fn refused(&self, answer: &Answer, why: &str) {
        let name = self.speaker.name;
        let refuses = (400..500).contains(&answer.status) || answer.status == 501;
        assert!(refuses, "{name}, {why}: {answer:?}");
        assert_eq!(answer.header("cache-control"), "no-store", "{name}, {why}: {answer:?}");
        assert_eq!(answer.location(), "", "{name}, {why}: {answer:?}");
        for usable in ["_at_live_", "_rt_live_", "_ac_live_"] {
            assert!(!answer.body.contains(usable), "{name}, {why}: {answer:?}");
        }
    }

    /// Sends a request that must be refused.
    pub async fn is_refused(&self, posted: &Posted, why: &str) {
        let answer = self.send(posted).await;
        self.refused(&answer, why);
    }

    /// Whether an access token works, at every place that sees one; they must agree.
    pub async fn works(&self, token: &str) -> bool {
        let bearer = format!("Bearer {token}");
        let me = self.app.request("GET", "/v1/me", &[("authorization", &bearer)], "");
        let mut seen = vec![
            ("introspection", self.app.api().sees_alive(token).await),
            ("/v1/check", self.app.api().check(token, &[]).await.status == 200),
            ("/v1/me", self.app.send(me, HOME).await.status == 200),
        ];
        if let Some(identity) = self.identity(token) {
            let answer = self.send(&identity).await;
            assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
            seen.push(("identity", (200..300).contains(&answer.status)));
        }
        let first = seen[0].1;
        assert!(seen.iter().all(|(_, works)| *works == first), "{}: {seen:?}", self.speaker.name);
        first
    }

    /// Expects that a connection works.
    pub async fn lives(&self, tokens: &Tokens, why: &str) {
        assert!(self.works(&tokens.access).await, "{}, {why}", self.speaker.name);
    }

    /// Expects that nothing of a connection works.
    pub async fn is_dead(&self, tokens: &Tokens, why: &str) {
        assert!(!self.works(&tokens.access).await, "{}, {why}", self.speaker.name);
        if let Some(posted) = self.refresh(&tokens.refresh) {
            self.is_refused(&posted, why).await;
        }
    }
}
