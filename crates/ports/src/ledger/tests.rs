//! The journal on a real disk: torn, damaged, removed, of another version, and too long.

use super::{Entry, Ledger, Life, ProcessId, Service, line::Event, memory::Memory};
use crate::{PortSpec, reserve_in};
use proptest::prelude::*;
use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

/// A ledger in a folder of its own.
fn ledger() -> (TempDir, Ledger) {
    let root = tempfile::tempdir().unwrap();
    let ledger = Ledger::at(root.path().join("ports"));
    (root, ledger)
}

fn journal(ledger: &Ledger) -> PathBuf {
    ledger.folder().join("journal")
}

fn text(ledger: &Ledger) -> String {
    fs::read_to_string(journal(ledger)).unwrap()
}

fn append(path: &Path, bytes: &[u8]) {
    OpenOptions::new().append(true).open(path).unwrap().write_all(bytes).unwrap();
}

/// An entry of this process; nobody listens there.
fn entry(name: &str, number: u16) -> Arc<Entry> {
    let at = vec![([127, 0, 0, 1], number).into()];
    let entry = Entry::new(&PortSpec::new(name, number), number, at, &Service::new("chat"), ProcessId::ours().unwrap());
    Arc::new(entry)
}

fn line(entry: &Arc<Entry>) -> String {
    String::from_utf8(Event::Entry(Arc::clone(entry)).line()).unwrap()
}

/// What a process that comes now reads there.
fn names(ledger: &Ledger) -> Vec<String> {
    let fresh = Ledger::at(ledger.folder());
    let mut names = fresh.in_turn(|turn| turn.memory().entries().map(|e| e.port.clone()).collect::<Vec<_>>()).unwrap();
    names.sort();
    names
}

fn aside(ledger: &Ledger) -> Vec<PathBuf> {
    let all = fs::read_dir(ledger.folder()).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.to_string_lossy().contains("corrupt")).collect()
}

#[test]
fn what_is_held_is_published_and_what_is_dropped_is_struck_out() {
    let (_root, ledger) = ledger();
    assert!(ledger.entries().unwrap().is_empty() && !ledger.folder().exists(), "looking makes nothing");
    let spec = PortSpec { scheme: Some("http".into()), ..PortSpec::new("api", 0) };
    let service = Service::new("chat").project("/srv/chat");
    let held = reserve_in(&spec, &ledger, &service).unwrap();
    let entries = Ledger::at(ledger.folder()).entries().unwrap();
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((entry.service.as_str(), entry.port.as_str(), entry.instance), ("chat", "api", service.instance));
    assert_eq!((&entry.addresses, entry.number()), (&held.addresses(), held.port()));
    assert_eq!(entry.url(), Some(format!("http://127.0.0.1:{}", held.port())));
    assert_eq!((&entry.owner, entry.owner.life()), (&ProcessId::ours().unwrap(), Life::Alive));
    assert_eq!(held.published().unwrap().entry(), *entry);
    drop(held);
    assert!(ledger.entries().unwrap().is_empty());
    assert_eq!(names(&ledger), [""; 0]);
}

#[test]
fn a_torn_last_line_is_passed_over_and_the_next_one_begins_afresh() {
    let (_root, ledger) = ledger();
    ledger.write(&entry("a", 1)).unwrap();
    let whole = line(&entry("torn", 2));
    for length in 1..whole.len() {
        let before = text(&ledger);
        append(&journal(&ledger), &whole.as_bytes()[..length]);
        assert_eq!(names(&ledger), ["a"], "torn after {length} bytes");
        assert_eq!(text(&ledger), before);
    }
    append(&journal(&ledger), &whole.as_bytes()[..9]);
    ledger.write(&entry("b", 3)).unwrap();
    assert_eq!(names(&ledger), ["a", "b"]);
    assert!(aside(&ledger).is_empty(), "a torn line is nothing to tell of");
}

#[test]
fn a_damaged_journal_is_set_aside_and_told_and_its_good_lines_are_kept() {
    let (_root, ledger) = ledger();
    ledger.write(&entry("a", 1)).unwrap();
    append(&journal(&ledger), b"\x00\xffnonsense\n{}\n");
    let damaged = fs::read(journal(&ledger)).unwrap();
    ledger.write(&entry("b", 2)).unwrap();
    assert_eq!(names(&ledger), ["a", "b"]);
    let kept = aside(&ledger);
    assert_eq!(kept.iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>(), [damaged]);
    let notes = ledger.notes();
    assert!(notes.len() == 1 && notes[0].contains("2 of its lines cannot be read"), "{notes:?}");
    assert!(notes[0].contains(&*kept[0].to_string_lossy()), "{notes:?}");
    assert_eq!(ledger.notes(), [""; 0], "each is told once");
}

#[test]
fn of_the_journals_that_were_set_aside_the_newest_are_kept() {
    let (_root, ledger) = ledger();
    for n in 0..6 {
        ledger.write(&entry(&format!("p{n}"), n)).unwrap();
        append(&journal(&ledger), b"nonsense\n");
        std::thread::sleep(std::time::Duration::from_millis(2)); // their names are times
    }
    assert_eq!(names(&ledger).len(), 6);
    assert_eq!(aside(&ledger).len(), 3);
}

