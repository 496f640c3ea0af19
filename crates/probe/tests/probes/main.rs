//! Every probe against real sockets and real servers: what it says when all is well, and each trouble told apart.

mod clickhouse;
mod command;
#[cfg(feature = "db")]
mod database;
mod http;
mod https;
mod peers;
#[cfg(feature = "redis")]
mod redis;
mod tcp;
mod waiting;

use bootproof_core::{Cause, Diagnosis, Environment, Retry, Service, Step};
use bootproof_testkit::contract::Rig;

/// A rig without variables.
fn rig() -> Rig {
    Rig::new(Environment::Test)
}

/// Who answers.
async fn identity(service: &dyn Service) -> String {
    service.probe(&rig().cx(Step::Inspect)).await.unwrap_or_else(|diagnosis| panic!("{diagnosis}")).0
}

/// What is wrong.
async fn trouble(service: &dyn Service) -> Diagnosis {
    match service.probe(&rig().cx(Step::Inspect)).await {
        Ok(identity) => panic!("it must fail, and found {identity:?}"),
        Err(diagnosis) => diagnosis,
    }
}

/// Checks code, cause and retry, and that the diagnosis can be acted on.
#[track_caller]
fn is(diagnosis: &Diagnosis, code: &str, cause: Cause, retry: Retry) {
    assert_eq!((diagnosis.code, diagnosis.cause, diagnosis.retry), (code, cause, retry), "{diagnosis}");
    assert!(!diagnosis.action.is_empty() && !diagnosis.now.is_empty() && !diagnosis.why.is_empty(), "{diagnosis}");
    assert!(bootproof_probe::diagnose::CODES.iter().any(|(known, _)| *known == code), "{code} is not listed");
}

/// Something that time can cure.
#[track_caller]
fn is_away(diagnosis: &Diagnosis, code: &str) {
    is(diagnosis, code, Cause::Away, Retry::MayHelp);
}

/// Something that only a change of the configuration can cure.
#[track_caller]
fn is_configuration(diagnosis: &Diagnosis, code: &str) {
    is(diagnosis, code, Cause::Configuration, Retry::Never);
}

#[test]
fn every_code_has_a_short_page_with_its_title() {
    for (code, title) in bootproof_probe::diagnose::CODES {
        let page = format!("{}/../../docs/codes/{code}.md", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&page).unwrap_or_else(|error| panic!("{page}: {error}"));
        assert!(text.starts_with(&format!("# {code}: {title}\n")), "{page}");
        assert!(text.lines().count() <= 20, "{page}");
    }
}
