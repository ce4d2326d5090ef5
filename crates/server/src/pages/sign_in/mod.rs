//! How people sign in, sign up and sign out. Signing in ends with a browser session and leads back to where the person was
//! going.

pub mod login;
pub mod logout;
pub mod reset;
pub mod sign_up;
pub mod verify;
pub mod visit;
