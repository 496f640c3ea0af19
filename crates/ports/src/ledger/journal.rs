//! The file: lines that are appended under a lock, read on from where one was, and written anew when there are too many.
//!
//! The lock is a file of its own that is never replaced. Nothing is flushed to the disk itself: after a power loss all entries are
//! stale anyway, and only remembered numbers can be lost.

use super::{LedgerError, folder, line::Event, memory::Memory};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
};

/// Below this many lines the journal is never written anew: they are read in a millisecond.
const FEW: usize = 500;
/// It is written anew when it has this many times the lines that it needs.
const GROWTH: usize = 4;
/// Longer than any journal of ours: 40,000 ports held at once. It is set aside unread.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// How many journals that were set aside are kept, the newest.
const MOST_ASIDE: usize = 3;

/// The files of the ledger.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    lock: File,
    /// Device and inode of the lock. They are nobody else's for as long as it is open.
    identity: (u64, u64),
    queue: File,
    /// What one who waited showed it by, for the next.
    spare: Option<File>,
    file: Open,
    /// Whether nothing has been read of it yet.
    untouched: bool,
    /// What has to be told to people.
    pub(super) notes: Vec<String>,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// Device and inode.
    identity: (u64, u64),
    /// How far it has been read, always to the end of a line.
    read: u64,
    /// How many lines these are.
    lines: usize,
    /// It is not written anew before it has this many.
    most: usize,
}

impl Journal {
    /// Opens the ledger in `folder`, making what is missing.
    ///
    /// # Errors
    /// It can be neither used nor made, or is not safe.
    pub(super) fn open(folder: &Path) -> Result<Self, LedgerError> {
        folder::prepare(folder)?;
        let lock = folder::open(&lock_path(folder), OpenOptions::new().read(true).write(true).create(true))?;
        let found = lock.metadata().map_err(|source| LedgerError::File { path: lock_path(folder), source })?;
        let queue = folder::open(&queue_path(folder), OpenOptions::new().read(true).write(true).create(true))?;
        let file = Open::at(&journal_path(folder))?;
        Ok(Self {
            folder: folder.to_owned(),
            lock,
            identity: identity(&found),
            queue,
            spare: None,
            file,
            untouched: true,
            notes: vec![],
        })
    }

    /// The lock, unless another process has it.
    ///
    /// # Errors
    /// The system has no locks there, or somebody removed the file and it cannot be made again.
    pub(super) fn try_lock(&mut self) -> Result<bool, LedgerError> {
        let path = lock_path(&self.folder);
        let failed = |source| LedgerError::File { path: path.clone(), source };
        match self.lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        // Somebody may have removed the folder or the file: others would lock another one.
        if !fs::symlink_metadata(&path).is_ok_and(|there| identity(&there) == self.identity) {
            let notes = std::mem::take(&mut self.notes);
            *self = Self { notes, ..Self::open(&self.folder)? };
            return self.lock.try_lock().map(|()| true).or_else(|error| match error {
                TryLockError::WouldBlock => Ok(false),
                TryLockError::Error(source) => Err(failed(source)),
            });
        }
        Ok(true)
    }

    /// Shows that somebody waits for the lock, until it is dropped; nothing when that is not possible.
    pub(super) fn queue(&mut self) -> Option<File> {
        let path = queue_path(&self.folder);
        let open = || folder::open(&path, OpenOptions::new().read(true).write(true).create(true)).ok();
        let queue = self.spare.take().or_else(open)?;
        queue.try_lock_shared().ok()?;
        Some(queue)
    }

    /// Ends a [`Journal::queue`], and keeps the file for the next one.
    pub(super) fn leave(&mut self, queue: File) {
        self.spare = queue.unlock().is_ok().then_some(queue);
    }

    /// Whether somebody waits for the lock.
    pub(super) fn is_waited_for(&self) -> bool {
        let free = self.queue.try_lock().is_ok();
        if free {
            // Given up at the latest when this process ends, and nobody waits for this one.
            drop(self.queue.unlock());
        }
        !free
    }

    pub(super) fn unlock(&self) {
        // It is given up at the latest when this process ends.
        drop(self.lock.unlock());
    }

