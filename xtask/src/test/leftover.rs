//! Servers that tests left running: found by the marks they leave in a folder, and ended.
//!
//! `bootproof-testkit` writes a file `KIND-PID` for each server, with the time its process started in it, and removes
//! it with the server.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// When a test process is killed its servers follow within half a second; more would be a fault.
const GRACE: Duration = Duration::from_secs(3);

/// The folder for one run's marks.
pub(crate) struct Run(PathBuf);

impl Run {
    /// Makes an empty folder for this run.
    ///
    /// # Errors
    /// When the temporary folder cannot be written.
    pub(crate) fn begin() -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("bootproof-run-{}", std::process::id()));
        fs::create_dir(&folder)?;
        Ok(Self(folder))
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    /// Ends what is still running, and says what that was.
    pub(crate) fn end(self) -> Vec<String> {
        let start = Instant::now();
        while start.elapsed() < GRACE && self.servers().any(|server| server.runs()) {
            sleep(Duration::from_millis(20));
        }
        self.servers().filter(|server| server.runs()).map(|server| server.end()).collect()
    }

    fn servers(&self) -> impl Iterator<Item = Server> {
        fs::read_dir(&self.0).into_iter().flatten().flatten().filter_map(|mark| Server::of(&mark.path()))
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A server as its mark tells of it.
struct Server {
    kind: String,
    pid: i32,
    started: String,
}

impl Server {
    fn of(mark: &Path) -> Option<Self> {
        let (kind, pid) = mark.file_name()?.to_str()?.rsplit_once('-')?;
        let started = fs::read_to_string(mark).ok()?;
        Some(Self { kind: kind.to_owned(), pid: pid.parse().ok()?, started })
    }

    /// Whether its process, and not a later one with the same number, still runs.
    fn runs(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        let fields: Vec<_> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
        // After the name: the state first, the start as the 20th.
        let ended = matches!(fields.first(), None | Some(&("Z" | "X")));
        !ended && fields.get(19) == Some(&self.started.as_str())
    }

    fn end(&self) -> String {
        // A stopped process does not notice, and one that has just ended is what we want.
        let _ = kill(Pid::from_raw(self.pid), Signal::SIGKILL);
        format!("{} (process {})", self.kind, self.pid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Child, Command};

    fn run(name: &str) -> Run {
        let folder = std::env::temp_dir().join(format!("bootproof-leftover-{name}-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        Run(folder)
    }

    fn marked(run: &Run, started: impl FnOnce(String) -> String) -> Child {
        let child = Command::new("/bin/sleep").arg("60").spawn().unwrap();
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
        let start = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap().to_owned();
        fs::write(run.folder().join(format!("redis-{}", child.id())), started(start)).unwrap();
        child
    }

    #[test]
    fn a_server_that_still_runs_is_ended_and_named() {
        let run = run("runs");
        let (folder, mut child) = (run.folder().to_owned(), marked(&run, |start| start));
        assert_eq!(run.end(), [format!("redis (process {})", child.id())]);
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&child.wait().unwrap()), Some(9));
        assert!(!folder.exists());
    }

    #[test]
    fn another_process_with_the_number_of_a_dead_server_is_left_alone() {
        let run = run("reused");
        let mut child = marked(&run, |_| "1".to_owned());
        assert!(run.end().is_empty());
        assert_eq!(child.try_wait().unwrap(), None);
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
