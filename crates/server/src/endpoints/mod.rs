//! Protocol endpoints, and what resources ask us. Each handler is the five verbs: read, load, decide, commit, write.

pub mod asked;
pub mod authorize;
pub mod check;
pub mod client;
pub mod client_credentials;
pub mod exchange;
pub mod guesses;
pub mod identity;
pub mod introspect;
pub mod metadata;
pub mod principal;
pub mod refresh;
pub mod revoke;
pub mod token;
pub mod userinfo;
