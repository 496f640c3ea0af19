//! Why a server did not start.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

/// A server that could not be started. Each text says enough to act on.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The program is not on this machine.
    #[error(
        "`{program}` is not installed: `apt-get install -y --no-install-recommends {package}`, or `cargo xtask test`"
    )]
    Missing {
        /// What was looked for.
        program: &'static str,
        /// Debian's package that has it.
        package: &'static str,
    },
    /// Its folder, port or data could not be made ready.
    #[error("cannot prepare {kind}: {what}")]
    Prepare {
        /// Which server.
        kind: &'static str,
        /// What was being done.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
    /// A program that makes its data ended with an error.
    #[error("cannot prepare {kind}: `{program}` ended with {status}:\n{output}")]
    Tool {
        /// Which server.
        kind: &'static str,
        /// What ran.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// The end of what it printed.
        output: String,
    },
    /// It ended instead of starting.
    #[error("{kind} ended with {status} instead of starting; the end of its log:\n{log}")]
    Ended {
        /// Which server.
        kind: &'static str,
        /// How it ended.
        status: ExitStatus,
        /// The end of its log.
        log: String,
    },
    /// It runs but did not answer its protocol.
    #[error("{kind} did not answer within {waited:?} ({last}); the end of its log:\n{log}")]
    Silent {
        /// Which server.
        kind: &'static str,
        /// How long we waited.
        waited: Duration,
        /// The last attempt's error.
        last: io::Error,
        /// The end of its log.
        log: String,
    },
}

impl StartError {
    /// For `map_err`: preparing `kind` failed while `what` was done.
    pub(crate) fn preparing(kind: &'static str, what: &str) -> impl FnOnce(io::Error) -> Self + use<> {
        let what = what.to_owned();
        move |source| Self::Prepare { kind, what, source }
    }
}
