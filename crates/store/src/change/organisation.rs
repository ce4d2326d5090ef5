//! Changes of developer organisations, of whose apps are, and of who tests them.

use symbolon_oauth::id::{AppId, OrganisationId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::deed::Deed;
use symbolon_platform::organisation::{Organisation, Role};

use super::Effect;
use crate::organisations;
use crate::testers::{self, TesterId};

/// A change of an organisation.
#[derive(Clone, PartialEq, Eq)]
pub enum OrganisationChange {
    /// Makes one, with its first owner.
    Create {
        /// The new organisation.
        organisation: Organisation,
        /// Who made it.
        owner: UserId,
    },
    /// Makes a person's own, unless it is there.
    EnsureOwn {
        /// Whose.
        person: UserId,
        /// Now.
        at: Timestamp,
    },
    /// Gives one another name.
    Rename {
        /// Which.
        organisation: OrganisationId,
        /// What it is called.
        old: String,
        /// What it is to be called.
        new: String,
    },
    /// Deletes one that has no apps.
    Delete(OrganisationId),
}

/// A change of who is in an organisation, as what.
#[derive(Clone, PartialEq, Eq)]
pub enum MemberChange {
    /// Takes somebody in.
    Add {
        /// Where.
        organisation: OrganisationId,
        /// Whom.
        user: UserId,
        /// As what.
        role: Role,
        /// Now.
        at: Timestamp,
    },
    /// Makes somebody something else.
    SetRole {
        /// Where.
        organisation: OrganisationId,
        /// Whom.
        user: UserId,
        /// What they are.
        old: Role,
        /// What they are to be.
        new: Role,
    },
    /// Takes somebody out.
    Remove {
        /// Where.
        organisation: OrganisationId,
        /// Whom.
        user: UserId,
        /// What they are.
        old: Role,
    },
}

/// A change of who tests an app.
#[derive(Clone, PartialEq, Eq)]
pub enum TesterChange {
    /// Adds somebody.
    Add {
        /// To which app.
        app: AppId,
        /// Whom.
        tester: TesterId,
        /// Who invited them, unless the operator did.
        invited_by: Option<UserId>,
        /// Now.
        at: Timestamp,
    },
    /// Takes somebody off.
    Remove {
        /// From which app.
        app: AppId,
        /// Whom.
        tester: TesterId,
    },
}

impl OrganisationChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        match self {
            OrganisationChange::Create { organisation, owner } => {
                Effect::new(Deed::OrganisationCreated, move |commit| {
                    let commit = organisations::create_organisation(commit, organisation);
                    let (id, at) = (organisation.id, organisation.created_at);
                    organisations::add_member(commit, id, (*owner, Role::Owner), at)
                })
                .user(*owner)
            }
            OrganisationChange::EnsureOwn { person, at } => {
                Effect::new(Deed::OrganisationCreated, move |commit| {
                    organisations::ensure_own(commit, *person, *at)
                })
                .user(*person)
            }
            OrganisationChange::Rename { organisation, old, new } => {
                Effect::new(Deed::OrganisationUpdated, move |commit| {
                    organisations::rename_organisation(commit, *organisation, old, new)
                })
            }
            OrganisationChange::Delete(id) => Effect::new(Deed::OrganisationDeleted, move |commit| {
                organisations::delete_organisation(commit, *id)
            }),
        }
    }
}

impl MemberChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        match self {
            MemberChange::Add { organisation, user, role, at } => {
                Effect::new(Deed::OrganisationMemberAdded, move |commit| {
                    organisations::add_member(commit, *organisation, (*user, *role), *at)
                })
                .user(*user)
            }
            MemberChange::SetRole { organisation, user, old, new } => {
                Effect::new(Deed::OrganisationMemberUpdated, move |commit| {
                    organisations::set_member_role(commit, *organisation, (*user, *old), *new)
                })
                .user(*user)
            }
            MemberChange::Remove { organisation, user, old } => {
                Effect::new(Deed::OrganisationMemberRemoved, move |commit| {
                    organisations::remove_member(commit, *organisation, (*user, *old))
                })
                .user(*user)
            }
        }
    }
}

impl TesterChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        match self {
            TesterChange::Add { app, tester, invited_by, at } => of_tester(
                Effect::new(Deed::TesterAdded, move |commit| {
                    testers::add_tester(commit, *app, (*tester, *invited_by), *at)
                })
                .app(*app),
                *tester,
            ),
            TesterChange::Remove { app, tester } => of_tester(
                Effect::new(Deed::TesterRemoved, move |commit| testers::remove_tester(commit, *app, *tester))
                    .app(*app),
                *tester,
            ),
        }
    }
}

fn of_tester(effect: Effect<'_>, tester: TesterId) -> Effect<'_> {
    match tester {
        TesterId::Person(user) => effect.user(user),
        TesterId::Tenant(tenant) => effect.tenant(tenant),
    }
}
