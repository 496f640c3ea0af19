//! From flags to a startup, and what is printed when it is refused.

use crate::{
    args::{Common, Format},
    terminal::{Terminal, print},
};
use bootproof::{Refused, Startup, Vars};
use bootproof_core::{ExitCode, Mode};

/// The startup that the flags ask for.
pub(crate) fn startup(common: &Common, vars: Vars, mode: Mode) -> Result<Startup, Refused> {
    let mut startup = Startup::load(common.file.as_deref(), vars)?.mode(mode).only(&common.only).skip(&common.skip);
    if let Some(env) = &common.env {
        startup = startup.environment(env);
    }
    if let Some(budget) = common.timeout {
        startup = startup.budget(budget);
    }
    if let Some(seed) = common.seed {
        startup = startup.seed(seed);
    }
    Ok(startup)
}

/// Tells why nothing was started.
pub(crate) fn refuse(refused: &Refused, format: Format, terminal: &Terminal) -> ExitCode {
    let _ = (format, terminal);
    print(&format!("{refused}\n"));
    refused.exit_code()
}
