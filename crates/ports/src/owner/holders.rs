//! Which processes have a socket open: one walk over `/proc/PID/fd`, and what it costs is one `readlink` for each open file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// The processes that have each of `inodes` open, as far as they may be looked into.
pub(crate) fn holders(inodes: &BTreeSet<u64>) -> BTreeMap<u64, BTreeSet<u32>> {
    let mut holders: BTreeMap<u64, BTreeSet<u32>> = BTreeMap::new();
    if inodes.is_empty() {
        return holders;
    }
    for pid in entries("/proc").filter_map(|name| name.parse().ok()) {
        for inode in entries(&format!("/proc/{pid}/fd")).filter_map(|fd| socket_inode(&format!("/proc/{pid}/fd/{fd}")))
        {
            if inodes.contains(&inode) {
                holders.entry(inode).or_default().insert(pid);
            }
        }
    }
    holders
}

fn entries(folder: &str) -> impl Iterator<Item = String> {
    fs::read_dir(folder).into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok())
}

/// The inode of the socket that the link of an open file leads to: `socket:[123]`.
pub(crate) fn socket_inode(link: &str) -> Option<u64> {
    let target = fs::read_link(link).ok()?;
    target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}
