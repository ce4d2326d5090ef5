//! A person and their browser.

use std::collections::BTreeSet;
use std::net::IpAddr;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use symbolon_demo::cookie_jar::CookieJar;
use symbolon_demo::page_form::PageForm;
use url::Url;

use super::{Answer, Asked, Callback, HOME, TestApp};

/// Everyone's password.
pub const PASSWORD: &str = "correct horse battery staple";
/// No walk is longer.
const STEPS_AT_MOST: usize = 10;

/// A person with a browser: cookies, and the page they look at.
pub struct Person {
    app: TestApp,
    /// What they sign in with.
    pub email: String,
    /// What they type as their password.
    pub password: String,
    /// Where they are.
    pub address: IpAddr,
    /// The name of the server in their address bar, if it is not the issuer's.
    pub host: Option<&'static str>,
    jar: CookieJar,
    /// The names of the cookies that outlive the visit.
    kept: BTreeSet<String>,
    page: Option<Answer>,
}

impl Person {
    pub(super) fn new(app: &TestApp, name: &str) -> Person {
        Person {
            app: app.clone(),
            email: format!("{name}@example.com"),
            password: PASSWORD.to_owned(),
            address: HOME,
            host: None,
            jar: CookieJar::default(),
            kept: BTreeSet::new(),
            page: None,
        }
    }

    /// The same person at another browser, which knows nothing yet.
    pub fn elsewhere(&self) -> Person {
        let mut other = Person::new(&self.app, "");
        other.email.clone_from(&self.email);
        other.password.clone_from(&self.password);
        other
    }

    /// The same at another browser, at this address.
    pub fn at(&self, address: &str) -> Person {
        let mut other = self.elsewhere();
        other.address = address.parse().expect("an address");
        other
    }

    /// Their next requests go to this node.
    pub fn comes_to(&mut self, node: &TestApp) {
        self.app = node.clone();
    }

    /// The cookies that would be sent to the server, one line.
    pub fn cookies(&self) -> String {
        self.jar.header(&self.absolute("/")).unwrap_or_default()
    }

    /// Puts a cookie into the browser, as an attacker beside it could.
    pub fn plant_cookie(&mut self, line: &str) {
        let mut headers = http::HeaderMap::new();
        headers.insert("set-cookie", line.parse().expect("a cookie"));
        self.jar.keep(&self.absolute("/"), &headers);
    }

    /// Closes the browser and opens it again: what was kept for the visit alone is gone.
    pub fn restarts(&mut self) {
        let kept: Vec<String> =
            self.kept.iter().map(|name| format!("{name}={}", self.cookie(name))).collect();
        self.jar = CookieJar::default();
        self.page = None;
        for line in kept {
            self.plant_cookie(&format!("{line}; Path=/"));
        }
    }

    /// The value of a cookie; empty when there is none.
    pub fn cookie(&self, name: &str) -> String {
        let cookies = self.cookies();
        let found = cookies.split("; ").find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        found.unwrap_or_default().to_owned()
    }

    fn absolute(&self, target: &str) -> Url {
        let base = self.host.map_or_else(|| self.app.issuer().to_owned(), |host| format!("http://{host}"));
        let base = Url::parse(&base).expect("a URL");
        base.join(target).expect("an address on the server")
    }

    /// Sends one request and follows nothing.
    pub async fn fetch(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        self.fetch_bytes(method, target, headers, Bytes::from(body.to_owned())).await
    }