#[test]
fn a_journal_that_is_longer_than_any_of_ours_is_set_aside_unread() {
    let (_root, ledger) = ledger();
    ledger.write(&entry("a", 1)).unwrap();
    OpenOptions::new().write(true).open(journal(&ledger)).unwrap().set_len(1 << 30).unwrap();
    let fresh = Ledger::at(ledger.folder());
    fresh.write(&entry("b", 2)).unwrap();
    assert_eq!(names(&ledger), ["b"]);
    ledger.write(&entry("c", 3)).unwrap();
    assert_eq!(names(&ledger), ["a", "b", "c"], "who has it still writes it again");
}

#[test]
fn what_somebody_removed_is_written_again_by_those_who_have_it() {
    let (root, ledger) = ledger();
    ledger.write(&entry("a", 1)).unwrap();
    fs::remove_file(journal(&ledger)).unwrap();
    ledger.write(&entry("b", 2)).unwrap();
    assert_eq!(names(&ledger), ["a", "b"]);
    fs::remove_dir_all(root.path().join("ports")).unwrap();
    ledger.write(&entry("c", 3)).unwrap();
    assert_eq!(names(&ledger), ["a", "b", "c"]);
}

#[test]
fn a_line_of_a_newer_version_is_kept_and_not_interpreted() {
    let (_root, ledger) = ledger();
    ledger.write(&entry("a", 1)).unwrap();
    let newer = "{\"v\":2,\"entry\":{\"what\":[1]}}\n";
    append(&journal(&ledger), newer.as_bytes());
    append(&journal(&ledger), b"broken\n"); // so that all is written anew
    ledger.write(&entry("b", 2)).unwrap();
    assert_eq!(names(&ledger), ["a", "b"]);
    assert!(text(&ledger).contains(newer), "{}", text(&ledger));
}

#[test]
fn a_long_life_does_not_make_the_journal_long_and_others_follow() {
    let (_root, ledger) = ledger();
    let other = Ledger::at(ledger.folder());
    for n in 0..1000 {
        let held = reserve_in(&PortSpec::new("api", 0), &ledger, &Service::new("chat")).unwrap();
        if n % 100 == 0 {
            assert_eq!(other.entries().unwrap().len(), 1);
        }
        drop(held);
        assert!(text(&ledger).lines().count() <= 501);
    }
    assert!(other.entries().unwrap().is_empty());
}

#[test]
fn entries_of_ended_processes_and_former_boots_are_struck_out_and_those_from_elsewhere_are_not() {
    let (_root, ledger) = ledger();
    let of = |name: &str, change: fn(&mut ProcessId)| {
        let mut entry = entry(name, 1);
        change(&mut Arc::make_mut(&mut entry).owner);
        line(&entry)
    };
    ledger.write(&entry("alive", 1)).unwrap();
    let lines = [
        of("another start", |owner| owner.start += 1),
        of("another container", |owner| owner.realm.pids += 1),
        of("another machine", |owner| (owner.realm.boot, owner.realm.machine) = ("b".into(), Some("m".into()))),
    ];
    append(&journal(&ledger), lines.concat().as_bytes());
    let mut boot = entry("another boot", 1);
    Arc::make_mut(&mut boot).owner.realm.boot = "b".into();
    let has_id = boot.owner.realm.machine.is_some();
    append(&journal(&ledger), line(&boot).as_bytes());
    let mut left = vec!["alive", "another container", "another machine"];
    if !has_id {
        left.insert(1, "another boot"); // a machine without an id cannot say that it was its own
    }
    assert_eq!(names(&ledger), left);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    /// Whatever a disk does to one place of the journal: nothing panics, and lines that it did not touch are kept.
    #[test]
    fn damage_costs_only_the_lines_it_hits(at in 0.0..1.0_f64, with in proptest::collection::vec(any::<u8>(), 0..40), take in 0_usize..40) {
        let lines: Vec<String> = (1..=6).map(|n| line(&entry(&format!("p{n}"), n))).collect();
        let whole = lines.concat().into_bytes();
        let from = (whole.len() as f64 * at) as usize;
        let to = (from + take).min(whole.len());
        let damaged = [&whole[..from], &with, &whole[to..]].concat();
        let (_root, ledger) = ledger();
        fs::create_dir(ledger.folder()).unwrap();
        fs::write(journal(&ledger), &damaged).unwrap();
        let read = names(&ledger);
        let mut start = 0;
        for (n, line) in lines.iter().enumerate() {
            let end = start + line.len();
            // A line is untouched when it and the end of the one before it are.
            if end <= from || start.saturating_sub(1) >= to && (start == 0 || start > to) {
                prop_assert!(read.contains(&format!("p{}", n + 1)), "p{} of {read:?}", n + 1);
            }
            start = end;
        }
        let mut again = Memory::default();
        prop_assert_eq!(again.read(&fs::read(journal(&ledger)).unwrap()).1, 0, "what is left can be read");
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        Memory::default().read(&bytes);
    }
}
