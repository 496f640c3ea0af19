//! The proof must fail where the guard is broken: each is broken on purpose here, on real servers.

use super::task;
use crate::{Database, DatabaseOptions, sabotage::Sabotage};
use bootproof_core::{Diagnosis, Proofs, Secret};
use bootproof_testkit::{MariaDb, Postgres};

async fn proves(url: &str, sabotage: Sabotage, proofs: Proofs) -> Result<(), Diagnosis> {
    let options = DatabaseOptions { sabotage, ..DatabaseOptions::pool(2) };
    let db = Database::connect("main", &Secret::new(url), options).await.unwrap();
    let (journal, _notes) = super::journal::open();
    let done = task::work(&db, proofs, journal).await.map_err(|diagnosis| *diagnosis);
    done.map(|unproven| assert!(unproven.is_none(), "unproven: {unproven:?}"))
}

async fn fails(url: &str, sabotage: Sabotage, proofs: Proofs) -> Diagnosis {
    proves(url, sabotage, proofs).await.expect_err("the proof must see that the guard is broken")
}

fn file() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/dev.db", folder.path().display());
    (folder, url)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_in_the_place_of_a_rollback_is_found_on_postgresql() {
    let server = Postgres::start().await.unwrap();
    for proofs in [Proofs::Full, Proofs::Light] {
        let diagnosis = fails(&server.url(), Sabotage::Commits, proofs).await;
        assert_eq!(diagnosis.code, "DB-025", "{diagnosis}");
        assert!(diagnosis.what.contains("after an error"), "the way is named: {diagnosis}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_in_the_place_of_a_rollback_is_found_on_mariadb_and_sqlite() {
    let (_folder, file) = file();
    let server = MariaDb::start().await.unwrap();
    for url in [server.url(), file.clone(), "sqlite::memory:".into()] {
        assert_eq!(fails(&url, Sabotage::Commits, Proofs::Full).await.code, "DB-025", "{url}");
    }
    for url in [server.url(), file] {
        assert_eq!(fails(&url, Sabotage::Commits, Proofs::Light).await.code, "DB-025", "{url}");
    }
}

async fn finds_what_is_left_open(url: &str) {
    for proofs in [Proofs::Full, Proofs::Light] {
        let diagnosis = fails(url, Sabotage::LeavesOpen, proofs).await;
        assert_eq!(diagnosis.code, "DB-026", "{url} {proofs:?}: {diagnosis}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_left_open_in_the_pool_is_found_on_postgresql() {
    finds_what_is_left_open(&Postgres::start().await.unwrap().url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_left_open_in_the_pool_is_found_on_mariadb() {
    finds_what_is_left_open(&MariaDb::start().await.unwrap().url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_left_open_in_the_pool_is_found_on_sqlite() {
    let (_folder, url) = file();
    finds_what_is_left_open(&url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stores_nothing_does_not_pass() {
    let (_folder, file) = file();
    let (postgres, mariadb) = (Postgres::start().await.unwrap(), MariaDb::start().await.unwrap());
    for (url, proofs) in [
        (postgres.url(), Proofs::Full),
        (postgres.url(), Proofs::Light),
        (mariadb.url(), Proofs::Full),
        (file, Proofs::Full),
    ] {
        assert_eq!(fails(&url, Sabotage::StoresNothing, proofs).await.code, "DB-027", "{url} {proofs:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mariadb_whose_tables_have_no_transactions_fails_without_any_sabotage() {
    // The engine of temporary tables is set apart: the light form must not be taken in by it.
    let args = ["--default-storage-engine=MyISAM", "--default-tmp-storage-engine=InnoDB"];
    let server = MariaDb::start_with(&args).await.unwrap();
    for proofs in [Proofs::Full, Proofs::Light] {
        let diagnosis = fails(&server.url(), Sabotage::None, proofs).await;
        assert_eq!(diagnosis.code, "DB-025", "{proofs:?}: {diagnosis}");
        assert!(diagnosis.to_string().contains("default_storage_engine"), "{proofs:?}: {diagnosis}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_sabotage_the_same_servers_pass() {
    let (_folder, file) = file();
    let (postgres, mariadb) = (Postgres::start().await.unwrap(), MariaDb::start().await.unwrap());
    for url in [postgres.url(), mariadb.url(), file, "sqlite::memory:".into()] {
        for proofs in [Proofs::Full, Proofs::Light] {
            proves(&url, Sabotage::None, proofs).await.unwrap_or_else(|diagnosis| panic!("{url}: {diagnosis}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_somebody_else_holds_is_not_taken_for_our_own_transaction() {
    use sqlx::{Connection, Executor, SqliteConnection};
    let (_folder, url) = file();
    let db = Database::connect("main", &Secret::new(&url), DatabaseOptions::pool(2)).await.unwrap();
    let (journal, mut notes) = super::journal::open();
    let proof = tokio::spawn(async move { task::work(&db, Proofs::Light, journal).await });
    // The first note is of the first abort; from then on somebody else writes, for ever.
    notes.recv().await.unwrap();
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    other.execute("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE").await.unwrap();
    let diagnosis = proof.await.unwrap().expect_err("the file is locked");
    assert_eq!(diagnosis.code, "DB-020", "{diagnosis}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scratch_table_that_somebody_else_holds_is_reported_with_its_name() {
    use super::journal::Note;
    use sqlx::{Connection, Executor, PgConnection};
    let server = Postgres::start().await.unwrap();
    let db = Database::connect("main", &Secret::new(server.url()), DatabaseOptions::pool(2)).await.unwrap();
    let (journal, mut notes) = super::journal::open();
    let proof = tokio::spawn(async move { task::work(&db, Proofs::Full, journal).await });
    let table = loop {
        match notes.recv().await.unwrap() {
            Note::Saw(text) => break text.split('`').nth(1).unwrap().to_owned(),
            Note::Doing(_) => {}
        }
    };
    let mut other = PgConnection::connect(&server.url()).await.unwrap();
    other.execute(sqlx::AssertSqlSafe(format!("BEGIN; SELECT count(*) FROM {table}"))).await.unwrap();
    let diagnosis = proof.await.unwrap().expect_err("it is still there");
    assert_eq!(diagnosis.code, "DB-030", "{diagnosis}");
    assert!(diagnosis.action.contains(&table), "{diagnosis}");
}