    /// Reads what was written since; true when that was the whole file. Under the lock.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn refresh(&mut self, memory: &mut Memory) -> Result<bool, LedgerError> {
        let path = journal_path(&self.folder);
        let failed = |source| LedgerError::File { path: path.clone(), source };
        let there = fs::symlink_metadata(&path).ok().map(|found| (identity(&found), found.len()));
        let length = match there.filter(|(id, length)| *id == self.file.identity && *length >= self.file.read) {
            Some((_, length)) if length == self.file.read && !self.untouched => return Ok(false),
            Some((_, length)) => length,
            // Written anew by another process, or removed, or cut by somebody.
            None => {
                self.untouched = true;
                self.file = Open::at(&path)?;
                self.file.file.metadata().map_err(failed)?.len()
            }
        };
        if std::mem::take(&mut self.untouched) {
            *memory = Memory::default();
        }
        let rest = length - self.file.read;
        if rest > MOST_BYTES {
            return self.set_aside(memory, "it is longer than any ledger of ours");
        }
        let text = self.file.next(rest).map_err(failed)?;
        let (whole, torn) = lines(&text);
        let (read, broken) = memory.read(whole);
        self.file.read += whole.len() as u64;
        self.file.lines += read;
        let all = self.file.read == whole.len() as u64;
        if broken > 0 {
            return self.set_aside(memory, &format!("{broken} of its lines cannot be read"));
        }
        // Whoever wrote the rest was killed at it, as nobody else has the lock: it was never said to be written.
        if torn {
            self.file.file.set_len(self.file.read).map_err(failed)?;
        }
        Ok(all)
    }

    /// Writes `events`, all or none. Under the lock, after [`Journal::refresh`].
    ///
    /// # Errors
    /// They cannot be written.
    pub(super) fn append(&mut self, memory: &mut Memory, events: Vec<Event>) -> Result<(), LedgerError> {
        let text = match events.as_slice() {
            [event] => event.line(),
            events => events.iter().flat_map(Event::line).collect(),
        };
        let open = &mut self.file;
        if let Err(source) = open.file.write_all(&text) {
            // The half that a full disk took; when that fails, too, the next one to come takes it off.
            drop(open.file.set_len(open.read));
            return Err(LedgerError::File { path: journal_path(&self.folder), source });
        }
        open.read += text.len() as u64;
        open.lines += events.len();
        events.into_iter().for_each(|event| memory.take(event));
        if open.lines > open.most.max(GROWTH * memory.len()) {
            self.write_anew(memory);
        }
        Ok(())
    }

    /// In as few lines as it takes. What cannot be done now is tried again when the journal has doubled.
    fn write_anew(&mut self, memory: &Memory) {
        self.file.most = self.file.lines * 2;
        if let Ok(new) = replace(&self.folder, memory) {
            self.file = new;
        }
    }

    /// Keeps the journal under another name, and writes what could be read of it anew.
    fn set_aside(&mut self, memory: &Memory, because: &str) -> Result<bool, LedgerError> {
        let path = journal_path(&self.folder);
        let aside = self.folder.join(format!("journal.corrupt-{}", super::milliseconds()));
        let failed = |source| LedgerError::File { path: path.clone(), source };
        // Linked first: at no moment is there no journal.
        fs::hard_link(&path, &aside).or_else(|_| fs::rename(&path, &aside)).map_err(failed)?;
        self.file = replace(&self.folder, memory).map_err(failed)?;
        self.notes.push(format!(
            "the ledger `{}` was set aside as `{}`, as {because}; what could be read is kept",
            path.display(),
            aside.display()
        ));
        remove_oldest_aside(&self.folder);
        Ok(true)
    }
}

impl Open {
    fn at(path: &Path) -> Result<Self, LedgerError> {
        let file = folder::open(path, OpenOptions::new().read(true).append(true).create(true))?;
        let found = file.metadata().map_err(|source| LedgerError::File { path: path.to_owned(), source })?;
        Ok(Self { file, identity: identity(&found), read: 0, lines: 0, most: FEW })
    }

    /// The `length` bytes that come after what has been read, in one call.
    fn next(&self, length: u64) -> io::Result<Vec<u8>> {
        // At most `MOST_BYTES`.
        let mut text = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        self.file.read_exact_at(&mut text, self.read)?;
        Ok(text)
    }
}

/// Writes a new journal and puts it in the place of the old one in one step.
fn replace(folder: &Path, memory: &Memory) -> io::Result<Open> {
    let text = memory.lines(super::milliseconds());
    let path = folder.join("journal.new");
    let mut options = OpenOptions::new();
    let mut new = folder::open(&path, options.read(true).append(true).create(true)).map_err(io::Error::other)?;
    new.set_len(0)?;
    new.write_all(&text)?;
    let identity = identity(&new.metadata()?);
    fs::rename(&path, journal_path(folder))?;
    Ok(Open { file: new, identity, read: text.len() as u64, lines: memory.len(), most: FEW })
}

/// What a folder's journal comes to, read without the lock. Nothing is made or changed, and broken lines are passed over.
///
/// # Errors
/// The file is there and cannot be read, or is not safe.
pub(super) fn peek(folder: &Path) -> Result<Memory, LedgerError> {
    let path = journal_path(folder);
    let mut memory = Memory::default();
    if !is_there(folder) {
        return Ok(memory);
    }
    folder::check(folder)?;
    let file = folder::open(&path, OpenOptions::new().read(true))?;
    let mut text = vec![];
    let read = file.take(MOST_BYTES).read_to_end(&mut text);
    read.map_err(|source| LedgerError::File { path, source })?;
    let (whole, _) = lines(&text);
    memory.read(whole);
    Ok(memory)
}

/// Whether there is a journal, as far as that can be seen.
pub(super) fn is_there(folder: &Path) -> bool {
    !fs::symlink_metadata(journal_path(folder)).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// The whole lines, and whether something without an end comes after them.
fn lines(text: &[u8]) -> (&[u8], bool) {
    let end = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    (&text[..end], end < text.len())
}

fn remove_oldest_aside(folder: &Path) {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_aside =
        |path: &PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("journal.corrupt-"));
    let mut aside: Vec<_> = names.filter(is_aside).collect();
    aside.sort_unstable();
    for path in &aside[..aside.len().saturating_sub(MOST_ASIDE)] {
        // One too many is no harm.
        drop(fs::remove_file(path));
    }
}

fn identity(found: &fs::Metadata) -> (u64, u64) {
    (found.dev(), found.ino())
}

fn journal_path(folder: &Path) -> PathBuf {
    folder.join("journal")
}

pub(super) fn lock_path(folder: &Path) -> PathBuf {
    folder.join("lock")
}

fn queue_path(folder: &Path) -> PathBuf {
    folder.join("queue")
}
