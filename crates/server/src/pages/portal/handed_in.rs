//! A manifest that is handed in: pasted, or as a file beside that.

use symbolon_platform::app::manifest;

use crate::language::Key;
use crate::request::{PostedForm, Request};
use crate::routes::field;

/// The manifest of a form: the file where one was chosen, else what was pasted.
///
/// # Errors
/// Why the file is none.
pub(super) fn manifest(form: &PostedForm) -> Result<String, Key> {
    let Some(file) = form.file(field::MANIFEST_FILE) else {
        return Ok(form.get(field::MANIFEST).to_owned());
    };
    if file.len() > manifest::AT_MOST {
        return Err(Key("portal-manifest-file-large"));
    }
    let text = std::str::from_utf8(file).map_err(|_| Key("portal-manifest-file-no-text"))?;
    // Editors of one system begin files with a mark that is no text.
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
}

/// What is wrong with a request that sent more than is read.
pub(super) fn too_much(request: &Request) -> Option<Key> {
    request.oversized.then_some(Key("portal-manifest-file-large"))
}
