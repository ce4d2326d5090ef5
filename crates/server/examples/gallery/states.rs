//! Every page in every state worth looking at. Used by the gallery and by the tests of the pages.

use askama::Template;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::account::UnfitPassword;

use super::language::time::When;
use super::language::{Key, Language};
use super::routes::Address;
use super::routes::link::Link;
use super::view::account::{Account, Connection, Disconnect, News, SignedInBrowser, SignsInWith};
use super::view::brand::{Brand, Colour};
use super::view::consent::{Consent, Reach};
use super::view::destination::Destination;
use super::view::error_page::{ErrorPage, Trouble};
use super::view::face::{AppFace, PersonFace};
use super::view::form_post::FormPost;
use super::view::home::{Demo, DemoPerson, Home};
use super::view::login::{Login, LoginProblem};
use super::view::logout::{LoggedOut, LogoutConfirm};
use super::view::password::{Password, Problem as PasswordProblem};
use super::view::sign_in_address::{Problem, SignInAddress};
use super::view::sign_up::{SignUp, SignUpProblem, sentence};
use super::view::site::Site;

mod asked_again;
mod asking;
mod developing;
mod failing;
mod mailed;
mod organising;
mod portal;

/// A name as an attacker would choose it.
pub const HOSTILE: &str = "\"><script>alert(1)</script>{{7*7}}${7*7}&amp;'\u{202e}evil";

/// One rendered page.
pub struct State {
    /// What it shows, as a file name.
    pub name: String,
    /// The page.
    pub html: String,
    /// The style sheet of its brand.
    pub brand_css: String,
}

const CSRF: &str = "4f1c9a.csrf";
const INTERACTION: &str = "int+8/2k=";
const REQUEST: &str = "01JZ3KQ8T5W2";
/// 4 March 2026, 14:05:09 UTC.
const NOW: Timestamp = Timestamp(1_772_633_109_000);

/// Every state in a language, in the order of a person's way through the pages.
pub fn every(language: Language) -> Vec<State> {
    let mut states = Vec::new();
    let acme = Site::new(&brand(), language);
    let plain = Site::new(&Brand { name: "Symbolon".to_owned(), ..Brand::default() }, language);
    sign_in(&acme, &mut states);
    sign_up(&acme, &mut states);
    asking::consent(&acme, &mut states);
    asked_again::consent(&acme, &mut states);
    account(&acme, &mut states);
    sign_in_address(&acme, &mut states);
    developing::docs(&acme, &mut states);
    developing::brand(&acme, &mut states);
    organising::organisations(&acme, &mut states);
    portal::portal(&acme, &mut states);
    password(&acme, &mut states);
    mailed::mailed(&acme, &mut states);
    ends(&acme, &mut states);
    failing::troubles(&acme, &mut states);
    hostile(&acme, &mut states);
    default_brand(&plain, &mut states);
    colours(language, &mut states);
    states
}

fn push(states: &mut Vec<State>, site: &Site, name: &str, page: impl Template) {
    let html = page.render().unwrap_or_else(|error| format!("{name}: {error}"));
    states.push(State { name: name.to_owned(), html, brand_css: site.brand_css().to_owned() });
}

fn brand() -> Brand {
    Brand {
        name: "Acme".to_owned(),
        support_url: Some("https://help.acme.example".to_owned()),
        privacy_url: Some("https://acme.example/privacy".to_owned()),
        terms_url: Some("https://acme.example/terms".to_owned()),
        ..Brand::default()
    }
}

fn when(site: &Site, minutes: i64) -> When {
    When::new(site.language, NOW, Timestamp(NOW.0 - minutes * 60_000))
}

fn jane() -> PersonFace<'static> {
    PersonFace::new("Jane Doe", "jane@example.com")
}

fn login(site: &Site) -> Login<'_> {
    Login {
        site,
        csrf: CSRF,
        interaction: Some(INTERACTION),
        invitation: None,
        app: Some(AppFace::new("Northwind Forms", None)),
        email: "",
        again: false,
        sign_up_open: true,
        resets: true,
        problem: None,
    }
}

