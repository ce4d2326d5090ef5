//! `GET|POST /developers/new`: a new app, of which the name alone must be said.
//!
//! The form carries the row that the app is to be, so that a form which is sent twice makes one app.

use http::Response;
use symbolon_oauth::client::Generations;
use symbolon_oauth::id::{AppId, OrganisationId};
use symbolon_platform::app::manifest;
use symbolon_platform::app::preset::{self, Preset};
use symbolon_platform::app::registration::Acceptance;
use symbolon_platform::app::{App, AppStatus, Registration};
use symbolon_platform::organisation::Organisation;
use symbolon_store::Change;
use symbolon_store::change::{AppChange, ClientSecretChange};

use crate::browser::Browser;
use crate::failure::Failure;
use crate::language::Key;
use crate::pages::portal::addresses::spoken;
use crate::pages::portal::change::{offer, takes_what_is_not_given};
use crate::pages::portal::code::snippets;
use crate::pages::portal::handed_in::{self, too_much};
use crate::pages::portal::own::Own;
use crate::pages::portal::places::places;
use crate::pages::portal::secret::minted;
use crate::pages::portal::unfit_manifest::{complaint, explained};
use crate::reply::{self, Body};
use crate::request::{PostedForm, Request};
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::face::Complaint;
use crate::views::portal::Room;
use crate::views::portal::create::Create;
use crate::views::portal::credentials::ShownOnce;
use crate::views::portal::words;
use crate::visitor::{Outcome, Visitor, sign_in};

/// What somebody types.
#[derive(Default)]
struct Typed {
    name: String,
    preset: String,
    organisation: String,
    manifest: String,
}

impl Typed {
    fn of(form: &PostedForm, manifest: String) -> Typed {
        let text = |field| form.get(field).to_owned();
        Typed {
            name: text(field::NAME),
            preset: text(field::PRESET),
            organisation: text(field::ORGANISATION),
            manifest,
        }
    }

    /// What a link says in its query.
    fn asked(request: &Request) -> Result<Typed, Failure> {
        let query = request.query()?;
        let text = |field: field::Field| query.get(field.name()).unwrap_or_default().to_owned();
        let (name, preset, manifest) = (text(field::NAME), text(field::PRESET), text(field::MANIFEST));
        Ok(Typed { name, preset, manifest, organisation: String::new() })
    }

    fn preset(&self) -> Option<&'static Preset> {
        Preset::find(&self.preset).or_else(|| preset::all().first())
    }
}

/// `GET|POST /developers/new`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let Some(visitor) = Visitor::of(state, request).await? else { return Ok(sign_in()) };
    let places = places(&visitor).await?;
    if places.is_empty() {
        return Err(Trouble::NotFound.into());
    }
    let wrong = |typed: &Typed, key| {
        let problem = Complaint::field("manifest_file", visitor.site().say(key));
        show(&visitor, &places, typed, vec![problem])
    };
    if let Some(key) = too_much(request) {
        return wrong(&Typed::default(), key);
    }
    let Some(form) = visitor.posted()? else {
        return show(&visitor, &places, &Typed::asked(request)?, Vec::new());
    };
    let id: AppId = form.get(field::ID).parse().map_err(|_| Failure::from(Trouble::Forged))?;
    if !Browser::bears(&form, &mark(&visitor, id)) {
        return Err(Trouble::Forged.into());
    }
    let typed = match handed_in::manifest(&form) {
        Ok(manifest) => Typed::of(&form, manifest),
        Err(key) => return wrong(&Typed::of(&form, form.get(field::MANIFEST).to_owned()), key),
    };
    let place = match typed.organisation.as_str() {
        "" => places.first(),
        named => places.iter().find(|(place, _)| place.to_string() == named),
    };
    let (place, _) = place.ok_or_else(|| Failure::from(Trouble::NotFound))?;
    make(&visitor, &places, &typed, (id, *place)).await
}

/// The mark of a row that this visitor's form was given.
fn mark(visitor: &Visitor<'_>, id: AppId) -> String {
    visitor.browser.mark(visitor.state, &["new app", &id.to_string()])
}

