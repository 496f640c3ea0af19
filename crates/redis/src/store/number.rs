//! Reads a number as Redis does: only the one spelling that it would write itself.

/// The number that `text` is, if it is one of 64 bits in its only spelling: no `+`, no blanks, no leading zeros, no `-0`.
pub(super) fn read(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let canonical = match digits {
        [b'0'] => digits.len() == text.len(),
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    canonical.then(|| std::str::from_utf8(text).ok()?.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_spelling_is_a_number() {
        for (text, number) in
            [("0", 0), ("7", 7), ("-7", -7), ("9223372036854775807", i64::MAX), ("-9223372036854775808", i64::MIN)]
        {
            assert_eq!(read(text.as_bytes()), Some(number));
        }
        for text in ["", "-", "+1", " 1", "1 ", "01", "-0", "00", "1.0", "9223372036854775808", "x", "--1"] {
            assert_eq!(read(text.as_bytes()), None, "{text:?}");
        }
    }
}
