//! Stand-ins for values that are wrong, so that visiting can go on. None ever reaches the caller.

/// Texts that between them are taken by most types that read themselves from text.
pub(super) const TEXTS: [&str; 22] = [
    "",
    "a",
    "0",
    "1",
    "http://a/",
    "127.0.0.1",
    "::1",
    "127.0.0.1:1",
    "[::1]:1",
    "10.0.0.0/8",
    "1.0.0",
    "00000000-0000-0000-0000-000000000000",
    "2000-01-01",
    "2000-01-01T00:00:00Z",
    "2000-01-01T00:00:00",
    "12:00:00",
    "1s",
    "PT1S",
    "a.b",
    "a@b.c",
    "/",
    "{}",
];

/// How many stand-ins are tried for one value.
pub(super) const MOST: usize = TEXTS.len();

/// The `nth` text.
pub(super) fn text(nth: usize) -> &'static str {
    TEXTS.get(nth).copied().unwrap_or_default()
}

/// The `nth` number: small enough for each type.
pub(super) fn number(nth: usize) -> u8 {
    u8::try_from(nth).unwrap_or_default()
}