    /// Posts a form with a file in it, as browsers do (`multipart/form-data`); follows nothing.
    pub async fn uploads(
        &mut self,
        target: &str,
        fields: &[(String, String)],
        (field, file): (&str, &[u8]),
    ) -> Answer {
        const BETWEEN: &str = "----a-storys-boundary";
        let mut body = Vec::new();
        for (name, value) in fields.iter().filter(|(name, _)| name != field) {
            let part =
                format!("--{BETWEEN}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--{BETWEEN}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"a file\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{BETWEEN}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary=\"{BETWEEN}\"");
        let headers =
            [("content-type", kind.as_str()), ("sec-fetch-site", "same-origin"), ("origin", "null")];
        self.fetch_bytes("POST", target, &headers, body.into()).await
    }

    async fn fetch_bytes(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Answer {
        let url = self.absolute(target);
        let cookies = self.jar.header(&url);
        let mut all = headers.to_vec();
        all.extend(self.host.map(|host| ("host", host)));
        if let Some(cookies) = &cookies {
            all.push(("cookie", cookies));
        }
        let mut request = self.app.request(method, target, &all, "");
        *request.body_mut() = Full::new(body);
        let answer = self.app.send(request, self.address).await;
        self.jar.keep(&url, &answer.headers);
        let lasting = answer.cookies().into_iter().filter(|line| line.contains("Max-Age"));
        self.kept.extend(lasting.filter_map(|line| Some(line.split_once('=')?.0.to_owned())));
        if !(300..400).contains(&answer.status) {
            self.page = Some(answer.clone());
        }
        answer
    }

    /// Opens one address and follows nothing.
    pub async fn look(&mut self, target: &str) -> Answer {
        self.fetch("GET", target, &[("sec-fetch-site", "none")], "").await
    }

    /// Opens an address and follows redirects as long as they stay on the server.
    pub async fn open(&mut self, target: &str) -> Answer {
        let answer = self.look(target).await;
        self.follow(answer).await
    }

    async fn follow(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..STEPS_AT_MOST {
            if !answer.location().starts_with('/') {
                return answer;
            }
            let target = answer.location().to_owned();
            answer = self.look(&target).await;
        }
        panic!("redirects without end: {answer:?}");
    }

    /// The page they look at.
    #[track_caller]
    pub fn page(&self) -> &Answer {
        self.page.as_ref().expect("a page was opened")
    }

    /// The request that a form of the current page makes, for sending it in other ways than a browser would.
    pub fn written(
        &self,
        form: &PageForm,
        fields: &[(String, String)],
        headers: &[(&str, &str)],
    ) -> Request<Full<Bytes>> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let cookies = self.cookies();
        let mut all = vec![("cookie", cookies.as_str())];
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            all.push(("content-type", "application/x-www-form-urlencoded"));
        }
        all.extend_from_slice(headers);
        self.app.request("POST", &form.action, &all, &body)
    }

