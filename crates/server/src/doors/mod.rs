//! Doors: how an identity is proven. Which page asks for it, and where its person goes on, is said in `pages/sign_in/`.

pub mod accounts;
pub mod passwords;
pub mod proofs;
pub mod sessions;
pub mod throttle;
