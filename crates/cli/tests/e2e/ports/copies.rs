//! C2 and C9: several programs at once never have one port, and each knows its own.

use crate::{neighbour::*, run::*, setup::*};
use bootproof_testkit::free_port;
use std::collections::BTreeSet;

/// A wanted number, and the range of development behind it.
fn movable(port: u16) -> String {
    format!("[service]\nname = \"copies\"\n[ports.api]\nport = {port}\nhost = \"127.0.0.1\"\n")
}

#[tokio::test]
async fn c02_allocators_that_run_at_once_never_get_the_same_port_and_one_of_them_gets_the_wanted_one() {
    let (state, port) = (State::new(), free_port());
    let toml = movable(port);
    let start = |name: &'static str| {
        let (state, toml) = (&state, toml.as_str());
        move || Served::start(state, toml, name)
    };
    let names = ["one", "two", "three", "four", "five"];
    let served: Vec<Served> = std::thread::scope(|scope| {
        let threads: Vec<_> = names.map(|name| scope.spawn(start(name))).into();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let ports: BTreeSet<u16> = served.iter().map(|served| served.port).collect();
    assert_eq!(ports.len(), names.len(), "{ports:?}");
    assert!(ports.contains(&port), "somebody gets the wanted one: {ports:?}");
    for (served, name) in served.iter().zip(names) {
        assert_eq!(answer(served.at()), name, "each answers at its own number");
    }
}

#[tokio::test]
async fn c09_two_copies_are_never_both_proven_on_one_port() {
    let (state, port) = (State::new(), free_port());
    let strict = format!("{}strict = true\n", movable(port));
    let first = Served::start(&state, &strict, "first");
    let second = verified(&state, &service(&strict), &[], &[]).await;
    assert_eq!((second.verdict("ports"), second.problem("ports"), second.code()), ("failed", "PORT-002", 1));
    let told = second.fix("ports")["diagnosis"].to_string();
    assert!(told.contains(&format!("pid {}", first.pid)), "the first copy is named: {told}");

    let second = verified(&state, &service(&movable(port)), &[], &[]).await;
    assert_eq!((second.verdict("ports"), second.code()), ("proven", 0), "{}", second.output.stdout);
    let evidence = second.evidence("ports");
    let nonce = evidence.lines().find(|line| line.contains("nonce")).expect("a nonce went through its own listener");
    assert!(!nonce.contains(&port.to_string()), "not through that of the first: {nonce}");
    assert_eq!(answer(first.at()), "first");
}

#[tokio::test]
async fn c09_a_neighbour_that_shares_its_port_with_everybody_does_not_share_it_with_us() {
    let neighbour = Neighbour::sharing(free_port(), "neighbour");
    let strict = format!("{}strict = true\n", movable(neighbour.at.port()));
    let report = verified(&State::new(), &service(&strict), &[], &[]).await;
    assert_eq!((report.problem("ports"), report.code()), ("PORT-002", 1), "{}", report.output.stdout);
    assert!(lives(neighbour.pid()));
}
