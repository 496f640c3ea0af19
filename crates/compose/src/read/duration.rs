//! Times as Go writes them: `1m30s`, `1.5h`, `250ms`; days and weeks besides.

use std::time::Duration;

/// The units with their length in nanoseconds.
const UNITS: [(&str, u64); 9] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
    ("w", 604_800_000_000_000),
];

/// The time that `text` says; `None` when it says none, or one of more than 292 years.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut nanos = 0_f64;
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let (_, length) = UNITS.iter().find(|(name, _)| *name == &rest[..unit])?;
        nanos += number * *length as f64;
        rest = &rest[unit..];
    }
    (nanos <= i64::MAX as f64).then(|| Duration::from_nanos(nanos.round() as u64))
}
