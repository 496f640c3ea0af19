//! A fresh data folder takes a server's own tool a second to make: it is made once, kept, and copied.
//!
//! Kept under the build's `target/tmp`. Several test processes may make it at the same time: each builds under a
//! name of its own and renames; the first wins.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::StartError;
use super::account::Account;

/// How a data folder is made: a tool that writes into a folder it is given.
pub(crate) struct Template<'a> {
    pub(crate) kind: &'static str,
    /// The tool's path; the version in it, and what else decides the content, make the kept folder's name.
    pub(crate) tool: &'a Path,
    pub(crate) account: &'a Account,
    /// The tool's arguments for a data folder.
    pub(crate) args: &'a dyn Fn(&Path) -> Vec<String>,
}

impl Template<'_> {
    /// Puts a fresh data folder at `data`, which must not exist.
    pub(crate) fn copy_to(&self, data: &Path) -> Result<(), StartError> {
        let kept = self.kept_at();
        if !kept.exists() {
            self.make(&kept)?;
        }
        copy(&kept, data, self.account).map_err(StartError::preparing(self.kind, "copying its data folder"))
    }

    fn kept_at(&self) -> PathBuf {
        let args = (self.args)(Path::new("")).join("");
        let tool = self.tool.canonicalize().unwrap_or_else(|_| self.tool.to_owned());
        let name = format!("{}{args}", tool.display());
        let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        keep_folder().join(format!("{}-{name}", nix::unistd::geteuid()))
    }

    /// Runs the tool in a temporary folder, which its user can reach, then moves the result.
    fn make(&self, kept: &Path) -> Result<(), StartError> {
        let preparing = |what: &str| StartError::preparing(self.kind, what);
        let folder = TempDir::with_prefix("bootproof-template-").map_err(preparing("making a folder"))?;
        self.account.own(folder.path()).map_err(preparing("giving the folder away"))?;
        let data = folder.path().join("data");
        self.run(&data, folder.path())?;
        let parent = kept.parent().unwrap_or(kept);
        fs::create_dir_all(parent).map_err(preparing("making target/tmp"))?;
        let build = TempDir::with_prefix_in("building-", parent).map_err(preparing("making target/tmp"))?;
        let built = build.path().join("data");
        copy(&data, &built, &Account::default()).map_err(preparing("keeping its data folder"))?;
        match fs::rename(&built, kept) {
            Err(error) if !kept.exists() => Err(preparing("keeping its data folder")(error)),
            _ => Ok(()),
        }
    }

    fn run(&self, data: &Path, folder: &Path) -> Result<(), StartError> {
        let mut command = Command::new(self.tool);
        command.args((self.args)(data));
        run(self.kind, self.account, &mut command, folder, Stdio::null())
    }
}

/// Runs a preparing program as `account` in a clean environment.
///
/// # Errors
/// When it cannot start or ends with an error; that one has the end of what it printed.
pub(crate) fn run(
    kind: &'static str,
    account: &Account,
    command: &mut Command,
    folder: &Path,
    input: Stdio,
) -> Result<(), StartError> {
    let program = command.get_program().to_string_lossy().into_owned();
    account.apply(command);
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).env("LC_ALL", "C").current_dir(folder).stdin(input);
    let output = command.output().map_err(StartError::preparing(kind, &program))?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    let output_end = super::process::last_lines(&String::from_utf8_lossy(&text));
    Err(StartError::Tool { kind, program, status: output.status, output: output_end })
}

/// `target/tmp/testkit` of the build this test belongs to, else the system's temporary folder.
fn keep_folder() -> PathBuf {
    let test = std::env::current_exe().unwrap_or_default();
    let target = test.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists());
    target.map_or_else(std::env::temp_dir, |target| target.join("tmp")).join("testkit")
}

/// Copies a tree of folders and files, modes included, and gives all of it to `account`.
fn copy(from: &Path, to: &Path, account: &Account) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target, account)?;
        } else {
            fs::copy(entry.path(), &target)?;
            account.own(&target)?;
        }
    }
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    account.own(to)
}
