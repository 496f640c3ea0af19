//! Looks for the owner of a port whose process has many sockets open. `cargo xtask bench owner-10000` calls it.
//!
//! `owner hold N` opens N listening sockets, prints the port of the last one, and keeps them until its stdin ends;
//! `owner look PORT` finds the owner once; `owner time PORT` prints `{"median_ns": N}` of many looks in one process.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command; it has no library to keep quiet")]

use bootproof_ports::{Host, Owner, PortStatus, Protocol, state_of};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::{
    io::Read,
    net::{Ipv4Addr, TcpListener},
    process::ExitCode,
    time::Instant,
};

const LOOKS: usize = 51;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["hold", count] => count.parse().map_err(|_| "no number".to_owned()).and_then(hold),
        ["look", port] => port.parse().map_err(|_| "no port".to_owned()).and_then(look).map(drop),
        ["time", port] => port.parse().map_err(|_| "no port".to_owned()).and_then(time),
        _ => Err("hold N, look PORT or time PORT".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("owner: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn hold(count: usize) -> Result<(), String> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).map_err(|error| error.to_string())?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most).map_err(|error| error.to_string())?;
    // A hundred loopback addresses, so that the numbers of one do not run out.
    let address = |n: usize| Ipv4Addr::new(127, 1, 0, u8::try_from(n % 100 + 1).unwrap_or(1));
    let open = |n| TcpListener::bind((address(n), 0));
    let mut sockets: Vec<TcpListener> = (1..count).map(open).collect::<Result<_, _>>().map_err(|e| e.to_string())?;
    sockets.push(TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?);
    let last = sockets.last().and_then(|socket| socket.local_addr().ok()).ok_or("no socket")?;
    println!("{}", last.port());
    std::io::stdin().read_to_end(&mut vec![]).map(drop).map_err(|error| error.to_string())
}

fn look(port: u16) -> Result<u32, String> {
    let host = Host::Address(Ipv4Addr::LOCALHOST.into());
    match state_of(host, port, Protocol::Tcp).status {
        PortStatus::Held { owner: Owner::Process { pid, .. }, .. } => Ok(pid),
        other => Err(format!("the owner is not found: {other}")),
    }
}

fn time(port: u16) -> Result<(), String> {
    let mut times = vec![];
    for _ in 0..LOOKS {
        let since = Instant::now();
        look(port)?;
        times.push(since.elapsed());
    }
    times.sort_unstable();
    println!("{{\"median_ns\": {}}}", times[LOOKS / 2].as_nanos());
    Ok(())
}
