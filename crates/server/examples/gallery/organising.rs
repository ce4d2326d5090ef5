//! Developer organisations, invitations, transfers and requests in every state.

use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::AppStatus;
use symbolon_platform::developers::{UnfitWish, Wish};
use symbolon_platform::invitation::LASTS;
use symbolon_platform::name::UnfitName;
use symbolon_platform::organisation::{MEMBERS_AT_MOST, Role};

use super::super::language::Key;
use super::super::language::time::date;
use super::super::routes::Address;
use super::super::view::developer_request::{Asked, DeveloperRequestPage, Kept};
use super::super::view::face::{AppFace, Tile};
use super::super::view::organisations::invitation::{InvitationPage, InvitationState};
use super::super::view::organisations::rooms::{
    AppRow, Apps, Frame, InvitationRow, MemberRow, Members, OfferRow, Room, Settings,
};
use super::super::view::organisations::{Done, Organisations, OwnRow, Unfit, role_word};
use super::super::view::portal::status;
use super::super::view::site::Site;
use super::{CSRF, HOSTILE, NOW, State, push, when};

const NAMES: [&str; 4] = ["Jane Doe", "Sam Mustermann-von der Hohenlohe", "مريم الأحمد", HOSTILE];

pub(super) fn organisations(site: &Site, states: &mut Vec<State>) {
    list(site, states);
    one(site, states);
    invitation(site, states);
    request(site, states);
}

fn list(site: &Site, states: &mut Vec<State>) {
    let names = [
        "Jane Doe",
        "Studio & Söhne",
        HOSTILE,
        "Team mit einem Namen, der sehr lang ist und nicht enden will",
    ];
    let own = |(place, name): (usize, &&'static str)| OwnRow {
        name,
        own: place == 0,
        role: role_word(Role::ALL[place % 3]),
        tile: Tile::new(name, None),
        link: Address::Organisation.link_to(&["09090909090909090909090909090909"]),
    };
    let many = || names.iter().enumerate().map(own).collect::<Vec<_>>();
    let page = |organisations, may_not, unfit, done| Organisations {
        site,
        csrf: CSRF,
        organisations,
        may_not,
        typed: "",
        unfit,
        done,
    };
    push(states, site, "organisations-none", page(Vec::new(), None, None, None));
    push(states, site, "organisations", page(many(), None, None, Some(Done::Left)));
    push(states, site, "organisations-name", page(many(), None, Some(Unfit::Name), None));
    for (name, why) in [
        ("organisations-invited", Key("developers-only-invited")),
        ("organisations-staff", Key("developers-only-staff")),
        ("organisations-unproven", Key("developers-unproven")),
        ("organisations-many", Key("developers-many")),
        ("organisations-role", Key("developers-role")),
    ] {
        push(states, site, name, page(many(), Some(why), None, None));
    }
}

/// What a form of an organisation can be refused for.
const REFUSED: [(&str, Unfit); 10] = [
    ("organisation-name", Unfit::Name),
    ("organisation-email", Unfit::Email),
    ("organisation-role", Unfit::Role),
    ("organisation-last-owner", Unfit::LastOwner),
    ("organisation-own-stays", Unfit::Own),
    ("organisation-no-room", Unfit::Full),
    ("organisation-already", Unfit::Already),
    ("organisation-mailed-often", Unfit::MailedOften),
    ("organisation-has-apps", Unfit::HasApps),
    ("organisation-changed", Unfit::Changed),
];

/// What can just have been done there.
const NEWS: [(&str, Done); 9] = [
    ("organisation-renamed", Done::Renamed),
    ("organisation-on-its-way", Done::Invited),
    ("organisation-member", Done::Member),
    ("organisation-removed", Done::Removed),
    ("organisation-revoked", Done::Revoked),
    ("organisation-taken", Done::Taken),
    ("organisation-declined", Done::Declined),
    ("organisation-deleted", Done::Deleted),
    ("organisation-accepted", Done::Accepted),
];

/// A team that most of these pages are about.
const TEAM: &str = "Studio & Söhne";

