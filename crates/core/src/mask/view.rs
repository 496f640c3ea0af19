//! A text as a reader undoes its encoding, with the place in the original that each byte came from.
//!
//! Encoders differ in what they encode. Decoding the text once finds whatever any of them makes of a secret.

use std::ops::Range;
use zeroize::Zeroizing;

/// Bytes and where they came from.
pub(super) struct View {
    bytes: Zeroizing<Vec<u8>>,
    /// Where each byte begins in the original, and at last the original's length.
    starts: Vec<usize>,
}

/// Reads one encoded character at the start of the bytes: what it stands for, and how many bytes it takes.
type Decode = fn(&[u8]) -> Option<(char, usize)>;

impl View {
    /// The text as it is, and decoded in each way that changes it, twice over at most.
    pub(super) fn all_of(text: &str) -> Vec<Self> {
        let plain = Self { bytes: Zeroizing::new(text.as_bytes().to_vec()), starts: (0..=text.len()).collect() };
        let mut views = vec![plain];
        let ways: [fn(&Self) -> Option<Self>; 3] =
            [|view| view.percent_decoded(false), |view| view.percent_decoded(true), |view| view.unescaped()];
        for round in [0..1, 1..4] {
            let known = views.len();
            for at in round.start..round.end.min(known) {
                let more: Vec<Self> = ways.iter().filter_map(|way| way(&views[at])).collect();
                views.extend(more);
            }
        }
        views
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The place of the original that the bytes `range` came from.
    pub(super) fn original(&self, range: Range<usize>) -> Range<usize> {
        self.starts[range.start]..self.starts[range.end]
    }

    /// Adds every place of the original where `needle` stands, also where two overlap (Knuth, Morris, Pratt).
    pub(super) fn find(&self, needle: &str, found: &mut Vec<Range<usize>>) {
        let needle = needle.as_bytes();
        let borders = borders(needle);
        let mut matched = 0;
        for (at, byte) in self.bytes.iter().enumerate() {
            while matched > 0 && needle.get(matched) != Some(byte) {
                matched = borders[matched - 1];
            }
            if needle.get(matched) == Some(byte) {
                matched += 1;
            }
            if matched == needle.len() && matched > 0 {
                found.push(self.original(at + 1 - matched..at + 1));
                matched = borders[matched - 1];
            }
        }
    }

    fn percent_decoded(&self, plus_is_space: bool) -> Option<Self> {
        let encoded = |b: &u8| *b == b'%' || (plus_is_space && *b == b'+');
        if !self.bytes.iter().any(encoded) {
            return None;
        }
        Some(self.decoded(|rest, out| match rest {
            [b'%', high, low, ..] if let (Some(high), Some(low)) = (hex(*high), hex(*low)) => {
                out.push(high * 16 + low);
                3
            }
            [b'+', ..] if plus_is_space => {
                out.push(b' ');
                1
            }
            [byte, ..] => {
                out.push(*byte);
                1
            }
            [] => 0,
        }))
    }

    fn unescaped(&self) -> Option<Self> {
        self.bytes.contains(&b'\\').then(|| {
            self.decoded(|rest, out| {
                let escaped = if rest[0] == b'\\' { ESCAPES.iter().find_map(|decode| decode(rest)) } else { None };
                let Some((c, length)) = escaped else {
                    out.push(rest[0]);
                    return 1;
                };
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                length
            })
        })
    }

    /// What `step` makes of the bytes, which it takes from the front, at least one at a time.
    fn decoded(&self, step: impl Fn(&[u8], &mut Vec<u8>) -> usize) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.bytes.len()));
        let mut starts = Vec::with_capacity(self.starts.len());
        let mut at = 0;
        while at < self.bytes.len() {
            let taken = step(&self.bytes[at..], &mut bytes).max(1);
            starts.resize(bytes.len(), self.starts[at]);
            at += taken;
        }
        starts.push(self.starts[self.bytes.len()]);
        Self { bytes, starts }
    }
}

/// For each beginning of the needle, how long the longest shorter beginning is that also ends it.
fn borders(needle: &[u8]) -> Vec<usize> {
    let mut borders = vec![0; needle.len()];
    let mut length = 0;
    for at in 1..needle.len() {
        while length > 0 && needle[at] != needle[length] {
            length = borders[length - 1];
        }
        if needle[at] == needle[length] {
            length += 1;
        }
        borders[at] = length;
    }
    borders
}

/// What may stand behind a backslash, in JSON, in Rust's `Debug` and in shells.
const ESCAPES: [Decode; 5] = [surrogates, four_hex, braces, two_hex, single];

fn surrogates(rest: &[u8]) -> Option<(char, usize)> {
    let (high, low) = (code(rest)?, code(rest.get(6..)?)?);
    let pair = char::decode_utf16([u16::try_from(high).ok()?, u16::try_from(low).ok()?]).next()?.ok()?;
    (0xD800..0xDC00).contains(&high).then_some((pair, 12))
}

fn four_hex(rest: &[u8]) -> Option<(char, usize)> {
    char::from_u32(code(rest)?).map(|c| (c, 6))
}

/// The number in `\u00e9`.
fn code(rest: &[u8]) -> Option<u32> {
    rest.strip_prefix(b"\\u").and_then(|digits| number(digits.get(..4)?))
}

fn braces(rest: &[u8]) -> Option<(char, usize)> {
    let digits = rest.strip_prefix(b"\\u{")?;
    let length = digits.iter().take(7).position(|b| *b == b'}')?;
    Some((char::from_u32(number(&digits[..length])?)?, length + 4))
}

fn two_hex(rest: &[u8]) -> Option<(char, usize)> {
    let number = rest.strip_prefix(b"\\x").and_then(|digits| number(digits.get(..2)?))?;
    (number < 0x80).then_some((char::from_u32(number)?, 4))
}

fn single(rest: &[u8]) -> Option<(char, usize)> {
    let c = match *rest.get(1)? {
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'0' => '\0',
        b'a' => '\u{7}',
        b'e' => '\u{1b}',
        // A backslash before anything else is a shell's, and stands for what follows.
        byte if byte.is_ascii() => char::from(byte),
        _ => return None,
    };
    Some((c, 2))
}

fn number(digits: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
