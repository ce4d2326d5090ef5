//! Changes of the icons that are kept. None is deleted by hand: each goes with the last app that refers to it.

use symbolon_platform::deed::Deed;

use super::Effect;
use crate::icons::{self, Icon};

/// A change of an icon.
#[derive(Clone, PartialEq, Eq)]
pub enum IconChange {
    /// Keeps one, for an app that refers to it by the end of the same commit.
    Put(Icon),
}

impl IconChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        match self {
            IconChange::Put(icon) => {
                Effect::new(Deed::IconStored, move |commit| icons::put_icon(commit, icon)).frees_icons()
            }
        }
    }
}
