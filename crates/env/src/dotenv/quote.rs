//! Writes a value so that [`super::parse`] reads it back.

/// `value` as it can stand after `NAME=`: as it is when it is plain, else in single quotes, else in double quotes with escapes.
/// `None` for a value with a NUL, which no variable can hold.
///
/// Single quotes come first because they are read alike everywhere, a `$` in them included, as long as no quote and no
/// backslash is in the value.
///
/// ```
/// use bootproof_env::dotenv::quote;
/// assert_eq!(quote("a/b@c:1").as_deref(), Some("a/b@c:1"));
/// assert_eq!(quote("pa$$ #1").as_deref(), Some("'pa$$ #1'"));
/// assert_eq!(quote("it's $5\n").as_deref(), Some(r#""it's \$5\n""#));
/// ```
pub fn quote(value: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,=".contains(c);
    if value.contains('\0') {
        None
    } else if value.chars().all(plain) {
        Some(value.to_owned())
    } else if value.contains(['\'', '\\', '\r', '\n']) {
        Some(double(value))
    } else {
        Some(format!("'{value}'"))
    }
}

fn double(value: &str) -> String {
    // Twice the size at most, so that the text is never moved and leaves no copy behind.
    let mut out = String::with_capacity(2 * value.len() + 2);
    out.push('"');
    for c in value.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\\' | '"' | '$' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}
