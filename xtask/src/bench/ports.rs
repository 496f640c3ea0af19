//! 1,000 ports, taken by 8 processes at once: how long that takes, and how many ports two of them believe to be theirs.
//!
//! Each process says that it is ready; the time is from the moment all are told to begin until the last one has its 125 numbers.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use super::Built;
use super::row::Row;
use super::verify::Scratch;
use crate::peers;

const PROCESSES: usize = 8;
const EACH: &str = "125";
/// Rounds of each way, in turns.
const ROUNDS: usize = 9;
const PORTPICKER: &str = "0.1.1";
const PYTHON: &str = "portpicker==1.6.0";
const GET_PORT: &str = "7.2.0";

/// A way to take ports: its name and its command, or why it is not here.
struct Way {
    name: &'static str,
    command: Result<Vec<PathBuf>, String>,
}

/// What one way came to: milliseconds and ports taken twice, medians.
type Figures = Result<(f64, usize), String>;

pub(super) fn run(built: &Built) -> Result<Vec<Row>, String> {
    let what = ["--package", "xtask", "--features", "ports", "--bin", "ports"];
    let ours = built.build(&what, Path::new("ports"))?;
    let scratch = Scratch::new("ports")?;
    let of_ours = |way: &str, folder: PathBuf| Ok(vec![ours.clone(), way.into(), folder, EACH.into()]);
    let ledger = Way { name: "ledger", command: of_ours("ledger", scratch.0.join("state/ports")) };
    let peers = [
        Way { name: "without the ledger", command: of_ours("held", "-".into()) },
        Way { name: "bind to 0 and hold", command: of_ours("bind", "-".into()) },
        Way { name: RIVAL, command: portpicker(&scratch) },
        Way { name: "portpicker (Python)", command: portpicker_python() },
        Way { name: "get-port (npm)", command: get_port() },
    ];
    let ways: Vec<&Way> = std::iter::once(&ledger).chain(&peers).collect();
    let figures = measure(&ways);
    let (ms, twice) = figures[0].clone()?;
    let what = format!("{PROCESSES} processes, 1,000 ports, median of {ROUNDS}, in turns");
    let held = format!("ours, published in the ledger; {what}");
    let mut rows = vec![Row::absolute("ports-1000/taken-twice", count(twice), "ports", 0.0, &held)];
    for (peer, figures) in peers.iter().zip(&figures[1..]) {
        let job = format!("ports-1000/{}", peer.name.replace(' ', "-"));
        rows.push(match figures {
            Ok((theirs, twice)) => {
                let note = format!("peer: {}, {twice} ports taken twice; {what}", peer.name);
                Row::beside(&job, ms, *theirs, "ms", (peer.name == RIVAL).then_some(PROMISE), &note)
            }
            Err(problem) => Row::missing(&job, &format!("{} ({problem})", peer.name)),
        });
    }
    Ok(rows)
}

/// The fastest of those who pick a number that is free, and leave it to others to take it.
const RIVAL: &str = "portpicker (Rust)";
/// Ours holds what it gives and publishes it, in at most the rival's time.
const PROMISE: f64 = 1.0;

fn count(ports: usize) -> f64 {
    // There are 65,535 of them at most.
    u32::try_from(ports).map_or(f64::INFINITY, f64::from)
}

fn measure(ways: &[&Way]) -> Vec<Figures> {
    let mut all: Vec<Result<Vec<(f64, usize)>, String>> = ways.iter().map(|_| Ok(vec![])).collect();
    for _ in 0..ROUNDS {
        for (way, seen) in ways.iter().zip(&mut all) {
            let Ok(rounds) = seen else { continue };
            match way.command.clone().and_then(|command| round(&command)) {
                Ok(figures) => rounds.push(figures),
                Err(problem) => *seen = Err(problem),
            }
        }
    }
    let median = |rounds: Vec<(f64, usize)>| {
        let (mut times, mut twice): (Vec<_>, Vec<_>) = rounds.into_iter().unzip();
        times.sort_by(f64::total_cmp);
        twice.sort_unstable();
        (times[times.len() / 2], twice[twice.len() / 2])
    };
    all.into_iter().map(|rounds| rounds.map(median)).collect()
}

