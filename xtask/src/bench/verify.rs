//! `bootproof verify` of the repository's own small service: five fixes, embedded parts, proofs included.

use std::fs;
use std::path::{Path, PathBuf};

use super::Built;
use super::process::{Program, medians};
use super::row::Row;

const RUNS: usize = 15;
/// The promises for the embedded service.
const MILLISECONDS: f64 = 150.0;
const MEGABYTES: f64 = 30.0;

pub(super) fn embedded(built: &Built) -> Result<Vec<Row>, String> {
    let scratch = Scratch::with_our_file("verify")?;
    let verify = Program::new(&built.bootproof()?, &["verify"], &scratch.0);
    let [time] = medians(std::array::from_ref(&verify), RUNS)?;
    let memory = verify.peak_megabytes()?;
    let note = format!("whole process, median of {RUNS}, proofs and canaries included");
    Ok(vec![
        Row::absolute("verify-embedded", time, "ms", MILLISECONDS, &note),
        Row::absolute("verify-embedded-memory", memory, "MB", MEGABYTES, "peak resident memory, counted by the kernel"),
    ])
}

pub(super) fn canaries(built: &Built) -> Result<Vec<Row>, String> {
    let scratch = Scratch::with_our_file("canaries")?;
    let bootproof = built.bootproof()?;
    let with = Program::new(&bootproof, &["verify"], &scratch.0);
    let without = Program::new(&bootproof, &["verify", "--skip", "tasks"], &scratch.0);
    let [with, without] = medians(&[with, without], RUNS)?;
    let note = format!("peer: the same with `--skip tasks`; the canaries take {:.1} ms", with - without);
    Ok(vec![Row::beside("verify-canaries", with, without, "ms", None, &note)])
}

/// A folder of a job's own, removed afterwards.
pub(super) struct Scratch(pub(super) PathBuf);

impl Scratch {
    /// # Errors
    /// When the temporary folder cannot be written.
    pub(super) fn new(name: &str) -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("bootproof-bench-{name}-{}", std::process::id()));
        fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self(folder))
    }

    /// With a copy of the repository's `bootproof.toml`.
    fn with_our_file(name: &str) -> Result<Self, String> {
        let scratch = Self::new(name)?;
        let file = crate::root().join("bootproof.toml");
        fs::copy(&file, scratch.0.join("bootproof.toml")).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(scratch)
    }

    /// Writes a file in it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&self, name: impl AsRef<Path>, text: &str) -> Result<(), String> {
        fs::write(self.0.join(name), text).map_err(|error| error.to_string())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
