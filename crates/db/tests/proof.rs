//! The proof on real servers: which form it makes, what it leaves behind (nothing), and what it says when it cannot be made.

use bootproof_core::{Cause, Criticality, Diagnosis, Environment, Fix, Proof, Proofs, Retry, Scope, Standing, Step};
use bootproof_db::{DatabaseFix, DatabaseSpec, sqlx};
use bootproof_testkit::{MariaDb, Postgres, contract::Rig};
use sqlx::{Connection, Executor, MySqlConnection, PgConnection, SqliteConnection};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};

fn fix() -> DatabaseFix {
    let spec = DatabaseSpec { name: "main".into(), url: "${MAIN}".into(), pool: 3 };
    DatabaseFix::new(vec![spec], Criticality::Required)
}

fn rig(url: &str, proofs: Proofs) -> Rig {
    Rig::new(Environment::Staging).vars(&[("MAIN", url)]).policy(|policy| policy.proofs = proofs)
}

/// Runs the fix and gives its proof and all that was seen.
async fn proven(url: &str, proofs: Proofs) -> (Proof, String) {
    let rig = rig(url, proofs);
    let (_, change, proof) = rig.run(&fix()).await.unwrap_or_else(|diagnosis| panic!("{diagnosis}"));
    let seen: Vec<_> = rig.evidence().iter().map(|e| format!("{} -> {}", e.did, e.saw)).collect();
    fix().undo(&rig.cx(Step::Undo), &change).await.unwrap();
    (proof, seen.join("\n"))
}

async fn postgres(server: &Postgres) -> PgConnection {
    PgConnection::connect(&server.url()).await.unwrap()
}

async fn scratch_tables(conn: &mut PgConnection) -> i64 {
    let sql = "SELECT count(*) FROM pg_class WHERE relname LIKE 'bootproof%'";
    sqlx::query_scalar(sql).fetch_one(conn).await.unwrap()
}

