//! Durations as people write them: `500ms`, `60s`, `5m`, `1.5h`.

use std::time::Duration;

/// Units and their length in milliseconds. `ms` stands before `m` and `s`, which it ends and begins with.
const UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// Reads a whole or decimal number followed by `ms`, `s`, `m`, `h` or `d`. `None` for anything else: a number without a
/// unit is refused, because half the world means seconds by it and the other half milliseconds.
///
/// ```
/// assert_eq!(bootproof_env::duration("1.5s"), Some(std::time::Duration::from_millis(1500)));
/// assert_eq!(bootproof_env::duration("60"), None);
/// ```
pub fn duration(text: &str) -> Option<Duration> {
    let (number, milliseconds) =
        UNITS.iter().find_map(|(unit, milliseconds)| Some((text.strip_suffix(unit)?, *milliseconds)))?;
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(whole, f)| (whole, Some(f)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || fraction.is_some_and(|f| !digits(f)) {
        return None;
    }
    match fraction {
        None => whole.parse::<u64>().ok()?.checked_mul(milliseconds).map(Duration::from_millis),
        Some(_) => Duration::try_from_secs_f64(number.parse::<f64>().ok()? * milliseconds as f64 / 1e3).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_is_read_exactly() {
        for (text, milliseconds) in
            [("500ms", 500), ("60s", 60_000), ("5m", 300_000), ("2h", 7_200_000), ("1d", 86_400_000), ("0.25s", 250)]
        {
            assert_eq!(duration(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in
            ["", "60", "s", "-5s", "+5s", "5 s", "1.s", ".5s", "1e3s", "5S", "5sec", "99999999999999999999s", "NaNs"]
        {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
