//! Entries as they are written, and whatever else may stand under a key.

use super::*;
use bootproof_core::Environment;

fn scope() -> Scope {
    Scope::new("shop", Environment::Test).unwrap()
}

fn entry() -> Entry {
    Entry {
        service: "users".into(),
        port: "http".into(),
        instance: "a".into(),
        host: "10.0.0.7".into(),
        number: 8080,
        scheme: Some("http".into()),
        owner: Machine { host: "web1".into(), pid: 12 },
    }
}

fn read(key: &str, value: &str) -> Result<Entry, Strange> {
    Entry::read(&scope(), key.as_bytes(), value.as_bytes())
}

#[test]
fn an_entry_is_read_as_it_was_written() {
    let (key, value) = (entry().key(&scope()), entry().value());
    assert_eq!(Entry::read(&scope(), key.as_bytes(), &value).unwrap(), entry());
    assert_eq!(
        String::from_utf8(value).unwrap(),
        r#"{"v":1,"service":"users","port":"http","instance":"a","host":"10.0.0.7","number":8080,"scheme":"http","owner":{"host":"web1","pid":12}}"#
    );
}

#[test]
fn a_later_version_may_add_fields_and_a_changed_one_is_not_guessed() {
    let text = String::from_utf8(entry().value()).unwrap();
    let key = entry().key(&scope());
    assert_eq!(read(&key, &text.replace(r#""v":1"#, r#""v":1,"zone":"b""#)).unwrap(), entry());
    assert!(read(&key, &text.replace(r#""v":1"#, r#""v":2"#)).unwrap_err().why.contains("version 2"));
}

#[test]
fn what_is_no_entry_is_told_and_its_text_is_not_repeated() {
    let key = entry().key(&scope());
    let text = String::from_utf8(entry().value()).unwrap();
    for (key, value, said) in [
        (key.as_str(), "hunter2", "not an entry"),
        (&key, "", "not an entry"),
        (&key, "{}", "not an entry"),
        (&key, &"x".repeat(5000), "5000 bytes"),
        (&key, &text.replace("users", "other"), "another service"),
        (&key, &text.replace("10.0.0.7", "127.0.0.1"), "leads every machine to itself"),
        (&key, &text.replace("10.0.0.7", "::ffff:127.0.0.1"), "leads every machine to itself"),
        (&key, &text.replace("10.0.0.7", "0.0.0.0"), "wildcard"),
        (&key, &text.replace("10.0.0.7", "hunter2@x"), "not written in the usual way"),
        (&key, &text.replace("8080", "0"), "cannot be used"),
        (&key, &text.replace("8080", "80800"), "not an entry"),
        ("/bootproof/v1/shop/test/users", &text, "parts"),
    ] {
        let strange = read(key, value).unwrap_err();
        assert!(strange.why.contains(said) && !strange.to_string().contains("hunter2"), "{value}: {strange}");
    }
    assert!(Entry::read(&scope(), b"/bootproof\xff\x1b[2J", b"").unwrap_err().to_string().contains("?[2J"));
}

#[test]
fn names_that_lead_every_machine_to_itself_are_not_reachable_from_elsewhere() {
    for host in ["localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.9.9.9", "::1", "::", "0.0.0.0"] {
        assert!(unreachable_from_elsewhere(host).is_some(), "{host}");
    }
    for host in ["10.0.0.1", "web1", "fd00::1", "localhost.example"] {
        assert_eq!(unreachable_from_elsewhere(host), None, "{host}");
    }
}

#[test]
fn two_fresh_instances_are_not_the_same() {
    assert_ne!(fresh_instance(), fresh_instance());
    assert_eq!(bad_name(&fresh_instance()), None);
}

proptest::proptest! {
    #[test]
    fn nothing_that_may_stand_in_etcd_makes_the_reader_fail(key in ".{0,80}", value in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let _ = Entry::read(&scope(), key.as_bytes(), &value);
        let _ = Entry::read(&scope(), entry().key(&scope()).as_bytes(), &value);
    }

    #[test]
    fn whatever_is_published_is_read_back(
        service in "[a-zA-Z0-9_.-]{1,63}", instance in "[a-z0-9]{1,63}", number in 1_u16.., pid in proptest::prelude::any::<u32>(),
    ) {
        let entry = Entry { service, instance, number, owner: Machine { pid, ..entry().owner }, ..entry() };
        proptest::prop_assert_eq!(entry.problem(), None);
        proptest::prop_assert_eq!(Entry::read(&scope(), entry.key(&scope()).as_bytes(), &entry.value()), Ok(entry));
    }
}
