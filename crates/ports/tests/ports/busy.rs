//! A busy port is named with its owner, and refused or moved; it is never called free, and never proven unopened (A2).

use crate::{
    child::Child,
    contract::{fix, rig},
    numbers::Row,
};
use bootproof_core::{Cause, Diagnosis, Finding, Fix, Retry, Standing, Step};
use bootproof_ports::{Held, Host, PortSpec, reserve};
use bootproof_testkit::contract::Rig;
use std::{net::SocketAddr, time::Duration};

fn at(ip: &str, port: u16) -> SocketAddr {
    SocketAddr::new(ip.parse().unwrap(), port)
}

async fn inspect(rig: &Rig, spec: PortSpec) -> Result<String, Diagnosis> {
    match fix([spec]).inspect(&rig.cx(Step::Inspect)).await? {
        Finding::Facts(facts) => Ok(facts.join("\n")),
        Finding::NothingDeclared => panic!("something is declared"),
    }
}

/// Applies without inspecting, as when the port is taken in between.
async fn apply(rig: &Rig, spec: PortSpec) -> Result<bootproof_core::Change, Diagnosis> {
    let permit = bootproof_core::Policy::builtin(bootproof_core::Environment::Test).permit().unwrap();
    fix([spec]).apply(&rig.cx(Step::Apply), permit, &Finding::facts([""; 0])).await
}

#[tokio::test]
async fn a_strict_port_that_is_busy_fails_and_names_its_owner() {
    for ip in ["127.0.0.1", "0.0.0.0", "::", "::1"] {
        let row = Row::of(1);
        let owner = Child::listening_at(at(ip, row.first));
        for found in [
            inspect(&rig(), PortSpec::new("api", row.first)).await.map(|_| ()),
            apply(&rig(), PortSpec::new("api", row.first)).await.map(|_| ()),
        ] {
            let diagnosis = found.unwrap_err();
            assert_eq!((diagnosis.code, diagnosis.cause, diagnosis.retry), ("PORT-002", Cause::Fault, Retry::Never));
            assert!(diagnosis.what.contains(&format!("(pid {}, user ", owner.pid())), "{ip}: {diagnosis}");
            assert!(diagnosis.what.contains(&row.first.to_string()), "{diagnosis}");
        }
    }
}

#[tokio::test]
async fn a_listener_elsewhere_does_not_make_the_port_busy() {
    let row = Row::of(1);
    let _other = Child::listening_at(at("127.0.0.2", row.first));
    let found = inspect(&rig(), PortSpec::new("api", row.first)).await.unwrap();
    assert!(found.contains("nobody listens at 127.0.0.1:"), "{found}");
    rig().run(&fix([PortSpec::new("api", row.first)])).await.unwrap();
    inspect(&rig(), PortSpec::new("api", row.first).host(Host::Any)).await.unwrap_err();
}

#[tokio::test]
async fn only_ipv6_being_busy_counts_as_busy_and_ipv4_is_freed_again() {
    let row = Row::of(1);
    let _owner = Child::listening_at(at("::1", row.first));
    assert_eq!(apply(&rig(), PortSpec::new("api", row.first)).await.unwrap_err().code, "PORT-002");
    std::net::TcpListener::bind(at("127.0.0.1", row.first)).unwrap();
}

#[tokio::test]
async fn a_port_with_a_range_moves_names_the_owner_and_tells_the_variable() {
    let row = Row::of(3);
    let first = Child::listening_at(at("127.0.0.1", row.first));
    // The next one is busy on IPv6 only: both families move together, to the third.
    let _second = Child::listening_at(at("::1", row.first + 1));
    let rig = rig().vars(&[("PORT", &row.first.to_string())]);
    let spec = PortSpec::new("api", 8000).range(row.first..=row.last).variable("PORT");
    let found = inspect(&rig, spec.clone()).await.unwrap();
    assert!(found.contains(&format!("pid {}", first.pid())) && found.contains("can move within"), "{found}");
    let (_, change, proof) = rig.run(&fix([spec])).await.unwrap();
    assert_eq!(proof.standing, Standing::Proven);
    let held = rig.shelf().get::<Held>("ports/api").unwrap();
    assert_eq!((held.port(), held.moved_from()), (row.last, Some(row.first)));
    assert_eq!(held.addresses(), [at("127.0.0.1", row.last), at("::1", row.last)]);
    let vars = rig.cx(Step::Prove).vars();
    let value = vars.value("PORT").unwrap();
    assert_eq!(value.text.reveal(), row.last.to_string());
    let said = format!("ports: moved from {}, held by ", row.first);
    assert!(value.source.starts_with(&said) && value.source.contains(&format!("pid {}", first.pid())), "{value:?}");
    assert!(change.made.iter().any(|made| made.contains("moved from")), "{change:?}");
    assert!(rig.evidence().iter().any(|e| e.saw.contains(&format!("pid {}", first.pid()))), "the owner is evidence");
}

