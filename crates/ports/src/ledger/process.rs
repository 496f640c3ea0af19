//! A process that cannot be taken for another one later: pid, start time, and where both of them count.
//!
//! A pid is used again; together with the start time it is not, until the machine boots. Another container has pids of its own,
//! and another machine may share the home folder: of those nobody here can say whether they live.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{
    borrow::Cow,
    fs::{self, File},
    hash::{Hash, Hasher},
    io::{self, Read},
    sync::{Arc, OnceLock},
};

/// A process, told apart from every other one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessId {
    /// Its number in its own PID namespace.
    pub pid: u32,
    /// When it started, in clock ticks since the boot: field 22 of `/proc/PID/stat`.
    pub start: u64,
    /// Where these numbers count.
    pub realm: Realm,
}

/// Where a pid counts, and whose ports a process takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Realm {
    /// The kernel's id of this boot.
    #[serde(serialize_with = "write_word", deserialize_with = "read_word")]
    pub boot: Arc<str>,
    /// The machine, as `/etc/machine-id` has it; the same after a boot.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "write_machine",
        deserialize_with = "read_machine"
    )]
    pub machine: Option<Arc<str>>,
    /// The inode of the PID namespace.
    pub pids: u64,
    /// The inode of the network namespace.
    pub net: u64,
}

/// Whether a process still runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It does.
    Alive,
    /// It has ended.
    Over,
    /// It is of another container or machine, and cannot be seen from here.
    Elsewhere,
}

impl Realm {
    /// Where this process is.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn here() -> io::Result<&'static Self> {
        static HERE: OnceLock<Realm> = OnceLock::new();
        if let Some(here) = HERE.get() {
            return Ok(here);
        }
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().into();
        let machine = fs::read_to_string("/etc/machine-id").ok().map(|text| Arc::from(text.trim()));
        let machine = machine.filter(|id: &Arc<str>| !id.is_empty() && **id != *"uninitialized");
        let here = Self { boot, machine, pids: inode("/proc/self/ns/pid")?, net: inode("/proc/self/ns/net")? };
        Ok(HERE.get_or_init(|| here))
    }

    /// Whether a port that is taken there is taken here, too.
    pub fn shares_ports_with(&self, other: &Self) -> bool {
        self.boot == other.boot && self.net == other.net
    }
}

impl ProcessId {
    /// This process.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn ours() -> io::Result<Self> {
        static OURS: OnceLock<ProcessId> = OnceLock::new();
        match OURS.get() {
            // A copy of this process (`fork`) has the same memory and another pid.
            Some(ours) if ours.pid == std::process::id() => Ok(ours.clone()),
            _ => Self::of(std::process::id()).inspect(|ours| drop(OURS.set(ours.clone()))),
        }
    }

    /// The process that has the number `pid` here and now.
    ///
    /// # Errors
    /// When there is none, it has ended and nobody has looked at its exit code yet, or the system does not tell.
    pub fn of(pid: u32) -> io::Result<Self> {
        let start = start(pid)?.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "it has ended"))?;
        Ok(Self { pid, start, realm: Realm::here()?.clone() })
    }

    /// Whether it still runs.
    pub fn life(&self) -> Life {
        match Realm::here() {
            Ok(here) => self.life_seen_from(here, start),
            Err(_) => Life::Elsewhere,
        }
    }

    /// The rule: `started` gives the start time of the process that has a pid now. Who cannot look, for want of files or rights, has
    /// not seen that it ended.
    fn life_seen_from(&self, here: &Realm, started: impl Fn(u32) -> io::Result<Option<u64>>) -> Life {
        let there = &self.realm;
        match (there.boot == here.boot, there.machine.is_some() && there.machine == here.machine) {
            (true, _) if there.pids != here.pids => Life::Elsewhere,
            (true, _) => match started(self.pid) {
                Ok(Some(start)) if start == self.start => Life::Alive,
                Ok(_) => Life::Over,
                Err(_) => Life::Elsewhere,
            },
            (false, true) => Life::Over,
            (false, false) => Life::Elsewhere,
        }
    }
}

/// Pid and start tell nearly all apart; where they count is compared, and need not be hashed.
impl Hash for ProcessId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.pid, self.start).hash(state);
    }
}

fn write_word<S: Serializer>(word: &Arc<str>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(word)
}

// The form that `serialize_with` asks for.
#[allow(clippy::ref_option)]
fn write_machine<S: Serializer>(word: &Option<Arc<str>>, to: S) -> Result<S::Ok, S::Error> {
    word.as_deref().serialize(to)
}

