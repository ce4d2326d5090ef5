//! Backups of a SQLite file, and what a restored one must not bring back: what was ended, taken away or stopped since the
//! backup was made stays so (REL-24).
//!
//! The database that is there when a backup is restored tells what was ended since ([`carry_over`]). Where it is gone, nobody
//! can tell, and ending everything ([`Store::restored`]) is the safe answer: also after a restore by PostgreSQL's own tools.

mod rules;

use std::path::Path;

use symbolon_oauth::time::Timestamp;

use crate::audit::Audit;
use crate::cache::Doubt;
use crate::engine::file;
use crate::engine::{Commit, Expect, FileLock, StoreError, first};
use crate::parameters;
use crate::store::Store;

/// What a file says of how it came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// When.
    pub at: Timestamp,
    /// What tells the master key of that time.
    pub master_key: String,
}

/// Writes what is committed at one moment into a new file, whoever writes meanwhile.
///
/// # Errors
/// [`StoreError::Unavailable`]; there is no new file then.
pub fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    file::copy(from, to)
}

/// Refuses a file that is damaged, is none of ours, or belongs to a newer version.
///
/// # Errors
/// [`StoreError::Unavailable`] with the sentence.
pub fn check(path: &Path) -> Result<(), StoreError> {
    file::check(path)
}

/// Notes in a copy what it is.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub fn note(path: &Path, made: &Made) -> Result<(), StoreError> {
    file::note(path, made.at, &made.master_key)
}

/// What a file says of itself; a file of an older version says nothing.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub fn made(path: &Path) -> Result<Option<Made>, StoreError> {
    Ok(file::noted(path)?.map(|(at, master_key)| Made { at, master_key }))
}

/// Whether a database of this version comes from the one of which a backup was made. Another one knows nothing of what was ended
/// in that.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub fn knows(path: &Path, made: &Made) -> Result<bool, StoreError> {
    file::knows(path, made.at, &made.master_key)
}

/// Brings everything of a database into its one file, which can be moved then.
///
/// # Errors
/// [`StoreError::Unavailable`], also while another program has it open.
pub fn fold(path: &Path) -> Result<(), StoreError> {
    file::fold(path)
}

/// The right to put another file in the place of a database: no server runs on it, and none starts.
pub struct Place(#[expect(dead_code, reason = "held, and released when dropped")] FileLock);

impl Place {
    /// Takes it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] while a server runs there.
    pub fn take(path: &Path) -> Result<Place, StoreError> {
        FileLock::take(path).map(Place)
    }
}

/// Takes from the restored file what the present one no longer holds, or holds as ended, and adds what was audited since. Both
/// have the schema of this version. Answers how much of what, for people.
///
/// # Errors
/// [`StoreError::Unavailable`]; nothing was changed then.
pub fn carry_over(
    restored: &Path,
    present: &Path,
    now: Timestamp,
) -> Result<Vec<(&'static str, usize)>, StoreError> {
    file::carry_over(restored, present, rules::ALL, now)
}

impl Store {
    /// When `symbolon backup` last made one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn last_backup(&self) -> Result<Option<Timestamp>, StoreError> {
        const LAST: &str = "SELECT made_at FROM backups ORDER BY made_at DESC LIMIT 1";
        first(self.engine().load(LAST, &[]).await?, |row| row.timestamp())
    }

    /// Notes that a backup was made, with its deed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn note_backup(&self, made: &Made, audit: Audit) -> Result<(), StoreError> {
        const NOTE: &str =
            "INSERT INTO backups (made_at, master_key) VALUES ($1, $2) ON CONFLICT (made_at) DO NOTHING";
        let noted =
            Commit::new().step(NOTE, parameters![made.at, made.master_key.as_str()], Expect::AtMostOne);
        self.engine().commit(audit.append(noted)).await.map(|_| ())
    }

    /// Ends every token, code and browser session that was ever issued here, and forgets what people answered, so that each is
    /// asked again. What was given (grants), and who may do what, stays as it is. With `everything` false only the deed is
    /// written.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; nothing was ended then.
    pub async fn restored(&self, everything: bool, audit: Audit) -> Result<(), StoreError> {
        const FAMILIES: &str = "UPDATE families SET ended_at = $1, ended_reason = 'restored', sealed_successor = NULL, \
            expires_at = $1 WHERE ended_at IS NULL";
        const ACCESS_TOKENS: &str = "UPDATE access_tokens SET revoked_at = $1, expires_at = coalesce(expires_at, $1) \
            WHERE revoked_at IS NULL";
        const CODES: &str = "UPDATE authorization_codes SET state = 'spent' WHERE state = 'issued'";
        let mut commit = Commit::new();
        if everything {
            commit = commit
                .step(FAMILIES, parameters![audit.at], Expect::Any)
                .step(ACCESS_TOKENS, parameters![audit.at], Expect::Any)
                .step(CODES, parameters![], Expect::Any)
                .step("DELETE FROM browser_sessions", parameters![], Expect::Any)
                .step("DELETE FROM consents", parameters![], Expect::Any);
        }
        self.commit_and_turn(audit.append(commit), Doubt::All).await.map(|_| ())
    }
}
