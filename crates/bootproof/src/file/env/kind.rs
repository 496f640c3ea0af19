//! `type`, with the keys that belong to it.

use super::super::{
    section::{Section, Value},
    words::as_variable_text,
};
use bootproof_env::{Access, Bounds, Type, bytes, duration};

/// The words for types, in the order in which they are suggested.
const TYPES: [&str; 21] = Type::WORDS;

/// The types that `min` and `max` belong to.
pub(in crate::file) const BOUNDED: [&str; 5] = ["int", "float", "port", "duration", "bytes"];
/// The types that `values` belong to.
pub(in crate::file) const VALUED: [&str; 2] = ["enum", "list"];

/// The type with what belongs to it; `None` when something of it is wrong, which is noted.
pub(super) fn read(section: &mut Section<'_>) -> Option<Type> {
    let words = TYPES.map(|word| (word, word));
    let given = section.value("type").is_some();
    let word = if given { section.one_of("type", &words)?.value } else { "string" };
    let schemes =
        belongs(section, "schemes", &["url"], word, |s| s.strings("schemes", "a list such as [\"postgres\"]"));
    let values =
        belongs(section, "values", &VALUED, word, |s| s.strings("values", "a list of words such as [\"debug\"]"));
    let must = belongs(section, "must", &["path"], word, access).unwrap_or_default();
    for key in ["min", "max"] {
        belongs(section, key, &BOUNDED, word, |_| Some(()));
    }
    Some(match word {
        "secret" => Type::Secret,
        "bool" => Type::Bool,
        "int" => Type::Int(bounds(section, "a whole number", |text| text.parse().ok())?),
        "float" => Type::Float(bounds(section, "a number", |text| text.parse().ok().filter(|n: &f64| n.is_finite()))?),
        "port" => Type::Port(bounds(section, "a port", |text| text.parse().ok())?),
        "url" => Type::Url { schemes: schemes.map(|s| s.value).unwrap_or_default() },
        "host" => Type::Host,
        "address" => Type::Address,
        "email" => Type::Email,
        "duration" => Type::Duration(bounds(section, "a duration such as \"60s\"", duration)?),
        "bytes" => Type::Bytes(bounds(section, "a size such as \"10MiB\"", bytes)?),
        "enum" => match values.map(|v| v.value) {
            Some(values) if !values.is_empty() => Type::Enum { values },
            _ => {
                section.missing("`values`, the words of the enum");
                return None;
            }
        },
        "list" => Type::List { values: values.map(|v| v.value).unwrap_or_default() },
        "json" => Type::Json,
        "path" => Type::Path { must },
        "uuid" => Type::Uuid,
        "semver" => Type::Semver,
        "ip" => Type::Ip,
        "cidr" => Type::Cidr,
        "regex" => Type::Regex,
        _ => Type::String,
    })
}

fn access(section: &mut Section<'_>) -> Option<Vec<Access>> {
    let expected = "a list such as [\"exists\", \"readable\"]";
    let list = section.read("must", expected, |value| value.get_ref().as_array())?;
    let words = Access::WORDS.map(|(word, _)| word);
    let find = |word: &str| Access::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, access)| access);
    Some(section.looked_up("must", list.value, &words, find))
}

/// `min` and `max`, numbers or texts that `read` takes. `None` when one is wrong.
pub(super) fn bounds<T: PartialOrd>(
    section: &mut Section<'_>,
    expected: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Option<Bounds<T>> {
    bounds_of(section, ["min", "max"], expected, read)
}

/// The same under other keys.
pub(super) fn bounds_of<T: PartialOrd>(
    section: &mut Section<'_>,
    [least, most]: [&'static str; 2],
    expected: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Option<Bounds<T>> {
    let (given_least, given_most) = (section.value(least).is_some(), section.value(most).is_some());
    let text = |value: &Value<'_>| as_variable_text(value).and_then(|text| read(&text));
    let min = section.read(least, expected, text).map(|bound| bound.value);
    let max = section.read(most, expected, text).map(|bound| bound.value);
    if (given_least && min.is_none()) || (given_most && max.is_none()) {
        return None;
    }
    if matches!((&min, &max), (Some(min), Some(max)) if min > max) {
        section.bad(section.at, format!("`{least}` in {} is more than `{most}`", section.label()));
        return None;
    }
    Some(Bounds { min, max })
}

/// What `read` reads of `key`, if the type is one that `key` belongs to; else a note.
pub(super) fn belongs<T>(
    section: &mut Section<'_>,
    key: &'static str,
    to: &[&str],
    word: &str,
    read: impl FnOnce(&mut Section<'_>) -> Option<T>,
) -> Option<T> {
    if to.contains(&word) {
        return read(section);
    }
    let value = section.value(key)?;
    let types: Vec<String> = to.iter().map(|word| format!("`\"{word}\"`")).collect();
    let types = match types.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => types.concat(),
    };
    // `type = "int"`, `"float"` or `"port"`.
    let text = format!("`{key}` in {} belongs to `type = {}, and this is `{word}`", section.label(), &types[1..]);
    section.note(value, text);
    None
}
