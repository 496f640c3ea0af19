//! The policy of a start: built-in, then the file, then the ancestor's variables, then the caller.

use crate::{diagnose, file::File};
use bootproof_core::{Budget, ChosenEnvironment, Diagnosis, Environment, Policy, Vars};

/// The policy of `environment` as file and variables have it.
///
/// # Errors
/// Variables that hold something else than they may.
pub(crate) fn policy_of(file: &File, environment: &ChosenEnvironment, vars: &Vars) -> Result<Policy, Diagnosis> {
    let mut policy = Policy::builtin(environment.name);
    overlay(&mut policy, file);
    policy.read_vars(vars).map_err(|errors| diagnose::policy(&errors))?;
    Ok(policy)
}

/// Takes over what the file says of the policy's environment.
fn overlay(policy: &mut Policy, file: &File) {
    for section in file.policy.iter().filter(|section| section.environment == policy.environment) {
        set(&mut policy.graceful, section.graceful);
        set(&mut policy.robust, section.robust);
        set(&mut policy.proofs, section.proofs);
        set(&mut policy.step_timeout, section.step_timeout.map(|t| t.value));
        set(&mut policy.budget, section.budget.map(|t| Budget::new(t.value)));
        set(&mut policy.backoff.retries, section.retries);
        set(&mut policy.port_range, section.port_range.clone());
    }
    for switch in file.fixes.iter().filter(|switch| !switch.on) {
        let by = format!("[fixes] {} = false in {}:{}", switch.id, file.path.display(), switch.at);
        policy.switched_off.insert(switch.id.to_owned(), by);
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// Whether the fix `id` is required in `environment`: unless the file calls it optional there.
pub(crate) fn requires(file: &File, environment: Environment, id: &str) -> bool {
    !file.policy.iter().any(|section| section.environment == environment && section.optional.contains(&id))
}
