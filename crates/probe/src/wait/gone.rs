//! The other way round: is it gone? Only what says so itself is; who does not answer may just be slow.

use super::{Plan, Target, ask::Asked, diagnose::still_there, door::Door, local, target::Kind};
use crate::diagnose::unusable;
use bootproof_core::{Diagnosis, Identity};
use std::time::Duration;

/// What a command says when it fails.
const FAILED: [&str; 2] = ["CMD-003", "CMD-004"];

/// Asks once: how it is gone, or why it is not (or not known to be).
pub(super) async fn ask(
    plan: &Plan,
    target: &Target,
    door: Option<&mut Door>,
    asked: &Asked,
    limit: Duration,
) -> Result<Identity, Diagnosis> {
    let shown = target.shown();
    match (&target.kind, door) {
        (Kind::File(path), _) if local::is_absent(path) => Ok(Identity(format!("`{}` is absent", path.display()))),
        // Who is not found may stand in a registry that does not answer now.
        (Kind::Name(_), _) => {
            Err(unusable(shown, "that nobody has a name cannot be known; wait for its address to go"))
        }
        (Kind::File(_), _) => Err(still_there(shown, "there is something of this name")),
        (Kind::Unix(path), _) => match local::unix(path).await {
            Ok(_) => Err(still_there(shown, "it accepts connections")),
            Err(diagnosis) if ["NET-003", "WAIT-003"].contains(&diagnosis.code) => Ok(Identity(diagnosis.what)),
            Err(diagnosis) => Err(diagnosis),
        },
        (_, Some(door)) => match door.knock(limit).await {
            Ok(_) => Err(still_there(shown, "it accepts connections")),
            Err(closed) if closed.is_certain() => Ok(Identity(door.diagnose(closed, limit).what)),
            Err(closed) => Err(door.diagnose(closed, limit)),
        },
        _ => match asked.ask(plan, limit).await {
            Ok(identity) => Err(still_there(shown, &identity.0)),
            Err(diagnosis) if FAILED.contains(&diagnosis.code) => Ok(Identity(diagnosis.what)),
            Err(diagnosis) => Err(diagnosis),
        },
    }
}
