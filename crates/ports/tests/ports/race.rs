//! Two starts that want one port at the same time: never two winners, and never none.

use crate::{
    contract::{fix, rig},
    numbers::Row,
};
use bootproof_ports::{Held, PortSpec};
use std::{sync::Barrier, thread};

const RACES: usize = 200;

/// Runs the whole fix in two threads at once, `RACES` times; gives the ports that were held at the same time.
fn race(spec: &PortSpec) -> Vec<[Option<u16>; 2]> {
    let (start, done) = (Barrier::new(2), Barrier::new(2));
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let one = |_| {
            let (fix, rig) = (fix([spec.clone()]), rig());
            start.wait();
            let proven = runtime.block_on(rig.run(&fix)).is_ok();
            let port = rig.shelf().get::<Held>("ports/api").map(|held| held.port());
            assert_eq!(port.is_some(), proven);
            done.wait();
            port
        };
        (0..RACES).map(one).collect::<Vec<_>>()
    };
    let (a, b) = thread::scope(|scope| {
        let (a, b) = (scope.spawn(run), scope.spawn(run));
        (a.join().unwrap(), b.join().unwrap())
    });
    a.into_iter().zip(b).map(|(a, b)| [a, b]).collect()
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn two_that_race_for_one_port_with_a_range_both_get_one_and_never_the_same() {
    let row = Row::of(2);
    for ports in race(&PortSpec::new("api", row.first).range(row.first..=row.last)) {
        let mut ports = ports.map(|port| port.expect("a port for each"));
        ports.sort_unstable();
        assert_eq!(ports, [row.first, row.last]);
    }
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn of_two_that_race_for_a_strict_port_exactly_one_gets_it() {
    let row = Row::of(1);
    for ports in race(&PortSpec::new("api", row.first)) {
        assert_eq!(ports.into_iter().flatten().collect::<Vec<_>>(), [row.first]);
    }
}

#[test]
fn all() {
    crate::child::alone("race::", 2);
}
