//! What the sample host keeps: forms and bookings, each belonging to one clinic (or to another tenant that has some), in
//! memory.
//!
//! Invariant: everything but the public list is reached through the tenant of a checked credential, so one clinic
//! never sees another's.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// A form patients fill in.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct PatientForm {
    /// Unique within the clinic.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// How many questions it has.
    pub questions: u32,
}

/// A patient expected at a time.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Booking {
    /// The hour, as a wall clock shows it.
    pub at: String,
    /// Who comes.
    pub patient: String,
    /// What for.
    pub reason: String,
}

/// What anyone may know of a clinic.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Listing {
    /// The tenant's identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it is open.
    pub open: String,
}

struct Clinic {
    listing: Listing,
    /// Whether it is on the public list. Schedules of one's own are not.
    listed: bool,
    forms: Vec<PatientForm>,
    bookings: Vec<Booking>,
}

/// All clinics, by tenant.
pub struct Clinics(Mutex<BTreeMap<String, Clinic>>);

impl Clinics {
    /// The clinics of the demo with their first forms and bookings.
    #[must_use]
    pub fn of_the_demo() -> Clinics {
        let north = Clinic::new("north", "Clinic North", "Monday to Friday, 8:00 to 18:00")
            .form("New patient", 14)
            .form("Sleep diary", 7)
            .form("Consent to treatment", 5)
            .booking("09:00", "A. Lindqvist", "First visit")
            .booking("10:30", "T. Moreau", "Follow-up");
        let south = Clinic::new("south", "Clinic South", "Tuesday to Saturday, 9:00 to 17:00")
            .form("Allergy check", 9)
            .form("Before your visit", 4)
            .booking("11:15", "K. Tanaka", "Vaccination");
        let priya =
            Clinic::new("priya", "Priya Nair", "").unlisted().booking("14:00", "I. Costa", "Introduction");
        let front_desk = Clinic::new("front-desk", "Front Desk", "")
            .unlisted()
            .booking("08:30", "M. Weiss", "Tour of the house")
            .booking("16:45", "R. Osei", "Second opinion");
        let research = Clinic::new("research", "Research", "").unlisted();
        let clinics =
            [north, south, priya, front_desk, research].map(|clinic| (clinic.listing.id.clone(), clinic));
        Clinics(Mutex::new(clinics.into()))
    }

    /// The public list.
    #[must_use]
    pub fn listings(&self) -> Vec<Listing> {
        self.lock().values().filter(|clinic| clinic.listed).map(|clinic| clinic.listing.clone()).collect()
    }

    /// The forms of one clinic.
    #[must_use]
    pub fn forms(&self, tenant: &str) -> Vec<PatientForm> {
        self.lock().get(tenant).map(|clinic| clinic.forms.clone()).unwrap_or_default()
    }

    /// The bookings of one clinic.
    #[must_use]
    pub fn bookings(&self, tenant: &str) -> Vec<Booking> {
        self.lock().get(tenant).map(|clinic| clinic.bookings.clone()).unwrap_or_default()
    }

    /// Adds a form to a clinic; `None` when there is no such clinic.
    #[must_use]
    pub fn add_form(&self, tenant: &str, title: &str) -> Option<PatientForm> {
        let mut clinics = self.lock();
        let clinic = clinics.get_mut(tenant)?;
        clinic.add_form(title, 0);
        clinic.forms.last().cloned()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Clinic>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clinic {
    fn new(id: &str, name: &str, open: &str) -> Clinic {
        let listing = Listing { id: id.to_owned(), name: name.to_owned(), open: open.to_owned() };
        Clinic { listing, listed: true, forms: Vec::new(), bookings: Vec::new() }
    }

    fn unlisted(mut self) -> Clinic {
        self.listed = false;
        self
    }

    fn form(mut self, title: &str, questions: u32) -> Clinic {
        self.add_form(title, questions);
        self
    }

    fn add_form(&mut self, title: &str, questions: u32) {
        let id = format!("{}-{}", self.listing.id, self.forms.len() + 1);
        self.forms.push(PatientForm { id, title: title.to_owned(), questions });
    }

    fn booking(mut self, at: &str, patient: &str, reason: &str) -> Clinic {
        let booking = Booking { at: at.to_owned(), patient: patient.to_owned(), reason: reason.to_owned() };
        self.bookings.push(booking);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_added_to_its_clinic_only() {
        let clinics = Clinics::of_the_demo();
        let added = clinics.add_form("south", "Travel advice").expect("south exists");
        assert_eq!(added.id, "south-3");
        assert!(clinics.forms("south").contains(&added) && !clinics.forms("north").contains(&added));
        assert_eq!(clinics.add_form("west", "Lost"), None);
        assert!(clinics.bookings("west").is_empty());
    }
}
