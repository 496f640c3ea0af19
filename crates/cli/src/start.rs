//! From flags to a startup that was validated.

use crate::args::Common;
use bootproof::{Prepared, Refused, Startup, Vars};
use bootproof_core::Mode;

/// The validated start that the flags ask for.
pub(crate) fn prepare(common: &Common, vars: Vars, mode: Mode) -> Result<Prepared, Refused> {
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
    startup.prepare()
}
