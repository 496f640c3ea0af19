//! The transaction closure: what it keeps, and that it leaves nothing behind, on each kind of database.

use bootproof_core::Secret;
use bootproof_db::{Database, DatabaseOptions, DbError, Tx, TxError, sqlx};
use bootproof_testkit::{MariaDb, Postgres};
use std::{
    future::pending,
    time::{Duration, Instant},
};
use tokio::time::{sleep, timeout};

async fn connect(url: &str, pool: u32, limit: Duration) -> Database {
    Database::connect("main", &Secret::new(url), DatabaseOptions::pool(pool).limit(limit)).await.unwrap()
}

/// One database of each kind, with an empty table `users`, and what keeps it alive.
struct Three {
    databases: Vec<Database>,
    _alive: (Postgres, MariaDb, tempfile::TempDir),
}

async fn three(pool: u32) -> Three {
    let (postgres, mariadb) = (Postgres::start().await.unwrap(), MariaDb::start().await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite://{}/users.db", folder.path().display());
    let mut databases = vec![];
    for url in [postgres.url(), mariadb.url(), file, "sqlite::memory:".into()] {
        let db = connect(&url, pool, Duration::from_secs(5)).await;
        run(&db, "CREATE TABLE users (name VARCHAR(40))").await;
        databases.push(db);
    }
    Three { databases, _alive: (postgres, mariadb, folder) }
}

/// Runs something by itself, through the guarded pool.
async fn run(db: &Database, sql: &'static str) {
    match (db.postgres(), db.mysql(), db.sqlite()) {
        (Some(pool), ..) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
        (_, Some(pool), _) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
        (.., Some(pool)) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
        _ => unreachable!("a database is one of three"),
    }
}

async fn users(db: &Database) -> i64 {
    const SQL: &str = "SELECT count(*) FROM users";
    match (db.postgres(), db.mysql(), db.sqlite()) {
        (Some(pool), ..) => sqlx::query_scalar(SQL).fetch_one(pool).await.unwrap(),
        (_, Some(pool), _) => sqlx::query_scalar(SQL).fetch_one(pool).await.unwrap(),
        (.., Some(pool)) => sqlx::query_scalar(SQL).fetch_one(pool).await.unwrap(),
        _ => unreachable!("a database is one of three"),
    }
}

async fn insert(tx: &mut Tx<'_>) -> Result<(), DbError> {
    tx.execute("INSERT INTO users VALUES ('eve')").await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn ok_commits_and_an_error_leaves_nothing() {
    for db in three(2).await.databases {
        let kept = db.transaction(|tx| Box::pin(async { insert(tx).await.map(|()| 7) })).await;
        assert_eq!(kept.unwrap(), 7);
        let refused: Result<(), _> = db
            .transaction(|tx| {
                Box::pin(async move {
                    insert(tx).await?;
                    tx.execute("INSERT INTO nowhere VALUES (1)").await?;
                    Ok::<_, DbError>(())
                })
            })
            .await;
        assert!(matches!(refused, Err(TxError::Closure(DbError::Statement { .. }))), "{db:?}: {refused:?}");
        assert_eq!(users(&db).await, 1, "{db:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_rolled_back_first_and_then_goes_on() {
    for db in three(1).await.databases {
        let inner = db.clone();
        let task = tokio::spawn(async move {
            inner
                .transaction(|tx| {
                    Box::pin(async move {
                        insert(tx).await?;
                        std::panic::resume_unwind(Box::new("the closure's own panic"));
                        #[expect(unreachable_code, reason = "gives the block its type")]
                        Ok::<(), DbError>(())
                    })
                })
                .await
        });
        let panic = task.await.unwrap_err().into_panic();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"the closure's own panic"));
        assert_eq!(users(&db).await, 0, "{db:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_before_the_first_await_is_rolled_back_too() {
    for db in three(1).await.databases {
        let inner = db.clone();
        let task = tokio::spawn(async move {
            inner.transaction::<(), DbError, _>(|_| std::panic::resume_unwind(Box::new(1))).await
        });
        assert!(task.await.unwrap_err().is_panic());
        run(&db, "INSERT INTO users VALUES ('after')").await;
        assert_eq!(users(&db).await, 1, "{db:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn past_its_limit_it_is_rolled_back_and_says_so() {
    for db in three(1).await.databases {
        let limit = Duration::from_millis(300);
        let late: Result<(), _> = db
            .with_limit(limit)
            .transaction(|tx| {
                Box::pin(async move {
                    insert(tx).await?;
                    pending::<Result<(), DbError>>().await
                })
            })
            .await;
        assert!(matches!(late, Err(TxError::TimedOut { limit: told }) if told == limit), "{db:?}: {late:?}");
        assert_eq!(users(&db).await, 0, "{db:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_at_an_await_it_leaves_nothing_and_the_one_connection_is_usable() {
    for db in three(1).await.databases {
        for _ in 0..5 {
            let transaction = db.transaction(|tx| {
                Box::pin(async move {
                    insert(tx).await?;
                    pending::<Result<(), DbError>>().await
                })
            });
            assert!(timeout(Duration::from_millis(60), transaction).await.is_err());
        }
        run(&db, "INSERT INTO users VALUES ('after')").await;
        assert_eq!(users(&db).await, 1, "{db:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closure_may_borrow_from_around_it_also_in_a_spawned_task() {
    for db in three(2).await.databases {
        let task = tokio::spawn(async move {
            let (names, mut told) = (vec!["ann", "bob"], vec![]);
            let done: Result<(), TxError<DbError>> = db
                .transaction(|tx| {
                    let (names, told) = (&names, &mut told);
                    Box::pin(async move {
                        for name in names {
                            insert(tx).await?;
                            told.push(*name);
                        }
                        Ok(())
                    })
                })
                .await;
            done.unwrap();
            assert_eq!(told, names);
            users(&db).await
        });
        assert_eq!(task.await.unwrap(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn typed_queries_use_the_transactions_connection_and_another_kind_is_refused() {
    let three = three(2).await;
    let typed: Result<(), TxError<DbError>> = three.databases[0]
        .transaction(|tx| {
            Box::pin(async move {
                let statement = sqlx::query("INSERT INTO users VALUES ($1)").bind("typed");
                statement.execute(tx.postgres()?).await.unwrap();
                let wrong = tx.sqlite().map(drop).unwrap_err();
                assert!(matches!(wrong, DbError::OtherKind { .. }), "{wrong}");
                Ok(())
            })
        })
        .await;
    typed.unwrap();
    assert_eq!(users(&three.databases[0]).await, 1);
    let typed: Result<(), TxError<DbError>> = three.databases[1]
        .transaction(|tx| {
            Box::pin(async move {
                sqlx::query("SELECT 1").execute(tx.mysql()?).await.unwrap();
                Ok(())
            })
        })
        .await;
    typed.unwrap();
    let typed: Result<(), TxError<DbError>> = three.databases[2]
        .transaction(|tx| {
            Box::pin(async move {
                sqlx::query("SELECT 1").execute(tx.sqlite()?).await.unwrap();
                Ok(())
            })
        })
        .await;
    typed.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nested_begin_is_a_savepoint_and_commits_nothing_by_itself() {
    use sqlx::Connection;
    let three = three(1).await;
    let db = &three.databases[0];
    let outer: Result<(), TxError<DbError>> = db
        .transaction(|tx| {
            Box::pin(async move {
                let mut inner = tx.postgres()?.begin().await.unwrap();
                sqlx::query("INSERT INTO users VALUES ('inner')").execute(&mut *inner).await.unwrap();
                inner.commit().await.unwrap();
                tx.execute("SELECT 1/0").await.map(drop)
            })
        })
        .await;
    assert!(matches!(outer, Err(TxError::Closure(_))), "{outer:?}");
    assert_eq!(users(db).await, 0);
}

/// PostgreSQL answers COMMIT of a failed transaction with success and ROLLBACK; MariaDB rolls back by itself at a deadlock,
/// and commits by itself at a CREATE TABLE.
#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_the_closure_keeps_to_itself_is_not_reported_as_committed() {
    let three = three(1).await;
    for (db, breaks) in [
        (&three.databases[0], "INSERT INTO nowhere VALUES (1)"),
        (&three.databases[1], "ROLLBACK"),
        (&three.databases[2], "ROLLBACK"),
    ] {
        let done: Result<(), TxError<DbError>> = db
            .transaction(|tx| {
                Box::pin(async move {
                    insert(tx).await?;
                    let _ = tx.execute(breaks).await;
                    Ok(())
                })
            })
            .await;
        assert!(matches!(done, Err(TxError::NotCommitted(_))), "{db:?}: {done:?}");
        assert_eq!(users(db).await, 0, "{db:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_only_at_commit_is_told_and_leaves_nothing() {
    let three = three(1).await;
    let db = &three.databases[0];
    run(db, "CREATE TABLE once (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)").await;
    let done: Result<(), TxError<DbError>> = db
        .transaction(|tx| {
            Box::pin(async move {
                insert(tx).await?;
                tx.execute("INSERT INTO once VALUES (1), (1)").await.map(drop)
            })
        })
        .await;
    assert!(matches!(done, Err(TxError::NotCommitted(_))), "{done:?}");
    assert_eq!(users(db).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_nobody_waits_for_is_stopped_by_the_server_too() {
    let three = three(1).await;
    let sleeps = ["SELECT pg_sleep(30)", "SELECT SLEEP(30)"];
    let running = [
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND state = 'active' AND pid <> pg_backend_pid()",
        "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP(30)%'",
    ];
    for at in 0..2 {
        let (db, began) = (&three.databases[at], Instant::now());
        let late: Result<(), TxError<DbError>> = db
            .with_limit(Duration::from_millis(400))
            .transaction(|tx| Box::pin(async move { tx.execute(sleeps[at]).await.map(drop) }))
            .await;
        // Either we or the server noticed first.
        assert!(late.is_err(), "{late:?}");
        loop {
            let left: i64 = match (db.postgres(), db.mysql()) {
                (Some(pool), _) => sqlx::query_scalar(running[at]).fetch_one(pool).await.unwrap(),
                (_, Some(pool)) => sqlx::query_scalar(running[at]).fetch_one(pool).await.unwrap(),
                _ => unreachable!("one of the two"),
            };
            if left == 0 {
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(5), "the query is still running on {db:?}");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_in_the_middle_leaves_nothing_and_the_pool_recovers() {
    let server = Postgres::start().await.unwrap();
    let db = connect(&server.url(), 1, Duration::from_secs(5)).await;
    run(&db, "CREATE TABLE users (name VARCHAR(40))").await;
    let lost: Result<(), TxError<DbError>> = db
        .transaction(|tx| {
            let server = &server;
            Box::pin(async move {
                insert(tx).await?;
                server.kill().await;
                insert(tx).await
            })
        })
        .await;
    let Err(TxError::Closure(error)) = lost else { panic!("{lost:?}") };
    assert_eq!(error.diagnosis().code, "DB-022", "{error:?}");
    server.restart().await.unwrap();
    assert_eq!(users(&db).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_in_doubt_and_not_called_rolled_back() {
    use bootproof_testkit::faults::{Fault, Link};
    let server = Postgres::start().await.unwrap();
    let link = Link::open(format!("127.0.0.1:{}", server.port())).unwrap();
    let url = format!("postgres://postgres@{}/postgres", link.address());
    let db = connect(&url, 1, Duration::from_secs(3)).await;
    run(&db, "CREATE TABLE users (name VARCHAR(40))").await;
    run(&db, "CREATE TABLE slow (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)").await;
    // A check at COMMIT that takes its time, so that the link can be cut while the server is at it.
    run(
        &db,
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.6); RETURN NULL; END'",
    )
    .await;
    run(&db, "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()").await;
    let transaction = db.transaction(|tx| {
        Box::pin(async move {
            insert(tx).await?;
            tx.execute("INSERT INTO slow VALUES (1)").await.map(drop)
        })
    });
    let cut = async {
        sleep(Duration::from_millis(300)).await;
        link.set(Fault::Cut).unwrap();
    };
    let (done, ()) = tokio::join!(transaction, cut);
    assert!(matches!(done, Err(TxError::InDoubt(_))), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_free_connection_is_told_within_the_acquire_limit() {
    let options = DatabaseOptions { acquire: Duration::from_millis(200), ..DatabaseOptions::pool(1) };
    let db = Database::connect("main", &Secret::new("sqlite::memory:"), options).await.unwrap();
    let _held = db.sqlite().unwrap().acquire().await.unwrap();
    let began = Instant::now();
    let refused: Result<(), TxError<DbError>> = db.transaction(|tx| Box::pin(insert(tx))).await;
    let Err(TxError::NotBegun(error)) = refused else { panic!("{refused:?}") };
    assert_eq!(error.diagnosis().code, "DB-021");
    assert!(began.elapsed() < Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_used_by_hand_and_comes_back_inside_a_transaction_is_cleaned() {
    for db in three(1).await.databases {
        match (db.postgres(), db.mysql(), db.sqlite()) {
            (Some(pool), ..) => {
                let mut conn = pool.acquire().await.unwrap();
                sqlx::raw_sql("BEGIN; INSERT INTO users VALUES ('lost')").execute(&mut *conn).await.unwrap();
            }
            (_, Some(pool), _) => {
                let mut conn = pool.acquire().await.unwrap();
                sqlx::raw_sql("SET autocommit = 0; INSERT INTO users VALUES ('lost')")
                    .execute(&mut *conn)
                    .await
                    .unwrap();
            }
            (.., Some(pool)) => {
                let mut conn = pool.acquire().await.unwrap();
                sqlx::raw_sql("BEGIN; INSERT INTO users VALUES ('lost')").execute(&mut *conn).await.unwrap();
            }
            _ => unreachable!("a database is one of three"),
        }
        run(&db, "INSERT INTO users VALUES ('after')").await;
        assert_eq!(users(&db).await, 1, "{db:?}");
        let other = match db.sqlite() {
            Some(_) => continue,
            None => db.clone(),
        };
        // Closing every connection shows what was really kept.
        run(&other, "INSERT INTO users VALUES ('again')").await;
        assert_eq!(users(&other).await, 2, "{db:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_transaction_that_comes_back_is_cleaned_on_postgresql() {
    let server = Postgres::start().await.unwrap();
    let db = connect(&server.url(), 1, Duration::from_secs(5)).await;
    let mut conn = db.postgres().unwrap().acquire().await.unwrap();
    assert!(sqlx::raw_sql("BEGIN; SELECT 1/0").execute(&mut *conn).await.is_err());
    drop(conn);
    run(&db, "CREATE TABLE users (name VARCHAR(40))").await;
    assert_eq!(users(&db).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_and_a_reached_limit_have_their_codes_and_leave_nothing() {
    let db = connect("sqlite::memory:", 1, Duration::from_secs(5)).await;
    run(&db, "CREATE TABLE users (name VARCHAR(40))").await;
    run(&db, "PRAGMA max_page_count = 3").await;
    let full: Result<(), TxError<DbError>> = db
        .transaction(|tx| {
            Box::pin(async move {
                insert(tx).await?;
                tx.execute("INSERT INTO users VALUES (hex(zeroblob(60000)))").await.map(drop)
            })
        })
        .await;
    let Err(TxError::Closure(error)) = full else { panic!("{full:?}") };
    assert_eq!(error.diagnosis().code, "DB-019", "{error:?}");
    assert_eq!(users(&db).await, 0);

    let server = Postgres::start_with(&["-c", "statement_timeout=100"]).await.unwrap();
    let db = connect(&server.url(), 1, Duration::from_secs(5)).await;
    let late: Result<(), TxError<DbError>> =
        db.transaction(|tx| Box::pin(async move { tx.execute("SELECT pg_sleep(4)").await.map(drop) })).await;
    let Err(TxError::Closure(error)) = late else { panic!("the operator's own limit is raised: {late:?}") };
    assert_eq!(error.diagnosis().code, "DB-023", "{error:?}");
}
