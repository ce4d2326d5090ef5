//! The developer portal: one's apps, and pages of an app, empty and full.

use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::AppStatus;
use symbolon_platform::invitation::LASTS;
use symbolon_platform::organisation::{Role, TESTERS_AT_MOST};

use super::super::language::Key;
use super::super::language::time::date;
use super::super::routes::Address;
use super::super::view::face::{AppFace, Complaint, Tile};
use super::super::view::portal::list::{Apps, Row};
use super::super::view::portal::settings::{Danger, InvitedRow, RedirectRow, Redirects, TesterRow, Testers};
use super::super::view::portal::team::{Team, TeamRow};
use super::super::view::portal::{Connected, Frame, Locked, Room, status};
use super::super::view::site::Site;
use super::{CSRF, HOSTILE, NOW, State, push, when};

const NAMES: [&str; 4] = [
    "Northwind Forms",
    "تقويم",
    HOSTILE,
    "The Northwind Forms and Bookings Connector for Practices with Several Locations, Teams and Calendars",
];

const ID: &str = "06060606060606060606060606060606";

fn frame<'a>(site: &'a Site, name: &'a str, room: Room) -> Frame<'a> {
    Frame {
        site,
        csrf: CSRF,
        id: ID.to_owned(),
        face: AppFace::new(name, None),
        status: AppStatus::Development,
        organisation: Some(NAMES[3]),
        room,
        locked: None,
        problems: Vec::new(),
        news: None,
    }
}

pub(super) fn portal(site: &Site, states: &mut Vec<State>) {
    list(site, states);
    team(site, states);
    testers(site, states);
    settings(site, states);
}

fn list(site: &Site, states: &mut Vec<State>) {
    let row = |name: &'static str| Row {
        face: AppFace::new(name, None),
        status: status(AppStatus::Development),
        stopped: name == HOSTILE,
        organisation: NAMES[3],
        link: Address::DevelopedApp.link_to(&[ID]),
        connected: Connected { count: 12, more: false },
        last_used: Some(when(site, 3)),
        secret_ends: Some(when(site, -5000)),
    };
    let page = |names: &[&'static str], find, may_create| Apps {
        site,
        csrf: CSRF,
        apps: names.iter().map(|name| row(name)).collect(),
        find,
        many: names.len() > 4 || find.is_some(),
        next: (names.len() > 4).then(|| Address::Developers.link()),
        later: false,
        may_create,
        news: None,
    };
    push(states, site, "portal-none", page(&[], None, true));
    push(states, site, "portal-may-not", page(&[], None, false));
    push(states, site, "portal-one", page(&NAMES[..1], None, true));
    let full: Vec<&str> = NAMES.into_iter().cycle().take(30).collect();
    push(states, site, "portal-full", page(&full, None, true));
    push(states, site, "portal-found-none", page(&[], Some(HOSTILE), true));
}

fn team(site: &Site, states: &mut Vec<State>) {
    let open = Some(("09090909090909090909090909090909", "4 March 2026"));
    let page = |name, members: usize, open| Team {
        site,
        frame: frame(site, name, Room::Team),
        organisation: (members > 0).then(|| Address::Organisation.link_to(&[ID])),
        members: (0..members)
            .map(|place| TeamRow {
                name: NAMES[place % NAMES.len()],
                tile: Tile::new(NAMES[place % NAMES.len()], None),
                role: Role::ALL[place % 3],
                this: place == 0,
            })
            .collect(),
        typed: "",
        open,
    };
    push(states, site, "team", page(NAMES[0], 1, None));
    push(states, site, "team-full", page(HOSTILE, 100, open));
    push(states, site, "team-none", page(NAMES[0], 0, None));
    let viewer = Frame { locked: Some(Locked::Viewer), ..frame(site, NAMES[3], Room::Team) };
    push(states, site, "team-viewer", Team { frame: viewer, ..page(NAMES[3], 4, None) });
    let unfit = Complaint::field("organisation", site.say(Key("transfer-unfit")));
    let wrong = Frame { problems: vec![unfit], ..frame(site, NAMES[0], Room::Team) };
    push(states, site, "team-unfit", Team { frame: wrong, typed: HOSTILE, ..page(NAMES[0], 2, None) });
}

fn testers(site: &Site, states: &mut Vec<State>) {
    let tester = |place: usize| TesterRow {
        id: format!("{place:032x}"),
        name: NAMES[place % NAMES.len()],
        tenant: place == 1,
        invited_by: (place > 0).then_some(HOSTILE),
        since: when(site, 90),
    };
    let invited = |place: usize| InvitedRow {
        id: format!("{place:032x}"),
        address: "a-rather-long-address-of-somebody-who-tests@department.practice.example",
        invited_by: Some("Jane Doe"),
        until: date(site.language, Timestamp(NOW.0 + LASTS)),
    };
    let page = |testers: usize, invitations: usize, link| Testers {
        site,
        frame: frame(site, NAMES[0], Room::Testers),
        testers: (0..testers).map(tester).collect(),
        invitations: (0..invitations).map(invited).collect(),
        most: TESTERS_AT_MOST,
        email: "",
        link,
    };
    let link = Some(("sam@example.com", "https://id.example/developers/invitations/AAAAAAAAAAAAAAAAAAAAAA"));
    push(states, site, "testers-none", page(0, 0, None));
    push(states, site, "testers", page(4, 2, None));
    push(states, site, "testers-link", page(1, 1, link));
    push(states, site, "testers-full", page(20, 5, None));
    let viewer = Frame { locked: Some(Locked::Viewer), ..frame(site, NAMES[3], Room::Testers) };
    push(states, site, "testers-viewer", Testers { frame: viewer, ..page(4, 2, None) });
    let already = Complaint::field("email", site.say(Key("portal-tester-already")));
    let wrong = Frame { problems: vec![already], ..frame(site, NAMES[0], Room::Testers) };
    push(states, site, "testers-already", Testers { frame: wrong, email: HOSTILE, ..page(2, 0, None) });
}

fn settings(site: &Site, states: &mut Vec<State>) {
    let row = |number, uri, problem| RedirectRow { number, uri, problem, loopback: false, used: None };
    let rows = vec![
        row(1, "https://forms.northwind.example/callback", None),
        row(2, HOSTILE, None),
        row(3, "", None),
    ];
    let page =
        |rows, removing| Redirects { site, frame: frame(site, NAMES[0], Room::Redirects), rows, removing };
    push(states, site, "redirects", page(rows, None));
    push(states, site, "redirects-removing", page(Vec::new(), Some(row(1, HOSTILE, None))));
    let danger = |name, typed| Danger {
        site,
        frame: frame(site, name, Room::Danger),
        connected: Connected { count: 1000, more: true },
        secrets: 2,
        typed,
    };
    push(states, site, "danger", danger(NAMES[0], ""));
    push(states, site, "danger-hostile", danger(HOSTILE, HOSTILE));
    let viewer = Frame { locked: Some(Locked::OwnersOnly), ..frame(site, NAMES[3], Room::Danger) };
    push(states, site, "danger-viewer", Danger { frame: viewer, ..danger(NAMES[3], "") });
}
