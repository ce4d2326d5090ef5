//! `/developers/request`: somebody who may not make apps says what they would like to connect, and reads what the team says.

use http::Response;
use http::header::RETRY_AFTER;
use symbolon_platform::developers::{Wish, may_make_app};
use symbolon_store::change::DeveloperRequestChange;
use symbolon_store::developer_requests::DeveloperRequestId;

use super::rows;
use crate::doors::throttle::Tries;
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::{PostedForm, Request};
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::developer_request::{DeveloperRequestPage, Kept};
use crate::visitor::{Outcome, Visitor, sign_in};

/// `GET|POST /developers/request`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let Some(visitor) = Visitor::of(state, request).await? else { return Ok(sign_in()) };
    let Some(form) = visitor.posted()? else { return show(&visitor, &Wish::default(), None).await };
    let wish = wish(&form);
    if let Err(wrong) = wish.check() {
        return show(&visitor, &wish, Some(Kept::Unfit(wrong))).await;
    }
    let tries = Tries::to_sign_up(state, request);
    if let Err(seconds) = tries.reserve(state, visitor.now).await? {
        return show(&visitor, &wish, Some(Kept::Throttled { seconds })).await;
    }
    let id: DeveloperRequestId = state.entropy.new_id(visitor.now)?;
    let (user, at) = (visitor.person(), visitor.now);
    let detail = format!("request {id} for an app \"{}\"", wish.name);
    let asks = DeveloperRequestChange::Create { id, user, wish: wish.clone(), at };
    match visitor.change(vec![(asks.into(), detail)], &[]).await? {
        Outcome::Made => Ok(reply::see_other(Address::DeveloperRequest.link().with(field::SENT, "yes"))),
        Outcome::Lost => {
            tries.give_back(state).await?;
            show(&visitor, &wish, Some(Kept::Many)).await
        }
    }
}

fn wish(form: &PostedForm) -> Wish {
    let text = |field| form.get(field).trim().to_owned();
    Wish {
        name: text(field::NAME),
        redirect_uri: text(field::REDIRECT_URI),
        logo_url: Some(text(field::LOGO_URL)).filter(|link| !link.is_empty()),
        homepage: text(field::HOMEPAGE),
        reason: text(field::REASON),
    }
}

async fn show(visitor: &Visitor<'_>, wish: &Wish, kept: Option<Kept>) -> Result<Response<Body>, Failure> {
    let (store, language) = (&visitor.state.store, visitor.language);
    let own = store.organisations_of(visitor.person()).await?;
    let user = &visitor.session.user;
    let developers = visitor.state.developers;
    let roles = own.iter().map(|own| Some(own.role)).chain([None]);
    let may = roles.into_iter().any(|role| may_make_app(developers, user, role).is_ok());
    let asked = store.developer_requests_of(visitor.person()).await?;
    let query = visitor.request.query()?;
    let status = match &kept {
        None => 200,
        Some(Kept::Unfit(_) | Kept::Many) => 422,
        Some(Kept::Throttled { .. }) => 429,
    };
    let wait = match &kept {
        Some(Kept::Throttled { seconds }) => Some(*seconds),
        Some(Kept::Unfit(_) | Kept::Many) | None => None,
    };
    let page = DeveloperRequestPage {
        site: visitor.site(),
        csrf: &visitor.csrf,
        may,
        wish,
        kept,
        asked: asked.iter().map(|own| rows::asked(own, (visitor.now, language))).collect(),
        sent: query.get(field::SENT.name()).is_some(),
    };
    let mut response = visitor.page(status, &page)?;
    if let Some(wait) = wait {
        response.headers_mut().insert(RETRY_AFTER, wait.into());
    }
    Ok(response)
}
