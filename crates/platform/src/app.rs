//! An app as the product sees it: a name, an owner, a life. What the protocol needs of it is its [`Client`].

use symbolon_oauth::client::Client;
use symbolon_oauth::id::UserId;
use symbolon_oauth::time::Timestamp;

use crate::listing::Listing;

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
