//! Everything the sample app says to servers, and what they answer, written down for the panel on its page.
//!
//! Invariant: what is written down carries the beginning of a secret and never the whole.

use http::HeaderName;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use serde_json::Value;
use url::Url;

use symbolon_wire::egress::{Answer, Egress, EgressError, Request};

/// Fields and members that are shown shortened.
const SECRETS: [&str; 8] =
    ["access_token", "refresh_token", "id_token", "client_secret", "code", "code_verifier", "state", "token"];
/// The members of an answer that are.
const SECRETS_OF_ANSWERS: [&str; 4] = ["access_token", "refresh_token", "id_token", "token"];

/// Request headers that carry a credential. The second is one vendor's own word for the first.
const CREDENTIALS: [HeaderName; 2] = [AUTHORIZATION, HeaderName::from_static("authentication")];

/// One request and its answer, as text.
#[derive(Clone)]
pub struct Entry {
    /// What it was for.
    pub title: String,
    /// The request line.
    pub line: String,
    /// The rest of the request.
    pub sent: String,
    /// The status, or what stands for one.
    pub status: String,
    /// Whether it went as hoped.
    pub good: bool,
    /// What came back.
    pub received: String,
}

/// A client that writes down what it does.
pub struct Conversation {
    egress: Egress,
    /// What was written down so far.
    pub entries: Vec<Entry>,
}

impl Conversation {
    /// Begins a new one.
    #[must_use]
    pub fn new(egress: Egress) -> Conversation {
        Conversation { egress, entries: Vec::new() }
    }

    /// Sends a request and writes both sides down.
    ///
    /// # Errors
    /// When no answer came.
    pub async fn send(&mut self, title: &str, request: Request) -> Result<Answer, EgressError> {
        let line = format!("{} {}", request.method(), request.url().as_str());
        let sent = describe_request(&request);
        let answer = self.egress.send(request).await;
        let (status, good, received) = match &answer {
            Ok(answer) => {
                (answer.status().to_string(), answer.status().is_success(), describe_answer(answer))
            }
            Err(reason) => ("no answer".to_owned(), false, reason.to_string()),
        };
        self.entries.push(Entry { title: title.to_owned(), line, sent, status, good, received });
        answer
    }

    /// Writes down that the browser was sent somewhere.
    pub fn browser_leaves(&mut self, title: &str, to: &Url) {
        let (line, sent) = describe_address("Location:", to);
        let status = "303 See Other".to_owned();
        self.entries.push(Entry {
            title: title.to_owned(),
            line,
            sent,
            status,
            good: true,
            received: String::new(),
        });
    }

    /// Writes down that the browser came back, and what was made of it.
    pub fn browser_returns(&mut self, title: &str, to: &Url, verdict: Result<(), String>) {
        let (line, sent) = describe_address("GET", to);
        let good = verdict.is_ok();
        let status = if good { "accepted" } else { "refused" }.to_owned();
        let received = verdict.err().unwrap_or_default();
        self.entries.push(Entry { title: title.to_owned(), line, sent, status, good, received });
    }
}

fn describe_address(verb: &str, url: &Url) -> (String, String) {
    let mut bare = url.clone();
    bare.set_query(None);
    (format!("{verb} {bare}"), describe_fields(url.query_pairs()))
}

fn describe_request(request: &Request) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (name, value) in request.headers() {
        if CREDENTIALS.contains(name) {
            let (scheme, credential) = value.split_once(' ').unwrap_or(("", value));
            lines.push(format!("{name}: {scheme} {}", shorten(credential)));
        } else if name == CONTENT_TYPE {
            lines.push(format!("{name}: {value}"));
        }
    }
    let body = match serde_json::from_slice::<Value>(request.body()) {
        Ok(body) => describe_json(body, &SECRETS),
        Err(_) => describe_fields(form_urlencoded::parse(request.body())),
    };
    lines.extend((!body.is_empty()).then_some(body));
    lines.join("\n")
}

