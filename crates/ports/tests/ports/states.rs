//! The states of a port are told apart, on a real machine, and none of them is changed by looking.

use crate::{child::Child, numbers::Row};
use bootproof_ports::{Doing, Host, Owner, PortSpec, PortStatus, Protocol, reserve, state_of, who_has};
use std::{
    net::{TcpListener, TcpStream},
    time::Duration,
};

fn tcp(host: Host, port: u16) -> PortStatus {
    state_of(host, port, Protocol::Tcp).status
}

fn pid(owner: &Owner) -> Option<u32> {
    match owner {
        Owner::Process { pid, .. } => Some(*pid),
        _ => None,
    }
}

#[test]
fn a_port_is_free_then_ours_then_free_again_and_the_other_protocol_never_knows() {
    let row = Row::of(1);
    assert_eq!(tcp(Host::Any, row.first), PortStatus::Free);
    let held = reserve(&PortSpec::new("api", row.first)).unwrap();
    assert!(matches!(tcp(Host::Any, row.first), PortStatus::Ours { .. }));
    assert_eq!(state_of(Host::Any, row.first, Protocol::Udp).status, PortStatus::Free);
    drop(held);
    assert_eq!(tcp(Host::Any, row.first), PortStatus::Free);
}

#[test]
fn a_listener_on_all_addresses_is_found_from_localhost_and_one_on_ipv6_alone_too() {
    for (ip, host) in [("0.0.0.0", Host::Localhost), ("[::]", Host::Localhost), ("[::1]", Host::Localhost)] {
        let row = Row::of(1);
        let at = format!("{ip}:{}", row.first).parse().unwrap();
        let child = Child::listening_at(at);
        let PortStatus::Held { at: seen, owner } = tcp(host, row.first) else { panic!("not seen at {ip}") };
        assert_eq!((seen, pid(&owner)), (at, Some(child.pid())));
        let mut child = child;
        assert_eq!(child.ask("hello"), "hello", "it lives: nothing is ever done to an owner");
    }
}

#[test]
fn where_no_tool_may_look_a_busy_port_has_an_unknown_owner_and_is_never_free() {
    let row = Row::of(1);
    let mut hidden = Child::listening_at(([127, 0, 0, 1], row.first).into());
    assert_eq!(hidden.ask("hide"), "ok");
    let said = Child::of_nobody().ask(&format!("state localhost {}", row.first));
    assert!(
        said.contains(" held at 127.0.0.1:") && said.contains("by unknown owner") && !said.contains("free"),
        "{said}"
    );
}

#[test]
fn a_socket_that_is_bound_only_is_told_or_said_to_be_untold_and_one_that_connected_is_no_listener() {
    let row = Row::of(2);
    let mut child = Child::start();
    assert_eq!(child.ask(&format!("bind 127.0.0.1:{}", row.first)), "ok");
    match tcp(Host::Localhost, row.first) {
        PortStatus::Bound { owner, .. } => assert_eq!(pid(&owner), Some(child.pid())),
        other => assert_eq!(other, PortStatus::NobodyListens, "Linux before 6.8 does not list such sockets"),
    }
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let client = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    client.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], row.last)).into()).unwrap();
    client.connect(&listener.local_addr().unwrap().into()).unwrap();
    let PortStatus::Connected { owner, .. } = tcp(Host::Localhost, row.last) else { panic!("not seen") };
    assert_eq!(pid(&owner), Some(std::process::id()));
}

#[test]
fn connections_that_are_only_remembered_are_time_wait_and_binding_works() {
    let row = Row::of(1);
    let listener = TcpListener::bind(("127.0.0.1", row.first)).unwrap();
    let client = TcpStream::connect(("127.0.0.1", row.first)).unwrap();
    // The server's side closes first: its connection stays in TIME_WAIT, on our port.
    drop(listener.accept().unwrap());
    drop((listener, client));
    while !row.sockets().contains(" 06\"") {
        std::thread::sleep(Duration::from_millis(1)); // a live kernel is waited for
    }
    let state = state_of(Host::Localhost, row.first, Protocol::Tcp);
    assert!(matches!(state.status, PortStatus::TimeWait { .. }), "{state}");
    reserve(&PortSpec::new("api", row.first)).unwrap();
}

#[test]
fn a_low_port_and_an_address_of_another_machine_are_told_apart_from_busy_ones() {
    let said = Child::of_nobody().ask("state localhost 1");
    assert_eq!(said, "1/tcp nobody has it, and it needs a right that this process does not have");
    let elsewhere = Host::Address("203.0.113.7".parse().unwrap()); // for documentation: no machine has it
    assert!(matches!(tcp(elsewhere, 8000), PortStatus::NotHere { .. }));
}

#[test]
fn what_the_kernel_hands_out_or_reserves_is_said_from_its_own_settings() {
    let mut child = Child::in_a_network_of_its_own();
    let [range, reserved] =
        ["ip_local_port_range", "ip_local_reserved_ports"].map(|name| format!("/proc/sys/net/ipv4/{name}"));
    assert_eq!(child.ask("loopback up"), "ok");
    assert_eq!(child.ask(&format!("write {reserved} 40000-40001,8080")), "ok");
    // Two numbers in one line: a blank would end the word.
    assert_eq!(child.ask(&format!("write {range} 35000\t45000")), "ok");
    let state = |child: &mut Child, port: u16| child.ask(&format!("state localhost {port}"));
    assert_eq!(state(&mut child, 8000), "8000/tcp free");
    let said = state(&mut child, 40002);
    assert!(said.contains("free; warning: 40002 lies in 35000-45000 (`net.ipv4.ip_local_port_range`)"), "{said}");
    for port in [8080, 40001] {
        let said = state(&mut child, port);
        assert!(said.contains("reserved") && said.contains("good for a fixed port"), "{said}");
    }
    let said = child.ask("verify localhost 40003");
    assert!(said.starts_with("proven: ") && said.contains("warning: 40003 lies in"), "a note, and no failure: {said}");
}

#[test]
fn everybody_at_a_number_is_listed_with_all_addresses_and_both_protocols() {
    let row = Row::of(2);
    let first = Child::listening_at(format!("127.0.0.1:{}", row.first).parse().unwrap());
    let mut second = Child::listening_at(format!("127.0.0.2:{}", row.first).parse().unwrap());
    assert_eq!(second.ask(&format!("udp [::1]:{}", row.first)), "ok");
    let clients: Vec<_> = (0..3).map(|_| TcpStream::connect(("127.0.0.1", row.first)).unwrap()).collect();
    let who = who_has(&[row.first, row.last]).unwrap();
    let told: Vec<_> = who[0].sockets.iter().map(|s| (s.doing, s.at.to_string(), s.count, pid(&s.owner))).collect();
    let at = |ip: &str| format!("{ip}:{}", row.first);
    assert_eq!(
        told[..3],
        [
            (Doing::Listening, at("127.0.0.1"), 1, Some(first.pid())),
            (Doing::Listening, at("127.0.0.2"), 1, Some(second.pid())),
            (Doing::Listening, at("[::1]"), 1, Some(second.pid())),
        ]
    );
    assert_eq!(who[0].sockets[2].protocol, Protocol::Udp);
    assert_eq!((told[3].0, told[3].2), (Doing::Connected, clients.len()));
    assert_eq!((who[1].port, who[1].sockets.len()), (row.last, 0));
    let text = who[0].to_string();
    assert!(
        text.contains(&format!("tcp {}  listens  `", at("127.0.0.1"))) && text.contains("connected 3 times"),
        "{text}"
    );
    assert!(who[1].to_string().contains("  nobody"), "{}", who[1]);
}
