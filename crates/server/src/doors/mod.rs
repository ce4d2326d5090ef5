//! How people sign in. Each door ends with a browser session and leads back to where the person was going.

pub mod accounts;
pub mod throttle;
