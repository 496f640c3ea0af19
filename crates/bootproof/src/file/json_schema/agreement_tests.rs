//! Value by value: what the schema refuses the parser refuses, and, but for what a schema cannot say, the other way round.

use super::tests::{as_json, validator};
use crate::file::File;
use bootproof_env::Type;
use std::path::Path;

/// Values of every type of TOML that a key may take, and many that few keys take.
const VALUES: [&str; 37] = [
    "\"\"",
    "\" \"",
    "\"text\"",
    "\"a b\"",
    "\"PORT\"",
    "\"60s\"",
    "\"0s\"",
    "\"60\"",
    "\"-5\"",
    "\"1.5\"",
    "\"5M\"",
    "\"10MiB\"",
    "\"8000-8099\"",
    "\"200-399\"",
    "\"*\"",
    "\"::1\"",
    "\"1.2.3\"",
    "\"2026-12-31\"",
    "\"production\"",
    "\"full\"",
    "\"cache\"",
    "\"warning\"",
    "\"int\"",
    "true",
    "false",
    "0",
    "5",
    "-1",
    "200",
    "70000",
    "0.5",
    "[]",
    "[\"production\"]",
    "[\"redis\"]",
    "[1]",
    "[[\"A\", \"B\"]]",
    "{ x = 1 }",
];

/// A table, what it needs to be right, and its keys.
struct Table {
    header: String,
    base: Vec<(&'static str, &'static str)>,
    keys: &'static [&'static str],
}

const VARIABLE_KEYS: [&str; 18] = [
    "type",
    "schemes",
    "values",
    "must",
    "min",
    "max",
    "min_length",
    "max_length",
    "pattern",
    "aliases",
    "required",
    "required_if",
    "forbidden",
    "localhost",
    "secret",
    "default",
    "example",
    "docs",
];

/// Those that are not the same for every type.
const TYPED_KEYS: [&str; 6] = ["schemes", "values", "must", "min", "max", "pattern"];

fn tables() -> Vec<Table> {
    let table = |header: &str, base: &[(&'static str, &'static str)], keys| Table {
        header: header.to_owned(),
        base: base.to_vec(),
        keys,
    };
    let mut all = vec![
        table("service", &[], &["name", "version"]),
        table(
            "policy.production",
            &[],
            &["graceful", "robust", "proofs", "step_timeout", "budget", "retries", "optional", "severity"],
        ),
        table("policy.test.severity.ENV-021", &[("level", "\"off\""), ("reason", "\"x\"")], &["level", "reason"]),
        table("fixes", &[], &["environment", "ports", "database", "tasks", "redis"]),
        table("env", &[], &["groups", "dotenv", "one_of", "any_of", "exclusive", "together", "rules"]),
        table("env.A", &[], &VARIABLE_KEYS),
        table("ports.a", &[("port", "1")], &["port", "range", "variable", "host"]),
        table("database.a", &[("url", "\"x\"")], &["url", "pool"]),
        table("redis.a", &[("url", "\"x\"")], &["url", "use", "local", "fallback", "required"]),
        table("clickhouse.a", &[("url", "\"x\"")], &["url", "required"]),
        table("http.a", &[("url", "\"x\"")], &["url", "status", "required"]),
        table("tcp.a", &[("address", "\"x\"")], &["address", "required"]),
        table("command.a", &[("command", "[\"x\"]")], &["command", "timeout", "required"]),
        table("tasks", &[], &["default_timeout"]),
        table("tasks.a", &[("command", "[\"x\"]")], &["command", "limit", "soft"]),
    ];
    for word in Type::WORDS {
        let quoted: &'static str = Box::leak(format!("\"{word}\"").into_boxed_str());
        let mut base = vec![("type", quoted)];
        base.extend((word == "enum").then_some(("values", "[\"text\"]")));
        all.push(Table { header: "env.A".into(), base, keys: &TYPED_KEYS });
    }
    all
}

/// What the parser refuses and no schema of a bearable size does, by key: it reads other variables, types or formats.
fn is_beyond(key: &str, value: &str) -> bool {
    match key {
        // Held against the type of the variable.
        "default" => true,
        // Conditions are parsed, and names must be declared.
        "required_if" | "rules" | "one_of" | "any_of" | "exclusive" | "together" => true,
        // More than u16, and which of two is less.
        "range" => value == "\"8000-8099\"",
        // Editors know other regular expressions than regex-lite.
        "pattern" => true,
        _ => false,
    }
}

