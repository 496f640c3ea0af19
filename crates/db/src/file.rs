//! The file of a SQLite database: made with its folder when it is missing, and taken back again.

use crate::{
    address::{Address, File, FileMode, Place},
    classify::{self, During},
    diagnose,
    server::sqlite,
    speak::Speak,
    trouble::Trouble,
};
use bootproof_core::Diagnosis;
use sqlx::ConnectOptions;
use std::{
    fs,
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
    time::Duration,
};

/// How every SQLite database begins: <https://www.sqlite.org/fileformat.html>, section 1.3.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// What was made or changed for a database, so that it can be taken back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Made {
    /// Outermost first.
    folders: Vec<PathBuf>,
    file: Option<PathBuf>,
    /// The journal mode that the file had.
    journal: Option<(PathBuf, String)>,
}

impl Made {
    /// One line for each thing.
    pub(crate) fn lines(&self) -> Vec<String> {
        let folders = self.folders.iter().map(|folder| format!("made the folder `{}`", folder.display()));
        let file = self.file.iter().map(|file| format!("made the file `{}`", file.display()));
        let journal = self.journal.iter();
        let journal = journal.map(|(file, _)| format!("switched `{}` to a write-ahead log", file.display()));
        folders.chain(file).chain(journal).collect()
    }
}

/// Whether the file is there and can be a database; looks only. `false` when it is missing and may be made.
pub(crate) fn look(address: &Address, file: &File) -> Result<bool, Diagnosis> {
    let trouble = |trouble: Trouble, error: std::io::Error| trouble.at(address, error.to_string());
    let mut opened = match fs::File::open(&file.path) {
        Err(error) if is_missing(error.kind()) && file.mode == FileMode::Create => {
            return folder_can_be(&file.path).map(|()| false);
        }
        opened => opened.map_err(|error| trouble(Trouble::NoFile, error))?,
    };
    let mut head = vec![];
    let read = opened.by_ref().take(MAGIC.len() as u64).read_to_end(&mut head);
    read.map_err(|error| trouble(Trouble::NoFile, error))?;
    if head.is_empty() || head == MAGIC {
        return Ok(true);
    }
    Err(Trouble::NotADatabase.at(address, "it begins with something else than `SQLite format 3`"))
}

/// Nothing is there; also when something above is no folder.
fn is_missing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Whether the nearest thing above `path` that is there is a folder.
fn folder_can_be(path: &Path) -> Result<(), Diagnosis> {
    for folder in folders_above(path) {
        match fs::metadata(folder) {
            Ok(there) if there.is_dir() => return Ok(()),
            Ok(_) => return Err(diagnose::no_folder(&folder.display().to_string(), &ErrorKind::NotADirectory.into())),
            Err(error) if is_missing(error.kind()) => {}
            Err(error) => return Err(diagnose::no_folder(&folder.display().to_string(), &error)),
        }
    }
    Ok(())
}

/// The folders above `path`, nearest first; the working folder is left out.
fn folders_above(path: &Path) -> impl Iterator<Item = &Path> {
    path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty())
}

/// Makes the folder and an empty file when they are missing, and switches a file to a write-ahead log.
pub(crate) async fn prepare(address: &Address) -> Result<Made, Diagnosis> {
    let Place::File(file) = &address.place else { return Ok(Made::default()) };
    let mut made = Made::default();
    match prepare_into(&mut made, address, file).await {
        Ok(()) => Ok(made),
        Err(diagnosis) => {
            // What could not be taken back either is the smaller trouble.
            let _ = take_back(&made).await;
            Err(diagnosis)
        }
    }
}

async fn prepare_into(made: &mut Made, address: &Address, file: &File) -> Result<(), Diagnosis> {
    if !look(address, file)? {
        make_folders(made, &file.path)?;
        match fs::File::create_new(&file.path) {
            Ok(_) => made.file = Some(file.path.clone()),
            // Somebody else made it meanwhile: then it is theirs.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Trouble::NoFile.at(address, error.to_string())),
        }
    } else if file.mode != FileMode::ReadOnly {
        let mode = journal_mode(file).await.map_err(|e| classify::diagnosis(address, During::Connecting, &e))?;
        if mode != "wal" {
            made.journal = Some((file.path.clone(), mode));
        }
    }
    Ok(())
}

