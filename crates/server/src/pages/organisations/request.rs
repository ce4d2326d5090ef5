//! `/developers/request`: somebody who may not make apps says what they would like to connect, and reads what the team says.

use http::header::RETRY_AFTER;
use http::{Method, Response};
use symbolon_platform::developers::{Wish, may_make_app};
use symbolon_store::StoreError;
use symbolon_store::change::DeveloperRequestChange;
use symbolon_store::developer_requests::DeveloperRequestId;

use super::{Visit, rows};
use crate::doors::throttle::Tries;
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::{PostedForm, Request};
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::developer_request::{DeveloperRequestPage, Kept};

/// `GET|POST /developers/request`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let visit = match Visit::of(state, request).await? {
        Ok(visit) => visit,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if request.method() != Method::POST {
        return show(&visit, &Wish::default(), None).await;
    }
    let wish = wish(&visit.form()?);
    if let Err(wrong) = wish.check() {
        return show(&visit, &wish, Some(Kept::Unfit(wrong))).await;
    }
    let tries = Tries::to_sign_up(state, request);
    if let Err(seconds) = tries.reserve(state, visit.now).await? {
        return show(&visit, &wish, Some(Kept::Throttled { seconds })).await;
    }
    let id: DeveloperRequestId = state.entropy.new_id(visit.now)?;
    let (user, at) = (visit.person(), visit.now);
    let detail = format!("request {id} for an app \"{}\"", wish.name);
    let asks = DeveloperRequestChange::Create { id, user, wish: wish.clone(), at };
    match visit.makes(vec![(asks.into(), detail)]).await {
        Ok(()) => Ok(reply::see_other(Address::DeveloperRequest.link().with(field::SENT, "yes"))),
        Err(Failure::Store(StoreError::Conflict)) => {
            tries.give_back(state).await?;
            show(&visit, &wish, Some(Kept::Many)).await
        }
        Err(other) => Err(other),
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

async fn show(visit: &Visit<'_>, wish: &Wish, kept: Option<Kept>) -> Result<Response<Body>, Failure> {
    let (store, language) = (&visit.state.store, visit.request.language());
    let own = store.organisations_of(visit.person()).await?;
    let user = &visit.session.user;
    let developers = visit.state.developers;
    let roles = own.iter().map(|own| Some(own.role)).chain([None]);
    let may = roles.into_iter().any(|role| may_make_app(developers, user, role).is_ok());
    let asked = store.developer_requests_of(visit.person()).await?;
    let query = visit.request.query()?;
    let csrf = visit.browser.csrf(visit.state);
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
        site: visit.state.site(language),
        csrf: &csrf,
        may,
        wish,
        kept,
        asked: asked.iter().map(|own| rows::asked(own, (visit.now, language))).collect(),
        sent: query.get(field::SENT.name()).is_some(),
    };
    let mut response = visit.page(status, &page)?;
    if let Some(wait) = wait {
        response.headers_mut().insert(RETRY_AFTER, wait.into());
    }
    Ok(response)
}
