//! Passwords: argon2id on a bounded pool, away from the async workers.
//!
//! A hash needs 19 MiB and tens of milliseconds, so a flood of sign-ins must neither eat the memory nor the threads:
//! at most two hashes run at once, each in a memory block that is allocated when first needed and freed once unused
//! for ten seconds, and a bounded number waits; whoever comes after that is [`PasswordError::Busy`]. The permit
//! travels into the blocking task, so a caller who gives up does not let a third hash start. Verifying against no
//! account costs exactly what verifying against one costs. A hash that another server made is verified here, too, once: see
//! [`Foreign`].

mod foreign;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq;
use symbolon_platform::account::PASSWORD_AT_MOST;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::clock::{Entropy, Unavailable};

pub use foreign::{Foreign, UnfitHash};

const BLOCKS: usize = 2;
const WAITING: usize = 64;
/// A block that saw this many ticks pass without use is freed: ten to fifteen seconds.
const TICK: Duration = Duration::from_secs(5);
const QUIET_TICKS: u32 = 2;
const OUTPUT: usize = 32;

/// Why a password was neither hashed nor checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Empty, or longer than any person's.
    #[error("a password must have 1 to 1024 bytes")]
    Length,
    /// Too many sign-ins at once: try again shortly.
    #[error("too many passwords are being checked at once")]
    Busy,
    /// The stored hash is not one of ours.
    #[error("a stored password hash is of no kind that is understood here")]
    Stored,
    /// No randomness for a salt.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
    /// The hash could not be computed. Not a verdict.
    #[error("the password could not be hashed")]
    Failed,
}

/// The pool. Clones share it.
#[derive(Clone, Debug)]
pub struct Passwords {
    pool: Arc<Pool>,
    entropy: Entropy,
}

/// What a password turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// Another than the one whose hash is stored.
    Wrong,
    /// That one.
    Right,
    /// That one, by another server's hash. Ours, to be stored in its place.
    Adopt(String),
}

impl Judged {
    /// Whether it is the one whose hash is stored.
    #[must_use]
    pub fn is_right(&self) -> bool {
        match self {
            Judged::Right | Judged::Adopt(_) => true,
            Judged::Wrong => false,
        }
    }
}

/// One of the hashes that may be computed now. It travels into the blocking task.
#[derive(Debug)]
pub struct Turn {
    _permits: (OwnedSemaphorePermit, OwnedSemaphorePermit),
}

#[derive(Debug)]
struct Pool {
    /// Whoever runs or waits.
    admitted: Arc<Semaphore>,
    /// Whoever runs.
    running: Arc<Semaphore>,
    blocks: Mutex<Blocks>,
    freeing: AtomicBool,
    computed: AtomicU64,
}

/// The memory that is not in use now.
#[derive(Default)]
struct Blocks {
    idle: Vec<Vec<Block>>,
    quiet_ticks: u32,
}

impl std::fmt::Debug for Blocks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} idle blocks", self.idle.len())
    }
}

impl Blocks {
    fn take(&mut self) -> Vec<Block> {
        self.quiet_ticks = 0;
        self.idle.pop().unwrap_or_default()
    }

    fn give_back(&mut self, block: Vec<Block>) {
        self.quiet_ticks = 0;
        self.idle.push(block);
    }

    /// Frees what was quiet for long enough; whether there is nothing left to free.
    fn tick(&mut self) -> bool {
        self.quiet_ticks += 1;
        if self.quiet_ticks > QUIET_TICKS {
            self.idle = Vec::new();
        }
        self.idle.is_empty()
    }
}

impl Passwords {
    /// An empty pool; nothing is allocated yet.
    #[must_use]
    pub fn new(entropy: Entropy) -> Passwords {
        let pool = Pool {
            admitted: Arc::new(Semaphore::new(BLOCKS + WAITING)),
            running: Arc::new(Semaphore::new(BLOCKS)),
            blocks: Mutex::default(),
            freeing: AtomicBool::new(false),
            computed: AtomicU64::new(0),
        };
        Passwords { pool: Arc::new(pool), entropy }
    }

    /// Waits until a hash may be computed. Who counts tries counts them from here on: then no more are under way at once than
    /// hashes.
    ///
    /// # Errors
    /// [`PasswordError::Busy`].
    pub async fn turn(&self) -> Result<Turn, PasswordError> {
        let admitted =
            Arc::clone(&self.pool.admitted).try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        let running =
            Arc::clone(&self.pool.running).acquire_owned().await.map_err(|_| PasswordError::Failed)?;
        Ok(Turn { _permits: (running, admitted) })
    }

