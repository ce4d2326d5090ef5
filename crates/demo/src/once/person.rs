//! A person at a browser: signs in, chooses, allows or refuses, by the forms the pages really have.

use http::StatusCode;
use http::header::LOCATION;
use symbolon_wire::egress::{Answer, Request};
use url::Url;

use super::walk::{Checked, Stop, Walk, status};
use crate::headless_browser::HeadlessBrowser;
use crate::page_form::PageForm;
use crate::world::{self, Persona};

/// More pages than any authorization needs: beyond it, the browser is going in circles.
const MOST_PAGES: usize = 12;

/// What a person says at consent.
#[derive(Clone)]
pub struct Decision {
    word: &'static str,
    tenant: Option<String>,
}

/// The app that asks, as far as a browser knows it.
#[derive(Clone)]
pub struct Asker {
    /// What it is called on the consent page.
    pub name: String,
    /// Where the browser is sent back to.
    pub redirect_uri: String,
}

impl Asker {
    /// An app of the world.
    #[must_use]
    pub fn of(app: &world::App) -> Asker {
        Asker { name: app.name.clone(), redirect_uri: app.redirect_uris.first().cloned().unwrap_or_default() }
    }

    /// Whether an address is its redirect URI, whatever the query.
    fn is_own(&self, url: &Url) -> bool {
        let mut bare = url.clone();
        bare.set_query(None);
        bare.as_str() == self.redirect_uri
    }
}

impl Decision {
    /// Yes, for this tenant.
    pub fn allow(tenant: &str) -> Decision {
        Decision { word: "allow", tenant: Some(tenant.to_owned()) }
    }

    /// No.
    pub fn deny() -> Decision {
        Decision { word: "deny", tenant: None }
    }
}

/// A person with a browser of their own.
pub struct Visitor {
    person: Persona,
    browser: HeadlessBrowser,
    daybook: Url,
    /// The page on the screen.
    html: String,
}

/// What an answer means to a browser.
enum Arrival {
    Page(String),
    Elsewhere(Url),
}

impl Visitor {
    /// This person, at a browser that was never used.
    pub fn new(walk: &Walk<'_>, id: &str) -> Result<Visitor, Stop> {
        let person = walk.world.person(id)?.clone();
        let daybook = Url::parse(&walk.world.addresses.app).map_err(anyhow::Error::from)?;
        Ok(Visitor { person, browser: HeadlessBrowser::default(), daybook, html: String::new() })
    }

    /// Goes where the client sends the browser, answers every page on the way, and stops when the browser is sent
    /// back to the client: that address is the answer.
    pub async fn decide(
        &mut self,
        walk: &mut Walk<'_>,
        start: &Url,
        asker: &Asker,
        decision: Decision,
    ) -> Result<Url, Stop> {
        let mut next = Ok(("Ask for authorization".to_owned(), self.browser.open(start.clone())));
        let mut signed_in = false;
        for _ in 0..MOST_PAGES {
            let (title, request) = match next {
                Ok(next) => next,
                Err(expected) => return walk.look("Answer the page", start.path(), Err(expected)),
            };
            match self.send(walk, &title, request).await? {
                Arrival::Elsewhere(url) if asker.is_own(&url) => return Ok(url),
                Arrival::Elsewhere(url) => {
                    let title = format!("Follow to {}", url.path());
                    next = Ok((title, self.browser.open(url)));
                }
                Arrival::Page(html) => {
                    next = self.answer(&html, asker, &decision, &mut signed_in);
                    self.html = html;
                }
            }
        }
        walk.look("Reach the end", start.path(), Err(format!("expected it within {MOST_PAGES} pages")))
    }

