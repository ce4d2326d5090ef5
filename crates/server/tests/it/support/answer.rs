//! What came back.

use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use serde_json::Value;
use symbolon_demo::page_form::PageForm;
use symbolon_server::reply::Body;
use url::Url;

/// An answer of the server.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The target of the request that it answers.
    pub target: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as text; empty when it is none.
    pub body: String,
    /// The body.
    pub bytes: Bytes,
}

impl Answer {
    pub async fn read(target: &str, response: Response<Body>) -> Answer {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body in full").to_bytes();
        // What every proxy passes on, as it is installed.
        let location = parts.headers.get("location").map_or(&b""[..], |value| value.as_bytes());
        assert!(
            !location.starts_with(b"/") || location.len() < 1024,
            "{target}: {}",
            location.escape_ascii()
        );
        Answer {
            target: target.to_owned(),
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap_or_default(),
            bytes: body,
        }
    }

    /// A header's value; empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header of text"))
    }

    /// Where it leads; empty when nowhere.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The cookies it sets, whole lines.
    pub fn cookies(&self) -> Vec<&str> {
        self.headers
            .get_all("set-cookie")
            .iter()
            .map(|value| value.to_str().expect("a cookie of text"))
            .collect()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|wrong| panic!("not JSON ({wrong}): {self:?}"))
    }

    /// The `error` of a JSON answer; empty when there is none.
    #[track_caller]
    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    /// The body of a success in JSON.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }

    /// Expects a refusal in JSON that no cache keeps and that carries no token.
    #[track_caller]
    pub fn refused(&self, status: u16, error: &str) {
        assert_eq!((self.status, self.error().as_str()), (status, error), "{self:?}");
        assert_eq!(self.header("cache-control"), "no-store", "{self:?}");
        let json = self.json();
        assert!(json["access_token"].is_null() && json["refresh_token"].is_null(), "{self:?}");
    }

    /// Expects a problem document (RFC 9457), which nobody can take for a refusal of a credential.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status, self.header("content-type")),
            (status, "application/problem+json"),
            "{self:?}"
        );
        assert_eq!(
            (self.header("cache-control"), self.header("www-authenticate")),
            ("no-store", ""),
            "{self:?}"
        );
        let json = self.json();
        assert_eq!((&json["status"], &json["code"]), (&status.into(), &code.into()), "{self:?}");
        assert!(
            json["error"].is_null() && json["detail"].is_string() && json["title"].is_string(),
            "{self:?}"
        );
    }

    /// Expects a page of ours that tells what is wrong, leads nowhere and is kept nowhere.
    #[track_caller]
    pub fn error_page(&self, status: u16) {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.header("content-type").starts_with("text/html"), "{self:?}");
        assert_eq!((self.location(), self.header("cache-control")), ("", "no-store"), "{self:?}");
        let id = self.header("x-request-id");
        assert!(!id.is_empty() && self.body.contains(id), "the page shows its request id: {self:?}");
    }

    /// The addresses of the icons on a page.
    pub fn icons(&self) -> Vec<&str> {
        let after = self.body.split("<img class=\"tile-icon\" src=\"").skip(1);
        after.filter_map(|rest| rest.split('"').next()).collect()
    }

    /// The forms of a page.
    pub fn forms(&self) -> Vec<PageForm> {
        PageForm::all(&self.body)
    }

    /// The consent form of a page, if it has one.
    pub fn consent_form(&self) -> Option<PageForm> {
        self.forms().into_iter().find(|form| form.has_button("decision", "allow"))
    }

    /// The sign-in form of a page, if it has one.
    pub fn login_form(&self) -> Option<PageForm> {
        self.forms().into_iter().find(PageForm::asks_for_password)
    }

    /// The answer to the client that this carries: a redirect away from the server, or a form that posts itself.
    #[track_caller]
    pub fn callback(&self) -> Callback {
        if self.status == 200 {
            let form = self.forms().into_iter().next().unwrap_or_else(|| panic!("no form: {self:?}"));
            let to = form.action.clone();
            return Callback { to, pairs: form.submit() };
        }
        assert_eq!(self.status, 303, "{self:?}");
        let url =
            Url::parse(self.location()).unwrap_or_else(|_| panic!("not an answer to a client: {self:?}"));
        let pairs = url.query_pairs().into_owned().collect();
        Callback { to: self.location().split('?').next().unwrap_or_default().to_owned(), pairs }
    }
}

/// What a client is told through the browser.
#[derive(Clone, Debug)]
pub struct Callback {
    /// Where, without the query.
    pub to: String,
    pairs: Vec<(String, String)>,
}

impl Callback {
    /// A parameter; `None` when it is missing. It must not be there twice.
    #[track_caller]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.pairs.iter().filter(|(own, _)| own == name);
        let first = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "`{name}` twice: {self:?}");
        first
    }

    /// The names of all parameters, in order.
    pub fn names(&self) -> Vec<&str> {
        self.pairs.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The code of a success.
    #[track_caller]
    pub fn code(&self) -> &str {
        assert_eq!(self.get("error"), None, "{self:?}");
        self.get("code").unwrap_or_else(|| panic!("no code: {self:?}"))
    }

    /// Expects an error and nothing that could be used.
    #[track_caller]
    pub fn refused(&self, error: &str) {
        assert_eq!(self.get("error"), Some(error), "{self:?}");
        assert!(self.get("code").is_none() && self.get("access_token").is_none(), "{self:?}");
    }
}