fn sign_in(site: &Site, states: &mut Vec<State>) {
    push(states, site, "login", login(site));
    push(
        states,
        site,
        "login-plain",
        Login { app: None, interaction: None, sign_up_open: false, resets: false, ..login(site) },
    );
    let invitation = Some(HOSTILE);
    push(states, site, "login-invited", Login { app: None, interaction: None, invitation, ..login(site) });
    let typed = || Login { email: "jane@example.com", ..login(site) };
    push(states, site, "login-again", Login { again: true, ..typed() });
    let problems = [
        ("login-mismatch", LoginProblem::Mismatch),
        ("login-throttled", LoginProblem::Throttled { seconds: 290 }),
        ("login-expired", LoginProblem::Expired),
        ("login-no-email", LoginProblem::NoEmail),
        ("login-no-password", LoginProblem::NoPassword),
    ];
    for (name, problem) in problems {
        push(states, site, name, Login { problem: Some(problem), ..typed() });
    }
}

fn signup(site: &Site) -> SignUp<'_> {
    SignUp {
        site,
        csrf: CSRF,
        interaction: Some(INTERACTION),
        invitation: None,
        app: Some(AppFace::new("Northwind Forms", None)),
        name: "",
        email: "",
        problem: None,
        name_problem: None,
        email_problem: None,
        password_problem: None,
    }
}

fn sign_up(site: &Site, states: &mut Vec<State>) {
    push(states, site, "signup", signup(site));
    push(states, site, "signup-plain", SignUp { app: None, interaction: None, ..signup(site) });
    let invited = SignUp { app: None, interaction: None, invitation: Some(HOSTILE), ..signup(site) };
    push(states, site, "signup-invited", invited);
    push(
        states,
        site,
        "signup-problems",
        SignUp {
            email: "jane@",
            name_problem: Some(sentence::NO_NAME),
            email_problem: Some(sentence::NOT_AN_EMAIL),
            password_problem: Some(sentence::SHORT_PASSWORD),
            ..signup(site)
        },
    );
    push(
        states,
        site,
        "signup-throttled",
        SignUp { problem: Some(SignUpProblem::Throttled { seconds: 3000 }), ..signup(site) },
    );
    push(states, site, "signup-expired", SignUp { problem: Some(SignUpProblem::Expired), ..signup(site) });
}

fn connection<'a>(
    site: &Site,
    name: &'a str,
    tenant: Option<&'a str>,
    permissions: Vec<&'a str>,
) -> Connection<'a> {
    Connection {
        app: AppFace::new(name, None),
        tenant,
        told_apart: Vec::new(),
        reach: Reach::Person,
        permissions,
        connected: when(site, 60 * 24 * 90),
        last_used: Some(when(site, 3)),
        until: None,
        paused: None,
        reused: None,
        disconnect: Address::Disconnect.link_to(&["g1"]),
    }
}

fn account_of(site: &Site) -> Account<'_> {
    Account {
        site,
        csrf: CSRF,
        person: jane(),
        connections: vec![
            connection(
                site,
                "Northwind Forms",
                Some("Clinic North"),
                vec!["Read your forms", "Read the answers people gave"],
            ),
            Connection {
                reach: Reach::Tenant,
                last_used: Some(when(site, 60 * 26)),
                until: Some("4 March 2027"),
                reused: Some(when(site, 60 * 24 * 2)),
                ..connection(site, "Zapier", Some("Clinic South"), vec!["Make and move bookings"])
            },
            Connection {
                last_used: None,
                connected: when(site, 12),
                paused: Some(Key("account-paused-app")),
                ..connection(site, "nightly-export", None, vec!["Read your forms"])
            },
        ],
        browsers: vec![
            SignedInBrowser {
                agent: "Firefox on Linux",
                place: Some("203.0.113.x"),
                signed_in: when(site, 41),
                last_used: when(site, 0),
                this: true,
                end: end(),
            },
            SignedInBrowser {
                agent: "Safari on iPhone",
                place: Some("2001:db8:12:x"),
                signed_in: when(site, 60 * 24 * 9),
                last_used: when(site, 60 * 5),
                this: false,
                end: end(),
            },
        ],
        signs_in_with: SignsInWith::Email,
        mails: true,
        end_others: Address::EndOthers.link(),
        news: None,
    }
}

