use super::*;
use proptest::prelude::*;

fn vars() -> Vars {
    let pairs =
        [("URL", "postgres://app:hunter2@db/shop"), ("PW", "hunter2"), ("ODD", "hunter2"), ("CMD", "command:rm x")];
    Vars::from_pairs("test", pairs)
}

fn target(text: &str) -> Target {
    Target::parse(text, &vars()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn targets_are_read_as_people_write_them_and_shown_without_secrets() {
    for (text, shown, door) in [
        ("db:5432", "db:5432", "db:5432"),
        (":8000", "localhost:8000", "localhost:8000"),
        ("tcp://[::1]:80", "[::1]:80", "[::1]:80"),
        ("tcp:db:80", "db:80", "db:80"),
        ("https://u:hunter2@api/up?token=hunter2", "https://***@api/up?token=***", "api:443"),
        ("${URL}", "postgres://***@db/shop", "db:5432"),
        ("postgresql+asyncpg://db:1/x", "postgresql+asyncpg://db:1/x", "db:1"),
        ("mysql://root:${PW}@[::1]/x", "mysql://***@[::1]/x", "[::1]:3306"),
        ("redis://:${PW}@cache", "redis://***@cache", "cache:6379"),
        ("clickhouse://u:${PW}@ch/x", "http://***@ch:8123/x", "ch:8123"),
        ("clickhouse://ch:80/", "http://ch/", "ch:80"),
        ("clickhouse:https://ch:8443", "https://ch:8443", "ch:8443"),
        ("unix:/run/x.sock", "unix:/run/x.sock", ""),
        ("unix:///run/x.sock", "unix:/run/x.sock", ""),
        ("file:ready", "file:ready", ""),
        ("command:pg_isready -U '${PW}'", "command:pg_isready …", ""),
        ("command:true", "command:true", ""),
        ("name:api", "api", ""),
        ("api", "api", ""),
        ("postgres:///x?host=/run", "postgres:///x?host=/run", ""),
    ] {
        let target = target(text);
        assert_eq!(target.address().map(|a| a.to_string()).unwrap_or_default(), door, "{text}");
        assert_eq!(target.shown(), shown, "{text}");
        assert!(!format!("{target:?} {:?}", target.kind).contains("hunter2"), "{target:?}");
    }
    assert_eq!((target("api").name(), target("db:1").name()), (Some("api"), None));
}

#[test]
fn what_is_on_this_machine_is_known_without_asking() {
    for (text, near) in [
        (":1", true),
        ("redis://127.0.0.9/0", true),
        ("http://[::1]/", true),
        ("file:x", true),
        ("unix:x", true),
        ("http://10.0.0.1/", false),
        ("db:1", false),
        ("api", false),
    ] {
        assert_eq!(target(text).is_near(), near, "{text}");
    }
}

#[test]
fn what_cannot_be_waited_for_is_told_without_being_repeated() {
    for (text, said) in [
        ("db:", "1 to 65535"),
        ("db:0", "1 to 65535"),
        ("5432", "`:PORT`"),
        ("./ready", "`file:PATH`"),
        ("unix:", "no socket"),
        ("file:", "no file"),
        ("command:", "no program"),
        ("command:sh 'x", "not closed"),
        ("${CMD}", "written out"),
        ("sqlite://x.db", "`file:PATH`"),
        ("amqp://u:hunter2@q/", "scheme"),
        ("clickhouse:u:hunter2@h", "clickhouse://"),
        ("u:hunter2@db:5432", "brackets"),
        ("", "host:port"),
        ("a b", "host:port"),
    ] {
        let error = Target::parse(text, &vars()).unwrap_err().to_string();
        assert!(error.contains(said) && !error.contains("hunter2"), "{text}: {error}");
    }
    let missing = Target::parse("redis://${HOST}:${PORT}", &vars()).unwrap_err();
    assert!(missing.to_string().ends_with("no value: HOST, PORT"), "{missing}");
}

#[test]
fn a_target_that_comes_from_a_variable_is_shown_only_when_it_can_be_read() {
    // It reads as a name, and a caller without a registry refuses it: by the word that was written.
    assert!(!Target::parse("${ODD}", &vars()).unwrap_err().to_string().contains("hunter2"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_none_is_read_twice_differently(text in "\\PC{0,40}") {
        if let Ok(target) = Target::parse(&text, &Vars::default()) {
            let _ = (target.address(), target.is_near());
            prop_assert_eq!(Target::parse(&text, &Vars::default()).unwrap(), target);
        }
    }

    #[test]
    fn every_host_and_port_is_a_tcp_target(host in "[a-z][a-z0-9-]{0,20}x", port in 1..=u16::MAX) {
        let text = format!("tcp:{host}:{port}");
        let target = Target::parse(&text, &Vars::default()).unwrap();
        prop_assert_eq!(target.shown(), format!("{host}:{port}"));
    }
}
