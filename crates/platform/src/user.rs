//! User accounts: who a person is to the host, and whether the account is active.

use symbolon_oauth::id::UserId;

use crate::tenant::Standing;

/// What an account signs in with, lower case. No two accounts share one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// The e-mail address of the person, which an operator or the host vouches for.
    Email(String),
    /// What somebody typed at sign-up. It looks like an address and may be anybody's: the account signs in with it, and
    /// beyond that it identifies nobody, to nobody.
    Unproven(String),
}

impl Login {
    /// The text, for whoever signs in with it and for the operator.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Login::Email(text) | Login::Unproven(text) => text,
        }
    }

    /// Whether it is an e-mail address of the person.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        matches!(self, Login::Email(_))
    }
}

/// What answers and checks need to know of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The row; never reused, so a new account with an old address inherits nothing.
    pub id: UserId,
    /// The host's own identifier; `user_id` in answers.
    pub external_id: String,
    /// What they sign in with.
    pub login: Login,
    /// A short public name, where the host has one.
    pub username: Option<String>,
    /// The name shown on pages.
    pub name: String,
    /// Whether the account is in force.
    pub standing: Standing,
    /// A reviewer and operator of this server.
    pub staff: bool,
}

impl User {
    /// The e-mail address, where there is a proven one. Nothing else may be told or looked up as one.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        match &self.login {
            Login::Email(address) => Some(address),
            Login::Unproven(_) => None,
        }
    }

    /// The same account after the address that it signed in with was proven to be somebody else's. The name of its row takes
    /// the place, so that it keeps a login name of its own until another one is chosen.
    #[must_use]
    pub fn displaced(&self) -> User {
        User { login: Login::Unproven(row_name(self.id)), ..self.clone() }
    }

    /// Whether the address that it signed in with was proven to be somebody else's, and no other was chosen since.
    #[must_use]
    pub fn is_displaced(&self) -> bool {
        matches!(&self.login, Login::Unproven(name) if *name == row_name(self.id))
    }
}

/// The name that an account has from its row: nobody else's, whatever anybody is called later, and no address.
#[must_use]
pub fn row_name(id: UserId) -> String {
    format!("u_{id}")
}

#[cfg(test)]
mod tests {
    use symbolon_oauth::id::Id;

    use super::*;

    #[test]
    fn a_displaced_account_is_known_by_its_row_whatever_it_is_called() {
        let typed = "jane@corp.example";
        for external_id in ["u-jane", typed, "other@corp.example"] {
            let user = User {
                id: Id::new([1; 16]),
                external_id: external_id.to_owned(),
                login: Login::Unproven(typed.to_owned()),
                username: None,
                name: "Jane".to_owned(),
                standing: Standing::Active,
                staff: false,
            };
            let displaced = user.displaced();
            assert!(!user.is_displaced() && displaced.is_displaced(), "{external_id}");
            assert!(!displaced.login.as_str().contains('@'), "it frees every address: {displaced:?}");
            let named = User { external_id: "u-other".to_owned(), ..displaced };
            assert!(named.is_displaced(), "another identifier changes nothing");
        }
    }
}
