//! The owner of a port whose process has 10,000 sockets open: in our own process, and as a whole process beside ss and lsof.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::Built;
use super::graph::number;
use super::process::{Program, medians};
use super::row::Row;

const SOCKETS: &str = "10000";
/// The most that one look may take, in milliseconds.
const LIMIT: f64 = 50.0;
const RUNS: usize = 15;

pub(super) fn run(built: &Built) -> Result<Vec<Row>, String> {
    let program = built.build(&["--package", "xtask", "--features", "owner", "--bin", "owner"], Path::new("owner"))?;
    let holder = Holder::start(&program)?;
    let port = holder.port.to_string();
    let output = Command::new(&program).args(["time", &port]).output().map_err(|error| error.to_string())?;
    let nanoseconds = number(&String::from_utf8_lossy(&output.stdout), "median_ns")
        .ok_or_else(|| format!("the program owner printed no time: {}", String::from_utf8_lossy(&output.stderr)))?;
    let note = format!("one look in a running process, {SOCKETS} listening sockets in the owner's");
    let mut rows = vec![Row::absolute("owner-10000/look", nanoseconds / 1e6, "ms", LIMIT, &note)];
    for (name, args) in [
        ("ss", vec!["-Hltnp".to_owned(), format!("sport = :{port}")]),
        ("lsof", vec!["-nP".to_owned(), format!("-iTCP:{port}"), "-sTCP:LISTEN".to_owned()]),
    ] {
        rows.push(beside(&program, &port, name, &args)?);
    }
    Ok(rows)
}

fn beside(program: &Path, port: &str, name: &str, args: &[String]) -> Result<Row, String> {
    let job = format!("owner-10000/{name}");
    let ours = Program::new(program, &["look", port], Path::new("/"));
    let Some(peer) = on_path(name) else {
        let [ours] = medians(&[ours], RUNS)?;
        return Ok(Row::without_peer(&job, ours, "ms", 1.0, name));
    };
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let [ours, theirs] = medians(&[ours, Program::new(&peer, &args, Path::new("/"))], RUNS)?;
    let note = format!("peer: {name} {}; whole process, median of {RUNS}, in turns", args.join(" "));
    Ok(Row::beside(&job, ours, theirs, "ms", None, &note))
}

/// A process that has the sockets open, ended when dropped.
struct Holder {
    process: Child,
    port: u16,
}

impl Holder {
    fn start(program: &Path) -> Result<Self, String> {
        let mut command = Command::new(program);
        command.args(["hold", SOCKETS]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let process = command.spawn().map_err(|error| format!("{}: {error}", program.display()))?;
        let mut holder = Self { process, port: 0 };
        let mut line = String::new();
        let stdout = holder.process.stdout.take().ok_or("no stdout")?;
        BufReader::new(stdout).read_line(&mut line).map_err(|error| error.to_string())?;
        let limit = "raise the limit of open files (`ulimit -n`)";
        holder.port = line.trim().parse().map_err(|_| format!("{SOCKETS} sockets could not be opened: {limit}"))?;
        Ok(holder)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        // It is our own child; both fail only when it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|found| found.is_file())
}
