//! Each type: what it takes, what it refuses, and by which rule.

use crate::{Access, Bounds, Breach, Type, Typed, Variable};
use std::time::Duration;

fn read(kind: Type, text: &str) -> Result<Typed, Breach> {
    Variable::new("V", kind).read(text)
}

fn refused(kind: Type, text: &str) -> &'static str {
    read(kind.clone(), text).err().map_or("taken", |breach| breach.rule.code)
}

/// What the breach of the rule says.
fn tells(kind: Type, text: &str) -> String {
    read(kind, text).unwrap_err().tells
}

fn port() -> Type {
    Type::Port(Bounds::default())
}

fn list() -> Type {
    Type::List { values: vec![] }
}

fn url(schemes: &[&str]) -> Type {
    Type::Url { schemes: schemes.iter().map(|s| (*s).to_owned()).collect() }
}

fn words(values: &[&str]) -> Type {
    Type::Enum { values: values.iter().map(|s| (*s).to_owned()).collect() }
}

#[test]
fn booleans_are_the_eight_words_in_any_case() {
    for (text, value) in [("true", true), ("0", false), ("YES", true), ("Off", false)] {
        assert_eq!(read(Type::Bool, text), Ok(Typed::Bool(value)));
    }
    assert_eq!(refused(Type::Bool, "maybe"), "ENV-007");
}

#[test]
fn numbers_out_of_range_are_told_apart_from_what_is_no_number() {
    let kind = Type::Int(Bounds { min: Some(1), max: Some(64) });
    assert_eq!(read(kind.clone(), "64"), Ok(Typed::Int(64)));
    for (text, code) in [("0", "ENV-008"), ("65", "ENV-008"), ("-1", "ENV-008"), ("99999999999999999999", "ENV-008")] {
        assert_eq!(refused(kind.clone(), text), code, "{text}");
    }
    for text in ["", "4k", "0x10", "1.0", "-", "٣"] {
        assert_eq!(refused(kind.clone(), text), if text.is_empty() { "ENV-003" } else { "ENV-007" }, "{text}");
    }
    assert_eq!(tells(Type::Int(Bounds { min: Some(3), max: None }), "2"), "is `2`; it must be at least 3");
    assert_eq!(refused(Type::Float(Bounds::default()), "inf"), "ENV-007");
    assert_eq!(read(Type::Float(Bounds::default()), "-0.5"), Ok(Typed::Float(-0.5)));
}

#[test]
fn ports_end_at_65535() {
    assert_eq!(read(port(), "0"), Ok(Typed::Port(0)));
    assert_eq!(read(port(), "65535"), Ok(Typed::Port(65535)));
    for (text, code) in [("65536", "ENV-008"), ("-1", "ENV-008"), ("80/tcp", "ENV-007"), ("http", "ENV-007")] {
        assert_eq!(refused(port(), text), code, "{text}");
    }
}

#[test]
fn a_kubernetes_service_link_is_recognised_wherever_no_url_belongs() {
    for kind in [port(), Type::Int(Bounds::default()), Type::Host, Type::Address] {
        assert_eq!(refused(kind, "tcp://10.0.0.7:6379"), "ENV-014");
    }
    assert_eq!(refused(url(&["tcp"]), "tcp://10.0.0.7:6379"), "taken");
}

#[test]
fn urls_need_an_allowed_scheme() {
    let kind = url(&["postgres", "sqlite", "memory"]);
    for text in ["postgres://u:p@db/app", "sqlite://.bootproof/dev.db", "sqlite::memory:", "memory:", "postgres:///app"]
    {
        assert_eq!(refused(kind.clone(), text), "taken", "{text}");
    }
    assert_eq!(
        tells(kind.clone(), "mysql://db/app"),
        "is a URL of another scheme (`mysql`) than `postgres`, `sqlite` or `memory`"
    );
    assert!(!tells(kind.clone(), "hunter2:postgres").contains("hunter2"), "part of a secret must not be told");
    assert_eq!(refused(kind.clone(), "postgres+asyncpg://db/app"), "taken", "a driver of an allowed scheme");
    assert_eq!(refused(kind, "db.internal/app"), "ENV-007");
    assert_eq!(refused(url(&[]), "localhost:8000"), "ENV-007");
    assert_eq!(refused(url(&[]), "http://localhost:8000"), "taken");
}

