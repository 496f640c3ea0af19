//! `bootproof ports find NAME`: where a service is, who says so, and what showed it.

use crate::{
    args::Common,
    format::Format,
    start,
    terminal::{Terminal, note, print},
};
use bootproof::{
    Diagnosis, Vars,
    discovery::{Found, PassedOver},
};
use bootproof_core::{Cause, ExitCode};
use bootproof_report::find::{FIND_SCHEMA_VERSION, FindReport, FoundService, PassedSource};
use std::time::Duration;

/// How long is looked unless somebody says otherwise: as long as a search of a start may take.
const LIMIT: Duration = Duration::from_secs(5);

/// Looks for `name`, and tells what was found or why nobody was.
pub(crate) async fn find(name: &str, common: &Common, vars: Vars, terminal: &Terminal) -> ExitCode {
    let finder = match start::load(common, vars).and_then(|startup| startup.finder()) {
        Ok(finder) => finder,
        Err(refused) => {
            note(&refused.to_string());
            return ExitCode::CONFIGURATION;
        }
    };
    let said = finder.find(name, common.timeout.unwrap_or(LIMIT)).await;
    let code = said.as_ref().err().map_or(ExitCode::OK, code);
    let printed = match (common.format(), &said) {
        (Format::Json, _) => print(&report(name, &said, code).json()),
        (_, Ok(_)) => print(&report(name, &said, code).text(&terminal.out)),
        (_, Err(diagnosis)) => {
            note(&diagnosis.to_string());
            ExitCode::OK
        }
    };
    // An answer that nobody can read must not look like a good one.
    if code == ExitCode::OK { printed } else { code }
}

fn code(diagnosis: &Diagnosis) -> ExitCode {
    match diagnosis.cause {
        Cause::Configuration => ExitCode::CONFIGURATION,
        Cause::Away => ExitCode::AWAY,
        _ => ExitCode::FAILED,
    }
}

fn report(name: &str, said: &Result<Found, Diagnosis>, code: ExitCode) -> FindReport {
    let found = said.as_ref().ok();
    FindReport {
        schema_version: FIND_SCHEMA_VERSION,
        name: name.to_owned(),
        exit_code: code.0,
        found: found.map(service),
        passed_over: found.iter().flat_map(|found| &found.passed_over).map(passed).collect(),
        diagnosis: said.as_ref().err().map(Into::into),
    }
}

fn service(found: &Found) -> FoundService {
    FoundService {
        endpoint: found.endpoint.to_string(),
        address: found.address,
        source: found.source.to_string(),
        instance: found.instance.clone(),
        alive: found.alive.clone(),
        identity: found.identity.clone(),
    }
}

fn passed(over: &PassedOver) -> PassedSource {
    PassedSource { source: over.source.to_string(), why: over.why.clone(), another: over.another }
}
