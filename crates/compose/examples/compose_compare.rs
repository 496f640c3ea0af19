//! Asks the Docker Compose at hand about every project of `tests/conformance`, beside our reader. With `--record` its
//! answers are
//! kept for the tests. `cargo xtask compose` runs it.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for developers")]

#[path = "../tests/peer/mod.rs"]
mod peer;

use peer::{Peer, cases};
use std::fs;
use std::process::ExitCode;

fn main() -> ExitCode {
    let record = std::env::args().any(|arg| arg == "--record");
    let Some(peer) = Peer::find() else {
        eprintln!("missing: Docker Compose 2 or later, as `docker-compose`, `docker compose` or $DOCKER_COMPOSE");
        return ExitCode::from(2);
    };
    let (mut same, mut justified, mut differ) = (0, 0, 0);
    for case in cases() {
        let (ours, theirs) = (case.ours(), peer.answer(&case));
        match (case.agree(&ours, &theirs), &case.differs) {
            (true, None) => same += 1,
            (false, Some(reason)) => {
                justified += 1;
                println!("justified  {}: {reason}", case.name);
            }
            (agree, _) => {
                differ += 1;
                println!(
                    "DIFFERS    {} ({}){}\n  ours   {ours}\n  theirs {theirs}",
                    case.name,
                    case.purpose,
                    if agree { ": no difference any more" } else { "" }
                );
            }
        }
        if record {
            let text = serde_json::to_string_pretty(&theirs).expect("a value prints") + "\n";
            fs::write(case.root.join("answer.json"), text).expect("the answer can be written");
        }
    }
    println!("Docker Compose {}: {same} the same, {justified} justified, {differ} differ", peer.version);
    if differ == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
