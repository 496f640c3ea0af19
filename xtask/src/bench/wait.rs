//! A port opens at a random moment: from then to the waiter's exit, and what the waiter costs until then. Beside a fixed 1 ms
//! poll (our own few lines), wait4x, Debian's wait-for-it, wait-on and dockerize, each at its defaults.
//!
//! A peer that is not on the path is installed below the target folder where that can be done, else named as missing.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::BuildHasher;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use super::Built;
use super::check_tcp::on_path;
use super::process::median;
use super::row::Row;
use crate::peers;

/// The hidden word by which this program is the fixed poll.
pub(super) const POLL: &str = "--poll-each-ms";

const ROUNDS: usize = 15;
/// How often in a round those are measured that need no second for it.
const QUICK: usize = 4;
const WAIT_ON: &str = "wait-on@9.5.1";

/// The promises.
const MILLISECONDS: f64 = 3.0;
const PERCENT: f64 = 2.0;
/// Ours is to need at most so much of a peer's time.
const OF_PEER: f64 = 0.1;

/// A program that waits for a port.
struct Waiter {
    name: &'static str,
    words: Vec<String>,
    times: usize,
    /// Milliseconds from the opening to the exit.
    late: Vec<f64>,
    /// Processor time by the time it waited.
    percent: Vec<f64>,
}

/// Stands for host and port in the words of a waiter.
const ADDRESS: &str = "ADDRESS";

impl Waiter {
    fn new(name: &'static str, program: &Path, args: &[&str], times: usize) -> Self {
        let words = std::iter::once(program.display().to_string()).chain(args.iter().map(|arg| (*arg).to_owned()));
        Self { name, words: words.collect(), times, late: vec![], percent: vec![] }
    }

    /// Lets it wait for a port that opens after `delay`.
    fn measure(&mut self, delay: Duration) -> Result<(), String> {
        let port = closed_port()?;
        let address = format!("127.0.0.1:{port}");
        let mut words = self.words.iter().map(|word| word.replace(ADDRESS, &address));
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let spent = spent()?;
        let began = Instant::now();
        let mut child = command.spawn().map_err(|error| format!("{}: {error}", self.name))?;
        std::thread::sleep(delay);
        let early = child.try_wait().map_err(|error| error.to_string())?;
        let listener = TcpListener::bind(&address).map_err(|error| format!("{address}: {error}"))?;
        let opened = Instant::now();
        let status = child.wait().map_err(|error| error.to_string())?;
        let ended = Instant::now();
        drop(listener);
        if early.is_some() || !status.success() {
            return Err(format!("{} did not wait: {status}", self.name));
        }
        self.late.push((ended - opened).as_secs_f64() * 1e3);
        let spent = (self::spent()?).saturating_sub(spent);
        self.percent.push(spent.as_secs_f64() / (ended - began).as_secs_f64() * 1e2);
        Ok(())
    }

    fn median(&self) -> f64 {
        median(self.late.clone())
    }

    fn note(&self) -> String {
        let worst = self.late.iter().copied().fold(0.0, f64::max);
        format!("worst {worst:.1} ms, {:.2} % of a core, {} times", median(self.percent.clone()), self.late.len())
    }
}

pub(super) fn run(built: &Built) -> Result<Vec<Row>, String> {
    let mut rows = vec![];
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut waiters = vec![
        Waiter::new("bootproof", &built.bootproof()?, &["wait", "-q", ADDRESS], QUICK),
        Waiter::new("a fixed 1 ms poll", &this, &["bench", POLL, ADDRESS], QUICK),
    ];
    for (name, args, found) in [
        ("wait4x", &["tcp", ADDRESS][..], on_path("wait4x").ok_or_else(String::new)),
        ("wait-for-it", &[ADDRESS, "-t", "30"], wait_for_it()),
        ("wait-on", &["tcp:ADDRESS"], wait_on()),
        ("dockerize", &["-wait", "tcp://ADDRESS", "-timeout", "30s"], on_path("dockerize").ok_or_else(String::new)),
    ] {
        match found {
            Ok(program) => waiters.push(Waiter::new(name, &program, args, 1)),
            Err(why) => rows.push(absent(name, &why)),
        }
    }
    let random = RandomState::new();
    for round in 0..ROUNDS {
        for waiter in &mut waiters {
            for time in 0..waiter.times {
                // From 0.3 to 1.3 s: after the slowest of them has started.
                let delay = Duration::from_millis(300 + random.hash_one((round, time, waiter.name)) % 1000);
                waiter.measure(delay)?;
            }
        }
    }
    Ok([told(&waiters), rows].concat())
}

