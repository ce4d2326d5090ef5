//! `/developers/organisations`: who develops apps together, how people and apps come in, and how they leave.

pub mod apps;
pub mod invitation;
pub mod invite;
pub mod list;
pub mod members;
pub mod request;
pub mod settings;

mod inside;
mod rows;

use symbolon_platform::developers::Kept;

use crate::language::Key;

/// Why somebody makes nothing here, as they read it.
fn kept(why: Kept) -> Key {
    match why {
        Kept::Unproven => Key("developers-unproven"),
        Kept::OnlyInvited => Key("developers-only-invited"),
        Kept::OnlyStaff => Key("developers-only-staff"),
        Kept::Role => Key("developers-role"),
        Kept::Many => Key("developers-many"),
    }
}
