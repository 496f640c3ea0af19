//! A ledger that does not serve: the port is held all the same, and why it is not published is told.

use super::Scene;
use crate::child::Child;
use bootproof_ports::{
    Held,
    ledger::{Ledger, LedgerError, Service},
    reserve_in,
};
use std::{
    fs::{self, File, Permissions},
    os::unix::fs::PermissionsExt,
    time::{Duration, Instant},
};

fn hold(scene: &Scene, ledger: &Ledger) -> Held {
    reserve_in(&scene.spec(18_000), ledger, &Service::new("chat")).unwrap()
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn a_lock_that_a_stopped_process_keeps_is_waited_for_once_and_then_no_more() {
    let scene = Scene::new();
    drop(hold(&scene, &scene.ledger));
    let lock = File::open(scene.ledger.folder().join("lock")).unwrap();
    lock.lock().unwrap();
    let began = Instant::now();
    let held = hold(&scene, &scene.ledger);
    let waited = began.elapsed();
    assert!(matches!(held.unpublished(), Some(LedgerError::Locked { .. })), "{:?}", held.unpublished());
    assert!((Ledger::PATIENCE..Ledger::PATIENCE * 3).contains(&waited), "{waited:?}");
    drop(held);
    let began = Instant::now();
    assert!(hold(&scene, &scene.ledger).unpublished().is_some());
    assert!(began.elapsed() < Ledger::PATIENCE / 2, "{:?}", began.elapsed());
    let elsewhere = scene.fresh();
    assert!(elsewhere.entries().unwrap().is_empty(), "reading needs no lock");
    lock.unlock().unwrap();
    assert!(hold(&scene, &scene.ledger).published().is_some());
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn an_entry_that_ends_while_the_lock_is_kept_is_struck_out_later() {
    let scene = Scene::new();
    let held = hold(&scene, &scene.ledger);
    let lock = File::open(scene.ledger.folder().join("lock")).unwrap();
    lock.lock().unwrap();
    let began = Instant::now();
    drop(held);
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    lock.unlock().unwrap();
    let other = reserve_in(&scene.spec(18_001), &scene.ledger, &Service::new("chat")).unwrap();
    let journal = fs::read_to_string(scene.ledger.folder().join("journal")).unwrap();
    assert!(journal.contains("\"gone\""), "{journal}");
    assert!(other.published().is_some());
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn a_folder_that_cannot_be_made_or_is_not_safe_costs_the_entry_and_not_the_port() {
    let scene = Scene::new();
    let file = tempfile::NamedTempFile::new().unwrap();
    let held = hold(&scene, &Ledger::at(file.path().join("ports")));
    assert!(matches!(held.unpublished(), Some(LedgerError::Folder { .. })), "{:?}", held.unpublished());
    drop(held);
    drop(hold(&scene, &scene.ledger));
    fs::set_permissions(scene.ledger.folder(), Permissions::from_mode(0o777)).unwrap();
    let held = hold(&scene, &scene.fresh());
    assert!(matches!(held.unpublished(), Some(LedgerError::Unsafe { .. })), "{:?}", held.unpublished());
    assert!(matches!(scene.fresh().entries(), Err(LedgerError::Unsafe { .. })));
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn another_users_folder_is_neither_written_nor_believed() {
    let scene = Scene::new();
    drop(hold(&scene, &scene.ledger));
    let before = fs::read(scene.ledger.folder().join("journal")).unwrap();
    let root = scene.ledger.folder().parent().unwrap();
    for folder in [root, scene.ledger.folder()] {
        fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
    }
    let said = Child::of_nobody().ask(&format!("ledger reserve {} chat 18000", scene.words()));
    assert!(said.starts_with("18000, unpublished: ") && said.contains("belongs to another user"), "{said}");
    assert_eq!(fs::read(scene.ledger.folder().join("journal")).unwrap(), before);
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn a_full_disk_costs_the_entry_and_not_the_port_and_leaves_no_half_line() {
    let scene = Scene::new();
    let first = hold(&scene, &scene.ledger);
    let journal = scene.ledger.folder().join("journal");
    let before = fs::read(&journal).unwrap();
    // A kilobyte is full after two entries.
    let mut child = Child::with_files_of_one_kilobyte();
    let said: Vec<_> =
        (18_001..18_006).map(|port| child.ask(&format!("ledger reserve {} shop {port}", scene.words()))).collect();
    let published = said.iter().filter(|said| said.len() == 5).count();
    assert!((1..4).contains(&published), "{said:?}");
    assert!(said[published..].iter().all(|said| said.contains("cannot be read or written")), "{said:?}");
    let after = fs::read(&journal).unwrap();
    assert!(after.starts_with(&before) && after.ends_with(b"\n"));
    assert_eq!(scene.fresh().entries().unwrap().len(), 1 + published);
    drop((first, child));
    assert!(scene.fresh().entries().unwrap().is_empty());
    assert_eq!(scene.aside(), 0);
}
