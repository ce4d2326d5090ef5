//! Input rules of built-in accounts: e-mail addresses, passwords, and what a sign-in must be to be looked at.
//!
//! Addresses of declared people are the host's and only need to be addresses; whoever signs up alone must give one that
//! mail can reach. Passwords are judged by their length and by what guessers try first ([`crate::guessable`]): a rule about
//! their letters makes them worse.

use symbolon_oauth::id::{TenantId, UserId};

use crate::guessable::is_guessable;
use crate::name::{self, UnfitName};
use crate::tenant::{Standing, Tenant, TenantKind};
use crate::user::{Login, User, row_name};

/// Bytes an address has at most (RFC 5321 §4.5.3.1.3, less the brackets).
pub const EMAIL_AT_MOST: usize = 254;
/// Characters a password has at least.
pub const PASSWORD_AT_LEAST: usize = 10;
/// Bytes a password has at most, whoever sets it. A sign-in that looked at less would lock somebody out.
pub const PASSWORD_AT_MOST: usize = 1024;
/// Bytes a password has at most that a person chooses for a new account; the page says so in a round number.
pub const CHOSEN_PASSWORD_AT_MOST: usize = 1000;

/// A text in the one spelling in which addresses are stored, compared and looked up: without blanks around it and in lower case.
/// A letter that only turns into an ASCII one by that (the Kelvin sign into `k`) is somebody else's address, so it is kept as it
/// is and equals nothing that is stored.
#[must_use]
pub fn spelled(typed: &str) -> String {
    let lower = |letter: char| {
        let lowered = letter.to_lowercase();
        let changes = !letter.is_ascii() && lowered.clone().any(|own| own.is_ascii());
        let kept = changes.then_some(letter);
        kept.into_iter().chain(lowered.filter(move |_| !changes))
    };
    typed.trim().chars().flat_map(lower).collect()
}

/// An e-mail address in the one spelling that is stored, or `None` when it is not one.
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let spelled = spelled(text);
    let (local, domain) = spelled.rsplit_once('@')?;
    let plain = spelled
        .chars()
        .all(|c| !c.is_whitespace() && !name::is_hidden(c) && !matches!(c, '<' | '>' | '"' | ',' | ';'));
    // What lower case would make ASCII of looks like an address that it is not.
    let plain =
        plain && !spelled.chars().any(|c| !c.is_ascii() && c.to_lowercase().any(|own| own.is_ascii()));
    let domain_fits = !domain.is_empty() && !domain.starts_with('.') && !domain.ends_with('.');
    let plain = plain && !name::is_stacked(text);
    (!local.is_empty() && domain_fits && plain && spelled.len() <= EMAIL_AT_MOST && !local.contains('@'))
        .then(|| spelled.clone())
}

/// Why a sign-in is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnfitSignIn {
    /// No address.
    NoEmail,
    /// No password.
    NoPassword,
    /// Longer than any account could have it: as wrong as any other guess, and not worth hashing.
    Impossible,
}

/// Looks at what was typed to sign in, before anything is loaded.
///
/// # Errors
/// Why it is not worth a look at accounts.
pub fn sign_in(email: &str, password: &str) -> Result<(), UnfitSignIn> {
    if email.is_empty() {
        return Err(UnfitSignIn::NoEmail);
    }
    if password.is_empty() {
        return Err(UnfitSignIn::NoPassword);
    }
    if email.len() > EMAIL_AT_MOST || password.len() > PASSWORD_AT_MOST {
        return Err(UnfitSignIn::Impossible);
    }
    Ok(())
}

/// Who is signed in by a password that was compared: the person, if there is one, it was right and the account is in
/// force. What of the three failed is nobody's to know.
#[must_use]
pub fn signed_in(user: Option<User>, password_was_right: bool) -> Option<User> {
    user.filter(|user| password_was_right && user.standing == Standing::Active)
}

/// What a person wants their account to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// How they are addressed.
    pub name: String,
    /// What they sign in with.
    pub email: String,
}

/// Why a password cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnfitPassword {
    /// Too short to withstand guessing.
    Short,
    /// Too long to be hashed for everyone who asks.
    Long,
    /// Among the first that others would try.
    Guessable,
}

/// What is wrong with a wanted account, field by field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unfit {
    /// With the name.
    pub name: Option<UnfitName>,
    /// Whether the address is none that mail can reach.
    pub email: bool,
    /// With the password.
    pub password: Option<UnfitPassword>,
}

impl Wanted {
    /// What was typed, in the spelling that is stored.
    #[must_use]
    pub fn typed(name: &str, email: &str) -> Wanted {
        Wanted { name: name.trim().to_owned(), email: spelled(email) }
    }

