//! The moment between two programs: nobody has the port open, and nobody else may take it.

use super::Scene;
use crate::child::Child;
use bootproof_ports::{
    Held, PortError,
    ledger::{Published, Service, State},
    reserve, reserve_in,
};
use std::any::Any;

/// In a second process: closes the last port and keeps its claim.
pub(super) fn release(kept: &mut Vec<Box<dyn Any>>) -> String {
    let held = kept.pop().unwrap().downcast::<Held>().unwrap();
    let published = held.published().unwrap().clone();
    published.releasing().unwrap();
    drop(held);
    kept.push(Box::new(published));
    "ok".into()
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn a_port_that_is_handed_over_is_nobody_elses_until_its_holder_ends() {
    let scene = Scene::new();
    let mut holder = Child::start();
    assert_eq!(holder.ask(&format!("ledger reserve {} chat 18000", scene.words())), "18000");
    assert_eq!(holder.ask(&format!("ledger release {}", scene.words())), "ok");
    let error = reserve_in(&scene.spec(18_000), &scene.ledger, &Service::new("shop")).unwrap_err();
    let PortError::Claimed { port: 18_000, by, .. } = &error else { panic!("{error}") };
    assert_eq!(*by, format!("`api` of `chat` (pid {})", holder.pid()));
    let moved = scene.hold(18_000, 18_000..=18_001, &Service::new("shop"));
    assert_eq!((moved.port(), moved.moved_from()), (18_001, Some(18_000)));
    let entry = scene.ledger.entries().unwrap().remove(0);
    assert_eq!((entry.state, entry.owner.pid), (State::Releasing, holder.pid()));
    let other_address = scene.spec(18_000).host(bootproof_ports::Host::Address("127.0.0.1".parse().unwrap()));
    assert!(!matches!(
        reserve_in(&other_address, &scene.ledger, &Service::new("shop")),
        Err(PortError::Claimed { .. })
    ));
    drop(reserve(&scene.spec(18_000)).expect("the kernel has nothing against it"));
    drop(holder);
    assert_eq!(reserve_in(&scene.spec(18_000), &scene.ledger, &Service::new("shop")).unwrap().port(), 18_000);
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn what_was_handed_over_lives_with_the_program_that_has_it() {
    let scene = Scene::new();
    let held = reserve_in(&scene.spec(18_000), &scene.ledger, &Service::new("chat")).unwrap();
    let published: Published = held.published().unwrap().clone();
    published.releasing().unwrap();
    drop(held);
    let program = Child::listening_at((scene.ip, 18_000).into());
    published.handed_over(program.pid()).unwrap();
    let entries = scene.fresh().entries().unwrap();
    assert!(matches!(&entries[..], [e] if e.lives_by().pid == program.pid() && e.owner.pid == std::process::id()));
    drop(program);
    assert!(scene.fresh().entries().unwrap().is_empty());
    published.handed_over(u32::MAX).unwrap_err();
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn an_entry_whose_port_is_not_open_is_not_shown_although_its_process_lives() {
    let scene = Scene::new();
    let held = reserve_in(&scene.spec(18_000), &scene.ledger, &Service::new("chat")).unwrap();
    let published = held.published().unwrap().clone();
    assert_eq!(scene.ledger.entries().unwrap().len(), 1);
    drop(held);
    assert!(scene.ledger.entries().unwrap().is_empty());
    drop(published);
}
