//! User accounts: who a person is to the host, and whether the account is active.

use symbolon_oauth::id::UserId;

use crate::tenant::Standing;

/// What answers and checks need to know of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The row; never reused, so a new account with an old address inherits nothing.
    pub id: UserId,
    /// The host's own identifier; `user_id` in answers.
    pub external_id: String,
    /// The address they sign in with, lower case.
    pub email: String,
    /// A short public name, where the host has one.
    pub username: Option<String>,
    /// The name shown on pages.
    pub name: String,
    /// Whether the account is in force.
    pub standing: Standing,
    /// A reviewer and operator of this server.
    pub staff: bool,
}