    /// The hash to store, in PHC format.
    ///
    /// # Errors
    /// [`PasswordError`], of which [`PasswordError::Busy`] is worth trying again.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        self.hash_in(self.turn().await?, password).await
    }

    /// The same, when it is one's turn.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn hash_in(&self, turn: Turn, password: &str) -> Result<String, PasswordError> {
        let salt: [u8; 16] = self.entropy.fill()?;
        let recipe = Recipe { salt: salt.to_vec() };
        self.run(turn, password, move |text, blocks| {
            recipe.compute(text, blocks).map(|output| recipe.write(&output))
        })
        .await
    }

    /// Whether `password` is the one whose hash is stored. Without an account the answer is no, at the same cost.
    ///
    /// # Errors
    /// [`PasswordError`], of which [`PasswordError::Busy`] is worth trying again.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool, PasswordError> {
        self.verify_in(self.turn().await?, password, stored).await
    }

    /// The same, when it is one's turn.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn verify_in(
        &self,
        turn: Turn,
        password: &str,
        stored: Option<&str>,
    ) -> Result<bool, PasswordError> {
        Ok(self.judge_in(turn, password, stored).await?.is_right())
    }

    /// The same, with the hash to store from now on where another server made the one that is stored. A wrong password costs
    /// there what a right one costs, and never less than one that is tried on nobody.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn judge_in(
        &self,
        turn: Turn,
        password: &str,
        stored: Option<&str>,
    ) -> Result<Judged, PasswordError> {
        let own = stored.map_or(Some((Recipe { salt: vec![0; 16] }, vec![0; OUTPUT])), Recipe::read);
        let is_somebody = stored.is_some();
        if let Some((recipe, expected)) = own {
            let output = self.run(turn, password, move |text, blocks| recipe.compute(text, blocks)).await?;
            let right = is_somebody & bool::from(output.as_slice().ct_eq(&expected));
            return Ok(if right { Judged::Right } else { Judged::Wrong });
        }
        let foreign = Foreign::read(stored.unwrap_or_default()).map_err(|_| PasswordError::Stored)?;
        let salt: [u8; 16] = self.entropy.fill()?;
        let recipe = Recipe { salt: salt.to_vec() };
        self.run(turn, password, move |text, blocks| {
            let right = foreign.admits(text, blocks)?;
            let output = recipe.compute(text, blocks)?;
            Ok(if right { Judged::Adopt(recipe.write(&output)) } else { Judged::Wrong })
        })
        .await
    }

    /// Whether `secret` is the one of which another server made this hash, when it is one's turn.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn admits_in(&self, turn: Turn, secret: &str, foreign: &str) -> Result<bool, PasswordError> {
        let foreign = Foreign::read(foreign).map_err(|_| PasswordError::Stored)?;
        self.run(turn, secret, move |text, blocks| foreign.admits(text, blocks)).await
    }

    /// How many hashes were computed so far.
    #[must_use]
    pub fn computed(&self) -> u64 {
        self.pool.computed.load(Ordering::Relaxed)
    }

    /// A password to show once: about 100 bits in five groups that can be read aloud.
    ///
    /// # Errors
    /// [`PasswordError::Entropy`].
    pub fn generate(&self) -> Result<String, PasswordError> {
        // 32 characters without look-alikes, so that a byte's remainder is even.
        const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let bytes: [u8; 20] = self.entropy.fill()?;
        let letters: Vec<char> =
            bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        Ok(letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-"))
    }

    async fn run<T: Send + 'static>(
        &self,
        turn: Turn,
        password: &str,
        compute: impl FnOnce(&[u8], &mut Vec<Block>) -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        if !(1..=PASSWORD_AT_MOST).contains(&password.len()) {
            return Err(PasswordError::Length);
        }
        let password = zeroize::Zeroizing::new(password.to_owned());
        let pool = Arc::clone(&self.pool);
        let task = tokio::task::spawn_blocking(move || {
            let mut block = pool.blocks().take();
            pool.computed.fetch_add(1, Ordering::Relaxed);
            let output = compute(password.as_bytes(), &mut block);
            pool.blocks().give_back(block);
            drop(turn);
            output
        });
        let output = task.await.map_err(|_| PasswordError::Failed)?;
        Pool::free_when_quiet(&self.pool);
        output
    }
}

impl Pool {
    fn blocks(&self) -> MutexGuard<'_, Blocks> {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the task that frees idle blocks, unless it runs already. It ends when there is nothing left to free.
    fn free_when_quiet(pool: &Arc<Pool>) {
        if pool.freeing.swap(true, Ordering::AcqRel) {
            return;
        }
        let pool = Arc::clone(pool);
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(TICK);
            ticks.tick().await;
            loop {
                ticks.tick().await;
                if pool.blocks().tick() {
                    break;
                }
            }
            pool.freeing.store(false, Ordering::Release);
        });
    }
}

