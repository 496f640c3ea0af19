//! Types, guessed from a name and from every value that was seen of it.
//!
//! Read [`guess`] first: the first of a list of guesses that the name or a value suggests and that no value contradicts.

use super::fact::{Fact, Origin};
use crate::{Bounds, Type, Variable, sounds_secret, suspicious};

/// Words that a name of a secret holds, wherever they stand.
const SECRET_WORDS: [&str; 6] = ["SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIALS", "PRIVATE"];

/// Last words of names that speak about a secret and are none: `TOKEN_TTL`, `PASSWORD_MIN_LENGTH`.
const ABOUT: [&str; 24] = [
    "AGE",
    "ALGORITHM",
    "ALG",
    "COST",
    "DAYS",
    "DIR",
    "ENABLED",
    "EXPIRATION",
    "EXPIRY",
    "FILE",
    "HOURS",
    "ISSUER",
    "LENGTH",
    "LIFETIME",
    "MINUTES",
    "NAME",
    "PATH",
    "REQUIRED",
    "ROUNDS",
    "SECONDS",
    "SIZE",
    "TIMEOUT",
    "TTL",
    "URL",
];

/// Names of addresses to listen on: this machine is meant, in every environment.
const LISTENING: [&str; 7] = ["HOST", "BIND", "BIND_ADDRESS", "BIND_ADDR", "LISTEN", "LISTEN_ADDR", "LISTEN_ADDRESS"];

/// The variable of a fact, with a type, and nothing else but what follows from name and values.
pub(super) fn guess(fact: &Fact) -> Variable {
    let kind = if is_secret(fact) { Type::Secret } else { kind(fact) };
    let listens = LISTENING.contains(&fact.name.as_str()) && matches!(kind, Type::Host | Type::Address | Type::Ip);
    let variable = Variable::new(&fact.name, kind);
    if listens { variable.localhost() } else { variable }
}

/// Whether the values of `fact` must never be written down.
pub(super) fn is_secret(fact: &Fact) -> bool {
    let words: Vec<String> = fact.name.split('_').map(str::to_ascii_uppercase).collect();
    let last = words.last().map_or("", String::as_str);
    let holds = |wanted: &str| words.iter().any(|word| word == wanted);
    let access_key =
        words.windows(2).any(|pair| ["ACCESS", "API", "PRIVATE"].contains(&pair[0].as_str()) && pair[1] == "KEY");
    let sounds = sounds_secret(&fact.name) || access_key || SECRET_WORDS.into_iter().any(holds);
    sounds && !ABOUT.contains(&last)
}

/// Whether `text` has the look of a generated secret: long, of letters and digits, without words.
pub(super) fn looks_generated(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_' | '.');
    let run = text.split(|c: char| !plain(c)).map(str::len).max().unwrap_or(0);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    run >= 20 && digits >= 4 && text.chars().any(|c| c.is_ascii_alphabetic())
}

fn kind(fact: &Fact) -> Type {
    let values: Vec<&str> = fact.whole(None).filter(|text| is_telling(text)).collect();
    let fits = |kind: &Type| {
        let variable = Variable::new(&fact.name, kind.clone());
        values.iter().all(|text| variable.read(text).is_ok())
    };
    candidates(fact, &values).into_iter().find(fits).unwrap_or(Type::String)
}

/// Placeholders and what is wrong whatever the type say nothing about it.
fn is_telling(text: &str) -> bool {
    suspicious::of_any_text(text).is_ok() && !suspicious::keeps_quotes(text) && !suspicious::is_placeholder(text)
}

