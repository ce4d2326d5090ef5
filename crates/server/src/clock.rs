//! The one place that reads the clock and draws randomness.
//!
//! Everything else is handed a [`Timestamp`] or bytes as values, so a test can say what time it is and what was
//! drawn. Both types are cheap to clone and share their state: a test keeps one clone and moves the time that the
//! server sees through another. A machine that cannot give randomness makes the caller [`Unavailable`]; nothing is
//! ever minted from a weaker source.

use std::cell::RefCell;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use symbolon_oauth::id::Id;
use symbolon_oauth::time::Timestamp;

/// A time as people and programs read it: `2026-11-22T19:00:00Z`.
#[must_use]
pub fn iso(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.seconds()).map(|time| time.to_string()).unwrap_or_default()
}

/// Appends the time as a line of the log begins with it: `2026-11-22T19:00:00.000000Z`.
pub fn stamp(text: &mut String) {
    push_stamp(since_epoch(), text);
}

fn push_stamp(since_epoch: Duration, text: &mut String) {
    thread_local! {
        /// What is the same for a second, which many lines share.
        static SECOND: RefCell<(u64, String)> = const { RefCell::new((u64::MAX, String::new())) };
    }
    let seconds = since_epoch.as_secs();
    SECOND.with_borrow_mut(|(second, written)| {
        if *second != seconds {
            *second = seconds;
            *written = iso(Timestamp(i64::try_from(seconds).unwrap_or(0).saturating_mul(1000)));
        }
        text.push_str(written.trim_end_matches('Z'));
    });
    text.push('.');
    let mut rest = since_epoch.subsec_micros();
    for unit in [100_000, 10_000, 1000, 100, 10, 1] {
        text.push(char::from_digit(rest / unit, 10).unwrap_or('0'));
        rest %= unit;
    }
    text.push('Z');
}

/// What time it is.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A time that moves only when told to.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `now` until [`Clock::advance`] moves it.
    #[must_use]
    pub fn fixed(now: Timestamp) -> Clock {
        Clock::Fixed(Arc::new(AtomicI64::new(now.0)))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            Clock::System => system_time(),
            Clock::Fixed(milliseconds) => Timestamp(milliseconds.load(Ordering::SeqCst)),
        }
    }

    /// Moves a fixed clock; the machine's own clock is not ours to move and stays as it is.
    pub fn advance(&self, milliseconds: i64) {
        match self {
            Clock::System => {}
            Clock::Fixed(now) => {
                now.fetch_add(milliseconds, Ordering::SeqCst);
            }
        }
    }
}

fn system_time() -> Timestamp {
    Timestamp(i64::try_from(since_epoch().as_millis()).unwrap_or(i64::MAX))
}

#[expect(clippy::disallowed_methods, reason = "the one reading of the system clock")]
fn since_epoch() -> Duration {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
}

/// Measures how long something took, for the metrics and to hide it: no decision rests on it. It is the clock of the
/// runtime, which a test can hold still.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(tokio::time::Instant);

impl Stopwatch {
    /// Starts now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "durations are measured here and nowhere else")]
    pub fn start() -> Stopwatch {
        Stopwatch(tokio::time::Instant::now())
    }

    /// Seconds since the start.
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }

    /// Whole milliseconds since the start.
    #[must_use]
    pub fn milliseconds(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Waits until so many milliseconds have gone by since the start.
    pub async fn until(self, milliseconds: u64) {
        if milliseconds > 0 {
            tokio::time::sleep_until(self.0 + Duration::from_millis(milliseconds)).await;
        }
    }

    /// Waits until ten milliseconds have gone by since the start, or twice or three times as many: what took less until
    /// now takes the same from now on, whatever it was. A few readings of a database elsewhere fit into it.
    pub async fn evenly(self) {
        let steps = self.0.elapsed().as_millis() / 10 + 1;
        self.until(u64::try_from(steps * 10).unwrap_or(u64::MAX)).await;
    }
}

/// The operating system gave no randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no randomness; nothing can be minted until it does")]
pub struct Unavailable;

/// Where unpredictable bytes come from.
#[derive(Clone, Debug)]
pub enum Entropy {
    /// The operating system's generator.
    System,
    /// A reproducible sequence, for tests only.
    Seeded(Arc<Mutex<u64>>),
}

