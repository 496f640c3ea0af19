//! What a developer and CI both run: `cargo xtask test`, `cargo xtask bench`, `cargo xtask dotenv`, `cargo xtask compose`,
//! `cargo xtask tidy`.
//!
//! Each command has a folder of its own and returns its exit code.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command for people; it has no library to keep quiet")]

mod bench;
mod compose;
mod dotenv;
mod peers;
mod test;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test [--env ENV] [--category unit|integration|e2e] [--keyword WORD]
    Installs the servers that are missing (Debian), runs the tests on servers of its own, and ends with
    `N passed, N failed`. ENV (development, test, staging or production) is the environment in which the tests
    of the command run their main scenario; staging without it. unit: tests inside src/. integration: the tests/ folders of the libraries.
    e2e: those of the command. Without a category also the examples in the documentation.
    WORD: only tests whose name contains it.
cargo xtask bench [JOB] [--format text|json]
    Builds the release program and measures it side by side with its peers.
cargo xtask dotenv [--record]
    Reads the `.env` files of crates/env/tests/dotenv with our reader, with python-dotenv and with node's dotenv (both
    installed below target/), and fails on every difference without a reason. --record keeps their answers for the tests.
cargo xtask compose [--record]
    Reads the projects of crates/compose/tests/conformance with our reader and with `docker-compose config` ($DOCKER_COMPOSE,
    `docker-compose` or `docker compose`), and fails on every difference without a reason. --record keeps its answers for the tests.
cargo xtask tidy
    Checks the rules that no compiler knows: who depends on whom, a page per code, documented variables.
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.split_first() {
        Some((&"test", rest)) => test::main(rest),
        Some((&"bench", rest)) => bench::main(rest),
        Some((&"dotenv", rest)) => dotenv::main(rest),
        Some((&"compose", rest)) => compose::main(rest),
        Some((&"tidy", [])) => tidy::main(),
        Some((&("help" | "-h" | "--help"), [])) => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => usage("unknown command"),
    }
}

/// Says what was wrong with the command line.
fn usage(problem: &str) -> ExitCode {
    eprint!("xtask: {problem}\n\n{USAGE}");
    ExitCode::from(2)
}

/// The workspace's folder.
fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}
