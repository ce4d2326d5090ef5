//! Changes of the declared world, as data: what `apply`, the command line and sign-up hand over.
//!
//! There is one enum for each noun, and one arm for each of its variants, which says everything of that change: what the
//! audit calls it, whom it concerns, and the steps that make it. Any number of changes happen together or not at all,
//! each with its audit row. A change that meets other facts than it was made for (a name taken meanwhile, a row gone) is
//! [`StoreError::Conflict`].

mod app;
mod icon;
mod organisation;
mod resource;
mod role;
mod scope;
mod tenant;
mod user;

use symbolon_oauth::id::{AppId, TenantId, UserId};
use symbolon_platform::deed::Deed;

use crate::audit::Audit;
use crate::cache::Doubt;
use crate::declarations::DeclarationChange;
use crate::engine::{Commit, StoreError};
use crate::icons;
use crate::store::Store;

pub use app::{AppChange, ClientSecretChange};
pub use icon::IconChange;
pub use organisation::{MemberChange, OrganisationChange, TesterChange};
pub use resource::{HostKeyChange, ResourceChange};
pub use role::RoleChange;
pub use scope::ScopeChange;
pub use tenant::{MembershipChange, TenantChange};
pub use user::UserChange;

/// What a change comes to.
struct Effect<'a> {
    deed: Deed,
    app: Option<AppId>,
    user: Option<UserId>,
    tenant: Option<TenantId>,
    frees_icons: bool,
    steps: Box<dyn FnOnce(Commit) -> Commit + 'a>,
}

impl<'a> Effect<'a> {
    /// One that concerns nobody in particular.
    fn new(deed: Deed, steps: impl FnOnce(Commit) -> Commit + 'a) -> Effect<'a> {
        Effect { deed, app: None, user: None, tenant: None, frees_icons: false, steps: Box::new(steps) }
    }

    fn app(self, app: AppId) -> Effect<'a> {
        Effect { app: Some(app), ..self }
    }

    fn user(self, user: UserId) -> Effect<'a> {
        Effect { user: Some(user), ..self }
    }

    fn tenant(self, tenant: TenantId) -> Effect<'a> {
        Effect { tenant: Some(tenant), ..self }
    }

    /// An icon may be without an app afterwards.
    fn frees_icons(self) -> Effect<'a> {
        Effect { frees_icons: true, ..self }
    }
}

/// The nouns, each with the enum of its changes.
macro_rules! nouns {
    ($($noun:ident($change:ident),)+) => {
        /// One change.
        #[derive(Clone, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each is a noun, documented where its changes are")]
        pub enum Change {
            $($noun($change),)+
        }

        impl Change {
            fn effect(&self) -> Effect<'_> {
                match self {
                    $(Change::$noun(change) => change.effect(),)+
                }
            }
        }

        $(impl From<$change> for Change {
            fn from(change: $change) -> Change {
                Change::$noun(change)
            }
        })+
    };
}

nouns! {
    Scope(ScopeChange),
    Role(RoleChange),
    Tenant(TenantChange),
    User(UserChange),
    Membership(MembershipChange),
    Icon(IconChange),
    App(AppChange),
    ClientSecret(ClientSecretChange),
    Organisation(OrganisationChange),
    OrganisationMember(MemberChange),
    Tester(TesterChange),
    Resource(ResourceChange),
    HostKey(HostKeyChange),
}

impl Change {
    /// What the audit calls it.
    #[must_use]
    pub fn action(&self) -> Deed {
        self.effect().deed
    }

    /// An audit row of it, with the app, the person and the tenant it concerns.
    #[must_use]
    pub fn concerning(&self, audit: Audit) -> Audit {
        let Effect { app, user, tenant, .. } = self.effect();
        audit.app(app).user(user).tenant(tenant)
    }
}

/// Adds the steps of all changes.
pub(crate) fn steps(mut commit: Commit, changes: &[Change]) -> Commit {
    let mut frees_icons = false;
    for effect in changes.iter().map(Change::effect) {
        commit = (effect.steps)(commit);
        frees_icons |= effect.frees_icons;
    }
    if frees_icons { icons::drop_forsaken(commit) } else { commit }
}

impl Store {
    /// Makes all changes and writes all audit rows, or none. An icon is put before the app that refers to it; one that no
    /// app refers to in the end is gone.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the facts have changed; [`StoreError::Unavailable`].
    pub async fn change(&self, changes: &[Change], audit: &[Audit]) -> Result<(), StoreError> {
        self.change_as_declared(changes, &[], audit).await
    }

    /// The same, and remembers what files said for it.
    ///
    /// # Errors
    /// As [`Store::change`].
    pub async fn change_as_declared(
        &self,
        changes: &[Change],
        declarations: &[DeclarationChange],
        audit: &[Audit],
    ) -> Result<(), StoreError> {
        let commit = steps(Commit::new(), changes);
        let commit = declarations.iter().fold(commit, |commit, change| change.append(commit));
        let commit = audit.iter().fold(commit, |commit, row| row.append(commit));
        if commit.is_empty() {
            return Ok(());
        }
        self.commit_and_turn(commit, Doubt::All).await.map(|_| ())
    }
}
