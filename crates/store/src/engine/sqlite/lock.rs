//! File lock: keeps two servers off one SQLite file.
//!
//! Two servers would each answer from caches the other does not clear. A command that writes beside the server does
//! not take this lock. The operating system releases it when the process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::StoreError;

/// A held lock; released when dropped.
pub(crate) struct FileLock {
    _file: File,
}

impl FileLock {
    /// Takes the lock of the database at `path`, without waiting.
    pub(crate) fn take(path: &Path) -> Result<FileLock, StoreError> {
        let mut name = path.as_os_str().to_owned();
        name.push(".lock");
        let name = PathBuf::from(name);
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        // As the database beside it: who could open it could hold it, and no server would start.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&name).map_err(|error| {
            StoreError::unavailable(format_args!("the lock file '{}': {error}", name.display()))
        })?;
        match file.try_lock() {
            Ok(()) => Ok(FileLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::unavailable(format_args!(
                "another server is running on '{}': stop it first, or give this one a database of its own",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => {
                Err(StoreError::unavailable(format_args!("the lock file '{}': {error}", name.display())))
            }
        }
    }
}
