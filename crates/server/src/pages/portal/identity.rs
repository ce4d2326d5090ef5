//! `GET|POST /developers/apps/{app}/identity`: what people are shown of an app.

use http::Response;
use symbolon_platform::app::{About, AppStatus, Registration, UnfitAbout};
use symbolon_platform::organisation::Power;
use symbolon_store::change::AppChange;

use crate::failure::Failure;
use crate::language::Key;
use crate::pages::portal::own::Own;
use crate::reply::Body;
use crate::request::{PostedForm, Request};
use crate::routes::field;
use crate::state::State;
use crate::views::face::Complaint;
use crate::views::portal::Room;
use crate::views::portal::settings::Identity;
use crate::views::portal::words;
use crate::views::site::Site;
use crate::visitor::{Outcome, sign_in};

/// What the form says.
struct Typed {
    name: String,
    publisher: String,
    homepage: String,
    description: String,
    categories: String,
    support_url: String,
    privacy_url: String,
    terms_url: String,
}

impl Typed {
    fn of(form: &PostedForm) -> Typed {
        let text = |field| form.get(field).trim().to_owned();
        Typed {
            name: text(field::NAME),
            publisher: text(field::PUBLISHER),
            homepage: text(field::HOMEPAGE),
            description: text(field::DESCRIPTION),
            categories: text(field::CATEGORIES),
            support_url: text(field::SUPPORT_URL),
            privacy_url: text(field::PRIVACY_URL),
            terms_url: text(field::TERMS_URL),
        }
    }

    fn stored(wanted: &Registration, about: &About) -> Typed {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Typed {
            name: wanted.name.clone(),
            publisher: text(&wanted.publisher),
            homepage: text(&wanted.homepage),
            description: text(&about.description),
            categories: about.categories.join(" "),
            support_url: text(&about.support_url),
            privacy_url: text(&wanted.privacy_url),
            terms_url: text(&wanted.terms_url),
        }
    }

    fn about(&self) -> About {
        About {
            description: said(&self.description),
            support_url: said(&self.support_url),
            categories: self.categories.split_whitespace().map(str::to_owned).collect(),
        }
    }

    /// A registration with this in it; of a live app what was reviewed stays.
    fn laid_over(&self, stored: Registration, reviewed: bool) -> Registration {
        let links =
            Registration { privacy_url: said(&self.privacy_url), terms_url: said(&self.terms_url), ..stored };
        if reviewed {
            return links;
        }
        let (name, publisher, homepage) = (self.name.clone(), said(&self.publisher), said(&self.homepage));
        Registration { name, publisher, homepage, ..links }
    }
}

fn said(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// `GET|POST /developers/apps/{app}/identity`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    let about = state.store.about_app(own.app.client.id).await?.unwrap_or_default();
    let stored = || Typed::stored(&Registration::of(&own.app), &about);
    let Some(form) = own.visitor.posted()? else { return show(&own, &stored(), 200, Vec::new()) };
    if own.locked(Power::Edit, false).is_some() {
        return show(&own, &stored(), 403, Vec::new());
    }
    let typed = Typed::of(&form);
    let reviewed = own.app.status == AppStatus::Live;
    let wanted = typed.laid_over(Registration::of(&own.app), reviewed);
    let site = own.visitor.site();
    let catalogue = state.store.catalogue(own.visitor.now).await?;
    let new = match own.judged(&wanted, &catalogue) {
        Ok(new) => new,
        Err(unfit) => return show(&own, &typed, 422, vec![words::complaint(site, &unfit)]),
    };
    let new_about = typed.about();
    if let Err(unfit) = new_about.check() {
        return show(&own, &typed, 422, vec![about_complaint(site, &unfit)]);
    }
    let app = own.app.client.id;
    let changed = about != new_about;
    let also = changed.then(|| AppChange::SetAbout { app, old: about.clone(), new: new_about }.into());
    match own.become_this(new, also.into_iter().collect(), "name and links").await? {
        Outcome::Made => Ok(own.done(Room::Identity, "saved")),
        Outcome::Lost => show(&own, &stored(), 409, vec![own.changed_meanwhile()]),
    }
}

fn about_complaint<'a>(site: &'a Site, unfit: &UnfitAbout) -> Complaint<'a> {
    match unfit {
        UnfitAbout::Description(why) => Complaint::field("description", words::name(site, why)),
        UnfitAbout::Support(why) => Complaint::field("support_url", site.say(words::link(why))),
        UnfitAbout::Category(_) => Complaint::field("categories", site.say(Key("unfit-category"))),
        UnfitAbout::Categories => Complaint::field("categories", site.say(Key("unfit-categories"))),
    }
}

fn show(
    own: &Own<'_>,
    typed: &Typed,
    status: u16,
    problems: Vec<Complaint<'_>>,
) -> Result<Response<Body>, Failure> {
    let page = Identity {
        site: own.visitor.site(),
        frame: own.frame(Room::Identity, own.locked(Power::Edit, false), problems)?,
        reviewed: own.app.status == AppStatus::Live,
        name: &typed.name,
        publisher: &typed.publisher,
        homepage: &typed.homepage,
        description: &typed.description,
        categories: &typed.categories,
        support_url: &typed.support_url,
        privacy_url: &typed.privacy_url,
        terms_url: &typed.terms_url,
    };
    own.visitor.page(status, &page)
}