/// Where a browser is signed out.
fn end() -> Link {
    Address::EndSession.link_to(&["s1"])
}

fn sign_in_address(site: &Site, states: &mut Vec<State>) {
    let own = |displaced, email, problem| SignInAddress {
        site,
        csrf: CSRF,
        displaced,
        mails: false,
        email,
        problem,
    };
    push(states, site, "sign-in-address", own(false, "", None));
    push(states, site, "sign-in-address-displaced", own(true, "", None));
    push(states, site, "sign-in-address-taken", own(true, "jane@example.com", Some(Problem::Taken)));
    push(states, site, "sign-in-address-throttled", own(false, "", Some(Problem::Throttled { seconds: 90 })));
}

fn account(site: &Site, states: &mut Vec<State>) {
    push(
        states,
        site,
        "account-displaced",
        Account {
            person: PersonFace::new("Jane Doe", ""),
            signs_in_with: SignsInWith::Nothing,
            ..account_of(site)
        },
    );
    push(states, site, "account", account_of(site));
    let own = |apart: &str| Connection {
        told_apart: vec![apart.to_owned()],
        ..connection(site, "Northwind Forms", Some("Jane Doe"), vec!["Read your forms"])
    };
    push(
        states,
        site,
        "account-two-spaces",
        Account { connections: vec![own("p-jane-work"), own("p-jane-home")], ..account_of(site) },
    );
    push(
        states,
        site,
        "account-password-changed",
        Account { news: Some(News::PasswordChanged), ..account_of(site) },
    );
    push(
        states,
        site,
        "account-disconnected",
        Account { news: Some(News::Disconnected { app: "Zapier" }), ..account_of(site) },
    );
    push(
        states,
        site,
        "account-empty",
        Account {
            signs_in_with: SignsInWith::UnprovenAddress,
            connections: Vec::new(),
            browsers: account_of(site).browsers.into_iter().take(1).collect(),
            news: Some(News::SignedOutElsewhere),
            ..account_of(site)
        },
    );
    disconnects(site, states);
}

fn disconnects(site: &Site, states: &mut Vec<State>) {
    let disconnect = |reach, tenant| Disconnect {
        site,
        action: Address::Disconnect.link_to(&["g1"]),
        csrf: CSRF,
        app: AppFace::new("Northwind Forms", None),
        tenant,
        told_apart: Vec::new(),
        reach,
        permissions: vec!["Read your forms", "Read the answers people gave"],
        shown: CSRF,
        changed: false,
    };
    push(states, site, "disconnect", disconnect(Reach::Person, None));
    let apart = vec!["p-jane-home".to_owned()];
    let own = Disconnect { told_apart: apart, ..disconnect(Reach::Person, Some("Jane Doe")) };
    push(states, site, "disconnect-two-spaces", own);
    let changed = Disconnect { changed: true, ..disconnect(Reach::Person, None) };
    push(states, site, "disconnect-changed", changed);
    push(states, site, "disconnect-installation", disconnect(Reach::Tenant, Some("Clinic North")));
}

fn ends(site: &Site, states: &mut Vec<State>) {
    push(states, site, "logout", LogoutConfirm { site, csrf: CSRF, person: jane() });
    push(states, site, "logged-out", LoggedOut { site });
    push(
        states,
        site,
        "form-post",
        FormPost {
            site,
            action: "https://app.northwind.example/callback",
            destination: Destination::of("https://app.northwind.example/callback"),
            fields: vec![
                ("code", "acme_ac_live_0".into()),
                ("state", HOSTILE.into()),
                ("iss", "https://connect.acme.example".into()),
            ],
            script: false,
        },
    );
}

