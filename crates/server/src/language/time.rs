//! Times in words.
//!
//! Pure: the caller says what time it is. Pages show a time relative to now and keep the exact UTC value beside it;
//! [`When`] carries the three spellings together so that no page can show one without the others.

use askama::Template;
use askama::filters::HtmlSafe;
use jiff::tz::TimeZone;
use symbolon_oauth::time::Timestamp;

use crate::language::{Key, Language};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;
/// How far ahead another clock may be.
const SKEW: i64 = -MINUTE;

/// One moment as a page shows it: an element `time`.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "part/time.html")]
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
    pub fn new(language: Language, now: Timestamp, then: Timestamp) -> When {
        let date = date(language, then);
        let time = utc(then).map_or_else(String::new, |own| own.strftime("%H:%M:%S").to_string());
        let exact = language.say("date-and-time").text("date", &date).text("time", &time).plain();
        let machine = utc(then).map(|own| own.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        When { words: since(language, now, then), exact, machine: machine.unwrap_or_default() }
    }
}

impl HtmlSafe for When {}

/// How long ago `then` was: "just now", "3 minutes ago", "2 days ago", and the date from a week on. A `then` in the
/// future by more than a clock may err is given as a date.
#[must_use]
pub fn since(language: Language, now: Timestamp, then: Timestamp) -> String {
    let ago = |key: Key, count| language.say(key).number("count", count).plain();
    match now.since(then) {
        SKEW..MINUTE => language.say("time-now").plain(),
        past @ MINUTE..HOUR => ago(Key("time-minutes"), past / MINUTE),
        past @ HOUR..DAY => ago(Key("time-hours"), past / HOUR),
        past @ DAY..WEEK => ago(Key("time-days"), past / DAY),
        ..SKEW | WEEK.. => language.say("time-on-date").text("date", &date(language, then)).plain(),
    }
}

/// A date: "4 March 2026".
#[must_use]
pub fn date(language: Language, then: Timestamp) -> String {
    match utc(then) {
        Some(then) => {
            let (day, month, year) = (then.day(), then.month(), then.year());
            let said = language.say("date").number("day", day.into()).number("month", month.into());
            said.number("year", year.into()).plain()
        }
        None => language.say("date-out-of-range").plain(),
    }
}

/// A time to wait, rounded up: "less than a minute", "5 minutes", "2 hours".
#[must_use]
pub fn wait(language: Language, seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX / 2);
    match seconds {
        ..60 => language.say("wait-less-than-a-minute").plain(),
        60..=3600 => language.say("wait-minutes").number("count", (seconds + 59) / 60).plain(),
        _ => language.say("wait-hours").number("count", (seconds + 3599) / 3600).plain(),
    }
}

/// How long something lasts, exactly, in the largest unit that says it whole: "90 seconds", "36 hours", "30 days".
#[must_use]
pub fn duration(language: Language, milliseconds: i64) -> String {
    let units = [
        (DAY, Key("duration-days")),
        (HOUR, Key("duration-hours")),
        (MINUTE, Key("duration-minutes")),
        (1000, Key("duration-seconds")),
    ];
    let whole = units.into_iter().find(|(unit, _)| milliseconds != 0 && milliseconds % unit == 0);
    let (unit, key) = whole.unwrap_or((1, Key("duration-milliseconds")));
    language.say(key).number("count", milliseconds / unit).plain()
}

fn utc(then: Timestamp) -> Option<jiff::Zoned> {
    jiff::Timestamp::from_millisecond(then.0).ok().map(|time| time.to_zoned(TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 4 March 2026, 14:05:09 UTC.
    const NOW: Timestamp = Timestamp(1_772_633_109_000);

    fn english() -> Language {
        Language::fallback()
    }

    fn german() -> Language {
        Language::named("de").expect("German is one of ours")
    }

    #[test]
    fn speaks_as_people_do() {
        let cases = [
            (0, "just now", "gerade eben"),
            (59_999, "just now", "gerade eben"),
            (-30_000, "just now", "gerade eben"),
            (MINUTE, "1 minute ago", "vor 1 Minute"),
            (3 * MINUTE + 40_000, "3 minutes ago", "vor 3 Minuten"),
            (HOUR, "1 hour ago", "vor 1 Stunde"),
            (23 * HOUR + 59 * MINUTE, "23 hours ago", "vor 23 Stunden"),
            (DAY, "1 day ago", "vor 1 Tag"),
            (6 * DAY, "6 days ago", "vor 6 Tagen"),
            (7 * DAY, "on 25 February 2026", "am 25. Februar 2026"),
            (-DAY, "on 5 March 2026", "am 5. März 2026"),
        ];
        for (ago, words, in_german) in cases {
            assert_eq!(since(english(), NOW, Timestamp(NOW.0 - ago)), words, "{ago}");
            assert_eq!(since(german(), NOW, Timestamp(NOW.0 - ago)), in_german, "{ago}");
        }
    }

    #[test]
    fn a_duration_is_said_whole() {
        let cases = [
            (DAY, "1 day", "1 Tag"),
            (30 * DAY, "30 days", "30 Tage"),
            (36 * HOUR, "36 hours", "36 Stunden"),
            (90_000, "90 seconds", "90 Sekunden"),
            (MINUTE, "1 minute", "1 Minute"),
            (1500, "1500 milliseconds", "1500 Millisekunden"),
            (0, "0 milliseconds", "0 Millisekunden"),
        ];
        for (milliseconds, words, in_german) in cases {
            assert_eq!(duration(english(), milliseconds), words);
            assert_eq!(duration(german(), milliseconds), in_german);
        }
    }

    #[test]
    fn every_month_has_its_name() {
        let names = |language| {
            let month = |n: i64| date(language, Timestamp(NOW.0 + n * 30 * DAY));
            (0..12).map(month).collect::<std::collections::BTreeSet<_>>()
        };
        for language in [english(), german()] {
            assert_eq!(names(language).len(), 12);
        }
        assert_eq!(date(german(), Timestamp(0)), "1. Januar 1970");
        assert_eq!(date(german(), Timestamp(NOW.0 + 300 * DAY)), "29. Dezember 2026");
    }

    #[test]
    fn keeps_the_exact_moment_beside_the_words() {
        let when = When::new(english(), NOW, NOW);
        assert_eq!(when.exact, "4 March 2026, 14:05:09 UTC");
        assert_eq!(when.machine, "2026-03-04T14:05:09Z");
        assert_eq!(When::new(german(), NOW, NOW).exact, "4. März 2026, 14:05:09 UTC");
    }

    #[test]
    fn no_time_is_too_far() {
        assert_eq!(since(english(), Timestamp(0), Timestamp(i64::MAX)), "on a time out of range");
        assert_eq!(wait(english(), u64::MAX).split(' ').nth(1), Some("hours"));
    }

    #[test]
    fn a_wait_is_never_promised_too_short() {
        let cases = [(0, "less than a minute"), (60, "1 minute"), (61, "2 minutes"), (3600, "60 minutes")];
        for (seconds, words) in cases {
            assert_eq!(wait(english(), seconds), words);
        }
        assert_eq!(wait(english(), 3601), "2 hours");
        assert_eq!(wait(german(), 61), "2 Minuten");
    }
}
