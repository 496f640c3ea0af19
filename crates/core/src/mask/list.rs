//! Several URLs in one text, separated by commas, semicolons or white space, each with its own password.
//!
//! A password may itself hold something like `, http://`. So a list is believed only when each of its URLs could stand alone,
//! only the last has parameters or a fragment, and either none of them has a userinfo, or all have one and the same scheme.

use super::url;

/// The list masked, or `None` when it is not certainly one.
pub(super) fn mask(text: &str) -> Option<String> {
    let begins = beginnings(text);
    if begins.len() < 2 || begins[0] != 0 {
        return None;
    }
    let ends = begins[1..].iter().copied().chain([text.len()]);
    let pieces: Vec<(&str, &str)> = begins.iter().zip(ends).map(|(from, to)| split(&text[*from..to])).collect();
    if !agree(&pieces) {
        return None;
    }
    let masked: Vec<String> = pieces.iter().map(|(url, _)| url::mask(url)).collect::<Option<_>>()?;
    // One that is hidden whole may have swallowed a piece of its neighbour.
    if masked.iter().any(|url| url.ends_with("://***")) {
        return None;
    }
    Some(masked.iter().zip(&pieces).map(|(url, (_, separator))| format!("{url}{separator}")).collect())
}

/// Where a scheme begins, at the start or behind a separator. Each byte is looked at twice at most.
fn beginnings(text: &str) -> Vec<usize> {
    let mut from = 0;
    let mut found = vec![];
    for (at, _) in text.match_indices("://") {
        let begin = text[from..at].rfind(is_separator).map_or(from, |before| from + before + 1);
        let behind_separator = begin == 0 || begin > from;
        if behind_separator && url::is_scheme(&text[begin..at]) {
            found.push(begin);
        }
        from = at + 3;
    }
    found
}

fn is_separator(c: char) -> bool {
    matches!(c, ',' | ';' | ' ' | '\t' | '\n')
}

/// A URL and the separator that follows it.
fn split(piece: &str) -> (&str, &str) {
    piece.split_at(piece.trim_end_matches(is_separator).len())
}

fn agree(pieces: &[(&str, &str)]) -> bool {
    let scheme = |piece: &(&str, &str)| piece.0.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    let with_userinfo = pieces.iter().filter(|(url, _)| url.contains('@')).count();
    let same = pieces.windows(2).all(|two| scheme(&two[0]) == scheme(&two[1]));
    // The value of a parameter may go on with anything that looks like another URL.
    let ends_in_value = pieces.iter().rev().skip(1).any(|(url, _)| url.contains(['?', '#']));
    !ends_in_value && (with_userinfo == 0 || (with_userinfo == pieces.len() && same))
}
