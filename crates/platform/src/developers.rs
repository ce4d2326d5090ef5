//! Who may make apps here, and what becomes of the wish of somebody who may not.
//!
//! Whoever runs a server says whether everybody whose address is proven makes apps, only people that were asked to, or only its
//! own staff. Everybody else can ask for an app; what they say is looked at by people before there is one.

use symbolon_oauth::redirect_uri::{self, RedirectUriError};

use crate::listing::{UnfitLink, check_link};
use crate::name::{self, UnfitName};
use crate::organisation::{Hand, MADE_AT_MOST, Power, Role};
use crate::user::User;

/// Requests of one person that wait at the same time.
pub const REQUESTS_AT_MOST: usize = 3;

/// Who makes apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Developers {
    /// Everybody who has an account and a proven address.
    Open,
    /// Whoever was invited to an organisation, or has one of their own already.
    Invited,
    /// Staff.
    Staff,
}

/// Why somebody makes nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Kept {
    /// Nobody knows whose address they typed when they made their account.
    #[error("the address of this account is not proven: confirm it first")]
    Unproven,
    /// They were not asked to.
    #[error("apps are made here by people who were invited to a developer organisation")]
    OnlyInvited,
    /// They do not work for whoever runs this server.
    #[error("apps are made here by the people who run this server")]
    OnlyStaff,
    /// Their role in that organisation is not enough.
    #[error("your role in this organisation does not let you make apps")]
    Role,
    /// They have made as many organisations as one person makes.
    #[error("you own {MADE_AT_MOST} organisations of a team already, which is as many as one person has")]
    Many,
}

/// Whether a person may make an app in an organisation, where they are `role`; or, without one, as their first of their own.
///
/// # Errors
/// Why not.
pub fn may_make_app(developers: Developers, person: &User, role: Option<Role>) -> Result<(), Kept> {
    match (developers, person.staff) {
        (_, true) => {}
        (Developers::Staff, false) => return Err(Kept::OnlyStaff),
        (Developers::Invited, false) if role.is_none() => return Err(Kept::OnlyInvited),
        (Developers::Invited | Developers::Open, false) if !person.login.is_proven() => {
            return Err(Kept::Unproven);
        }
        (Developers::Invited | Developers::Open, false) => {}
    }
    let enough = role.is_none_or(|role| Hand::Member(role).may(Power::Create));
    if enough { Ok(()) } else { Err(Kept::Role) }
}

/// Whether a person who owns so many organisations of a team may make another one.
///
/// # Errors
/// Why not.
pub fn may_make_organisation(developers: Developers, person: &User, owned: usize) -> Result<(), Kept> {
    match (developers, person.staff) {
        (_, true) => return Ok(()),
        (Developers::Staff, false) => return Err(Kept::OnlyStaff),
        (Developers::Invited, false) => return Err(Kept::OnlyInvited),
        (Developers::Open, false) => {}
    }
    if !person.login.is_proven() {
        return Err(Kept::Unproven);
    }
    if owned < MADE_AT_MOST { Ok(()) } else { Err(Kept::Many) }
}

/// What somebody says of the app that they ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// What it is to be called.
    pub name: String,
    /// Where answers go.
    pub redirect_uri: String,
    /// Where its picture is. Nothing is fetched.
    pub logo_url: Option<String>,
    /// Where people find it.
    pub homepage: String,
    /// What it is for.
    pub reason: String,
}

/// What is wrong with a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnfitWish {
    /// Its name.
    Name(UnfitName),
    /// Where answers are to go.
    RedirectUri(RedirectUriError),
    /// The link to the picture.
    Logo(UnfitLink),
    /// The link to the app.
    Homepage(UnfitLink),
    /// What it is for.
    Reason(UnfitName),
}

