//! `/developers/apps/{app}/connect`: an app, connected by one of its developers as themselves. The real flow, with every request
//! and answer shown, each mistake explained, and what to type to do the same.
//!
//! The page keeps what it was given sealed in itself: for this app, this browser and this session, and for half an hour. What
//! the portal asks in the app's name it asks of the endpoints themselves, through `dispatch`, which answers it like any app.

mod link;
mod sealed;
mod shortened;
mod speak;

use std::sync::Arc;

use http::Response;
use http_body_util::BodyExt;
use symbolon_oauth::credential::{Kind, Presented};
use symbolon_oauth::dialect::Serves;
use symbolon_oauth::error::ErrorCode;
use symbolon_oauth::id::{FamilyId, Id};
use symbolon_oauth::policy::Policy;
use symbolon_oauth::reason::Reason;
use symbolon_platform::deed::Deed;
use symbolon_platform::organisation::Power;
use symbolon_store::audit::Actor;

use crate::failure::Failure;
use crate::language::Key;
use crate::language::time::When;
use crate::pages::portal::addresses;
use crate::pages::portal::connect::link::checked;
use crate::pages::portal::connect::sealed::{Act, Sealed, Step};
use crate::pages::portal::connect::speak::{Spoken, authorization};
use crate::pages::portal::own::Own;
use crate::reply::Body;
use crate::request::{PostedForm, Request};
use crate::routes::field;
use crate::served::{Mounted, Served};
use crate::state::State;
use crate::trial::{self, Ticket};
use crate::views::docs::words;
use crate::views::face::Complaint;
use crate::views::portal::Room;
use crate::views::portal::connect::{Checked, Connect, Start, Told};
use crate::views::portal::mend;
use crate::visitor::sign_in;

/// What is to be done for a page.
pub enum Asks<'v> {
    /// Nothing: it is answered.
    Answered(Response<Body>),
    /// This is asked in the app's name; [`heard`] goes on with what comes of it.
    Of(Box<Trial<'v>>),
}

/// A trial that waits for an answer.
pub struct Trial<'v> {
    /// What is asked.
    pub question: Question,
    own: Own<'v>,
    sealed: Sealed,
    act: Act,
    spoken: Spoken,
}

/// A request that the portal sends in the app's name.
pub struct Question {
    /// The request.
    pub request: Request,
    /// Whom it is for.
    pub whom: Whom,
}

/// Who answers a [`Question`].
pub enum Whom {
    /// An endpoint of the app's dialect, by its number, which goes by this.
    Endpoint(Arc<Mounted>, usize, Box<Policy>),
    /// `/v1/me`.
    Me,
}

impl Whom {
    /// The endpoint, as its handler gets it.
    #[must_use]
    pub fn served(&self) -> Option<Served<'_>> {
        match self {
            Whom::Endpoint(mounted, at, policy) => Some(Served { policy, ..mounted.served(*at) }),
            Whom::Me => None,
        }
    }
}

/// What came of a [`Question`].
pub struct Heard {
    /// The answer, as the app would get it.
    pub response: Response<Body>,
    /// Which check refused, if one did.
    pub reason: Option<Reason>,
}

/// `GET|POST /developers/apps/{app}/connect`.
///
/// # Errors
/// A page.
pub async fn answer<'v>(state: &'v State, request: &'v Request, id: &str) -> Result<Asks<'v>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(Asks::Answered(sign_in())) };
    let Some(form) = own.visitor.posted()? else { return show(&own, None, 200).map(Asks::Answered) };
    if own.locked(Power::Try, false).is_some() {
        return show(&own, None, 403).map(Asks::Answered);
    }
    if form.get(field::STEP) == "check" {
        let typed = form.get(field::LINK_TO_CHECK).trim();
        let found = checked(&own, typed).await?;
        return begin(&own, (typed, Some(found)), Vec::new(), 200).map(Asks::Answered);
    }
    let Some(sealed) = Sealed::open(&own, form.get(field::TRIAL)) else {
        let over = Complaint::form(own.visitor.site().say(Key("connect-over")));
        return begin(&own, ("", None), vec![over], 403).map(Asks::Answered);
    };
    go_on(own, sealed, &form).await
}

