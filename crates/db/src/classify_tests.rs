use super::*;
use bootproof_core::{Cause, Retry, Secret};

fn address(url: &str) -> Address {
    Address::parse(&Secret::new(url)).unwrap()
}

fn told(error: &sqlx::Error, during: During) -> Diagnosis {
    diagnosis(&address("postgres://alice:hunter2@db/app"), during, error)
}

fn told_io(kind: ErrorKind, during: During) -> &'static str {
    told(&sqlx::Error::Io(io::Error::from(kind)), during).code
}

#[test]
fn io_errors_are_told_apart_while_connecting_and_are_a_lost_connection_later() {
    for (kind, code) in [
        (ErrorKind::ConnectionRefused, "DB-004"),
        (ErrorKind::NotFound, "DB-004"),
        (ErrorKind::TimedOut, "DB-005"),
        (ErrorKind::HostUnreachable, "DB-005"),
        (ErrorKind::ConnectionReset, "DB-006"),
        (ErrorKind::UnexpectedEof, "DB-006"),
        (ErrorKind::PermissionDenied, "DB-015"),
    ] {
        assert_eq!(told_io(kind, During::Connecting), code, "{kind:?}");
        assert_eq!(told_io(kind, During::Working), "DB-022", "{kind:?}");
    }
}

#[test]
fn the_drivers_own_errors_have_a_meaning_each() {
    let protocol = |text: &str| sqlx::Error::Protocol(text.into());
    for (error, during, code) in [
        (protocol("unexpected response from SSLRequest: 0x48 (sqlx_postgres:1)"), During::Connecting, "DB-008"),
        (protocol("unexpected response from SSLRequest: 0x00 (sqlx_postgres:1)"), During::Connecting, "DB-006"),
        (protocol("anything"), During::Working, "DB-022"),
        (sqlx::Error::Tls("server does not support TLS".into()), During::Connecting, "DB-007"),
        (sqlx::Error::PoolTimedOut, During::Working, "DB-021"),
        (sqlx::Error::PoolClosed, During::Working, "DB-022"),
        (sqlx::Error::WorkerCrashed, During::Working, "DB-022"),
        (sqlx::Error::RowNotFound, During::Working, "DB-024"),
    ] {
        assert_eq!(told(&error, during).code, code, "{error}");
    }
}

#[test]
fn every_code_of_a_server_that_is_known_has_its_own_meaning() {
    let postgres = |state: &str| Code::Postgres(state.into());
    for (code, trouble) in [
        (postgres("28P01"), Trouble::Login),
        (postgres("28000"), Trouble::Login),
        (postgres("3D000"), Trouble::UnknownDatabase),
        (postgres("57P03"), Trouble::Starting),
        (postgres("57P01"), Trouble::Lost),
        (postgres("53300"), Trouble::Full),
        (postgres("25006"), Trouble::ReadOnly),
        (postgres("42501"), Trouble::Denied),
        (postgres("53100"), Trouble::DiskFull),
        (postgres("57014"), Trouble::OverLimit),
        (postgres("55P03"), Trouble::Locked),
        (postgres("08006"), Trouble::Lost),
        (postgres("42601"), Trouble::Statement),
        (Code::MySql(1045), Trouble::Login),
        (Code::MySql(3159), Trouble::NeedsTls),
        (Code::MySql(1049), Trouble::UnknownDatabase),
        (Code::MySql(1040), Trouble::Full),
        (Code::MySql(1290), Trouble::ReadOnly),
        (Code::MySql(1142), Trouble::Denied),
        (Code::MySql(1044), Trouble::Denied),
        (Code::MySql(1205), Trouble::Locked),
        (Code::MySql(1969), Trouble::OverLimit),
        (Code::MySql(1927), Trouble::Lost),
        (Code::MySql(1064), Trouble::Statement),
        (Code::Sqlite(5), Trouble::Locked),
        (Code::Sqlite(262), Trouble::Locked),
        (Code::Sqlite(1032), Trouble::ReadOnly),
        (Code::Sqlite(14), Trouble::NoFile),
        (Code::Sqlite(26), Trouble::NotADatabase),
        (Code::Sqlite(13), Trouble::DiskFull),
        (Code::Sqlite(1), Trouble::Statement),
    ] {
        assert_eq!(code.trouble(During::Working), trouble, "{code:?}");
    }
    assert_eq!(postgres("57P01").trouble(During::Connecting), Trouble::Starting);
}

#[test]
fn only_what_time_can_cure_is_retried() {
    let address = address("postgres://alice:hunter2@db/app");
    for (trouble, cause) in [
        (Trouble::NoSuchHost, Cause::Away),
        (Trouble::Refused, Cause::Away),
        (Trouble::NoAnswer, Cause::Away),
        (Trouble::Closed, Cause::Away),
        (Trouble::Starting, Cause::Away),
        (Trouble::Full, Cause::Away),
        (Trouble::Locked, Cause::Away),
        (Trouble::PoolEmpty, Cause::Away),
        (Trouble::Lost, Cause::Away),
        (Trouble::OverLimit, Cause::Away),
    ] {
        let diagnosis = trouble.at(&address, "");
        assert_eq!((diagnosis.retry, diagnosis.cause), (Retry::MayHelp, cause), "{trouble:?}");
    }
    for (trouble, cause) in [
        (Trouble::Tls, Cause::Configuration),
        (Trouble::OtherProtocol, Cause::Configuration),
        (Trouble::Login, Cause::Configuration),
        (Trouble::NeedsTls, Cause::Configuration),
        (Trouble::UnknownDatabase, Cause::Configuration),
        (Trouble::Denied, Cause::Configuration),
        (Trouble::NoFile, Cause::Configuration),
        (Trouble::NotADatabase, Cause::Configuration),
        (Trouble::ReadOnly, Cause::Fault),
        (Trouble::DiskFull, Cause::Fault),
        (Trouble::Statement, Cause::Fault),
    ] {
        let diagnosis = trouble.at(&address, "");
        assert_eq!((diagnosis.retry, diagnosis.cause), (Retry::Never, cause), "{trouble:?}");
    }
}

/// Every page says of a restart what the diagnosis says.
#[test]
fn the_pages_agree_with_the_diagnoses_on_whether_a_restart_helps() {
    use Trouble::*;
    let address = address("postgres://alice:hunter2@db/app");
    for trouble in [
        NoSuchHost,
        Refused,
        NoAnswer,
        Closed,
        Tls,
        OtherProtocol,
        Login,
        NeedsTls,
        UnknownDatabase,
        Starting,
        Full,
        ReadOnly,
        Denied,
        NoFile,
        NotADatabase,
        DiskFull,
        Locked,
        PoolEmpty,
        Lost,
        OverLimit,
        Statement,
    ] {
        let diagnosis = trouble.at(&address, "");
        let path = format!("{}/../../docs/codes/{}.md", env!("CARGO_MANIFEST_DIR"), diagnosis.code);
        let page = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let helps = ["Yes", "Perhaps"].map(|yes| page.contains(&format!("**Does a restart help?** {yes}")));
        assert_eq!(helps.contains(&true), diagnosis.retry == Retry::MayHelp, "{path}");
    }
}

#[test]
fn what_another_server_said_is_quoted_shortly_and_without_the_login() {
    let text = format!("hunter2 and alice, {}", "x".repeat(500));
    let shown = told(&sqlx::Error::Protocol(text), During::Connecting).to_string();
    assert!(!shown.contains("hunter2") && !shown.contains("alice") && shown.len() < 600, "{shown}");
}
