//! What is held cannot be taken, whoever tries and however; what is dropped is free.

use crate::{
    child::Child,
    contract::{fix, rig},
    numbers::Row,
};
use bootproof_core::{Environment, Finding, Fix, Policy, Step};
use bootproof_ports::{Held, Host, PortSpec, reserve};
use std::{
    future::Future,
    net::{TcpListener, TcpStream},
    pin::pin,
    task::{Context, Poll, Waker},
};

#[test]
fn another_process_cannot_take_a_held_port_and_can_when_it_is_dropped() {
    for host in [Host::Localhost, Host::Any] {
        let row = Row::of(1);
        let held = reserve(&PortSpec::new("api", row.first).host(host)).unwrap();
        let mut child = Child::start();
        for ip in ["127.0.0.1", "[::1]", "0.0.0.0", "[::]"] {
            for how in ["listen", "beside", "bind"] {
                let said = child.ask(&format!("{how} {ip}:{}", row.first));
                assert!(said.starts_with("AddrInUse"), "{how} {ip} beside {host:?}: {said}");
            }
        }
        drop(held);
        assert_eq!(child.ask(&format!("listen [::]:{}", row.first)), "ok");
    }
}

#[test]
fn every_listener_of_any_free_port_has_the_same_number() {
    let held = reserve(&PortSpec::new("api", 0)).unwrap();
    let ports: Vec<_> = held.listeners().unwrap().iter().map(|l| l.local_addr().unwrap().port()).collect();
    assert_eq!(ports, [held.port(), held.port()]);
    assert!(held.port() != 0 && held.moved_from().is_none());
}

#[test]
fn any_free_port_within_a_range_is_one_of_the_range_and_no_move() {
    let row = Row::of(2);
    let _owner = Child::listening_at(([127, 0, 0, 1], row.first).into());
    let held = reserve(&PortSpec::new("api", 0).range(row.first..=row.last)).unwrap();
    assert_eq!((held.port(), held.moved_from()), (row.last, None));
}

#[tokio::test]
async fn any_free_port_is_published_and_proven() {
    let rig = rig();
    rig.run(&fix([PortSpec::new("api", 0).variable("PORT")])).await.unwrap();
    let held = rig.shelf().get::<Held>("ports/api").unwrap();
    let vars = rig.cx(Step::Prove).vars();
    let value = vars.value("PORT").unwrap();
    assert_eq!(
        (value.text.reveal(), value.source.as_str()),
        (held.port().to_string().as_str(), "ports: any free port")
    );
}

#[test]
fn a_listener_given_out_keeps_the_port_when_the_rest_is_dropped() {
    let row = Row::of(1);
    let held = reserve(&PortSpec::new("api", row.first)).unwrap();
    let listener = held.listener().unwrap();
    drop(held);
    TcpListener::bind(("127.0.0.1", row.first)).unwrap_err();
    TcpStream::connect(("127.0.0.1", row.first)).unwrap();
    drop(listener);
    TcpListener::bind(("127.0.0.1", row.first)).unwrap();
}

#[tokio::test]
async fn apply_dropped_at_any_await_holds_nothing() {
    let row = Row::of(2);
    let _owner = Child::listening_at(([127, 0, 0, 1], row.first).into());
    let fix = fix([PortSpec::new("api", row.first).range(row.first..=row.last).variable("PORT")]);
    let permit = Policy::builtin(Environment::Test).permit().unwrap();
    let (rig, seen) = (rig(), Finding::facts([""; 0]));
    let cx = rig.cx(Step::Apply);
    {
        let mut phase = pin!(fix.apply(&cx, permit, &seen));
        // The first poll binds, and waits for the owner's name.
        assert!(matches!(phase.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
        TcpListener::bind(("127.0.0.1", row.last)).unwrap_err();
    }
    TcpListener::bind(("127.0.0.1", row.last)).unwrap();
    assert!(rig.shelf().keys().is_empty() && cx.resolved_vars().is_none());
}

#[test]
fn programs_that_are_started_do_not_inherit_the_listeners() {
    let row = Row::of(1);
    let held = reserve(&PortSpec::new("api", row.first)).unwrap();
    let mut child = Child::start();
    drop(held);
    assert_eq!(child.ask(&format!("listen 127.0.0.1:{}", row.first)), "ok");
}
