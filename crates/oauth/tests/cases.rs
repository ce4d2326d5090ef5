//! The golden cases: what arrives on a dialect's wire, and what must leave it.
//!
//! Each file of `cases/<dialect>/` is one case (see `cases/README.md`). A report of a vendor's odd request becomes a
//! file there, never a function here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use symbolon_oauth::authorize::{self, ClientFacts, parameter};
use symbolon_oauth::client::{Client, ClientType, Generations, GrantType, Level};
use symbolon_oauth::client_authentication::PresentedClient;
use symbolon_oauth::dialect::read::{self, Headers, Message, authorization_request, back_channel};
use symbolon_oauth::dialect::{Dialect, Endpoint, Serves, write};
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::id::Id;
use symbolon_oauth::policy::Policy;
use symbolon_oauth::reason::Reason;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::{Lifetime, Timestamp};

const ISSUER: &str = "https://issuer.example";
const NOW: Timestamp = Timestamp(1_800_000_000_000);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What it shows, with its section.
    #[expect(dead_code, reason = "for the reader of the case")]
    about: String,
    /// The endpoint; the first of its kind when an answer is looked at.
    path: Option<String>,
    /// How the app differs from the app of every case.
    #[serde(default)]
    app: App,
    #[serde(default)]
    request: Request,
    /// What the core is told, at a back channel: every parameter, by its canonical name.
    reads: Option<BTreeMap<String, String>>,
    /// The name of a token's parameter, and the token that is found in the places of the endpoint.
    token_name: Option<String>,
    token: Option<String>,
    /// Where the browser is sent: with the code `CODE` when every check passes.
    location: Option<String>,
    /// The reason on the page that is shown instead.
    page: Option<String>,
    status: Option<u16>,
    content_type: Option<String>,
    /// The body of the refusal, or of the answer.
    body: Option<String>,
    /// The facts of a token answer.
    answer: Option<Answer>,
    /// The facts of an answer that says who is behind a token.
    identity: Option<Answer>,
    /// An answer that says what the app is.
    client: Option<Nothing>,
    /// A refusal to write.
    refusal: Option<Refused>,
    /// A revocation that went well.
    revoked: Option<Nothing>,
    /// An address where nothing stands.
    unknown_address: Option<Nothing>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct App {
    scopes: Option<String>,
    public: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Request {
    query: Option<String>,
    content_type: Option<String>,
    headers: BTreeMap<String, String>,
    body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    access_seconds: Option<i64>,
    refresh_seconds: Option<i64>,
    #[serde(default)]
    refresh: bool,
    #[serde(default)]
    scope: String,
    tenant: Option<String>,
    #[serde(default)]
    level: Option<String>,
    #[serde(default)]
    role: Option<String>,
    /// Whether the tenant says where its API is.
    #[serde(default = "yes")]
    base_url: bool,
    /// Whether the tenant is one person's own space.
    #[serde(default)]
    personal: bool,
    /// Whether a scope says that the app may know who the person is.
    #[serde(default)]
    profile: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    code: ErrorCode,
    reason: Reason,
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn yes() -> bool {
    true
}

fn policy() -> Policy {
    Policy {
        refresh: Lifetime::seconds(86_400),
        refresh_max_public: Lifetime::seconds(864_000),
        ..Policy::default()
    }
}

impl App {
    fn client(&self, dialect: &Dialect) -> Client {
        Client {
            id: Id::new([1; 16]),
            client_id: "app".to_owned(),
            client_type: if self.public { ClientType::Public } else { ClientType::Confidential },
            dialect: dialect.name.clone(),
            secrets: Vec::new(),
            authentication_method: None,
            redirect_uris: vec![
                "https://app.example.net/cb".to_owned(),
                "https://app.example.net/cb?foo=bar".to_owned(),
            ],
            scopes: ScopeSet::parse(self.scopes.as_deref().unwrap_or("forms:read forms:write")).unwrap(),
            optional_scopes: ScopeSet::new(),
            grant_types: GrantType::ALL.to_vec(),
            pkce_excused: true,
            native: false,
            unknown_scopes: None,
            level: Level::User,
            generations: Generations::default(),
        }
    }
}

impl Headers for Request {
    fn header(&self, name: &str) -> Option<&str> {
        let own = self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        own.or(self.content_type.as_ref().filter(|_| name == "content-type")).map(String::as_str)
    }
}

impl Request {
    fn message(&self) -> Message<'_> {
        Message { query: self.query.as_deref(), headers: self, body: self.body.as_bytes() }
    }
}

impl Case {
    fn run(&self, dialect: &Dialect) {
        if let Some(answer) = &self.answer {
            let endpoint = self.endpoint(dialect, Serves::Token);
            self.written(endpoint.rules.answer.status, &answer.written(endpoint, true));
            let content_type = self.content_type.as_deref().unwrap_or("application/json");
            return assert_eq!(write::token_answer_type(endpoint), content_type);
        }
        if let Some(answer) = &self.identity {
            let endpoint = self.endpoint(dialect, Serves::Identity);
            return self.written(endpoint.rules.identity.status, &answer.written(endpoint, false));
        }
        if self.client.is_some() {
            let endpoint = self.endpoint(dialect, Serves::Client);
            let (client, none, north) = (self.app.client(dialect), ScopeSet::new(), Answer::of("north"));
            let sources = write::Sources {
                client_type: client.client_type.as_str(),
                redirect_uris: &client.redirect_uris,
                ..north.sources(None, &none)
            };
            let body = String::from_utf8(write::description(endpoint, &sources)).unwrap();
            return self.written(endpoint.rules.client.status, &body);
        }
        if let Some(refused) = &self.refusal {
            let refusal = Refusal::new(refused.code, refused.reason, refused.description.clone());
            return self.refused(self.endpoint(dialect, Serves::Token), &refusal);
        }
        if self.revoked.is_some() {
            let rules = &self.endpoint(dialect, Serves::Revoke).rules.revoke;
            return self.written(rules.status, if rules.status == 204 { "" } else { &rules.body });
        }
        if self.unknown_address.is_some() {
            let said = dialect.not_found.as_ref().unwrap();
            return self.written(said.status, &said.body);
        }
        let endpoint = self.endpoint(dialect, Serves::Token);
        if endpoint.serves == Serves::Authorize {
            self.authorize(dialect, endpoint)
        } else {
            self.read(endpoint)
        }
    }

    fn endpoint<'a>(&self, dialect: &'a Dialect, kind: Serves) -> &'a Endpoint {
        let named = |endpoint: &&Endpoint| match &self.path {
            Some(path) => endpoint.paths.contains(path),
            None => endpoint.serves == kind,
        };
        dialect.endpoints.iter().find(named).unwrap_or_else(|| panic!("no endpoint at {:?}", self.path))
    }

    fn written(&self, status: u16, body: &str) {
        assert_eq!((self.status.unwrap_or(200), self.body.as_deref().unwrap_or_default()), (status, body));
    }

    fn read(&self, endpoint: &Endpoint) {
        let message = self.request.message();
        let basic = message.headers.header("authorization").filter(|header| !header.starts_with("Bearer "));
        let read = back_channel(endpoint, message).and_then(|parameters| {
            if endpoint.serves == Serves::Token {
                PresentedClient::read(basic, &parameters, endpoint.rules.token.same_proof_twice)?;
            }
            let name = self.token_name.as_deref().unwrap_or("refresh_token");
            let found = read::token(endpoint, message, &parameters, name)?;
            Ok((parameters, found.map(|found| found.text)))
        });
        match read {
            Ok((parameters, token)) => {
                if self.token_name.is_some() {
                    assert_eq!(token, self.token);
                }
                let expected = self.reads.as_ref();
                assert!(expected.is_some() || self.token_name.is_some(), "it is read: {parameters:?}");
                let text = |name: &str| Some((name.to_owned(), parameters.get(name)?.to_owned()));
                let found: BTreeMap<_, _> = parameters.names().filter_map(text).collect();
                assert_eq!(&found, expected.unwrap_or(&found));
            }
            Err(refusal) => self.refused(endpoint, &refusal),
        }
    }

    fn refused(&self, endpoint: &Endpoint, refusal: &Refusal) {
        let (status, body) = write::refusal(&endpoint.rules.errors, refusal);
        let body = String::from_utf8(body).unwrap();
        assert_eq!((self.status, self.body.as_ref()), (Some(status), Some(&body)));
        let content_type = self.content_type.as_deref().unwrap_or("application/json");
        assert_eq!(endpoint.rules.errors.format.media_type(), content_type);
    }

    fn authorize(&self, dialect: &Dialect, endpoint: &Endpoint) {
        let client = self.app.client(dialect);
        let rules = &endpoint.rules.authorize;
        let page = |refusal: &Refusal, status: u16| {
            let reason = refusal.reason.as_str();
            assert_eq!((self.page.as_deref(), self.status), (Some(reason), Some(status)));
        };
        let parameters = authorization_request(endpoint, self.request.message()).unwrap();
        let known = (parameters.get(parameter::CLIENT_ID) == Some("app")).then_some(&client);
        let policy = dialect.policy(endpoint, &policy());
        let addressed = known.ok_or_else(authorize::unknown_client);
        let addressed = addressed.and_then(|client| authorize::address(&parameters, client, &policy, ISSUER));
        let addressed = match addressed {
            Ok(addressed) => addressed,
            Err(refused) => return page(&refused.0, rules.page(&refused.0).unwrap_or(rules.page_status)),
        };
        let facts =
            ClientFacts { client: &client, askable: &client.scopes, shown: None, known_resource: None };
        let location = match authorize::check(&addressed, &parameters, facts, &policy) {
            Ok(asked) => {
                let north = Answer::of("north");
                let sources = north.sources(None, &asked.scopes);
                let pairs = write::authorization_answer(rules, &addressed, "CODE", &sources);
                write::location(&addressed, &pairs)
            }
            Err(refusal) => {
                if let Some(status) = rules.page(&refusal) {
                    return page(&refusal, status);
                }
                let errors = (rules, &endpoint.rules.errors);
                write::location(&addressed, &write::authorization_error(errors, &addressed, &refusal))
            }
        };
        assert_eq!(self.location.as_deref(), Some(location.as_str()));
    }
}

