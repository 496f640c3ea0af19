//! Five plain TCP services that are up, checked by the whole process: beside an empty program and wait4x.

use std::net::TcpListener;
use std::path::PathBuf;
use std::thread;

use super::Built;
use super::process::{Program, medians};
use super::row::Row;
use super::verify::Scratch;

const RUNS: usize = 200;
/// At most so many times an empty program.
const OF_EMPTY: f64 = 2.5;
/// At most so much of what wait4x takes.
const OF_WAIT4X: f64 = 0.5;

pub(super) fn run(built: &Built) -> Result<Vec<Row>, String> {
    let addresses: Vec<String> = (0..5).map(|_| listener()).collect::<Result<_, _>>()?;
    let scratch = Scratch::new("check-tcp")?;
    scratch.write("bootproof.toml", &declaration(&addresses))?;
    let ours = Program::new(&built.bootproof()?, &["check"], &scratch.0);
    let empty = Program::new(&built.empty()?, &[], &scratch.0);
    let words: Vec<&str> = std::iter::once("tcp").chain(addresses.iter().map(String::as_str)).collect();
    let wait4x = on_path("wait4x").map(|program| Program::new(&program, &words, &scratch.0));

    let note = |peer: &str| format!("peer: {peer}; whole process, median of {RUNS}, in turns");
    let (empty_job, wait4x_job) = ("check-tcp/empty", "check-tcp/wait4x");
    let Some(wait4x) = wait4x else {
        let [ours, empty] = medians(&[ours, empty], RUNS)?;
        return Ok(vec![
            Row::beside(empty_job, ours, empty, "ms", Some(OF_EMPTY), &note("an empty Rust program")),
            Row::without_peer(wait4x_job, ours, "ms", OF_WAIT4X, "wait4x"),
        ]);
    };
    let [ours, empty, wait4x] = medians(&[ours, empty, wait4x], RUNS)?;
    Ok(vec![
        Row::beside(empty_job, ours, empty, "ms", Some(OF_EMPTY), &note("an empty Rust program")),
        Row::beside(wait4x_job, ours, wait4x, "ms", Some(OF_WAIT4X), &note("wait4x")),
    ])
}

/// A listener that lets everybody in and drops them, for as long as we live.
fn listener() -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    thread::spawn(move || listener.incoming().for_each(drop));
    Ok(address.to_string())
}

fn declaration(addresses: &[String]) -> String {
    let services =
        addresses.iter().enumerate().map(|(n, address)| format!("\n[tcp.service{n}]\naddress = \"{address}\"\n"));
    format!("[service]\nname = \"five-services\"\n{}", services.collect::<String>())
}

/// A program on the path.
pub(super) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|found| found.is_file())
}
