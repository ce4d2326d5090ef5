//! An app as the product sees it: a name, an owner, a life. What the protocol needs of it is its [`Client`].
//!
//! Before somebody has signed in, less of an app can be seen and heard: a stopped one looks like none, so that client ids
//! cannot be guessed, and an unreviewed one has no browser sent to it by an error, or we would be its open redirector.

pub mod manifest;
pub mod preset;
pub mod registration;
pub mod unfit;
pub mod version;

mod about;
mod look;

use symbolon_oauth::client::Client;
use symbolon_oauth::id::UserId;
use symbolon_oauth::time::Timestamp;

use crate::listing::Listing;

pub use about::{About, UnfitAbout};
pub use look::{Link, Look};
pub use registration::Registration;
pub use unfit::Unfit;

/// Where an app stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppStatus {
    /// Being built: usable, with a notice at consent; consent is never remembered silently.
    Development,
    /// Reviewed and public.
    Live,
    /// Stopped by staff: no sign-in, no token, no check passes until it is resumed.
    Suspended,
}

impl AppStatus {
    /// Every status.
    pub const ALL: [AppStatus; 3] = [AppStatus::Development, AppStatus::Live, AppStatus::Suspended];

    /// The spelling of declared state and storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            AppStatus::Development => "development",
            AppStatus::Live => "live",
            AppStatus::Suspended => "suspended",
        }
    }

    /// Reads that spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<AppStatus> {
        AppStatus::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

/// An app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// The protocol's view of it.
    pub client: Client,
    /// Shown at consent and among connected apps.
    pub name: String,
    /// What else people are shown of it.
    pub listing: Listing,
    /// Where it stands.
    pub status: AppStatus,
    /// The developer who owns it.
    pub owner: Option<UserId>,
    /// When it was created.
    pub created_at: Timestamp,
}

/// What whoever comes with the client id of an app gets to see of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'a> {
    /// An app in use.
    Open(&'a App),
    /// One that was stopped; a person who is signed in is told which.
    Stopped(&'a App),
    /// One that was stopped, looking like one that does not exist, but to whoever brings an address that it registered: they
    /// are told that it was stopped, and not its name.
    Hidden,
}

/// What is seen of the app that was found under a client id.
#[must_use]
pub fn seen(app: &App, signed_in: bool) -> Seen<'_> {
    match app.status {
        AppStatus::Development | AppStatus::Live => Seen::Open(app),
        AppStatus::Suspended if signed_in => Seen::Stopped(app),
        AppStatus::Suspended => Seen::Hidden,
    }
}

/// Whether a browser may be sent to this app with an error: it was reviewed, or its person is somebody we know.
#[must_use]
pub fn may_hear_errors(app: &App, signed_in: bool) -> bool {
    match app.status {
        AppStatus::Live => true,
        AppStatus::Development | AppStatus::Suspended => signed_in,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::app;
    use symbolon_oauth::client::Level;

    fn in_status(status: AppStatus) -> App {
        App { status, ..app("a", "", Level::User) }
    }

    #[test]
    fn a_stopped_app_is_seen_by_whoever_is_signed_in_and_by_nobody_else() {
        for status in [AppStatus::Development, AppStatus::Live] {
            let app = in_status(status);
            for signed_in in [true, false] {
                assert_eq!(seen(&app, signed_in), Seen::Open(&app), "{status:?}");
            }
        }
        let stopped = in_status(AppStatus::Suspended);
        assert_eq!(seen(&stopped, true), Seen::Stopped(&stopped));
        assert_eq!(seen(&stopped, false), Seen::Hidden);
    }

    #[test]
    fn an_unreviewed_app_hears_errors_once_somebody_is_signed_in() {
        let hears = |status| [false, true].map(|signed_in| may_hear_errors(&in_status(status), signed_in));
        assert_eq!(hears(AppStatus::Live), [true, true]);
        assert_eq!(hears(AppStatus::Development), [false, true]);
        assert_eq!(hears(AppStatus::Suspended), [false, true]);
    }
}
