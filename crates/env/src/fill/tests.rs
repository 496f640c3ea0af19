//! Each kind of field, each kind of error, and that errors are complete.

use super::*;
use bootproof_core::{Secret, Value};
use serde::Deserialize;
use std::{
    collections::{BTreeSet, HashMap},
    net::{IpAddr, SocketAddr},
    num::NonZeroU16,
    path::PathBuf,
    time::Duration,
};
use url::Url;

fn hidden(pairs: &[(&str, &str)]) -> Vars {
    Vars::from_pairs("process", pairs.iter().copied())
}

fn shown(pairs: &[(&str, &str)]) -> Vars {
    let mut vars = Vars::default();
    for (name, text) in pairs {
        vars.set(*name, Value { text: Secret::new(*text), source: ".env:3".into(), shown: true });
    }
    vars
}

fn errors<T: DeserializeOwned + std::fmt::Debug>(vars: &Vars) -> Vec<String> {
    let errors = fill::<T>(vars).unwrap_err();
    errors.to_string().lines().skip(1).map(|line| line.trim().to_owned()).collect()
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Level {
    Info,
    DebugAll,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Name(String);

#[derive(Debug, Deserialize, PartialEq)]
struct Everything {
    #[serde(rename = "DSN")]
    dsn: Url,
    port: u16,
    offset: i128,
    ratio: f32,
    verbose: bool,
    letter: char,
    level: Level,
    name: Name,
    timeout: Duration,
    grace: Option<Duration>,
    host: IpAddr,
    listen: SocketAddr,
    path: PathBuf,
    #[serde(deserialize_with = "crate::secret")]
    password: Secret,
    token: Option<SecretText>,
    ports: Vec<u16>,
    tags: BTreeSet<String>,
    pair: (String, u8),
    three: [u8; 3],
    json: serde_json::Value,
    labels: HashMap<String, u8>,
    nothing: (),
}

const EVERYTHING: &[(&str, &str)] = &[
    ("DSN", "postgres://u:p@h/db"),
    ("PORT", "8080"),
    ("OFFSET", "-170141183460469231731687303715884105728"),
    ("RATIO", "-0.5"),
    ("VERBOSE", "On"),
    ("LETTER", "é"),
    ("LEVEL", "debug-all"),
    ("NAME", "x"),
    ("TIMEOUT", "1.5s"),
    ("GRACE", "5m"),
    ("HOST", "::1"),
    ("LISTEN", "127.0.0.1:80"),
    ("PATH", "/bin:/usr/bin"),
    ("PASSWORD", "hunter2"),
    ("TOKEN", "t"),
    ("PORTS", "1, 2,3"),
    ("TAGS", "b,a,b"),
    ("PAIR", "a,7"),
    ("THREE", "1,2,3"),
    ("JSON", "text"),
    ("LABELS_TEAM", "1"),
    ("LABELS_COST_CENTRE", "2"),
    ("NOTHING", ""),
    ("UNRELATED", "z"),
];

#[test]
fn each_kind_of_field_is_filled() {
    let filled: Everything = fill(&hidden(EVERYTHING)).unwrap();
    let expected = Everything {
        dsn: "postgres://u:p@h/db".parse().unwrap(),
        port: 8080,
        offset: i128::MIN,
        ratio: -0.5,
        verbose: true,
        letter: 'é',
        level: Level::DebugAll,
        name: Name("x".into()),
        timeout: Duration::from_millis(1500),
        grace: Some(Duration::from_secs(300)),
        host: "::1".parse().unwrap(),
        listen: "127.0.0.1:80".parse().unwrap(),
        path: "/bin:/usr/bin".into(),
        password: Secret::new("hunter2"),
        token: Some(SecretText(Secret::new("t"))),
        ports: vec![1, 2, 3],
        tags: ["a".into(), "b".into()].into(),
        pair: ("a".into(), 7),
        three: [1, 2, 3],
        json: "text".into(),
        labels: [("team".into(), 1), ("cost_centre".into(), 2)].into(),
        nothing: (),
    };
    assert_eq!(filled, expected);
}

#[test]
fn with_nothing_set_each_needed_variable_is_named_once() {
    let missing = errors::<Everything>(&Vars::default());
    let needed = EVERYTHING
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !["GRACE", "TOKEN", "UNRELATED", "NOTHING"].contains(name) && !name.starts_with("LABELS"));
    let expected: BTreeSet<String> = needed.map(|name| format!("`{name}` is not set")).collect();
    assert_eq!(missing.iter().cloned().collect::<BTreeSet<_>>(), expected);
    assert_eq!(missing.len(), expected.len());
}

#[test]
fn every_error_is_told_with_the_variable_and_what_it_must_be() {
    let vars = shown(&[
        ("DSN", "no url"),
        ("PORT", "65536"),
        ("OFFSET", "0x1"),
        ("RATIO", "inf"),
        ("VERBOSE", "maybe"),
        ("LETTER", "ab"),
        ("LEVEL", "debug_all"),
        ("TIMEOUT", "60"),
        ("GRACE", " 5m"),
        ("HOST", "h"),
        ("LISTEN", ""),
        ("PATH", ""),
        ("PASSWORD", "x"),
        ("PORTS", "1,b,70000"),
        ("TAGS", "a,,b"),
        ("PAIR", "a"),
        ("THREE", "1,2,x"),
        ("JSON", "x"),
        ("LABELS_TEAM", "red"),
    ]);
    let whole = "a whole number from 0 to 65535";
    let list = "(items separated by commas, none of them empty)";
    let from = "(from .env:3)";
    let expected = [
        format!("`DSN` is refused by its type {from}: relative URL without a base: \"no url\""),
        format!("`PORT` is `65536`, not {whole} {from}"),
        format!("`OFFSET` is `0x1`, not a whole number from {} to {} {from}", i128::MIN, i128::MAX),
        format!("`RATIO` is `inf`, not a number {from}"),
        format!("`VERBOSE` is `maybe`, not a bool (`true` or `false`, also `1`/`0`, `yes`/`no`, `on`/`off`) {from}"),
        format!("`LETTER` is `ab`, not a single character {from}"),
        format!("`LEVEL` is `debug_all`; it must be `info` or `debug-all`; did you mean `debug-all`? {from}"),
        format!("`TIMEOUT` is `60`, not a duration (a number and `ms`, `s`, `m`, `h` or `d`, such as `60s`) {from}"),
        format!("`GRACE` begins or ends with white space {from}"),
        format!("`HOST` is refused by its type {from}: invalid IP address syntax"),
        format!("`LISTEN` is refused by its type {from}: invalid socket address syntax"),
        format!("item 2 of `PORTS` is `b`, not {whole} {from}"),
        format!("item 3 of `PORTS` is `70000`, not {whole} {from}"),
        format!("`TAGS` is not a list {list} {from}"),
        format!("`PAIR` is not a list of 2 {list} {from}"),
        format!("item 3 of `THREE` is `x`, not a whole number from 0 to 255 {from}"),
        format!("`LABELS_TEAM` is `red`, not a whole number from 0 to 255 {from}"),
        "`NAME` is not set".to_owned(),
    ];
    let told = errors::<Everything>(&vars);
    assert_eq!(told.iter().cloned().collect::<BTreeSet<_>>(), expected.iter().cloned().collect());
    assert_eq!(told.len(), expected.len(), "{told:#?}");
}

#[test]
fn a_value_that_must_not_be_shown_is_in_no_message() {
    let vars = hidden(&[
        ("DSN", "hunter2 url"),
        ("PORT", "hunter2"),
        ("LEVEL", "hunter2"),
        ("LETTER", "hunter2"),
        ("HOST", "hunter2"),
        ("PORTS", "hunter2"),
        ("LABELS_TEAM", "hunter2"),
        ("TIMEOUT", "hunter2"),
    ]);
    let errors = fill::<Everything>(&vars).unwrap_err();
    for text in [errors.to_string(), format!("{errors:?}"), format!("{errors:#?}")] {
        assert!(!text.contains("hunter2"), "{text}");
    }
}

/// Quotes what it refuses, as many types do.
#[derive(Debug)]
struct Loud;

impl<'de> Deserialize<'de> for Loud {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Err(serde::de::Error::custom(format!(
            "cannot take {text}, \"{}\" is bad, {}",
            text.get(..2).unwrap_or_default(),
            text.to_uppercase()
        )))
    }
}