fn told(waiters: &[Waiter]) -> Vec<Row> {
    let [ours, peers @ ..] = waiters else { return vec![] };
    let percent = median(ours.percent.clone());
    let share = "processor time by time waited, start and exit included; median";
    let mut rows = vec![
        Row::absolute("wait", ours.median(), "ms", MILLISECONDS, &format!("port open to exit; {}", ours.note())),
        Row::absolute("wait-cpu", percent, "%", PERCENT, share),
    ];
    for peer in peers {
        // Who polls ten times as often may be faster, and pays for it.
        let target = (peer.times == 1).then_some(OF_PEER);
        let (job, note) = (format!("wait/{}", peer.name.replace(' ', "-")), format!("peer: {}", peer.note()));
        rows.push(Row::beside(&job, ours.median(), peer.median(), "ms", target, &note));
    }
    rows
}

fn absent(name: &str, why: &str) -> Row {
    let told = if why.is_empty() { name.to_owned() } else { format!("{name} ({why})") };
    Row::missing(&format!("wait/{name}"), &told)
}

/// Polls once in a millisecond, with nothing but the standard library.
pub(super) fn poll(address: &str) -> ExitCode {
    while TcpStream::connect(address).is_err() {
        std::thread::sleep(Duration::from_millis(1));
    }
    ExitCode::SUCCESS
}

/// Processor time of all children that have ended.
fn spent() -> Result<Duration, String> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(u64::try_from(micros).unwrap_or_default()))
}

/// A port that nobody listens on, below those that the kernel gives to clients: a client there could meet itself.
fn closed_port() -> Result<u16, String> {
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let first = 20_000 + (RandomState::new().hash_one(0) % 10_000) as u16;
    (first..first + 1000).find(free).ok_or_else(|| "no free port".to_owned())
}

/// The script of Debian's package, on the path or unpacked below the target folder.
fn wait_for_it() -> Result<PathBuf, String> {
    if let Some(found) = on_path("wait-for-it") {
        return Ok(found);
    }
    let folder = peers::target().join("peers/wait-for-it");
    peers::install(&folder, || {
        fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        let by_hand = "on Debian: apt-get install wait-for-it";
        let script = "apt-get download -qq wait-for-it && dpkg-deb -x wait-for-it_*.deb .";
        peers::step(Command::new("sh").args(["-c", script]).current_dir(&folder), by_hand)
    })?;
    Ok(folder.join("usr/bin/wait-for-it"))
}

/// wait-on, on the path or below the target folder.
fn wait_on() -> Result<PathBuf, String> {
    if let Some(found) = on_path("wait-on") {
        return Ok(found);
    }
    let folder = peers::target().join("peers").join(WAIT_ON);
    peers::install(&folder, || {
        fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        let install = ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"];
        peers::step(
            Command::new("npm").args(install).arg(&folder).arg(WAIT_ON),
            "on Debian: apt-get install nodejs npm",
        )
    })?;
    Ok(folder.join("node_modules/.bin/wait-on"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiter_is_measured_from_the_opening_and_one_that_does_not_wait_is_refused() {
        let script = "while ! bash -c '</dev/tcp/127.0.0.1/'\"${0#*:}\" 2>/dev/null; do sleep 0.01; done";
        let mut shell = Waiter::new("sh", Path::new("/bin/sh"), &["-c", script, ADDRESS], 1);
        shell.measure(Duration::from_millis(100)).unwrap();
        assert!(shell.median() < 5000.0 && shell.percent[0] > 0.0, "{:?} {:?}", shell.late, shell.percent);
        let mut hasty = Waiter::new("true", Path::new("/bin/true"), &[], 1);
        assert!(hasty.measure(Duration::from_millis(100)).unwrap_err().contains("did not wait"));
    }
}
