//! Who a server runs as: PostgreSQL and MariaDB refuse root, or lose their data folder to it.

use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::unistd::{User, geteuid};

/// A system user to switch to, or nobody: then everything runs as we do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account(Option<(u32, u32)>);

impl Account {
    /// The system user `name` when we are root, else ourselves.
    pub(crate) fn of(name: &str) -> io::Result<Self> {
        if !geteuid().is_root() {
            return Ok(Self(None));
        }
        let user = User::from_name(name)?.ok_or_else(|| io::Error::other(format!("no system user `{name}`")))?;
        Ok(Self(Some((user.uid.as_raw(), user.gid.as_raw()))))
    }

    /// Makes `command` run as this user.
    pub(crate) fn apply(&self, command: &mut Command) {
        if let Some((uid, gid)) = self.0 {
            command.uid(uid).gid(gid);
        }
    }

    /// Gives `path` to this user.
    pub(crate) fn own(&self, path: &Path) -> io::Result<()> {
        match self.0 {
            Some((uid, gid)) => chown(path, Some(uid), Some(gid)),
            None => Ok(()),
        }
    }
}