/// Does what a form of a trial says.
async fn go_on<'v>(own: Own<'v>, sealed: Sealed, form: &PostedForm) -> Result<Asks<'v>, Failure> {
    let act = match form.get(field::STEP) {
        "exchange" => Act::Exchange,
        "refresh" => Act::Refresh,
        "revoke" => Act::Revoke,
        "who" => Act::Who,
        "end" => return end(own, sealed).await.map(Asks::Answered),
        _ => return show(&own, Some(&sealed), 422).map(Asks::Answered),
    };
    if !sealed.may(act) {
        return show(&own, Some(&sealed), 422).map(Asks::Answered);
    }
    let Some((question, spoken)) = speak::question(&own, &sealed, act)? else {
        return show(&own, Some(&sealed), 422).map(Asks::Answered);
    };
    if act == Act::Exchange {
        let audit = of_app(&own, Deed::AppTried)?;
        own.visitor.state.store.record(audit).await?;
        own.visitor.request.trail.did(Deed::AppTried);
    }
    Ok(Asks::Of(Box::new(Trial { question, own, sealed, act, spoken })))
}

fn of_app(own: &Own<'_>, deed: Deed) -> Result<symbolon_store::Audit, Failure> {
    let visitor = &own.visitor;
    let audit = visitor.state.deed(visitor.request, deed, Actor::User(visitor.person()), visitor.now)?;
    Ok(audit.app(own.app.client.id).detail(format!("app {}: tried", own.app.client.client_id)))
}

