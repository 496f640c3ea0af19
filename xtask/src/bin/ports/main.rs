//! One of the processes that take ports at the same time. `cargo xtask bench ports-1000` starts eight.
//!
//! Says "ready", waits for a line, takes the ports, prints their numbers on one line, and keeps them until stdin ends. The peers beside
//! this file do the same. Words: `ledger FOLDER COUNT`, `held - COUNT` (ours without the ledger), `bind - COUNT` (the bare system call).

use bootproof_ports::{
    Held, PortSpec,
    ledger::{Ledger, Service},
    reserve, reserve_in,
};
use std::{
    error::Error,
    io::{self, Read, Write},
    net::TcpListener,
};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [way, folder, count] = words.as_slice() else { return Err("three words, see there".into()) };
    let (ledger, service) = (Ledger::at(folder), Service::new("bench"));
    let count: usize = count.parse()?;
    let mut out = io::stdout();
    writeln!(out, "ready")?;
    io::stdin().read_line(&mut String::new())?;
    let mut numbers = vec![];
    let (mut held, mut bound): (Vec<Held>, Vec<TcpListener>) = (vec![], vec![]);
    for n in 0..count {
        let spec = PortSpec::new(format!("p{n}"), 0);
        match way.as_str() {
            "ledger" => held.push(published(reserve_in(&spec, &ledger, &service)?)?),
            "held" => held.push(reserve(&spec)?),
            _ => bound.push(TcpListener::bind(("127.0.0.1", 0))?),
        }
        numbers.extend(held.get(n).map(Held::port));
        numbers.extend(bound.get(n).map(|listener| listener.local_addr().map(|at| at.port())).transpose()?);
    }
    let text: Vec<_> = numbers.iter().map(ToString::to_string).collect();
    writeln!(out, "{}", text.join(" "))?;
    io::stdin().read_to_end(&mut vec![])?;
    Ok(())
}

/// Without its entry it would be another measurement.
fn published(held: Held) -> Result<Held, String> {
    match held.unpublished() {
        None => Ok(held),
        Some(error) => Err(error.to_string()),
    }
}
