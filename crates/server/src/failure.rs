//! Everything that can go wrong in a handler. How it is told, logged and counted is in `told.rs`; nothing here knows to whom.

use http::HeaderValue;
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::reason::Reason;
use symbolon_oauth::scope::ScopeSet;
use symbolon_platform::authority::Denied;
use symbolon_store::StoreError;

use crate::clock;
use crate::language::Language;
use crate::limits::Kind;
use crate::password;
use crate::views::error_page::{Flow, Trouble, WaysOn};

/// What can go wrong.
#[derive(Debug)]
pub enum Failure {
    /// The protocol refuses.
    Refused(Refusal),
    /// Authority denies, at a resource or a check.
    Denied(Denied),
    /// The token lacks some of these scopes, and consent could give them.
    Lacks(ScopeSet),
    /// Whoever asks about a credential is wrong, not the credential: with which status that is told.
    Host(u16, Refusal),
    /// A person has to be told on a page.
    Page(Box<Trouble>),
    /// A client is refused and cannot hear it, so its person is told.
    Told(Box<Told>),
    /// This was tried or asked too often; the seconds to wait.
    Throttled(Kind, u64),
    /// The storage lost a race that could not be decided again, or is not reachable.
    Store(StoreError),
    /// Too much is asked at once, or the operating system gives no randomness.
    Busy,
    /// A mistake of ours, in words for the log.
    Bug(&'static str),
    /// A page could not be written.
    Template(askama::Error),
    /// Any of these, about a credential for the resource whose metadata are at this address.
    AtResource(String, Box<Failure>),
    /// Any of these, at a request of the app with this client id.
    Of(String, Box<Failure>),
    /// Any of these, where its person reads this language.
    In(Language, Box<Failure>),
    /// Any of these, on the way of an app's request.
    OnTheWay(Box<OnTheWay>, Box<Failure>),
}

/// What a page that says what went wrong offers on the way of an app's request.
#[derive(Debug)]
pub struct OnTheWay {
    /// The app, and where to go from there.
    pub flow: Flow,
    /// The cookie that gives the browser its name, which the request is sealed with.
    pub introduction: Option<HeaderValue>,
}

/// A refusal that is told on a page.
#[derive(Debug)]
pub struct Told {
    /// Why the client is refused.
    pub refusal: Refusal,
    /// What its person reads.
    pub trouble: Trouble,
    /// With which status.
    pub status: u16,
}

impl Failure {
    /// The same, with the app it happened to, if that is known.
    #[must_use]
    pub fn of(self, client_id: Option<&str>) -> Failure {
        match (client_id, self) {
            (None, failure) | (Some(_), failure @ Failure::Of(..)) => failure,
            (Some(client_id), failure) => Failure::Of(client_id.to_owned(), Box::new(failure)),
        }
    }

    /// Which check refused, if one did.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Failure::Refused(refusal) | Failure::Host(_, refusal) => Some(refusal.reason),
            Failure::Denied(denied) => Some(denied.reason()),
            Failure::Lacks(_) => Some(Reason::MissingScope),
            Failure::Told(told) => Some(told.refusal.reason),
            Failure::Throttled(..) => Some(Reason::Throttled),
            Failure::Store(_) | Failure::Busy => Some(Reason::Unavailable),
            Failure::Bug(_) => Some(Reason::Bug),
            Failure::Template(_) => Some(Reason::Template),
            Failure::Page(_) => None,
            Failure::AtResource(_, failure)
            | Failure::Of(_, failure)
            | Failure::In(_, failure)
            | Failure::OnTheWay(_, failure) => failure.reason(),
        }
    }

    /// The same, to be told in this language.
    #[must_use]
    pub fn said_in(self, language: Language) -> Failure {
        Failure::In(language, Box::new(self))
    }

    /// The same, with what its page offers.
    #[must_use]
    pub fn on_the_way(self, ways: OnTheWay) -> Failure {
        Failure::OnTheWay(Box::new(ways), Box::new(self))
    }

    /// Where its page may lead on the way of an app's request.
    #[must_use]
    pub fn ways_on(&self) -> WaysOn {
        match self {
            Failure::Page(trouble) => trouble.ways_on(),
            Failure::Told(told) => told.trouble.ways_on(),
            Failure::Throttled(..)
            | Failure::Store(_)
            | Failure::Busy
            | Failure::Bug(_)
            | Failure::Template(_) => WaysOn::BackAndAgain,
            Failure::Refused(_)
            | Failure::Denied(_)
            | Failure::Lacks(_)
            | Failure::Host(..)
            | Failure::OnTheWay(..) => WaysOn::None,
            Failure::Of(_, failure) | Failure::AtResource(_, failure) | Failure::In(_, failure) => {
                failure.ways_on()
            }
        }
    }

    /// The same, about a credential for the resource whose metadata are at `metadata`.
    #[must_use]
    pub fn at_resource(self, metadata: String) -> Failure {
        Failure::AtResource(metadata, Box::new(self))
    }

    /// Whether it says that a client does not exist or is not who it says, or that nobody looks.
    #[must_use]
    pub fn denies_the_client(&self) -> bool {
        let unknown = |trouble: &Trouble| matches!(trouble, Trouble::UnknownApp);
        matches!(self, Failure::Refused(refusal) if refusal.code == ErrorCode::InvalidClient)
            || matches!(self, Failure::Throttled(Kind::Credentials, _))
            || matches!(self, Failure::Told(told) if unknown(&told.trouble))
            || matches!(
                self,
                Failure::Of(_, failure)
                    | Failure::AtResource(_, failure)
                    | Failure::In(_, failure)
                    | Failure::OnTheWay(_, failure)
                    if failure.denies_the_client()
            )
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::Refused(refusal)
    }
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Failure {
        Failure::Denied(denied)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Store(error)
    }
}

impl From<clock::Unavailable> for Failure {
    fn from(_: clock::Unavailable) -> Failure {
        Failure::Busy
    }
}

impl From<password::PasswordError> for Failure {
    fn from(_: password::PasswordError) -> Failure {
        Failure::Busy
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        Failure::Page(Box::new(trouble))
    }
}

impl From<Told> for Failure {
    fn from(told: Told) -> Failure {
        Failure::Told(Box::new(told))
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Failure {
        Failure::Template(error)
    }
}
