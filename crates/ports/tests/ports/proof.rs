//! The proof fails when the port is not ours, whatever the reason, and leaves the listener as it was.

use crate::{
    contract::{fix, rig},
    numbers::Row,
};
use bootproof_core::{Change, Environment, Finding, Fix, Policy, Proof, Scope, Standing, Step};
use bootproof_ports::{Held, Host, PortSpec, PortsFix, reserve};
use bootproof_testkit::contract::Rig;
use std::{
    future::{Future, poll_fn},
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    pin::pin,
    sync::Arc,
    task::{Context, Waker},
    time::{Duration, Instant},
};

async fn prove(fix: &PortsFix, rig: &Rig) -> Result<Proof, bootproof_core::Diagnosis> {
    fix.prove(&rig.cx(Step::Prove), &Change::nothing()).await
}

/// A rig whose shelf holds the port of `spec`.
async fn applied(spec: &PortSpec) -> (PortsFix, Rig, Arc<Held>) {
    let (fix, rig) = (fix([spec.clone()]), rig());
    let permit = Policy::builtin(Environment::Test).permit().unwrap();
    fix.apply(&rig.cx(Step::Apply), permit, &Finding::facts([""; 0])).await.unwrap();
    let held = rig.shelf().get::<Held>(&format!("ports/{}", spec.name)).unwrap();
    (fix, rig, held)
}

fn is_empty(listener: &TcpListener) -> bool {
    listener.accept().is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}

#[tokio::test]
async fn an_empty_shelf_proves_nothing_even_when_somebody_listens_there() {
    let row = Row::of(1);
    let _somebody = TcpListener::bind(("127.0.0.1", row.first)).unwrap();
    let diagnosis = prove(&fix([PortSpec::new("api", row.first)]), &rig()).await.unwrap_err();
    assert_eq!(diagnosis.code, "PORT-007");
}

#[tokio::test]
async fn a_listener_for_another_port_than_is_told_proves_nothing() {
    let row = Row::of(2);
    let other = || Arc::new(reserve(&PortSpec::new("api", row.last)).unwrap());
    let (plain, told) = (rig(), rig().vars(&[("PORT", &row.first.to_string())]));
    plain.shelf().put("ports/api", other());
    assert_eq!(prove(&fix([PortSpec::new("api", row.first)]), &plain).await.unwrap_err().code, "PORT-007");
    drop(plain);
    told.shelf().put("ports/api", other());
    let spec = PortSpec::new("api", row.last).variable("PORT");
    let diagnosis = prove(&fix([spec]), &told).await.unwrap_err();
    assert_eq!(diagnosis.code, "PORT-007");
    assert!(diagnosis.what.contains(&row.first.to_string()), "{diagnosis}");
}

#[tokio::test]
async fn a_listener_whose_connections_somebody_else_accepts_proves_nothing() {
    let row = Row::of(1);
    let (fix, rig, held) = applied(&PortSpec::new("api", row.first)).await;
    let (thief, before) = (held.listener().unwrap(), row.sockets());
    let (cx, change) = (rig.cx(Step::Prove), Change::nothing());
    let (mut stolen, mut phase) = (vec![], pin!(fix.prove(&cx, &change)));
    // Steals each time the proof waits for something, before it goes on.
    let diagnosis = poll_fn(|context| {
        let polled = phase.as_mut().poll(context);
        stolen.extend(thief.accept());
        polled
    });
    let diagnosis = diagnosis.await.unwrap_err();
    assert_eq!(stolen.len(), 1);
    assert_eq!(diagnosis.code, "PORT-008");
    assert!(diagnosis.what.contains("accepted no connection of ours"), "{diagnosis}");
    drop(stolen);
    assert_eq!(row.sockets(), before, "the client's end is closed by reset: nothing is left");
}

#[tokio::test]
async fn a_listener_that_shares_its_port_is_not_proven_whether_somebody_joined_it_or_not() {
    let row = Row::of(1);
    let host = Host::Address([127, 0, 0, 1].into());
    let (fix, rig, held) = applied(&PortSpec::new("api", row.first).host(host)).await;
    socket2::SockRef::from(&held.listener().unwrap()).set_reuse_port(true).unwrap();
    assert_eq!(prove(&fix, &rig).await.unwrap_err().code, "PORT-009");
    let joined = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    joined.set_reuse_port(true).unwrap();
    joined.bind(&SocketAddr::from(([127, 0, 0, 1], row.first)).into()).unwrap();
    joined.listen(1).unwrap();
    let diagnosis = prove(&fix, &rig).await.unwrap_err();
    assert_eq!(diagnosis.code, "PORT-008");
    assert!(diagnosis.what.contains("listen there, and ours is"), "{diagnosis}");
}

