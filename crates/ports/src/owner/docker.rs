//! What the `docker` client tells of running containers, when there is one and its engine answers in time.
//!
//! The client is a child of ours and is ended when it is late. Whatever it does not tell is not known; nothing fails for it.

use super::container::{Container, short};
use crate::{Protocol, overlap, place::Place};
use std::{
    ffi::OsString,
    io::{self, Read},
    net::{IpAddr, SocketAddr},
    os::{fd::OwnedFd, unix::net::UnixStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The longest the client may take. It takes 70 ms with an engine and 20 ms without one.
const LIMIT: Duration = Duration::from_secs(1);
/// The longest answer that is read: a thousand containers with long labels.
const LONGEST: usize = 4 << 20;

/// The client.
pub(super) struct Docker {
    program: OsString,
    limit: Duration,
}

/// A container as the client lists it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) id: String,
    name: Option<String>,
    project: Option<String>,
    service: Option<String>,
    published: Vec<Published>,
}

/// Ports of the machine that lead to a container.
#[derive(Debug, PartialEq, Eq)]
struct Published {
    protocol: Protocol,
    ip: IpAddr,
    first: u16,
    last: u16,
}

impl Docker {
    /// The one on the path.
    pub(super) fn client() -> Self {
        Self { program: "docker".into(), limit: LIMIT }
    }

    #[cfg(test)]
    pub(super) fn program(program: impl Into<OsString>, limit: Duration) -> Self {
        Self { program: program.into(), limit }
    }

    /// The running containers. `None`: there is no client, it has no engine, is late, or says what cannot be read.
    pub(super) fn containers(&self) -> Option<Vec<Listed>> {
        // The long form of `--format json`, which clients before 23.0 do not have.
        let text = self.answer(&["ps", "--no-trunc", "--format", "{{json .}}"]).ok()?;
        text.lines().map(listed).collect()
    }

    fn answer(&self, words: &[&str]) -> io::Result<String> {
        let late = Instant::now() + self.limit;
        let (ours, theirs) = UnixStream::pair()?;
        // A statement of its own: the command keeps the client's end open for as long as it lives.
        let mut child = Command::new(&self.program)
            .args(words)
            .stdin(Stdio::null())
            .stdout(OwnedFd::from(theirs))
            .stderr(Stdio::null())
            .spawn()?;
        let answer = read_until(ours, late).and_then(|text| end_until(&mut child, late).map(|()| text));
        if answer.is_err() {
            // It is our own child. What it leaves is only its exit, which is collected.
            let _ = child.kill();
            let _ = child.wait();
        }
        answer
    }
}

fn read_until(mut from: UnixStream, late: Instant) -> io::Result<String> {
    let (mut text, mut buffer) = (vec![], vec![0; 64 << 10]);
    loop {
        let left = late.saturating_duration_since(Instant::now());
        from.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        match from.read(&mut buffer) {
            Ok(0) => return String::from_utf8(text).map_err(io::Error::other),
            Ok(_) if text.len() > LONGEST => return Err(io::Error::other("the answer has no end")),
            Ok(got) => text.extend_from_slice(&buffer[..got]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
}

/// Waits until the child has ended well.
fn end_until(child: &mut Child, late: Instant) -> io::Result<()> {
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(io::Error::other(format!("it ended with {status}"))),
            None if Instant::now() >= late => return Err(io::ErrorKind::TimedOut.into()),
            None => thread::sleep(Duration::from_millis(1)),
        }
    }
}

/// Reads one line of `docker ps --format '{{json .}}'`.
fn listed(line: &str) -> Option<Listed> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let text = |key: &str| line.get(key).and_then(serde_json::Value::as_str);
    let labels = text("Labels").unwrap_or_default();
    Some(Listed {
        id: text("ID").filter(|id| !id.is_empty() && id.chars().all(|c| c.is_ascii_hexdigit()))?.to_owned(),
        name: text("Names").and_then(|names| names.split(',').next()).filter(|n| !n.is_empty()).map(visible),
        project: label(labels, "com.docker.compose.project").map(visible),
        service: label(labels, "com.docker.compose.service").map(visible),
        published: text("Ports").unwrap_or_default().split(", ").filter_map(published).collect(),
    })
}

fn visible(text: &str) -> String {
    text.escape_default().to_string()
}

/// The value of a label in `name=value,name=value`. Values may hold commas, too; those of Compose's names do not.
fn label<'a>(labels: &'a str, name: &str) -> Option<&'a str> {
    labels.split(',').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).filter(|value| !value.is_empty())
}

/// Reads `0.0.0.0:8080->80/tcp`, `[::]:9000-9002->9000-9002/tcp` or, of older clients, `:::8080->80/tcp`. What has no arrow
/// is not published.
fn published(text: &str) -> Option<Published> {
    let (outside, inside) = text.split_once("->")?;
    let protocol = match inside.rsplit_once('/')?.1 {
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        _ => return None,
    };
    let (ip, ports) = outside.rsplit_once(':')?;
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    let ip = ip.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    Some(Published { protocol, ip, first: first.parse().ok()?, last: last.parse().ok()? })
}

impl Listed {
    /// Whether it is what has `place`, going by what it publishes.
    pub(super) fn publishes(&self, place: &Place) -> bool {
        self.published.iter().filter(|published| published.protocol == place.protocol).any(|published| {
            let port = place.port();
            let there = SocketAddr::new(published.ip, port);
            (published.first..=published.last).contains(&port)
                && overlap::worst(&place.addresses, there) != overlap::Overlap::None
        })
    }

    pub(super) fn container(&self) -> Container {
        let (name, project, service) = (self.name.clone(), self.project.clone(), self.service.clone());
        Container { id: short(&self.id), name, project, service }
    }
}

#[cfg(test)]
#[path = "docker_tests.rs"]
mod tests;
