//! Entries of this very process, of ended processes and of others.

use super::*;
use std::{
    net::{Ipv4Addr, TcpListener},
    os::fd::OwnedFd,
    process::{Command, Stdio},
};

fn ours() -> ProcessId {
    ProcessId::ours().unwrap()
}

fn entry(address: SocketAddr, owner: ProcessId) -> LocalEntry {
    LocalEntry { port: "http".into(), address, scheme: None, instance: "one".into(), owner, project: None }
}

#[test]
fn a_listener_of_its_living_owner_counts_whatever_address_it_is_bound_to() {
    for bound in ["127.0.0.1:0", "0.0.0.0:0", "[::]:0"] {
        let listener = TcpListener::bind(bound).unwrap();
        let address = (Ipv4Addr::LOCALHOST, listener.local_addr().unwrap().port()).into();
        let said = owned(&entry(address, ours())).unwrap();
        assert_eq!(said, format!("its process {} has the listener", ours().pid));
    }
}

#[test]
fn a_process_that_ended_or_whose_number_came_again_has_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut child = Command::new("sleep").arg("60").spawn().unwrap();
    let gone = ProcessId::of(child.id()).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(owned(&entry(address, gone)).unwrap_err().ends_with("has ended"));
    let again = ProcessId { start: ours().start + 1, ..ours() };
    assert!(owned(&entry(address, again)).unwrap_err().ends_with("has ended"));
}

#[test]
fn a_process_that_cannot_be_seen_from_here_is_not_trusted() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut elsewhere = ours();
    elsewhere.realm.pids += 1;
    let error = owned(&entry(listener.local_addr().unwrap(), elsewhere)).unwrap_err();
    assert!(error.ends_with("cannot be seen from here"), "{error}");
}

#[test]
fn a_port_that_another_has_now_is_not_the_owners() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut child = Command::new("sleep").arg("60").spawn().unwrap();
    let other = ProcessId::of(child.id()).unwrap();
    let stale = owned(&entry(address, other.clone())).unwrap_err();
    drop(listener);
    let closed = owned(&entry(address, other)).unwrap_err();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(stale.starts_with("somebody else than its process"), "{stale}");
    assert!(closed.contains("nobody listens at"), "{closed}");
}

#[test]
fn a_listener_that_was_handed_to_a_child_is_still_its_parents() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // The child has the listener as its standard input; our own copy is closed.
    let handed = Stdio::from(OwnedFd::from(listener));
    let mut child = Command::new("sleep").arg("60").stdin(handed).spawn().unwrap();
    let parents = owned(&entry(address, ours()));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(parents.is_ok(), "{parents:?}");
    assert!(owned(&entry(address, ours())).unwrap_err().contains("nobody listens"));
}

#[test]
fn a_nearer_listener_hides_a_wildcard_and_other_families_are_not_met() {
    let reach = |local: &str, wanted: &str| linux::reach(local.parse().unwrap(), wanted.parse().unwrap());
    assert_eq!(reach("127.0.0.1", "127.0.0.1"), Some(0));
    assert_eq!(reach("::ffff:127.0.0.1", "127.0.0.1"), Some(0));
    assert_eq!(reach("0.0.0.0", "127.0.0.1"), Some(1));
    assert_eq!(reach("::", "127.0.0.1"), Some(2));
    assert_eq!(reach("::", "::1"), Some(1));
    assert_eq!(reach("0.0.0.0", "::1"), None);
    assert_eq!(reach("127.0.0.2", "127.0.0.1"), None);
}
