//! As many errors as there are wrong or missing variables, whatever their types are.

use super::*;
use bootproof_core::{Secret, Value};
use serde::Deserialize;
use std::{collections::BTreeSet, net::IpAddr, num::NonZeroU16, time::Duration};
use url::Url;

#[derive(Debug, Deserialize, PartialEq, Clone)]
struct Many {
    a: u8,
    b: bool,
    c: Url,
    d: Duration,
    e: NonZeroU16,
    nested: Inner,
    f: IpAddr,
    g: Option<i64>,
    #[serde(default)]
    h: char,
}

#[derive(Debug, Deserialize, PartialEq, Clone)]
struct Inner {
    a: u8,
    b: semver::Version,
    c: uuid::Uuid,
}

/// Each variable: right, and wrong. The last two are optional.
const MANY: [(&str, &str, &str); 11] = [
    ("A", "1", "x"),
    ("B", "no", "maybe"),
    ("C", "a://b", "b"),
    ("D", "1s", "1"),
    ("E", "7", "0"),
    ("NESTED_A", "1", "256"),
    ("NESTED_B", "1.2.3", "1.2"),
    ("NESTED_C", "67e55044-10b1-426f-9247-bb680e5fe0c8", "67"),
    ("F", "10.0.0.1", "10.0.0"),
    ("G", "-1", "1.5"),
    ("H", "x", "xy"),
];

proptest::proptest! {
    #[test]
    fn n_wrong_or_missing_fields_give_exactly_n_errors(states in proptest::collection::vec(0..3u8, MANY.len())) {
        let mut vars = Vars::default();
        let mut expected = BTreeSet::new();
        for (at, (state, (name, right, wrong))) in states.iter().zip(MANY).enumerate() {
            let text = match state {
                0 => right,
                1 => wrong,
                _ => "",
            };
            if *state < 2 {
                vars.set(name, Value { text: Secret::new(text), source: "process".into(), shown: false });
            }
            if *state == 1 || (*state == 2 && at < MANY.len() - 2) {
                expected.insert(name.to_owned());
            }
        }
        match fill::<Many>(&vars) {
            Ok(many) => {
                proptest::prop_assert!(expected.is_empty());
                proptest::prop_assert_eq!((many.a, many.e.get(), many.nested.a), (1, 7, 1));
                proptest::prop_assert_eq!((many.g, many.h), (vars.text("G").map(|_| -1), vars.text("H").map_or('\0', |_| 'x')));
            }
            Err(errors) => {
                let named: Vec<String> = errors.into_iter().map(|error| error.variable).collect();
                proptest::prop_assert_eq!(named.len(), expected.len(), "{:?}", named);
                proptest::prop_assert_eq!(named.into_iter().collect::<BTreeSet<_>>(), expected);
            }
        }
    }
}