fn password(site: &Site, states: &mut Vec<State>) {
    let own = |has_one, problem| Password { site, csrf: CSRF, has_one, problem };
    push(states, site, "password", own(true, None));
    push(states, site, "password-none", own(false, None));
    for (name, problem) in [
        ("password-problem-none", PasswordProblem::NoCurrent),
        ("password-problem-wrong", PasswordProblem::WrongCurrent),
        ("password-problem-short", PasswordProblem::Unfit(UnfitPassword::Short)),
        ("password-problem-same", PasswordProblem::Same),
        ("password-problem-throttled", PasswordProblem::Throttled { seconds: 290 }),
    ] {
        push(states, site, name, own(true, Some(problem)));
    }
}

/// Every place a stranger's text can reach.
fn hostile(site: &Site, states: &mut Vec<State>) {
    asking::hostile_consent(site, states);
    push(
        states,
        site,
        "hostile-login",
        Login {
            csrf: HOSTILE,
            interaction: Some(HOSTILE),
            app: Some(AppFace::new(HOSTILE, None)),
            email: HOSTILE,
            ..login(site)
        },
    );
    hostile_account(site, states);
    let trouble = Trouble::RedirectUriNotRegistered { received: Some(HOSTILE.to_owned()) };
    push(
        states,
        site,
        "hostile-error",
        ErrorPage { site, trouble: &trouble, flow: Some(&failing::flow(HOSTILE)), request_id: HOSTILE },
    );
    push(
        states,
        site,
        "hostile-suspended",
        ErrorPage {
            site,
            trouble: &Trouble::AppUnavailable { app: Some(HOSTILE.to_owned()), icon: None },
            flow: None,
            request_id: "r",
        },
    );
}

fn hostile_account(site: &Site, states: &mut Vec<State>) {
    let browser = |n| SignedInBrowser {
        agent: HOSTILE,
        place: Some(HOSTILE),
        signed_in: when(site, n),
        last_used: when(site, n),
        this: n == 1,
        end: end(),
    };
    push(
        states,
        site,
        "hostile-account",
        Account {
            person: PersonFace::new(HOSTILE, HOSTILE),
            connections: vec![Connection {
                until: Some(HOSTILE),
                told_apart: vec![HOSTILE.to_owned()],
                disconnect: Address::Disconnect.link_to(&[HOSTILE]),
                ..connection(site, HOSTILE, Some(HOSTILE), vec![HOSTILE])
            }],
            browsers: vec![browser(1), browser(2)],
            news: Some(News::Disconnected { app: HOSTILE }),
            ..account_of(site)
        },
    );
}

fn default_brand(site: &Site, states: &mut Vec<State>) {
    let home = |person, demo| Home { site, person, sign_up_open: true, demo };
    let demo = Demo {
        app_name: "Form Watcher",
        app_url: "http://127.0.0.1:8081/",
        people: vec![
            DemoPerson {
                name: "Jane Doe",
                part: "Practitioner in Clinic North",
                email: "jane@example.com",
                password: "correct horse battery staple",
            },
            DemoPerson {
                name: "Sam Roe",
                part: "Reader in Clinic North and Clinic South",
                email: "sam@example.com",
                password: "correct horse battery staple",
            },
        ],
    };
    push(states, site, "home", home(None, None));
    push(states, site, "home-signed-in", home(Some(jane()), None));
    push(states, site, "home-demo", home(None, Some(demo)));
    push(states, site, "default-login", login(site));
    push(states, site, "default-consent", asking::asking(site));
}

/// Accents that are hard to read on.
fn colours(language: Language, states: &mut Vec<State>) {
    for (name, accent) in
        [("yellow", "#ffd400"), ("white", "#ffffff"), ("black", "#000000"), ("violet", "#5b3df5")]
    {
        let site = Site::new(&Brand { accent: Colour::parse(accent).ok(), ..brand() }, language);
        push(states, &site, &format!("accent-{name}"), Consent { site: &site, ..asking::asking(&site) });
    }
}
