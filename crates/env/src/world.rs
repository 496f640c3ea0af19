//! What resolving looks at outside of the variables: secret files, paths, the date.
//!
//! Read [`World`] first: it is handed in, so that resolving itself stays pure. [`System`] is the real one.

use bootproof_core::Secret;
use jiff::civil::Date;
use nix::{errno::Errno, fcntl::OFlag};
use std::{
    fs, io,
    io::Read as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

/// The most that is read of a secret file: what Kubernetes and Docker allow a secret to be (1 MiB and 500 kB).
const LARGEST: u64 = 1 << 20;

/// What resolving may ask of the world. Nothing here changes anything.
pub trait World {
    /// The text of a secret file, and what others may do with it.
    ///
    /// # Errors
    /// When it cannot be read, or is no small regular file of UTF-8 text.
    fn secret_file(&self, path: &Path) -> io::Result<SecretFile>;
    /// Whether `path` is what it must be.
    ///
    /// # Errors
    /// When it is not, or cannot be looked at.
    fn check(&self, path: &Path, access: Access) -> io::Result<()>;
    /// Today's date, where the service runs.
    fn today(&self) -> Date;
}

/// What a path must be or allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// There is something.
    Exists,
    /// This process may read it.
    Readable,
    /// This process may write it; of a folder, into it.
    Writable,
    /// It is a folder.
    Folder,
}

impl Access {
    /// The words of `bootproof.toml`.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("exists", Self::Exists),
        ("readable", Self::Readable),
        ("writable", Self::Writable),
        ("folder", Self::Folder),
    ];
}

/// A secret file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile {
    /// All of it.
    pub text: Secret,
    /// Whether others than owner and group may read it, on a disk: what container engines mount is theirs to guard.
    pub readable_by_others: bool,
    /// Whether others than owner and group may write it.
    pub writable_by_others: bool,
}

