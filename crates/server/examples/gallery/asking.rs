//! The consent page in every state.

use symbolon_oauth::dialect::Dialect;
use symbolon_oauth::policy::Policy;
use symbolon_platform::catalogue::Sensitivity;

use super::super::language::Key;
use super::super::routes::Address;
use super::super::routes::link::Link;
use super::super::routes::router::Router;
use super::super::served::{Mounted, Place};
use super::super::view::consent::{
    AskingApp, Changed, Consent, ConsentProblem, Permission, Reach, ShownResource, TenantChoice,
};
use super::super::view::destination::Destination;
use super::super::view::face::{AppFace, PersonFace, WebLink};
use super::super::view::site::Site;
use super::{CSRF, HOSTILE, INTERACTION, State, jane, push};

pub(super) fn permission<'a>(name: &'a str, title: &'a str, description: &'a str) -> Permission<'a> {
    Permission {
        name,
        title,
        description,
        sensitivity: Sensitivity::Normal,
        optional: false,
        ticked: true,
        includes: Vec::new(),
        mark: None,
        withheld: None,
    }
}

pub(super) fn read_forms() -> Permission<'static> {
    permission("forms:read", "Read your forms", "See the forms of this workspace and their questions")
}

pub(super) fn read_answers() -> Permission<'static> {
    Permission {
        sensitivity: Sensitivity::Sensitive,
        ..permission(
            "answers:read",
            "Read the answers people gave",
            "See every submission, with names and addresses where a form asks for them",
        )
    }
}

pub(super) fn write_bookings() -> Permission<'static> {
    Permission {
        optional: true,
        ..permission(
            "bookings:write",
            "Make and move bookings",
            "Add appointments to your calendar and change their time",
        )
    }
}

fn fresh(permission: Permission<'static>) -> Permission<'static> {
    Permission { mark: Some(Key("consent-mark-new")), ..permission }
}

pub(super) fn export_patients() -> Permission<'static> {
    Permission {
        sensitivity: Sensitivity::Restricted,
        optional: true,
        ticked: false,
        ..permission(
            "patients:export",
            "Export patient records",
            "Copy whole records, with notes and results, out of the clinic",
        )
    }
}

pub(super) fn clinic<'a>(id: &'a str, name: &'a str, role: &'a str) -> TenantChoice<'a> {
    TenantChoice {
        id,
        name,
        told_apart: Vec::new(),
        personal: false,
        reach: Reach::Person,
        role: Some(role),
        selected: false,
        unavailable: None,
        withheld: Vec::new(),
    }
}

fn personal() -> TenantChoice<'static> {
    TenantChoice { id: "p-jane", name: "Jane Doe", personal: true, role: None, ..clinic("", "", "") }
}

fn northwind() -> AskingApp<'static> {
    AskingApp {
        face: AppFace::new("Northwind Forms", None),
        publisher: Some("Northwind Ltd"),
        verified: true,
        in_development: false,
        homepage: None,
        privacy: WebLink::new("https://northwind.example/privacy"),
        terms: WebLink::new("https://northwind.example/terms"),
    }
}

/// The standard authorization endpoint, where the page is served and its form posts.
pub(super) fn authorize() -> Link {
    let standard = Dialect::preset("rfc").ok().map(|rfc| {
        Mounted::new(rfc, &Policy::default(), Place::Below(String::new()), "https://connect.example.com")
    });
    let router = Router::new(standard.iter(), "").unwrap_or_default();
    router.link("", "/oauth/authorize").unwrap_or(Address::Home.link())
}

pub(super) fn asking(site: &Site) -> Consent<'_> {
    Consent {
        site,
        action: authorize(),
        csrf: CSRF,
        interaction: INTERACTION,
        app: northwind(),
        person: jane(),
        tenants: vec![clinic("north", "Clinic North", "Practitioner")],
        find: "",
        permissions: vec![read_forms(), read_answers(), write_bookings()],
        already: Vec::new(),
        until: None,
        destination: Destination::of("https://connect.northwind.example/callback"),
        resource: None,
        new_destination: false,
        found: false,
        problem: None,
        changes: Vec::new(),
    }
}

