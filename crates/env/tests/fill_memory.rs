//! A filled secret does not outlive its struct, nor a refused one its error: this process's memory is searched for it.
#![cfg(target_os = "linux")]

#[path = "../../core/tests/memory/scan.rs"]
mod scan;

use bootproof_core::{Secret, SecretBuilder, Value, Vars};
use bootproof_env::{SecretText, fill};
use scan::Planted;
use serde::{Deserialize, Deserializer, de::Error};

/// What stands around the secret, so that the few bytes the allocator writes into freed memory do not hide it.
const AROUND: &str = "padding-padding-padding-padding-padding-padding-padding-padding-padding-padding";

#[derive(Deserialize)]
#[expect(dead_code, reason = "only its memory is looked at")]
struct Config {
    #[serde(deserialize_with = "bootproof_env::secret")]
    password: Secret,
    keys: Vec<SecretText>,
    nested: Option<Nested>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only its memory is looked at")]
struct Nested {
    token: SecretText,
    port: u16,
}

/// The variables, with the secret in `named` of them.
fn vars(planted: &Planted, named: &[&str]) -> Vars {
    let mut vars = Vars::default();
    for name in named {
        let mut text = SecretBuilder::default();
        [AROUND, &planted.first, &planted.second, AROUND].iter().for_each(|piece| text.push_str(piece));
        vars.set(*name, Value { text: text.finish(), source: "process".into(), shown: false });
    }
    vars
}

#[test]
fn filled_secrets_are_gone_with_the_struct() {
    let mut planted = Planted::new();
    let mut vars = vars(&planted, &["PASSWORD", "KEYS", "NESTED_TOKEN"]);
    vars.set("NESTED_PORT", Value { text: Secret::new("1"), source: "process".into(), shown: true });
    assert_eq!(planted.count(), 3);
    let config: Config = fill(&vars).unwrap();
    assert_eq!(planted.count(), 6, "the struct has one copy of each");
    drop(config);
    assert_eq!(planted.count(), 3, "and leaves none behind");
    drop(vars);
    assert_eq!(planted.count(), 0);
}

#[test]
fn refused_secrets_are_in_no_error_and_in_no_freed_memory() {
    let mut planted = Planted::new();
    let vars = vars(&planted, &["PASSWORD", "NESTED_TOKEN", "NESTED_PORT"]);
    let errors = fill::<Config>(&vars).err().unwrap();
    assert_eq!(errors.0.len(), 2, "{errors}");
    assert_eq!(planted.count(), 3, "several visits of the struct leave no copy");
    drop(vars);
    assert_eq!(planted.count(), 0);
    drop(errors);
}

/// Quotes what it refuses.
struct Loud;

impl<'de> Deserialize<'de> for Loud {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = SecretText::deserialize(deserializer)?;
        Err(D::Error::custom(format_args!("cannot take {0}, really not `{0}`", text.reveal())))
    }
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "never filled")]
struct Quoting {
    loud: Loud,
    flag: bool,
    level: Level,
}

#[derive(Deserialize)]
enum Level {
    Info,
}

#[test]
fn what_a_type_quotes_of_a_secret_is_wiped() {
    let mut planted = Planted::new();
    let vars = vars(&planted, &["LOUD", "FLAG", "LEVEL"]);
    assert_eq!(planted.count(), 3);
    let errors = fill::<Quoting>(&vars).err().unwrap();
    assert_eq!(errors.0.len(), 3, "{errors}");
    assert!(errors.to_string().contains("cannot take ***, really not `***`"), "{errors}");
    assert_eq!(planted.count(), 3);
}
