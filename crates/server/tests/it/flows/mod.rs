//! Stories of people, apps and the places they meet.

mod connection;
mod ending;
mod role;
mod tenant;