#[test]
fn what_a_type_says_is_kept_as_the_cause_and_masked() {
    #[derive(Debug, Deserialize)]
    struct Config {
        #[expect(dead_code, reason = "never filled")]
        key: Loud,
    }
    let error = fill::<Config>(&hidden(&[("KEY", "hunter2")])).unwrap_err().into_iter().next().unwrap();
    assert_eq!(error.to_string(), "`KEY` is refused by its type");
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "cannot take ***, \"***\" is bad, ***");
    let error = fill::<Config>(&shown(&[("KEY", "harmless")])).unwrap_err();
    assert!(error.to_string().contains("cannot take harmless, \"ha\" is bad"), "{error}");
}

#[derive(Debug, Deserialize, PartialEq)]
struct Redis {
    url: Url,
    #[serde(default)]
    pool: u8,
    tls: Option<Tls>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Tls {
    ca: PathBuf,
}

#[test]
fn nested_structs_are_read_by_prefix_and_optional_ones_need_a_variable_of_theirs() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Config {
        redis: Redis,
        cache: Option<Redis>,
        #[serde(default)]
        limits: Limits,
    }
    #[derive(Debug, Deserialize, PartialEq, Default)]
    struct Limits {
        most: u8,
    }
    // CACHE_MODE and LIMITS_X are others' variables.
    let vars = hidden(&[("REDIS_URL", "redis://h"), ("REDIS_TLS_CA", "/ca"), ("CACHE_MODE", "x"), ("LIMITS_X", "x")]);
    let config: Config = fill(&vars).unwrap();
    assert_eq!(config.redis.tls, Some(Tls { ca: "/ca".into() }));
    assert_eq!((config.redis.pool, config.cache, config.limits), (0, None, Limits::default()));
    let told = errors::<Config>(&hidden(&[("CACHE_POOL", "x"), ("REDIS_TLS_CA", "/ca")]));
    assert_eq!(
        told,
        ["`REDIS_URL` is not set", "`CACHE_POOL` is not a whole number from 0 to 255", "`CACHE_URL` is not set"]
    );
}