#[tokio::test]
async fn a_range_that_is_full_fails_with_all_owners() {
    let row = Row::of(3);
    let mut owner = Child::listening_at(at("127.0.0.1", row.first));
    assert_eq!(owner.ask(&format!("listen [::1]:{}", row.first + 1)), "ok");
    let other = Child::listening_at(at("0.0.0.0", row.last));
    let spec = PortSpec::new("api", row.first).range(row.first..=row.last);
    for found in [inspect(&rig(), spec.clone()).await.map(|_| ()), apply(&rig(), spec).await.map(|_| ())] {
        let diagnosis = found.unwrap_err();
        assert_eq!(diagnosis.code, "PORT-003");
        let text = diagnosis.to_string();
        assert!(text.contains(&format!("{}-{} by `", row.first, row.first + 1)), "{text}");
        for pid in [owner.pid(), other.pid()] {
            assert!(text.contains(&format!("(pid {pid}, ")), "{text}");
        }
    }
}

#[tokio::test]
async fn a_port_never_moves_onto_another_ports_number() {
    let row = Row::of(3);
    let _owner = Child::listening_at(at("127.0.0.1", row.first));
    let rig = rig();
    let movable = PortSpec::new("a", row.first).range(row.first..=row.last);
    rig.run(&fix([movable, PortSpec::new("b", row.first + 1)])).await.unwrap();
    let port = |key| rig.shelf().get::<Held>(key).unwrap().port();
    assert_eq!((port("ports/a"), port("ports/b")), (row.last, row.first + 1));
}

