//! The owner of a port is the process that has it, as far as that may be seen.

use crate::{child::Child, numbers::Row};
use bootproof_ports::{Owner, PortError, PortSpec, reserve};
use std::time::{Duration, SystemTime};

fn owner_of(port: u16) -> Owner {
    match reserve(&PortSpec::new("api", port)) {
        Err(PortError::Busy { owner, .. }) => owner,
        other => panic!("the port should be busy: {other:?}"),
    }
}

#[test]
fn a_port_held_by_a_child_process_has_that_child_as_its_owner() {
    let row = Row::of(1);
    let child = Child::listening_at(([127, 0, 0, 1], row.first).into());
    let Owner::Process { pid, command, others, about, .. } = owner_of(row.first) else { panic!("not seen") };
    assert_eq!((pid, others), (child.pid(), 0));
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap();
    assert_eq!(command, name.trim_end());
    let line = about.line.unwrap();
    assert!(line.ends_with(" --exact --ignored --nocapture --skip ***"), "what may be a secret is hidden: {line}");
    let age = SystemTime::now().duration_since(about.since.unwrap() - Duration::from_secs(2)).unwrap();
    assert!(age < Duration::from_secs(600), "{age:?}");
}

#[test]
fn a_port_held_by_this_process_has_it_as_its_owner() {
    let row = Row::of(1);
    let _held = reserve(&PortSpec::new("api", row.first)).unwrap();
    let Owner::Process { pid, .. } = owner_of(row.first) else { panic!("not seen") };
    assert_eq!(pid, std::process::id());
}

#[test]
fn root_sees_the_process_of_another_user_with_its_name() {
    let row = Row::of(1);
    let mut child = Child::of_nobody();
    assert_eq!(child.ask(&format!("listen 127.0.0.1:{}", row.first)), "ok");
    let Owner::Process { pid, user, .. } = owner_of(row.first) else { panic!("not seen") };
    assert_eq!((pid, user.as_str()), (child.pid(), "nobody"));
}

#[test]
fn a_process_that_may_not_be_looked_into_is_an_unknown_owner_and_the_port_is_not_free() {
    let row = Row::of(1);
    let mut hidden = Child::listening_at(([127, 0, 0, 1], row.first).into());
    assert_eq!(hidden.ask("hide"), "ok");
    let mut looker = Child::of_nobody();
    let said = looker.ask(&format!("reserve localhost {}", row.first));
    assert!(said.ends_with("is held by unknown owner (another user's process, user root)"), "{said}");
}
