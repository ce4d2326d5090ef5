//! Budgets in memory, in a table that never grows.
//!
//! A slot holds part of a key's hash and the moment at which its budget is whole again, in one word, so looking takes no lock
//! and no allocation. The hash has a key of this process: nobody can choose who shares a bucket with whom.
//!
//! When a bucket is full, whoever is new takes the slot of the one who owes least, **with what it owes** (Space-Saving: counts
//! of heavy hitters in a fixed space). So many addresses buy no budget beyond the table's own, whoever owes most is forgotten
//! last, and under such an attack a newcomer's first mistakes count for more. A key that is not in the table owes nothing: who
//! was never wrong is never kept waiting.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use symbolon_oauth::time::Timestamp;
use symbolon_store::attempts::Limit;

/// Slots that a key can be in: one cache line.
const BUCKET: usize = 8;
/// Bits of a slot for the moment: 34 years of milliseconds.
const MOMENT_BITS: u32 = 40;
const MOMENT: u64 = (1 << MOMENT_BITS) - 1;
/// 2020-01-01: slots count from here.
const EPOCH: i64 = 1_577_836_800_000;

/// Budgets by the hash of their key.
#[derive(Debug)]
pub struct Table {
    buckets: usize,
    /// Allocated when the first is written.
    slots: OnceLock<Box<[AtomicU64]>>,
    /// The last moment that stands in any slot: before the first mistake, and once all are forgiven, nothing is looked up.
    latest: AtomicI64,
    /// Held by who writes, so that no key gets two slots.
    writing: Mutex<()>,
}

impl Table {
    /// A table of so many slots, at least.
    #[must_use]
    pub fn new(slots: usize) -> Table {
        Table {
            buckets: slots.div_ceil(BUCKET).next_power_of_two(),
            slots: OnceLock::new(),
            latest: AtomicI64::new(i64::MIN),
            writing: Mutex::new(()),
        }
    }

    /// Whether no moment in it is to come.
    #[must_use]
    pub fn is_quiet(&self, now: Timestamp) -> bool {
        self.latest.load(Ordering::Relaxed) <= now.0
    }

    /// How many milliseconds a key has to wait: 0 when it may try.
    #[must_use]
    pub fn wait(&self, key: u64, limit: Limit, now: Timestamp) -> i64 {
        self.until(key, now).map_or(0, |whole| limit.wait(whole, now))
    }

    /// The moment that stands at a key, while it is to come.
    #[must_use]
    pub fn until(&self, key: u64, now: Timestamp) -> Option<Timestamp> {
        if self.is_quiet(now) {
            return None;
        }
        let slots = self.slots.get()?;
        self.bucket(slots, key).iter().map(read).find(|slot| slot.is_of(key, now)).map(|slot| slot.moment)
    }

    /// Uses one try of a key's budget up; inside, whether it was the last for now.
    ///
    /// # Errors
    /// The milliseconds to wait when none is left; then nothing changes.
    pub fn spend(&self, key: u64, limit: Limit, now: Timestamp) -> Result<bool, i64> {
        self.write(key, now, |owed| {
            let wait = limit.wait(owed, now);
            if wait > 0 {
                return Err(wait);
            }
            let step = limit.step();
            let next = Timestamp(owed.0.clamp(now.0, now.0 + (limit.window - step).max(0)) + step);
            Ok((next, limit.wait(next, now) > 0))
        })
    }

    /// Sets the moment of a key, whoever had its slot before.
    pub fn mark(&self, key: u64, moment: Timestamp, now: Timestamp) {
        let marked = self.write(key, now, |_| Ok((moment, ())));
        debug_assert!(marked.is_ok(), "marking cannot fail");
    }

    fn write<T>(
        &self,
        key: u64,
        now: Timestamp,
        change: impl FnOnce(Timestamp) -> Result<(Timestamp, T), i64>,
    ) -> Result<T, i64> {
        let slots =
            self.slots.get_or_init(|| (0..self.buckets * BUCKET).map(|_| AtomicU64::new(0)).collect());
        let bucket = self.bucket(slots, key);
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let own = bucket.iter().find(|slot| read(slot).is_of(key, now));
        let least = || bucket.iter().min_by_key(|slot| read(slot).moment);
        let Some(slot) = own.or_else(least) else { return Err(0) };
        let (moment, answer) = change(read(slot).moment)?;
        slot.store(written(key, moment), Ordering::Relaxed);
        self.latest.fetch_max(moment.0, Ordering::Relaxed);
        Ok(answer)
    }

    fn bucket<'a>(&self, slots: &'a [AtomicU64], key: u64) -> &'a [AtomicU64] {
        let mask = u64::try_from(self.buckets - 1).unwrap_or(u64::MAX);
        let at = usize::try_from(key & mask).unwrap_or(0) * BUCKET;
        slots.get(at..at + BUCKET).unwrap_or_default()
    }
}

