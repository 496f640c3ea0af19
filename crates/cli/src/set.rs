//! `--set NAME=VALUE`. What is wrong with one is told without it: it may be a secret all the same.

use crate::args::Cli;
use bootproof_core::is_variable_name;
use clap::{CommandFactory, error::ErrorKind};
use std::ffi::OsString;

/// Names and values, in the order given. Ends the program with a usage error when one cannot be read.
pub(crate) fn settings(given: &[OsString]) -> Vec<(&str, &str)> {
    let mut settings = vec![];
    for (at, text) in given.iter().enumerate() {
        match read(text) {
            Ok(setting) => settings.push(setting),
            Err(why) => {
                let which = if given.len() == 1 { String::new() } else { format!(" number {}", at + 1) };
                let text = format!("`--set`{which} needs NAME=VALUE, and {why}");
                Cli::command().error(ErrorKind::ValueValidation, text).exit();
            }
        }
    }
    settings
}

fn read(text: &OsString) -> Result<(&str, &str), &'static str> {
    let text = text.to_str().ok_or("this is not UTF-8 text")?;
    let (name, value) = text.split_once('=').ok_or("there is no `=` in it")?;
    match is_variable_name(name) {
        true => Ok((name, value)),
        false if name.is_empty() => Err("nothing stands before the `=`"),
        false => Err("what stands before the `=` is no name of a variable (letters, digits and `_`, no digit first)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_equals_sign_ends_the_name() {
        let read = |text: &str| read(&text.into()).map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read("A=b=c"), Ok(("A".into(), "b=c".into())));
        assert_eq!(read("A="), Ok(("A".into(), String::new())));
        for bad in ["A", "=b", "A-B=c", "1A=b", " A=b", ""] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
