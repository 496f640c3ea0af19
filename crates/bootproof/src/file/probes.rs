//! `[http.NAME]`, `[tcp.NAME]` and `[command.NAME]`: what else the service needs.

use super::{
    place::{At, Position},
    section::Section,
};
use bootproof_core::Secret;
use bootproof_env::Environments;
use std::{ops::RangeInclusive, time::Duration};

/// `[http.NAME]`: something that answers HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpSection {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub at: Position,
    /// What is asked: a template with `${NAME}`s.
    pub url: At<Secret>,
    /// The status codes that are good: 200 to 399 unless said otherwise.
    pub status: RangeInclusive<u16>,
    /// Where its failure fails the start. `None`: everywhere.
    pub required: Option<Environments>,
}

/// `[tcp.NAME]`: something that accepts connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TcpSection {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub at: Position,
    /// `host:port`: a template with `${NAME}`s.
    pub address: At<Secret>,
    /// Where its failure fails the start. `None`: everywhere.
    pub required: Option<Environments>,
}

/// `[command.NAME]`: a command that says by its exit code whether something is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandSection {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub at: Position,
    /// Program and arguments.
    pub command: At<Vec<String>>,
    /// The most it may take.
    pub timeout: Option<At<Duration>>,
    /// Where its failure fails the start. `None`: everywhere.
    pub required: Option<Environments>,
}

const STATUS: &str = "a status code or two, such as 200 or \"200-399\"";

impl HttpSection {
    pub(super) fn read(mut section: Section<'_>) -> Option<Self> {
        let good_name = section.has_good_name();
        let (name, at, url) = (section.name.clone(), section.at, section.needed("url"));
        let status = status(&mut section).unwrap_or(200..=399);
        let required = section.required();
        section.finish();
        Some(Self { name, at, url: url.filter(|_| good_name)?, status, required })
    }
}

fn status(section: &mut Section<'_>) -> Option<RangeInclusive<u16>> {
    let is_text = section.value("status")?.get_ref().is_str();
    if !is_text {
        return section.integer("status", 100..=599).map(|n| n.value as u16..=n.value as u16);
    }
    let codes = section.word("status", STATUS, |text| {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let code = |text: &str| text.trim().parse::<u16>().ok().filter(|code| (100..=599).contains(code));
        let (first, last) = (code(first)?, code(last)?);
        (first <= last).then_some(first..=last)
    })?;
    Some(codes.value)
}

impl TcpSection {
    pub(super) fn read(mut section: Section<'_>) -> Option<Self> {
        let good_name = section.has_good_name();
        let (name, at, address) = (section.name.clone(), section.at, section.needed("address"));
        let required = section.required();
        section.finish();
        Some(Self { name, at, address: address.filter(|_| good_name)?, required })
    }
}

impl CommandSection {
    pub(super) fn read(mut section: Section<'_>) -> Option<Self> {
        let good_name = section.has_good_name();
        let (name, at, command) = (section.name.clone(), section.at, section.command());
        let (timeout, required) = (section.duration("timeout"), section.required());
        section.finish();
        Some(Self { name, at, command: command.filter(|_| good_name)?, timeout, required })
    }
}

impl Section<'_> {
    /// `command = ["program", "argument"]`, which must be there. Arguments may be secret and are not told.
    pub(super) fn command(&mut self) -> Option<At<Vec<String>>> {
        const EXPECTED: &str = "a list of a program and its arguments, such as [\"python\", \"digest.py\"]";
        let Some(value) = self.value("command") else {
            self.missing("`command`");
            return None;
        };
        let command = self.strings("command", EXPECTED)?;
        if command.value.first().is_none_or(|program| program.trim().is_empty()) {
            self.note(value, format!("`command` in {} must be {EXPECTED}, and is empty", self.label()));
            return None;
        }
        Some(command)
    }
}
