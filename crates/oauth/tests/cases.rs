//! The golden cases: what arrives on a dialect's wire, and what must leave it.
//!
//! Each file of `cases/<dialect>/` is one case (see `cases/README.md`). A report of a vendor's odd request becomes a
//! file there, never a function here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use symbolon_oauth::authorize::{self, Terms};
use symbolon_oauth::client::{Client, ClientType, GrantType, Level};
use symbolon_oauth::client_authentication::PresentedClient;
use symbolon_oauth::dialect::read::{Message, authorization_request, back_channel};
use symbolon_oauth::dialect::{Dialect, Policy, Rotation, Serves, write};
use symbolon_oauth::error::Refusal;
use symbolon_oauth::id::Id;
use symbolon_oauth::parameters::Parameters;
use symbolon_oauth::pkce::PkceRule;
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
    path: Option<String>,
    #[serde(default)]
    request: Request,
    /// What the core is told, at a back channel: every parameter, by its canonical name.
    reads: Option<BTreeMap<String, String>>,
    /// Where the browser is sent: with the code `CODE` when every check passes.
    location: Option<String>,
    /// The reason on the page that is shown instead.
    page: Option<String>,
    status: Option<u16>,
    /// The body of the refusal, or of the answer.
    body: Option<String>,
    /// The facts of a token answer.
    answer: Option<Answer>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Request {
    query: Option<String>,
    content_type: Option<String>,
    authorization: Option<String>,
    authentication: Option<String>,
    body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    access_seconds: Option<i64>,
    refresh_seconds: Option<i64>,
    #[serde(default)]
    refresh: bool,
    scope: String,
    tenant: Option<String>,
}

fn app() -> Client {
    Client {
        id: Id::new([1; 16]),
        client_id: "app".to_owned(),
        client_type: ClientType::Confidential,
        dialect: String::new(),
        secrets: Vec::new(),
        authentication_method: None,
        redirect_uris: vec![
            "https://app.example.net/cb".to_owned(),
            "https://app.example.net/cb?foo=bar".to_owned(),
        ],
        scopes: ScopeSet::parse("forms:read forms:write").unwrap(),
        optional_scopes: ScopeSet::new(),
        grant_types: GrantType::ALL.to_vec(),
        pkce_excused: true,
        level: Level::User,
    }
}

fn policy() -> Policy {
    Policy {
        code: Lifetime::seconds(60),
        access: Lifetime::seconds(3600),
        refresh: Lifetime::seconds(86_400),
        refresh_max_confidential: Lifetime::NEVER,
        refresh_max_public: Lifetime::seconds(864_000),
        grace: Lifetime::seconds(60),
        rotation: Rotation::Strict,
        refresh_tokens: true,
        pkce: PkceRule::Required,
    }
}

impl Request {
    fn message(&self) -> Message<'_> {
        Message {
            query: self.query.as_deref(),
            content_type: self.content_type.as_deref(),
            authorization: self.authorization.as_deref(),
            authentication: self.authentication.as_deref(),
            body: self.body.as_bytes(),
        }
    }
}

impl Case {
    fn run(&self, dialect: &Dialect) {
        if let Some(answer) = &self.answer {
            return assert_eq!(answer.written(dialect), self.body.as_deref().unwrap());
        }
        let path = self.path.as_deref().unwrap();
        let endpoint = dialect.endpoints.iter().find(|own| own.paths.iter().any(|own| own == path)).unwrap();
        if endpoint.serves == Serves::Authorize {
            return self.authorize(dialect);
        }
        let message = self.request.message();
        let read = back_channel(dialect, endpoint, message).and_then(|parameters| {
            PresentedClient::read(message.authorization, &parameters).map(|_| parameters)
        });
        match read {
            Ok(parameters) => {
                let expected = self.reads.as_ref().unwrap_or_else(|| panic!("it is read: {parameters:?}"));
                let form = parameters.to_form();
                let found: BTreeMap<_, _> = form_urlencoded::parse(form.as_bytes()).into_owned().collect();
                assert_eq!(&found, expected);
            }
            Err(refusal) => self.refused(dialect, &refusal),
        }
    }

    fn refused(&self, dialect: &Dialect, refusal: &Refusal) {
        let (status, body) = write::refusal(dialect, refusal);
        let body = String::from_utf8(body).unwrap();
        assert_eq!((Some(status), Some(&body)), (self.status, self.body.as_ref()));
    }

    fn authorize(&self, dialect: &Dialect) {
        let client = Client { dialect: dialect.name.clone(), ..app() };
        let parameters: Parameters = authorization_request(dialect, self.request.message()).unwrap();
        let known = (parameters.get("client_id") == Some("app")).then_some(&client);
        let addressed = match authorize::address(&parameters, known, dialect, ISSUER) {
            Ok(addressed) => addressed,
            Err(page) => {
                assert_eq!(self.page.as_deref(), Some(page.0.reason.as_str()));
                return assert_eq!(self.status, Some(dialect.authorize.page_status));
            }
        };
        let policy = dialect.policy(&policy());
        let terms = Terms {
            client: &client,
            dialect,
            policy: &policy,
            askable: &client.scopes,
            known_resource: None,
        };
        let location = match authorize::check(&addressed, &parameters, terms) {
            Ok(_) => write::location(&addressed, &write::authorization_answer(&addressed, "CODE")),
            Err(refusal) => {
                write::location(&addressed, &write::authorization_error(dialect, &addressed, &refusal))
            }
        };
        assert_eq!(Some(location), self.location);
    }
}

impl Answer {
    fn written(&self, dialect: &Dialect) -> String {
        let end = |seconds: Option<i64>| seconds.map(|seconds| Timestamp(NOW.0 + seconds * 1000));
        let acting_for = self.tenant.as_deref().map(|tenant| write::ActingFor {
            base_url: Some("https://api.example.com"),
            tenant_id: tenant,
            tenant_name: "Clinic North",
            level: "user",
            role: Some("owner"),
            user_id: Some("u-1"),
        });
        let answer = write::TokenAnswer {
            access_token: "AT",
            access_expires_at: end(self.access_seconds),
            refresh_token: self.refresh.then_some("RT"),
            refresh_expires_at: end(self.refresh_seconds),
            scopes: &ScopeSet::parse(&self.scope).unwrap(),
            issued_at: NOW,
            acting_for,
        };
        String::from_utf8(write::token_answer(dialect, &answer)).unwrap()
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
        let dialect = Dialect::preset(&name).unwrap();
        for file in entries(&folder) {
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
