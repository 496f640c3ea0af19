//! Reading a file that somebody else wrote: regular, not too large, UTF-8.

use crate::FileError;
use bootproof_core::Secret;
use nix::fcntl::OFlag;
use std::fs::OpenOptions;
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use zeroize::Zeroizing;

/// The largest file that is read, in bytes: 4 MiB. Chosen by hand: a Compose file of a thousand services has a tenth
/// of it.
pub(super) const LARGEST_FILE: u64 = 4 << 20;

/// The text of the file at `path`, without its byte order mark.
pub(super) fn text(path: &Path) -> Result<Secret, FileError> {
    // Without O_NONBLOCK, a pipe that nobody writes to would be waited for.
    let opened = OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path);
    let file = opened.map_err(|error| match error.raw_os_error() {
        // ENXIO: a socket cannot be opened.
        Some(code) if code == nix::errno::Errno::ENXIO as i32 => FileError::NotRegular,
        _ if error.kind() == io::ErrorKind::NotFound => FileError::Missing,
        _ => FileError::Io(error),
    })?;
    let about = file.metadata()?;
    if about.is_dir() {
        return Err(FileError::Folder);
    }
    if !about.is_file() {
        return Err(FileError::NotRegular);
    }
    let room = usize::try_from(about.len().min(LARGEST_FILE)).unwrap_or(0) + 64;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(FileError::TooLarge { limit: LARGEST_FILE });
    }
    let bare = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    match std::str::from_utf8(bare) {
        Ok(text) => Ok(Secret::new(text)),
        Err(error) => {
            let good = &bare[..error.valid_up_to()];
            Err(FileError::NotUtf8 { line: 1 + good.iter().filter(|&&byte| byte == b'\n').count() })
        }
    }
}