/// How our own hashes are computed.
#[derive(Clone, Debug)]
struct Recipe {
    salt: Vec<u8>,
}

impl Recipe {
    fn compute(&self, password: &[u8], blocks: &mut Vec<Block>) -> Result<Vec<u8>, PasswordError> {
        let count = Params::DEFAULT.block_count();
        if blocks.len() < count {
            blocks.resize(count, Block::default());
        }
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT);
        let mut output = vec![0; OUTPUT];
        argon
            .hash_password_into_with_memory(password, &self.salt, &mut output, &mut blocks[..count])
            .map_err(|_| PasswordError::Failed)?;
        Ok(output)
    }

    /// What a PHC string says before its salt.
    fn prefix() -> String {
        let params = Params::DEFAULT;
        format!("$argon2id$v=19$m={},t={},p={}$", params.m_cost(), params.t_cost(), params.p_cost())
    }

    fn write(&self, output: &[u8]) -> String {
        let (salt, output) = (STANDARD_NO_PAD.encode(&self.salt), STANDARD_NO_PAD.encode(output));
        format!("{}{salt}${output}", Recipe::prefix())
    }

    /// A hash of other costs is as foreign as one of another kind.
    fn read(stored: &str) -> Option<(Recipe, Vec<u8>)> {
        let (salt, output) = stored.strip_prefix(Recipe::prefix().as_str())?.split_once('$')?;
        let (salt, output) = (STANDARD_NO_PAD.decode(salt).ok()?, STANDARD_NO_PAD.decode(output).ok()?);
        (output.len() == OUTPUT).then_some((Recipe { salt }, output))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool() -> Passwords {
        Passwords::new(Entropy::seeded(1))
    }

    #[tokio::test]
    async fn knows_the_right_password_only() {
        let passwords = pool();
        let stored = passwords.hash("correct horse").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(passwords.verify("correct horse", Some(&stored)).await, Ok(true));
        assert_eq!(passwords.verify("correct horsf", Some(&stored)).await, Ok(false));
        assert_eq!(passwords.verify("correct horse", None).await, Ok(false));
        assert_eq!(passwords.verify("x", Some("plain")).await, Err(PasswordError::Stored));
        assert_ne!(stored, passwords.hash("correct horse").await.unwrap());
    }

    /// A hash that another library wrote: the reference implementation's test, argon2id v19.
    #[tokio::test]
    async fn reads_hashes_from_elsewhere() {
        let stored = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert_eq!(pool().verify("password", Some(stored)).await, Ok(true));
        assert_eq!(pool().verify("passwore", Some(stored)).await, Ok(false));
        let greedy = stored.replace("m=256", "m=4194304");
        assert_eq!(pool().verify("password", Some(&greedy)).await, Err(PasswordError::Stored));
    }

    #[tokio::test]
    async fn refuses_odd_lengths_before_any_work() {
        let passwords = pool();
        for odd in ["".to_owned(), "x".repeat(1025), "x".repeat(1 << 20)] {
            assert_eq!(passwords.verify(&odd, None).await, Err(PasswordError::Length));
            assert_eq!(passwords.hash(&odd).await, Err(PasswordError::Length));
        }
        assert_eq!(passwords.pool.blocks().idle.len(), 0);
        assert!(passwords.hash(&"x".repeat(1024)).await.is_ok());
    }

    #[tokio::test]
    async fn says_busy_beyond_the_queue_and_never_holds_more_than_two_blocks() {
        let passwords = pool();
        let cheap = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..BLOCKS + WAITING + 10 {
            let passwords = passwords.clone();
            tasks.spawn(async move { passwords.verify("password", Some(cheap)).await });
        }
        let answers = tasks.join_all().await;
        assert!(answers.iter().all(|answer| matches!(answer, Ok(true) | Err(PasswordError::Busy))));
        assert!(answers.iter().filter(|answer| answer.is_ok()).count() >= BLOCKS + WAITING);
        assert!(passwords.pool.blocks().idle.len() <= BLOCKS);
    }

    #[test]
    fn frees_blocks_after_ten_quiet_seconds() {
        let mut blocks = Blocks::default();
        blocks.give_back(vec![Block::default()]);
        assert!(!blocks.tick() && !blocks.tick());
        let block = blocks.take();
        blocks.give_back(block);
        assert!(!blocks.tick() && !blocks.tick());
        assert!(blocks.tick());
    }

    #[test]
    fn generates_passwords_to_read_aloud() {
        let password = pool().generate().unwrap();
        assert_eq!((password.len(), password.matches('-').count()), (24, 4));
    }
}
