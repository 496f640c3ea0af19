//! What the `docker` client says of the containers of this machine, when it answers: who publishes which port, and for which project.
//!
//! It is asked once, with a limit. Silence is never taken for "no containers".

use crate::{Protocol, conflict::share_an_address};
use std::{
    io::Read as _,
    net::IpAddr,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// What the engine says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Engine {
    /// All containers, also those that are stopped.
    Answered(Vec<Container>),
    /// There is a client, and why it says nothing.
    Silent(String),
    /// There is no client.
    Absent,
}

/// A container.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Whether it runs, or is about to.
    pub running: bool,
    /// Its Compose project.
    pub project: Option<String>,
    /// Its service in that project.
    pub service: Option<String>,
    /// The folder of that project.
    pub folder: Option<PathBuf>,
    /// The files of that project.
    pub files: Vec<PathBuf>,
    /// What it publishes.
    pub ports: Vec<Published>,
    /// The exit code it ended with. `None`: it has not ended.
    pub exit: Option<i32>,
}

/// A port of this machine that leads into a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The address of this machine.
    pub ip: IpAddr,
    /// The ports.
    pub ports: RangeInclusive<u16>,
    /// The protocol.
    pub protocol: Protocol,
}

impl Container {
    /// Who it is, for people.
    pub fn shown(&self) -> String {
        match (&self.project, &self.service) {
            (Some(project), Some(service)) => {
                format!("container `{}` (service `{service}` of the Compose project `{project}`)", self.name)
            }
            _ => format!("container `{}`", self.name),
        }
    }

    /// Whether it belongs to the project called `name` in `folder`.
    pub fn is_of(&self, name: &str, folder: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().ok();
        let same = |theirs: &Path| theirs == folder || real(theirs).is_some_and(|theirs| Some(theirs) == real(folder));
        self.project.as_deref() == Some(name) && self.folder.as_deref().is_none_or(same)
    }

    fn has(&self, ip: Option<IpAddr>, port: u16, protocol: Protocol) -> bool {
        let is = |one: &Published| {
            one.protocol == protocol && one.ports.contains(&port) && share_an_address(ip, Some(one.ip))
        };
        self.ports.iter().any(is)
    }
}

impl Engine {
    /// The running container that has `port` at `ip`.
    pub fn holder(&self, ip: Option<IpAddr>, port: u16, protocol: Protocol) -> Option<&Container> {
        self.containers().iter().find(|one| one.running && one.has(ip, port, protocol))
    }

    /// The containers that are known.
    pub fn containers(&self) -> &[Container] {
        if let Self::Answered(all) = self { all } else { &[] }
    }
}

/// How long the client may take. An engine on this machine answers within milliseconds; chosen by hand.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// The fields that are asked for, in the order of [`parse`].
const FORMAT: &str = "{{.Names}}\t{{.State}}\t{{.Label \"com.docker.compose.project\"}}\t\
                      {{.Label \"com.docker.compose.service\"}}\t{{.Label \"com.docker.compose.project.working_dir\"}}\t\
                      {{.Label \"com.docker.compose.project.config_files\"}}\t{{.Ports}}\t{{.Status}}";

/// Asks the client called `program`, which is `docker` except in tests. Blocks for at most `patience`.
pub fn ask(program: &Path, patience: Duration) -> Engine {
    let mut command = Command::new(program);
    command.args(["ps", "--all", "--no-trunc", "--format", FORMAT]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Engine::Absent,
        Err(error) => return Engine::Silent(error.to_string()),
    };
    let (out, err) = (read(child.stdout.take()), read(child.stderr.take()));
    let end = Instant::now() + patience;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(2)),
            // Only what we started ourselves is ended here.
            _ => {
                drop(child.kill().and_then(|()| child.wait()));
                return Engine::Silent(format!("`docker ps` does not answer within {} s", patience.as_secs()));
            }
        }
    };
    let text =
        |reader: thread::JoinHandle<Vec<u8>>| String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned();
    if !status.success() {
        let why = text(err).lines().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing").to_owned();
        return Engine::Silent(format!("`docker ps` fails: {}", why.trim()));
    }
    Engine::Answered(parse(&text(out)))
}

/// The most that is read of its output: a line has some hundred bytes.
const MOST: u64 = 16 << 20;

fn read(from: Option<impl std::io::Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = vec![];
        if let Some(from) = from {
            drop(from.take(MOST).read_to_end(&mut bytes));
        }
        bytes
    })
}

/// The containers in the output of `docker ps --format` with [`FORMAT`]. A line that is none is left out.
fn parse(text: &str) -> Vec<Container> {
    text.lines().filter_map(container).collect()
}

fn container(line: &str) -> Option<Container> {
    let mut fields = line.split('\t');
    let mut next = || fields.next().map(str::trim);
    let (name, state) = (next()?.to_owned(), next()?);
    let mut label = || next().filter(|text| !text.is_empty()).map(str::to_owned);
    let (project, service, folder) = (label(), label(), label().map(PathBuf::from));
    let files = label().map(|all| all.split(',').map(PathBuf::from).collect()).unwrap_or_default();
    let ports = label().map(|all| all.split(", ").filter_map(published).collect()).unwrap_or_default();
    let running = matches!(state, "running" | "restarting" | "paused");
    let exit = label().and_then(|status| exit_code(&status)).filter(|_| !running);
    Some(Container { name, running, project, service, folder, files, ports, exit })
}

/// The code in `Exited (137) 3 minutes ago`.
fn exit_code(status: &str) -> Option<i32> {
    status.strip_prefix("Exited (")?.split_once(')')?.0.parse().ok()
}

/// `0.0.0.0:8080->80/tcp`, `[::]:9000-9002->9000-9002/tcp`, of older clients `:::8080->80/tcp`.
fn published(text: &str) -> Option<Published> {
    let (host, target) = text.split_once("->")?;
    let (ip, ports) = host.rsplit_once(':')?;
    let ip = ip.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    let protocol = Protocol::named(target.rsplit_once('/')?.1)?;
    Some(Published { ip, ports: first.parse().ok()?..=last.parse().ok()?, protocol })
}

#[cfg(test)]
#[path = "docker_tests.rs"]
mod tests;
