//! Who looks at which organisation: the door of every page about one.

use http::Response;
use symbolon_oauth::id::OrganisationId;
use symbolon_platform::organisation::{Hand, Organisation, Power, Role};

use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::{PostedForm, Request};
use crate::routes::field;
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::face::Tile;
use crate::views::organisations::rooms::{Frame, Room};
use crate::views::organisations::{Done, Unfit, role_word};
use crate::visitor::Visitor;

/// An organisation, and how its visitor stands to it.
pub(super) struct Inside<'v> {
    pub visitor: Visitor<'v>,
    pub organisation: Organisation,
    role: Option<Role>,
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

    /// What is around a page of it, on which whoever may do this changes something.
    pub fn frame(&self, room: Room, power: Power, unfit: Option<Unfit>) -> Result<Frame<'_>, Failure> {
        let Organisation { id, name, person, .. } = &self.organisation;
        let query = self.visitor.request.query()?;
        let done = query.get(field::HAPPENED.name()).and_then(Done::parse);
        Ok(Frame {
            site: self.visitor.site(),
            csrf: &self.visitor.csrf,
            id: id.to_string(),
            name,
            tile: Tile::new(name, None),
            own: person.is_some(),
            role: self.role.map(role_word),
            manages: self.may(power),
            room,
            done: done.filter(|_| unfit.is_none()),
            unfit,
        })
    }
}

/// Back to a room, with the news.
pub(super) fn back(inside: &Inside<'_>, room: Room, done: Done) -> Response<Body> {
    let id = inside.organisation.id.to_string();
    reply::see_other(room.address().link_to(&[&id]).with(field::HAPPENED, done.as_str()))
}
