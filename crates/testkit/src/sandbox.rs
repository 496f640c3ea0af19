//! Runs a built program as a user would, seen from nothing: clean environment, own home, own folder.
//!
//! Its output goes to files outside its folder, so that a test can list what the program left behind.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// What a sandboxed program finds on its path.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// A folder to run in and a home beside it; both removed on drop.
#[derive(Debug)]
pub struct Sandbox {
    root: TempDir,
}

impl Sandbox {
    /// Makes an empty one.
    ///
    /// # Panics
    /// When the temporary folder cannot be written, as does every method here.
    #[expect(clippy::new_without_default, reason = "making folders is not a default")]
    pub fn new() -> Self {
        let root = TempDir::with_prefix("bootproof-sandbox-").expect("a temporary folder");
        for folder in ["work", "home", "out"] {
            fs::create_dir(root.path().join(folder)).expect("a folder in it");
        }
        Self { root }
    }

    /// The folder programs run in.
    pub fn path(&self) -> PathBuf {
        self.root.path().join("work")
    }

    /// What `HOME` is.
    pub fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// Writes a file below [`Sandbox::path`], its folders too.
    pub fn write(&self, name: impl AsRef<Path>, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("its folder");
        fs::write(&path, text).expect("the file");
        path
    }

    /// Reads a file below [`Sandbox::path`].
    pub fn read(&self, name: impl AsRef<Path>) -> String {
        let path = self.path().join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Every file and folder below [`Sandbox::path`], sorted, relative to it.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        list(&self.path(), Path::new(""), &mut found);
        found.sort();
        found
    }

    /// Prepares a run of `program`, such as `env!("CARGO_BIN_EXE_bootproof")`, with nothing in its
    /// environment but `PATH` and `HOME`.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Run {
        let output = TempDir::new_in(self.root.path().join("out")).expect("a folder for its output");
        let mut command = Command::new(program);
        command.env_clear().env("PATH", PATH).env("HOME", self.home()).current_dir(self.path());
        command.stdin(Stdio::null());
        Run { command, output }
    }
}

fn list(root: &Path, below: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(root.join(below)).expect("a folder").flatten() {
        let path = below.join(entry.file_name());
        if entry.path().is_dir() {
            list(root, &path, found);
        }
        found.push(path);
    }
}

/// A program about to be run.
#[derive(Debug)]
pub struct Run {
    command: Command,
    output: TempDir,
}

impl Run {
    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn var(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets variables.
    #[must_use]
    pub fn vars(mut self, vars: impl IntoIterator<Item = (impl Into<OsString>, impl Into<OsString>)>) -> Self {
        self.command.envs(vars.into_iter().map(|(name, value)| (name.into(), value.into())));
        self
    }

    /// Runs in another folder.
    #[must_use]
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Gives it something to read.
    #[must_use]
    pub fn stdin(mut self, text: impl AsRef<[u8]>) -> Self {
        let path = self.output.path().join("stdin");
        fs::write(&path, text).expect("its input");
        self.command.stdin(File::open(path).expect("its input"));
        self
    }

    /// Runs it to its end, without blocking the runtime.
    pub async fn run(self) -> Output {
        self.spawn().wait().await
    }

    /// Runs it to its end; for tests without a runtime.
    pub fn run_blocking(self) -> Output {
        self.spawn().wait_blocking()
    }

    /// Starts it.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn spawn(mut self) -> Running {
        let out = |name| File::create(self.output.path().join(name)).expect("a file for its output");
        self.command.stdout(out("stdout")).stderr(out("stderr"));
        let started = Instant::now();
        let child = self.command.spawn().unwrap_or_else(|error| panic!("{:?}: {error}", self.command.get_program()));
        Running { child, output: self.output, started }
    }
}

/// A program that runs. Dropping it kills it.
#[derive(Debug)]
pub struct Running {
    child: Child,
    output: TempDir,
    started: Instant,
}

impl Running {
    /// Its process.
    pub fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// When it has ended and was waited for.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        Ok(kill(Pid::from_raw(self.pid()), signal)?)
    }

    /// What it has written to stdout so far.
    pub fn stdout(&self) -> String {
        read(&self.output, "stdout")
    }

    /// What it has written to stderr so far.
    pub fn stderr(&self) -> String {
        read(&self.output, "stderr")
    }

    /// Waits for its end, without blocking the runtime.
    ///
    /// # Panics
    /// When the runtime shuts down meanwhile.
    pub async fn wait(self) -> Output {
        tokio::task::spawn_blocking(move || self.wait_blocking()).await.expect("the waiting thread")
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn wait_blocking(mut self) -> Output {
        let status = self.child.wait().expect("its end");
        let elapsed = self.started.elapsed();
        Output { stdout: self.stdout(), stderr: self.stderr(), status, elapsed }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(folder: &TempDir, name: &str) -> String {
    String::from_utf8_lossy(&fs::read(folder.path().join(name)).unwrap_or_default()).into_owned()
}

/// What a program did.
#[derive(Clone, Debug)]
pub struct Output {
    /// All it wrote to stdout.
    pub stdout: String,
    /// All it wrote to stderr.
    pub stderr: String,
    /// How it ended.
    pub status: ExitStatus,
    /// From its start to its end.
    pub elapsed: Duration,
}

impl Output {
    /// Its exit code as a shell shows it: 128 + N when signal N ended it.
    pub fn code(&self) -> i32 {
        self.status.code().or_else(|| self.status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
    }
}
