//! Ends a server when the test process is killed and can do nothing itself.
//!
//! A shell waits on a pipe that only the test process holds. The pipe's end is the test's end: the shell then
//! ends the server and removes its folder. `setpriv --pdeathsig` would not do, it follows the thread that
//! started the server, and threads of a test end early.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// 1 pid, 2 when it was started, 3 signal, 4 folder, 5 mark. The start is compared because pids come again.
const SCRIPT: &str = r#"
trap '' TERM INT HUP
read -r word
[ "$word" = done ] && exit 0
ours() { [ "$(cut -d ' ' -f 22 "/proc/$1/stat" 2>/dev/null)" = "$2" ]; }
ours "$1" "$2" && kill -CONT "$1" && kill "-$3" "$1" && sleep 0.3
ours "$1" "$2" && kill -KILL "$1"
sleep 0.1
rm -rf "$4"
[ -z "$5" ] || rm -f "$5"
"#;

/// The shell that waits. Let go of it with [`Leash::release`] once the server has ended.
#[derive(Debug)]
pub(crate) struct Leash(Child);

impl Leash {
    /// Ties the process to the life of this one. `quit` is the signal's name without `SIG`.
    pub(crate) fn tie(pid: i32, started: &str, quit: &str, folder: &Path, mark: Option<&Path>) -> io::Result<Self> {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", SCRIPT, "leash", &pid.to_string(), started, quit]).arg(folder);
        shell.arg(mark.unwrap_or(Path::new("")));
        // A group of its own: who kills the test's whole group must not kill the leash.
        shell.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        shell.env_clear().env("PATH", "/usr/bin:/bin").current_dir("/");
        shell.spawn().map(Self)
    }

    /// The server has ended, nothing is left to do.
    pub(crate) fn release(mut self) {
        if let Some(mut pipe) = self.0.stdin.take() {
            let _ = pipe.write_all(b"done\n");
        }
        let _ = self.0.wait();
    }
}
