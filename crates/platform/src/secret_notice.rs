//! When developers are told that a client secret ends: two weeks, three days and one day before, once each.
//!
//! A stage counts from the moment at which the end was chosen: whoever replaces a secret with an overlap of an hour knows that it
//! ends, and is not told what they have just said.

use symbolon_oauth::time::Timestamp;

const DAY: i64 = 86_400_000;

/// How long before the end each stage begins, in milliseconds, the first one first.
pub const STAGES: [i64; 3] = [14 * DAY, 3 * DAY, DAY];

/// How many stages have begun for what ends at `end`; none where it never does.
#[must_use]
pub fn begun(end: Option<Timestamp>, now: Timestamp) -> i64 {
    let Some(end) = end else { return 0 };
    let left = end.since(now);
    STAGES.iter().map(|stage| i64::from(left <= *stage)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_begins_at_its_moment() {
        let at = |left| begun(Some(Timestamp(left)), Timestamp(0));
        assert_eq!([15 * DAY, 14 * DAY, 3 * DAY + 1, 3 * DAY, DAY, 0, -1].map(at), [0, 1, 1, 2, 3, 3, 3]);
        assert_eq!(begun(None, Timestamp(0)), 0);
    }
}
