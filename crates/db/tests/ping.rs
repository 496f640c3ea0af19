//! What is said of a database that is up, and of one that is not: each trouble by its own code.

use bootproof_core::{Cause, Diagnosis, Retry, Secret};
use bootproof_db::{ping, sqlx};
use bootproof_testkit::{
    MariaDb, Postgres, Redis,
    faults::{Fault, Link},
    free_port,
};
use sqlx::{Connection, Executor, MySqlConnection, PgConnection, SqliteConnection};
use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    thread,
    time::Duration,
};

const LIMIT: Duration = Duration::from_secs(3);
/// For what never answers.
const SHORT: Duration = Duration::from_millis(300);

async fn says(url: &str) -> String {
    ping(&Secret::new(url), LIMIT).await.unwrap_or_else(|diagnosis| panic!("{diagnosis}"))
}

async fn fails(url: &str, limit: Duration) -> Diagnosis {
    let diagnosis = ping(&Secret::new(url), limit).await.expect_err("it must not be well");
    let text = diagnosis.to_string();
    for secret in ["hunter2", "alice"] {
        assert!(!text.contains(secret), "`{secret}` is shown: {text}");
    }
    diagnosis
}

#[track_caller]
fn is(diagnosis: &Diagnosis, code: &str, cause: Cause, retry: Retry) {
    assert_eq!((diagnosis.code, diagnosis.cause, diagnosis.retry), (code, cause, retry), "{diagnosis}");
}

#[track_caller]
fn away(diagnosis: &Diagnosis, code: &str) {
    is(diagnosis, code, Cause::Away, Retry::MayHelp);
}

#[track_caller]
fn wrong(diagnosis: &Diagnosis, code: &str) {
    is(diagnosis, code, Cause::Configuration, Retry::Never);
}

async fn postgres(server: &Postgres) -> PgConnection {
    PgConnection::connect(&server.url()).await.unwrap()
}

#[tokio::test]
async fn each_kind_tells_who_it_is() {
    let (postgres, mariadb) = (Postgres::start().await.unwrap(), MariaDb::start().await.unwrap());
    let said = says(&postgres.url()).await;
    assert!(said.starts_with("PostgreSQL 1") && said.ends_with(", database postgres, writable"), "{said}");
    let said = says(&mariadb.url()).await;
    assert!(said.starts_with("MariaDB 1") && said.ends_with(", database bootproof, writable"), "{said}");
    let said = says("sqlite::memory:").await;
    assert!(said.starts_with("SQLite 3.") && said.ends_with(", in memory"), "{said}");
}

#[tokio::test]
async fn a_read_only_server_says_so() {
    let postgres = Postgres::start_with(&["-c", "default_transaction_read_only=on"]).await.unwrap();
    assert!(says(&postgres.url()).await.ends_with(", read-only"));
    let mariadb = MariaDb::start_with(&["--read-only"]).await.unwrap();
    assert!(says(&mariadb.url()).await.ends_with(", read-only"));
}

#[tokio::test]
async fn a_server_that_is_down_refuses() {
    let server = Postgres::start().await.unwrap();
    server.kill().await;
    away(&fails(&server.url(), LIMIT).await, "DB-004");
    let port = free_port();
    away(&fails(&format!("mysql://alice:hunter2@127.0.0.1:{port}/app"), LIMIT).await, "DB-004");
}

#[tokio::test]
async fn an_unknown_host_is_told_apart_from_an_unreachable_one() {
    away(&fails("postgres://alice:hunter2@no-such-host.invalid/app", Duration::from_secs(20)).await, "DB-003");
}

#[tokio::test]
async fn a_server_that_is_stopped_or_silent_does_not_answer() {
    let server = Postgres::start().await.unwrap();
    server.stop_signal();
    away(&fails(&server.url(), SHORT).await, "DB-005");
    server.continue_signal();
    let hole = Link::silent().unwrap();
    for scheme in ["postgres", "mysql"] {
        let url = format!("{scheme}://alice:hunter2@{}/app", hole.address());
        away(&fails(&url, SHORT).await, "DB-005");
    }
}

#[tokio::test]
async fn a_connection_that_is_reset_or_closed_before_the_login_is_told() {
    let server = Postgres::start().await.unwrap();
    let link = Link::open(format!("127.0.0.1:{}", server.port())).unwrap();
    link.set(Fault::Cut).unwrap();
    away(&fails(&format!("postgres://alice:hunter2@{}/app", link.address()), LIMIT).await, "DB-006");
    away(&fails(&format!("mysql://alice:hunter2@{}/app", link.address()), LIMIT).await, "DB-006");
    for scheme in ["postgres", "mysql"] {
        let port = answering(b"");
        away(&fails(&format!("{scheme}://alice:hunter2@127.0.0.1:{port}/app"), LIMIT).await, "DB-006");
    }
}

