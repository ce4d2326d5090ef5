//! `/verify`: where the link leads by which an address is confirmed.
//!
//! Opening it changes nothing: programs that look at links in mails press no button.

use http::Response;
use symbolon_platform::account;
use symbolon_platform::proof::{Proof, Purpose};

use crate::authorization::sign_in::door_page;
use crate::doors::proofs::browser_hash;
use crate::failure::Failure;
use crate::language::Key;
use crate::pages::sign_in::sign_up::password_sentence;
use crate::pages::sign_in::visit::{Door, Visit};
use crate::reply::{self, Body};
use crate::request::{PostedForm, Request};
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::proof::{ChosenFor, Confirming, NewPassword, Told, Verify};

/// `GET|POST /verify`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Door, Failure> {
    if state.mail.is_none() {
        return Err(Trouble::NotFound.into());
    }
    let visit = Visit::of(state, request).await?;
    let answered = match &visit.form {
        Some(form) => confirm(&visit, form).await,
        None => show(&visit).await.map(Door::from),
    };
    visit.leave(answered)
}

async fn show(visit: &Visit<'_>) -> Result<Response<Body>, Failure> {
    let query = visit.request.query()?;
    let secret = query.get(field::LINK.name()).unwrap_or_default();
    match visit.asker().presented(secret).await? {
        Some(proof) => page(visit, &proof, secret, None),
        None => over(visit),
    }
}

/// What is shown of a link, in this browser.
fn page(
    visit: &Visit<'_>,
    proof: &Proof,
    secret: &str,
    problem: Option<Key>,
) -> Result<Response<Body>, Failure> {
    let (site, csrf) = (visit.site(), visit.browser.visitor_csrf(visit.state));
    let (csrf, address, language) = (csrf.as_str(), proof.address.as_str(), visit.language());
    match proof.purpose {
        Purpose::SignUp => match proof.typed_here(browser_hash(&visit.browser)) {
            Some(newcomer) => {
                let confirming = Confirming::SignUp { name: &newcomer.name };
                door_page(language, (200, None), &Verify { site, csrf, confirming, secret, address })
            }
            None => {
                let chosen_for = ChosenFor::SignUp;
                let page = NewPassword { site, csrf, chosen_for, secret, address, problem };
                door_page(language, (if problem.is_some() { 422 } else { 200 }, None), &page)
            }
        },
        Purpose::Change if proof.is_for(signed_in(visit)) => {
            let confirming = Confirming::Change;
            door_page(language, (200, None), &Verify { site, csrf, confirming, secret, address })
        }
        Purpose::Change => door_page(language, (403, None), &Told::sign_in_first(site)),
        Purpose::Reset => over(visit),
    }
}

fn signed_in(visit: &Visit<'_>) -> Option<symbolon_oauth::id::UserId> {
    visit.browser.session.as_ref().map(|session| session.user.id)
}

async fn confirm(visit: &Visit<'_>, form: &PostedForm) -> Result<Door, Failure> {
    let secret = form.get(field::LINK);
    let Some(proof) = visit.asker().presented(secret).await? else { return Ok(over(visit)?.into()) };
    match proof.purpose {
        Purpose::SignUp => sign_up(visit, &proof, form).await,
        Purpose::Change if proof.is_for(signed_in(visit)) => change(visit, &proof).await.map(Door::from),
        Purpose::Change | Purpose::Reset => Ok(page(visit, &proof, secret, None)?.into()),
    }
}

/// The password that was typed with it counts in the browser in which it was typed. Everywhere else it may be a stranger's,
/// and another one is chosen.
async fn sign_up(visit: &Visit<'_>, proof: &Proof, form: &PostedForm) -> Result<Door, Failure> {
    let Some(newcomer) = &proof.newcomer else { return Ok(over(visit)?.into()) };
    let hash = match proof.typed_here(browser_hash(&visit.browser)) {
        Some(own) => own.password_hash.clone(),
        None => {
            let password = form.get(field::NEW_PASSWORD);
            let known = [vec![newcomer.name.as_str(), &proof.address], visit.state.called()].concat();
            if let Err(unfit) = account::check_password(password, &known) {
                let problem = Some(password_sentence(unfit));
                return Ok(page(visit, proof, form.get(field::LINK), problem)?.into());
            }
            let turn = visit.state.passwords.turn().await?;
            visit.state.passwords.hash_in(turn, password).await?
        }
    };
    match visit.asker().make_account(proof, &newcomer.name, &hash).await? {
        Some(user) => visit.begin(&user, visit.now).await,
        None => Ok(over(visit)?.into()),
    }
}

async fn change(visit: &Visit<'_>, proof: &Proof) -> Result<Response<Body>, Failure> {
    let Some(user) = proof.user else { return over(visit) };
    let Some(account) = visit.state.store.load_account(user).await? else { return over(visit) };
    if visit.asker().set_address(proof, &account).await? {
        Ok(reply::see_other(Address::Account.link()))
    } else {
        over(visit)
    }
}

fn over(visit: &Visit<'_>) -> Result<Response<Body>, Failure> {
    door_page(visit.language(), (410, None), &Told::link_is_over(visit.site()))
}