#[test]
fn hosts_and_addresses_take_names_and_both_ip_families() {
    for text in ["db", "db-1.internal", "my_db", "10.0.0.7", "::1", "[::1]"] {
        assert_eq!(refused(Type::Host, text), "taken", "{text}");
    }
    for text in ["db:5432", "http://db", "a b", "10.0.0.7.8", "d%62"] {
        assert_eq!(refused(Type::Host, text), "ENV-007", "{text}");
    }
    assert_eq!(read(Type::Address, "[::1]:6379"), Ok(Typed::Address("::1".into(), 6379)));
    assert_eq!(read(Type::Address, "db:80"), Ok(Typed::Address("db".into(), 80)));
    for (text, code) in
        [("db", "ENV-007"), (":80", "ENV-007"), ("::1:80", "ENV-007"), ("db:x", "ENV-007"), ("db:70000", "ENV-008")]
    {
        assert_eq!(refused(Type::Address, text), code, "{text}");
    }
}

#[test]
fn durations_need_a_unit() {
    assert_eq!(read(Type::Duration(Bounds::default()), "5m"), Ok(Typed::Duration(Duration::from_secs(300))));
    assert_eq!(refused(Type::Duration(Bounds::default()), "60"), "ENV-007");
}

#[test]
fn an_enum_names_the_nearest_word() {
    let kind = words(&["debug", "info"]);
    assert_eq!(refused(kind.clone(), "info"), "taken");
    assert_eq!(tells(kind.clone(), "inof"), "is `inof`; it must be `debug` or `info`; did you mean `info`?");
    let secret = Variable::new("V", kind).secret().read("inof").unwrap_err();
    assert_eq!(secret.tells, "is none of its words; it must be `debug` or `info`");
}

