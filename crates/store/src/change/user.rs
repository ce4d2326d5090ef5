//! Changes of accounts.

use symbolon_oauth::id::UserId;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::deed::Deed;
use symbolon_platform::user::{Login, User};

use super::Effect;
use crate::{grants, users};

/// A change of an account.
#[derive(Clone, PartialEq, Eq)]
pub enum UserChange {
    /// Makes one.
    Create {
        /// The person.
        user: User,
        /// The argon2id hash of their password, if they have one.
        password_hash: Option<String>,
        /// Now.
        at: Timestamp,
    },
    /// Makes `old` into `new`.
    Update {
        /// What it is.
        old: User,
        /// What it is to be.
        new: User,
    },
    /// Takes its login name from an account: the address was proven to be somebody else's.
    Displace(User),
    /// Gives an account the login name that its person chose.
    SetLogin {
        /// What it is.
        old: User,
        /// What it signs in with from now on.
        login: Login,
    },
    /// Ends every connection that was made for an account: its address turned out to be somebody else's, who has it from now on.
    EndConnections {
        /// Whose.
        user: UserId,
        /// Now.
        at: Timestamp,
    },
    /// Sets a password. What was begun before is over.
    SetPassword {
        /// Whose.
        user: UserId,
        /// Its argon2id hash.
        hash: String,
        /// Now.
        at: Timestamp,
    },
    /// Puts the password that a person chose in the place of the one they proved. Their browser sessions are over.
    ChangePassword {
        /// Whose.
        user: UserId,
        /// The hash of the one they proved.
        proven: String,
        /// The argon2id hash of the new one.
        hash: String,
        /// Now.
        at: Timestamp,
    },
    /// Keeps a password by our own hash that was known by another server's. It is the same password, so nothing is over.
    AdoptPassword {
        /// Whose.
        user: UserId,
        /// The other server's hash.
        foreign: String,
        /// Our own.
        own: String,
    },
    /// Deletes one, with its grants.
    Delete(UserId),
}

impl UserChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        match self {
            UserChange::Create { user, password_hash, at } => Effect::new(Deed::UserCreated, move |commit| {
                users::create_user(commit, user, password_hash.as_deref(), *at)
            })
            .user(user.id),
            UserChange::Update { old, new } => {
                Effect::new(Deed::UserUpdated, move |commit| users::update_user(commit, old, new))
                    .user(new.id)
            }
            UserChange::Displace(old) => Effect::new(Deed::LoginDisplaced, move |commit| {
                users::update_user(commit, old, &old.displaced())
            })
            .user(old.id),
            UserChange::SetLogin { old, login } => Effect::new(Deed::LoginChanged, move |commit| {
                users::update_user(commit, old, &User { login: login.clone(), ..old.clone() })
            })
            .user(old.id),
            UserChange::EndConnections { user, at } => {
                Effect::new(Deed::GrantRevoked, move |commit| grants::end_grants_of(commit, *user, *at))
                    .user(*user)
            }
            UserChange::SetPassword { user, hash, at } => Effect::new(Deed::PasswordChanged, move |commit| {
                users::set_password(commit, *user, hash, *at)
            })
            .user(*user),
            UserChange::ChangePassword { user, proven, hash, at } => {
                Effect::new(Deed::PasswordChanged, move |commit| {
                    users::change_password(commit, *user, (proven, hash), *at)
                })
                .user(*user)
            }
            UserChange::AdoptPassword { user, foreign, own } => {
                Effect::new(Deed::PasswordAdopted, move |commit| {
                    users::adopt_password(commit, *user, foreign, own)
                })
                .user(*user)
            }
            UserChange::Delete(id) => {
                Effect::new(Deed::UserDeleted, move |commit| users::delete_user(commit, *id)).user(*id)
            }
        }
    }
}
