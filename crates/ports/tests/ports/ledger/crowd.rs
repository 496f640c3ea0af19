//! Many processes at once. (Two that race for one port: `acquire_tests.rs` beside the code.)

use super::Scene;
use crate::child::Child;
use bootproof_ports::{
    PortSpec,
    ledger::{Ledger, Service},
    reserve_in,
};
use std::{
    any::Any,
    collections::BTreeSet,
    hash::{BuildHasher, RandomState},
    net::TcpListener,
    ops::RangeInclusive,
    sync::Barrier,
    thread,
};

const PROCESSES: usize = 8;
const EACH: usize = 125;

/// In a second process: takes `count` ports of the range, or any when it is `0-0`, and keeps them.
pub(super) fn take(
    ledger: &Ledger,
    spec: &PortSpec,
    count: &str,
    range: [&str; 2],
    kept: &mut Vec<Box<dyn Any>>,
) -> String {
    let [first, last] = range.map(|word| word.parse().unwrap());
    let service = Service::new(format!("chat-{}", std::process::id()));
    let mut numbers = vec![];
    for n in 0..count.parse().unwrap() {
        let mut spec = spec.clone();
        spec.name = format!("p{n}");
        spec.range = (first != 0).then_some(first..=last);
        let held = reserve_in(&spec, ledger, &service).unwrap();
        assert!(held.unpublished().is_none(), "{:?}", held.unpublished());
        numbers.push(held.port().to_string());
        kept.push(Box::new(held));
    }
    numbers.join(",")
}

/// Has eight processes take 125 ports each at the same time; gives all numbers, and the processes that have them.
fn crowd(scene: &Scene, range: &str) -> (Vec<u16>, Vec<Child>) {
    let start = Barrier::new(PROCESSES);
    let one = || {
        let mut child = Child::start();
        start.wait();
        let said = child.ask(&format!("ledger take {} {EACH} {range}", scene.words()));
        (said.split(',').map(|number| number.parse().unwrap()).collect::<Vec<u16>>(), child)
    };
    let all: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..PROCESSES).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let (numbers, children): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    (numbers.concat(), children)
}

/// A thousand numbers in a row that are free at the scene's address. They are below those of `bootproof_testkit::port`, which other
/// tests hold and try on all addresses.
fn a_thousand(scene: &Scene) -> RangeInclusive<u16> {
    let random = RandomState::new();
    let rows = (0_u16..100).map(|n| 10_000 + u16::try_from(random.hash_one(n) % 9_000).unwrap());
    let mut rows = rows.map(|first| first..=first + 999);
    let is_free = |port| TcpListener::bind((scene.ip, port)).is_ok();
    rows.find(|row| row.clone().all(is_free)).expect("a thousand free ports in a row below 20000")
}

fn nobody_has_anothers(scene: &Scene, numbers: &[u16], children: Vec<Child>) {
    let different: BTreeSet<_> = numbers.iter().collect();
    assert_eq!((numbers.len(), different.len()), (1000, 1000), "taken, and different ones");
    let entries = scene.fresh().entries().unwrap();
    let published: BTreeSet<_> = entries.iter().map(bootproof_ports::ledger::Entry::number).collect();
    assert!(published.iter().eq(different), "what is published is what is held");
    for child in &children {
        assert_eq!(entries.iter().filter(|entry| entry.owner.pid == child.pid()).count(), EACH);
    }
    drop(children); // killed
    assert!(scene.fresh().entries().unwrap().is_empty(), "nothing is left of the killed");
    assert_eq!(scene.aside(), 0);
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn eight_processes_that_take_a_thousand_free_ports_at_once_never_take_one_twice() {
    let scene = Scene::new();
    let (numbers, children) = crowd(&scene, "0 0");
    nobody_has_anothers(&scene, &numbers, children);
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn eight_processes_share_a_range_of_exactly_a_thousand_ports_to_the_last_one() {
    let scene = Scene::new();
    let range = a_thousand(&scene);
    let (numbers, children) = crowd(&scene, &format!("{} {}", range.start(), range.end()));
    assert!(numbers.iter().all(|number| range.contains(number)));
    nobody_has_anothers(&scene, &numbers, children);
}
