use super::*;

fn address(url: &str) -> Address {
    Address::parse(&Secret::new(url)).unwrap_or_else(|d| panic!("{url}: {d}"))
}

fn refused(url: &str) -> Diagnosis {
    Address::parse(&Secret::new(url)).expect_err(url)
}

fn login(url: &str) -> Server {
    match address(url).place {
        Place::Server(server) => server,
        other => panic!("{other:?}"),
    }
}

fn path(url: &str) -> (String, FileMode) {
    match address(url).place {
        Place::File(file) => (file.path.display().to_string(), file.mode),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_full_server_url_is_read_whole() {
    let server = login("postgres://me:p%40ss@db:6543/app%20one?sslmode=require&application_name=chat");
    assert_eq!((server.host.as_str(), server.port, server.database.as_str()), ("db", 6543, "app one"));
    assert_eq!((server.user.reveal(), server.password.reveal()), ("me", "p@ss"));
    assert_eq!((server.param("sslmode"), server.param("application_name")), (Some("require"), Some("chat")));
}

#[test]
fn urls_of_other_drivers_lead_to_the_same_place() {
    for url in ["postgresql+asyncpg://me@db/app", "POSTGRES://me@db/app", "postgresql://me@db:5432/app"] {
        assert_eq!(address(url).name(), "PostgreSQL at `db:5432`", "{url}");
    }
    for url in ["mysql+aiomysql://me@db/app", "mariadb://me@db/app"] {
        assert_eq!(address(url).name(), "MariaDB/MySQL at `db:3306`", "{url}");
    }
}

#[test]
fn sqlite_files_are_found_in_each_spelling() {
    assert_eq!(path("sqlite://.bootproof/dev.db"), (".bootproof/dev.db".into(), FileMode::Create));
    assert_eq!(path("sqlite:dev.db?mode=rw"), ("dev.db".into(), FileMode::ReadWrite));
    assert_eq!(path("sqlite:///srv/a%20b.db?mode=ro"), ("/srv/a b.db".into(), FileMode::ReadOnly));
    assert_eq!(path("sqlite+aiosqlite:///dev.db").0, "dev.db");
    assert_eq!(path("sqlite+aiosqlite:////srv/dev.db").0, "/srv/dev.db");
    for url in ["sqlite::memory:", "sqlite://:memory:", "sqlite://x?mode=memory"] {
        assert!(matches!(address(url).place, Place::Memory), "{url}");
    }
}

#[test]
fn an_ipv6_host_and_a_unix_socket_are_shown_as_people_write_them() {
    assert_eq!(login("postgres://me@[::1]:5433/app").shown(), "[::1]:5433");
    assert_eq!(login("postgres://me@[::1]:5433/app").host, "::1");
    assert_eq!(login("postgres://me@/app?host=/run/postgresql").socket(), Some("/run/postgresql"));
}

#[test]
fn parameters_that_mean_nothing_here_are_named_and_not_fatal() {
    assert_eq!(address("postgres://me@db/app?pgbouncer=true&sslmode=disable").ignored, ["pgbouncer"]);
}

#[test]
fn a_bad_url_is_refused_with_its_reason_and_without_itself() {
    for (url, reason) in [
        ("hunter2", "no scheme"),
        ("hunter2:hunter2", "no scheme that is known"),
        ("postgress://me:hunter2@db/app", "did you mean `postgres`?"),
        ("redis://:hunter2@db", "`redis` is not known"),
        ("postgres://me:hun/ter2@db/app", "percent-encoded"),
        ("postgres://me:hunter2@/app", "names no host"),
        ("postgres://db/app", "names no user"),
        ("mysql://%ff:hunter2@db/app", "not UTF-8"),
        ("sqlite://", "names no file"),
        ("sqlite://hunter2.db?mode=other", "`mode` is none of"),
    ] {
        let text = refused(url).to_string();
        assert!(text.starts_with("DB-001") && text.contains(reason), "{url}: {text}");
        assert!(!text.contains("hunter2") && !text.contains("ter2"), "{url}: {text}");
    }
}

#[test]
fn nothing_of_a_login_is_in_the_debug_text() {
    let text = format!("{:?}", address("postgres://alice:hunter2@db/app"));
    assert!(!text.contains("hunter2") && !text.contains("alice"), "{text}");
}

proptest::proptest! {
    #[test]
    fn no_url_makes_the_parser_panic_or_quote_a_password(text in "(postgres|mysql|sqlite|x)?:?/{0,3}[a-z:@/?#%\\[\\]=&]{0,12}hunter2[a-z@:/?#%]{0,8}") {
        if let Err(diagnosis) = Address::parse(&Secret::new(text)) {
            proptest::prop_assert!(!diagnosis.to_string().contains("hunter2"));
        }
    }
}
