//! Changes of how people and apps come to organisations: invitations, transfers, requests.

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::{AppId, OrganisationId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::deed::Deed;
use symbolon_platform::developers::Wish;
use symbolon_platform::invitation::{Gives, Invitation, InvitationId};

use super::Effect;
use crate::developer_requests::{self, Answer, DeveloperRequestId};
use crate::{app_transfers, invitations};

/// A change of an invitation.
#[derive(Clone, PartialEq, Eq)]
pub enum InvitationChange {
    /// Makes one.
    Create {
        /// The new invitation.
        invitation: Invitation,
        /// SHA-256 of the secret in its link.
        hash: SecretHash,
    },
    /// Uses one up. What it gives is a change of its own.
    Accept {
        /// Which.
        invitation: InvitationId,
        /// Now.
        at: Timestamp,
    },
    /// Uses one up for nothing.
    Decline {
        /// Which.
        invitation: InvitationId,
        /// Now.
        at: Timestamp,
    },
    /// Takes one back.
    Revoke {
        /// Which.
        invitation: InvitationId,
        /// Into what.
        gives: Gives,
    },
}

/// A change of the offer of an app.
#[derive(Clone, PartialEq, Eq)]
pub enum AppTransferChange {
    /// Offers an app.
    Offer {
        /// Which.
        app: AppId,
        /// To whom.
        to: OrganisationId,
        /// Who does.
        by: UserId,
        /// Now.
        at: Timestamp,
        /// Until when.
        until: Timestamp,
    },
    /// Takes it. That the app moves is a change of its own.
    Accept {
        /// Which app.
        app: AppId,
        /// Into which organisation.
        to: OrganisationId,
    },
    /// Does not take it.
    Decline {
        /// Which app.
        app: AppId,
        /// Into which organisation.
        to: OrganisationId,
    },
    /// Takes it back.
    Revoke {
        /// Which app.
        app: AppId,
        /// Into which organisation.
        to: OrganisationId,
    },
}

/// A change of a request.
#[derive(Clone, PartialEq, Eq)]
pub enum DeveloperRequestChange {
    /// Asks.
    Create {
        /// The new request.
        id: DeveloperRequestId,
        /// Who asks.
        user: UserId,
        /// What for.
        wish: Wish,
        /// Now.
        at: Timestamp,
    },
    /// Answers.
    Answer {
        /// Which.
        id: DeveloperRequestId,
        /// Who asked.
        user: UserId,
        /// What becomes of it.
        answer: Answer,
        /// What the team says to it.
        said: Option<String>,
        /// Now.
        at: Timestamp,
    },
}

impl InvitationChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        match self {
            InvitationChange::Create { invitation, hash } => {
                let effect = Effect::new(Deed::InvitationCreated, move |commit| {
                    invitations::create_invitation(commit, invitation, *hash)
                });
                match invitation.gives {
                    Gives::Membership(..) => effect,
                    Gives::Testing(app) => effect.app(app),
                }
            }
            InvitationChange::Accept { invitation, at } => {
                Effect::new(Deed::InvitationAccepted, move |commit| {
                    invitations::spend_invitation(commit, *invitation, *at)
                })
            }
            InvitationChange::Decline { invitation, at } => {
                Effect::new(Deed::InvitationDeclined, move |commit| {
                    invitations::spend_invitation(commit, *invitation, *at)
                })
            }
            InvitationChange::Revoke { invitation, gives } => {
                Effect::new(Deed::InvitationRevoked, move |commit| {
                    invitations::revoke_invitation(commit, *invitation, *gives)
                })
            }
        }
    }
}

impl AppTransferChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        let (deed, app, to) = match self {
            AppTransferChange::Offer { app, to, by, at, until } => {
                return Effect::new(Deed::AppTransferOffered, move |commit| {
                    app_transfers::offer(commit, *app, (*to, *by), (*at, *until))
                })
                .app(*app);
            }
            AppTransferChange::Accept { app, to } => (Deed::AppTransferAccepted, *app, *to),
            AppTransferChange::Decline { app, to } => (Deed::AppTransferDeclined, *app, *to),
            AppTransferChange::Revoke { app, to } => (Deed::AppTransferRevoked, *app, *to),
        };
        Effect::new(deed, move |commit| app_transfers::end_offer(commit, app, to)).app(app)
    }
}

impl DeveloperRequestChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        match self {
            DeveloperRequestChange::Create { id, user, wish, at } => {
                Effect::new(Deed::DeveloperRequestCreated, move |commit| {
                    developer_requests::ask(commit, *id, (*user, wish), *at)
                })
                .user(*user)
            }
            DeveloperRequestChange::Answer { id, user, answer, said, at } => {
                let deed = match answer {
                    Answer::Accepted => Deed::DeveloperRequestAccepted,
                    Answer::Declined => Deed::DeveloperRequestDeclined,
                };
                Effect::new(deed, move |commit| {
                    developer_requests::answer(commit, *id, (*answer, said.as_deref()), *at)
                })
                .user(*user)
            }
        }
    }
}
