//! One URL: scheme, userinfo, hosts, path, parameters, fragment.

use super::{HIDDEN, hosts, pairs};

/// Schemes of files and of things in memory: what follows is a path, not a host.
const FILES: [&str; 8] = ["sqlite", "sqlite3", "file", "unix", "duckdb", "memory", "jdbc:sqlite", "jdbc:h2"];

/// The shortest part of a web address that can pass for a token: half of 128 bits in base64 are 11 letters, an id of 18 digits
/// is none, the tokens of web hooks have 24 and more.
const SHORTEST_TOKEN: usize = 20;

/// The URL masked, or `None` when there is no scheme that could be shown.
pub(super) fn mask(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    if !is_scheme(scheme) {
        return None;
    }
    Some(match mask_rest(scheme, rest) {
        Some(rest) => format!("{scheme}://{rest}"),
        None => format!("{scheme}://{HIDDEN}"),
    })
}

/// A scheme as RFC 3986 has it, after `jdbc:` and a subprotocol if there is one. Anything else before `://` may be a password.
pub(super) fn is_scheme(scheme: &str) -> bool {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b))
            && word.len() <= 40
    };
    match scheme.strip_prefix("jdbc:") {
        Some(rest) => rest.splitn(3, ':').count() <= 2 && rest.split(':').all(word),
        None => word(scheme),
    }
}

/// What follows the scheme, if it is sure what is what.
fn mask_rest(scheme: &str, rest: &str) -> Option<String> {
    let (userinfo, tail) = match rest.rsplit_once('@') {
        Some((userinfo, _)) if userinfo.contains(['?', '#', ';']) || pairs::names_a_secret(userinfo) => return None,
        Some((_, tail)) => ("***@", tail),
        None => ("", rest),
    };
    let (tail, fragment) = tail.split_once('#').map_or((tail, ""), |(tail, _)| (tail, "#***"));
    let (place, parameters) = match tail.find(['?', ';']) {
        Some(at) => tail.split_at(at),
        None => (tail, ""),
    };
    let shown = mask_place(scheme, place)?;
    // Behind a hidden path, what looks like a parameter's name may still belong to that path.
    let parameters = if shown.ends_with(HIDDEN) { hidden(parameters) } else { pairs::parameters(parameters) };
    Some(format!("{userinfo}{shown}{parameters}{fragment}"))
}

fn hidden(parameters: &str) -> String {
    parameters.get(..1).map(|begin| format!("{begin}{HIDDEN}")).unwrap_or_default()
}

/// Hosts and path.
pub(super) fn mask_place(scheme: &str, place: &str) -> Option<String> {
    if is_file(scheme) {
        // Folders may have any name; a `=` or a quote says that this is more than a path.
        return (!place.contains(['=', '&', '\'', '"', '\n'])).then(|| place.to_owned());
    }
    let (authority, path) = place.find('/').map_or((place, ""), |at| place.split_at(at));
    if !hosts::are_plain(authority) || encodes_at(path) {
        return None;
    }
    Some(format!("{authority}{}", mask_path(scheme, path)))
}

fn is_file(scheme: &str) -> bool {
    let scheme = scheme.to_ascii_lowercase();
    FILES.contains(&scheme.as_str()) || scheme.ends_with("+unix") || scheme.ends_with("+socket")
}

/// A percent-encoded `@` behind the host: somebody encoded the one before it, too, or this is somebody's address.
fn encodes_at(path: &str) -> bool {
    path.contains("%40") || path.contains("%25")
}

fn mask_path(scheme: &str, path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-~%+:,*${}[]()!".contains(c);
    if !path.chars().all(plain) {
        return format!("/{HIDDEN}");
    }
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https" | "ws" | "wss") {
        return path.to_owned();
    }
    let parts: Vec<&str> = path.split('/').map(|part| if is_token(part) { HIDDEN } else { part }).collect();
    parts.join("/")
}

/// A part of a web address that was drawn rather than named, as web hooks and bots have them.
fn is_token(part: &str) -> bool {
    part.len() >= SHORTEST_TOKEN
        && part.bytes().any(|b| b.is_ascii_digit())
        && part.bytes().any(|b| b.is_ascii_alphabetic())
        && !part.contains('.')
}
