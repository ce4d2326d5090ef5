//! What one meets on the way of a link that was mailed.

use super::super::language::Key;
use super::super::routes::Address;
use super::super::view::proof::{ChosenFor, Confirming, NewPassword, Reset, ResetProblem, Told, Verify};
use super::super::view::sign_in_address::{Problem, SignInAddress};
use super::super::view::site::Site;
use super::{CSRF, HOSTILE, State, push};

const JANE: &str = "jane@example.com";
const SECRET: &str = "AZ9k_mGz";

pub(super) fn mailed(site: &Site, states: &mut Vec<State>) {
    asking(site, states);
    opening(site, states);
    let told = [
        ("mailed", Told::mailed(site, JANE, None)),
        (
            "mailed-on-the-way",
            Told::mailed(site, JANE, Some((Address::Account.link(), CSRF.to_owned(), SECRET))),
        ),
        ("hostile-mailed", Told::mailed(site, HOSTILE, None)),
        ("link-over", Told::link_is_over(site)),
        ("sign-in-first", Told::sign_in_first(site)),
        ("password-set", Told::password_is_set(site)),
    ];
    for (name, page) in told {
        push(states, site, name, page);
    }
}

fn asking(site: &Site, states: &mut Vec<State>) {
    let reset = |email, problem| Reset { site, csrf: CSRF, email, problem };
    push(states, site, "reset", reset("", None));
    push(states, site, "reset-not-an-email", reset("jane", Some(ResetProblem::NotAnEmail)));
    push(states, site, "reset-throttled", reset(JANE, Some(ResetProblem::Throttled { seconds: 90 })));
    push(states, site, "hostile-reset", reset(HOSTILE, None));
    let address =
        |problem| SignInAddress { site, csrf: CSRF, displaced: false, mails: true, email: "", problem };
    push(states, site, "sign-in-address-mails", address(None));
    push(states, site, "sign-in-address-mismatch", address(Some(Problem::Mismatch)));
}

fn opening(site: &Site, states: &mut Vec<State>) {
    let chosen = |chosen_for, address, problem| NewPassword {
        site,
        csrf: CSRF,
        chosen_for,
        secret: SECRET,
        invitation: None,
        address,
        problem,
    };
    push(states, site, "new-password", chosen(ChosenFor::Reset, JANE, None));
    push(states, site, "new-password-sign-up", chosen(ChosenFor::SignUp, JANE, None));
    let short = Some(Key("signup-short-password"));
    push(states, site, "new-password-short", chosen(ChosenFor::Reset, JANE, short));
    push(states, site, "hostile-new-password", chosen(ChosenFor::SignUp, HOSTILE, None));
    let verify = |confirming, address| Verify {
        site,
        csrf: CSRF,
        confirming,
        secret: SECRET,
        invitation: Some(HOSTILE),
        address,
    };
    push(states, site, "verify-sign-up", verify(Confirming::SignUp { name: "Jane Doe" }, JANE));
    push(states, site, "verify-change", verify(Confirming::Change, JANE));
    push(states, site, "hostile-verify", verify(Confirming::SignUp { name: HOSTILE }, HOSTILE));
}