pub(super) fn consent(site: &Site, states: &mut Vec<State>) {
    push(states, site, "consent", asking(site));
    push(
        states,
        site,
        "consent-personal",
        Consent { tenants: vec![personal()], permissions: vec![read_forms()], ..asking(site) },
    );
    let several = || {
        vec![
            TenantChoice {
                selected: true,
                withheld: vec!["Make and move bookings"],
                ..clinic("north", "Clinic North", "Reader")
            },
            clinic("south", "Clinic South", "Practitioner"),
            personal(),
            TenantChoice {
                unavailable: Some(Key("consent-role-may-not-install")),
                ..clinic("hospital", "St. Mary’s Hospital", "Practitioner")
            },
        ]
    };
    push(states, site, "consent-tenants", Consent { tenants: several(), ..asking(site) });
    push(
        states,
        site,
        "consent-no-choice",
        Consent { problem: Some(ConsentProblem::NoTenant), tenants: several(), ..asking(site) },
    );
    push(
        states,
        site,
        "consent-nowhere",
        Consent {
            tenants: several().into_iter().skip(3).collect(),
            permissions: vec![read_forms(), read_answers()],
            ..asking(site)
        },
    );
    consent_of_many(site, states);
    consent_of_organizations(site, states);
    consent_of_strangers(site, states);
    consent_in_words(site, states);
}

const CLINICS: [(&str, &str); 12] = [
    ("t1", "Clinic North"),
    ("t2", "Clinic South"),
    ("t3", "Clinic East"),
    ("t4", "Clinic West"),
    ("t5", "St. Mary’s Hospital"),
    ("t6", "Harbour Practice"),
    ("t7", "Hill Practice"),
    ("t8", "Old Town Practice"),
    ("t9", "Physiotherapy Meyer"),
    ("t10", "Day Clinic"),
    ("t11", "Night Clinic"),
    ("t12", "Dental Centre"),
];

/// More tenants than are listed, some of one name, and none that can be chosen.
fn consent_of_many(site: &Site, states: &mut Vec<State>) {
    let many = || CLINICS.map(|(id, name)| clinic(id, name, "Practitioner")).to_vec();
    push(
        states,
        site,
        "consent-many",
        Consent {
            tenants: many(),
            destination: Destination::of("http://127.0.0.1:8081/callback"),
            ..asking(site)
        },
    );
    let mut chosen = many();
    chosen[0].selected = true;
    push(states, site, "consent-many-found", Consent { tenants: chosen, find: "practice", ..asking(site) });
    push(states, site, "consent-many-none", Consent { tenants: many(), find: "school", ..asking(site) });
    let acme = |id, apart: &[&str]| TenantChoice {
        told_apart: apart.iter().map(|part| (*part).to_owned()).collect(),
        ..clinic(id, "Acme", "Owner")
    };
    push(
        states,
        site,
        "consent-one-name",
        Consent {
            tenants: vec![
                acme("a1", &["acme-prod.example.com", "eu"]),
                acme("a2", &["acme-sandbox.example.com", "us"]),
            ],
            ..asking(site)
        },
    );
    let closed = Some(Key("consent-role-may-not-install"));
    let mut closed: Vec<_> =
        many().into_iter().map(|own| TenantChoice { unavailable: closed, ..own }).collect();
    closed[2].unavailable = Some(Key("consent-tenant-disabled"));
    let permissions = vec![read_forms(), read_answers()];
    push(
        states,
        site,
        "consent-nowhere-many",
        Consent { tenants: closed, permissions: permissions.clone(), ..asking(site) },
    );
    push(
        states,
        site,
        "consent-nowhere-at-all",
        Consent { tenants: Vec::new(), permissions, ..asking(site) },
    );
}

fn consent_of_organizations(site: &Site, states: &mut Vec<State>) {
    push(
        states,
        site,
        "consent-installation",
        Consent {
            tenants: vec![TenantChoice {
                reach: Reach::Tenant,
                ..clinic("north", "Clinic North", "Practitioner")
            }],
            permissions: vec![export_patients(), read_answers(), read_forms()],
            until: Some("4 March 2027"),
            ..asking(site)
        },
    );
    push(
        states,
        site,
        "consent-more",
        Consent {
            permissions: [read_answers(), write_bookings()].map(fresh).to_vec(),
            already: vec![read_forms(), permission("profile", "See who you are", "Your name and address")],
            ..asking(site)
        },
    );
    push(
        states,
        site,
        "consent-same",
        Consent { permissions: Vec::new(), already: vec![read_forms()], ..asking(site) },
    );
}