    fn answer(
        &self,
        html: &str,
        asker: &Asker,
        decision: &Decision,
        signed_in: &mut bool,
    ) -> Checked<(String, Request)> {
        let forms = PageForm::all(html);
        // Whoever asks for consent lets people say no; a page may have other forms beside.
        if let Some(form) = forms.iter().find(|form| form.has_button("decision", "deny")) {
            if !html.contains(&asker.name) {
                return Err(format!("expected the consent page to name the app, {}", asker.name));
            }
            return self.consent(form.clone(), decision);
        }
        let Some(form) = forms.into_iter().find(PageForm::asks_for_password) else {
            return Err(format!("expected a page to sign in or to consent, got “{}”", heading(html)));
        };
        if std::mem::replace(signed_in, true) {
            return Err(format!("expected the password of {} to be accepted", self.person.email));
        }
        let filled = form.fill("email", &self.person.email)?.fill("password", &self.person.password)?;
        let request = self.browser.submit(&filled, &filled.clone().submit())?;
        Ok((format!("Sign in as {}", self.person.name), request))
    }

    fn consent(&self, mut form: PageForm, decision: &Decision) -> Checked<(String, Request)> {
        let mut title = "Say no".to_owned();
        if let Some(tenant) = &decision.tenant {
            title = format!("Allow it, for the tenant {tenant}");
            // Someone who belongs to one tenant only may not be asked.
            if !form.choices("tenant").is_empty() {
                form = form.choose("tenant", tenant)?;
            }
        }
        let fields = form.clone().press("decision", decision.word)?;
        Ok((title, self.browser.submit(&form, &fields)?))
    }

    /// Looks at a page of Daybook and expects to read these words there.
    pub async fn open_daybook(
        &mut self,
        walk: &mut Walk<'_>,
        page: &str,
        (title, words): (&str, &str),
    ) -> Result<(), Stop> {
        let mut address = self.daybook.clone();
        address.set_path(page);
        let request = self.browser.open(address);
        let url = request.url().clone();
        let answer = walk.step(title, request, |answer| {
            status(answer, StatusCode::OK)?;
            let html = answer.text();
            if !html.contains(words) {
                return Err(format!("expected to read “{words}” on the page “{}”", heading(&html)));
            }
            self.browser.arrive(&url, answer);
            Ok(html)
        });
        self.html = answer.await?;
        Ok(())
    }

    /// Presses the button of the form that leads to `action`; answers where the browser is sent.
    pub async fn press(&mut self, walk: &mut Walk<'_>, title: &str, action: &str) -> Result<Url, Stop> {
        let form = PageForm::all(&self.html).into_iter().find(|form| form.action == action);
        let request = form
            .ok_or_else(|| format!("expected a form that leads to {action}"))
            .and_then(|form| self.browser.submit(&form, &form.clone().submit()));
        let request = match request {
            Ok(request) => request,
            Err(expected) => return walk.look(title, action, Err(expected)),
        };
        match self.send(walk, title, request).await? {
            Arrival::Elsewhere(url) => Ok(url),
            Arrival::Page(html) => {
                let expected = format!("expected to be sent on, stayed at “{}”", heading(&html));
                walk.look(title, action, Err(expected))
            }
        }
    }

    /// Follows a redirect that leads on.
    pub async fn follow(&mut self, walk: &mut Walk<'_>, title: &str, url: Url) -> Result<(), Stop> {
        let request = self.browser.open(url);
        self.send(walk, title, request).await?;
        Ok(())
    }

    async fn send(&mut self, walk: &mut Walk<'_>, title: &str, request: Request) -> Result<Arrival, Stop> {
        let url = request.url().clone();
        let browser = &mut self.browser;
        walk.step(title, request, |answer| {
            browser.arrive(&url, answer);
            arrival(&url, answer)
        })
        .await
    }
}

fn arrival(url: &Url, answer: &Answer) -> Checked<Arrival> {
    match answer.status() {
        StatusCode::OK => Ok(Arrival::Page(answer.text())),
        StatusCode::FOUND | StatusCode::SEE_OTHER => {
            let location = answer.header(LOCATION).ok_or("expected a Location")?;
            let url =
                url.join(location).map_err(|wrong| format!("expected an address in Location: {wrong}"))?;
            Ok(Arrival::Elsewhere(url))
        }
        other => Err(format!("expected a page or a redirect, got {other} (“{}”)", heading(&answer.text()))),
    }
}

/// What a page calls itself.
fn heading(html: &str) -> &str {
    let title = html.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    title.map_or("a page without a title", |(title, _)| title.trim())
}
