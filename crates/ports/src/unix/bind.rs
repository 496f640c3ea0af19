//! Binds a Unix socket, in the place of a dead one when there is one.
//!
//! Between "nobody listens" and "it is removed" somebody else may have bound the path. So all of it is done under a lock on
//! the folder (`flock` on the folder itself: it leaves nothing behind), and what is removed is looked at once more under
//! another name: when it is not the dead one any more, it goes back.

use super::{
    HeldUnix, UnixSpec, UnixTrouble,
    file::Standing,
    occupant::{FileId, Occupant, look, of_folder},
};
use crate::PortError;
use socket2::{Domain, SockAddr, Socket, Type};
use std::{
    ffi::OsString,
    fs::{self, File, Permissions, TryLockError},
    io::{self, ErrorKind},
    os::unix::{ffi::OsStringExt, fs::PermissionsExt, net::UnixListener},
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

/// Connections that may wait to be accepted; the kernel caps it at `somaxconn`.
const BACKLOG: i32 = 4096;
/// The longest the folder's lock is waited for. Others have it for microseconds.
const PATIENCE: Duration = Duration::from_secs(1);

/// Binds the socket, listens, and holds it. A file on which nobody listens any more is replaced, and
/// [`HeldUnix::has_replaced`] says so. Blocks for some milliseconds, and a second at most.
///
/// # Errors
/// Somebody has it, the path cannot be used, or the system refuses.
pub fn hold_unix(spec: &UnixSpec) -> Result<HeldUnix, PortError> {
    hold(spec).map_err(|trouble| error(spec, trouble))
}

/// `trouble` with the socket it is about.
pub(super) fn error(spec: &UnixSpec, trouble: UnixTrouble) -> PortError {
    PortError::Unix { name: spec.name.clone(), path: spec.path.display().to_string(), trouble }
}

fn hold(spec: &UnixSpec) -> Result<HeldUnix, UnixTrouble> {
    spec.check()?;
    if spec.abstract_name().is_some() {
        let listener = bind(spec).map_err(|error| refused(spec, error))?;
        return Ok(HeldUnix::new(spec.clone(), listener, Standing::Abstract, false));
    }
    let lock = lock(spec)?;
    let replaced = match look(spec)? {
        Occupant::Nothing => false,
        Occupant::Dead(dead) => remove(spec, dead)?,
    };
    let listener = bind(spec).map_err(|error| refused(spec, error))?;
    let standing = Standing::made(&spec.path).map_err(UnixTrouble::System)?;
    drop(lock);
    Ok(HeldUnix::new(spec.clone(), listener, standing, replaced))
}

/// The folder, locked until dropped.
fn lock(spec: &UnixSpec) -> Result<File, UnixTrouble> {
    let folder = File::open(spec.folder()).map_err(|error| of_folder(spec, &error))?;
    let late = Instant::now() + PATIENCE;
    loop {
        match folder.try_lock() {
            Ok(()) => return Ok(folder),
            Err(TryLockError::WouldBlock) if Instant::now() < late => thread::sleep(Duration::from_millis(1)),
            Err(TryLockError::WouldBlock) => {
                let folder = spec.folder().display();
                return Err(UnixTrouble::Folder(format!("somebody keeps `{folder}` locked (`flock`)")));
            }
            Err(TryLockError::Error(error)) => return Err(UnixTrouble::System(error)),
        }
    }
}

/// Removes the dead file, and nothing else: first out of the way, then looked at again, then away.
fn remove(spec: &UnixSpec, dead: FileId) -> Result<bool, UnixTrouble> {
    let aside = aside(spec);
    match fs::rename(&spec.path, &aside) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        other => other.map_err(|error| of_folder(spec, &error))?,
    }
    let moved = fs::symlink_metadata(&aside).map_err(UnixTrouble::System)?;
    if FileId::from(&moved) == dead {
        fs::remove_file(&aside).map_err(|error| of_folder(spec, &error))?;
        return Ok(true);
    }
    // Somebody who knows nothing of the lock put a new one there. It gets its name back, unless that is taken again.
    let back = fs::hard_link(&aside, &spec.path);
    if back.is_ok() {
        fs::remove_file(&aside).map_err(UnixTrouble::System)?;
    }
    Err(UnixTrouble::Busy(crate::Owner::Unknown))
}

fn aside(spec: &UnixSpec) -> PathBuf {
    let nonce = u128::from_ne_bytes(crate::visit::nonce());
    spec.folder().join(format!(".bootproof-{nonce:032x}"))
}

fn bind(spec: &UnixSpec) -> io::Result<UnixListener> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.bind(&address(spec)?)?;
    if let Some(mode) = spec.mode.filter(|_| spec.abstract_name().is_none()) {
        // Nobody can connect before `listen`, so the permissions are there in time.
        fs::set_permissions(&spec.path, Permissions::from_mode(mode))
            .inspect_err(|_| drop(fs::remove_file(&spec.path)))?;
    }
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// The address of `spec`; an abstract one begins with a zero.
pub(super) fn address(spec: &UnixSpec) -> io::Result<SockAddr> {
    match spec.abstract_name() {
        Some(name) => SockAddr::unix(PathBuf::from(OsString::from_vec([b"\0", name].concat()))),
        None => SockAddr::unix(&spec.path),
    }
}

fn refused(spec: &UnixSpec, error: io::Error) -> UnixTrouble {
    match error.kind() {
        ErrorKind::AddrInUse => match look(spec) {
            Err(trouble) => trouble,
            Ok(_) => UnixTrouble::Busy(crate::Owner::Unknown),
        },
        ErrorKind::NotFound
        | ErrorKind::PermissionDenied
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::NotADirectory => of_folder(spec, &error),
        _ => UnixTrouble::System(error),
    }
}
