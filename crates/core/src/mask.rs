//! Shows where an address leads without showing what it carries.
//!
//! [`mask_url`] reads URLs, lists of them, JDBC and Go forms and `key=value` strings; what it cannot read for sure, it hides.
//! [`mask_text`] removes known secrets from what others say, however they wrote them; a [`Masker`] does so for many texts.

mod bare;
mod forms;
mod hosts;
mod list;
mod needles;
mod pairs;
mod text;
mod url;
mod view;

pub use text::{Masker, mask_text};

/// What stands where something is hidden.
const HIDDEN: &str = "***";

/// Masks the credentials in `text`, a URL or whatever else says where to connect: userinfo, fragments and unknown values
/// become `***`. The userinfo ends at the *last* `@`, so that a raw `@` in a password does not leak its tail. Where it cannot
/// be told what is a password and what is not, everything is hidden: after the scheme of a URL, else the whole text.
///
/// Takes time linear in the length of `text`. Names of hosts, and the path when nothing in it looks like a token, stay
/// readable.
///
/// ```
/// use bootproof_core::mask_url;
/// assert_eq!(mask_url("postgres://me:p@ss@db:5432/app?sslmode=require&token=x"),
///            "postgres://***@db:5432/app?sslmode=require&token=***");
/// assert_eq!(mask_url("amqp://u:one@a,amqp://u:two@b"), "amqp://***@a,amqp://***@b");
/// assert_eq!(mask_url("me:p@ss@tcp(db:3306)/app"), "***@tcp(db:3306)/app");
/// assert_eq!(mask_url("host=db password='p w'"), "***");
/// ```
pub fn mask_url(text: &str) -> String {
    let (before, inner, after) = unwrapped(text);
    let masked =
        if !inner.contains("://") { bare::mask(inner) } else { list::mask(inner).or_else(|| url::mask(inner)) };
    format!("{before}{}{after}", masked.as_deref().unwrap_or(HIDDEN))
}

/// Quotes and brackets around the text, and a colon behind it, as sentences have them: they are no part of the address.
fn unwrapped(text: &str) -> (&str, &str, &str) {
    let (text, colon) = text.strip_suffix(':').map_or((text, ""), |inner| (inner, ":"));
    for (open, close) in [('"', '"'), ('\'', '\''), ('`', '`'), ('(', ')'), ('<', '>')] {
        if let Some(inner) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close))
            && colon.is_empty()
        {
            return (&text[..1], inner, &text[text.len() - 1..]);
        }
    }
    (&text[..0], text, colon)
}

/// Whether an `@` stands behind the authority of `url`: then a `/`, `?` or `#` in a password was probably not percent-encoded, what
/// a parser takes for the host is a piece of that password, and must neither be asked nor shown.
pub fn has_misplaced_at(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find(['/', '?', '#']).is_some_and(|end| rest[end..].contains('@'))
}

#[cfg(test)]
#[path = "mask/tests.rs"]
mod tests;
