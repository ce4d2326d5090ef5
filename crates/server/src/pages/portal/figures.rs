//! The figures of an app in the words of its pages.

use symbolon_store::developed::{COUNTED, Figures};

use crate::views::portal::Connected;

/// How many connections there are, and whether there are more than are counted.
pub(super) fn counted(figures: &Figures) -> Connected {
    counted_up_to(figures.connected)
}

/// A number of connections, of as many as are counted.
pub(super) fn counted_up_to(found: i64) -> Connected {
    let count = usize::try_from(found.min(COUNTED)).unwrap_or_default();
    Connected { count, more: found > COUNTED }
}