#[tokio::test]
async fn when_one_port_fails_none_is_held_and_all_that_failed_are_told() {
    let row = Row::of(3);
    let mut owner = Child::listening_at(at("127.0.0.1", row.first));
    assert_eq!(owner.ask(&format!("listen 127.0.0.1:{}", row.last)), "ok");
    let rig = rig();
    let specs = || [row.first, row.first + 1, row.last].map(|port| PortSpec::new(format!("p{port}"), port));
    let permit = bootproof_core::Policy::builtin(bootproof_core::Environment::Test).permit().unwrap();
    let fix = fix(specs());
    let diagnosis = fix.apply(&rig.cx(Step::Apply), permit, &Finding::facts([""; 0])).await.unwrap_err();
    let text = diagnosis.to_string();
    assert!(text.contains(&row.first.to_string()) && text.contains(&row.last.to_string()), "{text}");
    assert!(rig.shelf().keys().is_empty());
    // Another test may be trying that very port for a moment, while it looks for a row of its own.
    for _ in 0..100 {
        if reserve(&PortSpec::new("free", row.first + 1)).is_ok() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the port between stayed held");
}

#[tokio::test]
async fn a_socket_that_is_bound_and_does_not_listen_is_found_by_binding_and_its_owner_is_named_where_linux_tells() {
    let row = Row::of(1);
    let mut owner = Child::start();
    assert_eq!(owner.ask(&format!("bind 127.0.0.1:{}", row.first)), "ok");
    let diagnosis = apply(&rig(), PortSpec::new("api", row.first)).await.unwrap_err();
    assert_eq!(diagnosis.code, "PORT-002");
    // Linux lists such sockets since 6.8.
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers = release.split(['.', '-']).map(|number| number.parse::<u32>().unwrap_or(0));
    let owner = match (numbers.next().unwrap(), numbers.next().unwrap()) < (6, 8) {
        true => "held by unknown owner".to_owned(),
        false => format!("(pid {}, user ", owner.pid()),
    };
    assert!(diagnosis.what.contains(&owner), "{diagnosis}");
}

#[tokio::test]
async fn a_listener_on_all_ipv6_addresses_is_in_the_way_of_ipv4_exactly_when_it_takes_that_too() {
    let row = Row::of(1);
    let spec = || PortSpec::new("api", row.first).host(Host::Address([127, 0, 0, 1].into()));
    let owner = Child::listening_at(at("::", row.first));
    for found in [inspect(&rig(), spec()).await.map(|_| ()), apply(&rig(), spec()).await.map(|_| ())] {
        let diagnosis = found.unwrap_err();
        assert!(diagnosis.what.contains(&format!("pid {}", owner.pid())), "{diagnosis}");
    }
    drop(owner);
    let only_v6 = socket2::Socket::new(socket2::Domain::IPV6, socket2::Type::STREAM, None).unwrap();
    only_v6.set_only_v6(true).unwrap();
    only_v6.bind(&at("::", row.first).into()).unwrap();
    only_v6.listen(1).unwrap();
    rig().run(&fix([spec()])).await.unwrap();
}

#[tokio::test]
async fn connections_of_a_former_listener_do_not_make_the_port_busy() {
    let row = Row::of(1);
    let listener = std::net::TcpListener::bind(at("127.0.0.1", row.first)).unwrap();
    let client = std::net::TcpStream::connect(at("127.0.0.1", row.first)).unwrap();
    // The server's side closes first: its connection stays in TIME_WAIT, on our port.
    drop(listener.accept().unwrap());
    drop(listener);
    drop(client);
    while !row.sockets().contains(" 06\"") {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    rig().run(&fix([PortSpec::new("api", row.first)])).await.unwrap();
}

#[tokio::test]
async fn a_port_that_only_the_system_still_remembers_has_no_owner_and_is_not_called_free() {
    let row = Row::of(1);
    let listener = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    listener.bind(&at("127.0.0.1", row.first).into()).unwrap();
    listener.listen(1).unwrap();
    let client = std::net::TcpStream::connect(at("127.0.0.1", row.first)).unwrap();
    drop(listener.accept().unwrap());
    drop((listener, client));
    while !row.sockets().contains(" 06\"") {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // Without SO_REUSEADDR on the former one, nobody may bind for a minute.
    let diagnosis = apply(&rig(), PortSpec::new("api", row.first)).await.unwrap_err();
    assert!(diagnosis.what.contains("connections of a former process"), "{diagnosis}");
}

#[tokio::test]
async fn a_socket_refused_for_another_reason_says_the_reason_and_may_be_tried_again() {
    // A link-local address needs an interface beside it.
    let spec = PortSpec::new("api", 8000).host(Host::Address("fe80::1".parse().unwrap()));
    let diagnosis = apply(&rig(), spec).await.unwrap_err();
    assert_eq!((diagnosis.code, diagnosis.retry), ("PORT-010", Retry::MayHelp));
    assert!(diagnosis.why[0].contains("nvalid argument"), "{diagnosis}");
}

#[tokio::test]
async fn an_address_of_another_machine_is_told_apart_from_a_busy_port() {
    // 203.0.113.0/24 and 2001:db8::/32 are for documentation: no machine has them.
    for ip in ["203.0.113.7", "2001:db8::7"] {
        let spec = || PortSpec::new("api", 8000).host(Host::Address(ip.parse().unwrap())).range(8000..=8005);
        for found in [inspect(&rig(), spec()).await.map(|_| ()), apply(&rig(), spec()).await.map(|_| ())] {
            let diagnosis = found.unwrap_err();
            assert_eq!((diagnosis.code, diagnosis.cause), ("PORT-005", Cause::Configuration));
            assert!(diagnosis.what.contains(ip), "{diagnosis}");
        }
    }
}

#[tokio::test]
async fn a_variable_that_holds_no_port_is_a_fault_of_the_configuration_and_is_not_shown() {
    let rig = rig().vars(&[("PORT", "hunter2")]);
    let diagnosis = inspect(&rig, PortSpec::new("api", 8000).variable("PORT")).await.unwrap_err();
    assert_eq!((diagnosis.code, diagnosis.cause, diagnosis.retry), ("PORT-001", Cause::Configuration, Retry::Never));
    assert!(diagnosis.what.contains("`PORT`") && !diagnosis.to_string().contains("hunter2"), "{diagnosis}");
}

#[tokio::test]
async fn two_ports_on_one_number_are_refused_before_anything_is_bound() {
    let rig = rig().vars(&[("A", "8000"), ("B", "8000")]);
    let specs = [PortSpec::new("a", 1).variable("A"), PortSpec::new("b", 2).variable("B")];
    let diagnosis = fix(specs).inspect(&rig.cx(Step::Inspect)).await.unwrap_err();
    assert_eq!((diagnosis.code, diagnosis.cause), ("PORT-006", Cause::Configuration));
}