impl Wish {
    /// Looks at it.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the form.
    pub fn check(&self) -> Result<(), Vec<UnfitWish>> {
        let uri = redirect_uri::check_registration(&self.redirect_uri, redirect_uri::Kind::Any);
        let wrong = [
            name::check(&self.name).err().map(UnfitWish::Name),
            uri.err().map(UnfitWish::RedirectUri),
            self.logo_url.as_deref().and_then(|link| check_link(link).err()).map(UnfitWish::Logo),
            check_link(&self.homepage).err().map(UnfitWish::Homepage),
            name::check_sentence(&self.reason).err().map(UnfitWish::Reason),
        ];
        let wrong: Vec<_> = wrong.into_iter().flatten().collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

#[cfg(test)]
mod tests {
    use symbolon_oauth::id::Id;

    use super::*;
    use crate::tenant::Standing;
    use crate::user::Login;

    fn person(login: Login, staff: bool) -> User {
        User {
            id: Id::new([1; 16]),
            external_id: "u".to_owned(),
            login,
            username: None,
            name: "U".to_owned(),
            standing: Standing::Active,
            staff,
        }
    }

    fn people() -> [User; 3] {
        let address = || "u@example.com".to_owned();
        [
            person(Login::Unproven(address()), false),
            person(Login::Email(address()), false),
            person(Login::Email(address()), true),
        ]
    }

    /// Somebody unproven, somebody proven, staff.
    #[test]
    fn who_makes_apps_is_the_servers_to_say() {
        let asks = |developers, role| people().map(|person| may_make_app(developers, &person, role));
        let (viewer, developer) = (Some(Role::Viewer), Some(Role::Developer));
        assert_eq!(asks(Developers::Open, None), [Err(Kept::Unproven), Ok(()), Ok(())]);
        assert_eq!(asks(Developers::Open, developer), [Err(Kept::Unproven), Ok(()), Ok(())]);
        assert_eq!(asks(Developers::Open, viewer), [Err(Kept::Unproven), Err(Kept::Role), Err(Kept::Role)]);
        assert_eq!(asks(Developers::Invited, None), [Err(Kept::OnlyInvited), Err(Kept::OnlyInvited), Ok(())]);
        assert_eq!(asks(Developers::Invited, developer), [Err(Kept::Unproven), Ok(()), Ok(())]);
        assert_eq!(
            asks(Developers::Invited, viewer),
            [Err(Kept::Unproven), Err(Kept::Role), Err(Kept::Role)]
        );
        assert_eq!(asks(Developers::Staff, developer), [Err(Kept::OnlyStaff), Err(Kept::OnlyStaff), Ok(())]);
        assert_eq!(asks(Developers::Staff, None), [Err(Kept::OnlyStaff), Err(Kept::OnlyStaff), Ok(())]);
    }

    #[test]
    fn who_makes_organisations_is_too() {
        let asks =
            |developers, owned| people().map(|person| may_make_organisation(developers, &person, owned));
        assert_eq!(asks(Developers::Open, 0), [Err(Kept::Unproven), Ok(()), Ok(())]);
        let many = asks(Developers::Open, MADE_AT_MOST);
        assert_eq!(many, [Err(Kept::Unproven), Err(Kept::Many), Ok(())]);
        assert_eq!(asks(Developers::Invited, 0), [Err(Kept::OnlyInvited), Err(Kept::OnlyInvited), Ok(())]);
        assert_eq!(asks(Developers::Staff, 0), [Err(Kept::OnlyStaff), Err(Kept::OnlyStaff), Ok(())]);
    }

    #[test]
    fn a_wish_is_looked_at_whole() {
        let wish = Wish {
            name: "Board".to_owned(),
            redirect_uri: "https://board.example/cb".to_owned(),
            logo_url: None,
            homepage: "https://board.example".to_owned(),
            reason: "Shows what is due.".to_owned(),
        };
        assert_eq!(wish.check(), Ok(()));
        let wrong = Wish {
            name: String::new(),
            redirect_uri: "http://board.example/cb#x".to_owned(),
            logo_url: Some("javascript:alert(1)".to_owned()),
            homepage: String::new(),
            reason: "x".repeat(501),
        };
        let expected = vec![
            UnfitWish::Name(UnfitName::Empty),
            UnfitWish::RedirectUri(RedirectUriError::Fragment),
            UnfitWish::Logo(UnfitLink::Scheme),
            UnfitWish::Homepage(UnfitLink::NotAnAddress),
            UnfitWish::Reason(UnfitName::Long(500)),
        ];
        assert_eq!(wrong.check(), Err(expected));
    }
}
