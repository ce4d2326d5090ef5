//! Developer organisations, invitations, transfers and requests in every state.

use symbolon_oauth::id::Id;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::developers::{UnfitWish, Wish};
use symbolon_platform::invitation::LASTS;
use symbolon_platform::name::UnfitName;
use symbolon_platform::organisation::{Organisation, Role};

use super::super::language::Key;
use super::super::language::time::date;
use super::super::routes::Address;
use super::super::view::developer_request::{Asked, DeveloperRequestPage, Kept};
use super::super::view::face::{AppFace, Tile};
use super::super::view::organisations::{
    Done, InvitationPage, InvitationRow, InvitationState, MemberRow, OfferRow, OrganisationPage,
    Organisations, OwnRow, TransferDone, TransferPage, TransferUnfit, Typed, Unfit, role_word,
};
use super::super::view::site::Site;
use super::{CSRF, HOSTILE, NOW, State, push, when};

const NAMES: [&str; 4] = ["Jane Doe", "Sam Mustermann-von der Hohenlohe", "مريم الأحمد", HOSTILE];

fn organisation(name: &str, person: bool) -> Organisation {
    let person = person.then_some(Id::new([0; 16]));
    Organisation { id: Id::new([9; 16]), name: name.to_owned(), person, created_at: NOW }
}

pub(super) fn organisations(site: &Site, states: &mut Vec<State>) {
    list(site, states);
    one(site, states);
    invitation(site, states);
    transfer(site, states);
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
    ("organisation-full", Unfit::Full),
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

fn one(site: &Site, states: &mut Vec<State>) {
    let member = |place: usize| MemberRow {
        id: format!("{place:032x}"),
        name: NAMES[place % NAMES.len()],
        email: (place > 0).then_some("person@example.com"),
        tile: Tile::new(NAMES[place % NAMES.len()], None),
        role: Role::ALL[place % 3],
        since: when(site, 90),
        this: place == 0,
    };
    let invited = || InvitationRow {
        id: "08080808080808080808080808080808".to_owned(),
        address: "sam@example.com",
        role: role_word(Role::Developer),
        by: Some("Jane Doe"),
        until: date(site.language, Timestamp(NOW.0 + LASTS)),
    };
    let offered = || OfferRow {
        id: "06060606060606060606060606060606".to_owned(),
        name: "Board",
        client_id: "board",
        by: "Omar",
        until: date(site.language, Timestamp(NOW.0 + LASTS)),
    };
    let page = |organisation, manages, unfit, link, done| OrganisationPage {
        site,
        csrf: CSRF,
        organisation,
        id: "09090909090909090909090909090909",
        role: Some(role_word(if manages { Role::Owner } else { Role::Viewer })),
        manages,
        members: (0..6).map(member).collect(),
        invitations: vec![invited()],
        offers: vec![offered()],
        since: when(site, 90),
        typed: Typed::default(),
        unfit,
        link,
        done,
    };
    let (team, own, hostile) =
        (organisation("Studio & Söhne", false), organisation("Jane Doe", true), organisation(HOSTILE, false));
    let link = Some(("sam@example.com", "https://id.example/developers/invitations/AAAAAAAAAAAAAAAAAAAAAA"));
    push(states, site, "organisation", page(&team, true, None, None, Some(Done::Made)));
    push(states, site, "organisation-invited", page(&team, true, None, link, None));
    push(states, site, "organisation-own", page(&own, true, None, None, None));
    push(states, site, "organisation-viewer", page(&team, false, None, None, None));
    push(states, site, "organisation-hostile", page(&hostile, true, None, None, None));
    let staff = OrganisationPage { role: None, ..page(&team, false, None, None, None) };
    push(states, site, "organisation-staff", staff);
    for (name, unfit) in REFUSED {
        push(states, site, name, page(&team, true, Some(unfit), None, None));
    }
    for (name, done) in NEWS {
        push(states, site, name, page(&team, true, None, None, Some(done)));
    }
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

fn transfer(site: &Site, states: &mut Vec<State>) {
    let page = |unfit, open, done| TransferPage {
        site,
        csrf: CSRF,
        id: "06060606060606060606060606060606",
        app: AppFace::new("Board", None),
        typed: "",
        unfit,
        open,
        done,
    };
    let open = Some(("09090909090909090909090909090909", "4 March 2026"));
    push(states, site, "transfer", page(None, None, None));
    push(states, site, "transfer-unfit", page(Some(TransferUnfit::To), None, None));
    push(states, site, "transfer-changed", page(Some(TransferUnfit::Changed), None, None));
    push(states, site, "transfer-open", page(None, open, Some(TransferDone::Offered)));
    push(states, site, "transfer-revoked", page(None, None, Some(TransferDone::Revoked)));
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
