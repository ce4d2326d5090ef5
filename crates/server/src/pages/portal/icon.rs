//! `GET|POST /developers/apps/{app}/icon`: the picture of an app, handed in as a file, looked at, kept or taken away.
//!
//! Nothing that was sent is kept or shown but what was drawn anew from its pixels. What a preview showed comes back in the
//! form and is drawn once more, like any picture.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, Response};
use symbolon_platform::app::App;
use symbolon_platform::listing::Listing;
use symbolon_platform::organisation::Power;
use symbolon_store::Change;
use symbolon_store::change::{AppChange, IconChange};
use symbolon_store::icons::Icon;

use crate::failure::Failure;
use crate::icon::{Crop, IconError};
use crate::language::Key;
use crate::pages::portal::own::Own;
use crate::reply::Body;
use crate::request::{PostedForm, Request};
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::face::Complaint;
use crate::views::portal::Room;
use crate::views::portal::settings::IconPage;
use crate::visitor::{Outcome, sign_in};

/// What the form says.
#[derive(Default)]
struct Typed {
    x: String,
    y: String,
    size: String,
    drawn: Option<String>,
}

impl Typed {
    fn of(form: &PostedForm) -> Typed {
        let text = |field| form.get(field).trim().to_owned();
        Typed { x: text(field::CROP_X), y: text(field::CROP_Y), size: text(field::CROP_SIZE), drawn: None }
    }

    /// The square that was chosen; none is the middle. Without a place it begins at the corner.
    fn crop(&self) -> Result<Option<Crop>, IconError> {
        let number = |text: &str| match text {
            "" => Ok(0),
            text => text.parse().map_err(|_| IconError::Crop),
        };
        match [&self.x, &self.y, &self.size].map(|text| text.is_empty()) {
            [true, true, true] => Ok(None),
            [_, _, true] => Err(IconError::Crop),
            _ => Ok(Some(Crop { x: number(&self.x)?, y: number(&self.y)?, size: number(&self.size)? })),
        }
    }
}

/// `GET|POST /developers/apps/{app}/icon`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    if request.method() == Method::POST && request.oversized {
        return show(&own, &Typed::default(), 413, Some(Key("unfit-icon-file")));
    }
    let Some(form) = own.visitor.posted()? else { return show(&own, &Typed::default(), 200, None) };
    if own.locked(Power::Edit, true).is_some() {
        return show(&own, &Typed::default(), 403, None);
    }
    if !form.get(field::REMOVE).is_empty() {
        return keep(&own, None).await;
    }
    let typed = Typed::of(&form);
    let chosen = form.file(field::ICON).cloned();
    let (bytes, crop) = match (chosen, STANDARD.decode(form.get(field::DRAWN))) {
        (Some(file), _) => (file, typed.crop()),
        (None, Ok(drawn)) if !drawn.is_empty() => (Bytes::from(drawn), Ok(None)),
        (None, _) => return show(&own, &typed, 422, Some(Key("unfit-icon-none"))),
    };
    let drawn = match crop {
        Ok(crop) => state.uploads.draw(bytes, crop).await?,
        Err(unfit) => Err(unfit),
    };
    match drawn {
        Err(unfit) => show(&own, &typed, 422, Some(problem(unfit))),
        Ok(icon) if form.get(field::PREVIEW) == "yes" => {
            show(&own, &Typed { drawn: Some(STANDARD.encode(icon.png())), ..typed }, 200, None)
        }
        Ok(icon) => keep(&own, Some(icon)).await,
    }
}

/// Gives the app this icon, or none.
async fn keep(own: &Own<'_>, icon: Option<Icon>) -> Result<Response<Body>, Failure> {
    let key = icon.as_ref().map(Icon::key);
    let done = if key.is_some() { "saved" } else { "taken" };
    if key == own.app.listing.icon {
        return Ok(own.done(Room::Icon, done));
    }
    let listing = Listing { icon: key, ..own.app.listing.clone() };
    let old = own.stored();
    let new = App { listing, ..old.clone() };
    let put = icon.map(|icon| Change::from(IconChange::Put(icon)));
    // The picture is there before the app refers to it.
    let changes =
        put.into_iter().chain([AppChange::Update { old: Box::new(old), new: Box::new(new) }.into()]);
    let detail = format!("app {}: icon", own.app.client.client_id);
    let changes = changes.map(|change| (change, detail.clone())).collect();
    match own.visitor.change(changes, &[]).await? {
        Outcome::Made => Ok(own.done(Room::Icon, done)),
        Outcome::Lost => show(own, &Typed::default(), 409, Some(Key("portal-changed-meanwhile"))),
    }
}

/// Why a picture is no icon.
fn problem(unfit: IconError) -> Key {
    match unfit {
        IconError::File => Key("unfit-icon-file"),
        IconError::Kind => Key("unfit-icon-kind"),
        IconError::Size => Key("unfit-icon-size"),
        IconError::Svg => Key("unfit-icon-svg"),
        IconError::Polyglot => Key("unfit-icon-polyglot"),
        IconError::Crop => Key("unfit-icon-crop"),
        IconError::Damaged => Key("unfit-icon-damaged"),
    }
}

fn show(own: &Own<'_>, typed: &Typed, status: u16, problem: Option<Key>) -> Result<Response<Body>, Failure> {
    let site = own.visitor.site();
    let field = match problem {
        Some(Key("unfit-icon-crop")) => "crop_size",
        _ => "icon",
    };
    let problems = problem.map(|key| Complaint::field(field, site.say(key)));
    let icon = own.app.listing.icon.map(|key| Address::Icon.link_to(&[&key.to_string()]).to_string());
    let page = IconPage {
        site,
        frame: own.frame(Room::Icon, own.locked(Power::Edit, true), problems.into_iter().collect())?,
        icon,
        drawn: typed.drawn.clone(),
        crop_x: &typed.x,
        crop_y: &typed.y,
        crop_size: &typed.size,
    };
    own.visitor.page(status, &page)
}