fn make_folders(made: &mut Made, path: &Path) -> Result<(), Diagnosis> {
    let mut missing: Vec<_> = folders_above(path).take_while(|folder| !folder.exists()).collect();
    missing.reverse();
    for folder in missing {
        match fs::create_dir(folder) {
            Ok(()) => made.folders.push(folder.to_owned()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(diagnose::no_folder(&folder.display().to_string(), &error)),
        }
    }
    Ok(())
}

async fn journal_mode(file: &File) -> Result<String, sqlx::Error> {
    let mut conn = sqlite::looking(file).connect().await?;
    let said = conn.texts("PRAGMA journal_mode".to_owned()).await?;
    sqlx::Connection::close(conn).await?;
    said.into_iter().next().ok_or(sqlx::Error::RowNotFound)
}

/// Takes back what was made: a file only while no table is in it, a folder only while it is empty.
pub(crate) async fn take_back(made: &Made) -> Result<(), Diagnosis> {
    if let Some((path, mode)) = &made.journal {
        // Refused while somebody else uses the file; the log then stays, which harms nobody.
        let _ = set_journal_mode(path, mode).await;
    }
    if let Some(path) = &made.file
        && is_unused(path).await?
    {
        for suffix in ["-wal", "-shm", ""] {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            remove(fs::remove_file(&name), Path::new(&name))?;
        }
    }
    for folder in made.folders.iter().rev() {
        match fs::remove_dir(folder) {
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => break,
            done => remove(done, folder)?,
        }
    }
    Ok(())
}

fn remove(done: std::io::Result<()>, path: &Path) -> Result<(), Diagnosis> {
    match done {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(diagnose::not_taken_back(&path.display().to_string(), &error))
        }
        _ => Ok(()),
    }
}

/// Tables of others: what a proof made there and could not remove in time goes with the file.
const TABLES: &str = "SELECT count(*) FROM sqlite_master WHERE substr(tbl_name, 1, 16) <> 'bootproof_proof_'";
/// How often a file that is still locked is asked, and how long after each time: connections that were let go are closed within
/// some milliseconds, on a busy machine within some tens of them.
const ASKED: u32 = 10;
const ASKED_AFTER: Duration = Duration::from_millis(30);

/// Whether the file holds no table of anybody. A file that cannot be asked is not known to be unused, and that is told.
async fn is_unused(path: &Path) -> Result<bool, Diagnosis> {
    let mut asked = count_tables(path).await;
    for _ in 1..ASKED {
        if asked.is_ok() {
            break;
        }
        tokio::time::sleep(ASKED_AFTER).await;
        asked = count_tables(path).await;
    }
    let told =
        |error: sqlx::Error| diagnose::not_taken_back(&path.display().to_string(), &std::io::Error::other(error));
    asked.map(|tables| tables == 0).map_err(told)
}

async fn count_tables(path: &Path) -> Result<i64, sqlx::Error> {
    if !path.exists() {
        return Ok(0);
    }
    let file = File { path: path.to_owned(), mode: FileMode::ReadWrite };
    let mut conn = sqlite::looking(&file).connect().await?;
    let tables = conn.number(TABLES.to_owned()).await;
    let _ = sqlx::Connection::close(conn).await;
    tables
}

async fn set_journal_mode(path: &Path, mode: &str) -> Result<(), sqlx::Error> {
    let file = File { path: path.to_owned(), mode: FileMode::ReadWrite };
    let mut conn = sqlite::looking(&file).connect().await?;
    conn.run(format!("PRAGMA journal_mode = {mode}")).await?;
    sqlx::Connection::close(conn).await
}
