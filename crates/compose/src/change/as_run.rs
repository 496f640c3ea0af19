//! A project the way it really runs: with our override, when that is there and fits. For those who ask where services are.

use super::{
    base::{Base, ChangeError},
    stale::stale,
};
use crate::{ComposeError, Project, Request, read};

/// Reads what `request` asks for, and our override behind it when it is there as we wrote it and still fits. One that `request` itself
/// names is read in any case, as Compose does. One that does not fit, was changed, or is somebody else's is not: `compose check` tells of it.
///
/// # Errors
/// Everything that is wrong with the project; of our override only when the request itself names it.
pub fn read_as_run(request: &Request<'_>) -> Result<Project, Vec<ComposeError>> {
    let base = match Base::read(request) {
        Ok(base) => base,
        Err(ChangeError::Unreadable(errors)) => return Err(errors),
        // What is at the place of our override cannot be looked at: Compose does not look there either.
        Err(_) => return read(request),
    };
    if base.is_read {
        return read(request);
    }
    let fits = base.own().is_some() && stale(request, &base).is_empty();
    match fits.then(|| base.with(request, &base.path)) {
        Some(Ok(project)) => Ok(project),
        _ => Ok(base.project),
    }
}
