//! A project without the override that is ours, and that override.

use super::{
    own::{FILE_NAME, Found, Own, look},
    owner::Owner,
};
use crate::{
    ComposeError, Project, Request, read,
    read::{Reading, Values, reading},
};
use std::{
    io,
    path::{Path, PathBuf},
};

/// A project as its own files say it, and what is at the place of our override.
#[derive(Debug, Clone)]
pub struct Base {
    /// The project, without our override.
    pub project: Project,
    /// Where our override is, or would be.
    pub path: PathBuf,
    /// Who its owner is.
    pub owner: Owner,
    /// What is there.
    pub found: Found,
    /// Whether the request itself reads our override: through `COMPOSE_FILE` or among its files.
    pub is_read: bool,
    /// What references in the project's files, and in our override, are filled in from.
    pub(super) values: Values,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The project cannot be read.
    #[error("the project cannot be read")]
    Unreadable(Vec<ComposeError>),
    /// Our file cannot be read, written or removed.
    #[error("`{}` cannot be {what}", path.display())]
    File {
        /// The file, or the folder that it is to be in.
        path: PathBuf,
        /// `read`, `written` or `removed`.
        what: &'static str,
        /// Why.
        source: io::Error,
    },
    /// Somebody else's file is at its place.
    #[error("`{}` is not a file that bootproof wrote", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Somebody changed our file.
    #[error("`{}` was changed since bootproof wrote it", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Our file is that of another project.
    #[error("`{}` is the override of another project: {owner}", path.display())]
    Others {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        owner: Owner,
    },
    /// What would be written does not do what it should.
    #[error("the override does not do what it should: {what}")]
    Unproven {
        /// What is wrong with it.
        what: String,
    },
}

impl ChangeError {
    pub(super) fn file<'p>(path: &'p Path, what: &'static str) -> impl FnOnce(io::Error) -> Self + use<'p> {
        move |source| Self::File { path: path.to_owned(), what, source }
    }
}

impl Base {
    /// Reads what `request` asks for, and leaves our override out.
    ///
    /// # Errors
    /// When the project, or what is at the place of our override, cannot be read.
    pub fn read(request: &Request<'_>) -> Result<Self, ChangeError> {
        // Ours is left out before anything is read: one that no longer fits must not be in the way of the fix that mends it.
        let Reading { project, values, left_out: is_read } =
            reading(request, Some(FILE_NAME)).map_err(ChangeError::Unreadable)?;
        let path = place(&project);
        let owner = Owner::new(&project, path.parent().unwrap_or(Path::new(".")));
        let found = look(&path, Some(&owner)).map_err(ChangeError::file(&path, "read"))?;
        Ok(Self { project, path, owner, found, is_read, values })
    }

    /// The project as Compose would run it: with our override when Compose reads that. Without it when it is only our override, as we wrote
    /// it, with which the project cannot be read: [`stale`](super::stale) tells that.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn as_it_runs(&self, request: &Request<'_>) -> Result<Project, ChangeError> {
        if !self.is_read {
            return Ok(self.project.clone());
        }
        match read(request) {
            Err(_) if self.own().is_some() => Ok(self.project.clone()),
            other => other.map_err(ChangeError::Unreadable),
        }
    }

    /// Our override, when there is one as we wrote it.
    pub fn own(&self) -> Option<&Own> {
        if let Found::Ours(own) = &self.found { Some(own) } else { None }
    }

    /// The files of the project with our override behind them, as paths relative to `folder` where they are in it.
    pub fn files_with_override(&self, folder: &Path) -> Vec<PathBuf> {
        let all = self.project.files.iter().chain([&self.path]);
        all.map(|file| file.strip_prefix(folder).unwrap_or(file).to_owned()).collect()
    }

    /// The command that starts the project with our override, from the folder that it is in. The value of `COMPOSE_FILE` that does the
    /// same is [`Self::compose_file`].
    pub fn command(&self) -> String {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let files = self.files_with_override(folder);
        let files = files.iter().map(|file| format!(" -f {}", word(&file.display().to_string())));
        let elsewhere = (self.project.folder != folder)
            .then(|| format!(" --project-directory {}", word(&self.project.folder.display().to_string())));
        format!("docker compose{}{} up", elsewhere.unwrap_or_default(), files.collect::<String>())
    }

    /// The value of `COMPOSE_FILE` with which every `docker compose` reads our override, in the folder that it is in.
    pub fn compose_file(&self) -> String {
        let files = self.files_with_override(self.path.parent().unwrap_or(Path::new(".")));
        let files: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
        files.join(":")
    }

    /// The project with `path` read behind its own files.
    pub(crate) fn with(&self, request: &Request<'_>, path: &Path) -> Result<Project, ChangeError> {
        let files = self.project.files.iter().cloned().chain([path.to_owned()]).collect();
        read(&again(request, &self.project, files)).map_err(ChangeError::Unreadable)
    }
}

/// `text` as one word of a shell.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// The same project, from exactly `files`.
fn again<'r>(request: &Request<'r>, project: &Project, files: Vec<PathBuf>) -> Request<'r> {
    let project_folder = Some(request.project_folder.clone().unwrap_or_else(|| project.folder.clone()));
    Request { files, project_folder, ..request.clone() }
}

/// Where our override of `project` is: beside its first file.
fn place(project: &Project) -> PathBuf {
    let folder = project.files.first().and_then(|file| file.parent()).unwrap_or(&project.folder);
    folder.join(FILE_NAME)
}
