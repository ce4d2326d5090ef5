//! What the page of a trial keeps between two requests: sealed for its app, its browser and its session, so that it opens nowhere
//! else. Its tokens exist in clear while a request is answered.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use symbolon_oauth::credential::Kind;
use symbolon_oauth::time::{CLOCK_TOLERANCE, Timestamp};

use crate::failure::Failure;
use crate::keys::Purpose;
use crate::language::Key;
use crate::pages::portal::own::Own;
use crate::trial::LASTS;

/// Steps that a page shows at most; the first one stays.
const STEPS: usize = 8;

/// What is done in a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Act {
    Authorize,
    Exchange,
    Who,
    Refresh,
    Revoke,
}

impl Act {
    /// Those that a button does.
    pub const ASKED: [Act; 4] = [Act::Exchange, Act::Who, Act::Refresh, Act::Revoke];

    pub fn title(self) -> Key {
        match self {
            Act::Authorize => Key("connect-authorize"),
            Act::Exchange => Key("connect-exchange"),
            Act::Who => Key("connect-who"),
            Act::Refresh => Key("connect-refresh"),
            Act::Revoke => Key("connect-revoke"),
        }
    }

    /// What it means that it went well.
    pub fn means(self) -> Key {
        match self {
            Act::Authorize => Key("connect-authorize-means"),
            Act::Exchange => Key("connect-exchange-means"),
            Act::Who => Key("connect-who-means"),
            Act::Refresh => Key("connect-refresh-means"),
            Act::Revoke => Key("connect-revoke-means"),
        }
    }

    /// The value of its button, and what stands on it.
    pub fn button(self) -> (&'static str, Key) {
        let value = match self {
            Act::Authorize => "",
            Act::Exchange => "exchange",
            Act::Who => "who",
            Act::Refresh => "refresh",
            Act::Revoke => "revoke",
        };
        (value, self.title())
    }
}

/// A request and its answer, with everything secret shortened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Step {
    pub act: Act,
    pub request: String,
    pub answer: String,
    /// Whether it went well.
    pub well: bool,
    /// Which check refused.
    pub reason: Option<String>,
    /// The error that came with an authorization answer, which names no check.
    pub code: Option<String>,
    pub curl: String,
}

/// A trial under way.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Sealed {
    began: i64,
    pub verifier: String,
    pub code: Option<String>,
    pub access: Option<String>,
    pub refresh: Option<String>,
    pub steps: Vec<Step>,
    pub over: bool,
}

impl Sealed {
    pub fn new(now: Timestamp, verifier: String, code: Option<&str>) -> Sealed {
        let code = code.map(str::to_owned);
        Sealed { began: now.0, verifier, code, access: None, refresh: None, steps: Vec::new(), over: false }
    }

    /// When everything that it was given ends.
    pub fn ends(&self) -> Timestamp {
        Timestamp(self.began.saturating_add(LASTS))
    }

    /// What may be done now.
    pub fn may(&self, act: Act) -> bool {
        let has = match act {
            Act::Authorize => false,
            Act::Exchange => self.code.is_some() && self.access.is_none(),
            Act::Who => self.access.is_some(),
            Act::Refresh => self.refresh.is_some(),
            Act::Revoke => self.access.is_some() || self.refresh.is_some(),
        };
        has && !self.over
    }

    /// Takes up the credentials that an answer held.
    pub fn learn(&mut self, act: Act, found: &[(Kind, String)]) {
        let of = |kind| found.iter().find(|(own, _)| *own == kind).map(|(_, text)| text.clone());
        match act {
            Act::Exchange | Act::Refresh => {
                self.access = of(Kind::AccessToken).or(self.access.take());
                self.refresh = of(Kind::RefreshToken).or(self.refresh.take());
            }
            Act::Authorize | Act::Who | Act::Revoke => {}
        }
    }

    pub fn push(&mut self, step: Step) {
        if self.steps.len() >= STEPS {
            self.steps.remove(1);
        }
        self.steps.push(step);
    }

    /// Nothing more is done with it.
    pub fn end(&mut self) {
        (self.code, self.access, self.refresh, self.over) = (None, None, None, true);
    }

    /// As it travels in the page.
    pub fn seal(&self, own: &Own<'_>) -> Result<String, Failure> {
        let text = serde_json::to_vec(self).map_err(|_| Failure::Bug("a trial could not be written"))?;
        Ok(URL_SAFE_NO_PAD.encode(own.visitor.state.keys.seal(Purpose::Trial, &text, &bound(own))?))
    }

    /// One that was sealed for this visitor, and whose time is not over.
    pub fn open(own: &Own<'_>, sealed: &str) -> Option<Sealed> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let text = own.visitor.state.keys.open(Purpose::Trial, &sealed, &bound(own))?;
        let opened: Sealed = serde_json::from_slice(&text).ok()?;
        let now = own.visitor.now;
        let is_open = opened.began - now.0 <= CLOCK_TOLERANCE && now < opened.ends();
        is_open.then_some(opened)
    }
}

/// Where a page opens: for this app, in this session of this browser.
fn bound(own: &Own<'_>) -> Vec<u8> {
    let visitor = &own.visitor;
    let mut bound = b"page".to_vec();
    bound.extend(own.app.client.id.bytes());
    bound.extend(visitor.session.id.bytes());
    bound.extend(visitor.browser.name().bytes());
    bound
}
