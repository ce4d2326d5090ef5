//! Resource indicators (RFC 8707): the one resource that a token is meant for.

use crate::error::{ErrorCode, Refusal};
use crate::reason::Reason;

/// The one resource of a request, in its canonical spelling (RFC 8707 §2): a token is for one audience. `known` is that
/// spelling, when the resource is known here.
///
/// # Errors
/// `invalid_target` when it is not known, or several are named.
pub fn one<'a>(named: impl Iterator<Item = &'a str>, known: Option<&str>) -> Result<Option<String>, Refusal> {
    let invalid = |reason, description| Err(Refusal::new(ErrorCode::InvalidTarget, reason, description));
    match (named.count(), known) {
        (0, _) => Ok(None),
        (1, Some(known)) => Ok(Some(known.to_owned())),
        (1, None) => invalid(Reason::ResourceUnknown, "the resource is not known here"),
        _ => invalid(Reason::TwoResources, "a token is meant for one resource: name one"),
    }
}
