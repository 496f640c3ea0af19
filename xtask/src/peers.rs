//! Programs of others that we compare ourselves with: pinned, and installed below the target folder when they are not there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where cargo builds, and where the peers are installed.
pub(crate) fn target() -> PathBuf {
    let root = crate::root();
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}

/// Runs `how` unless it came to its end before.
///
/// # Errors
/// Those of `how`, and when `folder` cannot be written.
pub(crate) fn install(folder: &Path, how: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let done = folder.join("installed");
    if done.is_file() {
        return Ok(());
    }
    eprintln!("xtask: installing into {}", folder.display());
    how()?;
    fs::write(&done, "").map_err(|error| format!("cannot write {}: {error}", done.display()))
}

/// A Python of its own in `venv`, with `packages` (each pinned). Its program.
///
/// # Errors
/// When Python or the network is missing.
pub(crate) fn python(venv: &Path, packages: &[&str]) -> Result<PathBuf, String> {
    let program = venv.join("bin/python");
    install(venv, || {
        let debian = "on Debian: apt-get install python3-venv";
        step(Command::new("python3").args(["-m", "venv", "--clear"]).arg(venv), debian)?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        step(Command::new(&program).args(pip).args(packages), "it needs the network once")
    })?;
    Ok(program)
}

/// One step of an installation; `remedy` is told when it fails.
///
/// # Errors
/// When the program is missing or fails.
pub(crate) fn step(command: &mut Command, remedy: &str) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.stdout(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{program}` failed while installing ({status}); {remedy}")),
        Err(error) => Err(format!("missing: `{program}` ({error}); {remedy}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_missing_is_named_with_what_to_do() {
        let problem = step(&mut Command::new("no-such-program-here"), "install it").unwrap_err();
        assert!(problem.starts_with("missing: `no-such-program-here` ("), "{problem}");
        assert!(problem.ends_with("; install it"), "{problem}");
    }

    #[test]
    fn what_was_installed_to_its_end_is_not_installed_again() {
        let folder = std::env::temp_dir().join(format!("xtask-peers-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        assert_eq!(install(&folder, || Err("no network".to_owned())), Err("no network".to_owned()));
        assert_eq!(install(&folder, || Ok(())), Ok(()));
        assert_eq!(install(&folder, || Err("must not run".to_owned())), Ok(()));
        fs::remove_dir_all(&folder).unwrap();
    }
}