/// One process of a round, killed when it is dropped.
struct Taker {
    process: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Taker {
    /// Ready to begin.
    fn start(command: &[PathBuf]) -> Result<Self, String> {
        let mut program = Command::new(&command[0]);
        program.args(&command[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut process = program.spawn().map_err(|error| format!("{}: {error}", command[0].display()))?;
        let (Some(asks), Some(answers)) = (process.stdin.take(), process.stdout.take()) else {
            return Err("its streams are missing".to_owned());
        };
        let mut taker = Self { process, asks, answers: BufReader::new(answers) };
        match taker.line()?.as_str() {
            "ready" => Ok(taker),
            other => Err(format!("it is not ready and says `{other}`")),
        }
    }

    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line) {
            Ok(1..) => Ok(line.trim().to_owned()),
            Ok(0) => Err("it ended".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Drop for Taker {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Has all processes take their ports at once: milliseconds, and how many ports are with two of them.
fn round(command: &[PathBuf]) -> Result<(f64, usize), String> {
    let mut takers: Vec<Taker> = (0..PROCESSES).map(|_| Taker::start(command)).collect::<Result<_, _>>()?;
    let began = Instant::now();
    for taker in &mut takers {
        taker.asks.write_all(b"go\n").map_err(|error| error.to_string())?;
    }
    let answers: Vec<String> = takers.iter_mut().map(Taker::line).collect::<Result<_, _>>()?;
    let ms = began.elapsed().as_secs_f64() * 1e3;
    Ok((ms, taken_twice(&answers)?))
}

/// How many numbers are in two of the answers.
fn taken_twice(answers: &[String]) -> Result<usize, String> {
    let mut holders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (n, answer) in answers.iter().enumerate() {
        let numbers: Vec<&str> = answer.split_whitespace().collect();
        if numbers.len().to_string() != EACH {
            return Err(format!("it took {} ports", numbers.len()));
        }
        numbers.into_iter().for_each(|number| holders.entry(number).or_default().push(n));
    }
    Ok(holders.values().filter(|holders| holders.iter().any(|holder| *holder != holders[0])).count())
}

/// Built outside of this workspace: its dependencies are none of ours.
fn portpicker(scratch: &Scratch) -> Result<Vec<PathBuf>, String> {
    let root = peers::target().join("bench-peers").join(format!("portpicker-{PORTPICKER}"));
    peers::install(&root, || {
        let manifest = format!(
            "[package]\nname = \"portpicker-peer\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n\
             [[bin]]\nname = \"portpicker-peer\"\npath = \"main.rs\"\n[dependencies]\nportpicker = \"={PORTPICKER}\"\n"
        );
        scratch.write("Cargo.toml", &manifest)?;
        scratch.write("main.rs", include_str!("../bin/ports/portpicker.rs"))?;
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["install", "--quiet", "--path", ".", "--root"]).arg(&root).current_dir(&scratch.0);
        peers::step(cargo.env_remove("CARGO_TARGET_DIR"), "it needs the network once")
    })?;
    Ok(vec![root.join("bin/portpicker-peer"), EACH.into()])
}

fn portpicker_python() -> Result<Vec<PathBuf>, String> {
    let venv = peers::target().join("bench-peers").join(PYTHON);
    let python = peers::python(&venv, &[PYTHON])?;
    let script = venv.join("take.py");
    fs::write(&script, include_str!("../bin/ports/portpicker.py")).map_err(|error| error.to_string())?;
    Ok(vec![python, script, EACH.into()])
}

fn get_port() -> Result<Vec<PathBuf>, String> {
    let root = peers::target().join("bench-peers").join(format!("get-port-{GET_PORT}"));
    peers::install(&root, || {
        fs::create_dir_all(&root).map_err(|error| error.to_string())?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(&root);
        peers::step(
            npm.arg(format!("get-port@{GET_PORT}")),
            "on Debian: apt-get install nodejs npm; it needs the network once",
        )
    })?;
    let script = root.join("take.mjs");
    fs::write(&script, include_str!("../bin/ports/get-port.mjs")).map_err(|error| error.to_string())?;
    Ok(vec!["node".into(), script, EACH.into()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_counts_as_taken_twice_when_two_processes_have_it_and_not_when_one_has_it_twice() {
        let answer = |first: usize, twice: bool| {
            let numbers = (first..first + 125).map(|n| if twice { first } else { n }.to_string());
            numbers.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(taken_twice(&[answer(1000, false), answer(2000, true)]), Ok(0));
        assert_eq!(taken_twice(&[answer(1000, false), answer(1120, false), answer(1123, false)]), Ok(125));
        assert_eq!(taken_twice(&["1 2".to_owned()]), Err("it took 2 ports".to_owned()));
    }
}