#[test]
fn the_exact_name_comes_before_the_upper_case_one() {
    #[derive(Debug, Deserialize)]
    struct Config {
        port: u16,
        #[serde(rename = "Log-Level")]
        level: String,
    }
    let config: Config = fill(&hidden(&[("port", "1"), ("PORT", "x"), ("LOG_LEVEL", "a")])).unwrap();
    assert_eq!((config.port, config.level.as_str()), (1, "a"));
    assert_eq!(errors::<Config>(&hidden(&[("PORT", "1")])), ["`Log-Level` is not set"]);
}

#[test]
fn a_simple_field_is_not_confused_by_longer_names() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Config {
        #[serde(default)]
        port: u16,
        log: Option<String>,
        name: String,
    }
    let vars = hidden(&[("PORT_FILE", "/x"), ("LOG_LEVEL", "x"), ("NAME_X", "x"), ("NAME", "n")]);
    assert_eq!(fill::<Config>(&vars).unwrap(), Config { port: 0, log: None, name: "n".into() });
    assert_eq!(errors::<Config>(&hidden(&[("NAME_X", "x")])), ["`NAME` is not set"]);
}

#[test]
fn two_names_of_one_field_may_not_differ() {
    #[derive(Debug, Deserialize)]
    struct Config {
        #[serde(alias = "db_url", alias = "z_url")]
        database_url: String,
        port: u16,
    }
    for names in [["DB_URL", "DATABASE_URL"], ["Z_URL", "DATABASE_URL"]] {
        let one: Config = fill(&hidden(&[(names[0], "a"), ("PORT", "1")])).unwrap();
        assert_eq!((one.database_url.as_str(), one.port), ("a", 1));
        let same: Config = fill(&hidden(&[(names[0], "a"), (names[1], "a"), ("PORT", "1")])).unwrap();
        assert_eq!(same.database_url, "a");
        assert_eq!(
            errors::<Config>(&hidden(&[(names[0], "a"), (names[1], "b"), ("PORT", "x")]))
                .into_iter()
                .collect::<BTreeSet<_>>(),
            [
                format!("`{}` and `DATABASE_URL` are both set, to different values", names[0]),
                "`PORT` is not a whole number from 0 to 65535".into()
            ]
            .into()
        );
    }
    assert_eq!(errors::<Config>(&hidden(&[("PORT", "1")])), ["`DATABASE_URL` is not set"]);
}

#[test]
fn unknown_variables_are_no_error_and_flattened_text_is_read() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        port: u16,
    }
    assert_eq!(fill::<Strict>(&hidden(&[("PORT", "1"), ("HOME", "/")])).unwrap().port, 1);
    #[derive(Debug, Deserialize)]
    struct Outer {
        port: u16,
        redis: Redis,
        #[serde(flatten)]
        inner: Inner,
    }
    #[derive(Debug, Deserialize)]
    struct Inner {
        user: String,
        shell: Option<String>,
        host: IpAddr,
    }
    let vars = hidden(&[("PORT", "1"), ("USER", "me"), ("REDIS_URL", "redis://h"), ("HOST", "::1")]);
    let outer: Outer = fill(&vars).unwrap();
    assert_eq!((outer.port, outer.inner.user.as_str(), outer.inner.shell), (1, "me", None));
    assert_eq!((outer.redis.url.as_str(), outer.inner.host.to_string().as_str()), ("redis://h", "::1"));
    assert_eq!(
        errors::<Outer>(&hidden(&[("PORT", "x")])),
        [
            "`PORT` is not a whole number from 0 to 65535",
            "`REDIS_URL` is not set",
            "`USER` is not set",
            "`HOST` is not set"
        ]
    );
}

