//! Where the ledger is, and whether that is a safe place: ours, no link, and nobody else may write there.

use super::LedgerError;
use bootproof_core::{Vars, variables};
use std::{
    fs::{self, DirBuilder, File, Metadata, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// What nobody but the owner may do: write. (Reading tells which services run, and no secret.)
const OTHERS_WRITE: u32 = 0o022;

/// The folder where bootproof keeps what outlives a start of the user `uid`: `$BOOTPROOF_STATE_DIR`, else `bootproof` in
/// `$XDG_STATE_HOME` or `~/.local/state`, else `/tmp/bootproof-<uid>`. As the XDG base directory specification demands, a relative
/// `$XDG_STATE_HOME` counts as unset.
pub fn state_folder(vars: &Vars, uid: u32) -> PathBuf {
    let path = |name| vars.text(name).filter(|text| !text.is_empty()).map(PathBuf::from);
    let absolute = |name| path(name).filter(|path| path.is_absolute());
    path(variables::STATE_DIR)
        .or_else(|| absolute("XDG_STATE_HOME").map(|state| state.join("bootproof")))
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state/bootproof")))
        .unwrap_or_else(|| PathBuf::from(format!("/tmp/bootproof-{uid}")))
}

/// Makes `folder` and the one above it where they are missing, for this user only, and refuses what is not safe.
///
/// # Errors
/// It can be neither used nor made, or others could write there.
pub(super) fn prepare(folder: &Path) -> Result<(), LedgerError> {
    let failed = |source| LedgerError::Folder { folder: folder.to_owned(), source };
    for folder in folder.parent().into_iter().chain([folder]).filter(|folder| !folder.as_os_str().is_empty()) {
        match fs::symlink_metadata(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(folder).map_err(failed)?,
            Err(error) => return Err(failed(error)),
            Ok(_) => {}
        }
    }
    check(folder)
}

/// Refuses `folder`, and the one above it, when others could write there. For reading only.
///
/// # Errors
/// It is not there, or not safe.
pub(super) fn check(folder: &Path) -> Result<(), LedgerError> {
    let failed = |source| LedgerError::Folder { folder: folder.to_owned(), source };
    for folder in folder.parent().into_iter().chain([folder]).filter(|folder| !folder.as_os_str().is_empty()) {
        let found = fs::symlink_metadata(folder).map_err(failed)?;
        let kind = if found.is_dir() { None } else { Some("it is no folder; links are not followed") };
        if let Some(because) = kind.or(unsafe_for_us(&found)) {
            return Err(LedgerError::Unsafe { path: folder.to_owned(), because });
        }
    }
    Ok(())
}

/// With all that is missing above it; that others made it meanwhile is as good.
fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn unsafe_for_us(found: &Metadata) -> Option<&'static str> {
    if found.uid() != nix::unistd::geteuid().as_raw() {
        Some("it belongs to another user")
    } else if found.mode() & OTHERS_WRITE != 0 {
        Some("others may write to it")
    } else {
        None
    }
}

/// Opens a file of the ledger, making it when it is missing and `options` write.
///
/// # Errors
/// It cannot be opened, is no plain file, or is not ours alone.
pub(super) fn open(path: &Path, options: &mut OpenOptions) -> Result<File, LedgerError> {
    let failed = |source| LedgerError::File { path: path.to_owned(), source };
    // Without NONBLOCK, opening a FIFO waits for its other end.
    let flags = nix::libc::O_NOFOLLOW | nix::libc::O_NONBLOCK;
    let file = options.mode(0o600).custom_flags(flags).open(path).map_err(failed)?;
    let found = file.metadata().map_err(failed)?;
    let kind = if found.is_file() { None } else { Some("it is no plain file") };
    match kind.or(unsafe_for_us(&found)) {
        Some(because) => Err(LedgerError::Unsafe { path: path.to_owned(), because }),
        None => Ok(file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    fn folder(vars: &[(&str, &str)]) -> String {
        state_folder(&Vars::from_pairs("test", vars.iter().copied()), 7).display().to_string()
    }

    #[test]
    fn the_folder_is_the_one_asked_for_else_that_of_the_desktop_rules_else_one_in_tmp() {
        let (ours, xdg, home) = (("BOOTPROOF_STATE_DIR", "here"), ("XDG_STATE_HOME", "/s"), ("HOME", "/home/u"));
        assert_eq!(folder(&[ours, xdg, home]), "here");
        assert_eq!(folder(&[xdg, home]), "/s/bootproof");
        assert_eq!(folder(&[home, ("BOOTPROOF_STATE_DIR", "")]), "/home/u/.local/state/bootproof");
        assert_eq!(folder(&[("XDG_STATE_HOME", "relative"), home]), "/home/u/.local/state/bootproof");
        assert_eq!(folder(&[("HOME", "")]), "/tmp/bootproof-7");
    }

    #[test]
    fn what_is_made_is_for_this_user_only() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a/b/ports");
        prepare(&folder).unwrap();
        prepare(&folder).unwrap();
        for folder in [&folder, &root.path().join("a/b"), &root.path().join("a")] {
            assert_eq!(fs::metadata(folder).unwrap().mode() & 0o777, 0o700, "{}", folder.display());
        }
    }

    #[test]
    fn a_folder_that_others_can_write_is_a_link_or_belongs_to_somebody_else_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("state/ports");
        prepare(&folder).unwrap();
        let refused = || prepare(&folder).unwrap_err().to_string();
        for path in [&folder, &root.path().join("state")] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o770)).unwrap();
            assert!(refused().contains("others may write to it"), "{}", refused());
            fs::set_permissions(path, fs::Permissions::from_mode(0o750)).unwrap();
            prepare(&folder).unwrap();
        }
        assert!(nix::unistd::geteuid().is_root(), "this test needs root: it gives a folder to another user");
        chown(&folder, Some(65534), None).unwrap();
        assert!(refused().contains("belongs to another user"), "{}", refused());
        fs::remove_dir(&folder).unwrap();
        fs::create_dir(root.path().join("real")).unwrap();
        symlink(root.path().join("real"), &folder).unwrap();
        assert!(refused().contains("links are not followed"), "{}", refused());
    }

    #[test]
    fn a_file_that_is_a_link_a_pipe_or_open_to_others_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let (file, other) = (root.path().join("journal"), root.path().join("other"));
        fs::write(&other, "").unwrap();
        symlink(&other, &file).unwrap();
        open(&file, OpenOptions::new().read(true)).unwrap_err();
        fs::remove_file(&file).unwrap();
        nix::unistd::mkfifo(&file, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let error = open(&file, OpenOptions::new().read(true).append(true)).unwrap_err().to_string();
        assert!(error.contains("no plain file"), "{error}");
        fs::set_permissions(&other, fs::Permissions::from_mode(0o666)).unwrap();
        let error = open(&other, OpenOptions::new().read(true)).unwrap_err().to_string();
        assert!(error.contains("others may write to it"), "{error}");
    }
}