fn frame<'a>(site: &'a Site, name: &'a str, room: Room) -> Frame<'a> {
    Frame {
        site,
        csrf: CSRF,
        id: "09090909090909090909090909090909".to_owned(),
        name,
        tile: Tile::new(name, None),
        own: name == NAMES[0],
        role: Some(role_word(Role::Owner)),
        manages: true,
        room,
        unfit: None,
        done: None,
    }
}

/// The same for whoever only looks.
fn looks(site: &Site, room: Room) -> Frame<'_> {
    Frame { role: Some(role_word(Role::Viewer)), manages: false, ..frame(site, TEAM, room) }
}

fn member(site: &Site, place: usize) -> MemberRow<'static> {
    MemberRow {
        id: format!("{place:032x}"),
        name: NAMES[place % NAMES.len()],
        email: (place > 0).then_some("person@example.com"),
        tile: Tile::new(NAMES[place % NAMES.len()], None),
        role: Role::ALL[place % 3],
        since: when(site, 90),
        this: place == 0,
    }
}

fn members<'a>(frame: Frame<'a>, many: usize) -> Members<'a> {
    let site = frame.site;
    let invited = |_| InvitationRow {
        id: "08080808080808080808080808080808".to_owned(),
        address: "sam@example.com",
        role: role_word(Role::Developer),
        by: Some("Jane Doe"),
        until: date(site.language, Timestamp(NOW.0 + LASTS)),
    };
    Members {
        site,
        frame,
        members: (0..many).map(|place| member(site, place)).collect(),
        invitations: (1..many).map(invited).collect(),
        typed: ("", ""),
        link: None,
    }
}

fn settings<'a>(frame: Frame<'a>, name: &'a str) -> Settings<'a> {
    Settings { site: frame.site, name, since: when(frame.site, 90), frame }
}

fn one(site: &Site, states: &mut Vec<State>) {
    let team = |room| frame(site, TEAM, room);
    let made = Frame { done: Some(Done::Made), ..team(Room::Members) };
    push(states, site, "organisation", members(made, 6));
    push(states, site, "organisation-alone", members(team(Room::Members), 1));
    let link = Some(("sam@example.com", "https://id.example/developers/invitations/AAAAAAAAAAAAAAAAAAAAAA"));
    push(states, site, "organisation-invited", Members { link, ..members(team(Room::Members), 6) });
    push(states, site, "organisation-full", members(team(Room::Members), MEMBERS_AT_MOST));
    push(states, site, "organisation-own", members(frame(site, NAMES[0], Room::Members), 1));
    push(states, site, "organisation-viewer", members(looks(site, Room::Members), 6));
    push(states, site, "organisation-hostile", members(frame(site, HOSTILE, Room::Members), 6));
    let staff = Frame { role: None, ..looks(site, Room::Members) };
    push(states, site, "organisation-staff", members(staff, 6));
    push(states, site, "organisation-settings", settings(team(Room::Settings), TEAM));
    let own = settings(frame(site, NAMES[0], Room::Settings), NAMES[0]);
    push(states, site, "organisation-settings-own", own);
    push(states, site, "organisation-settings-viewer", settings(looks(site, Room::Settings), TEAM));
    apps(site, states);
    for (name, unfit) in REFUSED {
        let at = |room| Frame { unfit: Some(unfit), ..team(room) };
        match unfit {
            Unfit::Name | Unfit::HasApps => push(states, site, name, settings(at(Room::Settings), HOSTILE)),
            Unfit::Email
            | Unfit::Role
            | Unfit::LastOwner
            | Unfit::Own
            | Unfit::Full
            | Unfit::Already
            | Unfit::MailedOften
            | Unfit::Changed => push(states, site, name, members(at(Room::Members), 6)),
        }
    }
    for (name, done) in NEWS {
        let frame = Frame { done: Some(done), ..team(Room::Members) };
        push(states, site, name, members(frame, 2));
    }
}

