//! `[ports.NAME]`: the ports the service listens on.

use super::{
    error::Told,
    place::{At, Position},
    section::Section,
};
use bootproof_core::Environment;
use bootproof_ports::{HandOver, Protocol};
use std::{net::IpAddr, ops::RangeInclusive, path::PathBuf};

/// `[ports.NAME]`: a port to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortSection {
    /// Its name: `api`.
    pub name: String,
    /// Where its name stands.
    pub at: Position,
    /// The port to begin with; 0 lets the system choose. `None`: only `variable` says which.
    pub port: Option<At<u16>>,
    /// Where else it may go. `None`: nowhere (strict).
    pub range: Option<At<RangeInclusive<u16>>>,
    /// The variable it is published in.
    pub variable: Option<At<String>>,
    /// `localhost` (both loopback addresses), `*` (all interfaces) or an IP address.
    pub host: Option<At<String>>,
    /// What it speaks.
    pub protocol: Protocol,
    /// Whether it is refused rather than moved.
    pub strict: bool,
    /// How a program that `run` starts gets it.
    pub hand_over: HandOver,
    /// The scheme of its URL.
    pub scheme: Option<At<String>>,
    /// The Unix socket that it is instead of a port.
    pub unix: Option<At<UnixPath>>,
}

/// `unix = "/run/chat.sock"`, and its `mode`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnixPath {
    /// Where it is; `@name` is an abstract socket.
    pub path: PathBuf,
    /// Its permissions, such as `0o660`. `None`: as the process's mask has it.
    pub mode: Option<u32>,
}

/// What a port speaks.
pub(super) const PROTOCOLS: [(&str, Protocol); 2] = [("tcp", Protocol::Tcp), ("udp", Protocol::Udp)];
/// How it is handed over.
pub(super) const HAND_OVERS: [(&str, HandOver); 2] = [("socket", HandOver::Socket), ("release", HandOver::Release)];
/// Keys that a Unix socket has no use for.
pub(super) const OF_NUMBERS: [&str; 8] =
    ["port", "range", "variable", "host", "protocol", "strict", "scheme", "hand_over"];
const MODE: &str = "permissions in octal, such as \"0660\"";

impl PortSection {
    /// A port of which only the name is said.
    pub(crate) fn new(name: impl Into<String>, at: Position) -> Self {
        Self {
            name: name.into(),
            at,
            port: None,
            range: None,
            variable: None,
            host: None,
            protocol: Protocol::Tcp,
            strict: false,
            hand_over: HandOver::Socket,
            scheme: None,
            unix: None,
        }
    }

    /// The host in `environment`: as written, else `localhost` in development and test, `*` in staging and production.
    pub fn host_in(&self, environment: Environment) -> &str {
        match &self.host {
            Some(host) => &host.value,
            None if environment.is_deployed() => "*",
            None => "localhost",
        }
    }

    pub(super) fn read_all(file: &mut Section<'_>) -> Vec<Self> {
        let mut all: Vec<Self> = vec![];
        for section in file.named("ports") {
            let notes = section.notes;
            let Some(port) = Self::read(section) else { continue };
            let mut others = all.iter();
            if let Some(variable) = &port.variable
                && let Some(other) = others.find(|o| o.variable.as_ref().is_some_and(|v| v.value == variable.value))
            {
                let text = format!("{} is the variable of [ports.{}] already", Told(&variable.value), other.name);
                notes.add(variable.at, super::error::ProblemKind::Value, text);
            }
            all.push(port);
        }
        all
    }

    fn read(mut section: Section<'_>) -> Option<Self> {
        let good_name = section.has_good_name();
        let unix = unix(&mut section);
        let given = section.value("port").is_some() || section.value("variable").is_some();
        if !given && unix.is_none() {
            section.missing("`port`, or `variable` that holds it, or `unix`");
        }
        if unix.is_some() {
            no_numbers(&mut section);
        }
        let port = section.integer("port", 0..=65535).map(|p| At { value: p.value as u16, at: p.at });
        let read = Self {
            name: section.name.clone(),
            at: section.at,
            port,
            range: section.word("range", "two ports such as \"8000-8099\", the lower first", range),
            variable: section.variable(),
            host: section.word("host", "\"localhost\", \"*\" or an IP address", host),
            protocol: section.one_of("protocol", &PROTOCOLS).map_or(Protocol::Tcp, |p| p.value),
            strict: section.bool("strict").unwrap_or_default(),
            hand_over: section.one_of("hand_over", &HAND_OVERS).map_or(HandOver::Socket, |h| h.value),
            scheme: section.scheme(),
            unix,
        };
        if let (true, Some(range)) = (read.strict, &read.range) {
            let text = format!("`range` and `strict = true` in {} contradict each other", section.label());
            section.bad(range.at, text);
        }
        section.finish();
        good_name.then_some(read)
    }
}

/// `unix` and its `mode`.
fn unix(section: &mut Section<'_>) -> Option<At<UnixPath>> {
    let mode = section.word("mode", MODE, octal);
    let path = section.text("unix");
    match (path, mode) {
        (Some(path), mode) => {
            let unix = UnixPath { path: path.value.into(), mode: mode.map(|mode| mode.value) };
            Some(At { value: unix, at: path.at })
        }
        (None, Some(mode)) => {
            let text = format!("`mode` in {} is for a `unix` socket, and there is none", section.label());
            section.bad(mode.at, text);
            None
        }
        (None, None) => None,
    }
}

/// Notes every key that a Unix socket has no use for.
fn no_numbers(section: &mut Section<'_>) {
    for key in OF_NUMBERS {
        if let Some(value) = section.value(key) {
            section.note(value, format!("`{key}` in {} does not go with `unix`", section.label()));
        }
    }
}

fn octal(text: &str) -> Option<u32> {
    // The standard library's parser takes a sign, too.
    u32::from_str_radix(text, 8).ok().filter(|mode| *mode <= 0o777 && !text.starts_with('+'))
}

pub(super) fn range(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-')?;
    let (first, last) = (first.trim().parse::<u16>().ok()?, last.trim().parse::<u16>().ok()?);
    (1 <= first && first <= last).then_some(first..=last)
}

fn host(text: &str) -> Option<String> {
    (text == "localhost" || text == "*" || text.parse::<IpAddr>().is_ok()).then(|| text.to_owned())
}
