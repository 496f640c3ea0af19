//! What is on this machine: sockets and files; and what a server says by itself when somebody connects.

use super::diagnose::{no_file, no_regular_file, somebody_else, unreadable};
use crate::{hide, net::Trouble, service::ANSWER, speaks::Speaks};
use bootproof_core::{Diagnosis, Identity};
use nix::fcntl::OFlag;
use std::{
    fs::{self, File},
    io::{self, ErrorKind, Read},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    net::UnixStream,
    task::spawn_blocking,
    time::timeout,
};

/// How much of a file, and of a greeting, is read to find a text.
const FILE: u64 = 64 * 1024;
const GREETING: usize = 1024;

/// Connects to a Unix socket.
pub(super) async fn unix(path: &Path) -> Result<UnixStream, Diagnosis> {
    let shown = path.display();
    UnixStream::connect(path).await.map_err(|error| match (error.kind(), Trouble::of(&error)) {
        (ErrorKind::NotFound | ErrorKind::NotADirectory, _) => no_file(path, "no such socket"),
        (_, Trouble::Refused) => {
            Diagnosis::new("NET-003", format!("`{shown}` refuses connections: nobody listens there"))
                .why("the socket is left from a server that ended, or is no socket")
                .action("start the server")
                .away()
        }
        (ErrorKind::WouldBlock, _) => Diagnosis::new("NET-004", format!("`{shown}` does not answer connects"))
            .why("its queue is full")
            .action("look at the server: it is stopped or overloaded")
            .away(),
        _ => Diagnosis::new("NET-013", format!("the connection to `{shown}` failed on this side"))
            .why(error.to_string())
            .action("look at the socket's permissions and folder"),
    })
}

/// Looks at a file: a folder, or whatever else has this name, counts too. It may contain `text`, which is looked for `limit` at
/// most: then it has to be a regular file.
pub(super) async fn file(path: &Path, text: Option<&str>, limit: Duration) -> Result<Identity, Diagnosis> {
    let shown = path.display().to_string();
    // Looked at in place: a thread for it would cost ten times as much. A file system that hangs is not for waiting.
    let seen = fs::metadata(path).map_err(|error| no_file(path, &error.to_string()))?;
    let Some(text) = text else { return Ok(Identity(format!("`{shown}` is there"))) };
    if !seen.is_file() {
        return Err(no_regular_file(path));
    }
    let owned = path.to_owned();
    let reading = timeout(limit, spawn_blocking(move || read(&owned)));
    let read = reading.await.map_err(|_| unreadable(path, &format!("reading it takes longer than {limit:?}")))?;
    let bytes = read.map_err(io::Error::other).flatten().map_err(|error| unreadable(path, &error.to_string()))?;
    let said = String::from_utf8_lossy(&bytes);
    match said.contains(text) {
        true => Ok(Identity(format!("`{shown}` contains `{text}`"))),
        false => Err(somebody_else(&shown, &Identity(hide::first_line(&said, &[]).unwrap_or_default()), text)),
    }
}

/// The beginning of a file. Should a named pipe have taken its place, opening it does not wait for a writer.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::options().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path)?;
    let mut bytes = vec![];
    file.take(FILE).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether nothing has this name, not even a link to nowhere.
pub(super) fn is_absent(path: &Path) -> bool {
    fs::symlink_metadata(path)
        .is_err_and(|error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory))
}

/// Listens to what a server says by itself, and looks for `text` in it.
pub(super) async fn greeting(
    mut stream: impl AsyncRead + Unpin,
    shown: &str,
    text: &str,
    limit: Duration,
) -> Result<Identity, Diagnosis> {
    let mut heard = Vec::with_capacity(GREETING);
    let said = |heard: &[u8]| String::from_utf8_lossy(heard).into_owned();
    let listening = async {
        while heard.len() < GREETING && matches!(stream.read_buf(&mut heard).await, Ok(1..)) {
            if said(&heard).contains(text) {
                return true;
            }
        }
        false
    };
    let found = timeout(limit.min(ANSWER), listening).await.unwrap_or(false);
    let mut who = hide::first_line(&said(&heard), &[]).unwrap_or_else(|| "nothing".to_owned());
    if !found && let Some(speaks) = Speaks::recognise(&heard) {
        who = format!("{who} ({})", speaks.name());
    }
    let who = Identity(who);
    if found { Ok(Identity(format!("{shown} says `{}`", who.0))) } else { Err(somebody_else(shown, &who, text)) }
}