#[test]
fn the_schema_refuses_what_the_parser_refuses_and_nothing_else() {
    let validator = validator();
    let (mut false_alarms, mut overlooked, mut refused) = (vec![], vec![], 0);
    for table in tables() {
        for (key, value) in table.keys.iter().flat_map(|key| VALUES.map(|value| (*key, value))) {
            let base =
                table.base.iter().filter(|(own, _)| *own != key).map(|(key, value)| format!("{key} = {value}\n"));
            let text = format!("[{}]\n{}{key} = {value}\n", table.header, base.collect::<String>());
            let (parsed, valid) =
                (File::parse(&text, Path::new("b.toml")).is_ok(), validator.is_valid(&as_json(&text)));
            refused += usize::from(!valid);
            if parsed && !valid {
                false_alarms.push(text);
            } else if !parsed && valid && !is_beyond(key, value) {
                overlooked.push(text);
            }
        }
    }
    assert_eq!(false_alarms, [""; 0]);
    assert_eq!(overlooked, [""; 0]);
    // Most values are wrong for most keys: were nothing refused, nothing would be compared.
    assert!(refused > 3_000, "{refused}");
}

#[test]
fn wrong_tables_are_refused_by_both() {
    let validator = validator();
    for text in [
        "[databse.main]\nurl = \"x\"\n",
        "nme = 1\n",
        "service = \"chat\"\n",
        "[service]\nowner = 1\n",
        "[policy.prodution]\n",
        "[policy.test.severity]\nENV-021 = { level = \"warning\" }\n",
        "[policy.test.severity]\nENV-021 = { level = \"mild\", reason = \"x\" }\n",
        "[policy.test.severity]\nENV-021 = { level = \"off\", reason = \" \" }\n",
        "[policy.test.severity]\nENV-021 = \"off\"\n",
        "[policy.test.severity]\nENV-001 = { level = \"off\", reason = \"x\" }\n",
        "[policy.test.severity]\nENV-021 = { level = \"off\", reason = \"x\", until = \"never\" }\n",
        "[fixes]\nredsi = true\n",
        "[env]\ngroups = [\"postgre\"]\n",
        "[env]\ngroups = [{ prefix = \"A_\" }]\n",
        "[env]\ngroups = [{ group = \"redis\", prefix = \"1\" }]\n",
        "[env]\ngroups = [{ group = \"redis\", prefx = \"A_\" }]\n",
        "[env]\none_of = [[\"A\"]]\n",
        "[env]\nrules = [{ message = \"x\" }]\n",
        "[env]\ndotnev = true\n",
        "[env.\"A-B\"]\n",
        "[env.A]\nlenght = 5\n",
        "[env.A]\ntype = \"enum\"\n",
        "[env.A]\ntype = \"enum\"\nvalues = []\n",
        "[env.A]\ndefault.prod = \"x\"\n",
        "[env.A]\ndefault.test = { x = 1 }\n",
        "[env.A]\naliases = [\"a b\"]\n",
        "[env.A]\naliases = [{ removed_in = \"3.0.0\" }]\n",
        "[env.A]\naliases = [{ name = \"B\", removed_in = \"soon\" }]\n",
        "[env.A]\naliases = [{ name = \"B\", deprecated_since = \"3.0.0\" }]\n",
        "[env.A]\naliases = [{ name = \"B\", gone = true }]\n",
        "[env.A]\ntype = \"path\"\nmust = [\"exist\"]\n",
        "[ports.api]\n",
        "[ports.\"a b\"]\nport = 1\n",
        "[database.main]\npool = 5\n",
        "[database]\nurl = \"x\"\n",
        "[redis.cache]\nuse = \"cache\"\n",
        "[http.a]\nstatus = 200\n",
        "[tcp.a]\n",
        "[command.a]\n",
        "[command.a]\ncommand = [\"\", \"x\"]\n",
        "[tasks.a]\nlimit = \"5s\"\n",
        "[tasks.a]\ncommand = [\"x\", 1]\n",
    ] {
        assert!(File::parse(text, Path::new("b.toml")).is_err(), "the parser takes {text}");
        assert!(!validator.is_valid(&as_json(text)), "the schema takes {text}");
    }
}
