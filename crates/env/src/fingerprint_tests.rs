use super::*;
use proptest::prelude::*;

fn key(text: &str) -> FingerprintKey {
    FingerprintKey::new(Some(&Secret::new(text))).unwrap()
}

/// Computed by Python 3.11's own `hmac` and `hashlib`: for each part its length as `struct.pack(">Q", n)` and the part, the
/// parts being the version, the purpose, and then name and value, or the three whole hashes by name.
#[test]
fn fingerprints_are_what_another_implementation_computes() {
    let key = key("a shared phrase of ours");
    let variables = [("UNSET", None), ("EMPTY", Some("")), ("DATABASE_URL", Some("postgres://me:pä ss@db/app"))];
    let prints = fingerprint(&key, &variables).unwrap();
    assert_eq!(prints.key.to_string(), "0be40005a5031cb1");
    let each: Vec<String> = prints.each.iter().map(|(name, print)| format!("{name} {print}")).collect();
    assert_eq!(each, ["DATABASE_URL 92b756fa53a4d583", "EMPTY ec2bbaebd378da46", "UNSET a100531f784b4353"]);
    assert_eq!(prints.all.to_string(), "08903089449e8478");
    assert_eq!(fingerprint(&key, &[]).unwrap().all.to_string(), "9b57b6f41543713d");
}

#[test]
fn a_variable_that_is_not_set_differs_from_an_empty_one_and_from_none() {
    let key = key("0123456789abcdef");
    let of = |variables: &[(&str, Option<&str>)]| fingerprint(&key, variables).unwrap().all;
    let all = [of(&[("A", None)]), of(&[("A", Some(""))]), of(&[])];
    assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2], "{all:?}");
}

#[test]
fn a_phrase_and_the_file_that_holds_it_are_the_same_key() {
    assert_eq!(key("0123456789abcdef"), key("0123456789abcdef\r\n"));
}

#[test]
fn without_a_key_or_with_a_short_one_the_error_says_how_to_make_one_and_shows_nothing() {
    let none = FingerprintKey::new(None).unwrap_err();
    assert!(none.to_string().contains("openssl rand -hex 16"), "{none}");
    let short = FingerprintKey::new(Some(&Secret::new("HUNTER2-567890  \n"))).unwrap_err();
    assert_eq!(short, FingerprintError::ShortKey { bytes: 14 });
    assert!(short.to_string().contains("14 bytes") && !format!("{short} {short:?}").contains("HUNTER2"), "{short}");
}

#[test]
fn a_name_given_twice_is_named_and_no_value_is_shown() {
    let error = fingerprint(&key("0123456789abcdef"), &[("A", Some("HUNTER2")), ("B", None), ("A", None)]).unwrap_err();
    assert_eq!(error, FingerprintError::Twice { name: "A".into() });
    assert!(!format!("{error} {error:?}").contains("HUNTER2"));
}

#[test]
fn nothing_printed_of_keys_or_fingerprints_shows_the_key_or_a_value() {
    let key = key("HUNTER2-HUNTER2-HUNTER2");
    let prints = fingerprint(&key, &[("A", Some("HUNTER3"))]).unwrap();
    let text = format!("{key:?} {prints:?}");
    assert!(!text.contains("HUNTER"), "{text}");
}

proptest! {
    #[test]
    fn the_order_does_not_matter_and_every_name_value_and_key_does(
        a in ".{0,8}", b in ".{0,8}", shared in ".{16,20}",
    ) {
        prop_assume!(a != b && shared.trim().len() >= SHORTEST_KEY);
        let (one, other) = (key(&shared), key(&format!("{}x", shared.trim())));
        let of = |key, x: &str, y: &str| fingerprint(key, &[("A", Some(x)), ("B", Some(y))]).unwrap();
        let straight = of(&one, &a, &b);
        let turned = fingerprint(&one, &[("B", Some(&b)), ("A", Some(&a))]).unwrap();
        prop_assert_eq!(&straight, &turned);
        prop_assert_ne!(straight.all, of(&one, &b, &a).all);
        prop_assert_ne!(straight.all, of(&other, &a, &b).all);
        prop_assert_ne!(straight.key, of(&other, &a, &b).key);
        prop_assert_ne!(of(&one, &a, &a).each[0].1, of(&one, &a, &a).each[1].1);
    }
}