/// Client connections to the server other than `conn`, once they are down to `wanted` or a while has passed.
async fn connections(conn: &mut PgConnection, wanted: i64) -> i64 {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    let began = Instant::now();
    loop {
        let there: i64 = sqlx::query_scalar(sql).fetch_one(&mut *conn).await.unwrap();
        if there <= wanted || began.elapsed() > Duration::from_secs(5) {
            return there;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_has_its_evidence_and_the_scope_is_the_one_given() {
    let server = Postgres::start().await.unwrap();
    let rig = rig(&server.url(), Proofs::Full);
    let fix = fix().scope(Scope::Process);
    let (_, _, proof) = rig.run(&fix).await.unwrap();
    assert_eq!(proof.scope, Scope::Process);
    let seen: Vec<_> = rig.evidence().into_iter().filter(|e| e.step == Step::Prove).map(|e| e.did).collect();
    for way in [
        "committed",
        "returned an error",
        "panicked",
        "past its limit",
        "was cancelled",
        "connection killed",
        "went away",
    ] {
        assert!(seen.iter().any(|did| did.contains(way)), "no evidence of `{way}` in {seen:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_finding_change_and_evidence() {
    let server = Postgres::start_with_password("hunter2hunter2").await.unwrap();
    let rig = rig(&server.url(), Proofs::Full);
    let all = format!("{:?} {:?}", rig.run(&fix()).await.unwrap(), rig.evidence());
    assert!(!all.contains("hunter2"), "{all}");
    let spec = DatabaseSpec { name: "main".into(), url: server.url(), pool: 1 };
    let text = format!("{spec:?} {:?}", DatabaseFix::new(vec![spec.clone()], Criticality::Required));
    assert!(!text.contains("hunter2"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_not_create_gets_the_light_proof_and_is_told() {
    let server = Postgres::start().await.unwrap();
    postgres(&server).await.execute("CREATE ROLE bob LOGIN").await.unwrap();
    let (proof, seen) = proven(&server.url_with("bob", "", "postgres"), Proofs::Full).await;
    assert_eq!(proof.standing, Standing::Proven);
    assert!(seen.contains("no right to create one") && seen.contains("the transaction was aborted"), "{seen}");

    let (server, bob) = mariadb_with_bob("SELECT, CREATE TEMPORARY TABLES").await;
    let (proof, seen) = proven(&bob, Proofs::Full).await;
    assert_eq!(proof.standing, Standing::Proven);
    assert!(seen.contains("no right to create one") && seen.contains("seen in the same session"), "{seen}");
    drop(server);
}

/// A MariaDB, and the URL of a user who has these rights on the database and no others.
async fn mariadb_with_bob(rights: &str) -> (MariaDb, String) {
    let server = MariaDb::start().await.unwrap();
    let mut admin = MySqlConnection::connect(&server.url()).await.unwrap();
    let sql = format!("CREATE USER bob@'%' IDENTIFIED BY 'pw'; GRANT {rights} ON bootproof.* TO bob@'%'");
    admin.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    let url = server.url_with("bob", "pw", "bootproof");
    (server, url)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_light_proof_of_mariadb_writes_where_only_its_session_sees_it() {
    let server = MariaDb::start_with(&["--general-log=1", "--general-log-file=general.log"]).await.unwrap();
    let (proof, seen) = proven(&server.url(), Proofs::Light).await;
    assert_eq!(proof.standing, Standing::Proven);
    assert_eq!(seen.matches("no row is left, seen in the same session").count(), 2, "an error and a panic: {seen}");
    assert_eq!(seen.matches("the server has ended its session").count(), 3, "{seen}");
    let log = std::fs::read_to_string(server.folder().join("data/general.log")).unwrap();
    assert!(log.contains("CREATE TEMPORARY TABLE"), "the log shows statements");
    assert!(!log.contains("CREATE TABLE"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mariadb_user_who_may_create_nothing_is_unproven_and_told_what_was_not_shown() {
    let (_server, bob) = mariadb_with_bob("SELECT, INSERT, UPDATE, DELETE").await;
    for proofs in [Proofs::Full, Proofs::Light] {
        let (proof, _) = proven(&bob, proofs).await;
        let Standing::Unproven(why) = proof.standing else { panic!("{proofs:?}: {proof:?}") };
        assert_eq!((why.code, why.retry), ("DB-032", Retry::Never), "{why}");
        assert!(why.to_string().contains("not shown") && !why.to_string().contains("bob"), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_light_proof_creates_nothing_on_the_server() {
    let server = Postgres::start_with(&["-c", "log_statement=all"]).await.unwrap();
    let (proof, seen) = proven(&server.url(), Proofs::Light).await;
    assert_eq!(proof.standing, Standing::Proven);
    assert!(seen.contains("then panicked -> the server says that the transaction was aborted"), "{seen}");
    let log = std::fs::read_to_string(find_log(server.folder())).unwrap();
    assert!(log.contains("pg_current_xact_id"), "the log shows statements");
    assert!(!log.contains("CREATE") && !log.contains("INSERT"), "{log}");
}

/// The server's log, wherever the testkit puts it.
fn find_log(folder: &std::path::Path) -> std::path::PathBuf {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .into_iter()
        .find(|path| path.extension().is_some_and(|e| e == "log") || path.ends_with("log"))
        .expect("a log")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clean_release_writes_no_warning_into_the_servers_log() {
    let server = Postgres::start().await.unwrap();
    proven(&server.url(), Proofs::Light).await;
    let log = std::fs::read_to_string(find_log(server.folder())).unwrap();
    assert!(!log.contains("WARNING"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_server_is_unproven_and_says_why() {
    let postgres = Postgres::start_with(&["-c", "default_transaction_read_only=on"]).await.unwrap();
    let mariadb = MariaDb::start_with(&["--read-only"]).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dev.db");
    let mut conn = SqliteConnection::connect(&format!("sqlite://{}?mode=rwc", file.display())).await.unwrap();
    conn.execute("CREATE TABLE t (id int)").await.unwrap();
    conn.close().await.unwrap();
    for url in [postgres.url(), mariadb.url(), format!("sqlite://{}?mode=ro", file.display())] {
        for proofs in [Proofs::Full, Proofs::Light] {
            let (proof, _) = proven(&url, proofs).await;
            let Standing::Unproven(why) = proof.standing else { panic!("{url} {proofs:?}: {proof:?}") };
            assert_eq!((why.code, why.retry), ("DB-014", Retry::Never), "{url}: {why}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_proofs_at_once_hold_and_leave_no_table_and_no_connection() {
    let server = Postgres::start().await.unwrap();
    let mut conn = postgres(&server).await;
    let proofs = (0..20).map(|_| {
        let url = server.url();
        tokio::spawn(async move { proven(&url, Proofs::Full).await.0 })
    });
    for proof in proofs.collect::<Vec<_>>() {
        assert_eq!(proof.await.unwrap().standing, Standing::Proven);
    }
    assert_eq!(scratch_tables(&mut conn).await, 0);
    assert_eq!(connections(&mut conn, 0).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_proofs_at_once_hold_on_one_sqlite_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/dev.db", folder.path().display());
    // Made before, so that no proof's undo takes it away from the others.
    let mut conn = SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    conn.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (id int)").await.unwrap();
    let proofs = (0..20).map(|_| {
        let url = url.clone();
        tokio::spawn(async move { proven(&url, Proofs::Full).await.0 })
    });
    for proof in proofs.collect::<Vec<_>>() {
        assert_eq!(proof.await.unwrap().standing, Standing::Proven);
    }
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_master").fetch_one(&mut conn).await.unwrap();
    assert_eq!(left, 1, "only the table that was there before");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_dropped_at_any_time_leaves_no_table_and_no_connection() {
    let server = Postgres::start().await.unwrap();
    let mut conn = postgres(&server).await;
    for at in 0..40_u64 {
        let mut rig = rig(&server.url(), Proofs::Full);
        let (found, change) = {
            let fix = fix();
            let found = fix.inspect(&rig.cx(Step::Inspect)).await.unwrap();
            let permit = bootproof_core::Policy::builtin(Environment::Test).permit().unwrap();
            let change = fix.apply(&rig.cx(Step::Apply), permit, &found).await.unwrap();
            (found, change)
        };
        // Scattered over the whole proof, and different in each round.
        let limit = Duration::from_micros(at * at * 61 % 90_000);
        let _ = timeout(limit, fix().prove(&rig.cx(Step::Prove), &change)).await;
        rig.settle().await;
        assert_eq!(scratch_tables(&mut conn).await, 0, "dropped after {limit:?}, found {found:?}");
        fix().undo(&rig.cx(Step::Undo), &change).await.unwrap();
        rig.settle().await;
        assert_eq!(connections(&mut conn, 0).await, 0, "dropped after {limit:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scratch_tables_of_killed_runs_are_removed_once_they_are_old_and_others_are_not_touched() {
    let server = Postgres::start().await.unwrap();
    let mut conn = postgres(&server).await;
    conn.execute("CREATE TABLE bootproof_proof_1700000000_0123456789abcdef (way text)").await.unwrap();
    conn.execute("CREATE TABLE bootproof_proof_99999999999_0123456789abcdef (way text)").await.unwrap();
    conn.execute("CREATE TABLE bootproof_proof_of_mine (way text)").await.unwrap();
    let (_, seen) = proven(&server.url(), Proofs::Full).await;
    assert!(seen.contains("removed 1 left by runs that were killed"), "{seen}");
    let left: Vec<String> =
        sqlx::query_scalar("SELECT relname::text FROM pg_class WHERE relname LIKE 'bootproof%' ORDER BY 1")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    assert_eq!(left, ["bootproof_proof_99999999999_0123456789abcdef", "bootproof_proof_of_mine"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_light_proof_of_sqlite_leaves_the_file_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dev.db");
    let url = format!("sqlite://{}", file.display());
    let mut conn = SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    conn.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (id int)").await.unwrap();
    conn.close().await.unwrap();
    let before = std::fs::read(&file).unwrap();
    let (proof, seen) = proven(&url, Proofs::Light).await;
    assert_eq!(proof.standing, Standing::Proven);
    assert!(seen.contains("the table is not there"), "{seen}");
    assert!(before == std::fs::read(&file).unwrap(), "not a byte has changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_away_before_the_proof_is_a_diagnosis_that_time_can_cure() {
    let server = Postgres::start().await.unwrap();
    let rig = rig(&server.url(), Proofs::Full);
    let (_, change, _) = rig.run(&fix()).await.unwrap();
    server.kill().await;
    let gone = fix().prove(&rig.cx(Step::Prove), &change).await.unwrap_err();
    assert_eq!((gone.code, gone.cause, gone.retry), ("DB-004", Cause::Away, Retry::MayHelp), "{gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_proof_is_quick() {
    let server = Postgres::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite://{}/dev.db", folder.path().display());
    // Unoptimised and beside other tests; the bench holds it to 200 and 40 ms.
    for (url, most) in [(server.url(), 2000), (file, 1000)] {
        let rig = rig(&url, Proofs::Full);
        let (_, change, _) = rig.run(&fix()).await.unwrap();
        let began = Instant::now();
        fix().prove(&rig.cx(Step::Prove), &change).await.unwrap();
        let took = began.elapsed();
        assert!(took < Duration::from_millis(most), "{url}: {took:?}");
    }
}

async fn inspected(url: &str) -> Result<bootproof_core::Finding, Diagnosis> {
    fix().inspect(&rig(url, Proofs::Full).cx(Step::Inspect)).await
}

#[tokio::test]
async fn inspect_names_what_is_wrong_with_the_url_and_touches_nothing() {
    let missing = fix().inspect(&Rig::new(Environment::Test).cx(Step::Inspect)).await.unwrap_err();
    assert_eq!((missing.code, missing.cause), ("DB-002", Cause::Configuration), "{missing}");
    assert!(missing.to_string().contains("`MAIN`") && missing.to_string().contains("`main`"), "{missing}");
    let bad = inspected("postgress://me:hunter2@db/app").await.unwrap_err();
    assert_eq!(bad.code, "DB-001", "{bad}");
    assert!(bad.what.contains("`main`") && !bad.to_string().contains("hunter2"), "{bad}");
    let finding = inspected("postgres://me:hunter2@db/app?pgbouncer=true").await.unwrap();
    let text = format!("{finding:?}");
    assert!(text.contains("PostgreSQL at `db:5432`") && text.contains("`pgbouncer` is not used"), "{text}");
}

#[tokio::test]
async fn without_declared_databases_there_is_nothing_to_do() {
    let fix = DatabaseFix::new(vec![], Criticality::Required);
    let found = fix.inspect(&Rig::new(Environment::Test).cx(Step::Inspect)).await.unwrap();
    assert_eq!(found, bootproof_core::Finding::NothingDeclared);
    let needs: Vec<_> = self::fix().card().needs.iter().map(|need| need.on.clone()).collect();
    assert_eq!(needs, ["environment", "database.main"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_second_database_cannot_be_opened_nothing_of_the_first_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (format!("sqlite://{}/a/1.db", folder.path().display()), "postgres://me@127.0.0.1:1/app");
    let spec = |name: &str| DatabaseSpec { name: name.into(), url: format!("${{{name}}}"), pool: 1 };
    let fix = DatabaseFix::new(vec![spec("ONE"), spec("TWO")], Criticality::Required);
    let rig = Rig::new(Environment::Test).vars(&[("ONE", &one), ("TWO", two)]);
    let refused = rig.run(&fix).await.unwrap_err();
    assert_eq!(refused.code, "DB-004", "{refused}");
    assert!(rig.shelf().keys().is_empty());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the first one's folder was taken back");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_later_attempt_fails_what_an_earlier_one_opened_stays() {
    let folder = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite://{}/{name}.db", folder.path().display());
    let spec = |name: &str| DatabaseSpec { name: name.into(), url: format!("${{{name}}}"), pool: 1 };
    let (one, two) = (url("1"), url("2"));
    let rig =
        Rig::new(Environment::Test).vars(&[("ONE", &one), ("TWO", &two), ("AWAY", "postgres://me@127.0.0.1:1/app")]);
    rig.run(&DatabaseFix::new(vec![spec("ONE")], Criticality::Required)).await.unwrap();
    let all = DatabaseFix::new(["ONE", "TWO", "AWAY"].map(spec).to_vec(), Criticality::Required);
    let refused = rig.run(&all).await.unwrap_err();
    assert_eq!(refused.code, "DB-004", "{refused}");
    assert_eq!(rig.shelf().keys(), ["database/ONE"], "only what this call opened is closed");
    assert!(folder.path().join("1.db").exists() && !folder.path().join("2.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cannot_be_closed_in_time_leaves_time_to_remove_its_file_and_to_undo_others() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made");
    // As long as the engine gives all fixes together.
    let rig = rig(&format!("sqlite://{}/dev.db", made.display()), Proofs::Full).limit(Duration::from_secs(2));
    let (_, change, _) = rig.run(&fix()).await.unwrap();
    let db = rig.shelf().get::<bootproof_db::Database>("database/main").unwrap();
    let _in_use = db.sqlite().unwrap().acquire().await.unwrap();
    let cx = rig.cx(Step::Undo);
    fix().undo(&cx, &change).await.unwrap();
    assert!(cx.left() > Duration::from_secs(1), "{:?} left", cx.left());
    assert!(!made.exists(), "the file is removed all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_leaves_a_file_that_was_there_or_is_used_by_now() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dev.db");
    let url = format!("sqlite://{}", file.display());
    let rig = rig(&url, Proofs::Full);
    let (_, change, _) = rig.run(&fix()).await.unwrap();
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    conn.execute("CREATE TABLE somebody_elses (id int)").await.unwrap();
    conn.close().await.unwrap();
    fix().undo(&rig.cx(Step::Undo), &change).await.unwrap();
    assert!(file.exists(), "a file with tables in it is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_gives_a_file_its_journal_mode_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dev.db");
    let url = format!("sqlite://{}", file.display());
    let mut conn = SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    conn.execute("CREATE TABLE t (id int)").await.unwrap();
    conn.close().await.unwrap();
    let rig = rig(&url, Proofs::Full);
    let (_, change, _) = rig.run(&fix()).await.unwrap();
    assert!(change.made.iter().any(|line| line.contains("write-ahead log")), "{change:?}");
    fix().undo(&rig.cx(Step::Undo), &change).await.unwrap();
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut conn).await.unwrap();
    assert_eq!(mode, "delete");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_back_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made");
    let rig = rig(&format!("sqlite://{}/dev.db", made.display()), Proofs::Full);
    let (_, change, _) = rig.run(&fix()).await.unwrap();
    std::fs::rename(&made, folder.path().join("elsewhere")).unwrap();
    std::fs::write(&made, "in its place").unwrap();
    let stuck = fix().undo(&rig.cx(Step::Undo), &change).await.unwrap_err();
    assert_eq!(stuck.code, "DB-031", "{stuck}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_without_a_pool_says_that_nothing_was_applied() {
    let rig = rig("sqlite::memory:", Proofs::Full);
    let refused = fix().prove(&rig.cx(Step::Prove), &bootproof_core::Change::nothing()).await.unwrap_err();
    assert_eq!(refused.code, "DB-028", "{refused}");
}
