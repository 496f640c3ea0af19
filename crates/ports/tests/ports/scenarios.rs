//! SCENARIOS.md, part C, as far as it is about finding conflicts: what really happened, and what bootproof answers.

use crate::{
    child::Child,
    contract::{fix, rig},
    numbers::Row,
};
use bootproof_core::{Standing, Step};
use bootproof_ports::{Host, PortSpec, reserve, state_of};
use std::net::TcpListener;

/// "Port available", then address in use: checked on localhost with `SO_REUSEADDR`, bound on 0.0.0.0 without.
#[test]
fn a_port_that_is_taken_on_one_address_is_never_available_on_all_of_them() {
    for ip in ["127.0.0.1", "127.0.0.2", "[::1]"] {
        let row = Row::of(1);
        let _owner = Child::listening_at(format!("{ip}:{}", row.first).parse().unwrap());
        let spec = PortSpec::new("api", row.first).host(Host::Any);
        assert!(!state_of(spec.host, row.first, spec.protocol).status.is_free(), "{ip}");
        reserve(&spec).unwrap_err();
    }
}

/// Only IPv4 was checked; a listener on ::1 answered.
#[test]
fn a_listener_on_ipv6_alone_is_a_conflict_for_localhost() {
    let row = Row::of(1);
    let _owner = Child::listening_at(format!("[::1]:{}", row.first).parse().unwrap());
    TcpListener::bind(("127.0.0.1", row.first)).unwrap();
    let error = reserve(&PortSpec::new("api", row.first)).unwrap_err();
    assert!(error.to_string().contains("is held by"), "{error}");
}

/// The launcher killed whatever held the port.
#[tokio::test]
async fn nothing_that_is_done_about_a_busy_port_ends_its_owner_or_its_connections() {
    let row = Row::of(2);
    let mut owner = Child::listening_at(format!("127.0.0.1:{}", row.first).parse().unwrap());
    let spec = PortSpec::new("api", row.first).range(row.first..=row.last);
    let rig = rig();
    rig.run(&fix([spec])).await.unwrap();
    rig.run(&fix([PortSpec::new("strict", row.first)])).await.map(|_| ()).unwrap_err();
    assert_eq!(owner.ask("hello"), "hello");
    std::net::TcpStream::connect(("127.0.0.1", row.first)).unwrap();
}

/// Two copies of a service both report success on one port.
#[tokio::test]
async fn of_two_copies_one_is_proven_and_the_other_one_names_it() {
    let row = Row::of(1);
    let spec = || PortSpec::new("api", row.first);
    let (first, second) = (rig(), rig());
    let (.., proof) = first.run(&fix([spec()])).await.unwrap();
    assert_eq!(proof.standing, Standing::Proven);
    let Err(diagnosis) = second.run(&fix([spec()])).await else { panic!("two copies on one port") };
    assert!(diagnosis.what.contains(&format!("pid {}", std::process::id())), "{diagnosis}");
    assert!(second.shelf().keys().is_empty() && second.cx(Step::Prove).resolved_vars().is_none());
}