/// The system this runs on.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl World for System {
    fn secret_file(&self, path: &Path) -> io::Result<SecretFile> {
        // Opened first, then looked at: what is checked is what is read.
        let file = open(path)?;
        let kind = file.metadata()?;
        refuse_unless_file(&kind)?;
        let text = read_text(file.take(LARGEST + 1), kind.len())?;
        let mode = kind.permissions().mode();
        Ok(SecretFile {
            text,
            readable_by_others: mode & 0o004 != 0 && !is_mounted_by_an_engine(path),
            writable_by_others: mode & 0o002 != 0,
        })
    }

    fn check(&self, path: &Path, access: Access) -> io::Result<()> {
        use nix::unistd::{AccessFlags, access as may};
        let kind = fs::metadata(path)?;
        match access {
            Access::Exists => Ok(()),
            Access::Readable => Ok(may(path, AccessFlags::R_OK)?),
            Access::Writable => Ok(may(path, AccessFlags::W_OK)?),
            Access::Folder if kind.is_dir() => Ok(()),
            Access::Folder => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    fn today(&self) -> Date {
        jiff::Zoned::now().date()
    }
}

/// Opens without waiting for anything, whatever it is: without O_NONBLOCK, a pipe that nobody writes to would be waited for.
fn open(path: &Path) -> io::Result<fs::File> {
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    let opened = fs::OpenOptions::new().read(true).custom_flags(flags.bits()).open(path);
    opened.map_err(|error| match error.raw_os_error() {
        // A socket cannot be opened.
        Some(code) if code == Errno::ENXIO as i32 => io::ErrorKind::InvalidInput.into(),
        _ => error,
    })
}

/// Pipes and devices are refused: they may never end, and a proof reads twice.
fn refuse_unless_file(kind: &fs::Metadata) -> io::Result<()> {
    match () {
        () if kind.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        () if !kind.is_file() => Err(io::ErrorKind::InvalidInput.into()),
        () => Ok(()),
    }
}

/// All of `file`, in one buffer that does not move, so that no copy stays behind in memory.
fn read_text(mut file: impl io::Read, length: u64) -> io::Result<Secret> {
    // 64 bytes more: `read_to_end` looks for the end through a buffer on the stack when fewer than 32 are free.
    let room = usize::try_from(length.min(LARGEST)).unwrap_or_default() + 64;
    let mut bytes = Vec::with_capacity(room);
    file.read_to_end(&mut bytes)?;
    let too_large = bytes.len() as u64 > LARGEST;
    let text = Secret::from_utf8(bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    if too_large { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(text) }
}

/// Folders that are often in memory, and where everybody may put a file: no engine mounts secrets there.
const PUBLIC: [&str; 5] = ["/tmp", "/var/tmp", "/dev/shm", "/run/shm", "/run/user"];

/// Where Docker, Podman and Compose mount secrets, or a file system in memory, which Kubernetes and Swarm keep theirs on.
fn is_mounted_by_an_engine(path: &Path) -> bool {
    let real = fs::canonicalize(path);
    let path = real.as_deref().unwrap_or(path);
    path.starts_with("/run/secrets")
        || path.starts_with("/var/run/secrets")
        || (is_in_memory(path) && !PUBLIC.iter().any(|folder| path.starts_with(folder)))
}

#[cfg(target_os = "linux")]
fn is_in_memory(path: &Path) -> bool {
    use nix::sys::statfs::{TMPFS_MAGIC, statfs};
    statfs(path).is_ok_and(|kind| kind.filesystem_type() == TMPFS_MAGIC)
}

#[cfg(not(target_os = "linux"))]
fn is_in_memory(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    fn file(folder: &Path, name: &str, bytes: &[u8], mode: u32) -> std::path::PathBuf {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn each_reason_a_secret_file_cannot_be_read_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| file(folder.path(), name, bytes, 0o600);
        assert_eq!(System.secret_file(&file("ok", b"s3cret\n")).unwrap().text.reveal(), "s3cret\n");
        let kind = |path: &Path| System.secret_file(path).unwrap_err().kind();
        assert_eq!(kind(folder.path()), ErrorKind::IsADirectory);
        assert_eq!(kind(&folder.path().join("none")), ErrorKind::NotFound);
        assert_eq!(kind(&file("latin1", b"caf\xe9")), ErrorKind::InvalidData);
        assert_eq!(kind(&file("big", &vec![b'x'; (1 << 20) + 1])), ErrorKind::FileTooLarge);
        assert_eq!(kind(Path::new("/dev/zero")), ErrorKind::InvalidInput);
        // Would wait for ever, were it opened as a file is.
        let pipe = folder.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert_eq!(kind(&pipe), ErrorKind::InvalidInput);
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert_eq!(kind(&socket), ErrorKind::InvalidInput);
    }

    #[test]
    fn what_others_may_do_with_a_secret_file_is_seen() {
        // Not in memory, as a rule, and where nobody else puts files.
        let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
        for (mode, readable, writable) in
            [(0o600, false, false), (0o640, false, false), (0o604, true, false), (0o602, false, true)]
        {
            let seen = System.secret_file(&file(folder.path(), "s", b"x", mode)).unwrap();
            assert_eq!((seen.readable_by_others, seen.writable_by_others), (readable, writable), "{mode:o}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_secret_that_lies_open_in_a_public_folder_in_memory_is_seen() {
        assert!(is_in_memory(Path::new("/dev/shm")), "this test needs /dev/shm in memory, as every Linux has it");
        let folder = tempfile::tempdir_in("/dev/shm").unwrap();
        let seen = System.secret_file(&file(folder.path(), "s", b"x", 0o644)).unwrap();
        assert!(seen.readable_by_others);
        assert!(!is_mounted_by_an_engine(Path::new("/dev/shm")));
        assert!(is_mounted_by_an_engine(Path::new("/run/secrets/db")));
    }

    #[test]
    fn paths_are_looked_at_and_never_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), "f", b"", 0o600);
        for access in [Access::Exists, Access::Readable, Access::Writable] {
            assert!(System.check(&path, access).is_ok(), "{access:?}");
        }
        assert_eq!(System.check(&path, Access::Folder).unwrap_err().kind(), ErrorKind::NotADirectory);
        assert!(System.check(folder.path(), Access::Folder).is_ok());
        let none = folder.path().join("none");
        assert_eq!(System.check(&none, Access::Writable).unwrap_err().kind(), ErrorKind::NotFound);
        assert!(!none.exists());
    }
}