    /// Looks at every field, so that a person hears of all mistakes at once. `server` is what the server is called.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self, password: &str, server: &[&str]) -> Result<(), Unfit> {
        let unfit = Unfit {
            name: name::check(&self.name).err(),
            email: !is_reachable(&self.email),
            password: unfit_password(password, &[&[self.name.as_str(), &self.email], server].concat()),
        };
        if unfit == Unfit::default() { Ok(()) } else { Err(unfit) }
    }

    /// The same account, once its address is proven.
    #[must_use]
    pub fn proven_account(&self, id: UserId, own_space: TenantId) -> (User, Tenant) {
        let (user, tenant) = self.account(id, own_space);
        (User { login: Login::Email(self.email.clone()), ..user }, tenant)
    }

    /// The account, and the space of one's own that comes with it.
    #[must_use]
    pub fn account(&self, id: UserId, own_space: TenantId) -> (User, Tenant) {
        let user = User {
            id,
            external_id: row_name(id),
            login: Login::Unproven(self.email.clone()),
            username: None,
            name: self.name.clone(),
            standing: Standing::Active,
            staff: false,
        };
        let tenant = Tenant {
            id: own_space,
            external_id: format!("t_{id}"),
            name: self.name.clone(),
            kind: TenantKind::Personal,
            base_url: None,
            region: None,
            standing: Standing::Active,
        };
        (user, tenant)
    }
}

/// Looks at a password that somebody chooses, who is called so.
///
/// # Errors
/// Why it cannot be one.
pub fn check_password(password: &str, own: &[&str]) -> Result<(), UnfitPassword> {
    unfit_password(password, own).map_or(Ok(()), Err)
}

fn unfit_password(password: &str, own: &[&str]) -> Option<UnfitPassword> {
    if password.len() > CHOSEN_PASSWORD_AT_MOST {
        return Some(UnfitPassword::Long);
    }
    if password.chars().count() < PASSWORD_AT_LEAST {
        return Some(UnfitPassword::Short);
    }
    is_guessable(password, own).then_some(UnfitPassword::Guessable)
}

/// Looks at the password that a person chooses for an account they have, by the rule of a new one. `server` is what the server
/// is called.
///
/// # Errors
/// Why it cannot be one.
pub fn choose_password(password: &str, user: &User, server: &[&str]) -> Result<(), UnfitPassword> {
    check_password(password, &[&called(user), server].concat())
}

/// What a person is called, which others who guess at their password try first.
#[must_use]
pub fn called(user: &User) -> Vec<&str> {
    let User { id: _, external_id, login, username, name, standing: _, staff: _ } = user;
    [external_id.as_str(), login.as_str(), name].into_iter().chain(username.as_deref()).collect()
}

/// Whether a password that is set for somebody else would not be taken from them: short, or guessed by whoever knows what
/// they are called (`own`). An operator may set it all the same.
#[must_use]
pub fn is_weak_password(password: &str, own: &[&str]) -> bool {
    password.chars().count() < PASSWORD_AT_LEAST || is_guessable(password, own)
}

/// What was typed as an address, in the spelling that is stored, or `None` when mail could not reach it.
#[must_use]
pub fn reachable(typed: &str) -> Option<String> {
    let address = spelled(typed);
    is_reachable(&address).then_some(address)
}

