//! `/reset`: another password for whoever forgot theirs, by a link that is mailed.

use http::Response;
use symbolon_platform::account;
use symbolon_platform::proof::{Proof, Purpose};
use symbolon_platform::tenant::Standing;
use symbolon_store::users::Account;

use crate::authorization::sign_in::door_page;
use crate::clock::Stopwatch;
use crate::doors::proofs::Asker;
use crate::failure::Failure;
use crate::language::Key;
use crate::pages::sign_in::sign_up::password_sentence;
use crate::pages::sign_in::visit::{Door, Visit};
use crate::reply::Body;
use crate::request::{PostedForm, Request};
use crate::routes::field;
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::proof::{ChosenFor, NewPassword, Reset, ResetProblem, Told};

/// `GET|POST /reset`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Door, Failure> {
    if state.mail.is_none() {
        return Err(Trouble::NotFound.into());
    }
    let visit = Visit::of(state, request).await?;
    let answered = match &visit.form {
        Some(form) if form.get(field::LINK).is_empty() => ask(&visit, form).await,
        Some(form) => set(&visit, form).await,
        None => show(&visit).await,
    };
    visit.leave(answered.map(Door::from))
}

/// A link to this page was opened, which changes nothing, or there is none yet.
async fn show(visit: &Visit<'_>) -> Result<Response<Body>, Failure> {
    let query = visit.request.query()?;
    let secret = query.get(field::LINK.name()).unwrap_or_default();
    if secret.is_empty() {
        return asking(visit, "", None);
    }
    match presented(&visit.asker(), secret).await? {
        Some((proof, _)) => choosing(visit, secret, &proof.address, None),
        None => over(visit),
    }
}

async fn ask(visit: &Visit<'_>, form: &PostedForm) -> Result<Response<Body>, Failure> {
    let typed = form.get(field::EMAIL);
    let Some(address) = account::email(typed) else {
        return asking(visit, typed, Some(ResetProblem::NotAnEmail));
    };
    let began = Stopwatch::start();
    let asked = visit.asker().for_another_password(&address).await?;
    // Whether there is an account must not show in the time.
    began.evenly().await;
    match asked {
        Ok(()) => door_page(visit.language(), (200, None), &Told::mailed(visit.site(), &address, None)),
        Err(seconds) => asking(visit, &address, Some(ResetProblem::Throttled { seconds })),
    }
}

async fn set(visit: &Visit<'_>, form: &PostedForm) -> Result<Response<Body>, Failure> {
    let (secret, password) = (form.get(field::LINK), form.get(field::NEW_PASSWORD));
    let asker = visit.asker();
    let Some((proof, account)) = presented(&asker, secret).await? else { return over(visit) };
    if let Err(unfit) = account::choose_password(password, &account.user, &visit.state.called()) {
        return choosing(visit, secret, &proof.address, Some(password_sentence(unfit)));
    }
    let turn = visit.state.passwords.turn().await?;
    let hash = visit.state.passwords.hash_in(turn, password).await?;
    if asker.set_password(&proof, &account, hash).await? {
        door_page(visit.language(), (200, None), &Told::password_is_set(visit.site()))
    } else {
        over(visit)
    }
}

/// The link of this secret with the account it is about, as long as that still signs in with the address.
async fn presented(asker: &Asker<'_>, secret: &str) -> Result<Option<(Proof, Account)>, Failure> {
    let proof = asker.presented(secret).await?.filter(|proof| proof.purpose == Purpose::Reset);
    let Some((proof, user)) = proof.and_then(|proof| proof.user.map(|user| (proof, user))) else {
        return Ok(None);
    };
    let account = asker.state.store.load_account(user).await?;
    let account = account.filter(|account| {
        account.user.standing == Standing::Active && account.user.login.as_str() == proof.address
    });
    Ok(account.map(|account| (proof, account)))
}

fn asking(visit: &Visit<'_>, email: &str, problem: Option<ResetProblem>) -> Result<Response<Body>, Failure> {
    let csrf = visit.browser.visitor_csrf(visit.state);
    let page = Reset { site: visit.site(), csrf: &csrf, email, problem };
    let told = match problem {
        None => (200, None),
        Some(ResetProblem::NotAnEmail) => (422, None),
        Some(ResetProblem::Throttled { seconds }) => (429, Some(seconds)),
    };
    door_page(visit.language(), told, &page)
}

fn choosing(
    visit: &Visit<'_>,
    secret: &str,
    address: &str,
    problem: Option<Key>,
) -> Result<Response<Body>, Failure> {
    let csrf = visit.browser.visitor_csrf(visit.state);
    let chosen_for = ChosenFor::Reset;
    let page = NewPassword { site: visit.site(), csrf: &csrf, chosen_for, secret, address, problem };
    door_page(visit.language(), (if problem.is_some() { 422 } else { 200 }, None), &page)
}

fn over(visit: &Visit<'_>) -> Result<Response<Body>, Failure> {
    door_page(visit.language(), (410, None), &Told::link_is_over(visit.site()))
}
