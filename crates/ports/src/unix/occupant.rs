//! What is at the path of a Unix socket. Looks, and connects only where the table does not tell who listens.

use super::{UnixSpec, UnixTrouble, table};
use crate::{Owner, owner::owner_of_socket};
use socket2::{Domain, SockAddr, Socket, Type};
use std::{
    fs::{self, Metadata},
    io::{self, ErrorKind},
    os::unix::fs::{FileTypeExt, MetadataExt},
    time::SystemTime,
};

/// What is at a path that may be bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occupant {
    /// Nothing.
    Nothing,
    /// The file of a socket that no process has any more.
    Dead(FileId),
}

/// A file, told apart from one that is put in its place later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileId {
    device: u64,
    inode: u64,
    /// When it was made, where the disk tells: the number of a file that is gone is soon another's.
    made: Option<SystemTime>,
}

impl From<&Metadata> for FileId {
    fn from(found: &Metadata) -> Self {
        Self { device: found.dev(), inode: found.ino(), made: found.created().ok() }
    }
}

/// What is where `spec` wants to be.
///
/// # Errors
/// Why it cannot be bound there: somebody listens, or may; it is no socket; it cannot be looked at.
pub(super) fn look(spec: &UnixSpec) -> Result<Occupant, UnixTrouble> {
    spec.check()?;
    if spec.abstract_name().is_some() {
        return match named(spec)?.first() {
            // Nobody knows the user of an abstract name but through its process.
            Some(row) => Err(UnixTrouble::Busy(owner_of_socket(row.inode, nobody()))),
            None => Ok(Occupant::Nothing),
        };
    }
    let found = match fs::symlink_metadata(&spec.path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return folder(spec),
        Err(error) => return Err(of_folder(spec, &error)),
        Ok(found) => found,
    };
    if !found.file_type().is_socket() {
        return Err(UnixTrouble::NotASocket(kind(&found)));
    }
    let rows = named(spec)?;
    let exact = rows.iter().find(|row| row.listening && row.path == spec.path);
    if let Some(row) = exact.filter(|_| spec.path.is_absolute()) {
        return Err(UnixTrouble::Busy(owner_of_socket(row.inode, found.uid())));
    }
    let busy = || rows.first().map_or(Owner::Unknown, |row| owner_of_socket(row.inode, found.uid()));
    match connect(spec) {
        // It is bound and does not listen: its process may be starting.
        Err(error) if error.kind() == ErrorKind::ConnectionRefused && !rows.is_empty() => {
            Err(UnixTrouble::Busy(busy()))
        }
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(Occupant::Dead((&found).into())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Occupant::Nothing),
        // Somebody listens, has a full queue, speaks datagrams, or lets us not ask: none of that is dead.
        _ => Err(UnixTrouble::Busy(busy())),
    }
}

fn named(spec: &UnixSpec) -> Result<Vec<table::Row>, UnixTrouble> {
    let rows = table::read().map_err(UnixTrouble::System)?;
    Ok(table::at(&rows, &spec.path).cloned().collect())
}

/// The user that is shown where none is known: the kernel's overflow number.
fn nobody() -> u32 {
    65534
}

/// Nothing is at the path: whether its folder is there.
fn folder(spec: &UnixSpec) -> Result<Occupant, UnixTrouble> {
    match fs::metadata(spec.folder()) {
        Ok(folder) if folder.is_dir() => Ok(Occupant::Nothing),
        Ok(_) => Err(UnixTrouble::Folder(format!("`{}` is no folder", spec.folder().display()))),
        Err(error) => Err(of_folder(spec, &error)),
    }
}

/// What an error that comes of the folder means.
pub(super) fn of_folder(spec: &UnixSpec, error: &io::Error) -> UnixTrouble {
    let folder = spec.folder().display();
    match error.kind() {
        ErrorKind::NotFound => UnixTrouble::Folder(format!("`{folder}` is not there")),
        ErrorKind::NotADirectory => UnixTrouble::Folder(format!("`{folder}` is no folder")),
        ErrorKind::PermissionDenied => {
            UnixTrouble::Folder(format!("this program's user may not read, write and search `{folder}`"))
        }
        ErrorKind::ReadOnlyFilesystem => UnixTrouble::Folder(format!("`{folder}` is on a disk that is read-only")),
        _ => UnixTrouble::System(io::Error::new(error.kind(), error.to_string())),
    }
}

fn kind(found: &Metadata) -> &'static str {
    let kind = found.file_type();
    match () {
        () if kind.is_dir() => "a folder",
        () if kind.is_symlink() => "a symbolic link",
        () if kind.is_fifo() => "a pipe",
        () if kind.is_file() => "a regular file",
        () => "a device",
    }
}

/// Connects, and hangs up. Does not wait: a queue that is full is an answer.
fn connect(spec: &UnixSpec) -> io::Result<()> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.connect(&SockAddr::unix(&spec.path)?)
}
