//! What pages about organisations show of what is stored.

use symbolon_oauth::id::UserId;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::invitation::Gives;
use symbolon_platform::organisation::Role;
use symbolon_store::app_transfers::Offered;
use symbolon_store::developed::TheirApp;
use symbolon_store::developer_requests::{Answer, DeveloperRequest};
use symbolon_store::invitations::Shown;
use symbolon_store::organisations::{Member, Own};

use crate::language::time::{When, date};
use crate::language::{Key, Language};
use crate::routes::Address;
use crate::views::developer_request::Asked;
use crate::views::face::{AppFace, Tile};
use crate::views::organisations::rooms::{AppRow, InvitationRow, MemberRow, OfferRow};
use crate::views::organisations::{OwnRow, role_word};
use crate::views::portal::status;

/// An organisation of a person's.
pub(super) fn own(own: &Own) -> OwnRow<'_> {
    OwnRow {
        name: &own.organisation.name,
        own: own.organisation.person.is_some(),
        role: role_word(own.role),
        tile: Tile::new(&own.organisation.name, None),
        link: Address::Organisation.link_to(&[&own.organisation.id.to_string()]),
    }
}

/// A member, as `person` sees them.
pub(super) fn member(
    member: &Member,
    person: UserId,
    (now, language): (Timestamp, Language),
) -> MemberRow<'_> {
    MemberRow {
        id: member.user.id.to_string(),
        name: &member.user.name,
        email: member.user.email(),
        tile: Tile::new(&member.user.name, None),
        role: member.role,
        since: When::new(language, now, member.since),
        this: member.user.id == person,
    }
}

/// An open invitation.
pub(super) fn invitation(shown: &Shown, language: Language) -> InvitationRow<'_> {
    let role = match shown.invitation.gives {
        Gives::Membership(_, role) => role,
        Gives::Testing(_) => Role::Viewer,
    };
    InvitationRow {
        id: shown.invitation.id.to_string(),
        address: &shown.invitation.address,
        role: role_word(role),
        by: shown.by.as_deref(),
        until: date(language, shown.invitation.expires_at),
    }
}

/// An app of an organisation.
pub(super) fn app(app: &TheirApp) -> AppRow<'_> {
    AppRow {
        face: AppFace::new(&app.name, app.icon),
        status: status(app.status),
        client_id: &app.client_id,
        link: Address::DevelopedApp.link_to(&[&app.id.to_string()]),
    }
}

/// An app that is offered.
pub(super) fn offer(offered: &Offered, language: Language) -> OfferRow<'_> {
    OfferRow {
        id: offered.app.to_string(),
        name: &offered.name,
        client_id: &offered.client_id,
        by: offered.by.as_deref().unwrap_or_default(),
        until: date(language, offered.until),
    }
}

/// What somebody asked for.
pub(super) fn asked(request: &DeveloperRequest, (now, language): (Timestamp, Language)) -> Asked<'_> {
    let state = match request.answer {
        None => Key("request-open"),
        Some((Answer::Accepted, _)) => Key("request-accepted"),
        Some((Answer::Declined, _)) => Key("request-declined"),
    };
    let said = request.answer.as_ref().and_then(|(_, said)| said.as_deref());
    Asked { name: &request.wish.name, state, said, at: When::new(language, now, request.at) }
}
