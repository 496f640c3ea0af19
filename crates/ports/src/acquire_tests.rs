//! Two processes that want one port at the same moment, ten thousand times. Losers are not asked who won: that takes milliseconds.

use super::*;
use crate::ledger::Ledger;
use bootproof_core::Vars;
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::Ipv4Addr,
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr as Name, UnixListener, UnixStream},
    },
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

const RACES: usize = 10_000;

/// Killed when dropped.
struct Racer(Child);

impl Drop for Racer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Racer {
    fn start(meeting: &str, folder: &Path, ip: IpAddr, side: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["acquire::tests::racer", "--exact", "--ignored", "--nocapture"]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let told = format!("{meeting} {} {ip} {side}\n", folder.display());
        process.stdin.take().unwrap().write_all(told.as_bytes()).unwrap();
        Self(process)
    }

    /// How often it won, how often both did, and how often none.
    fn result(&mut self) -> [usize; 3] {
        let lines = BufReader::new(self.0.stdout.take().unwrap()).lines().map(Result::unwrap);
        let line = lines.filter_map(|line| Some(line.split_once("@ ")?.1.to_owned())).next().expect("a result");
        let numbers: Vec<_> = line.split(' ').map(|word| word.parse().unwrap()).collect();
        numbers.try_into().unwrap()
    }
}

#[test]
#[ignore = "not a test: another one runs it as a second process"]
fn racer() {
    let line = io::stdin().lines().next().unwrap().unwrap();
    let [meeting, folder, ip, side] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let ip: Ipv4Addr = ip.parse().unwrap();
    let [.., high, low] = ip.octets();
    let spec = PortSpec::new("api", u16::from_be_bytes([high, low])).host(crate::Host::Address(ip.into()));
    let result = race(&Ledger::at(folder), &spec, meet(meeting, side));
    writeln!(io::stdout(), "@ {} {} {}", result[0], result[1], result[2]).unwrap();
}

fn meet(meeting: &str, side: &str) -> UnixStream {
    let name = Name::from_abstract_name(meeting).unwrap();
    if side == "listen" {
        return UnixListener::bind_addr(&name).unwrap().accept().unwrap().0;
    }
    loop {
        match UnixStream::connect_addr(&name) {
            Ok(stream) => return stream,
            Err(_) => thread::yield_now(),
        }
    }
}

/// Every other race is without the ledger, whose lock keeps the two apart before the kernel does.
fn race(ledger: &Ledger, spec: &PortSpec, mut other: UnixStream) -> [usize; 3] {
    let mut swap = |said: u8| {
        let mut answer = [0];
        other.write_all(&[said]).unwrap();
        other.read_exact(&mut answer).unwrap();
        answer[0]
    };
    let (service, mut result) = (Service::new("chat"), [0; 3]);
    for n in 0..RACES {
        let wanted = vec![Wanted::of(spec, &Vars::default()).unwrap()];
        swap(0);
        let bound = match n % 2 {
            0 => ledger.in_turn(|turn| acquire_in(turn, wanted, &service, &Blanks::default())).unwrap(),
            _ => acquire(wanted),
        };
        let won = bound[0].search.found().is_some();
        let theirs = swap(u8::from(won)) == 1;
        result[0] += usize::from(won);
        result[1] += usize::from(won && theirs);
        result[2] += usize::from(!won && !theirs);
    }
    result
}

#[test]
fn of_two_services_that_race_for_one_port_exactly_one_wins_every_time() {
    let root = tempfile::tempdir().unwrap();
    // A number that no other test has, on any address; it is the end of the address, too.
    let [high, low] = bootproof_testkit::free_port().to_be_bytes();
    let ip = IpAddr::from([127, 78, high, low]);
    let meeting = format!("bootproof-race-{ip}");
    let start = |side| Racer::start(&meeting, &root.path().join("ports"), ip, side);
    let (mut a, mut b) = (start("listen"), start("connect"));
    let ([a, both, none], [b, ..]) = (a.result(), b.result());
    assert_eq!((both, none), (0, 0), "races with two winners, and with none");
    assert_eq!(a + b, RACES);
}
