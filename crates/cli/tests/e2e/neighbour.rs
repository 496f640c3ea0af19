//! Programs beside the one that is tested: somebody else's listener, and a service of ours that `bootproof run` started.

use crate::{
    run::{said, until},
    setup::*,
};
use bootproof_testkit::{Sandbox, sandbox::Run, sandbox::Running};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
};

/// Answers every request on `$s` with `$text`.
const ANSWERS: &str = r#"
$SIG{PIPE} = 'IGNORE';
for (;;) {
    accept(my $c, $s) or next;
    sysread $c, my $request, 4096;
    syswrite $c, "HTTP/1.1 200 OK\r\nContent-Length: " . length($text) . "\r\nConnection: close\r\n\r\n$text";
    close $c;
}
"#;

/// Binds as a careless program does: with SO_REUSEADDR, on one family only.
const BINDS: &str = r#"use strict; use Socket; $| = 1;
my ($ip, $port, $text, $share) = @ARGV;
my $v6 = $ip =~ /:/;
socket my $s, $v6 ? PF_INET6 : PF_INET, SOCK_STREAM, 0 or die $!;
setsockopt $s, 41, 26, 1 if $v6;
setsockopt $s, SOL_SOCKET, SO_REUSEADDR, 1;
setsockopt $s, SOL_SOCKET, SO_REUSEPORT, 1 if $share;
my $at = $v6 ? pack_sockaddr_in6($port, Socket::inet_pton(AF_INET6, $ip)) : pack_sockaddr_in($port, inet_aton($ip));
bind $s, $at or die $!;
listen $s, 50 or die $!;
my ($got) = $v6 ? unpack_sockaddr_in6(getsockname $s) : unpack_sockaddr_in(getsockname $s);
print "listens $got\n";
"#;

/// Takes the socket that it is given.
const TAKES: &str = r#"use strict; $| = 1; my $text = $ARGV[0];
open my $s, '+<&=3' or die $!;
print "serves $$ $ENV{API_PORT}\n";
"#;

/// A program of somebody else's that listens and answers every request with one text. Dropping it ends it.
pub struct Neighbour {
    running: Running,
    pub at: SocketAddr,
    _sandbox: Sandbox,
}

impl Neighbour {
    /// One at `ip`, at `port`, or at any with 0.
    pub fn at(ip: impl Into<IpAddr>, port: u16, text: &str) -> Self {
        Self::begin(ip.into(), port, &[text])
    }

    /// One on 127.0.0.1, anywhere.
    pub fn anywhere(text: &str) -> Self {
        Self::at(Ipv4Addr::LOCALHOST, bootproof_testkit::free_port(), text)
    }

    /// One that lets others of its user listen at the same address, by SO_REUSEPORT.
    pub fn sharing(port: u16, text: &str) -> Self {
        Self::begin(Ipv4Addr::LOCALHOST.into(), port, &[text, "share"])
    }

    fn begin(ip: IpAddr, port: u16, words: &[&str]) -> Self {
        let sandbox = Sandbox::new();
        sandbox.write("neighbour.pl", script());
        let (ip_text, port) = (ip.to_string(), port.to_string());
        let args = ["neighbour.pl", &ip_text, &port].into_iter().chain(words.iter().copied());
        let running = sandbox.command("perl").args(args).spawn();
        let at = SocketAddr::new(ip, said(&running, "listens").parse().unwrap());
        Self { running, at, _sandbox: sandbox }
    }

    pub fn pid(&self) -> i32 {
        self.running.pid()
    }

    /// What it answers.
    pub fn answer(&self) -> String {
        answer(self.at)
    }
}

/// What whoever listens at `at` answers to a GET.
pub fn answer(at: SocketAddr) -> String {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(crate::run::SOON)).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text.rsplit_once("\r\n\r\n").map_or(text.clone(), |(_, body)| body.to_owned())
}

/// Where programs of one test remember and publish their ports; no other test sees it.
pub struct State(Sandbox);

impl State {
    pub fn new() -> Self {
        Self(Sandbox::new())
    }

    /// The folder. The first program makes it.
    pub fn folder(&self) -> PathBuf {
        self.0.home().join("state")
    }

    /// `run` with this state.
    pub fn with(&self, run: Run) -> Run {
        run.var("BOOTPROOF_STATE_DIR", self.folder())
    }
}

/// A service that `bootproof run` started with its socket, and that answers every request with one text. Dropping it ends both.
pub struct Served {
    running: Running,
    /// The program.
    pub pid: i32,
    pub port: u16,
    pub sandbox: Sandbox,
}

impl Served {
    /// The service that `toml` describes, with a port `api` on 127.0.0.1 alone.
    pub fn start(state: &State, toml: &str, text: &str) -> Self {
        let sandbox = service(toml);
        sandbox.write("serves.pl", format!("{TAKES}{ANSWERS}"));
        let running = state.with(crate::run::run(&sandbox, &[], &["perl", "serves.pl", text])).spawn();
        let told = said(&running, "serves");
        let (pid, port) = told.split_once(' ').unwrap();
        Self { pid: pid.parse().unwrap(), port: port.parse().unwrap(), running, sandbox }
    }

    pub fn at(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Ends both at once, so that nobody can take anything back.
    pub fn kill(self) -> u16 {
        for pid in [self.running.pid(), self.pid] {
            kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
        }
        until("the program's end", || (!crate::run::lives(self.pid)).then_some(()));
        self.port
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // The command itself ends by what it is dropped with; its program would live on.
        let _ = kill(Pid::from_raw(self.pid), Signal::SIGKILL);
    }
}

/// `bootproof verify --format json` with this state.
pub async fn verified(state: &State, sandbox: &Sandbox, vars: &[(String, String)], args: &[&str]) -> Report {
    let all = [&["verify", "--format", "json"][..], args].concat();
    let run = state.with(bootproof(sandbox, "development", &all)).vars(vars.iter().cloned());
    Report::of(run.run().await)
}

/// The program of a [`Neighbour`], in Perl: its arguments are address, port and what it answers.
pub fn script() -> String {
    format!("{BINDS}{ANSWERS}")
}

/// What stands in the journal of `state`.
pub fn journal(state: &Path) -> String {
    std::fs::read_to_string(state.join("ports/journal")).unwrap_or_default()
}