#[test]
fn lists_have_no_empty_items() {
    let Ok(Typed::List(items)) = read(list(), "a, b,c") else { panic!() };
    assert_eq!(items.iter().map(|i| i.reveal()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(refused(list(), "a,,b"), "ENV-007");
}

#[test]
fn blanks_white_space_placeholders_and_references_are_four_different_rules() {
    for kind in [Type::String, Type::Secret, port(), url(&["redis"])] {
        assert_eq!(refused(kind.clone(), " \t"), "ENV-003");
        assert_eq!(refused(kind.clone(), "x "), "ENV-004");
        assert_eq!(refused(kind.clone(), "REPLACE_WITH_IT"), "ENV-005");
        assert_eq!(refused(kind, "${X}"), "ENV-006");
    }
    assert_eq!(refused(words(&["xxx", "y"]), "xxx"), "taken", "an allowed word is no placeholder");
}

#[test]
fn what_a_secret_refers_to_is_not_told() {
    assert_eq!(tells(Type::Secret, "${X}"), "holds a `${...}` reference, and nothing replaced it");
    assert_eq!(tells(Type::String, "${X}"), "holds the reference `${X}`, and nothing replaced it");
}

#[test]
fn quotes_that_a_loader_kept_are_told_and_json_may_stand_in_them() {
    for text in ["\"80\"", "'80'"] {
        assert_eq!(refused(port(), text), "ENV-017", "{text}");
        assert_eq!(refused(Type::Secret, text), "ENV-017", "{text}");
    }
    assert_eq!(refused(Type::Json, "\"text\""), "taken");
    assert_eq!(refused(Type::String, "it's"), "taken");
}

#[test]
fn emails_are_what_a_mail_server_delivers_to() {
    for text in ["a@b.de", "first.last+tag@mail.example.com", "ops@1.2.3.4"] {
        assert_eq!(refused(Type::Email, text), "taken", "{text}");
    }
    for text in ["a", "@b.de", "a@", "a@b", "a b@c.de", ".a@b.de", "a..b@c.de", "a@.de", "a@b.de\nBcc: x@y.z"] {
        assert_eq!(refused(Type::Email, text), "ENV-007", "{text}");
    }
}

#[test]
fn documents_ids_versions_and_networks_are_read_by_their_standards() {
    let taken = |kind: Type, texts: &[&str]| {
        texts.iter().for_each(|text| assert_eq!(refused(kind.clone(), text), "taken", "{text}"))
    };
    let wrong = |kind: Type, texts: &[&str]| {
        texts.iter().for_each(|text| assert_eq!(refused(kind.clone(), text), "ENV-007", "{text}"))
    };
    taken(Type::Json, &["{}", "[1, \"${A}\"]", "null"]);
    wrong(Type::Json, &["{", "{a:1}", "[1,]", "1 2"]);
    taken(Type::Uuid, &["67e55044-10b1-426f-9247-bb680e5fe0c8"]);
    wrong(Type::Uuid, &["67e55044", "not-a-uuid"]);
    taken(Type::Semver, &["1.2.3", "1.2.3-rc.1+b5"]);
    wrong(Type::Semver, &["1.2", "v1.2.3", "1.2.3.4"]);
    taken(Type::Ip, &["10.0.0.7", "::1"]);
    wrong(Type::Ip, &["10.0.0", "db"]);
    taken(Type::Cidr, &["10.0.0.0/8", "fd00::/8"]);
    wrong(Type::Cidr, &["10.0.0.0", "10.0.0.0/33"]);
    taken(Type::Regex, &["^a+$", "[a-z]{2}"]);
    wrong(Type::Regex, &["(", "["]);
    let secret = Type::Json.read("{hunter2", false).unwrap_err();
    assert_eq!(secret.tells, "is not JSON (broken at line 1, column 2)");
}

#[test]
fn sizes_and_durations_have_bounds() {
    let size = Type::Bytes(Bounds { min: Some(1024), max: None });
    assert_eq!(read(size.clone(), "1MiB"), Ok(Typed::Bytes(1 << 20)));
    assert_eq!(tells(size.clone(), "1kB"), "is `1kB`; it must be at least 1024 bytes");
    assert_eq!(refused(size, "1M"), "ENV-007");
    let limit = Type::Duration(Bounds { min: None, max: Some(Duration::from_secs(120)) });
    assert_eq!(tells(limit, "3600s"), "is `3600s`; it must be at most `120s`");
    assert_eq!(refused(Type::Port(Bounds { min: Some(1024), max: None }), "80"), "ENV-008");
    assert_eq!(refused(Type::Float(Bounds { min: Some(0.0), max: Some(1.0) }), "1.5"), "ENV-008");
}

#[test]
fn lengths_and_patterns_hold_for_the_whole_text() {
    let mut variable = Variable::new("V", Type::String);
    variable.length = Bounds { min: Some(2), max: Some(3) };
    let code = |variable: &Variable, text: &str| variable.read(text).err().map(|breach| breach.rule.code);
    assert_eq!(
        (code(&variable, "é"), code(&variable, "éé"), code(&variable, "abcd")),
        (Some("ENV-008"), None, Some("ENV-008"))
    );
    assert_eq!(variable.read("abcd").unwrap_err().tells, "has 4 characters; it must have 2 to 3");
    variable.kind = list();
    assert_eq!((code(&variable, "a"), code(&variable, "a,b")), (Some("ENV-008"), None));
    variable.kind = Type::Secret;
    let short = variable.read("x").unwrap_err();
    assert_eq!((short.rule.code, short.tells.as_str()), ("ENV-024", "must have 2 to 3 characters"));
    let mut variable = Variable::new("V", Type::String);
    variable.pattern = Some(crate::Pattern::new("[a-z]+").unwrap());
    assert_eq!((code(&variable, "abc"), code(&variable, "abc1")), (None, Some("ENV-036")));
}

#[test]
fn items_of_a_list_may_be_limited_to_words() {
    let kind = Type::List { values: vec!["read".into(), "write".into()] };
    assert_eq!(refused(kind.clone(), "read, write"), "taken");
    assert_eq!(
        tells(kind, "read,wirte"),
        "holds an item (number 2) that is none of `read` or `write`; did you mean `write`?"
    );
}

#[test]
fn what_is_wrong_with_a_path_is_told() {
    let tells = |access, kind: std::io::ErrorKind| super::path_breach(access, &kind.into()).tells;
    assert_eq!(tells(Access::Exists, std::io::ErrorKind::NotFound), "names something that does not exist");
    assert_eq!(
        tells(Access::Writable, std::io::ErrorKind::PermissionDenied),
        "names something that this user may not write"
    );
    assert_eq!(tells(Access::Folder, std::io::ErrorKind::NotADirectory), "names something that is no folder");
    assert!(tells(Access::Readable, std::io::ErrorKind::PermissionDenied).contains("may not read"));
    assert_eq!(refused(Type::Path { must: vec![] }, "/x"), "taken");
}
