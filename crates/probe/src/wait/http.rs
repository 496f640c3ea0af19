//! An HTTP server that is waited for: its status, its text, and who it says it is.

use super::{Wanted, diagnose};
use crate::Within;
use crate::{answer::Answer, diagnose::another_protocol, exchange, speaks::Speaks, status, target::Target};
use bootproof_core::{Diagnosis, Identity, Secret};
use hyper::{Method, header::AUTHORIZATION};
use std::time::Duration;

/// Asks with GET. Redirects are not followed.
pub(super) async fn ask(
    url: &Secret,
    within: &Within,
    wanted: &Wanted,
    limit: Duration,
) -> Result<Identity, Diagnosis> {
    let target = Target::parse("${TARGET}", url)?;
    let mut question = exchange::question(&target, Method::GET, &target.path(), "")?;
    if let Some(login) = target.basic() {
        question.headers_mut().insert(AUTHORIZATION, login);
    }
    let answer = exchange::ask(&within.cx(limit), &target, &[], question).await?;
    judge(&target, &answer, wanted)
}

fn judge(target: &Target, answer: &Answer, wanted: &Wanted) -> Result<Identity, Diagnosis> {
    if let Some(speaks) = Speaks::confessed(&answer.body) {
        return Err(another_protocol(&target.address, speaks.name(), "HTTP", "it says so itself"));
    }
    let shown = target.shown();
    let by = answer.server().map(|server| format!(" by {server}")).unwrap_or_default();
    let identity = Identity(format!("{shown} answers HTTP {}{by}", answer.status));
    if let Some(text) = wanted.identity.as_deref().filter(|text| !answer.contains(text)) {
        return Err(diagnose::somebody_else(&shown, &identity, text));
    }
    if !wanted.statuses.iter().any(|statuses| statuses.contains(&answer.status)) {
        return Err(status::unaccepted(target, answer));
    }
    match wanted.body.as_deref().filter(|text| !answer.body.contains(text)) {
        Some(text) => Err(diagnose::without_text(&shown, text, target.quote(&answer.body))),
        None => Ok(identity),
    }
}