/// What stands in a slot.
struct Slot {
    tag: u64,
    moment: Timestamp,
}

impl Slot {
    /// Whether it is this key's, and its moment to come. One whose moment has passed says nothing any more.
    fn is_of(&self, key: u64, now: Timestamp) -> bool {
        self.tag == tag(key) && self.moment > now
    }
}

fn tag(key: u64) -> u64 {
    key >> MOMENT_BITS
}

fn read(slot: &AtomicU64) -> Slot {
    let word = slot.load(Ordering::Relaxed);
    let since = i64::try_from(word & MOMENT).unwrap_or(0);
    Slot { tag: word >> MOMENT_BITS, moment: Timestamp(EPOCH + since) }
}

fn written(key: u64, moment: Timestamp) -> u64 {
    let since = u64::try_from(moment.0.saturating_sub(EPOCH)).unwrap_or(0).min(MOMENT);
    tag(key) << MOMENT_BITS | since
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);
    const FIVE: Limit = Limit { tries: 5, window: 60_000 };

    fn later(milliseconds: i64) -> Timestamp {
        Timestamp(NOW.0 + milliseconds)
    }

    /// Well spread keys.
    fn key(number: u64) -> u64 {
        let mixed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
    }

    #[test]
    fn a_budget_is_used_up_and_comes_back_try_by_try() {
        let table = Table::new(64);
        let spent: Vec<_> = (0..6).map(|_| table.spend(key(1), FIVE, NOW)).collect();
        assert_eq!(spent, [Ok(false), Ok(false), Ok(false), Ok(false), Ok(true), Err(12_000)]);
        assert_eq!(table.wait(key(1), FIVE, NOW), 12_000);
        assert_eq!(table.wait(key(1), FIVE, later(11_999)), 1);
        assert_eq!(table.wait(key(1), FIVE, later(12_000)), 0);
        assert_eq!(table.wait(key(2), FIVE, NOW), 0, "others have their own");
        assert_eq!(table.spend(key(1), FIVE, later(12_000)), Ok(true));
        assert_eq!(table.spend(key(1), FIVE, later(12_000)), Err(12_000));
        assert_eq!(table.until(key(1), later(72_000)), None, "in the end nothing is left of it");
    }

    #[test]
    fn tries_at_once_do_not_beat_a_budget() {
        let table = Table::new(64);
        let passed: usize = std::thread::scope(|scope| {
            let tries = || (0..50).filter(|_| table.spend(key(1), FIVE, NOW).is_ok()).count();
            let running: Vec<_> = (0..8).map(|_| scope.spawn(tries)).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(passed, 5);
    }

    #[test]
    fn many_keys_buy_no_budget_beyond_the_tables_own() {
        let table = Table::new(64);
        let passed = (0..100_000).filter(|number| table.spend(key(*number), FIVE, NOW).is_ok()).count();
        assert_eq!(passed, 64 * 5);
        // The same hour by hour: what comes back is what the slots get back.
        let passed =
            (0..100_000).filter(|number| table.spend(key(*number), FIVE, later(12_000)).is_ok()).count();
        assert_eq!(passed, 64);
    }

    #[test]
    fn whoever_owes_most_is_forgotten_last() {
        let table = Table::new(64);
        while table.spend(key(0), FIVE, NOW).is_ok() {}
        // Each of many addresses is wrong once or twice: the one that is used up stays so.
        for number in 1..150 {
            let _ = table.spend(key(number), FIVE, NOW);
        }
        assert_eq!(table.wait(key(0), FIVE, NOW), 12_000);
    }

    #[test]
    fn who_was_never_wrong_waits_for_nothing_however_full_the_table_is() {
        let table = Table::new(64);
        for number in 0..100_000 {
            let _ = table.spend(key(number), FIVE, NOW);
        }
        // Of so many keys, some never got a slot.
        assert!((200_000..200_100).all(|number| table.wait(key(number), FIVE, NOW) == 0));
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_for_long() {
        let table = Table::new(64);
        while table.spend(key(0), FIVE, later(3_600_000)).is_ok() {}
        assert_eq!(table.wait(key(0), FIVE, NOW), 0);
        assert_eq!(table.spend(key(0), FIVE, NOW), Ok(true));
        assert_eq!(table.wait(key(0), FIVE, NOW), 12_000);
    }

    #[test]
    fn a_mark_stands_until_its_moment() {
        let table = Table::new(64);
        table.mark(key(7), later(1000), NOW);
        assert_eq!(table.until(key(7), NOW), Some(later(1000)));
        assert_eq!(table.until(key(8), NOW), None);
        table.mark(key(7), later(5000), NOW);
        assert_eq!(table.until(key(7), later(4999)), Some(later(5000)));
        assert_eq!(table.until(key(7), later(5000)), None);
    }
}
