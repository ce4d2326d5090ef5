//! What the user that runs this may read and must be able to write, and who else may read what is secret.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::findings::Findings;
use super::users;

/// A path as a shell takes it.
pub(super) fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// The folder of a file; the one that this was started in for a bare name.
pub(super) fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

/// Whether files can be made in a folder: one is, and taken away again.
pub(super) fn writable_folder(folder: &Path, what: &str, found: &mut Findings) -> bool {
    let probe = folder.join(format!(".symbolon-doctor-{}", std::process::id()));
    let made = OpenOptions::new().write(true).create_new(true).open(&probe);
    let (shown, me) = (folder.display(), users::me());
    match made {
        Ok(_) => {
            // It lies in a folder that can be written, so it goes away again.
            let _ = fs::remove_file(&probe);
            found.fine(format!("the folder of {what}, {shown}, can be written by {me}"));
            return true;
        }
        Err(wrong) if wrong.kind() == ErrorKind::NotFound => found.broken(
            format!("the folder of {what}, {shown}, is not there"),
            &format!("mkdir -p {0} && chown {me} {0} && chmod 700 {0}", quoted(folder)),
        ),
        Err(wrong) if wrong.kind() == ErrorKind::PermissionDenied => found.broken(
            format!("the folder of {what}, {shown}, cannot be written by {me}: {wrong}"),
            &format!("chown {me} {0} && chmod u+rwx {0}", quoted(folder)),
        ),
        Err(wrong) if wrong.kind() == ErrorKind::ReadOnlyFilesystem => found.broken(
            format!("the folder of {what}, {shown}, lies on a read-only file system"),
            "mount a volume there that can be written, or name a place on one (docs/deploy.md)",
        ),
        Err(wrong) => found.broken(
            format!("the folder of {what}, {shown}, cannot be written: {wrong}"),
            "free space there, or name another place",
        ),
    }
    false
}

/// Whether a file can be read.
pub(super) fn readable(path: &Path, found: &mut Findings) -> bool {
    let (shown, me) = (path.display(), users::me());
    match fs::File::open(path) {
        Ok(_) => {
            found.fine(format!("{shown} can be read"));
            return true;
        }
        Err(wrong) if wrong.kind() == ErrorKind::PermissionDenied => found.broken(
            format!("{shown} cannot be read: {wrong}"),
            &format!("chown {me} {0} && chmod 600 {0}, and let {me} enter its folders", quoted(path)),
        ),
        Err(wrong) => {
            found.broken(format!("{shown} cannot be read: {wrong}"), "correct the path");
        }
    }
    false
}

/// Whether what holds a secret is its owner's alone.
pub(super) fn privacy(path: &Path, what: &str, found: &mut Findings) {
    let Ok(metadata) = fs::metadata(path) else { return };
    let (mode, shown) = (metadata.mode() & 0o777, path.display());
    // Whoever reads it as a member of its group would be shut out by the mode alone.
    let mend = if metadata.uid() == users::my_id() || users::my_id() == 0 {
        format!("chmod 600 {}", quoted(path))
    } else {
        format!("chown {} {1} && chmod 600 {1}", users::me(), quoted(path))
    };
    if mode & 0o007 != 0 {
        let who = format!("{what} {shown} has mode {mode:o}: others on this machine can read it");
        found.broken(who, &mend);
    } else if mode & 0o070 != 0 {
        let group = users::group_name(metadata.gid());
        found.mind(
            format!("{what} {shown} has mode {mode:o}: everybody in the group {group} can read it"),
            &mend,
        );
    } else {
        found.fine(format!("{what} {shown} is private"));
    }
}
