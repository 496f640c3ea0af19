//! The ledger among real processes: claims, memory, crowds, races, and processes that are killed in the middle.

mod claim;
mod crash;
mod crowd;
mod fix;
mod sick;
mod sticky;

use bootproof_ports::{
    Held, Host, PortSpec,
    ledger::{Ledger, Service},
    reserve_in,
};
use std::{
    any::Any,
    net::{IpAddr, Ipv4Addr},
    ops::RangeInclusive,
    path::Path,
};
use tempfile::TempDir;

/// A ledger in a folder of its own, and a loopback address of its own, where every port is free.
pub(crate) struct Scene {
    _root: TempDir,
    pub(crate) ledger: Ledger,
    pub(crate) ip: IpAddr,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(root.path().join("ports"));
        // A number that no other test has, as an address: all of 127.0.0.0/8 is this machine.
        let [high, low] = bootproof_testkit::free_port().to_be_bytes();
        Self { _root: root, ledger, ip: Ipv4Addr::new(127, 77, high, low).into() }
    }

    pub(crate) fn spec(&self, port: u16) -> PortSpec {
        PortSpec::new("api", port).host(Host::Address(self.ip))
    }

    /// As another process that has seen nothing yet.
    pub(crate) fn fresh(&self) -> Ledger {
        Ledger::at(self.ledger.folder())
    }

    pub(crate) fn hold(&self, port: u16, range: RangeInclusive<u16>, service: &Service) -> Held {
        reserve_in(&self.spec(port).range(range), &self.fresh(), service).unwrap()
    }

    /// The first words of what a child is asked: its folder and address.
    pub(crate) fn words(&self) -> String {
        format!("{} {}", self.ledger.folder().display(), self.ip)
    }

    /// Files of the ledger that were set aside.
    pub(crate) fn aside(&self) -> usize {
        let names = std::fs::read_dir(self.ledger.folder()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().contains("corrupt")).count()
    }
}

/// What a second process is asked: `ledger WHAT FOLDER ADDRESS ...`.
pub(crate) fn obey(words: &[&str], kept: &mut Vec<Box<dyn Any>>) -> String {
    let [what, folder, ip, rest @ ..] = words else { panic!("what is {words:?}?") };
    let ledger = Ledger::at(Path::new(folder));
    let spec = |port| PortSpec::new("api", port).host(Host::Address(ip.parse().unwrap()));
    match (*what, rest) {
        ("reserve", [service, port]) => keep(spec(port.parse().unwrap()), &ledger, service, kept),
        ("reserve", [service, port, first, last]) => {
            let range = first.parse().unwrap()..=last.parse().unwrap();
            keep(spec(port.parse().unwrap()).range(range), &ledger, service, kept)
        }
        ("release", []) => claim::release(kept),
        ("take", [count, first, last]) => crowd::take(&ledger, &spec(0), count, [first, last], kept),
        ("work", [first, last]) => {
            crash::work(&ledger, &spec(0).range(first.parse().unwrap()..=last.parse().unwrap()));
        }
        other => panic!("what is {other:?}?"),
    }
}

fn keep(spec: PortSpec, ledger: &Ledger, service: &str, kept: &mut Vec<Box<dyn Any>>) -> String {
    match reserve_in(&spec, ledger, &Service::new(service)) {
        Ok(held) => {
            let text = match held.unpublished() {
                Some(error) => format!("{}, unpublished: {error}", held.port()),
                None => held.port().to_string(),
            };
            kept.push(Box::new(held));
            text
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn all() {
    crate::child::alone("ledger::", 20);
}
