//! What goes wrong, and the way out of it.

use super::super::view::destination::Destination;
use super::super::view::error_page::{Again, Back, ErrorPage, Flow, Trouble};
use super::super::view::site::Site;
use super::{CSRF, HOSTILE, INTERACTION, REQUEST, State, asking, push};

/// The way of a request of the app with this name.
pub(super) fn flow(app: &str) -> Flow {
    let home = format!("https://{}.northwind.example/", if app == HOSTILE { HOSTILE } else { "forms" });
    Flow {
        app: app.to_owned(),
        icon: None,
        back: Some(Back { destination: Destination::of(&home), to: home }),
        again: Some(Again {
            action: asking::authorize(),
            csrf: CSRF.to_owned(),
            interaction: INTERACTION.to_owned(),
        }),
    }
}

pub(super) fn troubles(site: &Site, states: &mut Vec<State>) {
    let troubles = [
        Trouble::UnknownApp,
        Trouble::RedirectUriNotRegistered {
            received: Some("https://app.northwind.example/calback".to_owned()),
        },
        Trouble::BadRequest { hint: "The parameter client_id was sent twice.".into() },
        Trouble::AppUnavailable { app: Some("Northwind Forms".to_owned()), icon: None },
        Trouble::Expired,
        Trouble::AlreadyAnswered,
        Trouble::Forged,
        Trouble::Role,
        Trouble::NotFound,
        Trouble::MethodNotAllowed,
        Trouble::TooLarge,
        Trouble::TooSlow,
        Trouble::Throttled { seconds: 600 },
        Trouble::Unavailable,
        Trouble::UnknownHost,
    ];
    for trouble in troubles {
        let name = format!("error-{}", trouble.code());
        push(states, site, &name, ErrorPage { site, trouble: &trouble, flow: None, request_id: REQUEST });
    }
    let suspended = Trouble::AppUnavailable { app: None, icon: None };
    push(
        states,
        site,
        "error-suspended-stranger",
        ErrorPage { site, trouble: &suspended, flow: None, request_id: REQUEST },
    );
    for trouble in [
        Trouble::Expired,
        Trouble::AlreadyAnswered,
        Trouble::Forged,
        Trouble::Unavailable,
        Trouble::Throttled { seconds: 600 },
    ] {
        let (name, flow) = (format!("way-{}", trouble.code()), Some(&flow("Northwind Forms")));
        push(states, site, &name, ErrorPage { site, trouble: &trouble, flow, request_id: REQUEST });
    }
    let elsewhere = Flow { again: None, ..flow("Northwind Forms") };
    push(
        states,
        site,
        "way-of-another-browser",
        ErrorPage { site, trouble: &Trouble::Expired, flow: Some(&elsewhere), request_id: REQUEST },
    );
    let long =
        flow("The Northwind Forms and Bookings Connector for Practices with Several Locations and Teams");
    push(
        states,
        site,
        "way-long-name",
        ErrorPage { site, trouble: &Trouble::AlreadyAnswered, flow: Some(&long), request_id: REQUEST },
    );
}