/// A port that says `greeting` to each visitor once it was spoken to or has waited a moment, and hangs up.
fn answering(greeting: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut asked = [0; 256];
            stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
            let _ = stream.read(&mut asked);
            let _ = stream.write_all(greeting);
        }
    });
    port
}

#[tokio::test]
async fn something_else_on_the_port_is_not_called_a_database() {
    let http = answering(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    for scheme in ["postgres", "mysql"] {
        wrong(&fails(&format!("{scheme}://alice:hunter2@127.0.0.1:{http}/app"), LIMIT).await, "DB-008");
    }
    let mariadb = MariaDb::start().await.unwrap();
    wrong(&fails(&format!("postgres://alice:hunter2@127.0.0.1:{}/app", mariadb.port()), LIMIT).await, "DB-008");
    // Redis and PostgreSQL wait for us to speak, and MariaDB's client waits for the server: silence is all that can be seen.
    let redis = Redis::start().await.unwrap();
    away(&fails(&format!("mysql://alice:hunter2@127.0.0.1:{}/app", redis.port()), SHORT).await, "DB-005");
}

#[tokio::test]
async fn encryption_that_is_demanded_and_not_offered_is_a_matter_of_configuration() {
    let (postgres, mariadb) = (Postgres::start().await.unwrap(), MariaDb::start().await.unwrap());
    wrong(&fails(&format!("{}?sslmode=require", postgres.url()), LIMIT).await, "DB-007");
    wrong(&fails(&format!("{}?ssl-mode=REQUIRED", mariadb.url()), LIMIT).await, "DB-007");
}

/// A stand-in that says what MySQL 8 says (its greeting, then error 3159): MariaDB answers such a login with 1045, as if the
/// password were wrong.
#[tokio::test]
async fn a_server_that_demands_encryption_is_told_apart_from_a_wrong_password() {
    const GREETING: &[u8] = b"\x0a8.0.36\0\x01\0\0\0abcdefgh\0\xff\xf7\xff\x02\0\xff\xc1\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0mysql_native_password\0";
    const REFUSAL: &[u8] =
        b"\xff\x57\x0c#HY000Connections using insecure transport are prohibited while --require_secure_transport=ON.";
    let packet = |number: u8, payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
        [&length[..3], &[number], payload].concat()
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(&packet(0, GREETING)).unwrap();
        let _ = stream.read(&mut [0; 512]).unwrap();
        stream.write_all(&packet(2, REFUSAL)).unwrap();
    });
    wrong(&fails(&format!("mysql://alice:hunter2@127.0.0.1:{port}/app?ssl-mode=DISABLED"), LIMIT).await, "DB-010");
}

#[tokio::test]
async fn a_wrong_password_is_told_without_user_and_password() {
    let server = Postgres::start_with_password("secret-of-the-server").await.unwrap();
    wrong(&fails(&server.url_with("postgres", "hunter2", "postgres"), LIMIT).await, "DB-009");
    wrong(&fails(&server.url_with("alice", "hunter2", "postgres"), LIMIT).await, "DB-009");
    let mariadb = MariaDb::start_with_password("secret-of-the-server").await.unwrap();
    wrong(&fails(&mariadb.url_with("root", "hunter2", "bootproof"), LIMIT).await, "DB-009");
    wrong(&fails(&mariadb.url_with("alice", "hunter2", "bootproof"), LIMIT).await, "DB-009");
}

