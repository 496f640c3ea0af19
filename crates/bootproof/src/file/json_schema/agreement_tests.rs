//! Value by value: what the schema refuses the parser refuses, and, but for what a schema cannot say, the other way round.

use super::{
    json_schema,
    tests::{as_json, table_at, validator},
};
use crate::file::File;
use bootproof_env::Type;
use serde_json::Value;
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

/// A table, and what it needs to be right.
struct Table {
    header: &'static str,
    base: Vec<(&'static str, String)>,
    /// Whether only keys are looked at that are not the same for every type.
    typed: bool,
}

const TYPED_KEYS: [&str; 6] = ["schemes", "values", "must", "min", "max", "pattern"];

fn tables() -> Vec<Table> {
    let table = |header, base: &[(&'static str, &str)]| {
        let base = base.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        Table { header, base, typed: false }
    };
    let mut all = vec![
        table("service", &[]),
        table("policy.production", &[]),
        table("policy.test.severity.ENV-021", &[("level", "\"off\""), ("reason", "\"x\"")]),
        table("fixes", &[]),
        table("env", &[]),
        table("env.A", &[]),
        table("ports.a", &[("port", "1")]),
        table("database.a", &[("url", "\"x\"")]),
        table("redis.a", &[("url", "\"x\"")]),
        table("clickhouse.a", &[("url", "\"x\"")]),
        table("http.a", &[("url", "\"x\"")]),
        table("tcp.a", &[("address", "\"x\"")]),
        table("command.a", &[("command", "[\"x\"]")]),
        table("discovery", &[]),
        table("discover.a", &[("check", "\"redis\"")]),
        table("compose", &[]),
        table("ports.a", &[("unix", "\"x\"")]),
        table("tasks", &[]),
        table("tasks.a", &[("command", "[\"x\"]")]),
    ];
    for word in Type::WORDS {
        let mut base = vec![("type", format!("\"{word}\""))];
        base.extend((word == "enum").then(|| ("values", "[\"text\"]".to_owned())));
        all.push(Table { header: "env.A", base, typed: true });
    }
    all
}

impl Table {
    /// A file with this table, once for each of its keys and each value, with both.
    fn files(&self, schema: &Value) -> Vec<(String, &'static str, String)> {
        let keys = table_at(schema, self.header)["properties"].as_object().unwrap().keys();
        let keys = keys.filter(|key| !self.typed || TYPED_KEYS.contains(&key.as_str()));
        let files = keys.flat_map(|key| VALUES.map(|value| (key.clone(), value, self.with(key, value))));
        files.collect()
    }

    fn with(&self, key: &str, value: &str) -> String {
        let others = self.base.iter().filter(|(own, _)| *own != key);
        let others: String = others.map(|(own, value)| format!("{own} = {value}\n")).collect();
        format!("[{}]\n{others}{key} = {value}\n", self.header)
    }
}

/// Keys of which the parser refuses more than a schema of a bearable size can say.
fn is_beyond(key: &str) -> bool {
    match key {
        // Held against the type of the variable.
        "default" => true,
        // Conditions are parsed, and names must be declared.
        "required_if" | "rules" | "one_of" | "any_of" | "exclusive" | "together" => true,
        // Editors know other regular expressions than regex-lite.
        "pattern" => true,
        _ => false,
    }
}

#[test]
fn the_schema_refuses_what_the_parser_refuses_and_nothing_else() {
    let (schema, validator) = (json_schema(), validator());
    let (mut false_alarms, mut overlooked, mut refused) = (vec![], vec![], 0);
    for (key, value, text) in tables().iter().flat_map(|table| table.files(&schema)) {
        let (parsed, valid) = (File::parse(&text, Path::new("b.toml")).is_ok(), validator.is_valid(&as_json(&text)));
        refused += usize::from(!valid);
        if parsed && !valid {
            false_alarms.push(text);
        } else if !parsed && valid && !is_beyond(&key) {
            overlooked.push((value, text));
        }
    }
    assert_eq!(false_alarms, [""; 0]);
    assert_eq!(overlooked, []);
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
        "[ports.a]\nport = 1\nrange = \"1-2\"\nstrict = true\n",
        "[ports.a]\nport = 1\nunix = \"x\"\n",
        "[ports.a]\nport = 1\nmode = \"0600\"\n",
        "[ports.a]\nunix = \"x\"\nmode = \"0999\"\n",
        "[policy.test]\nport_range = true\n",
        "[discovery]\netcd = []\n",
        "[discovery]\netcd = \"http://x\"\n",
        "[discover.\"a/b\"]\n",
        "[discover.a]\ncompose = \"users:0\"\n",
        "[compose]\nplan = \"yes\"\n",
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
