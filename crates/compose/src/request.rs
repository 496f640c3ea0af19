//! What is asked for: the options of `docker compose` that decide what a project is.

use bootproof_core::Vars;
use std::path::PathBuf;

/// What to read. [`Request::new`] with a folder and the variables of the process is `docker compose` without options.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The folder that is worked in: relative paths are relative to it, and the search for Compose files begins here.
    pub folder: PathBuf,
    /// `--file`, in order. Empty: `COMPOSE_FILE`, else the standard names, here and in the parent folders.
    pub files: Vec<PathBuf>,
    /// `--project-directory`. Without it, the folder of the first file.
    pub project_folder: Option<PathBuf>,
    /// `--project-name`. Without it: `COMPOSE_PROJECT_NAME`, else `name:`, else the name of the project's folder.
    pub project: Option<String>,
    /// `--profile`. `*` is all of them. Empty: `COMPOSE_PROFILES`.
    pub profiles: Vec<String>,
    /// `--env-file`, in order. Empty: `COMPOSE_ENV_FILES`, else `.env` of the project's folder.
    pub env_files: Vec<PathBuf>,
    /// The variables of the process; they win over those of env files.
    pub vars: &'a Vars,
}

impl<'a> Request<'a> {
    /// What `docker compose` reads in `folder` without options.
    pub fn new(folder: impl Into<PathBuf>, vars: &'a Vars) -> Self {
        Self {
            folder: folder.into(),
            files: vec![],
            project_folder: None,
            project: None,
            profiles: vec![],
            env_files: vec![],
            vars,
        }
    }
}
