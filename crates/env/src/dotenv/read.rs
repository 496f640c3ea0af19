//! Reading a dotenv file from the disk.

use super::{Dotenv, parse};
use bootproof_core::Secret;
use nix::fcntl::OFlag;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use zeroize::Zeroizing;

/// The largest file that is read, in bytes: 4 MiB. Chosen by hand: forty times 10,000 lines of usual length fit in.
pub const LARGEST_FILE: u64 = 4 << 20;

/// Why a dotenv file cannot be read. The path is for the caller to name.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is a folder.
    #[error("it is a folder, not a file")]
    Folder,
    /// It is a pipe, a device or a socket: it may never end, and a proof reads twice.
    #[error("it is a pipe, a device or a socket, not a regular file")]
    NotRegular,
    /// It is a symbolic link whose target does not exist.
    #[error("it is a symbolic link to a file that does not exist")]
    Dangling,
    /// It is larger than [`LARGEST_FILE`].
    #[error("it is larger than {LARGEST_FILE} bytes")]
    TooLarge,
    /// It begins with the mark of UTF-16.
    #[error("it is in UTF-16: save it as UTF-8")]
    Utf16,
    /// It is not UTF-8.
    #[error("line {line} is not UTF-8: save the file as UTF-8")]
    NotUtf8 {
        /// The first such line, from 1.
        line: usize,
    },
    /// What the system says, such as that permission is denied.
    #[error("the system cannot read it")]
    Io(#[from] io::Error),
}

/// Reads the dotenv file at `path`; `None` when there is none.
///
/// # Errors
/// Anything but a readable regular file of [`LARGEST_FILE`] bytes at most in UTF-8, with or without a byte order mark.
pub fn read(path: &Path) -> Result<Option<Dotenv>, ReadError> {
    // Without O_NONBLOCK, a pipe that nobody writes to would be waited for.
    let opened = OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path);
    match opened {
        Ok(file) => Ok(Some(parse(text_of(&file)?.reveal()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match path.symlink_metadata() {
            Ok(_) => Err(ReadError::Dangling),
            Err(_) => Ok(None),
        },
        // ENXIO: a socket cannot be opened.
        Err(error) if error.raw_os_error() == Some(nix::errno::Errno::ENXIO as i32) => Err(ReadError::NotRegular),
        Err(error) => Err(error.into()),
    }
}

fn text_of(file: &File) -> Result<Secret, ReadError> {
    let about = file.metadata()?;
    if about.is_dir() {
        return Err(ReadError::Folder);
    }
    if !about.is_file() {
        return Err(ReadError::NotRegular);
    }
    // Room for all of it at once, so that no copy is left behind by a buffer that grew, and 64 bytes more: `read_to_end`
    // looks for the end through a buffer on the stack when fewer than 32 are free.
    let room = usize::try_from(about.len().min(LARGEST_FILE)).unwrap_or(0) + 64;
    // Wiped when it is refused, too.
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(ReadError::TooLarge);
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(ReadError::Utf16);
    }
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Secret::new(text)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let bytes = Zeroizing::new(error.into_bytes());
            Err(ReadError::NotUtf8 { line: 1 + bytes[..good].iter().filter(|&&byte| byte == b'\n').count() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_that_is_not_there_is_none_and_one_that_is_there_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        assert!(read(&path).unwrap().is_none());
        fs::write(&path, "\u{feff}A=1\r\n").unwrap();
        assert_eq!(read(&path).unwrap().unwrap().assignments[0].name, "A");
    }

    #[test]
    fn each_reason_not_to_read_a_file_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let error_of = |name: &str| read(&folder.path().join(name)).unwrap_err();
        let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
        write("latin1", b"A=1\nB=caf\xe9\n");
        write("utf16", b"\xff\xfeA\0=\x001\0");
        write("big", &vec![b'#'; LARGEST_FILE as usize + 1]);
        std::os::unix::fs::symlink("nowhere", folder.path().join("link")).unwrap();
        nix::unistd::mkfifo(&folder.path().join("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        let _listener = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
        assert!(matches!(error_of("latin1"), ReadError::NotUtf8 { line: 2 }));
        assert!(matches!(error_of("utf16"), ReadError::Utf16));
        assert!(matches!(error_of("big"), ReadError::TooLarge));
        assert!(matches!(error_of("link"), ReadError::Dangling));
        assert!(matches!(error_of("pipe"), ReadError::NotRegular));
        assert!(matches!(error_of("socket"), ReadError::NotRegular));
        assert!(matches!(error_of("."), ReadError::Folder));
        assert!(matches!(error_of("big/below"), ReadError::Io(_)));
    }

    #[test]
    fn the_largest_file_that_is_allowed_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        fs::write(&path, vec![b'#'; LARGEST_FILE as usize]).unwrap();
        assert_eq!(read(&path).unwrap(), Some(Dotenv::default()));
    }
}
