//! The file of a Unix socket: whose it is, and who removes it.

use super::occupant::FileId;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Where a held Unix socket stands. Copies are the same.
#[derive(Debug, Clone)]
pub(crate) enum Standing {
    /// A file that was made for it. It is removed when the last copy is dropped.
    Made(Arc<MadeFile>),
    /// A file of whoever gave the socket to this process, who also removes it.
    Theirs(PathBuf, FileId),
    /// A name in the abstract space: there is no file.
    Abstract,
}

/// A file that this process made.
#[derive(Debug)]
pub(crate) struct MadeFile {
    path: PathBuf,
    id: FileId,
}

impl Standing {
    /// The file at `path`, which was made a moment ago.
    ///
    /// # Errors
    /// When it cannot be looked at.
    pub(crate) fn made(path: &Path) -> io::Result<Self> {
        let id = FileId::from(&fs::symlink_metadata(path)?);
        Ok(Self::Made(Arc::new(MadeFile { path: path.to_owned(), id })))
    }

    /// Whether the file is still the one that it was.
    pub(crate) fn is_in_place(&self) -> bool {
        match self {
            Self::Made(file) => is_at(&file.path, file.id),
            Self::Theirs(path, id) => is_at(path, *id),
            Self::Abstract => true,
        }
    }
}

fn is_at(path: &Path, id: FileId) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| FileId::from(&found) == id)
}

impl Drop for MadeFile {
    fn drop(&mut self) {
        if is_at(&self.path, self.id) {
            // If it cannot be removed, it is a dead file, which the next start replaces.
            let _ = fs::remove_file(&self.path);
        }
    }
}
