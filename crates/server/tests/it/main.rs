//! The server as its users see it: requests in, answers out, through the same gate that the socket leads to.
//!
//! One binary, so that it is linked once. `support` holds the server under test and the actors; each other module
//! holds the stories of one place or one kind of attack. Every attack has its positive twin, so that a dead server
//! passes nothing. What is written in brackets in a comment (`A-04`, `RFC 6749 §4.1.3`) is the requirement a story
//! proves; `docs/standards.md` lists them.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod account;
mod activity;
mod addresses;
mod astray;
mod authorize;
mod check;
mod client_authentication;
mod clocks;
mod connect;
mod consent;
mod deeds;
mod developer_roles;
mod development;
mod discovery;
mod docs;
mod egress;
mod flows;
mod home_grown;
mod http;
mod http2;
mod introspect;
mod jobs;
mod languages;
mod listing;
mod login;
mod many;
mod metadata;
mod old_database;
mod operators;
mod organisations;
mod outage;
mod pages;
mod password;
mod pkce;
mod places;
mod portal;
mod prompt;
mod proofs;
mod proxied;
mod race;
mod real_client;
mod redirect_registration;
mod redirect_uri;
mod refresh;
mod refusals;
mod reload;
mod resource;
mod revoke;
mod sealing;
mod secrecy;
mod security;
mod shown;
mod slow;
mod smuggling;
mod support;
mod throttle;
mod token;
mod unknown_scopes;
mod unproven;
mod userinfo;
mod vendors;
mod ways_on;
