//! From flags to a startup that was validated.

use crate::{args::Common, set};
use bootproof::{Prepared, Refused, Startup, Vars};
use bootproof_core::Mode;

/// The validated start that the flags ask for.
pub(crate) fn prepare(common: &Common, vars: Vars, mode: Mode) -> Result<Prepared, Refused> {
    #[cfg(unix)]
    let given = bootproof::process::given_sockets(&vars);
    #[cfg(not(unix))]
    let given = vec![];
    let mut startup = load(common, vars)?.given(given).mode(mode).only(&common.only).skip(&common.skip);
    if let Some(budget) = common.timeout {
        startup = startup.budget(budget);
    }
    if let Some(seed) = common.seed {
        startup = startup.seed(seed);
    }
    startup.prepare()
}

/// The service as its file, the variables and the flags describe it.
pub(crate) fn load(common: &Common, vars: Vars) -> Result<Startup, Refused> {
    // First, so that a flag that cannot be read is told before anything else.
    let settings = set::settings(&common.set);
    let mut startup = Startup::load(common.file.as_deref(), vars)?;
    for (name, text) in settings {
        startup = startup.set(name, text);
    }
    if let Some(env) = &common.env {
        startup = startup.environment(env);
    }
    Ok(startup)
}
