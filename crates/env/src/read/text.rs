//! Words, lists, e-mail addresses, JSON and paths.

use super::{Quote, Read, address};
use crate::{
    Typed,
    problem::{Breach, either},
    rules,
};
use bootproof_core::{Secret, nearest};

pub(super) fn one_of(quote: Quote<'_>, values: &[String], secret: bool) -> Read<Typed> {
    if values.iter().any(|value| value == quote.text) {
        return Ok(Typed::Text(Secret::new(quote.text)));
    }
    let near = nearest(quote.text, values.iter().map(String::as_str)).filter(|_| !secret);
    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    let told = quote.told().unwrap_or_else(|| "is none of its words".into());
    Err(Breach::new(rules::NOT_AMONG, format!("{told}; it must be {}{near}", either(values))))
}

pub(super) fn list(quote: Quote<'_>, values: &[String], secret: bool) -> Read<Typed> {
    let items: Vec<&str> = quote.text.split(',').map(str::trim).collect();
    if items.iter().any(|item| item.is_empty()) {
        return Err(quote.not("a list (items separated by commas, none of them empty)"));
    }
    match items.iter().position(|item| !values.is_empty() && !values.iter().any(|value| value == item)) {
        None => Ok(Typed::List(items.into_iter().map(Secret::new).collect())),
        Some(at) => {
            let near = nearest(items[at], values.iter().map(String::as_str)).filter(|_| !secret);
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            let tells = format!("holds an item (number {}) that is none of {}{near}", at + 1, either(values));
            Err(Breach::new(rules::NOT_AMONG, tells))
        }
    }
}

/// The shape that mail servers deliver: a local part of RFC 5322 atoms, `@`, and a host with a dot. Quoted local parts are legal
/// and used by nobody.
pub(super) fn email(quote: Quote<'_>) -> Read<Typed> {
    let atom = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let fits = quote.text.rsplit_once('@').is_some_and(|(local, host)| {
        let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
        // 64 and 255 octets: RFC 5321, 4.5.3.1.
        let lengths = (1..=64).contains(&local.len()) && host.len() <= 255;
        lengths
            && !dots
            && local.chars().all(atom)
            && host.contains('.')
            && address::host(host).is_some()
            && !host.starts_with(['.', '['])
    });
    if fits { Ok(Typed::Text(Secret::new(quote.text))) } else { Err(quote.not("an e-mail address")) }
}

pub(super) fn json(quote: Quote<'_>) -> Read<Typed> {
    match serde_json::from_str::<serde::de::IgnoredAny>(quote.text) {
        Ok(_) => Ok(Typed::Json(Secret::new(quote.text))),
        // Line and column say where without showing what.
        Err(error) => Err(quote.not(&format!("JSON (broken at line {}, column {})", error.line(), error.column()))),
    }
}

pub(super) fn path(quote: Quote<'_>) -> Read<Typed> {
    if quote.text.contains('\0') {
        return Err(quote.not("a path (no NUL can be in one)"));
    }
    Ok(Typed::Path(quote.text.into()))
}