fn apps(site: &Site, states: &mut Vec<State>) {
    let app = |name| AppRow {
        face: AppFace::new(name, None),
        status: status(AppStatus::Development),
        client_id: "app_0123456789abcdef0123",
        link: Address::DevelopedApp.link_to(&["06060606060606060606060606060606"]),
    };
    let offered = || OfferRow {
        id: "06060606060606060606060606060606".to_owned(),
        name: "Board",
        client_id: "board",
        by: "Omar",
        until: date(site.language, Timestamp(NOW.0 + LASTS)),
    };
    let page = |frame, apps, offers| Apps { site, frame, apps, next: None, later: false, offers };
    let many = || NAMES.into_iter().map(app).collect();
    let team = || frame(site, TEAM, Room::Apps);
    push(states, site, "organisation-apps-none", page(team(), Vec::new(), Vec::new()));
    push(states, site, "organisation-apps", page(team(), many(), vec![offered()]));
    push(states, site, "organisation-apps-viewer", page(looks(site, Room::Apps), many(), vec![offered()]));
}

fn invitation(site: &Site, states: &mut Vec<State>) {
    let page = |state, into, role| InvitationPage {
        site,
        csrf: CSRF,
        action: Address::Invitation.link_to(&["x"]),
        state,
        into,
        by: Some("Jane Doe"),
        address: "sam@example.com",
        role,
        until: date(site.language, Timestamp(NOW.0 + LASTS)),
        secret: Some("AAAAAAAAAAAAAAAAAAAAAA"),
        sign_up_open: true,
    };
    push(states, site, "invitation-signed-out", page(InvitationState::SignedOut, "", None));
    push(states, site, "invitation-gone", page(InvitationState::Gone, "", None));
    for (name, state) in [
        ("open", InvitationState::Open),
        ("other-address", InvitationState::OtherAddress),
        ("unproven", InvitationState::Unproven),
        ("full", InvitationState::Full),
        ("already", InvitationState::Already),
        ("declined", InvitationState::Declined),
    ] {
        let member = page(state, "Studio & Söhne", Some(role_word(Role::Developer)));
        push(states, site, &format!("invitation-{name}"), member);
        push(states, site, &format!("invitation-tester-{name}"), page(state, HOSTILE, None));
    }
    push(states, site, "invitation-tester", page(InvitationState::Tester, HOSTILE, None));
}

fn request(site: &Site, states: &mut Vec<State>) {
    let (empty, hostile) =
        (Wish::default(), Wish { name: HOSTILE.to_owned(), reason: HOSTILE.to_owned(), ..Wish::default() });
    let asked = |state, said| Asked { name: HOSTILE, state, said, at: when(site, 3) };
    let page = |wish, kept, sent| DeveloperRequestPage {
        site,
        csrf: CSRF,
        may: false,
        wish,
        kept,
        asked: vec![
            asked(Key("request-open"), None),
            asked(Key("request-accepted"), None),
            asked(Key("request-declined"), Some(HOSTILE)),
        ],
        sent,
    };
    let redirect_uri = symbolon_oauth::redirect_uri::RedirectUriError::Fragment;
    let unfit = vec![
        UnfitWish::Name(UnfitName::Empty),
        UnfitWish::RedirectUri(redirect_uri),
        UnfitWish::Logo(symbolon_platform::listing::UnfitLink::Scheme),
        UnfitWish::Homepage(symbolon_platform::listing::UnfitLink::Scheme),
        UnfitWish::Reason(UnfitName::Empty),
    ];
    push(states, site, "request", DeveloperRequestPage { asked: Vec::new(), ..page(&empty, None, false) });
    push(states, site, "request-needless", DeveloperRequestPage { may: true, ..page(&empty, None, false) });
    push(states, site, "request-sent", page(&empty, None, true));
    push(states, site, "request-unfit", page(&hostile, Some(Kept::Unfit(unfit)), false));
    push(states, site, "request-many", page(&hostile, Some(Kept::Many), false));
    push(states, site, "request-throttled", page(&hostile, Some(Kept::Throttled { seconds: 90 }), false));
}
