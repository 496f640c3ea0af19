//! Which processes have a socket open: one walk over `/proc/PID/fd`.
//!
//! It costs one `readlink` for each open file of the machine, so that is done relative to the open folder and without memory
//! for each name. A process is left as soon as all that is wanted was found in it: a listener is opened before its connections.
//! The walk goes on to the other processes, which may have the same socket.

use std::collections::{BTreeMap, BTreeSet};

/// The processes that have each of `inodes` open, as far as they may be looked into.
pub(crate) fn holders(inodes: &BTreeSet<u64>) -> BTreeMap<u64, BTreeSet<u32>> {
    let mut holders: BTreeMap<u64, BTreeSet<u32>> = BTreeMap::new();
    #[cfg(target_os = "linux")]
    if !inodes.is_empty() {
        for pid in linux::processes() {
            let mut missing = inodes.len();
            linux::each_socket(pid, |inode| {
                let new = inodes.contains(&inode) && holders.entry(inode).or_default().insert(pid);
                missing -= usize::from(new);
                missing > 0
            });
        }
    }
    let _ = inodes;
    holders
}

/// The inode of the socket that the link of an open file leads to: `socket:[123]`.
#[cfg(target_os = "linux")]
pub(crate) fn socket_inode(link: &str) -> Option<u64> {
    use std::os::unix::ffi::OsStrExt;
    linux::socket(std::fs::read_link(link).ok()?.as_os_str().as_bytes())
}

#[cfg(target_os = "linux")]
mod linux {
    use rustix::fs::{CWD, Mode, OFlags, RawDir, openat, readlinkat_raw};
    use std::{ffi::CStr, mem::MaybeUninit, os::fd::OwnedFd};

    /// Bytes of one look into a folder: some thousand names.
    const NAMES: usize = 64 << 10;
    /// More than `socket:[18446744073709551615]` has. What is longer is no socket.
    const LINK: usize = 40;

    /// All processes that can be seen.
    pub(super) fn processes() -> Vec<u32> {
        let mut pids = vec![];
        if let Some(proc) = open(c"/proc") {
            each_name(&proc, |name| {
                pids.extend(name.to_str().ok().and_then(|name| name.parse::<u32>().ok()));
                true
            });
        }
        pids
    }

    /// Gives the inode of each socket that `pid` has open, for as long as `found` wants more. None when it may not be looked into, or is gone.
    pub(super) fn each_socket(pid: u32, mut found: impl FnMut(u64) -> bool) {
        let Some(folder) = std::ffi::CString::new(format!("/proc/{pid}/fd")).ok().and_then(|path| open(&path)) else {
            return;
        };
        each_name(&folder, |name| {
            let mut link = [const { MaybeUninit::uninit() }; LINK];
            match readlinkat_raw(&folder, name, &mut link[..]) {
                Ok((link, _)) => socket(link).is_none_or(&mut found),
                Err(_) => true,
            }
        });
    }

    fn open(path: &CStr) -> Option<OwnedFd> {
        openat(CWD, path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()
    }

    fn each_name(folder: &OwnedFd, mut each: impl FnMut(&CStr) -> bool) {
        let mut buffer = Vec::with_capacity(NAMES);
        let mut names = RawDir::new(folder, buffer.spare_capacity_mut());
        while let Some(Ok(name)) = names.next() {
            if !each(name.file_name()) {
                return;
            }
        }
    }

    /// The number in `socket:[123]`.
    pub(super) fn socket(link: &[u8]) -> Option<u64> {
        let digits = link.strip_prefix(b"socket:[")?.strip_suffix(b"]")?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    }
}
