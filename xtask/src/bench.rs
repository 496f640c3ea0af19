//! `cargo xtask bench`: the release program beside its peers, in one run, so that ratios mean something.
//!
//! A job is a name and a function that returns rows; a new capability adds its job to [`JOBS`].

mod check_tcp;
mod environment;
mod graph;
mod owner;
mod ports;
mod process;
mod row;
mod verify;
mod wait;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use row::Row;

/// A measurement: its name, and what it does.
type Job = (&'static str, fn(&Built) -> Result<Vec<Row>, String>);

const JOBS: [Job; 8] = [
    ("verify-embedded", verify::embedded),
    ("verify-canaries", verify::canaries),
    ("check-tcp", check_tcp::run),
    ("graph-10000", graph::run),
    ("environment", environment::run),
    ("wait", wait::run),
    ("ports-1000", ports::run),
    ("owner-10000", owner::run),
];

/// Where release programs are, built when they are asked for.
struct Built {
    release: PathBuf,
}

pub(crate) fn main(args: &[&str]) -> ExitCode {
    if let Some((&process::PEAK, command)) = args.split_first() {
        return process::print_peak(command);
    }
    if let [wait::POLL, address] = args {
        return wait::poll(address);
    }
    let (job, json) = match parse(args) {
        Ok(parsed) => parsed,
        Err(problem) => return crate::usage(&problem),
    };
    let built = Built::new();
    let mut rows = Vec::new();
    for (name, run) in JOBS.iter().filter(|(name, _)| job.is_none_or(|job| job == *name)) {
        eprintln!("xtask: measuring {name}");
        match run(&built) {
            Ok(measured) => rows.extend(measured),
            Err(problem) => {
                eprintln!("xtask: {name}: {problem}");
                rows.push(Row::impossible(name, &problem));
            }
        }
    }
    print!("{}", if json { row::json(&rows) } else { row::table(&rows) });
    if rows.iter().any(|row| row.met == Some(false)) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn parse<'a>(args: &[&'a str]) -> Result<(Option<&'a str>, bool), String> {
    let (mut job, mut json) = (None, false);
    let mut words = args.iter().flat_map(|word| word.split('='));
    while let Some(word) = words.next() {
        match word {
            "--format" => match words.next() {
                Some("text") => json = false,
                Some("json") => json = true,
                _ => return Err("`--format` is text or json".to_owned()),
            },
            name if JOBS.iter().any(|(known, _)| *known == name) && job.is_none() => job = Some(name),
            name => {
                return Err(format!("unknown job `{name}`: it is one of {}", JOBS.map(|(name, _)| name).join(", ")));
            }
        }
    }
    Ok((job, json))
}

impl Built {
    fn new() -> Self {
        Self { release: crate::peers::target().join("release") }
    }

    /// The command, built for release.
    fn bootproof(&self) -> Result<PathBuf, String> {
        self.build(&["--package", "bootproof-cli", "--bin", "bootproof"], Path::new("bootproof"))
    }

    /// The program that does nothing, built with the same settings.
    fn empty(&self) -> Result<PathBuf, String> {
        self.build(&["--package", "xtask", "--bin", "empty"], Path::new("empty"))
    }

    fn build(&self, what: &[&str], program: &Path) -> Result<PathBuf, String> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--release", "--quiet"]).args(what).current_dir(crate::root()).stdout(Stdio::null());
        let status = cargo.status().map_err(|error| format!("cargo build: {error}"))?;
        let path = self.release.join(program);
        match status.success() && path.is_file() {
            true => Ok(path),
            false => Err(format!("cannot build {} ({status})", program.display())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_and_a_format_are_taken_and_anything_else_is_refused() {
        assert_eq!(parse(&[]), Ok((None, false)));
        assert_eq!(parse(&["check-tcp", "--format", "json"]), Ok((Some("check-tcp"), true)));
        assert_eq!(parse(&["--format=text"]), Ok((None, false)));
        for wrong in [&["fast"][..], &["--format"], &["--format", "xml"], &["check-tcp", "graph-10000"]] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
