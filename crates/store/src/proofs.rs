//! Links by which addresses are proven: asked for together with the job that mails them, and taken by one conditional write
//! together with what they do.

use symbolon_oauth::id::{Id, UserId};
use symbolon_platform::proof::{Newcomer, Proof, Purpose};

use crate::audit::Audit;
use crate::cache::Doubt;
use crate::change::{Change, steps};
use crate::engine::{Commit, Cursor, Expect, StoreError};
use crate::jobs::NewJob;
use crate::parameters;
use crate::store::Store;

const LOAD: &str = "SELECT id, hash, purpose, address, user_id, name, password_hash, browser, created_at, expires_at \
    FROM address_proofs WHERE id = $1";

fn proof_from_row(row: &mut Cursor) -> Result<Proof, StoreError> {
    Ok(Proof {
        id: row.id()?,
        hash: row.hash()?,
        purpose: row.word(Purpose::parse)?,
        address: row.text()?,
        user: row.optional_id()?,
        newcomer: row
            .optional_text()?
            .zip(row.optional_text()?)
            .map(|(name, password_hash)| Newcomer { name, password_hash }),
        browser: row.hash()?,
        created_at: row.timestamp()?,
        expires_at: row.timestamp()?,
    })
}

fn insert(commit: Commit, proof: &Proof) -> Commit {
    const INSERT: &str = "INSERT INTO address_proofs \
        (id, hash, purpose, address, user_id, name, password_hash, browser, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let newcomer = proof.newcomer.clone();
    let (name, password_hash) = newcomer.map(|own| (own.name, own.password_hash)).unzip();
    let row = parameters![
        proof.id,
        proof.hash,
        proof.purpose.as_str(),
        proof.address.as_str(),
        proof.user,
        name,
        password_hash,
        &proof.browser.0[..],
        proof.created_at,
        proof.expires_at,
    ];
    commit.step(INSERT, row, Expect::One)
}

/// Ends every link about an account: its password was set, so whoever asked for one before has nothing more to say.
pub(crate) fn end_proofs_of(commit: Commit, user: UserId) -> Commit {
    commit.step("DELETE FROM address_proofs WHERE user_id = $1", parameters![user], Expect::Any)
}

impl Store {
    /// Adds jobs, and a link that one of them mails, if there is one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the account is gone; [`StoreError::Unavailable`].
    pub async fn ask_for_proof(&self, proof: Option<&Proof>, job: &NewJob) -> Result<(), StoreError> {
        let commit = proof.into_iter().fold(Commit::new(), insert);
        self.engine().commit(job.append(commit)).await.map(|_| ())
    }

    /// A link, by its row.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_proof(&self, id: Id<Proof>) -> Result<Option<Proof>, StoreError> {
        self.load_one(LOAD, id, proof_from_row).await
    }

    /// Takes a link and does what it is for. Links to the same address that make an account are over with it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was taken before, or the facts have changed; [`StoreError::Unavailable`].
    pub async fn accept_proof(
        &self,
        proof: &Proof,
        changes: &[Change],
        jobs: &[NewJob],
        audit: &[Audit],
    ) -> Result<(), StoreError> {
        const TAKE: &str = "DELETE FROM address_proofs WHERE id = $1";
        const OTHERS: &str = "DELETE FROM address_proofs WHERE address = $1 AND user_id IS NULL";
        let commit = Commit::new().step(TAKE, parameters![proof.id], Expect::One);
        let commit = commit.step(OTHERS, parameters![proof.address.as_str()], Expect::Any);
        let commit = steps(commit, changes);
        let commit = jobs.iter().fold(commit, |commit, job| job.append(commit));
        let commit = audit.iter().fold(commit, |commit, row| row.append(commit));
        self.commit_and_turn(commit, Doubt::All).await.map(|_| ())
    }
}
