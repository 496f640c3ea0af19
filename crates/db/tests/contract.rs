//! The contract suite, on each kind of database.

use bootproof_core::{Criticality, Environment};
use bootproof_db::{DatabaseFix, DatabaseSpec, sqlx};
use bootproof_testkit::{
    MariaDb, Postgres,
    contract::{Rig, upholds_the_contract},
};
use sqlx::{Connection, MySqlConnection, PgConnection};
use std::{fs, path::Path};

fn fix(names: &[&str]) -> DatabaseFix {
    let spec = |name: &&str| DatabaseSpec { name: (*name).into(), url: format!("${{{name}}}"), pool: 3 };
    DatabaseFix::new(names.iter().map(spec).collect(), Criticality::Required)
}

/// All files below `folder`, by name.
fn files(folder: &Path) -> String {
    let mut found = vec![];
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            }
            found.push(entry.path().display().to_string());
        }
    }
    found.sort();
    found.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_the_contract_holds_and_the_folder_comes_and_goes() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/deep/dev.db", folder.path().display());
    let rig = || Rig::new(Environment::Development).vars(&[("MAIN", &url)]);
    upholds_the_contract(&fix(&["MAIN"]), rig, async || files(folder.path())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_in_production_the_contract_holds_with_the_light_form() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/dev.db", folder.path().display());
    let rig = || Rig::new(Environment::Production).vars(&[("MAIN", &url)]);
    upholds_the_contract(&fix(&["MAIN"]), rig, async || files(folder.path())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_the_contract_holds() {
    let server = Postgres::start().await.unwrap();
    let rig = || Rig::new(Environment::Staging).vars(&[("MAIN", &server.url())]);
    let world = async || {
        let mut conn = PgConnection::connect(&server.url()).await.unwrap();
        let tables = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        tables.join("\n")
    };
    upholds_the_contract(&fix(&["MAIN"]), rig, world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_mariadb_the_contract_holds() {
    upheld_on_mariadb(Environment::Staging).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_mariadb_in_production_the_contract_holds_with_the_light_form() {
    upheld_on_mariadb(Environment::Production).await;
}

async fn upheld_on_mariadb(environment: Environment) {
    let server = MariaDb::start().await.unwrap();
    let rig = || Rig::new(environment).vars(&[("MAIN", &server.url())]);
    let world = async || {
        let mut conn = MySqlConnection::connect(&server.url()).await.unwrap();
        let tables =
            "SELECT CAST(TABLE_NAME AS CHAR) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        tables.join("\n")
    };
    upholds_the_contract(&fix(&["MAIN"]), rig, world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_databases_are_held_to_it_together() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (format!("sqlite:{}/a/1.db", folder.path().display()), "sqlite::memory:");
    let rig = || Rig::new(Environment::Test).vars(&[("ONE", &one), ("TWO", two)]);
    upholds_the_contract(&fix(&["ONE", "TWO"]), rig, async || files(folder.path())).await;
}
