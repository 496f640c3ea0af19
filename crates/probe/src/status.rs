//! What an HTTP status means that is not an accepted one.

use crate::{answer::Answer, target::Target};
use bootproof_core::{Diagnosis, Retry, mask_url};

/// The diagnosis of a status that is not accepted.
pub(crate) fn unaccepted(target: &Target, answer: &Answer) -> Diagnosis {
    let diagnosis = match answer.status {
        401 | 403 | 407 => login_refused(target, answer),
        404 | 410 => wrong_path(target, answer),
        429 | 502..=504 => not_ready(target, answer),
        500..=599 => server_failed(target, answer),
        _ => other(target, answer),
    };
    match target.quote(&answer.body) {
        Some(said) => diagnosis.why(format!("it says: {said}")),
        None => diagnosis,
    }
}

fn login_refused(target: &Target, answer: &Answer) -> Diagnosis {
    let why = if target.has_login() {
        format!("HTTP {} to the login of the URL", answer.status)
    } else {
        format!("HTTP {}; the URL holds no login, so none was sent", answer.status)
    };
    Diagnosis::new("HTTP-001", format!("`{}` does not let us in", target.shown()))
        .why(why)
        .action("correct user and password in the URL, or ask a path that is open to all")
        .configuration()
}

fn wrong_path(target: &Target, answer: &Answer) -> Diagnosis {
    Diagnosis::new("HTTP-002", format!("`{}` does not exist on the server", target.shown()))
        .why(format!("HTTP {}", answer.status))
        .action("correct the path, or host and port: another program may be serving there")
        .configuration()
}

fn not_ready(target: &Target, answer: &Answer) -> Diagnosis {
    let diagnosis = Diagnosis::new("HTTP-003", format!("`{}` is up but not ready", target.shown()))
        .why(format!("HTTP {}", answer.status))
        .action("wait until it is; when it stays so, look at the server's log and at what stands behind it")
        .away();
    match answer.retry_after() {
        Some(when) => diagnosis.why(format!("it asks to come back later (Retry-After: {when})")),
        None => diagnosis,
    }
}

/// Broken, but servers that are still starting answer so too: a retry may help.
fn server_failed(target: &Target, answer: &Answer) -> Diagnosis {
    Diagnosis::new("HTTP-004", format!("the server of `{}` failed", target.shown()))
        .why(format!("HTTP {}", answer.status))
        .action("look at the server's log")
        .retry(Retry::MayHelp)
}

fn other(target: &Target, answer: &Answer) -> Diagnosis {
    let diagnosis = Diagnosis::new("HTTP-005", format!("`{}` answers HTTP {}", target.shown(), answer.status));
    let diagnosis = match answer.location() {
        Some(location) => {
            diagnosis.why(format!("it redirects to `{}`; redirects are not followed", mask_url(location)))
        }
        None => diagnosis.why("this status is not an accepted one"),
    };
    diagnosis.action("name the URL that answers by itself, or accept this status").configuration()
}
