//! Pages: their handlers, one file or folder each. A page leads to another by a link, never by a call.

pub mod account;
pub mod consent;
pub mod home;
pub mod organisations;
pub mod password;
pub mod portal;
pub mod sign_in;
pub mod sign_in_address;
