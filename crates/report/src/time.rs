//! Times as they are written: durations for people, milliseconds and RFC 3339 for programs.

use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// A measured duration for people, to three digits: `0.4 ms`, `12 ms`, `0.21 s`, `12.3 s`, `2 min 5 s`.
pub fn took(took: Duration) -> String {
    match took.as_secs_f64() * 1e3 {
        0.0 => "0 ms".to_owned(),
        ms if ms < 0.1 => "<0.1 ms".to_owned(),
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms if ms < 100.0 => format!("{ms:.0} ms"),
        ms if ms < 10_000.0 => format!("{:.2} s", ms / 1e3),
        ms if ms < 100_000.0 => format!("{:.1} s", ms / 1e3),
        _ => format!("{} min {} s", took.as_secs() / 60, took.as_secs() % 60),
    }
}

/// A duration that somebody set, as short as it can be said: `500 ms`, `10 s`, `2.5 s`.
pub(crate) fn limit(limit: Duration) -> String {
    if limit == Duration::MAX {
        "none".to_owned()
    } else if limit < Duration::from_secs(1) {
        format!("{} ms", ms(limit))
    } else {
        format!("{} s", seconds(limit))
    }
}

/// Milliseconds, to the microsecond.
pub(crate) fn ms(took: Duration) -> f64 {
    (took.as_secs_f64() * 1e6).round() / 1e3
}

/// Seconds, to the millisecond.
pub(crate) fn seconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 1e3).round() / 1e3
}

/// A moment in RFC 3339, UTC, to the millisecond. What is later than the calendar reaches is the calendar's end.
pub(crate) fn rfc3339(since_epoch: Duration) -> String {
    let moment = SignedDuration::try_from(since_epoch).ok().and_then(|since| Timestamp::from_duration(since).ok());
    format!("{:.3}", moment.unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measured_time_is_told_in_the_unit_that_a_reader_expects() {
        let cases = [
            (0, "0 ms"),
            (40, "<0.1 ms"),
            (400, "0.4 ms"),
            (12_000, "12 ms"),
            (210_000, "0.21 s"),
            (1_800_000, "1.80 s"),
            (30_000_000, "30.0 s"),
            (125_000_000, "2 min 5 s"),
        ];
        for (micros, text) in cases {
            assert_eq!(took(Duration::from_micros(micros)), text);
        }
    }

    #[test]
    fn a_limit_is_told_as_it_was_set() {
        let cases = [(500, "500 ms"), (10_000, "10 s"), (2_500, "2.5 s"), (120_000, "120 s")];
        for (millis, text) in cases {
            assert_eq!(limit(Duration::from_millis(millis)), text);
        }
        assert_eq!(limit(Duration::MAX), "none");
    }

    #[test]
    fn a_moment_is_told_in_utc_to_the_millisecond_and_never_overflows() {
        assert_eq!(rfc3339(Duration::from_micros(1_784_000_000_123_400)), "2026-07-14T03:33:20.123Z");
        assert_eq!(rfc3339(Duration::ZERO), "1970-01-01T00:00:00.000Z");
        assert!(rfc3339(Duration::MAX).starts_with("9999-12-30T"), "{}", rfc3339(Duration::MAX));
    }
}
