//! `cargo xtask compose`: our reader of Compose files beside the real `docker-compose`, on the projects in
//! `crates/compose/tests/conformance`.
//!
//! The comparison is an example of `bootproof-compose`, so that this program stays small. It needs no engine.

use std::process::{Command, ExitCode};

/// Asks Docker Compose and us, compares, and with `--record` keeps its answers for the tests.
pub(crate) fn main(args: &[&str]) -> ExitCode {
    if !matches!(args, [] | ["--record"]) {
        return crate::usage("`compose` takes `--record` and nothing else");
    }
    let mut compare = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    compare.args(["run", "--quiet", "--package", "bootproof-compose", "--example", "compose_compare", "--"]).args(args);
    match compare.current_dir(crate::root()).status() {
        Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::from(2), ExitCode::from),
        Err(error) => {
            eprintln!("xtask: cargo run: {error}");
            ExitCode::from(2)
        }
    }
}
