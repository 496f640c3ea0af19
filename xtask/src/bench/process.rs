//! Whole processes: how long they take, how much memory they need.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

/// The hidden word by which this program measures one child's memory in a process of its own.
pub(super) const PEAK: &str = "--peak-of";

/// A program with its arguments and the folder it runs in, without any environment but a path and a home.
#[derive(Clone)]
pub(super) struct Program {
    words: Vec<String>,
    folder: std::path::PathBuf,
}

impl Program {
    pub(super) fn new(program: &Path, args: &[&str], folder: &Path) -> Self {
        let words = std::iter::once(program.display().to_string()).chain(args.iter().map(|arg| (*arg).to_owned()));
        Self { words: words.collect(), folder: folder.to_owned() }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).current_dir(&self.folder).env_clear();
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", &self.folder).stdin(Stdio::null());
        command
    }

    /// Runs it once for show: it must succeed before it is measured.
    ///
    /// # Errors
    /// How it ended, with what it wrote to stderr.
    pub(super) fn succeeds(&self) -> Result<(), String> {
        let output = self.command().output().map_err(|error| format!("{}: {error}", self.words[0]))?;
        match output.status.success() {
            true => Ok(()),
            false => {
                let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
                Err(format!("`{}` ended with {}\n{out}{err}", self.words.join(" "), output.status))
            }
        }
    }

    /// From start to exit, in milliseconds.
    ///
    /// # Errors
    /// When it does not succeed.
    fn time(&self) -> Result<f64, String> {
        let mut command = self.command();
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let status = command.status().map_err(|error| format!("{}: {error}", self.words[0]))?;
        let elapsed = start.elapsed().as_secs_f64() * 1e3;
        if status.success() { Ok(elapsed) } else { Err(format!("`{}` ended with {status}", self.words.join(" "))) }
    }

    /// The most memory it held at once, in MB (10^6 bytes).
    ///
    /// # Errors
    /// When it does not succeed.
    pub(super) fn peak_megabytes(&self) -> Result<f64, String> {
        let this = std::env::current_exe().map_err(|error| error.to_string())?;
        let words = [&["bench".to_owned(), PEAK.to_owned()], &self.words[..]].concat();
        let measured = Self { words: [&[this.display().to_string()], &words[..]].concat(), ..self.clone() };
        let output = measured.command().output().map_err(|error| error.to_string())?;
        let kilobytes = String::from_utf8_lossy(&output.stdout).trim().parse::<f64>();
        kilobytes
            .map(|kilobytes| kilobytes * 1024.0 / 1e6)
            .map_err(|_| format!("no memory of `{}`", self.words.join(" ")))
    }
}

/// Runs `words` and prints the peak of its resident memory in kilobytes, from what the kernel counted (`wait4`).
pub(super) fn print_peak(words: &[&str]) -> ExitCode {
    let Some((program, args)) = words.split_first() else { return ExitCode::from(2) };
    let status = Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    match (status, getrusage(UsageWho::RUSAGE_CHILDREN)) {
        (Ok(status), Ok(usage)) if status.success() => {
            println!("{}", usage.max_rss());
            ExitCode::SUCCESS
        }
        _ => ExitCode::FAILURE,
    }
}

/// Medians in milliseconds of `programs`, run in turns so that what disturbs one disturbs all.
///
/// # Errors
/// When one of them does not succeed.
pub(super) fn medians<const N: usize>(programs: &[Program; N], runs: usize) -> Result<[f64; N], String> {
    let mut times = [const { Vec::new() }; N];
    for program in programs {
        program.succeeds()?;
    }
    for _ in 0..runs {
        for (program, times) in programs.iter().zip(&mut times) {
            times.push(program.time()?);
        }
    }
    Ok(times.map(median))
}

/// The middle value, or the mean of the two middle ones.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        0 if middle > 0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values.get(middle).copied().unwrap_or(f64::NAN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Program {
        Program::new(Path::new("/bin/sh"), &["-c", script], Path::new("/"))
    }

    #[test]
    fn the_median_is_the_middle_or_between_the_two_middles() {
        assert_eq!(median(vec![9.0, 1.0, 2.0]).total_cmp(&2.0), std::cmp::Ordering::Equal);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 9.0]).total_cmp(&3.0), std::cmp::Ordering::Equal);
    }

    #[test]
    fn whole_processes_are_timed_and_a_failing_one_is_no_measurement() {
        let [slow, fast] = medians(&[shell("sleep 0.05"), shell("exit 0")], 3).unwrap();
        assert!(slow >= 50.0 && fast < slow, "{slow} {fast}");
        assert!(medians(&[shell("echo why >&2; exit 3")], 1).unwrap_err().contains("why"));
    }
}
