use crate::{identity, rig, trouble};
use bootproof_core::{Cause, Criticality::Required, Kind, Retry, Service, Step};
use bootproof_probe::DatabaseService;
use bootproof_testkit::{MariaDb, Postgres};

#[test]
fn the_kind_is_told_by_a_scheme_that_is_written_out() {
    for (url, kind) in [
        ("postgres://h/x", "postgres"),
        ("postgresql://h/x", "postgres"),
        ("mysql://h/x", "mysql"),
        ("mariadb://h/x", "mysql"),
        ("sqlite://x.db", "sqlite"),
        ("${DATABASE_URL}", "database"),
    ] {
        let service = DatabaseService::new("main", url, Required);
        assert_eq!((service.card().id.as_str(), service.card().kind), ("database.main", Kind::Service(kind)));
    }
}

#[tokio::test]
async fn real_servers_are_named_with_evidence_and_their_troubles_come_through() {
    let (postgres, maria) = tokio::join!(Postgres::start(), MariaDb::start());
    let (postgres, maria) = (postgres.unwrap(), maria.unwrap());
    let service = DatabaseService::new("main", postgres.url(), Required);
    let rig = rig();
    let found = service.probe(&rig.cx(Step::Inspect)).await.unwrap().0;
    assert!(found.starts_with("PostgreSQL 1"), "{found}");
    assert_eq!(rig.evidence()[0].saw, found);
    assert!(identity(&DatabaseService::new("main", maria.url(), Required)).await.contains("MariaDB"));

    let absent = trouble(&DatabaseService::new("main", postgres.url_with("postgres", "", "nosuch"), Required)).await;
    assert_eq!((absent.cause, absent.retry), (Cause::Configuration, Retry::Never), "{absent}");
    postgres.kill().await;
    let away = trouble(&service).await;
    assert_eq!((away.cause, away.retry), (Cause::Away, Retry::MayHelp), "{away}");
    assert!(away.now.contains("the start fails"), "{away}");
}

#[tokio::test]
async fn a_wrong_password_is_shown_nowhere() {
    let postgres = Postgres::start_with_password("sesame-open").await.unwrap();
    let rig = rig().vars(&[("URL", &postgres.url_with("postgres", "hunter2-wrong", "postgres"))]);
    let diagnosis = DatabaseService::new("main", "${URL}", Required).probe(&rig.cx(Step::Inspect)).await.unwrap_err();
    assert_eq!((diagnosis.cause, diagnosis.retry), (Cause::Configuration, Retry::Never), "{diagnosis}");
    let shown = format!("{diagnosis} {diagnosis:?} {:?}", rig.evidence());
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[tokio::test]
async fn a_sqlite_file_that_is_missing_is_told_and_not_created() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dev.db");
    let service = DatabaseService::new("main", format!("sqlite://{}", file.display()), Required);
    let found = identity(&service).await;
    assert!(found.contains("will be created"), "{found}");
    assert!(!file.exists(), "a probe changes nothing");
}
