//! Shows what we, python-dotenv and node's dotenv read from the same files, side by side. Started by `cargo xtask dotenv` with
//! the fresh answers of both; fails on every difference that has no reason in `tests/dotenv/differences.txt`.

#![expect(clippy::print_stdout, reason = "a command for people")]

#[path = "../tests/dotenv/compare.rs"]
mod compare;

use compare::{Answers, PEERS, answers, differences, files, justified, ours, recorded, sha256};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [python, node] = paths.as_slice() else {
        println!("usage: dotenv_compare PYTHON.json NODE.json");
        return ExitCode::from(2);
    };
    let fresh = [answers(Path::new(python)), answers(Path::new(node))];
    let (files, justified) = (files(), justified());
    let (mut wrong, mut listed) = (0, 0);
    for (peer, answers) in PEERS.into_iter().zip(&fresh) {
        wrong += usize::from(!is_recorded(peer, answers));
        for (place, difference) in differences(&files, peer, answers) {
            let reason = justified.get(&place);
            println!("{place}: {difference}\n    {}", reason.map_or("NOT JUSTIFIED", String::as_str));
            *if reason.is_some() { &mut listed } else { &mut wrong } += 1;
        }
    }
    let values: usize = files.values().map(|text| ours(text).len()).sum();
    println!("{values} values in {} files: {listed} justified differences, {wrong} faults", files.len());
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether the test that compares us with the recorded answers has the same ones.
fn is_recorded(peer: &str, fresh: &Answers) -> bool {
    println!("{peer}: {}", fresh.tool);
    let old = recorded(peer);
    let same = old.files == fresh.files;
    let now = files().iter().all(|(name, text)| fresh.files.get(name).is_some_and(|file| file.sha256 == sha256(text)));
    if !same || !now {
        println!("{peer}: the recorded answers ({}) are others: run `cargo xtask dotenv --record`", old.tool);
    }
    same && now
}
