//! How people sign in. Each door ends with a browser session and leads back to where the person was going.

pub mod login;
pub mod logout;
pub mod sign_up;
pub mod throttle;
pub mod visit;
