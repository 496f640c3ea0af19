//! Which processes have a socket open: one walk over `/proc/PID/fd`.
//!
//! It costs one `readlink` for each open file of the machine, so that is done relative to the open folder. A process is left as soon
//! as all that is wanted was found in it: a listener is opened before its connections, so the first files are looked at in order. Of a
//! process with many more, two threads look at the rest, one of them from the end: what was opened last is found as soon.
//! The walk goes on to the other processes, which may have the same socket.

use std::collections::{BTreeMap, BTreeSet};

/// The processes that have each of `inodes` open, as far as they may be looked into.
pub(crate) fn holders(inodes: &BTreeSet<u64>) -> BTreeMap<u64, BTreeSet<u32>> {
    let mut holders: BTreeMap<u64, BTreeSet<u32>> = BTreeMap::new();
    #[cfg(target_os = "linux")]
    if !inodes.is_empty() {
        for pid in linux::processes() {
            for inode in linux::sockets(pid, inodes) {
                holders.entry(inode).or_default().insert(pid);
            }
        }
    }
    let _ = inodes;
    holders
}

/// The inode of the socket that the link of an open file leads to; `None` as well where there are no such links.
#[cfg(unix)]
pub(crate) fn socket_inode(link: &str) -> Option<u64> {
    use std::os::unix::ffi::OsStrExt;
    socket(std::fs::read_link(link).ok()?.as_os_str().as_bytes())
}

/// The number in `socket:[123]`.
#[cfg(unix)]
fn socket(link: &[u8]) -> Option<u64> {
    let digits = link.strip_prefix(b"socket:[")?.strip_suffix(b"]")?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(target_os = "linux")]
mod linux {
    use super::socket;
    use rustix::{
        fs::{CWD, Mode, OFlags, RawDir, openat, readlinkat_raw},
        path::{Arg, DecInt},
    };
    use std::{
        collections::BTreeSet,
        ffi::CStr,
        mem::MaybeUninit,
        os::fd::OwnedFd,
        sync::{Mutex, PoisonError},
        thread,
    };

    /// Bytes of one look into a folder: some thousand names.
    const NAMES: usize = 64 << 10;
    /// More than `socket:[18446744073709551615]` has. What is longer is no socket.
    const LINK: usize = 40;
    /// So many files are looked at before a second thread is worth its start: some milliseconds.
    const FIRST: usize = 1000;
    /// So many are looked at before each thread asks what the other one found.
    const STRETCH: usize = 64;

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

    /// Those of `wanted` that `pid` has open. None when it may not be looked into, or is gone.
    pub(super) fn sockets(pid: u32, wanted: &BTreeSet<u64>) -> BTreeSet<u64> {
        let Some(folder) = std::ffi::CString::new(format!("/proc/{pid}/fd")).ok().and_then(|path| open(&path)) else {
            return BTreeSet::new();
        };
        let look = Look { folder: &folder, wanted, found: Mutex::default() };
        let (mut seen, mut rest) = (0, vec![]);
        each_name(&folder, |name| {
            seen += 1;
            if seen <= FIRST {
                return look.at(name);
            }
            rest.extend(name.to_str().ok().and_then(|name| name.parse::<u32>().ok()));
            true
        });
        look.at_all(&rest);
        look.found.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those of `wanted` that are among the open files with `numbers`.
    #[cfg(test)]
    pub(super) fn found_among(folder: &OwnedFd, numbers: &[u32], wanted: &BTreeSet<u64>) -> BTreeSet<u64> {
        let look = Look { folder, wanted, found: Mutex::default() };
        look.at_all(numbers);
        look.found.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// A look at the open files of one process.
    struct Look<'a> {
        folder: &'a OwnedFd,
        wanted: &'a BTreeSet<u64>,
        found: Mutex<BTreeSet<u64>>,
    }

    impl Look<'_> {
        /// Looks at one; whether there is more to find.
        fn at(&self, name: impl Arg) -> bool {
            let mut link = [const { MaybeUninit::uninit() }; LINK];
            let inode = readlinkat_raw(self.folder, name, &mut link[..]).ok().and_then(|(link, _)| socket(link));
            match inode.filter(|inode| self.wanted.contains(inode)) {
                None => true,
                Some(inode) => {
                    // A panic cannot leave it half changed: each use is one call.
                    let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
                    found.insert(inode);
                    found.len() < self.wanted.len()
                }
            }
        }

        fn wants_more(&self) -> bool {
            self.found.lock().unwrap_or_else(PoisonError::into_inner).len() < self.wanted.len()
        }

        /// Looks at all of `numbers`, from both ends when they are many.
        fn at_all(&self, numbers: &[u32]) {
            if !self.wants_more() {
                return;
            }
            let (first, last) = numbers.split_at(numbers.len() / 2);
            let from_the_end = || self.until_found(last.iter().rev());
            thread::scope(|scope| {
                let many = numbers.len() >= FIRST;
                let second = many.then(|| thread::Builder::new().spawn_scoped(scope, from_the_end).ok()).flatten();
                if second.is_none() {
                    from_the_end();
                }
                self.until_found(first.iter());
            });
        }

        /// Looks now and then whether the other one has found all that is wanted.
        fn until_found<'a>(&self, mut numbers: impl Iterator<Item = &'a u32>) {
            while self.wants_more() {
                let mut some = numbers.by_ref().take(STRETCH).peekable();
                if some.peek().is_none() {
                    return;
                }
                if !some.all(|number| self.at(DecInt::new(*number))) {
                    return;
                }
            }
        }
    }

    pub(super) fn open(path: &CStr) -> Option<OwnedFd> {
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
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::linux::{found_among, open};
    use std::{collections::BTreeSet, fs, net::UdpSocket, os::fd::AsRawFd, os::unix::fs::MetadataExt};

    #[test]
    fn a_socket_is_found_wherever_it_stands_among_many_open_files_and_one_that_is_not_there_is_not() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let fd = u32::try_from(socket.as_raw_fd()).unwrap();
        let inode = fs::metadata(format!("/proc/self/fd/{fd}")).unwrap().ino();
        let folder = open(c"/proc/self/fd").unwrap();
        for at in [0, 1, 1499, 1500, 1501, 2998, 2999] {
            // No process has files with such numbers.
            let mut numbers: Vec<u32> = (2_000_000_000..2_000_003_000).collect();
            numbers[at] = fd;
            let found = |wanted: &[u64]| found_among(&folder, &numbers, &wanted.iter().copied().collect());
            assert_eq!(found(&[inode]), BTreeSet::from([inode]), "it is number {at}");
            assert_eq!(found(&[inode, 1]), BTreeSet::from([inode]), "the other one is nowhere");
            assert_eq!(found(&[1]), BTreeSet::new());
        }
    }
}
