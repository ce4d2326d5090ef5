//! The product rules of Symbolon: apps and their life, tenants, roles, people, grants, and the one function that
//! answers "may this app do that, now?".
//!
//! As pure as `symbolon-oauth`, on which it leans for the protocol's nouns; it knows no wire and no SQL.

pub mod access_token;
pub mod account;
pub mod app;
pub mod authority;
pub mod browser_session;
pub mod catalogue;
pub mod consent;
pub mod deed;
pub mod developers;
pub mod domain;
pub mod given_secret;
pub mod grant;
pub mod guessable;
pub mod invitation;
pub mod listing;
pub mod name;
pub mod organisation;
pub mod proof;
pub mod secret_notice;
pub mod spelling;
pub mod tenant;
pub mod user;

#[cfg(test)]
mod tests;
