//! The pages people see: one file per screen, each with the data its template shows.
//!
//! Everything arrives ready-made and borrowed; a page decides nothing, reads no clock and asks no store. Templates are
//! checked when the program is compiled and escape every value. Invariants, kept by `tests.rs` over every state: no
//! inline style or script, one `h1`, a bound label for every field, a hidden `csrf` field in every form that posts to
//! this server, and every name that a stranger chose stands in `<bdi>`.

pub mod account;
pub mod brand;
pub mod consent;
pub mod destination;
pub mod device;
pub mod error_page;
pub mod face;
pub mod form_post;
pub mod home;
pub mod login;
pub mod logout;
pub mod signup;
pub mod site;
pub mod words;

#[cfg(test)]
mod tests;
