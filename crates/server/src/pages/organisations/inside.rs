//! Who looks at which organisation: the door of every page about one.

use symbolon_oauth::id::OrganisationId;
use symbolon_platform::organisation::{Hand, Organisation, Power, Role};

use crate::failure::Failure;
use crate::request::{PostedForm, Request};
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::visitor::Visitor;

/// An organisation, and how its visitor stands to it.
pub(super) struct Inside<'v> {
    pub visitor: Visitor<'v>,
    pub organisation: Organisation,
    pub role: Option<Role>,
    hand: Hand,
}

impl<'v> Inside<'v> {
    /// The organisation that an address names, as its visitor sees it; nothing where they are not signed in. One that they
    /// may not see looks like none.
    pub async fn of(state: &'v State, request: &'v Request, id: &str) -> Result<Option<Inside<'v>>, Failure> {
        let Some(visitor) = Visitor::of(state, request).await? else { return Ok(None) };
        let nowhere = || Failure::from(Trouble::NotFound);
        let id: OrganisationId = id.parse().map_err(|_| nowhere())?;
        let found = state.store.organisation(id, visitor.person()).await?;
        let (organisation, role) = found.ok_or_else(nowhere)?;
        let hand = Hand::of(role, visitor.session.user.staff);
        if hand.may(Power::See) {
            Ok(Some(Inside { visitor, organisation, role, hand }))
        } else {
            Err(nowhere())
        }
    }

    pub fn may(&self, power: Power) -> bool {
        self.hand.may(power)
    }

    /// Goes on only if they may.
    pub fn needs(&self, power: Power) -> Result<(), Failure> {
        if self.may(power) { Ok(()) } else { Err(Trouble::Role.into()) }
    }

    /// The form with which they do what needs this.
    pub fn form(&self, power: Power) -> Result<PostedForm, Failure> {
        let form = self.visitor.form()?;
        self.needs(power)?;
        Ok(form)
    }
}