impl Answer {
    fn of(tenant: &str) -> Answer {
        Answer {
            access_seconds: None,
            refresh_seconds: None,
            refresh: false,
            scope: String::new(),
            tenant: Some(tenant.to_owned()),
            level: None,
            role: None,
            base_url: true,
            personal: false,
            profile: false,
        }
    }

    fn sources<'a>(&'a self, tokens: Option<write::Tokens<'a>>, scopes: &'a ScopeSet) -> write::Sources<'a> {
        let level = self.level.as_deref().unwrap_or("user");
        let acting_for = self.tenant.as_deref().map(|tenant| write::ActingFor {
            tenant: write::Party { id: tenant, own_id: [2; 16], name: "Clinic North" },
            personal: self.personal,
            base_url: self.base_url.then_some("https://api.example.com"),
            region: Some("us"),
            level,
            person: (level == "user").then(|| write::EndUser {
                party: write::Party { id: "u-1", own_id: [3; 16], name: "Jane Doe" },
                role: Some(self.role.as_deref().unwrap_or("owner")),
                username: Some("jane"),
                email: Some("jane@example.com"),
            }),
        });
        write::Sources {
            tokens,
            scopes,
            now: NOW,
            profile: self.profile,
            acting_for,
            client_id: "app",
            app_name: "App",
            client_type: "confidential",
            redirect_uris: &[],
            issuer: ISSUER,
        }
    }

    fn written(&self, endpoint: &Endpoint, with_tokens: bool) -> String {
        let end = |seconds: Option<i64>| seconds.map(|seconds| Timestamp(NOW.0 + seconds * 1000));
        let tokens = write::Tokens {
            access: "AT",
            access_expires_at: end(self.access_seconds),
            refresh: self.refresh.then_some("RT"),
            refresh_expires_at: end(self.refresh_seconds),
        };
        let scopes = ScopeSet::parse(&self.scope).unwrap();
        let sources = self.sources(with_tokens.then_some(tokens), &scopes);
        let body = if with_tokens {
            write::token_answer(endpoint, &sources)
        } else {
            write::description(endpoint, &sources)
        };
        String::from_utf8(body).unwrap()
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

#[test]
fn every_case_gets_its_answer() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut wrong = Vec::new();
    let mut number = 0;
    for folder in entries(&root).into_iter().filter(|path| path.is_dir()) {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let own = folder.join("dialect.toml");
        let dialect = match std::fs::read_to_string(&own) {
            Ok(text) => Dialect::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", own.display())),
            Err(_) => Dialect::preset(&name).unwrap(),
        };
        for file in entries(&folder).into_iter().filter(|file| *file != own) {
            let text = std::fs::read_to_string(&file).unwrap();
            let case: Case =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            number += 1;
            if std::panic::catch_unwind(|| case.run(&dialect)).is_err() {
                wrong.push(file.display().to_string());
            }
        }
    }
    assert!(wrong.is_empty(), "these cases got other answers (see above):\n{}", wrong.join("\n"));
    assert!(number >= 15, "only {number} cases were found");
}