/// What it may be, the likeliest first.
fn candidates(fact: &Fact, values: &[&str]) -> Vec<Type> {
    let upper = fact.name.to_ascii_uppercase();
    let words: Vec<&str> = upper.split('_').collect();
    let last = *words.last().unwrap_or(&"");
    let is = |wanted: &[&str]| wanted.contains(&last);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let all = |test: fn(&str) -> bool| !values.is_empty() && values.iter().all(|text| test(text));
    let list = || Type::List { values: vec![] };
    let guesses: Vec<(bool, Type)> = vec![
        (is(&["PORT"]), Type::Port(Bounds::default())),
        (
            is(&["URL", "URI", "ENDPOINT", "ORIGIN", "WEBHOOK"])
                || all(|text| text.contains("://") && !text.contains(',')),
            url(fact),
        ),
        (
            is(&[
                "HOSTS", "ORIGINS", "DOMAINS", "BROKERS", "NODES", "SERVERS", "PROXIES", "EMAILS", "TAGS", "LIST",
                "IPS",
            ]),
            list(),
        ),
        (
            all(is_word_for_bool)
                || (has(&["ENABLE", "ENABLED", "DISABLE", "DISABLED", "DEBUG"]) && !values.is_empty()),
            Type::Bool,
        ),
        (all(has_unit_of_time) || (has_time(&words) && !values.is_empty()), Type::Duration(Bounds::default())),
        (has(&["SIZE", "BYTES", "MEMORY", "LIMIT"]) && all(ends_in_b), Type::Bytes(Bounds::default())),
        (all(is_number) && !is(&["ID", "PHONE", "CODE", "VERSION"]), Type::Int(Bounds::default())),
        (all(is_decimal) && !is(&["VERSION"]), Type::Float(Bounds::default())),
        (all(|text| text.contains('@') && !text.contains("://")), Type::Email),
        (all(|text| text.starts_with(['{', '['])), Type::Json),
        (all(|text| text.contains('/') && text.starts_with(|c: char| c.is_ascii_hexdigit() || c == ':')), Type::Cidr),
        (all(|text| text.len() == 36), Type::Uuid),
        (is(&["HOST", "HOSTNAME", "BIND"]), Type::Host),
        (is(&["ADDR", "ADDRESS", "LISTEN", "BIND", "BROKER", "SERVER"]) && !values.is_empty(), Type::Address),
        (
            is(&["PATH", "DIR", "FILE", "FOLDER", "DIRECTORY"]) && all(|text| text.contains('/')),
            Type::Path { must: vec![] },
        ),
        (all(is_plain_list), list()),
    ];
    guesses.into_iter().filter(|(suggested, _)| *suggested).map(|(_, kind)| kind).collect()
}

/// A URL; with the schemes that published values show, when no other value has another.
fn url(fact: &Fact) -> Type {
    let published = fact.values.iter().filter(|seen| seen.origin != Origin::Private);
    let mut schemes: Vec<String> = published.filter_map(|seen| scheme(seen.text.reveal())).collect();
    if schemes.iter().any(|scheme| scheme == "http" || scheme == "https") {
        schemes.extend(["http", "https"].map(str::to_owned));
    }
    schemes.sort_unstable();
    schemes.dedup();
    let others_too =
        fact.values.iter().filter_map(|seen| scheme(seen.text.reveal())).any(|scheme| !schemes.contains(&scheme));
    Type::Url { schemes: if others_too { vec![] } else { schemes } }
}

/// The scheme of a URL, without its driver: `postgresql+asyncpg://` is `postgresql`.
pub(super) fn scheme(text: &str) -> Option<String> {
    let scheme = text.split_once("://")?.0;
    let scheme = scheme.split('+').next().unwrap_or(scheme);
    let fits = !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.');
    fits.then(|| scheme.to_ascii_lowercase())
}

fn has_time(words: &[&str]) -> bool {
    let of_time = [
        "TIMEOUT",
        "TTL",
        "INTERVAL",
        "DURATION",
        "EXPIRES",
        "EXPIRY",
        "EXPIRATION",
        "DELAY",
        "LIFETIME",
        "AGE",
        "PERIOD",
    ];
    words.iter().any(|word| of_time.contains(word))
}

fn is_word_for_bool(text: &str) -> bool {
    ["true", "false", "yes", "no", "on", "off"].iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn has_unit_of_time(text: &str) -> bool {
    let number = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    !number.is_empty() && ["ms", "s"].contains(&&text[number.len()..]) && number.bytes().all(|b| b.is_ascii_digit())
}

fn ends_in_b(text: &str) -> bool {
    text.ends_with('B') && text.starts_with(|c: char| c.is_ascii_digit())
}

fn is_number(text: &str) -> bool {
    text.parse::<i64>().is_ok_and(|number| number.to_string() == text)
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits
        .split_once('.')
        .is_some_and(|(a, b)| [a, b].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())))
}

/// `a,b`: several items, none with a blank or a sign that other formats use.
fn is_plain_list(text: &str) -> bool {
    let plain =
        |item: &str| !item.is_empty() && item.chars().all(|c| c.is_ascii_alphanumeric() || "_-.:/@*".contains(c));
    text.contains(',') && text.split(',').all(plain)
}

#[cfg(test)]
#[path = "guess_tests.rs"]
mod tests;
