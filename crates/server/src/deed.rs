//! Audit rows: the one place of the server that makes them, so that none lacks the request that did it.

use symbolon_oauth::time::Timestamp;
use symbolon_platform::deed::Deed;
use symbolon_store::{Actor, Audit};

use crate::clock::{Entropy, Unavailable};
use crate::declared::Surroundings;
use crate::failure::Failure;
use crate::request::Request;
use crate::state::State;

impl State {
    /// The audit row of what a request does now. Whom it concerns is said by the caller.
    ///
    /// # Errors
    /// [`Failure::Busy`] when the operating system gives no randomness.
    pub fn deed(
        &self,
        request: &Request,
        action: Deed,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Audit, Failure> {
        Ok(Audit::new(self.entropy.new_id(now)?, now, action, actor).request(&request.id))
    }
}

impl Surroundings<'_> {
    /// The audit row of what is done now without a request: by `apply` or on the command line.
    ///
    /// # Errors
    /// [`Unavailable`] when the operating system gives no randomness.
    pub fn deed(&self, action: Deed, now: Timestamp) -> Result<Audit, Unavailable> {
        Ok(Audit::new(self.entropy.new_id(now)?, now, action, self.actor))
    }
}

/// The audit row of what a command does to a database as a whole, for which it opens no world.
///
/// # Errors
/// [`Unavailable`] when the operating system gives no randomness.
pub fn of_operator(action: Deed, now: Timestamp, entropy: &Entropy) -> Result<Audit, Unavailable> {
    Ok(Audit::new(entropy.new_id(now)?, now, action, Actor::Operator))
}