fn describe_fields<'a>(
    fields: impl Iterator<Item = (std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>)>,
) -> String {
    let line = |(name, value): (std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>)| {
        if SECRETS.contains(&&*name) {
            format!("{name}={}", shorten(&value))
        } else {
            format!("{name}={value}")
        }
    };
    fields.map(line).collect::<Vec<_>>().join("\n")
}

fn describe_answer(answer: &Answer) -> String {
    let mut lines: Vec<String> = Vec::new();
    for name in [CONTENT_TYPE, CACHE_CONTROL, WWW_AUTHENTICATE, LOCATION] {
        if let Some(value) = answer.header(name.clone()) {
            lines.push(format!("{name}: {value}"));
        }
    }
    lines.push(match answer.json::<Value>() {
        // `{"error": …, "code": …}`: in an answer, the code is a word for developers.
        Ok(body) => describe_json(body, &SECRETS_OF_ANSWERS),
        Err(_) if answer.body().is_empty() => "(no body)".to_owned(),
        Err(_) => format!("({} bytes that are not JSON)", answer.body().len()),
    });
    lines.join("\n")
}

fn describe_json(mut body: Value, secrets: &[&str]) -> String {
    hide(&mut body, secrets);
    serde_json::to_string_pretty(&body).unwrap_or_default()
}

fn hide(body: &mut Value, secrets: &[&str]) {
    let Value::Object(members) = body else { return };
    for (name, member) in members {
        match member {
            Value::String(secret) if secrets.contains(&name.as_str()) => *secret = shorten(secret),
            _ => hide(member, secrets),
        }
    }
}

/// The first third of a secret, twenty characters at most: enough to tell two apart, of no use to anyone.
fn shorten(secret: &str) -> String {
    let shown = (secret.chars().count() / 3).min(20);
    secret.chars().take(shown).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "demo_rt_live_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf0dCmIx";

    #[test]
    fn shows_the_beginning_of_a_secret_only() {
        assert_eq!(shorten(SECRET), "demo_rt_live_003aUlT…");
        assert_eq!(shorten("short"), "s…");
        assert_eq!(shorten(""), "…");
    }

    #[test]
    fn hides_secrets_in_forms_headers_and_answers() {
        let url = Url::parse("http://127.0.0.1/oauth/token").expect("a URL");
        let fields = [("grant_type", "refresh_token"), ("refresh_token", SECRET)];
        let described = describe_request(&Request::post_form(url, &fields).bearer(SECRET));
        assert!(described.contains("grant_type=refresh_token\nrefresh_token=demo_rt"), "{described}");
        assert!(described.contains("content-type: application/x-www-form-urlencoded"), "{described}");
        assert!(described.contains("authorization: Bearer demo_rt"), "{described}");
        assert!(!described.contains("dCmIx"), "{described}");

        let body = serde_json::json!({ "access_token": SECRET, "scope": "profile", "code": "expired" });
        let described = describe_json(body, &SECRETS_OF_ANSWERS);
        assert!(!described.contains("dCmIx"), "{described}");
        assert!(described.contains(r#""profile""#) && described.contains(r#""expired""#), "{described}");
    }

    #[test]
    fn hides_secrets_in_json_in_envelopes_and_in_headers_of_other_names() {
        let url = Url::parse("http://127.0.0.1/token").expect("a URL");
        let body = serde_json::json!({ "code": SECRET, "client_id": "daybook" });
        let described = describe_request(&Request::post_json(url.clone(), &body));
        assert!(described.contains(r#""client_id": "daybook""#), "{described}");
        assert!(!described.contains("dCmIx"), "{described}");

        let request = Request::new(http::Method::DELETE, url);
        let described = describe_request(&request.header(CREDENTIALS[1].clone(), format!("Bearer {SECRET}")));
        assert_eq!(described, "authentication: Bearer demo_rt_live_003aUlT…");

        let wrapped = serde_json::json!({ "oauth": { "refresh_token": SECRET } });
        assert!(!describe_json(wrapped, &SECRETS_OF_ANSWERS).contains("dCmIx"));
    }
}
