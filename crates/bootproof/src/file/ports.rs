//! `[ports.NAME]`: the ports the service listens on.

use super::{
    error::Told,
    place::{At, Position},
    section::Section,
};
use bootproof_core::Environment;
use std::{net::IpAddr, ops::RangeInclusive};

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
}

impl PortSection {
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
        let given = section.value("port").is_some() || section.value("variable").is_some();
        if !given {
            section.missing("`port`, or `variable` that holds it");
        }
        let port = section.integer("port", 0..=65535).map(|p| At { value: p.value as u16, at: p.at });
        let read = Self {
            name: section.name.clone(),
            at: section.at,
            port,
            range: section.word("range", "two ports such as \"8000-8099\", the lower first", range),
            variable: section.word("variable", "the name of a variable such as \"PORT\"", |text| {
                bootproof_core::is_variable_name(text).then(|| text.to_owned())
            }),
            host: section.word("host", "\"localhost\", \"*\" or an IP address", host),
        };
        section.finish();
        good_name.then_some(read)
    }
}

fn range(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-')?;
    let (first, last) = (first.trim().parse::<u16>().ok()?, last.trim().parse::<u16>().ok()?);
    (1 <= first && first <= last).then_some(first..=last)
}

fn host(text: &str) -> Option<String> {
    (text == "localhost" || text == "*" || text.parse::<IpAddr>().is_ok()).then(|| text.to_owned())
}