/// Goes on with what came of a question.
///
/// # Errors
/// A page.
pub async fn heard(trial: Trial<'_>, heard: Heard) -> Result<Response<Body>, Failure> {
    let Trial { question, own, mut sealed, act, spoken } = trial;
    let status = heard.response.status().as_u16();
    let media_type = heard.response.headers().get(http::header::CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    // A body of ours is there as a whole.
    let body = heard.response.into_body().collect().await.map(|all| all.to_bytes()).unwrap_or_default();
    let body = String::from_utf8_lossy(&body).into_owned();
    let mut found = Vec::new();
    let shown = shortened::answer(&body, &mut found);
    let (id, reason) = (&question.request.id, heard.reason);
    let answer = format!("HTTP/1.1 {status}\ncontent-type: {media_type}\nx-request-id: {id}\n\n{shown}");
    let well = (200..300).contains(&status);
    if well {
        sealed.learn(act, &found);
    }
    sealed.push(Step {
        act,
        request: spoken.request,
        answer,
        well,
        reason: reason.map(|reason| reason.as_str().to_owned()),
        code: None,
        curl: spoken.curl,
    });
    show(&own, Some(&sealed), 200)
}

/// `GET /developers/apps/{app}/connect/answer`: where the authorization answer of a trial arrives.
///
/// # Errors
/// A page.
pub async fn arrived(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    if own.locked(Power::Try, false).is_some() {
        return show(&own, None, 403);
    }
    let query = request.query()?;
    let get = |field: field::Field| query.get(field.name());
    let whose = (&own.visitor.browser, &*own.visitor.session);
    let ticket = get(field::STATE).and_then(|sealed| Ticket::open(state, sealed));
    let ticket = ticket.filter(|own_ticket| {
        own_ticket.is_open(own.visitor.now) && own_ticket.is_of(own.app.client.id, whose)
    });
    let Some(ticket) = ticket else {
        let foreign = Complaint::form(own.visitor.site().say(Key("connect-foreign")));
        return begin(&own, ("", None), vec![foreign], 403);
    };
    let sent = get(field::STATE).unwrap_or_default();
    let spoken = authorization(&own, (&ticket, sent), false);
    let mut sealed = Sealed::new(own.visitor.now, ticket.verifier(state), get(field::CODE));
    let answer = speak::arrived(request.path(), &query);
    let code = get(field::ERROR).map(str::to_owned);
    let (request, curl) = spoken.map(|spoken| (spoken.request, spoken.curl)).unwrap_or_default();
    let well = code.is_none() && get(field::CODE).is_some();
    sealed.push(Step { act: Act::Authorize, request, answer, well, reason: None, code, curl });
    show(&own, Some(&sealed), 200)
}

/// Ends a trial, with everything that it was given.
async fn end(own: Own<'_>, mut sealed: Sealed) -> Result<Response<Body>, Failure> {
    let (state, now) = (own.visitor.state, own.visitor.now);
    if let Some(family) = family(state, &sealed, &own).await? {
        let audit = of_app(&own, Deed::TokenFamilyRevoked)?;
        state.store.end_family(family, "trial_over", audit, now).await?;
        own.visitor.request.trail.did(Deed::TokenFamilyRevoked);
    }
    sealed.end();
    show(&own, Some(&sealed), 200)
}

/// The token family of a trial.
async fn family(state: &State, sealed: &Sealed, own: &Own<'_>) -> Result<Option<FamilyId>, Failure> {
    let parsed = |text: &Option<String>| text.as_deref().and_then(Presented::parse);
    if let Some(refresh) = parsed(&sealed.refresh).filter(|found| found.kind == Kind::RefreshToken) {
        return Ok(Some(Id::new(refresh.id)));
    }
    let Some(access) = parsed(&sealed.access) else { return Ok(None) };
    let token = state.store.access_token(Id::new(access.id), own.visitor.now).await?;
    Ok(token.and_then(|token| token.hangs_from).map(|(_, family)| family))
}

/// The page of a trial; without one, of how it begins.
fn show(own: &Own<'_>, sealed: Option<&Sealed>, status: u16) -> Result<Response<Body>, Failure> {
    let Some(sealed) = sealed else { return begin(own, ("", None), Vec::new(), status) };
    let visitor = &own.visitor;
    let ends = When::new(visitor.language, visitor.now, sealed.ends());
    let page = Connect {
        site: visitor.site(),
        frame: own.frame(Room::Connect, own.locked(Power::Try, false), Vec::new())?,
        start: None,
        steps: sealed.steps.iter().map(told).collect(),
        sealed: sealed.seal(own)?,
        acts: Act::ASKED.into_iter().filter(|act| sealed.may(*act)).map(Act::button).collect(),
        over: sealed.over,
        ends: Some(ends).filter(|_| sealed.access.is_some() && !sealed.over),
        typed: "",
        checked: None,
    };
    visitor.page(status, &page)
}

/// The page of how a trial begins.
fn begin(
    own: &Own<'_>,
    (typed, checked): (&str, Option<Checked>),
    problems: Vec<Complaint<'_>>,
    status: u16,
) -> Result<Response<Body>, Failure> {
    let visitor = &own.visitor;
    let locked = own.locked(Power::Try, false);
    let start = if locked.is_some() { None } else { start(own)? };
    let page = Connect {
        site: visitor.site(),
        frame: own.frame(Room::Connect, locked, problems)?,
        start,
        steps: Vec::new(),
        sealed: String::new(),
        acts: Vec::new(),
        over: false,
        ends: None,
        typed,
        checked,
    };
    visitor.page(status, &page)
}

/// The link that begins one.
fn start(own: &Own<'_>) -> Result<Option<Start>, Failure> {
    let visitor = &own.visitor;
    if addresses::spoken(visitor.state, &own.app)
        .is_none_or(|own| own.dialect.endpoint(Serves::Authorize).is_none())
    {
        return Ok(None);
    }
    let whose = (&visitor.browser, &*visitor.session);
    let ticket = Ticket::new(visitor.state, own.app.client.id, whose, visitor.now)?;
    let sealed = ticket.seal(visitor.state)?;
    let usual = authorization(own, (&ticket, &sealed), false);
    let again = authorization(own, (&ticket, &sealed), true);
    Ok(usual.zip(again).map(|(usual, again)| Start {
        link: usual.address,
        again: again.address,
        request: usual.request,
        minutes: usize::try_from(trial::LASTS / 60_000).unwrap_or_default(),
    }))
}

/// A step, in words.
fn told(step: &Step) -> Told {
    let mended = match (&step.reason, &step.code) {
        (Some(reason), _) => Some(mend::of_stored(reason)),
        (None, Some(code)) => Some(ErrorCode::parse(code).map_or(Key("mend-other"), words::error)),
        (None, None) => None,
    };
    Told {
        title: step.act.title(),
        well: step.well,
        means: mended.unwrap_or(if step.well { step.act.means() } else { Key("mend-other") }),
        request: step.request.clone(),
        answer: step.answer.clone(),
        curl: step.curl.clone(),
    }
}
