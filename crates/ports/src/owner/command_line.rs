//! Somebody's command line with everything hidden that may be a secret. Pure; when in doubt it is hidden.
//!
//! Shown are the program, the names of options, and words that are evidently harmless ([`word`]): numbers, paths, addresses
//! of this machine, files and subcommands that everybody has. A property test looks for a secret at every place.

mod word;

use word::{HIDDEN, is_evident, is_harmless_name, is_name, is_plain, is_secret_name, url};

/// The most characters that are shown, but for the program's own name and a last ` ...`.
const LONGEST: usize = 120;
/// Options of one letter that take a secret somewhere: `-p`, `-a` and `-w` a password (mysql, redis-cli, ldapsearch), `-u` a
/// user with one (curl), `-H` a header, `-e` a variable, `-c` a whole script, and so on.
const DANGEROUS: &str = "paPuUkKwWsSHheDdbctTxX";
/// Longer options that some programs write with one dash.
const SINGLE_DASH: [&str; 24] = [
    "jar",
    "cp",
    "server",
    "config",
    "port",
    "addr",
    "address",
    "bind",
    "listen",
    "http",
    "host",
    "name",
    "proto",
    "host-ip",
    "host-port",
    "container-ip",
    "container-port",
    "password",
    "passwd",
    "pass",
    "token",
    "secret",
    "storepass",
    "keypass",
];

/// What a word says of the one behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// It stands for itself.
    Free,
    /// It is the value of an option with a harmless name.
    Harmless,
    /// It is a module, as behind `python -m`.
    Module,
    /// It may be a secret.
    Secret,
}

/// `cmdline` is what `/proc/PID/cmdline` holds: words, each ended by a zero; or one title with blanks, of a program that wrote
/// over it. `None` when there is nothing to show.
pub(super) fn masked(cmdline: &str) -> Option<String> {
    let cmdline = cmdline.trim_end_matches('\0');
    let title = !cmdline.contains('\0');
    let mut words = cmdline.split(|c| c == '\0' || (title && c == ' ')).filter(|word| !word.is_empty());
    let mut line = program(words.next()?);
    let mut next = Next::Free;
    for word in words {
        let shown;
        (shown, next) = mask(word, next);
        if line.chars().count() + shown.len() >= LONGEST {
            line += " ...";
            break;
        }
        line.push(' ');
        line += &shown;
    }
    Some(line)
}

/// The program: a path. What cannot be one is hidden; of a long one the end is shown.
fn program(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:".contains(c);
    match word.chars().all(plain) {
        false => HIDDEN.to_owned(),
        true if word.len() > LONGEST / 2 => format!("...{}", &word[word.len() - LONGEST / 2..]),
        true => word.to_owned(),
    }
}

fn mask(word: &str, expected: Next) -> (String, Next) {
    if expected == Next::Secret {
        return (HIDDEN.to_owned(), Next::Free);
    }
    if word.starts_with('-') && word.len() > 1 {
        return option(word);
    }
    let shown = match word.split_once('=') {
        _ if word.contains("://") && !word.contains('=') => url(word),
        Some((name, value)) => pair(name, value),
        None if is_evident(word) => word.to_owned(),
        None if expected == Next::Harmless && is_plain(word) => word.to_owned(),
        None if expected == Next::Module && word::is_module(word) => word.to_owned(),
        None => HIDDEN.to_owned(),
    };
    (shown, Next::Free)
}

fn option(word: &str) -> (String, Next) {
    if let Some((name, value)) = word.split_once('=') {
        let bare = name.trim_start_matches('-');
        let dashes = &name[..name.len() - bare.len()];
        let long = dashes.len() == 2 || SINGLE_DASH.contains(&bare);
        // `-Dname=value` of Java; `-psecret=x` is a password, and hidden from its second letter on.
        return match long {
            true => (format!("{dashes}{}", pair(bare, value)), Next::Free),
            false => (first_letter(word), Next::Free),
        };
    }
    let bare = word.trim_start_matches('-');
    let letters = bare.chars().count();
    match word.starts_with("--") {
        true if bare.is_empty() => (word.to_owned(), Next::Free),
        true if is_name(bare) => (word.to_owned(), behind(bare)),
        false if letters == 1 && is_name(bare) => (word.to_owned(), behind_letter(bare)),
        false if SINGLE_DASH.contains(&bare) => (word.to_owned(), behind(bare)),
        // Letters in a row, or a letter and its value: nobody knows which.
        false => (first_letter(word), Next::Secret),
        true => (HIDDEN.to_owned(), Next::Secret),
    }
}

fn behind(name: &str) -> Next {
    match (is_secret_name(name), is_harmless_name(name)) {
        (true, _) => Next::Secret,
        (_, true) => Next::Harmless,
        _ => Next::Free,
    }
}

fn behind_letter(letter: &str) -> Next {
    match letter {
        "m" => Next::Module,
        letter if DANGEROUS.contains(letter) => Next::Secret,
        _ => Next::Free,
    }
}

fn first_letter(word: &str) -> String {
    let letter = word.chars().nth(1).filter(char::is_ascii_alphabetic);
    letter.map_or_else(|| HIDDEN.to_owned(), |letter| format!("-{letter}{HIDDEN}"))
}

fn pair(name: &str, value: &str) -> String {
    // Base64 ends in `=`: then there is no name, but a token.
    if !is_name(name) || value.trim_matches('=').is_empty() {
        return HIDDEN.to_owned();
    }
    let value = match () {
        () if is_secret_name(name) => HIDDEN.to_owned(),
        () if value.contains("://") => url(value),
        () if is_evident(value) || (is_harmless_name(name) && is_plain(value)) => value.to_owned(),
        () => HIDDEN.to_owned(),
    };
    format!("{name}={value}")
}

#[cfg(test)]
#[path = "command_line_tests.rs"]
mod tests;
