//! A UDP port is bound, held, found busy and shown to be ours as a TCP port is, and the two do not meet.

use crate::{
    child::Child,
    contract::{fix, rig},
    numbers::Row,
};
use bootproof_core::{Change, Environment, Finding, Fix, Policy, Proof, Standing, Step};
use bootproof_ports::{Held, Host, Owner, PortError, PortSpec, PortsFix, Protocol, reserve};
use bootproof_testkit::contract::{Rig, upholds_the_contract};
use std::{
    future::Future,
    net::{TcpListener, UdpSocket},
    pin::pin,
    sync::Arc,
    task::{Context, Waker},
};

fn udp(port: u16) -> PortSpec {
    PortSpec::new("dns", port).protocol(Protocol::Udp)
}

async fn applied(spec: PortSpec) -> (PortsFix, Rig, Arc<Held>) {
    let (fix, rig) = (fix([spec]), rig());
    let permit = Policy::builtin(Environment::Test).permit().unwrap();
    fix.apply(&rig.cx(Step::Apply), permit, &Finding::facts([""; 0])).await.unwrap();
    let held = rig.shelf().get::<Held>("ports/dns").unwrap();
    (fix, rig, held)
}

async fn prove(fix: &PortsFix, rig: &Rig) -> Result<Proof, bootproof_core::Diagnosis> {
    fix.prove(&rig.cx(Step::Prove), &Change::nothing()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_udp_port_that_is_free_upholds_the_contract() {
    let row = Row::of(1);
    upholds_the_contract(&fix([udp(row.first).variable("DNS")]), rig, async || row.sockets()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_udp_port_that_has_to_move_upholds_the_contract() {
    let row = Row::of(2);
    let _owner = UdpSocket::bind(("::1", row.first)).unwrap();
    let fix = fix([udp(row.first).variable("DNS").range(row.first..=row.last)]);
    upholds_the_contract(&fix, rig, async || row.sockets()).await;
}

#[test]
fn another_process_cannot_take_a_held_udp_port_however_it_shares_and_can_when_it_is_dropped() {
    for host in [Host::Localhost, Host::Any] {
        let row = Row::of(1);
        let held = reserve(&udp(row.first).host(host)).unwrap();
        let (mut child, mut nobody) = (Child::start(), Child::of_nobody());
        for ip in ["127.0.0.1", "[::1]", "0.0.0.0", "[::]"] {
            for how in ["udp", "udp-beside"] {
                for child in [&mut child, &mut nobody] {
                    let said = child.ask(&format!("{how} {ip}:{}", row.first));
                    assert!(said.starts_with("AddrInUse"), "{how} {ip} beside {host:?}: {said}");
                }
            }
        }
        drop(held);
        assert_eq!(child.ask(&format!("udp [::]:{}", row.first)), "ok");
    }
}

#[test]
fn a_udp_port_on_which_somebody_shares_is_busy_for_us_and_its_owner_is_named() {
    for ip in ["127.0.0.1", "[::1]", "0.0.0.0", "[::]"] {
        let (row, mut child) = (Row::of(1), Child::start());
        assert_eq!(child.ask(&format!("udp-beside {ip}:{}", row.first)), "ok");
        match reserve(&udp(row.first)) {
            Err(PortError::Busy { owner: Owner::Process { pid, .. }, .. }) => assert_eq!(pid, child.pid(), "{ip}"),
            other => panic!("{ip}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn one_number_for_tcp_and_for_udp_are_two_ports() {
    let row = Row::of(1);
    let _somebody = TcpListener::bind(("0.0.0.0", row.first)).unwrap();
    let rig = rig();
    let (found, _, proof) = rig.run(&fix([udp(row.first)])).await.unwrap();
    assert_eq!(proof.standing, Standing::Proven);
    assert!(format!("{found:?}").contains("for UDP"), "{found:?}");
    drop(rig);
    let row = Row::of(1);
    let rig = crate::contract::rig();
    rig.run(&fix([udp(row.first), PortSpec::new("api", row.first)])).await.unwrap();
    assert_eq!(rig.shelf().keys(), ["ports/api", "ports/dns"]);
}

#[test]
fn a_held_udp_port_gives_datagram_sockets_and_no_listeners_and_the_other_way_round() {
    let held = reserve(&udp(0)).unwrap();
    let ports: Vec<_> = held.datagram_sockets().unwrap().iter().map(|s| s.local_addr().unwrap().port()).collect();
    assert_eq!(ports, [held.port(), held.port()]);
    held.listener().unwrap_err();
    held.listeners().unwrap_err();
    reserve(&PortSpec::new("api", 0)).unwrap().datagram_sockets().unwrap_err();
}

#[tokio::test]
async fn datagrams_that_came_before_the_proof_are_kept_and_what_comes_behind_stays_in_the_queue() {
    let row = Row::of(1);
    let (fix, rig, held) = applied(udp(row.first)).await;
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.connect(("127.0.0.1", row.first)).unwrap();
    client.send(b"first").unwrap();
    client.send(b"second").unwrap();
    prove(&fix, &rig).await.unwrap();
    assert!(rig.evidence().iter().any(|e| e.saw.contains("2 other datagrams stood before it")));
    client.send(b"third").unwrap();
    let early = held.take_early_datagrams();
    assert_eq!(early.iter().map(|d| d.bytes.as_slice()).collect::<Vec<_>>(), [&b"first"[..], b"second"]);
    assert_eq!((early[0].from, early[0].to), (client.local_addr().unwrap(), held.addresses()[0]));
    assert!(!format!("{early:?}").contains("102"), "what it says is not shown: {early:?}");
    let mut got = [0; 9];
    assert_eq!(held.datagram_sockets().unwrap()[0].recv(&mut got).unwrap(), 5);
}

#[tokio::test]
async fn a_queue_that_is_full_of_others_drops_the_nonce_and_it_is_sent_again() {
    let row = Row::of(1);
    let (fix, rig, held) = applied(udp(row.first)).await;
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    for _ in 0..4000 {
        client.send_to(&[7; 512], ("127.0.0.1", row.first)).unwrap();
    }
    assert_eq!(prove(&fix, &rig).await.unwrap().standing, Standing::Proven);
    assert!(held.take_early_datagrams().len() > 50);
}

#[tokio::test]
async fn a_udp_socket_whose_datagrams_somebody_else_receives_proves_nothing() {
    let row = Row::of(1);
    let (fix, rig, held) = applied(udp(row.first)).await;
    let thief = held.datagram_sockets().unwrap().swap_remove(0);
    thief.set_nonblocking(true).unwrap();
    let (cx, change) = (rig.cx(Step::Prove), Change::nothing());
    let mut phase = pin!(fix.prove(&cx, &change));
    let done = std::future::poll_fn(|context| {
        let polled = phase.as_mut().poll(context);
        while thief.recv(&mut [0; 99]).is_ok() {}
        polled
    });
    let diagnosis = done.await.unwrap_err();
    assert_eq!(diagnosis.code, "PORT-008");
    assert!(diagnosis.what.contains("received no datagram of ours"), "{diagnosis}");
}

#[tokio::test]
async fn a_udp_socket_that_shares_is_not_proven() {
    let row = Row::of(1);
    let (fix, rig, held) = applied(udp(row.first)).await;
    socket2::SockRef::from(&held.datagram_sockets().unwrap()[0]).set_reuse_address(true).unwrap();
    assert_eq!(prove(&fix, &rig).await.unwrap_err().code, "PORT-009");
}

#[tokio::test]
async fn a_udp_proof_dropped_at_any_await_leaves_nothing_of_its_own_in_the_queue_and_keeps_the_strangers() {
    let row = Row::of(1);
    let (fix, rig, held) = applied(udp(row.first)).await;
    for polls in 1..200 {
        let (cx, change) = (rig.cx(Step::Prove), Change::nothing());
        let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
        stranger.send_to(b"stranger", ("127.0.0.1", row.first)).unwrap();
        let mut done = false;
        {
            let mut phase = pin!(fix.prove(&cx, &change));
            for _ in 0..polls {
                done = done || phase.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
                tokio::time::sleep(std::time::Duration::from_micros(200)).await; // a live socket is waited for
            }
        }
        let queued = |socket: &UdpSocket| std::iter::from_fn(|| socket.recv(&mut [0; 99]).ok()).collect::<Vec<_>>();
        let mut left: Vec<_> = held.take_early_datagrams().iter().map(|d| d.bytes.len()).collect();
        left.extend(held.datagram_sockets().unwrap().iter().flat_map(queued));
        assert_eq!(left, [b"stranger".len()], "after {polls} polls");
        if done {
            return;
        }
    }
    panic!("the proof never came to its end");
}
