//! What `/proc` tells of one process: its name, its command line, when it was started.

use super::command_line;
use std::{
    fs::{self, File},
    io::Read,
    time::{Duration, SystemTime},
};

/// As much of a command line as is read, in bytes. More is not shown anyway.
const LONGEST: usize = 4096;

/// The name of a process. A process chooses its own name, so control characters are made visible.
pub(super) fn name(pid: u32) -> String {
    let name = fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
    let name = String::from_utf8_lossy(&name);
    let name = name.trim_end_matches('\n');
    if name.is_empty() { "?".to_owned() } else { name.escape_default().to_string() }
}

/// The command line with `***` for what may be a secret. `None` for one that is empty or no text.
pub(super) fn command_line(pid: u32) -> Option<String> {
    let mut bytes = Vec::with_capacity(LONGEST + 1);
    File::open(format!("/proc/{pid}/cmdline")).ok()?.take(LONGEST as u64).read_to_end(&mut bytes).ok()?;
    // Wiped when it is dropped: it may hold what we do not show.
    let text = bootproof_core::Secret::from_utf8(bytes).ok()?;
    command_line::masked(text.reveal())
}

/// When a process was started: field 22 of `/proc/PID/stat` counts ticks from the machine's own start.
#[cfg(target_os = "linux")]
pub(super) fn since(pid: u32) -> Option<SystemTime> {
    let booted = fs::read_to_string("/proc/stat").ok()?;
    let booted = booted.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    let ticks = started(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?;
    let up = Duration::from_millis(ticks.saturating_mul(1000).checked_div(procfs::ticks_per_second())?);
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(booted))?.checked_add(up)
}

/// Not known for this system.
#[cfg(not(target_os = "linux"))]
pub(super) fn since(_: u32) -> Option<SystemTime> {
    None
}

/// Field 22 of a `stat`. The name, field 2, is in brackets and may hold blanks and brackets itself.
fn started(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(19)?.parse().ok()
}

/// A time to the minute, as a clock in UTC shows it.
pub(super) fn clock(time: SystemTime) -> Option<String> {
    let time = jiff::Timestamp::try_from(time).ok()?;
    Some(time.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_is_read_behind_a_name_with_brackets() {
        let stat = "7 (a) b) (c) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4242 9 9";
        assert_eq!(started(stat), Some(4242));
        assert_eq!(started("7 (x) S 1"), None);
    }

    #[test]
    fn this_process_was_started_a_short_time_ago() {
        let since = since(std::process::id()).unwrap();
        let age = SystemTime::now().duration_since(since - Duration::from_secs(2)).unwrap();
        assert!(age < Duration::from_secs(24 * 3600), "{age:?}");
    }

    #[test]
    fn a_process_that_is_gone_has_neither_line_nor_start() {
        // Above the highest number that Linux gives, 4,194,304.
        assert_eq!((command_line(u32::MAX), since(u32::MAX), name(u32::MAX)), (None, None, "?".to_owned()));
    }
}
