//! Stories of people, apps and the places they meet.

mod connection;
