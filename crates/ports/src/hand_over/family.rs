//! Which processes belong to the program: it, and whatever it started.

use crate::owner::socket_inode;
use std::{collections::BTreeSet, fs, io};

/// The deepest chain of parents that is followed: a chain changes while it is read, and must not become a ring.
const DEEPEST: usize = 64;

/// The sockets that process `pid` has open.
///
/// # Errors
/// When it is gone, or may not be looked into.
pub(super) fn sockets_of(pid: &str) -> io::Result<BTreeSet<u64>> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd"))?;
    Ok(entries.flatten().filter_map(|entry| socket_inode(entry.path().to_str()?)).collect())
}

/// Whether `pid` is `ancestor`, or was started by it, or by what it started.
pub(super) fn descends_from(pid: u32, ancestor: u32) -> bool {
    let mut at = pid;
    for _ in 0..DEEPEST {
        if at == ancestor {
            return true;
        }
        match parent(at) {
            Some(parent) if parent > 0 => at = parent,
            _ => return false,
        }
    }
    false
}

/// Whether process `pid` has ended, though nobody has waited for it yet: then it has nothing open any more.
pub(super) fn has_ended(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with(['Z', 'X']))
}

fn parent(pid: u32) -> Option<u32> {
    parent_in(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// The fourth field of `/proc/PID/stat`. The second is the name, in parentheses, and may hold anything.
fn parent_in(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_blanks_and_parentheses_does_not_hide_the_parent() {
        assert_eq!(parent_in("12 (a) S 1 (x) S 34 12 12 0 -1"), Some(34));
        assert_eq!(parent_in("12 (a"), None);
    }

    #[test]
    fn a_child_descends_from_this_process_and_not_the_other_way_round() {
        let (ours, pipe) = (std::process::id(), std::process::Stdio::piped());
        let mut child = std::process::Command::new("cat").stdin(pipe).spawn().unwrap();
        let theirs = child.id();
        assert!(descends_from(ours, ours) && descends_from(theirs, ours) && !descends_from(ours, theirs));
        assert!(!has_ended(theirs) && !descends_from(u32::MAX, ours), "a process that is gone descends from nobody");
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(has_ended(theirs));
    }
}