fn consent_of_strangers(site: &Site, states: &mut Vec<State>) {
    let tool = || AskingApp {
        face: AppFace::new("nightly-export", None),
        publisher: None,
        verified: false,
        in_development: true,
        homepage: WebLink::new("https://tools.example/nightly"),
        privacy: None,
        terms: None,
    };
    push(
        states,
        site,
        "consent-loopback",
        Consent {
            app: tool(),
            destination: Destination::of("http://127.0.0.1:8081/callback"),
            ..asking(site)
        },
    );
    push(
        states,
        site,
        "consent-installed-app",
        Consent {
            app: AskingApp { in_development: false, ..tool() },
            destination: Destination::of("com.example.nightly:/callback"),
            ..asking(site)
        },
    );
}

fn consent_in_words(site: &Site, states: &mut Vec<State>) {
    let withheld = Permission { withheld: Some(Key("consent-withheld")), ..write_bookings() };
    push(
        states,
        site,
        "consent-withheld",
        Consent { permissions: vec![read_forms(), withheld], ..asking(site) },
    );
    push(
        states,
        site,
        "consent-long",
        Consent {
            app: AskingApp {
                face: AppFace::new(
                    "The Extraordinarily Long-Winded Appointment Synchronisation Companion",
                    None,
                ),
                publisher: Some("Donaudampfschifffahrtsgesellschaftskapitän & Söhne GmbH"),
                ..northwind()
            },
            person: PersonFace::new(
                "Wolfeschlegelsteinhausenbergerdorff the Elder",
                "a.very.long.address.that.never.ends@subdomain.of.a.university.example.edu",
            ),
            destination: Destination::of(
                "https://a.b.c.d.staging.integration-platform.example.co.uk:8443/cb",
            ),
            ..asking(site)
        },
    );
}

/// The page with a stranger's text in every place.
pub(super) fn hostile_consent(site: &Site, states: &mut Vec<State>) {
    let named = || AskingApp { face: AppFace::new(HOSTILE, None), ..northwind() };
    let app = AskingApp {
        publisher: Some(HOSTILE),
        homepage: WebLink::new("javascript:alert(1)"),
        privacy: WebLink::new("https://x.example/\"><script>alert(1)</script>"),
        ..named()
    };
    let tenant = || TenantChoice {
        role: Some(HOSTILE),
        told_apart: vec![HOSTILE.to_owned()],
        withheld: vec![HOSTILE, HOSTILE],
        ..clinic(HOSTILE, HOSTILE, HOSTILE)
    };
    push(
        states,
        site,
        "hostile-consent",
        Consent {
            action: Address::Disconnect.link_to(&[HOSTILE]),
            csrf: HOSTILE,
            interaction: HOSTILE,
            app,
            person: PersonFace::new(HOSTILE, HOSTILE),
            tenants: vec![
                tenant(),
                TenantChoice { unavailable: Some(Key("consent-tenant-disabled")), ..tenant() },
            ],
            permissions: vec![Permission { optional: true, ..permission(HOSTILE, HOSTILE, HOSTILE) }],
            already: vec![Permission {
                withheld: Some(Key("consent-withheld")),
                ..permission(HOSTILE, HOSTILE, HOSTILE)
            }],
            until: Some(HOSTILE),
            destination: Destination::of(HOSTILE),
            resource: Some(ShownResource { title: HOSTILE, identifier: HOSTILE }),
            problem: Some(ConsentProblem::NoTenant),
            ..asking(site)
        },
    );
    let many = || (0..6).map(|_| TenantChoice { withheld: Vec::new(), ..tenant() }).collect();
    push(
        states,
        site,
        "hostile-consent-many",
        Consent { tenants: many(), find: HOSTILE, app: named(), ..asking(site) },
    );
    let changes = vec![Changed::Name { was: HOSTILE }, Changed::New { title: HOSTILE }];
    let changed = Consent { problem: Some(ConsentProblem::Changed), changes, ..asking(site) };
    push(states, site, "hostile-consent-changed", changed);
}
