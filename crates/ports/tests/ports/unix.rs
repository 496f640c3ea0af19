//! A Unix socket is held, refused or put in the place of a dead one; what is no dead socket is never touched.

use crate::{
    child::Child,
    contract::{fix, rig},
};
use bootproof_core::{Change, Fix, Standing, Step};
use bootproof_ports::{HeldUnix, Owner, PortError, PortSpec, PortsFix, UnixSpec, UnixTrouble, hold_unix};
use bootproof_testkit::contract::upholds_the_contract;
use std::{
    fs,
    io::{Read, Write},
    os::unix::{
        fs::{FileTypeExt, PermissionsExt},
        net::{UnixDatagram, UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
    sync::Barrier,
};
use tempfile::TempDir;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("api.sock");
    (folder, path)
}

fn spec(path: &Path) -> UnixSpec {
    UnixSpec::new("api", path)
}

fn unix(path: &Path) -> PortsFix {
    fix([]).unix_sockets(vec![spec(path)])
}

fn trouble(path: &Path) -> UnixTrouble {
    match hold_unix(&spec(path)) {
        Err(PortError::Unix { trouble, .. }) => trouble,
        other => panic!("it should be refused: {other:?}"),
    }
}

/// A socket file on which nobody listens any more, as a killed process leaves it.
fn dead(path: &Path) {
    drop(UnixListener::bind(path).unwrap());
    assert!(fs::symlink_metadata(path).unwrap().file_type().is_socket());
}

/// What is in the folder, for people.
fn list(folder: &TempDir) -> String {
    let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    format!("{names:?}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unix_socket_upholds_the_contract() {
    let (folder, path) = folder();
    upholds_the_contract(&unix(&path), rig, async || list(&folder)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abstract_socket_upholds_the_contract() {
    let name = format!("@bootproof-test-{}", std::process::id());
    let bound = || fs::read_to_string("/proc/net/unix").unwrap().lines().filter(|line| line.ends_with(&name)).count();
    upholds_the_contract(&unix(Path::new(&name)), rig, async || bound().to_string()).await;
}

#[tokio::test]
async fn what_is_held_serves_clients_is_proven_and_is_gone_when_dropped() {
    let (folder, path) = folder();
    let rig = rig();
    let (_, change, proof) = rig.run(&unix(&path)).await.unwrap();
    assert_eq!(proof.standing, Standing::Proven);
    assert!(change.made[0].contains("api.sock"), "{change:?}");
    let evidence: String = rig.evidence().iter().map(|e| e.saw.clone() + "\n").collect();
    assert!(evidence.contains("inode ") && evidence.contains("came out of our listener"), "{evidence}");
    assert!(evidence.contains("refused: the address is in use"), "{evidence}");
    let held = rig.shelf().get::<HeldUnix>("ports/api").unwrap();
    let mut client = UnixStream::connect(&path).unwrap();
    let (mut server, _) = held.listener().unwrap().accept().unwrap();
    client.write_all(b"x").unwrap();
    server.read_exact(&mut [0]).unwrap();
    drop((held, rig));
    assert_eq!(list(&folder), "[]");
}

#[test]
fn a_live_listener_is_a_conflict_with_its_owner_named_and_lives_on() {
    let (_folder, path) = folder();
    let mut child = Child::start();
    assert_eq!(child.ask(&format!("unix {}", path.display())), "ok");
    let UnixTrouble::Busy(Owner::Process { pid, .. }) = trouble(&path) else { panic!("not seen") };
    assert_eq!(pid, child.pid());
    UnixStream::connect(&path).unwrap();
}

#[test]
fn an_abstract_name_in_use_is_a_conflict_with_its_owner_named() {
    let name = format!("@bootproof-busy-{}", std::process::id());
    let mut child = Child::start();
    assert_eq!(child.ask(&format!("hold-unix {name}")), "ok");
    let UnixTrouble::Busy(Owner::Process { pid, .. }) = trouble(Path::new(&name)) else { panic!("not seen") };
    assert_eq!(pid, child.pid());
}

#[test]
fn a_listener_with_a_full_queue_one_that_is_not_listening_yet_and_one_for_datagrams_are_not_dead() {
    let (_folder, path) = folder();
    let mut child = Child::start();
    assert_eq!(child.ask(&format!("unix-bind {}", path.display())), "ok");
    assert!(matches!(trouble(&path), UnixTrouble::Busy(Owner::Process { pid, .. }) if pid == child.pid()));
    let other = path.with_extension("full");
    let full = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
    full.bind(&socket2::SockAddr::unix(&other).unwrap()).unwrap();
    full.listen(0).unwrap();
    let _in_line = UnixStream::connect(&other).unwrap();
    assert!(matches!(trouble(&other), UnixTrouble::Busy(Owner::Process { .. })));
    let other = path.with_extension("datagrams");
    let _datagrams = UnixDatagram::bind(&other).unwrap();
    assert!(matches!(trouble(&other), UnixTrouble::Busy(Owner::Process { .. })));
}

#[tokio::test]
async fn a_dead_socket_file_is_replaced_and_that_is_told() {
    let (folder, path) = folder();
    dead(&path);
    let rig = rig();
    let (found, change, _) = rig.run(&unix(&path)).await.unwrap();
    assert!(format!("{found:?}").contains("nobody listens on the socket file"), "{found:?}");
    assert!(change.made[0].contains("in the place of a file on which nobody listened any more"), "{change:?}");
    assert_eq!(list(&folder), "[\"api.sock\"]");
    assert!(rig.shelf().get::<HeldUnix>("ports/api").unwrap().has_replaced());
}

#[tokio::test]
async fn looking_at_a_dead_socket_file_leaves_it_there() {
    let (folder, path) = folder();
    dead(&path);
    let before = list(&folder);
    unix(&path).inspect(&rig().cx(Step::Inspect)).await.unwrap();
    assert_eq!(list(&folder), before);
}

#[test]
fn what_is_no_socket_is_refused_and_untouched() {
    let (folder, path) = folder();
    fs::write(&path, "precious").unwrap();
    assert_eq!(trouble(&path).to_string(), "cannot be made: its path is a regular file, which is left untouched");
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    assert!(trouble(folder.path()).to_string().contains("is a folder"));
    let link = folder.path().join("link");
    let target = folder.path().join("target");
    dead(&target);
    std::os::unix::fs::symlink(&target, &link).unwrap();
    assert!(trouble(&link).to_string().contains("is a symbolic link"));
    assert!(target.exists() || fs::symlink_metadata(&target).is_ok());
}

#[test]
fn paths_that_cannot_be_and_folders_that_are_not_there_are_told_apart() {
    let (folder, path) = folder();
    let long = folder.path().join("x".repeat(120));
    assert!(matches!(trouble(&long), UnixTrouble::Path(why) if why.ends_with("107 are the most")));
    for empty in ["", "@"] {
        assert!(matches!(trouble(Path::new(empty)), UnixTrouble::Path(_)));
    }
    let missing = folder.path().join("missing/api.sock");
    assert!(matches!(trouble(&missing), UnixTrouble::Folder(why) if why.ends_with("is not there")));
    fs::write(&path, "").unwrap();
    assert!(matches!(trouble(&path.join("api.sock")), UnixTrouble::Folder(why) if why.ends_with("is no folder")));
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let said = Child::of_nobody().ask(&format!("hold-unix {}", folder.path().join("y").display()));
    assert!(said.contains("may not read, write and search"), "{said}");
}

#[test]
fn the_permissions_are_as_declared() {
    let (_folder, path) = folder();
    let _held = hold_unix(&spec(&path).mode(0o600)).unwrap();
    assert_eq!(fs::symlink_metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_file_that_somebody_put_in_the_place_of_ours_is_not_removed() {
    let (_folder, path) = folder();
    let held = hold_unix(&spec(&path)).unwrap();
    fs::remove_file(&path).unwrap();
    let theirs = UnixListener::bind(&path).unwrap();
    drop(held);
    UnixStream::connect(&path).unwrap();
    drop(theirs);
}

#[tokio::test]
async fn a_socket_whose_file_was_replaced_or_removed_is_not_proven() {
    let (_folder, path) = folder();
    let (fix, rig) = (unix(&path), rig());
    rig.run(&fix).await.unwrap();
    fs::remove_file(&path).unwrap();
    let prove = async || fix.prove(&rig.cx(Step::Prove), &Change::nothing()).await.unwrap_err().code;
    assert_eq!(prove().await, "PORT-015");
    let _theirs = UnixListener::bind(&path).unwrap();
    assert_eq!(prove().await, "PORT-015");
    rig.shelf().take::<HeldUnix>("ports/api");
    assert_eq!(prove().await, "PORT-007");
}

#[tokio::test]
async fn a_socket_whose_connections_somebody_else_accepts_is_not_proven_and_early_clients_are_kept() {
    let (_folder, path) = folder();
    let (fix, rig) = (unix(&path), rig());
    rig.run(&fix).await.unwrap();
    let held = rig.shelf().get::<HeldUnix>("ports/api").unwrap();
    let _early = UnixStream::connect(&path).unwrap();
    fix.prove(&rig.cx(Step::Prove), &Change::nothing()).await.unwrap();
    assert_eq!(held.take_early().len(), 1);
    let thief = held.listener().unwrap();
    let (cx, change) = (rig.cx(Step::Prove), Change::nothing());
    let mut phase = std::pin::pin!(fix.prove(&cx, &change));
    let mut stolen = vec![];
    let proof = std::future::poll_fn(|context| {
        // Steals each time the proof waits for something, before it goes on.
        let polled = phase.as_mut().poll(context);
        stolen.extend(thief.accept());
        polled
    });
    let diagnosis = proof.await.unwrap_err();
    assert_eq!((stolen.len(), diagnosis.code), (1, "PORT-015"));
    assert!(diagnosis.what.contains("accepted no connection of ours"), "{diagnosis}");
}

#[tokio::test]
async fn one_name_or_one_path_twice_is_refused() {
    let (_folder, path) = folder();
    let code = async |fix: PortsFix| fix.inspect(&rig().cx(Step::Inspect)).await.unwrap_err().code;
    assert_eq!(code(fix([PortSpec::new("api", 0)]).unix_sockets(vec![spec(&path)])).await, "PORT-006");
    let twice = vec![spec(&path), UnixSpec::new("other", &path)];
    assert_eq!(code(fix([]).unix_sockets(twice)).await, "PORT-006");
}

#[tokio::test]
async fn a_port_and_a_socket_that_fail_are_told_together_and_none_is_held() {
    let (_folder, path) = folder();
    fs::write(&path, "").unwrap();
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = PortSpec::new("web", busy.local_addr().unwrap().port());
    let both = fix([port]).unix_sockets(vec![spec(&path)]);
    let diagnosis = both.inspect(&rig().cx(Step::Inspect)).await.unwrap_err();
    assert_eq!(diagnosis.code, "PORT-002");
    assert!(diagnosis.to_string().contains("a regular file"), "{diagnosis}");
}

#[test]
fn of_many_who_race_for_a_dead_path_exactly_one_wins_and_its_file_stays() {
    let (folder, path) = folder();
    const RACERS: usize = 4;
    let (start, done) = (Barrier::new(RACERS), Barrier::new(RACERS));
    for _ in 0..100 {
        dead(&path);
        let race = || {
            start.wait();
            let held = hold_unix(&spec(&path));
            done.wait();
            let answers = held.is_ok() && UnixStream::connect(&path).is_ok();
            let won = held.is_ok();
            done.wait();
            drop(held);
            (won, answers)
        };
        let won = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..RACERS).map(|_| scope.spawn(race)).collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).filter(|(won, _)| *won).collect::<Vec<_>>()
        });
        assert_eq!(won, [(true, true)], "one winner, and clients reach it");
        assert_eq!(list(&folder), "[]");
    }
}
