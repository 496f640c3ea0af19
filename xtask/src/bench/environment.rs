//! A `.env` of 100 and of 10,000 variables, read and checked: beside pydantic-settings and dotenv-linter, on the same files.
//!
//! `src/bin/environment` writes the files and measures our library in process. Libraries are compared with libraries, in process, and
//! commands with commands, from start to exit. A peer that cannot be installed is named in its row.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Built;
use super::graph::number;
use super::process::{Program, medians};
use super::row::Row;
use super::verify::Scratch;
use crate::peers;

const PYDANTIC: [&str; 2] = ["pydantic-settings==2.16.3", "pydantic==2.14.3"];
const DOTENV_LINTER: &str = "4.0.0";

/// Our command that checks by `bootproof.toml`, where `.env` is read.
const CHECK: [&str; 4] = ["env", "check", "--env", "development"];

/// Our time is less than the peer's.
const OF_PEER: f64 = 1.0;

/// How much is measured, how often, and what it may take.
struct Size {
    variables: usize,
    /// Runs in process.
    runs: usize,
    /// Runs of whole processes, and of peers in process.
    processes: usize,
    /// The promise for the library.
    library: f64,
    /// For reading the schema: what a hand-written reader of a TOML schema takes as a whole process, rounded up.
    file: f64,
}

const SIZES: [Size; 2] = [
    Size { variables: 100, runs: 501, processes: 21, library: 1.0, file: 2.0 },
    Size { variables: 10_000, runs: 31, processes: 5, library: 25.0, file: 43.0 },
];

/// The peers, or why they are not here.
struct Peers {
    python: Result<PathBuf, String>,
    linter: Result<PathBuf, String>,
}

pub(super) fn run(built: &Built) -> Result<Vec<Row>, String> {
    let what = ["--package", "xtask", "--features", "environment", "--bin", "environment"];
    let ours = built.build(&what, Path::new("environment"))?;
    let bootproof = built.bootproof()?;
    let peers = Peers::installed();
    let mut rows = vec![];
    for size in SIZES {
        let scratch = Scratch::new(&format!("environment-{}", size.variables))?;
        let library = size.library(&ours, &scratch, &mut rows)?;
        rows.push(size.beside_library(library, &peers.python, &scratch));
        let check = Program::new(&bootproof, &CHECK, &scratch.0);
        let pydantic = peers.python.clone().map(|python| Program::new(&python, &["settings.py"], &scratch.0));
        let linter = peers
            .linter
            .clone()
            .map(|linter| Program::new(&linter, &["check", "--plain", "--skip-updates", ".env"], &scratch.0));
        rows.push(size.beside_command("pydantic-settings", &check, pydantic, Some(OF_PEER)));
        // It looks at the style of the lines and knows no schema: shown, and not to be met.
        rows.push(size.beside_command("dotenv-linter", &check, linter, None));
    }
    Ok(rows)
}

impl Peers {
    fn installed() -> Self {
        let folder = peers::target().join("bench-peers");
        Self {
            python: peers::python(&folder.join(PYDANTIC[0]), &PYDANTIC),
            linter: dotenv_linter(&folder.join(format!("dotenv-linter-{DOTENV_LINTER}"))),
        }
    }
}

/// Built from source with its own lock file, which takes minutes once.
fn dotenv_linter(root: &Path) -> Result<PathBuf, String> {
    peers::install(root, || {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["install", "--quiet", "--locked", "--version", DOTENV_LINTER, "dotenv-linter", "--root"]).arg(root);
        // Its build is none of ours, and is thrown away.
        peers::step(cargo.env_remove("CARGO_TARGET_DIR").current_dir("/"), "it needs the network once")
    })?;
    Ok(root.join("bin/dotenv-linter"))
}

impl Size {
    fn job(&self, what: &str) -> String {
        format!("environment-{}/{what}", self.variables)
    }

    /// Writes the files into `scratch` and measures the library: its milliseconds.
    fn library(&self, program: &Path, scratch: &Scratch, rows: &mut Vec<Row>) -> Result<f64, String> {
        let numbers = [self.variables, self.runs].map(|number| number.to_string());
        let output = Command::new(program).arg(&scratch.0).args(numbers).output().map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout);
        let milliseconds = |key: &str| {
            let problem = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
            number(&text, key).map(|nanoseconds| nanoseconds / 1e6).ok_or_else(problem)
        };
        let (library, file) = (milliseconds("library_ns")?, milliseconds("file_ns")?);
        let note = |what: &str| format!("{what}, in process, median of {}", self.runs);
        let (env, toml) = (note("`.env` read and resolved"), note("`bootproof.toml` read"));
        rows.push(Row::absolute(&self.job("library"), library, "ms", self.library, &env));
        rows.push(Row::absolute(&self.job("file"), file, "ms", self.file, &toml));
        Ok(library)
    }

    /// Our library beside pydantic-settings' `Settings()`, which it times itself.
    fn beside_library(&self, ours: f64, python: &Result<PathBuf, String>, scratch: &Scratch) -> Row {
        let job = self.job("library/pydantic-settings");
        let measured = python.clone().and_then(|python| {
            let mut command = Command::new(python);
            command.current_dir(&scratch.0).env_clear().args(["settings.py", &self.processes.to_string()]);
            let output = command.output().map_err(|error| error.to_string())?;
            let nanoseconds = String::from_utf8_lossy(&output.stdout).trim().parse::<f64>();
            nanoseconds.map_err(|_| last_line(&String::from_utf8_lossy(&output.stderr)))
        });
        match measured {
            Ok(peer) => {
                let note =
                    format!("peer: {} in process, model built before, median of {}", PYDANTIC[0], self.processes);
                Row::beside(&job, ours, peer / 1e6, "ms", Some(OF_PEER), &note)
            }
            Err(problem) => Row::without_peer(&job, ours, "ms", OF_PEER, &format!("{} ({problem})", PYDANTIC[0])),
        }
    }

    /// Our command beside a peer's, run in turns.
    fn beside_command(&self, name: &str, ours: &Program, peer: Result<Program, String>, target: Option<f64>) -> Row {
        let job = self.job(&format!("command/{name}"));
        let style = if target.is_none() { ", which knows no schema" } else { "" };
        let note = format!("peer: {name}{style}; whole process, median of {}, in turns", self.processes);
        let row = match peer {
            Ok(peer) => medians(&[ours.clone(), peer], self.processes)
                .map(|[ours, peer]| Row::beside(&job, ours, peer, "ms", target, &note)),
            Err(problem) => medians(std::array::from_ref(ours), self.processes)
                .map(|[ours]| Row::without_peer(&job, ours, "ms", OF_PEER, &format!("{name} ({problem})"))),
        };
        row.unwrap_or_else(|problem| Row::impossible(&job, &problem))
    }
}

/// What a Python program died of.
fn last_line(stderr: &str) -> String {
    stderr.trim().lines().last().unwrap_or("it said nothing").to_owned()
}