#[tokio::test]
async fn after_the_proof_the_listener_is_as_before_and_serves() {
    let row = Row::of(1);
    for host in [Host::Localhost, Host::Any] {
        let (fix, rig, held) = applied(&PortSpec::new("api", row.first).host(host)).await;
        let before = row.sockets();
        assert_eq!(prove(&fix, &rig).await.unwrap().standing, Standing::Proven);
        assert_eq!(row.sockets(), before, "no connection is left, not even in TIME_WAIT");
        assert!(held.take_early().is_empty());
        for (listener, ip) in held.listeners().unwrap().iter().zip(["127.0.0.1", "::1"]) {
            assert!(is_empty(listener));
            let mut client = TcpStream::connect(SocketAddr::new(ip.parse().unwrap(), row.first)).unwrap();
            let (mut server, _) = listener.accept().unwrap();
            client.write_all(b"x").unwrap();
            server.read_exact(&mut [0]).unwrap();
        }
    }
}

#[tokio::test]
async fn a_listener_that_was_made_blocking_is_proven_and_blocking_afterwards() {
    let row = Row::of(1);
    let (fix, rig, held) = applied(&PortSpec::new("api", row.first)).await;
    let listeners = held.listeners().unwrap();
    listeners[0].set_nonblocking(false).unwrap();
    prove(&fix, &rig).await.unwrap();
    let nonblocking: Vec<_> = listeners.iter().map(|l| socket2::SockRef::from(l).nonblocking().unwrap()).collect();
    assert_eq!(nonblocking, [false, true]);
}

#[tokio::test]
async fn clients_that_came_before_the_proof_are_neither_mistaken_for_it_nor_lost() {
    let row = Row::of(1);
    let (fix, rig, held) = applied(&PortSpec::new("api", row.first)).await;
    let connect = || TcpStream::connect(("127.0.0.1", row.first)).unwrap();
    let (mut first, mut second) = (connect(), connect());
    first.write_all(b"first").unwrap();
    prove(&fix, &rig).await.unwrap();
    assert!(rig.evidence().iter().any(|e| e.saw.contains("2 other clients stood before it")));
    let mut early = held.take_early();
    assert_eq!(early.len(), 2);
    let mut got = [0; 5];
    early[0].read_exact(&mut got).unwrap();
    assert_eq!(&got, b"first");
    early[1].write_all(b"hello").unwrap();
    second.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"hello");
}

#[tokio::test]
async fn a_proof_dropped_at_any_await_takes_its_own_connection_out_of_the_line_and_keeps_the_strangers() {
    let row = Row::of(1);
    let (fix, rig, held) = applied(&PortSpec::new("api", row.first)).await;
    let before = row.sockets();
    for polls in 1..200 {
        let cx = rig.cx(Step::Prove);
        let stranger = TcpStream::connect(("127.0.0.1", row.first)).unwrap();
        socket2::SockRef::from(&stranger).set_linger(Some(Duration::ZERO)).unwrap();
        let done = {
            let change = Change::nothing();
            let mut phase = pin!(fix.prove(&cx, &change));
            let mut done = false;
            for _ in 0..polls {
                done = done || phase.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
                tokio::task::yield_now().await;
                tokio::time::sleep(Duration::from_micros(200)).await; // a live socket and a live thread are waited for
            }
            done
        };
        let in_line = held.listener().unwrap().accept().into_iter().count();
        assert_eq!(held.take_early().len() + in_line, 1, "after {polls} polls");
        drop(stranger);
        assert!(held.listeners().unwrap().iter().all(is_empty), "after {polls} polls");
        assert_eq!(row.sockets(), before, "after {polls} polls");
        if done {
            return;
        }
    }
    panic!("the proof never came to its end");
}

#[tokio::test]
async fn the_proof_names_the_scope_it_was_given_and_takes_less_than_ten_milliseconds() {
    let row = Row::of(1);
    let (fix, rig, _held) = applied(&PortSpec::new("api", row.first)).await;
    let mut took = vec![];
    for _ in 0..20 {
        let since = Instant::now();
        assert_eq!(prove(&fix, &rig).await.unwrap().scope, Scope::Process);
        took.push(since.elapsed());
    }
    // The least of many: what it costs, not what else the machine does.
    let least = took.into_iter().min().unwrap();
    assert!(least < Duration::from_millis(10), "{least:?}");
    assert_eq!(prove(&fix.scope(Scope::Server), &rig).await.unwrap().scope, Scope::Server);
}