async fn make(
    visitor: &Visitor<'_>,
    places: &[(OrganisationId, String)],
    typed: &Typed,
    (id, place): (AppId, OrganisationId),
) -> Result<Response<Body>, Failure> {
    let (state, site) = (visitor.state, visitor.site());
    let text = typed.manifest.trim();
    let wanted = match wanted(visitor, typed)? {
        Ok(wanted) => wanted,
        Err(problem) => return show(visitor, places, typed, vec![problem]),
    };
    let catalogue = state.store.catalogue(visitor.now).await?;
    let acceptance = Acceptance {
        id,
        held: &[],
        generations: Generations::default(),
        owner: Some(visitor.person()),
        status: AppStatus::Development,
        created_at: visitor.now,
        icon: None,
    };
    match wanted.decide(&offer(state, &catalogue), acceptance) {
        Ok(app) => keep(visitor, app, (place, &typed.preset)).await,
        Err(unfit) if text.is_empty() => show(visitor, places, typed, vec![words::complaint(site, &unfit)]),
        Err(unfit) => {
            let line = manifest::line_of(text, unfit.key());
            let problem = complaint(site, line, &unfit.to_string());
            show(visitor, places, typed, vec![problem])
        }
    }
}

/// What somebody asks for: the kind that they chose, or what their manifest says.
fn wanted<'v>(visitor: &Visitor<'v>, typed: &Typed) -> Result<Result<Registration, Complaint<'v>>, Failure> {
    let site = visitor.site();
    let bytes: [u8; 10] = visitor.state.entropy.fill()?;
    let client_id = bytes.iter().fold("app_".to_owned(), |name, byte| format!("{name}{byte:02x}"));
    let text = typed.manifest.trim();
    if text.is_empty() {
        let mut wanted = Registration::new(client_id, typed.name.trim());
        if let Some(preset) = typed.preset() {
            preset.shape(&mut wanted);
        }
        return Ok(Ok(wanted));
    }
    Ok(match manifest::read(text, &client_id) {
        Ok(wanted) if takes_what_is_not_given(&wanted, &[]) => {
            Err(Complaint::field("manifest-text", site.say(Key("unfit-grant-type"))))
        }
        Ok(wanted) => Ok(wanted),
        Err(unfit) => Err(complaint(site, unfit.line, &explained(&unfit))),
    })
}

/// Keeps a new app, and shows its secret this once. One that is there already was made by the same form.
async fn keep(
    visitor: &Visitor<'_>,
    app: App,
    (place, preset): (OrganisationId, &str),
) -> Result<Response<Body>, Failure> {
    let person = visitor.person();
    let id = app.client.id;
    let mut changes: Vec<Change> = vec![AppChange::Create(app.clone()).into()];
    let own = Organisation::own(person);
    if place != own {
        changes.push(AppChange::Transfer { app: id, old: Some(own), new: Some(place) }.into());
    }
    let waits = spoken(visitor.state, &app).is_some_and(|own| own.dialect.secret_on_demand);
    let secret = match app.client.is_public() || waits {
        true => None,
        false => Some(minted(visitor, visitor.state.entropy.new_id(visitor.now)?)?),
    };
    changes.extend(
        secret
            .iter()
            .map(|(_, row)| ClientSecretChange::Add { app: id, secret: row.clone(), replaced: None }.into()),
    );
    let detail = format!("app {}", app.client.client_id);
    let changes = changes.into_iter().map(|change| (change, detail.clone())).collect();
    match visitor.change(changes, &[]).await? {
        Outcome::Made => {}
        Outcome::Lost => return Ok(reply::see_other(Address::DevelopedApp.link_to(&[&id.to_string()]))),
    }
    let own = Own::of(visitor.state, visitor.request, &id.to_string()).await?;
    let own = own.ok_or_else(|| Failure::from(Trouble::NotFound))?;
    let secret = secret.as_ref().map(|(secret, _)| secret.expose());
    let page = ShownOnce {
        site: own.visitor.site(),
        frame: own.frame(Room::Overview, None, Vec::new())?,
        client_id: &own.app.client.client_id,
        secret,
        old_until: None,
        next: Address::DevelopedApp.link_to(&[&id.to_string()]).with(field::PRESET, preset),
        to_be_made: own.app.client.secrets.is_empty() && !own.app.client.is_public(),
        new_app: true,
        snippets: snippets(&own, secret)?,
    };
    own.visitor.page(200, &page)
}

fn show(
    visitor: &Visitor<'_>,
    places: &[(OrganisationId, String)],
    typed: &Typed,
    problems: Vec<Complaint<'_>>,
) -> Result<Response<Body>, Failure> {
    let id: AppId = visitor.state.entropy.new_id(visitor.now)?;
    let status = if problems.is_empty() { 200 } else { 422 };
    let page = Create {
        site: visitor.site(),
        csrf: &visitor.csrf,
        id: &id.to_string(),
        shown: &mark(visitor, id),
        name: &typed.name,
        preset: typed.preset().map_or("", |preset| preset.key.as_str()),
        presets: preset::all(),
        organisations: places.iter().map(|(id, name)| (id.to_string(), name.as_str())).collect(),
        organisation: &typed.organisation,
        manifest: &typed.manifest,
        problems,
    };
    visitor.page(status, &page)
}
