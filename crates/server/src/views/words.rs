//! Times and amounts in words.
//!
//! Pure: the caller says what time it is. Pages show a time relative to now and keep the exact UTC value beside it;
//! [`When`] carries the three spellings together so that no page can show one without the others.

use jiff::tz::TimeZone;
use symbolon_oauth::time::Timestamp;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;
/// How far ahead another clock may be.
const SKEW: i64 = -MINUTE;

/// One moment as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// Relative: "3 minutes ago", "on 4 March 2026".
    pub words: String,
    /// Exact, for people: "4 March 2026, 14:05:09 UTC".
    pub exact: String,
    /// Exact, for the `datetime` attribute.
    pub machine: String,
}

impl When {
    /// `then` as seen at `now`.
    #[must_use]
    pub fn new(now: Timestamp, then: Timestamp) -> When {
        When {
            words: since(now, then),
            exact: formatted(then, "%-d %B %Y, %H:%M:%S UTC"),
            machine: formatted(then, "%Y-%m-%dT%H:%M:%SZ"),
        }
    }
}

/// How long ago `then` was: "just now", "3 minutes ago", "2 days ago", and the date from a week on. A `then` in the
/// future by more than a clock may err is given as a date.
#[must_use]
pub fn since(now: Timestamp, then: Timestamp) -> String {
    match now.since(then) {
        SKEW..MINUTE => "just now".to_owned(),
        ago @ MINUTE..HOUR => format!("{} ago", counted(ago / MINUTE, "minute")),
        ago @ HOUR..DAY => format!("{} ago", counted(ago / HOUR, "hour")),
        ago @ DAY..WEEK => format!("{} ago", counted(ago / DAY, "day")),
        ..SKEW | WEEK.. => format!("on {}", date(then)),
    }
}

/// A date: "4 March 2026".
#[must_use]
pub fn date(then: Timestamp) -> String {
    formatted(then, "%-d %B %Y")
}

/// A time to wait, rounded up: "less than a minute", "5 minutes", "2 hours".
#[must_use]
pub fn wait(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX / 2);
    match seconds {
        ..60 => "less than a minute".to_owned(),
        60..=3600 => counted((seconds + 59) / 60, "minute"),
        _ => counted((seconds + 3599) / 3600, "hour"),
    }
}

/// A count with its noun: "1 app", "3 apps".
#[must_use]
pub fn counted(count: i64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn formatted(then: Timestamp, format: &str) -> String {
    jiff::Timestamp::from_millisecond(then.0)
        .map(|time| time.to_zoned(TimeZone::UTC))
        .and_then(|time| jiff::fmt::strtime::format(format, &time))
        .unwrap_or_else(|_| "a time out of range".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 4 March 2026, 14:05:09 UTC.
    const NOW: Timestamp = Timestamp(1_772_633_109_000);

    #[test]
    fn speaks_as_people_do() {
        let cases = [
            (0, "just now"),
            (59_999, "just now"),
            (-30_000, "just now"),
            (MINUTE, "1 minute ago"),
            (3 * MINUTE + 40_000, "3 minutes ago"),
            (HOUR, "1 hour ago"),
            (23 * HOUR + 59 * MINUTE, "23 hours ago"),
            (DAY, "1 day ago"),
            (6 * DAY, "6 days ago"),
            (7 * DAY, "on 25 February 2026"),
            (-DAY, "on 5 March 2026"),
        ];
        for (ago, words) in cases {
            assert_eq!(since(NOW, Timestamp(NOW.0 - ago)), words, "{ago}");
        }
    }

    #[test]
    fn keeps_the_exact_moment_beside_the_words() {
        let when = When::new(NOW, NOW);
        assert_eq!(when.exact, "4 March 2026, 14:05:09 UTC");
        assert_eq!(when.machine, "2026-03-04T14:05:09Z");
    }

    #[test]
    fn no_time_is_too_far() {
        assert_eq!(since(Timestamp(0), Timestamp(i64::MAX)), "on a time out of range");
        assert_eq!(wait(u64::MAX).split(' ').nth(1), Some("hours"));
    }

    #[test]
    fn a_wait_is_never_promised_too_short() {
        let cases = [(0, "less than a minute"), (60, "1 minute"), (61, "2 minutes"), (3600, "60 minutes")];
        for (seconds, words) in cases {
            assert_eq!(wait(seconds), words);
        }
        assert_eq!(wait(3601), "2 hours");
    }
}