#[test]
fn a_struct_that_checks_itself_is_told_by_its_prefix_but_never_because_of_a_stand_in() {
    #[derive(Debug, Deserialize)]
    struct Config {
        pool: Pool,
        port: u16,
    }
    #[derive(Debug, Deserialize)]
    #[serde(try_from = "Raw")]
    struct Pool;
    #[derive(Debug, Deserialize)]
    struct Raw {
        least: u8,
        most: u8,
    }
    impl TryFrom<Raw> for Pool {
        type Error = String;
        fn try_from(raw: Raw) -> Result<Self, String> {
            if raw.least <= raw.most { Ok(Self) } else { Err(format!("{} is more than {}", raw.least, raw.most)) }
        }
    }
    let fine: Config = fill(&hidden(&[("POOL_LEAST", "1"), ("POOL_MOST", "2"), ("PORT", "3")])).unwrap();
    assert!(matches!(fine, Config { pool: Pool, port: 3 }));
    assert_eq!(
        errors::<Config>(&shown(&[("POOL_LEAST", "5"), ("POOL_MOST", "2"), ("PORT", "x")])),
        [
            "`POOL_*` is refused by its type: 5 is more than 2",
            "`PORT` is `x`, not a whole number from 0 to 65535 (from .env:3)"
        ]
    );
    assert_eq!(
        errors::<Config>(&hidden(&[("POOL_LEAST", "5"), ("POOL_MOST", "x"), ("PORT", "1")])),
        ["`POOL_MOST` is not a whole number from 0 to 255"]
    );
}

#[test]
fn what_no_stand_in_can_stand_for_does_not_hide_the_errors_around_it() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "never filled")]
    struct Config {
        before: u8,
        odd: Loud,
        list: Vec<Loud>,
        zero: NonZeroU16,
        after: u8,
    }
    let vars = hidden(&[("BEFORE", "x"), ("ODD", "hunter2"), ("LIST", "ab,cd"), ("ZERO", "0"), ("AFTER", "x")]);
    assert_eq!(errors::<Config>(&vars).len(), 6, "one of each, and two items: {:#?}", errors::<Config>(&vars));
}

#[test]
fn tagged_enums_take_text_and_lists_of_structs_are_refused() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(tag = "kind", rename_all = "lowercase")]
    enum Auth {
        Basic { user: String },
        None,
    }
    #[derive(Debug, Deserialize)]
    struct Config {
        auth: Auth,
    }
    let config: Config = fill(&hidden(&[("AUTH_KIND", "basic"), ("AUTH_USER", "me")])).unwrap();
    assert_eq!(config.auth, Auth::Basic { user: "me".into() });
    assert_eq!(fill::<Config>(&hidden(&[("AUTH_KIND", "none")])).unwrap().auth, Auth::None);
    assert_eq!(errors::<Config>(&hidden(&[("AUTH_KIND", "other")])).len(), 1);
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "never filled")]
    struct Lists {
        tls: Vec<Tls>,
    }
    assert_eq!(
        errors::<Lists>(&hidden(&[("TLS", "zz")])),
        ["item 1 of `TLS` is refused by its type: a list of structs cannot be written in a variable"]
    );
}

#[test]
fn what_holds_itself_or_is_no_struct_comes_to_an_end() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "cannot be built")]
    struct Endless {
        next: Box<Endless>,
        other: Box<Endless>,
    }
    assert!(!errors::<Endless>(&Vars::default()).is_empty());
    #[derive(Debug, Deserialize, PartialEq)]
    struct Chain {
        id: u8,
        next: Option<Box<Chain>>,
    }
    let chain: Chain = fill(&hidden(&[("ID", "1"), ("NEXT_ID", "2"), ("NEXT_NEXT_ID", "3")])).unwrap();
    assert_eq!(chain.next.unwrap().next.unwrap().id, 3);
    assert_eq!(
        errors::<u16>(&hidden(&[("A", "1")])),
        ["`*` is refused by its type: only a struct or a map can be filled"]
    );
    let all: HashMap<String, String> = fill(&hidden(&[("A_B", "1"), ("c", "2")])).unwrap();
    assert_eq!(all, [("a_b".into(), "1".into()), ("c".into(), "2".into())].into());
}
