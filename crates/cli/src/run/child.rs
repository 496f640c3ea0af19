//! Starts the program, by way of the helper, with its variables and sockets.

use super::helper;
use bootproof::hand_over::{Parcel, Watch};
use command_fds::{CommandFdExt, FdMapping};
use nix::unistd::Pid;
use std::{
    ffi::OsString,
    fs::File,
    io,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::process::CommandExt,
    },
    process::{self, Command},
};

/// This program, also when its file was replaced or deleted meanwhile.
const OURSELVES: &str = "/proc/self/exe";
/// The number of the first socket, as systemd has it (`SD_LISTEN_FDS_START`).
const FIRST: i32 = 3;

/// Starts `words` with `environment`. When this returns, what was handed over is closed here.
///
/// # Errors
/// When the system starts no further process.
pub(super) fn start(
    words: &[OsString],
    environment: Vec<(OsString, OsString)>,
    parcel: Parcel,
) -> io::Result<(Pid, Watch)> {
    let names = parcel.names().join(":");
    let mut command = Command::new(OURSELVES);
    let (sockets, watch) = parcel.send();
    command.arg0("bootproof").args(helper::arguments(process::id(), !sockets.is_empty(), words));
    command.env_clear().envs(environment);
    if !sockets.is_empty() {
        command.env("LISTEN_FDS", sockets.len().to_string()).env("LISTEN_FDNAMES", names);
    }
    let _low = take_numbers_below(FIRST + sockets.len() as i32)?;
    let mapped = sockets.into_iter().zip(FIRST..).map(|(parent_fd, child_fd)| FdMapping { parent_fd, child_fd });
    command.fd_mappings(mapped.collect()).map_err(io::Error::other)?;
    let child = command.spawn()?;
    watch.started(child.id());
    Ok((Pid::from_raw(child.id().cast_signed()), watch))
}

/// Takes every free number below `bound`, so that the pipe over which the standard library hears of a failed start does not get
/// one that a socket is about to have in the new process.
fn take_numbers_below(bound: i32) -> io::Result<Vec<OwnedFd>> {
    let mut taken = vec![];
    loop {
        let file = File::open("/dev/null")?;
        if file.as_raw_fd() >= bound {
            return Ok(taken);
        }
        taken.push(file.into());
    }
}
