//! Each type: what it takes, what it refuses, and by which rule.

use crate::{Rule, Type, Typed, Variable};
use std::time::Duration;

fn read(kind: Type, text: &str) -> Result<Typed, Rule> {
    Variable::new("V", kind).read(text)
}

fn refused(kind: Type, text: &str) -> &'static str {
    read(kind.clone(), text).err().map_or("taken", |rule| rule.code())
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
    let kind = Type::Int { min: Some(1), max: Some(64) };
    assert_eq!(read(kind.clone(), "64"), Ok(Typed::Int(64)));
    for (text, code) in [("0", "ENV-008"), ("65", "ENV-008"), ("-1", "ENV-008"), ("99999999999999999999", "ENV-008")] {
        assert_eq!(refused(kind.clone(), text), code, "{text}");
    }
    for text in ["", "4k", "0x10", "1.0", "-", "٣"] {
        assert_eq!(refused(kind.clone(), text), if text.is_empty() { "ENV-003" } else { "ENV-007" }, "{text}");
    }
    let OutOfRange { allowed } = out_of_range(Type::Int { min: Some(3), max: None }, "2");
    assert_eq!(allowed, "at least 3");
    assert_eq!(refused(Type::Float, "inf"), "ENV-007");
    assert_eq!(read(Type::Float, "-0.5"), Ok(Typed::Float(-0.5)));
}

struct OutOfRange {
    allowed: String,
}

fn out_of_range(kind: Type, text: &str) -> OutOfRange {
    match read(kind, text) {
        Err(Rule::OutOfRange { allowed }) => OutOfRange { allowed },
        other => panic!("{other:?}"),
    }
}

#[test]
fn ports_end_at_65535() {
    assert_eq!(read(Type::Port, "0"), Ok(Typed::Port(0)));
    assert_eq!(read(Type::Port, "65535"), Ok(Typed::Port(65535)));
    for (text, code) in [("65536", "ENV-008"), ("-1", "ENV-008"), ("80/tcp", "ENV-007"), ("http", "ENV-007")] {
        assert_eq!(refused(Type::Port, text), code, "{text}");
    }
}

#[test]
fn a_kubernetes_service_link_is_recognised_wherever_no_url_belongs() {
    for kind in [Type::Port, Type::Int { min: None, max: None }, Type::Host, Type::Address] {
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
    let found = |text: &str| match read(kind.clone(), text) {
        Err(Rule::SchemeNotAllowed { found, .. }) => found,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(found("mysql://db/app"), Some("mysql"));
    assert_eq!(found("hunter2:postgres"), None, "part of a secret must not be told");
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
    assert_eq!(read(Type::Duration, "5m"), Ok(Typed::Duration(Duration::from_secs(300))));
    assert_eq!(refused(Type::Duration, "60"), "ENV-007");
}

#[test]
fn an_enum_names_the_nearest_word() {
    let kind = words(&["debug", "info"]);
    assert_eq!(refused(kind.clone(), "info"), "taken");
    let Err(Rule::NotAmong { nearest, allowed }) = read(kind.clone(), "inof") else { panic!() };
    assert_eq!((nearest.as_deref(), allowed.len()), (Some("info"), 2));
    let secret = Variable::new("V", kind).secret().read("inof");
    assert!(matches!(secret, Err(Rule::NotAmong { nearest: None, .. })), "{secret:?}");
}

#[test]
fn lists_have_no_empty_items() {
    let Ok(Typed::List(items)) = read(Type::List, "a, b,c") else { panic!() };
    assert_eq!(items.iter().map(|i| i.reveal()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(refused(Type::List, "a,,b"), "ENV-007");
}

#[test]
fn blanks_white_space_placeholders_and_references_are_four_different_rules() {
    for kind in [Type::String, Type::Secret, Type::Port, url(&["redis"])] {
        assert_eq!(refused(kind.clone(), " \t"), "ENV-003");
        assert_eq!(refused(kind.clone(), "x "), "ENV-004");
        assert_eq!(refused(kind.clone(), "REPLACE_WITH_IT"), "ENV-005");
        assert_eq!(refused(kind, "${X}"), "ENV-006");
    }
    assert_eq!(refused(words(&["xxx", "y"]), "xxx"), "taken", "an allowed word is no placeholder");
}

#[test]
fn what_a_secret_refers_to_is_not_told() {
    assert_eq!(read(Type::Secret, "${X}"), Err(Rule::UnresolvedReference { to: None }));
    assert_eq!(read(Type::String, "${X}"), Err(Rule::UnresolvedReference { to: Some("X".into()) }));
}
