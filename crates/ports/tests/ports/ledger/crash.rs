//! `kill -9` at any moment: the next call finds a clean ledger and the port free.

use super::Scene;
use crate::{child::Child, numbers::Row};
use bootproof_ports::{
    PortSpec,
    ledger::{Ledger, Service},
    reserve_in,
};
use std::{
    hash::{BuildHasher, RandomState},
    io::Write,
    thread,
    time::Duration,
};

const KILLS: usize = 200;

/// In a second process: takes, claims and frees ports until it is killed.
pub(super) fn work(ledger: &Ledger, spec: &PortSpec) -> ! {
    let mut out = std::io::stdout();
    writeln!(out, "@ working").unwrap();
    for n in 0_u64.. {
        let mut held = vec![];
        for name in ["a", "b", "c"] {
            let mut spec = spec.clone();
            spec.name = name.to_owned();
            held.push(reserve_in(&spec, ledger, &Service::new("chat")).unwrap());
        }
        if n.is_multiple_of(2) {
            held[0].published().unwrap().releasing().unwrap();
        }
    }
    unreachable!()
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn a_process_that_is_killed_at_any_moment_leaves_nothing_past_the_next_call() {
    let scene = Scene::new();
    let (row, random) = (Row::of(3), RandomState::new());
    for n in 0..KILLS {
        let mut child = Child::start();
        let pid = child.pid();
        assert_eq!(child.ask(&format!("ledger work {} {} {}", scene.words(), row.first, row.last)), "working");
        thread::sleep(Duration::from_micros(random.hash_one(n) % 3000)); // the moment is what is tested
        drop(child);
        let service = Service::new("next");
        let next: Vec<_> = (row.first..=row.last)
            .map(|port| reserve_in(&scene.spec(port), &scene.fresh(), &service))
            .collect::<Result<_, _>>()
            .unwrap_or_else(|error| panic!("kill {n}: {error}"));
        let entries = scene.fresh().entries().unwrap();
        assert!(entries.len() == 3 && entries.iter().all(|entry| entry.owner.pid != pid), "kill {n}: {entries:?}");
        let journal = std::fs::read_to_string(scene.ledger.folder().join("journal")).unwrap();
        assert!(journal.ends_with('\n'), "kill {n}");
        drop(next);
    }
    assert_eq!(scene.aside(), 0);
    assert!(scene.fresh().entries().unwrap().is_empty());
}
