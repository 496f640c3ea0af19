//! The system's table of Unix sockets, `/proc/net/unix`: those of this network namespace, by the path they were bound with.

use std::{
    ffi::OsStr,
    fs, io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

/// `__SO_ACCEPTCON` of Linux's `net.h`: somebody listens on it.
const LISTENING: u32 = 1 << 16;

/// A Unix socket that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) inode: u64,
    pub(super) listening: bool,
    /// As it was bound: absolute, relative to a folder that nobody knows, or `@name`.
    pub(super) path: PathBuf,
}

/// All sockets that have a name.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read() -> io::Result<Vec<Row>> {
    Ok(fs::read("/proc/net/unix")?.split(|b| *b == b'\n').skip(1).filter_map(row).collect())
}

/// Reads `address: references protocol flags type state inode path`; a path may hold blanks.
fn row(line: &[u8]) -> Option<Row> {
    let mut rest = line;
    let mut field = || {
        let start = rest.iter().position(|b| *b != b' ')?;
        let end = start + rest[start..].iter().position(|b| *b == b' ')?;
        let found = std::str::from_utf8(&rest[start..end]).ok()?;
        rest = &rest[end..];
        Some(found)
    };
    let flags =
        u32::from_str_radix(field().and_then(|_| field()).and_then(|_| field()).and_then(|_| field())?, 16).ok()?;
    let inode = field().and_then(|_| field()).and_then(|_| field())?.parse().ok()?;
    let path = rest.strip_prefix(b" ").filter(|path| !path.is_empty())?;
    Some(Row { inode, listening: flags & LISTENING != 0, path: OsStr::from_bytes(path).into() })
}

/// Those of `rows` that may be the socket at `path`: the same path, or a relative one that ends in the same name.
pub(super) fn at<'a>(rows: &'a [Row], path: &Path) -> impl Iterator<Item = &'a Row> {
    let name = path.file_name().map(OsStr::to_owned);
    let path = path.to_owned();
    let is_abstract = |path: &Path| path.as_os_str().as_bytes().starts_with(b"@");
    rows.iter().filter(move |row| {
        let relative = row.path.is_relative() && !is_abstract(&row.path) && !is_abstract(&path);
        // A bound name of the same socket may be written in another way.
        row.path == path
            || (relative || path.is_relative()) && !is_abstract(&row.path) && row.path.file_name() == name.as_deref()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[u8] = b"Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 21410 /run/a b.sock
0000000000000000: 00000003 00000000 00000000 0001 03    99
0000000000000000: 00000002 00000000 00000000 0002 01 21411 @abstract
0000000000000000: 00000002 00000000 00010000 0001 01 21412 rel/x.sock
garbage";

    #[test]
    fn named_sockets_are_read_with_blanks_in_their_paths() {
        let rows: Vec<_> = TABLE.split(|b| *b == b'\n').skip(1).filter_map(row).collect();
        let row = |inode, listening, path: &str| Row { inode, listening, path: path.into() };
        assert_eq!(
            rows,
            [row(21410, true, "/run/a b.sock"), row(21411, false, "@abstract"), row(21412, true, "rel/x.sock")]
        );
        let inodes = |path: &str| at(&rows, Path::new(path)).map(|row| row.inode).collect::<Vec<_>>();
        assert_eq!(
            [inodes("/run/a b.sock"), inodes("@abstract"), inodes("/x/abstract")],
            [vec![21410], vec![21411], vec![]]
        );
        assert_eq!(inodes("/anywhere/x.sock"), [21412], "bound by a relative path: it may be that one");
    }
}
