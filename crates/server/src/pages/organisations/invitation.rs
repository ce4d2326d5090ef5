//! `/developers/invitations/{invitation}`: what the link of an invitation leads to.
//!
//! The link names a row and proves that it was given to whoever holds it. What accepting gives, and to whom, is the row's to
//! say. A link that is not good looks like every other one that is not.

use http::{Method, Response};
use subtle::ConstantTimeEq;
use symbolon_oauth::credential::SecretHash;
use symbolon_platform::invitation::{Gives, NotYours};
use symbolon_store::Change;
use symbolon_store::change::{InvitationChange, MemberChange, TesterChange};
use symbolon_store::invitations::Shown;
use symbolon_store::testers::TesterId;

use crate::browser::Browser;
use crate::failure::Failure;
use crate::inviting::named;
use crate::language::time::date;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::link::Link;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::organisations::invitation::{InvitationPage, InvitationState};
use crate::views::organisations::{Done, role_word};
use crate::visitor::{Outcome, Visitor};

/// `GET|POST /developers/invitations/{invitation}`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, token: &str) -> Result<Response<Body>, Failure> {
    // Nobody who is not signed in learns whether it is good.
    let Some(visitor) = Visitor::of(state, request).await? else {
        return sign_in_first(state, request, token).await;
    };
    let Some(shown) = find(&visitor, token).await? else {
        return show(&visitor, None, InvitationState::Gone).await;
    };
    let open = match shown.invitation.may_be_accepted(&visitor.session.user, visitor.now) {
        Ok(()) => InvitationState::Open,
        Err(NotYours::Expired) => InvitationState::Gone,
        Err(NotYours::OtherAddress) => InvitationState::OtherAddress,
        Err(NotYours::Unproven) => InvitationState::Unproven,
    };
    if request.method() != Method::POST || open != InvitationState::Open {
        return show(&visitor, Some(&shown), open).await;
    }
    let form = visitor.form()?;
    if form.get(field::ANSWER) == "accept" {
        accept(&visitor, &shown).await
    } else {
        decline(&visitor, &shown).await
    }
}

async fn sign_in_first(state: &State, request: &Request, token: &str) -> Result<Response<Body>, Failure> {
    let browser = Browser::of(state, request, state.now()).await?;
    let language = request.language();
    let page = InvitationPage {
        site: state.site(language),
        csrf: "",
        action: Link::here(request),
        state: InvitationState::SignedOut,
        into: "",
        by: None,
        address: "",
        role: None,
        until: String::new(),
        secret: named(token).map(|_| token),
        sign_up_open: state.sign_up_open,
    };
    let mut response = reply::page(200, language, &page, None)?;
    browser.remember(state, &mut response);
    Ok(response)
}

/// The invitation of a link that is whole.
async fn find(visitor: &Visitor<'_>, token: &str) -> Result<Option<Shown>, Failure> {
    let Some(id) = named(token) else { return Ok(None) };
    let hash = SecretHash::of(token);
    let shown = visitor.state.store.invitation(id).await?;
    Ok(shown.filter(|shown| shown.hash.0.ct_eq(&hash.0).into()))
}

async fn accept(visitor: &Visitor<'_>, shown: &Shown) -> Result<Response<Body>, Failure> {
    let (user, at) = (visitor.person(), visitor.now);
    let invitation = &shown.invitation;
    let spends = InvitationChange::Accept { invitation: invitation.id, at };
    let of = format!("invitation {}", invitation.id);
    let (gives, detail, there): (Change, String, Link) = match invitation.gives {
        Gives::Membership(organisation, role) => {
            let detail = format!(
                "{} in organisation {organisation} as {}",
                visitor.session.user.external_id,
                role.as_str()
            );
            let there = Address::Organisation.link_to(&[&organisation.to_string()]);
            (MemberChange::Add { organisation, user, role, at }.into(), detail, there)
        }
        Gives::Testing(app) => {
            let tester = TesterId::Person(user);
            let change = TesterChange::Add { app, tester, invited_by: Some(invitation.by), at };
            (change.into(), format!("tester {}", visitor.session.user.external_id), Address::Account.link())
        }
    };
    match visitor.change(vec![(spends.into(), of), (gives, detail)], &[]).await? {
        Outcome::Made => match invitation.gives {
            Gives::Membership(..) => {
                Ok(reply::see_other(there.with(field::HAPPENED, Done::Accepted.as_str())))
            }
            Gives::Testing(_) => show(visitor, Some(shown), InvitationState::Tester).await,
        },
        Outcome::Lost => lost(visitor, shown).await,
    }
}

/// Somebody was faster, or there is no room: that is told, and the developers can see that somebody came.
async fn lost(visitor: &Visitor<'_>, shown: &Shown) -> Result<Response<Body>, Failure> {
    let store = &visitor.state.store;
    if store.invitation(shown.invitation.id).await?.is_none() {
        return show(visitor, None, InvitationState::Gone).await;
    }
    let is_in = match shown.invitation.gives {
        Gives::Membership(organisation, _) => {
            let found = store.organisation(organisation, visitor.person()).await?;
            found.is_some_and(|(_, role)| role.is_some())
        }
        Gives::Testing(app) => store.is_tester(app, visitor.person()).await?,
    };
    if is_in {
        let invitation = shown.invitation.id;
        let spends = InvitationChange::Accept { invitation, at: visitor.now };
        let detail = format!("invitation {invitation}, of somebody who was in");
        return match visitor.change(vec![(spends.into(), detail)], &[]).await? {
            Outcome::Made | Outcome::Lost => show(visitor, Some(shown), InvitationState::Already).await,
        };
    }
    if let Gives::Testing(app) = shown.invitation.gives {
        // F5: whoever comes as one too many is no silent failure.
        let actor = symbolon_store::Actor::User(visitor.person());
        let refused = symbolon_platform::deed::Deed::TesterRefused;
        let audit =
            visitor.state.deed(visitor.request, refused, actor, visitor.now)?.app(app).user(visitor.person());
        store.change(&[], &[audit.detail("there are as many testers as an app has")]).await?;
        visitor.request.trail.did(refused);
    }
    show(visitor, Some(shown), InvitationState::Full).await
}

async fn decline(visitor: &Visitor<'_>, shown: &Shown) -> Result<Response<Body>, Failure> {
    let invitation = shown.invitation.id;
    let spends = InvitationChange::Decline { invitation, at: visitor.now };
    match visitor.change(vec![(spends.into(), format!("invitation {invitation}"))], &[]).await? {
        Outcome::Made => show(visitor, Some(shown), InvitationState::Declined).await,
        Outcome::Lost => show(visitor, None, InvitationState::Gone).await,
    }
}

async fn show(
    visitor: &Visitor<'_>,
    shown: Option<&Shown>,
    state: InvitationState,
) -> Result<Response<Body>, Failure> {
    let role = shown.and_then(|shown| match shown.invitation.gives {
        Gives::Membership(_, role) => Some(role_word(role)),
        Gives::Testing(_) => None,
    });
    let page = InvitationPage {
        site: visitor.site(),
        csrf: &visitor.csrf,
        action: Link::here(visitor.request),
        state,
        into: shown.map_or("", |shown| &shown.into),
        by: shown.and_then(|shown| shown.by.as_deref()),
        address: shown.map_or("", |shown| &shown.invitation.address),
        role,
        until: shown.map(|shown| date(visitor.language, shown.invitation.expires_at)).unwrap_or_default(),
        secret: None,
        sign_up_open: false,
    };
    visitor.page(state.status(), &page)
}
