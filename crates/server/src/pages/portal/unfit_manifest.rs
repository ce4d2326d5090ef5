//! What is wrong with a manifest, in the words of its page.

use symbolon_platform::app::manifest::UnfitManifest;

use crate::config::explain_value;
use crate::language::Key;
use crate::views::face::Complaint;
use crate::views::site::Site;

/// What the parser says, with the nearest name.
pub(super) fn explained(unfit: &UnfitManifest) -> String {
    explain_value(&unfit.message, "the manifest")
}

/// What is wrong with a manifest, and on which line.
pub(super) fn complaint<'a>(site: &'a Site, line: Option<usize>, said: &str) -> Complaint<'a> {
    let text = match line {
        Some(line) => site.say(Key("portal-manifest-line")).count("line", line).owned("message", said),
        None => site.say(Key("portal-manifest-whole")).owned("message", said),
    };
    Complaint::field("manifest-text", text)
}
