//! Who looks at which app: the door of every page about one.

use http::Response;
use symbolon_oauth::id::AppId;
use symbolon_platform::app::{App, AppStatus};
use symbolon_platform::organisation::{Hand, Organisation, Power};

use crate::failure::Failure;
use crate::language::Key;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::field;
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::face::{AppFace, Complaint};
use crate::views::portal::{Frame, Locked, Room};
use crate::visitor::Visitor;

/// An app, and how its visitor stands to it.
pub(super) struct Own<'v> {
    pub visitor: Visitor<'v>,
    pub app: App,
    pub organisation: Option<Organisation>,
    hand: Hand,
}

impl<'v> Own<'v> {
    /// The app that an address names, as its visitor sees it; nothing where they are not signed in.
    pub async fn of(state: &'v State, request: &'v Request, id: &str) -> Result<Option<Own<'v>>, Failure> {
        let Some(visitor) = Visitor::of(state, request).await? else { return Ok(None) };
        let nowhere = || Failure::from(Trouble::NotFound);
        let id: AppId = id.parse().map_err(|_| nowhere())?;
        let person = &visitor.session.user;
        let standpoint = state.store.standpoint_to(id, person.id).await?.ok_or_else(nowhere)?;
        let hand = Hand::of(standpoint.role, person.staff);
        if !hand.may(Power::See) {
            return Err(nowhere());
        }
        let app = state.store.load_app(id).await?.ok_or_else(nowhere)?;
        request.trail.app(&app.client.client_id);
        let organisation = match standpoint.organisation {
            Some(organisation) => state.store.organisation(organisation, person.id).await?,
            None => None,
        };
        let organisation = organisation.map(|(organisation, _)| organisation);
        Ok(Some(Own { visitor, app, organisation, hand }))
    }

    /// Why the visitor cannot do this; `reviewed` says whether it is about what is reviewed of a live app.
    pub fn locked(&self, power: Power, reviewed: bool) -> Option<Locked> {
        if !self.hand.may(power) {
            return Some(match self.hand {
                Hand::Stranger | Hand::Staff => Locked::Staff,
                Hand::Member(_) if self.hand.may(Power::Edit) => Locked::OwnersOnly,
                Hand::Member(_) => Locked::Viewer,
            });
        }
        match self.app.status {
            AppStatus::Development => None,
            AppStatus::Live => reviewed.then_some(Locked::Live),
            AppStatus::Suspended => Some(Locked::Suspended),
        }
    }

    /// The same for a list of what was reviewed: of a live app something can be taken out of it, and nothing put in.
    pub fn locked_list(&self) -> Option<Locked> {
        let locked = self.locked(Power::Edit, true);
        locked.map(|why| if why == Locked::Live { Locked::LiveList } else { why })
    }

    /// What is around a page.
    pub fn frame<'a>(
        &'a self,
        room: Room,
        locked: Option<Locked>,
        problems: Vec<Complaint<'a>>,
    ) -> Result<Frame<'a>, Failure> {
        Ok(Frame {
            site: self.visitor.site(),
            csrf: &self.visitor.csrf,
            id: self.app.client.id.to_string(),
            face: AppFace::of(&self.app),
            status: self.app.status,
            organisation: self.organisation.as_ref().map(|own| own.name.as_str()),
            room,
            locked,
            news: if problems.is_empty() { self.news()? } else { None },
            problems,
        })
    }

    fn news(&self) -> Result<Option<Key>, Failure> {
        let query = self.visitor.request.query()?;
        Ok(query.get(field::DONE.name()).and_then(|done| match done {
            "saved" => Some(Key("portal-saved")),
            "ended" => Some(Key("portal-secret-ended")),
            "invited" => Some(Key("portal-tester-invited")),
            "revoked" => Some(Key("organisation-done-revoked")),
            "offered" => Some(Key("transfer-done-offered")),
            "kept" => Some(Key("transfer-done-revoked")),
            "taken" => Some(Key("portal-taken")),
            "removed" => Some(Key("portal-tester-removed")),
            "applied" => Some(Key("portal-manifest-applied")),
            _ => None,
        }))
    }

    /// Back to a room, with the news of what was done there.
    pub fn done(&self, room: Room, done: &str) -> Response<Body> {
        let link = room.address().link_to(&[&self.app.client.id.to_string()]);
        reply::see_other(link.with(field::DONE, done))
    }

    /// The complaint of somebody whose change met another one.
    pub fn changed_meanwhile(&self) -> Complaint<'v> {
        Complaint::form(self.visitor.site().say(Key("portal-changed-meanwhile")))
    }
}
