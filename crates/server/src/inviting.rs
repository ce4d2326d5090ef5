//! Invitations made: a link for one address, mailed there or shown once to whoever invites.
//!
//! The link names a row and proves that it was given to whoever holds it. Where there is mail it goes to the address alone, and
//! whoever opens it has proven the address.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::Id;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::invitation::{Gives, Invitation, InvitationId, LASTS};
use symbolon_store::change::InvitationChange;

use crate::doors::throttle::Tries;
use crate::failure::Failure;
use crate::jobs::Job;
use crate::letters::{About, Letter};
use crate::routes::Address;
use crate::visitor::{Outcome, Visitor};

/// What became of an invitation.
pub enum Invited {
    /// There is no mail: its link is shown once to whoever made it.
    Link(String),
    /// Its link is on the way to the address, and nobody saw it.
    Mailed,
    /// It was not made: the address was mailed often enough.
    MailedOften,
    /// It was not made: there is no room.
    Full,
}

/// Makes an invitation for an address into what is called `into`.
///
/// # Errors
/// [`Failure::Store`] or [`Failure::Busy`].
pub async fn invite(
    visitor: &Visitor<'_>,
    (gives, into): (Gives, &str),
    (address, detail): (&str, String),
) -> Result<Invited, Failure> {
    let (state, now) = (visitor.state, visitor.now);
    let id: InvitationId = state.entropy.new_id(now)?;
    let secret = URL_SAFE_NO_PAD.encode(state.entropy.new_credential_bytes(id)?);
    let link = state.absolute(&Address::Invitation.link_to(&[&secret]));
    let mailed = state.mail.is_some();
    let invitation = Invitation {
        id,
        gives,
        address: address.to_owned(),
        mailed,
        by: visitor.person(),
        created_at: now,
        expires_at: Timestamp(now.0.saturating_add(LASTS)),
    };
    let ends = invitation.expires_at;
    let hash = SecretHash::of(&secret);
    let changes = vec![(InvitationChange::Create { invitation, hash }.into(), detail)];
    if !mailed {
        return Ok(match visitor.change(changes, &[]).await? {
            Outcome::Made => Invited::Link(link),
            Outcome::Lost => Invited::Full,
        });
    }
    if Tries::to_be_mailed(state, address).reserve(state, now).await?.is_err() {
        return Ok(Invited::MailedOften);
    }
    let into = into.to_owned();
    let about = match gives {
        Gives::Membership(..) => About::InvitedToOrganisation { into, link },
        Gives::Testing(_) => About::InvitedToTest { into, link },
    };
    let letter = Letter::new(address, visitor.language, about);
    let job = state.job(&Job::Mail(letter), Some(ends), now)?;
    Ok(match visitor.change(changes, &[job]).await? {
        Outcome::Made => Invited::Mailed,
        Outcome::Lost => Invited::Full,
    })
}

/// The invitation that the secret of a link names; nothing where it is no such secret.
#[must_use]
pub fn named(secret: &str) -> Option<InvitationId> {
    let bytes = URL_SAFE_NO_PAD.decode(secret).ok().filter(|bytes| bytes.len() == 32);
    bytes.and_then(|bytes| Id::from_slice(&bytes[..16]))
}
