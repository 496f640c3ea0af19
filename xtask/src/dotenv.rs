//! `cargo xtask dotenv`: our reader of dotenv files beside python-dotenv and node's dotenv, on the files in `crates/env/tests/dotenv`.
//!
//! What the two answer comes from two small scripts beside this file. The comparison is an example of `bootproof-env`, so that
//! this program stays small.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use crate::peers;

/// The peers, pinned: another version is another run, to be recorded anew.
const PYTHON_DOTENV: &str = "python-dotenv==1.2.4";
/// The last releases that ship their source as it was written, and not as one bundle.
const NODE_PACKAGES: [&str; 2] = ["dotenv@17.4.2", "dotenv-expand@12.0.3"];

/// Asks both peers, compares, and with `--record` keeps their answers for the tests.
pub(crate) fn main(args: &[&str]) -> ExitCode {
    let record = match args {
        [] => false,
        ["--record"] => true,
        _ => return crate::usage("`dotenv` takes `--record` and nothing else"),
    };
    match run(record) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::from(2)
        }
    }
}

/// Whether there is no difference but the justified ones.
fn run(record: bool) -> Result<bool, String> {
    let folder = peers::target().join("dotenv-peers");
    fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let files = crate::root().join("crates/env/tests/dotenv");
    let peers = [("python", python(&folder, &files)?), ("node", node(&folder, &files)?)];
    let mut compare = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    compare.args(["run", "--quiet", "--package", "bootproof-env", "--example", "dotenv_compare", "--"]);
    for (peer, mut command) in peers {
        let answers = folder.join(format!("{peer}.json"));
        let write = |path: &Path, bytes: &[u8]| {
            fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
        };
        let bytes = output(&mut command)?;
        write(&answers, &bytes)?;
        if record {
            write(&files.join(format!("{peer}.expected.json")), &bytes)?;
        }
        compare.arg(answers);
    }
    let status = compare.current_dir(crate::root()).status().map_err(|error| format!("cargo run: {error}"))?;
    match status.code() {
        Some(code @ (0 | 1)) => Ok(code == 0),
        _ => Err(format!("the comparison broke ({status})")),
    }
}

/// python-dotenv in a folder of its own, installed when it is not there.
fn python(folder: &Path, files: &Path) -> Result<Command, String> {
    let program = peers::python(&folder.join(PYTHON_DOTENV), &[PYTHON_DOTENV])?;
    let mut command = Command::new(program);
    command.arg(script("peer.py")).arg(files);
    Ok(command)
}

/// node's dotenv in a folder of its own, installed when it is not there.
fn node(folder: &Path, files: &Path) -> Result<Command, String> {
    let packages = folder.join(NODE_PACKAGES.join("+"));
    peers::install(&packages, || {
        fs::create_dir_all(&packages).map_err(|error| format!("cannot make {}: {error}", packages.display()))?;
        let install = ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"];
        let mut npm = Command::new("npm");
        peers::step(npm.args(install).arg(&packages).args(NODE_PACKAGES), "on Debian: apt-get install nodejs npm")
    })?;
    let mut command = Command::new("node");
    command.arg(script("peer.cjs")).arg(packages).arg(files);
    Ok(command)
}

fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("missing: `{program}` ({error}); needed to ask it for its answers"))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!("`{program}` gave no answers ({})", output.status)),
    }
}

fn script(name: &str) -> PathBuf {
    crate::root().join("xtask/src/dotenv").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_gives_no_answers_is_named() {
        assert!(output(&mut Command::new("no-such-program-here")).is_err());
        assert!(output(&mut Command::new("false")).unwrap_err().contains("`false` gave no answers"));
    }
}
