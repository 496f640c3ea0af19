//! What is set, and where: flags, the process, .env files. The first that sets a name wins.

use crate::dotenv::{self, Dotenv, ReadError};
use bootproof_core::{Environment, Vars};
use std::path::Path;

/// What is set, layer over layer.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// From the command line.
    pub flags: &'a Vars,
    /// From the process, which a program reads once and hands in: nothing here looks at it.
    pub process: &'a Vars,
    /// .env files, the one that wins first.
    pub files: &'a [DotenvFile],
}

/// A .env file that was read, or that could not be.
#[derive(Debug)]
pub struct DotenvFile {
    /// Its path as it is told: `.env.local`.
    pub path: String,
    /// What it says.
    pub content: Result<Dotenv, ReadError>,
}

/// Nothing set.
static NOTHING: std::sync::LazyLock<Vars> = std::sync::LazyLock::new(Vars::default);

impl<'a> Sources<'a> {
    /// The variables of the process alone.
    pub fn process(process: &'a Vars) -> Self {
        Self { flags: &NOTHING, process, files: &[] }
    }

    /// Adds what the command line sets.
    pub fn flags(mut self, flags: &'a Vars) -> Self {
        self.flags = flags;
        self
    }

    /// Adds .env files, the one that wins first.
    pub fn files(mut self, files: &'a [DotenvFile]) -> Self {
        self.files = files;
        self
    }
}

/// The names of the .env files of an environment, the one that wins first.
pub fn dotenv_names(environment: Environment) -> [String; 4] {
    [format!(".env.{environment}.local"), ".env.local".into(), format!(".env.{environment}"), ".env".into()]
}

/// Reads the .env files in `folder`, the one that wins first. Those that are not there are left out.
pub fn dotenv_files(folder: &Path, environment: Environment) -> Vec<DotenvFile> {
    let read = |name: String| {
        let content = dotenv::read(&folder.join(&name)).transpose()?;
        Some(DotenvFile { path: name, content })
    };
    dotenv_names(environment).into_iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_nearest_file_comes_first_and_missing_ones_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".env", ".env.test", ".env.test.local", ".env.production"] {
            fs::write(folder.path().join(name), "A=1\n").unwrap();
        }
        fs::create_dir(folder.path().join(".env.local")).unwrap();
        let files = dotenv_files(folder.path(), Environment::Test);
        let told: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.content.is_ok())).collect();
        assert_eq!(told, [(".env.test.local", true), (".env.local", false), (".env.test", true), (".env", true)]);
    }
}
