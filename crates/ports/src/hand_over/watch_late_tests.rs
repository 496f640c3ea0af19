//! Released ports of which something was told, and what becomes of them later.

use super::*;
use crate::{
    Host, PortError, PortSpec,
    ledger::{Ledger, Service},
    reserve_in,
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{net::TcpListener, process::Command};

fn somewhere() -> SocketAddr {
    ([127, 0, 0, 1], bootproof_testkit::free_port()).into()
}

fn released(at: SocketAddr, entry: Option<Published>) -> Watch {
    let mut watch = Watch::default();
    watch.released(Released::new("api".into(), Protocol::Tcp, vec![at], entry));
    watch
}

fn codes(news: &[News]) -> Vec<&str> {
    let code = |news: &News| match news {
        News::Trouble(diagnosis) => diagnosis.code,
        News::Lost(_) => "lost",
        News::Proven { .. } => "proven",
        News::Unproven { .. } => "unproven",
        News::Late { .. } => "late",
    };
    news.iter().map(code).collect()
}

#[test]
fn a_program_that_listens_after_it_was_told_to_be_missing_is_proven_and_nobody_gets_its_number_meanwhile() {
    let (at, folder) = (somewhere(), tempfile::tempdir().unwrap());
    let ledger = Ledger::at(folder.path().join("ports"));
    let spec = PortSpec::new("api", at.port()).host(Host::Address(at.ip()));
    let held = reserve_in(&spec, &ledger, &Service::new("chat")).unwrap();
    let entry = held.published().unwrap().clone();
    entry.releasing().unwrap();
    drop(held);
    let (ours, mut watch) = (std::process::id(), released(at, Some(entry)));
    assert_eq!(codes(&watch.look(ours, LISTENS_WITHIN)), ["PORT-031"]);
    assert!(watch.is_over() && watch.may_still_come() && watch.look(ours, LISTENS_WITHIN).is_empty(), "told once");
    let other = reserve_in(&spec, &ledger, &Service::new("shop"));
    assert!(matches!(other, Err(PortError::Claimed { .. })), "{other:?}");
    let _listener = TcpListener::bind(at).unwrap();
    assert_eq!(codes(&watch.look(ours, LISTENS_WITHIN * 2)), ["late", "proven"]);
    assert_eq!(ledger.entries().unwrap().len(), 1, "it is published as the program's");
    assert!(!watch.may_still_come() && watch.look(ours, LISTENS_WITHIN * 2).is_empty());
}

#[test]
fn a_port_that_was_told_to_be_unproven_is_proven_when_that_can_be_seen() {
    let at = somewhere();
    let _listener = TcpListener::bind(at).unwrap();
    let (ours, mut watch) = (std::process::id(), released(at, None));
    // As when the owner of the listener may not be looked into.
    let port = watch.released.pop().unwrap();
    let unproven = port.unproven("it cannot be seen".into());
    let mut news = vec![];
    watch.take_in(port, Some(unproven), ours, &mut news);
    assert_eq!(codes(&news), ["unproven"]);
    assert!(watch.is_over() && watch.may_still_come());
    assert_eq!(codes(&watch.look(ours, Duration::from_secs(1))), ["late", "proven"]);
}

/// A process that listens and is nobody's child here. It ends by itself, should a test fail.
fn a_stranger(at: SocketAddr) -> Pid {
    let text = "use Socket; socket my $s, PF_INET, SOCK_STREAM, 0; bind $s, pack_sockaddr_in($ARGV[0], \
                inet_aton('127.0.0.1')) or die $!; listen $s, 1; if (my $pid = fork) { print $pid; exit 0 } \
                close STDOUT; close STDERR; sleep 20;";
    let output = Command::new("perl").args(["-e", text, &at.port().to_string()]).output().unwrap();
    Pid::from_raw(String::from_utf8(output.stdout).unwrap().parse().unwrap())
}

#[test]
fn somebody_else_wins_while_the_program_may_take_its_time_and_is_only_told_later() {
    let at = somewhere();
    let stranger = a_stranger(at);
    let ours = std::process::id();
    let early = codes(&released(at, None).look(ours, Duration::from_secs(1))) == ["lost"];
    let mut watch = released(at, None);
    let late = codes(&watch.look(ours, LISTENS_WITHIN)) == ["PORT-030"];
    let once = watch.look(ours, LISTENS_WITHIN).is_empty() && watch.may_still_come();
    kill(stranger, Signal::SIGKILL).unwrap();
    assert_eq!((early, late, once), (true, true, true));
}
