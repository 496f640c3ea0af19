//! Numbers: bools, integers, floats, ports, sizes.

use super::{Quote, Read};
use crate::Bounds;

pub(crate) const BOOL: &str = "a bool (`true` or `false`, also `1`/`0`, `yes`/`no`, `on`/`off`)";
pub(crate) const DURATION: &str = "a duration (a number and `ms`, `s`, `m`, `h` or `d`, such as `60s`)";
pub(super) const BYTES: &str =
    "a number of bytes (a number, alone or with `B`, `kB`, `MB`, `GB`, `TB`, `KiB`, `MiB`, `GiB` or `TiB`)";

/// The units of sizes: SI powers of 1000 and IEC 80000-13 powers of 1024. A bare `K` or `M` means both in the wild, and is refused.
const SIZES: [(&str, u64); 10] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("B", 1),
];

/// The eight words for bools, in any case.
pub(crate) fn bool_of(text: &str) -> Option<bool> {
    let is = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(["true", "1", "yes", "on"]) {
        return Some(true);
    }
    is(["false", "0", "no", "off"]).then_some(false)
}

pub(super) fn boolean(quote: Quote<'_>) -> Read<bool> {
    bool_of(quote.text).ok_or_else(|| quote.not(BOOL))
}

pub(super) fn int(quote: Quote<'_>, bounds: &Bounds<i64>) -> Read<i64> {
    let digits = quote.text.strip_prefix(['+', '-']).unwrap_or(quote.text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(quote.not("a whole number"));
    }
    match quote.text.parse::<i64>() {
        Ok(number) => quote.within(number, bounds, i64::to_string),
        Err(_) => {
            let allowed = bounds.in_words(i64::to_string);
            Err(quote.out_of_range(&allowed.unwrap_or_else(|| "a number of 64 bits".to_owned())))
        }
    }
}

pub(super) fn float(quote: Quote<'_>, bounds: &Bounds<f64>) -> Read<f64> {
    match quote.text.parse::<f64>() {
        Ok(number) if number.is_finite() => quote.within(number, bounds, f64::to_string),
        _ => Err(quote.not("a number")),
    }
}

pub(super) fn port(quote: Quote<'_>, bounds: &Bounds<u16>, expected: &str) -> Read<u16> {
    let (min, max) = (bounds.min.unwrap_or(0), bounds.max.unwrap_or(u16::MAX));
    let digits =
        !quote.text.is_empty() && quote.text.trim_start_matches(['+', '-']).bytes().all(|b| b.is_ascii_digit());
    match quote.text.parse::<u16>() {
        Ok(port) if (min..=max).contains(&port) => Ok(port),
        Ok(_) => Err(quote.out_of_range(&format!("{min} to {max}"))),
        Err(_) if digits && quote.text.bytes().any(|b| b.is_ascii_digit()) => {
            Err(quote.out_of_range(&format!("{min} to {max}")))
        }
        Err(_) => Err(quote.not(expected)),
    }
}

/// Reads a number of bytes: a whole or decimal number, alone or with a unit. `None` for anything else, for what is no whole number
/// of bytes, and for what does not fit into 64 bits.
///
/// ```
/// assert_eq!(bootproof_env::bytes("1.5MiB"), Some(1_572_864));
/// assert_eq!(bootproof_env::bytes("10 MB"), Some(10_000_000));
/// assert_eq!(bootproof_env::bytes("5M"), None);
/// ```
pub fn bytes(text: &str) -> Option<u64> {
    let unit = SIZES.iter().find_map(|(unit, size)| Some((text.strip_suffix(unit)?, *size)));
    let (number, size) = unit.unwrap_or((text, 1));
    let number = if unit.is_some() { number.strip_suffix(' ').unwrap_or(number) } else { number };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // Nine digits behind the point: finer than a byte of a gigabyte.
    if !digits(whole) || !digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let parts = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    let scaled = whole.parse::<u64>().map(u128::from).ok()? * parts + fraction.parse::<u128>().ok()?;
    let total = scaled.checked_mul(u128::from(size))?;
    if total % parts == 0 { u64::try_from(total / parts).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_exact_units() {
        for (text, size) in
            [("0", 0), ("1024", 1024), ("1KiB", 1024), ("1kB", 1000), ("1.5 GB", 1_500_000_000), ("16TiB", 16 << 40)]
        {
            assert_eq!(bytes(text), Some(size), "{text}");
        }
        for text in [
            "",
            "B",
            "1K",
            "5M",
            "1 000",
            "-1",
            "1.B",
            ".5MB",
            "1e3",
            "0.5B",
            "1,5MB",
            "99999999999999TiB",
            "18446744073709551616",
        ] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }
}
