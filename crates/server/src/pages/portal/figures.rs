//! The figures of an app in the words of its pages.

use symbolon_store::developed::{COUNTED, Figures};

use crate::views::portal::Connected;

/// How many connections there are, and whether there are more than are counted.
pub(super) fn counted(figures: &Figures) -> Connected {
    let count = usize::try_from(figures.connected.min(COUNTED)).unwrap_or_default();
    Connected { count, more: figures.connected > COUNTED }
}
