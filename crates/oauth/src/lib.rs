//! The protocol rules of Symbolon: OAuth 2.0 and 2.1 as plain functions over plain values.
//!
//! Nothing here is async, reads a clock, draws randomness, opens a connection or knows a database. A request and the
//! facts it needs come in with `now`; a decision or a refusal goes out.

pub mod client;
pub mod credential;
pub mod id;
pub mod redirect_uri;
pub mod scope;
pub mod time;