impl Entropy {
    /// The same bytes in every run. For tests only: whoever knows the seed knows every secret.
    #[must_use]
    pub fn seeded(seed: u64) -> Entropy {
        Entropy::Seeded(Arc::new(Mutex::new(seed)))
    }

    /// `N` unpredictable bytes.
    ///
    /// # Errors
    /// [`Unavailable`] when the operating system gives none.
    pub fn fill<const N: usize>(&self) -> Result<[u8; N], Unavailable> {
        let mut bytes = [0; N];
        match self {
            Entropy::System => system_bytes(&mut bytes)?,
            Entropy::Seeded(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                for chunk in bytes.chunks_mut(8) {
                    chunk.copy_from_slice(&split_mix(&mut state).to_be_bytes()[..chunk.len()]);
                }
            }
        }
        Ok(bytes)
    }

    /// A fresh time-ordered identifier.
    ///
    /// # Errors
    /// [`Unavailable`] when the operating system gives no randomness.
    pub fn new_id<K>(&self, now: Timestamp) -> Result<Id<K>, Unavailable> {
        Ok(Id::time_ordered(now.0, self.fill()?))
    }

    /// The bytes of a credential of the row `id`: the identifier, then sixteen random bytes.
    ///
    /// # Errors
    /// [`Unavailable`] when the operating system gives no randomness.
    pub fn new_credential_bytes<K>(&self, id: Id<K>) -> Result<[u8; 32], Unavailable> {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(id.bytes());
        bytes[16..].copy_from_slice(&self.fill::<16>()?);
        Ok(bytes)
    }
}

#[expect(clippy::disallowed_methods, reason = "the one source of randomness")]
fn system_bytes(bytes: &mut [u8]) -> Result<(), Unavailable> {
    getrandom::fill(bytes).map_err(|_| Unavailable)
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, and good enough for reproducible tests.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use symbolon_oauth::id::{AppId, UserId};

    use super::*;

    #[test]
    fn a_stamp_says_microseconds_whatever_was_written_before() {
        for (seconds, micros, said) in [
            (1_764_528_362, 7, "2025-11-30T18:46:02.000007Z"),
            (1_764_528_362, 999_999, "2025-11-30T18:46:02.999999Z"),
            (1_764_528_363, 0, "2025-11-30T18:46:03.000000Z"),
            (0, 100_000, "1970-01-01T00:00:00.100000Z"),
            (1_764_528_362, 7, "2025-11-30T18:46:02.000007Z"),
        ] {
            let mut text = "> ".to_owned();
            push_stamp(Duration::from_micros(seconds * 1_000_000 + micros), &mut text);
            assert_eq!(text, format!("> {said}"));
        }
    }

    #[test]
    fn a_fixed_clock_moves_for_every_clone_and_only_when_told() {
        let clock = Clock::fixed(Timestamp(1_000));
        let seen_by_the_server = clock.clone();
        assert_eq!(seen_by_the_server.now(), Timestamp(1_000));
        clock.advance(500);
        assert_eq!(seen_by_the_server.now(), Timestamp(1_500));
    }

    #[test]
    fn the_system_clock_is_in_this_century_and_cannot_be_moved() {
        let before = Clock::System.now();
        Clock::System.advance(i64::MAX / 2);
        let after = Clock::System.now();
        assert!(before.0 > 1_600_000_000_000 && after.0 - before.0 < 60_000);
    }

    #[test]
    fn a_seed_repeats_itself_and_the_system_does_not() {
        let draw = |entropy: &Entropy| entropy.fill::<20>();
        assert_eq!(draw(&Entropy::seeded(7)), draw(&Entropy::seeded(7)));
        assert_ne!(draw(&Entropy::seeded(7)), draw(&Entropy::seeded(8)));
        let shared = Entropy::seeded(7);
        assert_ne!(draw(&shared), draw(&shared.clone()));
        assert_ne!(draw(&Entropy::System), draw(&Entropy::System));
    }

    #[test]
    fn a_credential_begins_with_its_row() {
        let entropy = Entropy::seeded(1);
        let id: AppId = entropy.new_id(Timestamp(1_700_000_000_000)).unwrap();
        let later: UserId = entropy.new_id(Timestamp(1_700_000_000_001)).unwrap();
        assert!(id.bytes() < later.bytes());
        let bytes = entropy.new_credential_bytes(id).unwrap();
        assert_eq!(&bytes[..16], id.bytes());
        assert_ne!(bytes[16..], [0; 16]);
    }
}
