//! The forms that a secret may take and that decoding the text does not undo.

use zeroize::Zeroizing;

/// A form is as secret as what it is made of.
type Form = Zeroizing<String>;

/// A line of a secret of several lines is looked for alone when it has as many bytes.
const SHORTEST_LINE: usize = 16;

/// The letters of base64; the last two differ in URLs and file names.
const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The secret itself, what it stands for when it is percent-encoded, quotes as shells and SQL write them, and its lines.
pub(super) fn literal(secret: &str) -> Vec<Form> {
    let mut forms = vec![Zeroizing::new(secret.to_owned())];
    if secret.contains('%') {
        forms.extend(percent_decoded(secret));
    }
    for (quote, written) in [("'", r"'\''"), ("'", "'\"'\"'"), ("'", "''"), ("\"", "\"\"")] {
        if secret.contains(quote) {
            forms.push(replaced(secret, quote, written));
        }
    }
    if secret.contains('\n') {
        let lines = secret.lines().map(str::trim).filter(|line| line.len() >= SHORTEST_LINE);
        forms.extend(lines.map(|line| Zeroizing::new(line.to_owned())));
    }
    if secret.trim() != secret {
        forms.push(Zeroizing::new(secret.trim().to_owned()));
    }
    forms
}

/// Like `str::replace`, which would leave copies behind as it grows.
fn replaced(secret: &str, quote: &str, written: &str) -> Form {
    let quotes = secret.matches(quote).count();
    let mut form = Zeroizing::new(String::with_capacity(secret.len() + quotes * written.len()));
    for (at, piece) in secret.split(quote).enumerate() {
        form.push_str(if at == 0 { "" } else { written });
        form.push_str(piece);
    }
    form
}

fn percent_decoded(secret: &str) -> Option<Form> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(secret.len()));
    let mut rest = secret.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = (*first == b'%').then(|| tail.get(..2)).flatten();
        let byte = digits.and_then(|d| std::str::from_utf8(d).ok()).and_then(|d| u8::from_str_radix(d, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
}

/// Those letters of its base64 that depend on the secret alone, for each of the three ways it may lie among other bytes, and
/// for both alphabets.
pub(super) fn base64(secret: &str) -> Vec<Form> {
    let mut forms = Vec::with_capacity(6);
    for before in 0..3 {
        for last in [b"+/", b"-_"] {
            let form = letters_within(secret.as_bytes(), before, last);
            if form.len() >= 4 && !forms.contains(&form) {
                forms.push(form);
            }
        }
    }
    forms
}

/// The letters that hold nothing but bits of `bytes`, which lie behind `before` unknown ones.
fn letters_within(bytes: &[u8], before: usize, last: &[u8; 2]) -> Form {
    let bit = |at: usize| at.checked_sub(8 * before).map(|at| (bytes[at / 8] >> (7 - at % 8)) & 1);
    let end = 8 * (before + bytes.len());
    let mut letters = Zeroizing::new(String::with_capacity(end / 6 + 1));
    for first in (0..end).step_by(6).filter(|first| first + 6 <= end) {
        let value = (first..first + 6).try_fold(0, |value, at| bit(at).map(|bit| value * 2 + bit));
        if let Some(value) = value {
            let value = usize::from(value);
            letters.push(char::from(LETTERS.get(value).copied().unwrap_or_else(|| last[value & 1])));
        }
    }
    letters
}
