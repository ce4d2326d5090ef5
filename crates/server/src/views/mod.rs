//! Views: the screens people see, one file each, with the data that its template shows.
//!
//! Everything arrives ready-made and borrowed: a view decides nothing, knows no State and no request, reads no clock and
//! asks no store. No text stands in a view or a template: both say messages (`crate::language`). Templates are checked when the program is compiled and escape every value. Invariants, kept by
//! `tests.rs` over every state: no inline style or script, one `h1`, a bound label for every field, a hidden `csrf` field
//! (CSRF) in every form that posts to this server, and every name that a stranger chose stands in `<bdi>`.

pub mod account;
pub mod brand;
pub mod browser_words;
pub mod connect_button;
pub mod consent;
pub mod destination;
pub mod developer_request;
pub mod docs;
pub mod error_page;
pub mod face;
pub mod form_post;
pub mod home;
pub mod letter;
pub mod login;
pub mod logout;
pub mod organisations;
pub mod password;
pub mod portal;
pub mod proof;
pub mod sign_in_address;
pub mod sign_up;
pub mod site;

#[cfg(test)]
mod tests;
