//! `cargo xtask dotenv`: our reader of dotenv files beside python-dotenv and node's dotenv, on the files in `crates/env/tests/dotenv`.
//!
//! What the two answer comes from two small scripts beside this file. The comparison is an example of `bootproof-env`, so that
//! this program stays small.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

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
    let folder = target().join("dotenv-peers");
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

/// Where cargo builds, and where the peers are installed.
fn target() -> PathBuf {
    let root = crate::root();
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}

/// python-dotenv in a folder of its own, installed when it is not there.
fn python(folder: &Path, files: &Path) -> Result<Command, String> {
    let venv = folder.join(PYTHON_DOTENV);
    let program = venv.join("bin/python");
    install(&venv, || {
        let debian = "on Debian: apt-get install python3-venv";
        step(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv), debian)?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYTHON_DOTENV];
        step(Command::new(&program).args(pip), "it needs the network once")
    })?;
    let mut command = Command::new(program);
    command.arg(script("peer.py")).arg(files);
    Ok(command)
}

/// node's dotenv in a folder of its own, installed when it is not there.
fn node(folder: &Path, files: &Path) -> Result<Command, String> {
    let packages = folder.join(NODE_PACKAGES.join("+"));
    install(&packages, || {
        fs::create_dir_all(&packages).map_err(|error| format!("cannot make {}: {error}", packages.display()))?;
        let install = ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"];
        let mut npm = Command::new("npm");
        step(npm.args(install).arg(&packages).args(NODE_PACKAGES), "on Debian: apt-get install nodejs npm")
    })?;
    let mut command = Command::new("node");
    command.arg(script("peer.cjs")).arg(packages).arg(files);
    Ok(command)
}

/// Runs `how` unless it came to its end before.
fn install(folder: &Path, how: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let done = folder.join("installed");
    if done.is_file() {
        return Ok(());
    }
    eprintln!("xtask: installing into {}", folder.display());
    how()?;
    fs::write(&done, "").map_err(|error| format!("cannot write {}: {error}", done.display()))
}

fn step(command: &mut Command, remedy: &str) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.stdout(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{program}` failed while installing ({status}); {remedy}")),
        Err(error) => Err(format!("missing: `{program}` ({error}); {remedy}")),
    }
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
    fn a_program_that_is_missing_is_named_with_what_to_do() {
        let problem = step(&mut Command::new("no-such-program-here"), "install it").unwrap_err();
        assert!(problem.starts_with("missing: `no-such-program-here` ("), "{problem}");
        assert!(problem.ends_with("; install it"), "{problem}");
        assert!(output(&mut Command::new("no-such-program-here")).is_err());
        assert!(output(&mut Command::new("false")).unwrap_err().contains("`false` gave no answers"));
    }

    #[test]
    fn what_was_installed_to_its_end_is_not_installed_again() {
        let folder = tempfile_folder();
        assert_eq!(install(&folder, || Err("no network".to_owned())), Err("no network".to_owned()));
        assert_eq!(install(&folder, || Ok(())), Ok(()));
        assert_eq!(install(&folder, || Err("must not run".to_owned())), Ok(()));
        fs::remove_dir_all(&folder).unwrap();
    }

    fn tempfile_folder() -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-dotenv-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }
}
