//! A browser without a screen: cookies, the page it is on, and the headers that servers look at.
//!
//! It sends nothing by itself and follows nothing by itself; it writes requests and takes in answers, so that a walk
//! can show every one of them. What it sends is what browsers send: cookies to their host, `Sec-Fetch-Site`, and on a
//! POST the `Origin`, which is `null` when the page was served with `Referrer-Policy: no-referrer`.

use http::header::{ACCEPT, COOKIE, HeaderName, ORIGIN, REFERRER_POLICY};
use symbolon_wire::egress::{Answer, Request};
use url::Url;

use super::cookie_jar::CookieJar;
use super::page_form::PageForm;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// One browser of one person.
#[derive(Default)]
pub struct HeadlessBrowser {
    jar: CookieJar,
    page: Option<Page>,
}

struct Page {
    url: Url,
    hides_origin: bool,
}

impl HeadlessBrowser {
    /// The request for an address, typed in or followed.
    #[must_use]
    pub fn open(&self, url: Url) -> Request {
        self.dress(Request::get(url))
    }

    /// The request that submits a form of the current page with these fields.
    ///
    /// # Errors
    /// A sentence, when there is no page or the form's action leads nowhere.
    pub fn submit(&self, form: &PageForm, fields: &[(String, String)]) -> Result<Request, String> {
        let page = self.page.as_ref().ok_or("there is no page to submit a form from")?;
        // An empty action is the page's own address.
        let mut url = page
            .url
            .join(&form.action)
            .map_err(|wrong| format!("the form's action `{}` cannot be followed: {wrong}", form.action))?;
        url.set_fragment(None);
        if form.method != http::Method::POST {
            url.query_pairs_mut().clear().extend_pairs(fields);
            return Ok(self.open(url));
        }
        let origin =
            if page.hides_origin { "null".to_owned() } else { page.url.origin().ascii_serialization() };
        Ok(self.dress(Request::post_form(url, fields).header(ORIGIN, origin)))
    }

    /// Takes in an answer: its cookies, and the page if it is one.
    pub fn arrive(&mut self, url: &Url, answer: &Answer) {
        self.jar.keep(url, answer.headers());
        if !answer.status().is_redirection() {
            let hides_origin = answer.header(REFERRER_POLICY).is_some_and(|policy| policy == "no-referrer");
            self.page = Some(Page { url: url.clone(), hides_origin });
        }
    }

    fn dress(&self, request: Request) -> Request {
        let site = match &self.page {
            None => "none",
            Some(page) if page.url.origin() == request.url().origin() => "same-origin",
            Some(page) if page.url.host() == request.url().host() => "same-site",
            Some(_) => "cross-site",
        };
        let cookies = self.jar.header(request.url());
        let request = request.header(ACCEPT, "text/html").header(SEC_FETCH_SITE, site);
        match cookies {
            Some(cookies) => request.header(COOKIE, cookies),
            None => request,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(page: &str) -> HeadlessBrowser {
        let url = Url::parse(page).expect(page);
        HeadlessBrowser { page: Some(Page { url, hides_origin: false }), ..HeadlessBrowser::default() }
    }

    fn header(request: &Request, name: HeaderName) -> Option<String> {
        request.headers().iter().find(|(own, _)| *own == name).map(|(_, value)| value.clone())
    }

    #[test]
    fn an_empty_action_is_the_page_itself() {
        let form = PageForm::all(r#"<form method="post"><button>Go</button></form>"#).remove(0);
        let browser = on("http://127.0.0.1:1/login?next=%2Fa");
        let request = browser.submit(&form, &form.clone().submit()).expect("a request");
        assert_eq!(request.url().as_str(), "http://127.0.0.1:1/login?next=%2Fa");
        assert_eq!(header(&request, ORIGIN).as_deref(), Some("http://127.0.0.1:1"));
        assert_eq!(header(&request, SEC_FETCH_SITE).as_deref(), Some("same-origin"));
    }

    #[test]
    fn a_get_form_puts_its_fields_into_the_address() {
        let form = PageForm::all(r#"<form action="/find?old=1"><input name=q value="a b"></form>"#).remove(0);
        let request = on("http://127.0.0.1:1/").submit(&form, &form.clone().submit()).expect("a request");
        assert_eq!(request.url().as_str(), "http://127.0.0.1:1/find?q=a+b");
    }

    #[test]
    fn another_port_is_the_same_site_but_not_the_same_origin() {
        let request = on("http://127.0.0.1:1/").open(Url::parse("http://127.0.0.1:2/").expect("a URL"));
        assert_eq!(header(&request, SEC_FETCH_SITE).as_deref(), Some("same-site"));
    }
}