/// A text that is borrowed where it can be. (serde borrows a `Cow` only inside of a struct that says so.)
#[derive(Deserialize)]
struct Word<'a>(#[serde(borrow)] Cow<'a, str>);

fn read_word<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<str>, D::Error> {
    Word::deserialize(from).map(|word| shared(&word.0, |here| Some(&here.boot)))
}

fn read_machine<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Arc<str>>, D::Error> {
    let word = Option::<Word<'de>>::deserialize(from)?;
    Ok(word.map(|word| shared(&word.0, |here| here.machine.as_ref())))
}

/// Nearly all entries are of this machine: its word is kept once.
fn shared(word: &str, ours: impl Fn(&'static Realm) -> Option<&'static Arc<str>>) -> Arc<str> {
    match Realm::here().ok().and_then(ours) {
        Some(ours) if **ours == *word => Arc::clone(ours),
        _ => word.into(),
    }
}

fn inode(namespace: &str) -> io::Result<u64> {
    let link = fs::read_link(namespace)?;
    let number = link.to_str().and_then(|text| text.split_once('[')?.1.strip_suffix(']')?.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("`{namespace}` is no link to a namespace")))
}

/// The start time of `pid`, unless it has ended already and only its exit code is kept. `None`, too, when there is no such process.
fn start(pid: u32) -> io::Result<Option<u64>> {
    // One call: the kernel writes all of it at once, and what is looked for is within the first half.
    let mut text = [0; 1024];
    match File::open(format!("/proc/{pid}/stat")).and_then(|mut file| file.read(&mut text)) {
        Ok(length) => Ok(start_in(&String::from_utf8_lossy(&text[..length]))),
        // ESRCH, 3: it ended between opening and reading.
        Err(error) if error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(3) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The 22nd field of `stat`; the second is the name in brackets, which may hold anything. Z and X: it has ended.
fn start_in(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    match fields.next()? {
        "Z" | "X" => None,
        _ => fields.nth(18)?.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn realm(boot: &str, machine: Option<&str>, pids: u64) -> Realm {
        Realm { boot: boot.into(), machine: machine.map(Into::into), pids, net: 1 }
    }

    #[test]
    fn this_process_lives_and_the_same_pid_with_another_start_is_another_process() {
        let ours = ProcessId::ours().unwrap();
        assert_eq!(ours.life(), Life::Alive);
        assert_eq!(ProcessId { start: ours.start + 1, ..ours }.life(), Life::Over);
    }

    #[test]
    fn a_child_that_was_killed_is_over_before_and_after_somebody_looks_at_its_exit_code() {
        let mut child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
        let id = ProcessId::of(child.id()).unwrap();
        assert_eq!(id.life(), Life::Alive);
        child.kill().unwrap();
        while id.life() == Life::Alive {
            std::thread::yield_now();
        }
        ProcessId::of(child.id()).unwrap_err();
        child.wait().unwrap();
        assert_eq!(id.life(), Life::Over);
    }

    #[test]
    fn another_boot_is_over_and_another_container_or_machine_is_not_ours_to_judge() {
        let here = realm("b", Some("m"), 1);
        let life =
            |realm| ProcessId { pid: 7, start: 9, realm }.life_seen_from(&here, |pid| Ok((pid == 7).then_some(9)));
        assert_eq!(life(realm("b", Some("m"), 1)), Life::Alive);
        assert_eq!(life(realm("b", Some("m"), 2)), Life::Elsewhere, "another PID namespace");
        assert_eq!(life(realm("a", Some("m"), 1)), Life::Over, "another boot of this machine");
        assert_eq!(life(realm("a", Some("n"), 1)), Life::Elsewhere, "another machine");
        assert_eq!(life(realm("a", None, 1)), Life::Elsewhere, "a machine that has no id");
        let blind = |_| Err(io::Error::other("too many open files"));
        let ours = ProcessId { pid: 7, start: 9, realm: realm("b", Some("m"), 1) };
        assert_eq!(ours.life_seen_from(&here, blind), Life::Elsewhere, "who cannot look has seen nobody end");
    }

    #[test]
    fn the_start_is_read_behind_a_name_of_any_kind() {
        let stat = |state| format!("7 (a) b (c) {state} 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20");
        assert_eq!(start_in(&stat("S")), Some(4711));
        assert_eq!(start_in(&stat("Z")), None);
        for broken in ["", "7", "7 (a)", "7 (a) S 1 2"] {
            assert_eq!(start_in(broken), None);
        }
    }
}
