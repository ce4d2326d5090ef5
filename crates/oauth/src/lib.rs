//! The protocol rules of Symbolon: OAuth 2.0 and 2.1 as plain functions over plain values.
//!
//! Nothing here is async, reads a clock, draws randomness, opens a connection or knows a database. A request and the
//! facts it needs come in with `now`; a decision or a refusal goes out.

pub mod authorize;
pub mod client;
pub mod client_authentication;
pub mod credential;
pub mod dialect;
pub mod error;
pub mod grant_type;
pub mod id;
pub mod introspection;
pub mod metadata;
pub mod parameters;
pub mod pkce;
pub mod policy;
pub mod quoted;
pub mod reason;
pub mod redirect_uri;
pub mod resource;
pub mod revocation;
pub mod scope;
#[cfg(test)]
mod specimen;
pub mod time;
pub mod token_request;
pub mod userinfo;
