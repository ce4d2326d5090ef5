//! The consent page when the person was asked before: what is new, and what changed since.

use super::super::language::Key;
use super::super::view::consent::{
    Changed, Consent, ConsentProblem, Permission, Reach, ShownResource, TenantChoice,
};
use super::super::view::destination::Destination;
use super::super::view::site::Site;
use super::asking::{asking, clinic, export_patients, read_answers, read_forms, write_bookings};
use super::{State, push};

pub(super) fn consent(site: &Site, states: &mut Vec<State>) {
    consent_of_news(site, states);
    consent_of_changes(site, states);
}

/// The page of what the person does not know yet.
fn consent_of_news(site: &Site, states: &mut Vec<State>) {
    let installed =
        || TenantChoice { reach: Reach::Tenant, ..clinic("north", "Clinic North", "Practitioner") };
    push(
        states,
        site,
        "consent-found",
        Consent {
            tenants: vec![installed()],
            permissions: Vec::new(),
            already: vec![read_forms(), read_answers()],
            found: true,
            ..asking(site)
        },
    );
    push(
        states,
        site,
        "consent-new-address",
        Consent {
            permissions: Vec::new(),
            already: vec![read_forms()],
            new_destination: true,
            ..asking(site)
        },
    );
    push(
        states,
        site,
        "consent-known-otherwise",
        Consent {
            permissions: Vec::new(),
            already: vec![read_forms()],
            changes: vec![Changed::Name { was: "Southwind" }, Changed::Resource],
            ..asking(site)
        },
    );
    push(
        states,
        site,
        "consent-resource",
        Consent {
            permissions: vec![Permission {
                includes: vec!["Read your forms", "Read the answers people gave"],
                ..write_bookings()
            }],
            resource: Some(ShownResource {
                title: "Forms and bookings",
                identifier: "https://api.northwind.example/v1",
            }),
            ..asking(site)
        },
    );
}

/// The page that is shown again, with everything that can have changed.
fn consent_of_changes(site: &Site, states: &mut Vec<State>) {
    let installed =
        || TenantChoice { reach: Reach::Tenant, ..clinic("north", "Clinic North", "Practitioner") };
    let marked = |mark, permission| Permission { mark: Some(Key(mark)), ..permission };
    let changes = vec![
        Changed::Name { was: "Southwind Forms" },
        Changed::Look,
        Changed::Version,
        Changed::Resource,
        Changed::Destination { was: Destination::of("https://southwind.example/callback") },
        Changed::Tenant,
        Changed::Reach,
        Changed::New { title: "Read your forms" },
        Changed::Words { title: "Read the answers people gave" },
        Changed::Required { title: "Make and move bookings" },
        Changed::Includes { title: "Export patient records" },
    ];
    push(
        states,
        site,
        "consent-changed",
        Consent {
            tenants: vec![installed()],
            permissions: vec![
                marked("consent-mark-new", read_forms()),
                marked("consent-mark-changed", read_answers()),
                Permission { optional: false, ..marked("consent-mark-required", write_bookings()) },
                Permission {
                    includes: vec!["Read your forms"],
                    ..marked("consent-mark-includes-more", export_patients())
                },
            ],
            resource: Some(ShownResource {
                title: "Records",
                identifier: "https://records.northwind.example",
            }),
            problem: Some(ConsentProblem::Changed),
            changes,
            ..asking(site)
        },
    );
}
