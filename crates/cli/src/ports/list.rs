//! `bootproof ports list`.

use crate::{
    args::Common,
    format::Format,
    terminal::{Terminal, note, print},
};
use bootproof::{
    Vars,
    ports::{
        Protocol,
        ledger::{Entry, Ledger, Life, State},
    },
};
use bootproof_core::ExitCode;
use bootproof_report::ports::{PORTS_SCHEMA_VERSION, PortsList, PublishedPort};
use std::time::Duration;

/// Lists what is published. An empty list is no failure; a ledger that cannot be read is one.
pub(super) fn list(common: &Common, vars: &Vars, terminal: &Terminal) -> ExitCode {
    let ledger = Ledger::of(vars);
    let entries = match ledger.entries() {
        Ok(entries) => entries,
        Err(error) => {
            note(&error.diagnosis().to_string());
            return ExitCode::FAILED;
        }
    };
    let list = PortsList {
        schema_version: PORTS_SCHEMA_VERSION,
        ledger: ledger.folder().display().to_string(),
        ports: entries.iter().map(published).collect(),
        notes: ledger.notes(),
    };
    match common.format() {
        Format::Json => print(&list.json()),
        Format::Env => print(&list.env()),
        _ => print(&list.text(&terminal.out)),
    }
}

fn published(entry: &Entry) -> PublishedPort {
    PublishedPort {
        service: entry.service.clone(),
        name: entry.port.clone(),
        protocol: match entry.protocol {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
        },
        addresses: entry.addresses.clone(),
        reach: entry.reach(),
        url: entry.url(),
        instance: entry.instance.to_string(),
        environment: entry.environment.clone(),
        project: entry.project.clone(),
        state: entry.state.as_str(),
        owner: entry.owner.pid,
        program: match &entry.state {
            State::HandedOver(program) => Some(program.pid),
            State::Held | State::Releasing => None,
        },
        elsewhere: entry.lives_by().life() == Life::Elsewhere,
        since: Duration::from_millis(entry.since),
    }
}