    /// Sends a form of the current page and follows nothing.
    pub async fn post(&mut self, form: &PageForm, fields: &[(String, String)]) -> Answer {
        let here = self.page().target.clone();
        let target = if form.action.is_empty() { here } else { form.action.clone() };
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
            ("origin", "null"),
        ];
        self.fetch("POST", &target, &headers, &body).await
    }

    /// Fills in the sign-in form of the current page and sends it; follows nothing.
    pub async fn submit_login(&mut self) -> Answer {
        let form = self.page().login_form().unwrap_or_else(|| panic!("no sign-in form: {:?}", self.page()));
        let filled =
            form.clone().fill("email", &self.email).and_then(|form| form.fill("password", &self.password));
        let fields = filled.expect("the fields of a sign-in").submit();
        self.post(&form, &fields).await
    }

    /// Tries a password once and follows nothing.
    pub async fn tries(&mut self, password: &str) -> Answer {
        let right = std::mem::replace(&mut self.password, password.to_owned());
        self.look("/login").await;
        let answer = self.submit_login().await;
        self.password = right;
        answer
    }

    /// Tries their own password once and follows nothing.
    pub async fn tries_their_own(&mut self) -> Answer {
        let own = self.password.clone();
        self.tries(&own).await
    }

    /// Signs in, on the page that asks for it or else on `/login`, and follows to where it leads.
    pub async fn sign_in(&mut self) -> Answer {
        if self.page.as_ref().and_then(Answer::login_form).is_none() {
            self.open("/login").await;
        }
        let answer = self.submit_login().await;
        let begun = |line: &&str| {
            line.starts_with("symbolon_session=") || line.starts_with("__Host-symbolon_session=")
        };
        assert!(answer.cookies().iter().any(begun), "{} signs in: {answer:?}", self.email);
        self.follow(answer).await
    }

    /// Makes an account under this name, with the address and the password that are theirs; follows nothing.
    pub async fn signs_up(&mut self, name: &str) -> Answer {
        let form = self.open("/signup").await.login_form().expect("a form to sign up");
        let filled = form.clone().fill("name", name).and_then(|form| form.fill("email", &self.email));
        let fields = filled.and_then(|form| form.fill("password", &self.password)).expect("the fields");
        self.post(&form, &fields.submit()).await
    }

    /// Signs out.
    pub async fn sign_out(&mut self) {
        let page = self.open("/logout").await;
        let form = page.forms().into_iter().next().expect("a form to sign out");
        let answer = self.post(&form, &form.clone().submit()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// The consent form of the current page, and what pressing a button of it would send after `fill` changed it: for
    /// sending it in other ways than a browser would.
    #[track_caller]
    pub fn deciding(
        &self,
        decision: &str,
        fill: impl FnOnce(PageForm) -> PageForm,
    ) -> (PageForm, Vec<(String, String)>) {
        let form = self.page().consent_form().unwrap_or_else(|| panic!("no consent form: {:?}", self.page()));
        let fields = fill(form.clone()).press("decision", decision).expect("the button");
        (form, fields)
    }

    /// Presses a button of the consent form of the current page, after changing what `fill` changes.
    pub async fn decide(&mut self, decision: &str, fill: impl FnOnce(PageForm) -> PageForm) -> Answer {
        let (form, fields) = self.deciding(decision, fill);
        let answer = self.post(&form, &fields).await;
        self.follow(answer).await
    }

    /// Allows what the current page asks. With several tenants on offer and none chosen, the first.
    pub async fn consents(&mut self) -> Answer {
        self.decide("allow", first_tenant).await
    }

    /// Allows it for this tenant.
    pub async fn consents_for(&mut self, tenant: &str) -> Answer {
        self.decide("allow", choosing(tenant)).await
    }

    /// Allows it without these optional scopes.
    pub async fn consents_without(&mut self, scopes: &[&str]) -> Answer {
        let (form, fields) = self.deciding("allow", first_tenant);
        let unticked = |(name, value): &(String, String)| name == "scope" && scopes.contains(&value.as_str());
        let fields: Vec<_> = fields.into_iter().filter(|pair| !unticked(pair)).collect();
        let answer = self.post(&form, &fields).await;
        self.follow(answer).await
    }

    /// Refuses what the current page asks.
    pub async fn refuses(&mut self) -> Answer {
        self.decide("deny", |form| form).await
    }

    /// Follows a client's link and does what the pages ask, up to the answer to the client.
    pub async fn connects(&mut self, asked: &Asked) -> Callback {
        self.walk(asked, None).await.callback()
    }

    /// The same for this tenant.
    pub async fn connects_for(&mut self, asked: &Asked, tenant: &str) -> Callback {
        self.walk(asked, Some(tenant)).await.callback()
    }

    /// The same, up to whatever is not ours to do.
    pub async fn walk(&mut self, asked: &Asked, tenant: Option<&str>) -> Answer {
        let mut answer = self.open(&asked.url()).await;
        for _ in 0..STEPS_AT_MOST {
            if answer.status != 200 {
                return answer;
            }
            answer = if answer.consent_form().is_some() {
                match tenant {
                    Some(tenant) => self.consents_for(tenant).await,
                    None => self.consents().await,
                }
            } else if answer.login_form().is_some() {
                self.sign_in().await
            } else {
                return answer;
            };
        }
        panic!("pages without end: {answer:?}");
    }

    /// Disconnects the first connected app on the account page.
    pub async fn disconnects(&mut self) {
        let page = self.open("/account").await;
        let (_, rest) = page.body.split_once("/account/connections/").expect("a connected app");
        let (id, _) = rest.split_once("/disconnect").expect("a way to disconnect it");
        let page = self.open(&format!("/account/connections/{id}/disconnect")).await;
        let disconnects = |form: &PageForm| form.action.is_empty() || form.action.ends_with("/disconnect");
        let form = page.forms().into_iter().find(disconnects).expect("a form to disconnect");
        let answer = self.post(&form, &form.clone().submit()).await;
        assert_eq!(answer.status, 303, "{answer:?}");
    }
}

/// What a form would send, with this value in place of what it has under the name.
pub fn with_field(fields: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    let mut fields: Vec<_> = fields.iter().filter(|(own, _)| own != name).cloned().collect();
    fields.push((name.to_owned(), value.to_owned()));
    fields
}

/// The form with this tenant chosen.
pub fn choosing(tenant: &str) -> impl FnOnce(PageForm) -> PageForm {
    move |form| form.choose("tenant", tenant).expect("the tenant is on offer")
}

fn first_tenant(form: PageForm) -> PageForm {
    let first = form.choices("tenant").first().map(|tenant| (*tenant).to_owned());
    let chosen = form
        .clone()
        .press("decision", "allow")
        .is_ok_and(|fields| fields.iter().any(|(name, value)| name == "tenant" && !value.is_empty()));
    match first {
        Some(first) if !chosen => form.choose("tenant", &first).expect("the first tenant"),
        _ => form,
    }
}
