//! Which single words of a command line are evidently no secret.

use std::net::{IpAddr, SocketAddr};

/// What stands where something is hidden.
pub(super) const HIDDEN: &str = "***";
/// The longest word that is shown.
const LONGEST: usize = 60;
/// As many letters and digits in a row, of both kinds, are a token rather than a name; half as many when there are small and
/// capital letters among them.
const TOKEN: usize = 12;
/// Pieces of names whose values are hidden whatever they look like.
const SECRET: [&str; 24] = [
    "pass", "pwd", "secret", "token", "key", "auth", "cred", "sig", "salt", "priv", "session", "cookie", "jwt",
    "bearer", "login", "user", "dsn", "header", "data", "pin", "otp", "seed", "phrase", "code",
];
/// Names whose values are shown when they are plain words, too.
const HARMLESS: [&str; 24] = [
    "host",
    "bind",
    "listen",
    "address",
    "addr",
    "port",
    "log-level",
    "loglevel",
    "level",
    "env",
    "environment",
    "mode",
    "name",
    "worker-class",
    "workers",
    "threads",
    "reload-dir",
    "app-dir",
    "config",
    "proto",
    "protocol",
    "profile",
    "app",
    "http",
];
/// Ends of the names of files that programs are given.
const FILES: [&str; 24] = [
    "py", "js", "mjs", "cjs", "ts", "jar", "war", "rb", "php", "pl", "sh", "exs", "beam", "conf", "cnf", "cfg", "ini",
    "toml", "yml", "yaml", "json", "xml", "sock", "pid",
];
/// What programs are told to do, and how they call themselves in their titles.
const WORDS: [&str; 24] = [
    "serve",
    "server",
    "start",
    "run",
    "dev",
    "web",
    "worker",
    "listen",
    "up",
    "exec",
    "runserver",
    "process",
    "master",
    "daemon",
    "on",
    "off",
    "off;",
    "main",
    "app",
    "api",
    "writer",
    "logger",
    "launcher",
    "background",
];
/// Schemes of URLs that programs are given.
const SCHEMES: [&str; 16] = [
    "http",
    "https",
    "ws",
    "wss",
    "tcp",
    "udp",
    "unix",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "redis",
    "rediss",
    "amqp",
    "nats",
    "clickhouse",
];
/// What stands behind the colon of `module:app`.
const APPS: [&str; 8] = ["app", "application", "create_app", "asgi", "wsgi", "main", "server", "api"];

/// Whether `word` is shown wherever it stands.
pub(super) fn is_evident(word: &str) -> bool {
    if word.is_empty() || word.len() > LONGEST || has_token(word) {
        return false;
    }
    let number = word.len() <= 5 && word.bytes().all(|b| b.is_ascii_digit());
    number || WORDS.contains(&word) || is_path(word) || is_file(word) || is_address(word) || is_app(word)
}

/// Whether `word` is a word behind an option with a harmless name: `info`, `uvicorn.workers`.
pub(super) fn is_plain(word: &str) -> bool {
    let start = word.starts_with(|c: char| c.is_ascii_alphabetic());
    start
        && word.len() <= 24
        && !has_token(word)
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

/// Whether `word` may be a module: letters and dots.
pub(super) fn is_module(word: &str) -> bool {
    word.len() <= 40 && word.bytes().all(|b| b.is_ascii_lowercase() || b"._".contains(&b))
}

/// Whether `text` may be the name of an option or a variable.
pub(super) fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(plain)
        && !has_token(text)
}

/// Whether the value of `name` may be a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET.iter().any(|piece| name.contains(piece))
}

/// Whether the value of `name` is a word that everybody has.
pub(super) fn is_harmless_name(name: &str) -> bool {
    HARMLESS.iter().any(|harmless| harmless.eq_ignore_ascii_case(name))
}

/// A URL without what it carries; hidden whole when it is no plain text, of a scheme that not everybody has (`me://x1` may be a name
/// and its password), or what is left of it looks like a token.
pub(super) fn url(text: &str) -> String {
    let plain = text.len() <= 2 * LONGEST && text.bytes().all(|b| b.is_ascii_graphic() && b != b'`');
    let known = text.split_once("://").is_some_and(|(scheme, _)| SCHEMES.contains(&scheme));
    let masked = bootproof_core::mask_url(text);
    if plain && known && !has_token(&masked) { masked } else { HIDDEN.to_owned() }
}

fn is_path(word: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/._-".contains(&b);
    let rooted = ["/", "./", "../", "~/"].iter().any(|root| word.starts_with(root));
    rooted && word.trim_start_matches('~').bytes().all(plain)
}

fn is_file(word: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/._-".contains(&b);
    word.bytes().all(plain) && word.rsplit_once('.').is_some_and(|(stem, end)| !stem.is_empty() && FILES.contains(&end))
}

/// An IP address, or a host that every machine has, with a port or without. Other names before a colon may be users.
fn is_address(word: &str) -> bool {
    let port = |text: &str| text.parse::<u16>().is_ok();
    let here = |host: &str| host.is_empty() || host == "localhost" || host == "*";
    word == "localhost"
        || word.parse::<IpAddr>().is_ok()
        || word.parse::<SocketAddr>().is_ok()
        || word.rsplit_once(':').is_some_and(|(host, text)| here(host) && port(text))
}

fn is_app(word: &str) -> bool {
    let (module, app) = word.split_once(':').unwrap_or_default();
    !module.is_empty() && is_module(module) && APPS.contains(&app.trim_end_matches("()"))
}

/// Whether there is a row of letters and digits that nobody gives as a name.
fn has_token(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|run| {
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        let letters = run.len() - digits;
        let upper = run.bytes().filter(u8::is_ascii_uppercase).count();
        let mixed = run.len() >= TOKEN / 2 && digits > 0 && upper > 0 && letters > upper;
        run.len() >= 2 * TOKEN || (run.len() >= TOKEN && digits > 1 && letters > 1) || mixed
    })
}