#[tokio::test]
async fn an_unknown_role_and_a_host_without_a_rule_are_refused_logins() {
    let server = Postgres::start().await.unwrap();
    let unknown = fails(&server.url_with("alice", "", "postgres"), LIMIT).await;
    wrong(&unknown, "DB-009");
    assert!(unknown.to_string().contains("the user is not known"), "{unknown}");
    fs::write(server.folder().join("data/pg_hba.conf"), "local all all trust\n").unwrap();
    let mut conn = postgres(&server).await;
    conn.execute("SELECT pg_reload_conf()").await.unwrap();
    let refused = loop {
        match ping(&Secret::new(server.url()), LIMIT).await {
            Ok(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(diagnosis) => break diagnosis,
        }
    };
    wrong(&refused, "DB-009");
    assert!(refused.to_string().contains("pg_hba.conf") || refused.to_string().contains("no rule"), "{refused}");
}

#[tokio::test]
async fn an_unknown_database_is_told_by_its_name() {
    let (postgres, mariadb) = (Postgres::start().await.unwrap(), MariaDb::start().await.unwrap());
    for url in [postgres.url_with("postgres", "", "nowhere"), mariadb.url_with("root", "", "nowhere")] {
        let diagnosis = fails(&url, LIMIT).await;
        wrong(&diagnosis, "DB-011");
        assert!(diagnosis.to_string().contains("`nowhere`"), "{diagnosis}");
    }
}

#[tokio::test]
async fn a_server_that_is_starting_takes_no_logins_yet_and_then_does() {
    let server = Postgres::start_in_recovery().await.unwrap();
    away(&fails(&server.url(), LIMIT).await, "DB-012");
    server.end_recovery().await.unwrap();
    says(&server.url()).await;
}

#[tokio::test]
async fn a_server_full_of_connections_may_have_room_later() {
    let server =
        Postgres::start_with(&["-c", "max_connections=2", "-c", "superuser_reserved_connections=0"]).await.unwrap();
    let held = [postgres(&server).await, postgres(&server).await];
    away(&fails(&server.url(), LIMIT).await, "DB-013");
    drop(held);
    let mariadb = MariaDb::start_with(&["--max-connections=10", "--max-user-connections=1"]).await.unwrap();
    let mut admin = MySqlConnection::connect(&mariadb.url()).await.unwrap();
    admin.execute("CREATE USER bob@'%' IDENTIFIED BY 'pw'; GRANT ALL ON bootproof.* TO bob@'%'").await.unwrap();
    let url = mariadb.url_with("bob", "pw", "bootproof");
    let _held = MySqlConnection::connect(&url).await.unwrap();
    away(&fails(&url, LIMIT).await, "DB-013");
    let mut all = vec![];
    while let Ok(conn) = MySqlConnection::connect(&mariadb.url()).await {
        all.push(conn);
    }
    away(&fails(&mariadb.url(), LIMIT).await, "DB-013");
}

#[tokio::test]
async fn a_mariadb_user_without_a_right_to_the_database_is_denied() {
    let server = MariaDb::start().await.unwrap();
    let mut admin = MySqlConnection::connect(&server.url()).await.unwrap();
    admin.execute("CREATE USER bob@'%' IDENTIFIED BY 'pw'").await.unwrap();
    wrong(&fails(&server.url_with("bob", "pw", "bootproof"), LIMIT).await, "DB-015");
}

#[tokio::test]
async fn a_postgres_role_without_a_right_to_the_database_is_denied() {
    let server = Postgres::start().await.unwrap();
    let mut admin = postgres(&server).await;
    admin.execute("CREATE DATABASE closed").await.unwrap();
    admin.execute("REVOKE CONNECT ON DATABASE closed FROM public; CREATE ROLE bob LOGIN").await.unwrap();
    wrong(&fails(&server.url_with("bob", "", "closed"), LIMIT).await, "DB-015");
}

#[tokio::test]
async fn a_missing_sqlite_file_is_well_when_it_may_be_made_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/dev.db");
    let said = says(&format!("sqlite://{}", path.display())).await;
    assert!(said.starts_with("SQLite 3.") && said.ends_with("will be created"), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    wrong(&fails(&format!("sqlite://{}?mode=rw", path.display()), LIMIT).await, "DB-016");
}

async fn lite(path: &Path, sql: &'static str) -> SqliteConnection {
    let mut conn = SqliteConnection::connect(&format!("sqlite://{}?mode=rwc", path.display())).await.unwrap();
    conn.execute(sql).await.unwrap();
    conn
}

#[tokio::test]
async fn a_sqlite_file_is_looked_at_without_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dev.db");
    lite(&path, "PRAGMA journal_mode = WAL; CREATE TABLE t (id int)").await.close().await.unwrap();
    let before = fs::read(&path).unwrap();
    says(&format!("sqlite://{}", path.display())).await;
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no log is left beside it");
}

#[tokio::test]
async fn sqlite_troubles_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let url = |name: &str| format!("sqlite://{}", path(name).display());
    fs::write(path("text"), "this is not a database at all").unwrap();
    wrong(&fails(&url("text"), LIMIT).await, "DB-018");
    let mut broken = b"SQLite format 3\0".to_vec();
    broken.extend([7; 600]);
    fs::write(path("broken"), broken).unwrap();
    wrong(&fails(&url("broken"), LIMIT).await, "DB-018");
    wrong(&fails(&url(""), LIMIT).await, "DB-016");
    wrong(&fails(&url("text/below/dev.db"), LIMIT).await, "DB-017");
    let _held = lite(&path("locked"), "CREATE TABLE t (id int); BEGIN EXCLUSIVE").await;
    away(&fails(&url("locked"), LIMIT).await, "DB-020");
}

#[tokio::test]
async fn a_url_that_cannot_be_read_is_refused_before_anything_is_tried() {
    for url in ["hunter2", "postgres://alice:hun/ter2@db/app", "redis://alice:hunter2@db"] {
        wrong(&fails(url, LIMIT).await, "DB-001");
    }
}