/// Whether mail from anywhere could reach this address: one `@`, a domain with a dot in it, nothing that needs quoting.
fn is_reachable(email: &str) -> bool {
    email.len() <= EMAIL_AT_MOST
        && email.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
        })
        && email.matches('@').count() == 1
        && email.chars().all(|c| c.is_ascii_graphic() && !"\"(),:;<>[]\\".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use symbolon_oauth::id::Id;

    const GOOD: &str = "ten letters";

    #[test]
    fn an_address_is_stored_in_lower_case_or_is_none() {
        assert_eq!(email("Jürgen@Example.COM").as_deref(), Some("jürgen@example.com"));
        assert_eq!(email("root@localhost").as_deref(), Some("root@localhost"));
        let long = format!("{}@example.com", "a".repeat(243));
        for wrong in ["", "jane", "@example.com", "jane@", "a@b@c", "a@.b", "a@b.", "a b@c", "<a@b>", &long] {
            assert_eq!(email(wrong), None, "{wrong}");
        }
    }

    /// P-03.
    #[test]
    fn one_rule_spells_addresses_and_merges_none_that_differ() {
        assert_eq!(spelled(" Jane+Tag@Example.COM "), "jane+tag@example.com");
        assert_ne!(spelled("\u{212a}ate@example.com"), "kate@example.com", "the Kelvin sign");
        assert_ne!(spelled("\u{130}ris@example.com"), "iris@example.com", "a dotted capital I");
        for wrong in [
            "\u{212a}ate@example.com",
            "\u{130}ris@example.com",
            "\"a b\"@example.com",
            "a@example.com,b@example.com",
            "a@example.com;b@example.com",
            "a@example.com b@example.com",
            "<a@example.com>",
        ] {
            assert_eq!((email(wrong), reachable(wrong)), (None, None), "{wrong}");
        }
        assert_ne!(email("jane+a@example.com"), email("jane@example.com"));
    }

    #[test]
    fn a_sign_in_is_looked_at_when_an_account_could_have_it() {
        let at_most = "p".repeat(PASSWORD_AT_MOST);
        assert_eq!(sign_in("jane@example.com", "p"), Ok(()), "short ones are as good as any other guess");
        assert_eq!(sign_in(&"e".repeat(EMAIL_AT_MOST), &at_most), Ok(()));
        assert_eq!(sign_in("", ""), Err(UnfitSignIn::NoEmail));
        assert_eq!(sign_in("jane@example.com", ""), Err(UnfitSignIn::NoPassword));
        assert_eq!(sign_in(&"e".repeat(EMAIL_AT_MOST + 1), "p"), Err(UnfitSignIn::Impossible));
        assert_eq!(sign_in("jane@example.com", &format!("{at_most}p")), Err(UnfitSignIn::Impossible));
    }

    #[test]
    fn signs_in_who_exists_is_right_and_is_in_force() {
        let (jane, _) = Wanted::typed("Jane", "jane@example.com").account(Id::new([1; 16]), Id::new([2; 16]));
        assert_eq!(signed_in(Some(jane.clone()), true), Some(jane.clone()));
        assert_eq!(signed_in(Some(jane.clone()), false), None);
        assert_eq!(signed_in(None, true), None);
        assert_eq!(signed_in(Some(User { standing: Standing::Disabled, ..jane }), true), None);
    }

    #[test]
    fn a_wanted_account_hears_of_every_mistake_at_once() {
        assert_eq!(Wanted::typed(" Jane ", " Jane@Example.com ").check(GOOD, &[]), Ok(()));
        let all = Unfit { name: Some(UnfitName::Empty), email: true, password: Some(UnfitPassword::Short) };
        assert_eq!(Wanted::typed(" ", "jane").check("nine char", &[]), Err(all));
    }

    #[test]
    fn a_wanted_address_is_one_that_mail_can_reach() {
        let check = |email: &str| Wanted::typed("Jane", email).check(GOOD, &[]).is_ok();
        assert!(check("jane+symbolon@mail.example.com"));
        for wrong in ["jane", "jane@localhost", "jane@.com", "jane@com.", "@example.com", "a@b@example.com"] {
            assert!(!check(wrong), "{wrong}");
        }
        for wrong in ["jürgen@example.com", "a b@example.com", "a,b@example.com", "\"a\"@example.com"] {
            assert!(!check(wrong), "{wrong}");
        }
        assert!(!check(&format!("{}@example.com", "a".repeat(243))));
    }

    #[test]
    fn a_password_is_counted_in_characters_below_and_in_bytes_above() {
        let check = |password: &str| {
            let wanted = Wanted::typed("Jane", "jane@example.com")
                .check(password, &["Acme Identity", "login.brightwater"]);
            wanted.err().and_then(|unfit| unfit.password)
        };
        assert_eq!(check(&"ü".repeat(9)), Some(UnfitPassword::Short));
        assert_eq!(check("ü ß ö é ø å"), None);
        assert_eq!(check(&format!("three unlike words {}", "ü".repeat(490))), None);
        assert_eq!(check("1234567890"), Some(UnfitPassword::Guessable));
        for weak in ["jane@example.com", "AcmeIdentity1!", "Brightwater2026!"] {
            assert_eq!(check(weak), Some(UnfitPassword::Guessable), "{weak}");
        }
        assert_eq!(check(&"ü".repeat(501)), Some(UnfitPassword::Long));
    }

    #[test]
    fn whoever_signs_up_has_a_space_of_their_own_and_no_power() {
        let (user, space) =
            Wanted::typed("Jane", "Jane@example.com").account(Id::new([1; 16]), Id::new([2; 16]));
        assert_eq!(
            (user.login.clone(), user.staff, user.standing),
            (Login::Unproven("jane@example.com".to_owned()), false, Standing::Active)
        );
        assert_eq!((space.kind, space.name.as_str()), (TenantKind::Personal, "Jane"));
        assert_eq!(user.external_id.strip_prefix("u_"), space.external_id.strip_prefix("t_"));
    }
}
