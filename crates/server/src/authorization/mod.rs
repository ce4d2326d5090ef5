//! Authorization: a request on its way between the endpoint that it came to, the pages that its person sees, and its client.

pub mod asking;
pub mod interaction;
pub mod response;
pub mod sign_in;
pub mod ways_on;
