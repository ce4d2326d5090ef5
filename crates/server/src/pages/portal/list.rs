//! `GET /developers`: the apps that a person develops, a page at a time.

use std::collections::HashMap;

use http::Response;
use symbolon_oauth::id::AppId;
use symbolon_platform::app::AppStatus;
use symbolon_store::developed::Figures;
use symbolon_store::organisations::OwnApp;

use crate::failure::Failure;
use crate::language::Key;
use crate::language::time::When;
use crate::pages::portal::figures::counted;
use crate::pages::portal::places::places;
use crate::reply::Body;
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::face::AppFace;
use crate::views::portal::list::{Apps, FOUND_FROM, Row};
use crate::views::portal::status;
use crate::visitor::{Visitor, sign_in};

/// Apps on a page.
const PAGE: usize = 30;

/// `GET /developers`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let Some(visitor) = Visitor::of(state, request).await? else { return Ok(sign_in()) };
    let person = visitor.person();
    let query = request.query()?;
    let after: Option<AppId> = query.get(field::AFTER.name()).and_then(|id| id.parse().ok());
    let find = query.get(field::FIND.name()).map(shortened).filter(|text| !text.is_empty());
    // One more than is shown says whether there is a next page.
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut apps = match &find {
        Some(text) => state.store.find_apps_of(person, text, after, most).await?,
        None => state.store.apps_of(person, after, most).await?,
    };
    let more = apps.len() > PAGE;
    apps.truncate(PAGE);
    let figures = figures(&visitor, &apps).await?;
    let next = apps.last().filter(|_| more).map(|last| {
        let link = Address::Developers.link().with(field::AFTER, &last.id.to_string());
        find.iter().fold(link, |link, text| link.with(field::FIND, text))
    });
    let deleted = query.get(field::DONE.name()) == Some("deleted");
    let page = Apps {
        site: visitor.site(),
        csrf: &visitor.csrf,
        many: find.is_some() || after.is_some() || apps.len() >= FOUND_FROM,
        apps: apps.iter().map(|app| row(&visitor, app, figures.get(&app.id))).collect(),
        find: find.as_deref(),
        next,
        later: after.is_some(),
        may_create: !places(&visitor).await?.is_empty(),
        news: deleted.then_some(Key("portal-deleted")),
    };
    visitor.page(200, &page)
}

/// No more of a text than a name can have.
fn shortened(text: &str) -> String {
    text.trim().chars().take(100).collect()
}

/// The figures of the apps of a page, all at once.
async fn figures(visitor: &Visitor<'_>, apps: &[OwnApp]) -> Result<HashMap<AppId, Figures>, Failure> {
    let (Some(newest), Some(oldest)) = (apps.first(), apps.last()) else { return Ok(HashMap::new()) };
    let person = visitor.person();
    let all = visitor.state.store.figures_of(person, (newest.id, oldest.id), visitor.now).await?;
    Ok(all.into_iter().map(|figures| (figures.app, figures)).collect())
}

fn row<'a>(visitor: &Visitor<'_>, app: &'a OwnApp, figures: Option<&Figures>) -> Row<'a> {
    let when = |at| When::new(visitor.language, visitor.now, at);
    Row {
        face: AppFace::new(&app.name, app.icon),
        status: status(app.status),
        stopped: app.status == AppStatus::Suspended,
        organisation: &app.organisation.organisation.name,
        link: Address::DevelopedApp.link_to(&[&app.id.to_string()]),
        connected: figures.map(counted).unwrap_or_default(),
        last_used: figures.and_then(|figures| figures.last_used).map(when),
        secret_ends: figures.and_then(|figures| figures.secret_ends).map(when),
    }
}
