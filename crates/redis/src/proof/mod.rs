//! The proof: what serves now by a real write, then the fallback with the way to the server broken, then the way back.
//!
//! Read [`prove`] first. Each declared Redis is shown by itself ([`subject`]); [`lane`] breaks the way, on connections and
//! loopback ports of its own, so that nobody else notices.

mod lane;
mod leavings;
mod round;
mod subject;

use crate::{declared::Declared, diagnose};
use bootproof_core::{Cx, Diagnosis, Proof, Proofs, Scope, Seen};

/// What was shown of one declared Redis.
enum Shown {
    /// All of it. `in_process` when the in-process store is what serves.
    Proven { seen: Seen, in_process: bool },
    /// The fallback serves; why the first choice does not.
    Degraded { seen: Seen, in_process: bool, because: Diagnosis },
    /// It serves; why the rest could not be shown.
    Unproven(Diagnosis),
}

/// Shows all of `declared`; `scope` is what a proof on a server covers. As soon as the in-process store serves for one of them
/// the proof is about this process: another program has no part in that store.
///
/// # Errors
/// The first failure, with those of others among its causes.
pub(crate) async fn prove(cx: &Cx, declared: &[Declared], scope: Scope) -> Result<Proof, Diagnosis> {
    let (mut shown, mut failed) = (vec![], vec![]);
    for one in declared {
        let whole = cx.look(format!("`{}`: all of that", one.settings.name));
        match subject::show(cx, one).await {
            Ok(Shown::Proven { in_process, .. }) if one.in_process_by.is_none() => {
                shown.push(Shown::Proven { seen: whole.saw(headline(cx, one)), in_process });
            }
            Ok(one) => shown.push(one),
            Err(diagnosis) => failed.push(diagnosis),
        }
    }
    match diagnose::together(failed) {
        Some(diagnosis) => Err(diagnosis),
        None => Ok(verdict(shown, scope)),
    }
}

/// What the proof of one declared server comes to, for whoever reads one line of it.
fn headline(cx: &Cx, declared: &Declared) -> String {
    let light = if cx.policy().proofs == Proofs::Light { " (light: nothing was created on the server)" } else { "" };
    let broken = if declared.settings.fallback.is_allowed() { "falls back" } else { "refuses instead of falling back" };
    format!(
        "the server answers{light}; {broken} when the link is refused, silent or read-only, and comes back by itself"
    )
}

/// The weakest of all decides.
fn verdict(shown: Vec<Shown>, scope: Scope) -> Proof {
    let (mut last_seen, mut degraded, mut unproven, mut any_in_process) = (None, vec![], vec![], false);
    for one in shown {
        match one {
            Shown::Proven { seen, in_process } => {
                last_seen = Some(seen);
                any_in_process |= in_process;
            }
            Shown::Degraded { seen, in_process, because } => {
                last_seen = Some(seen);
                any_in_process |= in_process;
                degraded.push(because);
            }
            Shown::Unproven(because) => unproven.push(because),
        }
    }
    let scope = if any_in_process { Scope::Process } else { scope };
    let nothing = || diagnose::not_shown("(none)", "nothing was looked at");
    match (diagnose::together(unproven), diagnose::together(degraded), last_seen) {
        (Some(because), _, _) => Proof::unproven(scope, because),
        (None, Some(because), Some(seen)) => Proof::degraded(scope, because, seen),
        (None, None, Some(seen)) => Proof::proven(scope, seen),
        (None, because, None) => Proof::unproven(scope, because.unwrap_or_else(nothing)),
    }
}

#[cfg(test)]
mod tests;
