//! Every address of the portal, and who gets what there (Q-01, O-18): a stranger, a viewer, a developer, an owner and staff.
//!
//! The rows of `routes.rs` say which addresses there are. Each of them, with each of its methods, stands in the table below, so that
//! a new one says who may before it is served.

use symbolon_demo::page_form::PageForm;
use symbolon_oauth::id::{Id, OrganisationId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::AppStatus;
use symbolon_platform::organisation::{Organisation, Role};
use symbolon_server::routes::{Address, ROWS, Who};
use symbolon_store::change::{AppChange, AppTransferChange, MemberChange, OrganisationChange, UserChange};
use symbolon_store::testing::Database;

use crate::support::{DAY, Person, TestApp, stories};

stories!(
    q01_each_address_answers_each_role_as_the_table_says,
    o18_no_form_of_the_portal_works_without_its_mark,
    every_address_of_the_portal_is_in_the_table,
);

/// What is asked: the address, the method, the fields of a form that changes nothing more than it must.
type Asked = (Address, &'static str, &'static [(&'static str, &'static str)]);

/// What a stranger, a viewer, a developer, staff and an owner are answered.
type Statuses = [u16; 5];

/// Whatever comes of it: the page's own stories say. Their role does not forbid it.
const MAY: u16 = 0;
/// What owners do.
const NONE: Statuses = [404, 403, 403, 403, 422];
/// What whoever is in the team sees, and staff.
const SEEN: Statuses = [404, 200, 200, 200, 200];
/// What developers do.
const DONE: Statuses = [404, 403, MAY, 403, MAY];

/// The table. A 422 says that somebody may, and that what they sent is not fit.
const TABLE: &[(Asked, Statuses)] = &[
    ((Address::Developers, "GET", &[]), [200; 5]),
    ((Address::DeveloperDocs, "GET", &[]), [200; 5]),
    ((Address::DeveloperBrand, "GET", &[]), [200; 5]),
    ((Address::NewApp, "GET", &[]), [200; 5]),
    ((Address::NewApp, "POST", &[("name", "")]), [MAY; 5]),
    ((Address::DevelopedApp, "GET", &[]), SEEN),
    ((Address::AppIdentity, "GET", &[]), SEEN),
    ((Address::AppIdentity, "POST", &[]), DONE),
    ((Address::AppIcon, "GET", &[]), SEEN),
    ((Address::AppIcon, "POST", &[]), DONE),
    ((Address::ConsentPreview, "GET", &[]), SEEN),
    ((Address::AppRedirects, "GET", &[]), SEEN),
    ((Address::AppRedirects, "POST", &[]), DONE),
    ((Address::AppScopes, "GET", &[]), SEEN),
    ((Address::AppScopes, "POST", &[]), DONE),
    ((Address::AppCredentials, "GET", &[]), SEEN),
    ((Address::AppCredentials, "POST", &[]), DONE),
    ((Address::AppDialect, "GET", &[]), SEEN),
    ((Address::AppDialect, "POST", &[]), DONE),
    ((Address::AppTeam, "GET", &[]), SEEN),
    ((Address::AppTesters, "GET", &[]), SEEN),
    ((Address::AppTesters, "POST", &[]), DONE),
    ((Address::AppManifest, "GET", &[]), SEEN),
    ((Address::AppManifest, "POST", &[]), DONE),
    ((Address::EndSecret, "POST", &[]), DONE),
    ((Address::AppActivity, "GET", &[]), SEEN),
    ((Address::AppConnect, "GET", &[]), SEEN),
    ((Address::AppConnect, "POST", &[("step", "check")]), DONE),
    // Whoever may, with the answer to a trial of their own.
    ((Address::AppConnectAnswer, "GET", &[]), [404, 403, 403, 403, 403]),
    ((Address::AppDanger, "GET", &[]), SEEN),
    ((Address::AppDanger, "POST", &[]), [404, 403, 403, 403, MAY]),
    ((Address::Organisations, "GET", &[]), [200; 5]),
    ((Address::Organisations, "POST", &[("name", "")]), [422; 5]),
    ((Address::Organisation, "GET", &[]), [404, 200, 200, 200, 200]),
    ((Address::OrganisationApps, "GET", &[]), SEEN),
    ((Address::OrganisationSettings, "GET", &[]), SEEN),
    ((Address::OrganisationSettings, "POST", &[("name", "")]), NONE),
    ((Address::OrganisationMember, "POST", &[("role", "emperor")]), NONE),
    ((Address::Invite, "POST", &[("email", "nobody"), ("role", "viewer")]), NONE),
    // There is none: it was answered or taken back meanwhile.
    ((Address::RevokeInvitation, "POST", &[]), [404, 403, 403, 403, 409]),
    ((Address::AnswerTransfer, "POST", &[("answer", "decline")]), [404, 403, 403, 403, 303]),
    ((Address::DeleteOrganisation, "POST", &[]), NONE),
    // Not by role: it is for whoever has its address.
    ((Address::Invitation, "GET", &[]), [404; 5]),
    ((Address::Invitation, "POST", &[("answer", "accept")]), [404; 5]),
    ((Address::TransferApp, "POST", &[("organisation", "x")]), NONE),
    ((Address::RevokeTransfer, "POST", &[]), [404, 403, 403, 403, 303]),
    ((Address::DeveloperRequest, "GET", &[]), [200; 5]),
    ((Address::DeveloperRequest, "POST", &[("name", "")]), [422; 5]),
];

/// Whether the portal is what lives there.
fn is_of_the_portal(pattern: &str) -> bool {
    pattern == "/developers" || pattern.starts_with("/developers/")
}

/// A team with an app, and an app that was offered to it.
struct Team {
    app: TestApp,
    organisation: OrganisationId,
    names: [(&'static str, String); 6],
}

impl Team {
    /// Lena owns the team, Sam develops, Jane looks, Omar is staff; Nina is nobody here.
    async fn new(database: Database) -> Team {
        let app = TestApp::start(database).await;
        let (lena, sam, jane) =
            (app.user_id("lena").await, app.user_id("sam").await, app.user_id("jane").await);
        let at = app.now();
        let organisation =
            Organisation { id: Id::new([7; 16]), name: "Team".to_owned(), person: None, created_at: at };
        let id = organisation.id;
        app.change(OrganisationChange::Create { organisation, owner: lena }.into()).await;
        for (user, role) in [(sam, Role::Developer), (jane, Role::Viewer)] {
            app.change(MemberChange::Add { organisation: id, user, role, at }.into()).await;
        }
        let omar = app.user("omar").await;
        let staff = symbolon_platform::user::User { staff: true, ..omar.clone() };
        app.change(UserChange::Update { old: omar, new: staff }.into()).await;
        let (draft, pocket) = (app.app_id("draft").await, app.app_id("pocket").await);
        app.set_app_status("pocket", AppStatus::Development).await;
        app.change(AppChange::Transfer { app: draft, old: None, new: Some(id) }.into()).await;
        let until = Timestamp(at.0 + DAY);
        app.change(AppTransferChange::Offer { app: pocket, to: id, by: jane, at, until }.into()).await;
        let names = [
            ("organisation", id.to_string()),
            ("member", jane.to_string()),
            ("invitation", Id::<()>::new([9; 16]).to_string()),
            ("app", draft.to_string()),
            ("offered", pocket.to_string()),
            ("secret", Id::<()>::new([8; 16]).to_string()),
        ];
        Team { app, organisation: id, names }
    }

    /// The address with the names of this team, its members and its app.
    fn target(&self, address: Address) -> String {
        let mut target = address.row().pattern.to_owned();
        for (name, value) in &self.names {
            let offered = *name == "app" && address == Address::AnswerTransfer;
            let value = if offered { &self.names[4].1 } else { value };
            target = target.replace(&format!("{{{name}}}"), value);
        }
        assert!(!target.contains('{'), "{target}: say what its name stands for");
        target
    }

    async fn ask(&self, person: &mut Person, (address, method, fields): Asked, csrf: &str) -> u16 {
        let target = self.target(address);
        if method == "GET" {
            return person.look(&target).await.status;
        }
        let mut all = vec![("csrf".to_owned(), csrf.to_owned())];
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let form = PageForm::all(&format!("<form method=\"post\" action=\"{target}\"></form>")).remove(0);
        person.post(&form, &all).await.status
    }

    /// Somebody who is signed in, with the mark of their forms.
    async fn signed_in(&self, name: &str) -> (Person, String) {
        let mut person = self.app.person(name);
        person.sign_in().await;
        let page = person.look("/developers/request").await;
        let (_, rest) = page.body.split_once("name=\"csrf\" id=\"csrf\" value=\"").expect("a form");
        let csrf = rest.split('"').next().unwrap_or_default().to_owned();
        (person, csrf)
    }
}

async fn q01_each_address_answers_each_role_as_the_table_says(database: Database) {
    let team = Team::new(database).await;
    // An owner comes last: what they do is done.
    for (place, name) in ["nina", "jane", "sam", "omar", "lena"].into_iter().enumerate() {
        let (mut person, csrf) = team.signed_in(name).await;
        for (asked, expected) in TABLE {
            let status = team.ask(&mut person, *asked, &csrf).await;
            match expected[place] {
                MAY => assert!(status < 500, "{name}: {} {:?} {status}", asked.1, asked.0),
                expected => assert_eq!(status, expected, "{name}: {} {:?}", asked.1, asked.0),
            }
        }
    }
    let members = team.app.state().store.members(team.organisation).await.expect("an answer");
    assert_eq!(members.len(), 3, "nobody changed who is in");
    // Nobody who is signed out gets anything but the way to sign in.
    let mut nobody = team.app.person("nina");
    nobody.look("/login").await;
    for (asked, _) in TABLE {
        let status = team.ask(&mut nobody, *asked, "").await;
        let expected = if asked.0.row().who == Who::Everybody { 200 } else { 303 };
        assert_eq!(status, expected, "{:?}", asked.0);
    }
}

async fn o18_no_form_of_the_portal_works_without_its_mark(database: Database) {
    let team = Team::new(database).await;
    let (mut lena, csrf) = team.signed_in("lena").await;
    let (_, anothers) = team.signed_in("sam").await;
    for (asked, _) in TABLE.iter().filter(|(asked, _)| asked.1 == "POST" && asked.0 != Address::Invitation) {
        for mark in ["", anothers.as_str()] {
            assert_eq!(team.ask(&mut lena, *asked, mark).await, 403, "{:?}", asked.0);
        }
    }
    // The twin: with the mark it is looked at.
    let asked = (Address::OrganisationSettings, "POST", &[("name", "")][..]);
    assert_eq!(team.ask(&mut lena, asked, &csrf).await, 422);
}

async fn every_address_of_the_portal_is_in_the_table(database: Database) {
    drop(database);
    for row in ROWS.iter().filter(|row| is_of_the_portal(row.pattern)) {
        for method in row.methods.iter().filter(|method| method.as_str() != "HEAD") {
            let named = TABLE.iter().any(|(asked, _)| asked.0 == row.address && asked.1 == method.as_str());
            assert!(named, "{method} {}: say in TABLE what each role is answered", row.pattern);
        }
    }
    assert!(TABLE.iter().all(|(asked, _)| is_of_the_portal(asked.0.row().pattern)));
}
