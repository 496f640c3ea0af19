//! What `docs/` says of the file and of the rules is what the code does.

use super::{
    json_schema,
    tests::{complaints, repository, table_at},
};
use crate::file::File;
use bootproof_env::{Group, Rule, Severity, Type, diagnose, rules};
use std::{fs, path::Path};

fn page(path: &str) -> String {
    fs::read_to_string(repository(path)).unwrap()
}

/// The TOML examples of a page.
fn examples(text: &str) -> Vec<&str> {
    text.split("\n```toml\n").skip(1).map(|block| block.split("\n```").next().unwrap()).collect()
}

#[test]
fn every_example_of_the_documentation_parses_and_keeps_to_the_schema() {
    let reference = page("docs/bootproof-toml.md");
    let all = examples(&reference);
    assert_eq!(all.len(), reference.matches("```toml").count());
    assert!(all.len() >= 8, "{}", all.len());
    for text in all.into_iter().chain(examples(&page("README.md"))) {
        if let Err(error) = File::parse(text, Path::new("example.toml")) {
            panic!("{error}\n{text}");
        }
        assert_eq!(complaints(text), [""; 0], "{text}");
    }
}

#[test]
fn every_key_every_type_and_every_word_is_documented() {
    let (schema, text) = (json_schema(), page("docs/bootproof-toml.md"));
    let tables = [
        "service",
        "policy.test",
        "env",
        "env.A",
        "ports.a",
        "discovery",
        "discover.a",
        "compose",
        "database.a",
        "redis.a",
        "http.a",
        "tasks.a",
    ];
    let keys = tables.iter().flat_map(|path| table_at(&schema, path)["properties"].as_object().unwrap().keys());
    let words = keys.map(String::as_str).chain(Type::WORDS).chain(super::super::env::COUNTS.map(|(key, _)| key));
    for word in words {
        assert!(text.contains(&format!("`{word}`")), "`{word}` is not documented");
    }
}

#[test]
fn every_group_is_documented_with_all_of_its_names() {
    let text = page("docs/bootproof-toml.md");
    for name in Group::NAMES {
        let row = text.lines().find(|line| line.starts_with(&format!("| `{name}` |"))).expect(name);
        let variables = Group::named(name, "", None).unwrap().variables;
        let names =
            variables.iter().flat_map(|v| [&v.name].into_iter().chain(v.aliases.iter().map(|alias| &alias.name)));
        let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
        assert!(names.iter().all(|name| row.contains(name)), "{name}: {names:?}");
        assert_eq!(row.matches('`').count() / 2, names.len() + 1, "{name}");
    }
}

#[test]
fn the_table_of_rules_is_the_one_of_the_code() {
    let text = page("docs/bootproof-toml.md");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| [ENV-")).collect();
    let row = |rule: &Rule| {
        let title = diagnose::CODES.iter().find(|(code, _)| *code == rule.code).unwrap().1;
        let (code, home, deployed) = (rule.code, rule.at_home.as_str(), rule.deployed.as_str());
        format!("| [{code}](codes/{code}.md) | {title} | {home} | {deployed} |")
    };
    assert_eq!(rows, rules::ALL.iter().map(row).collect::<Vec<_>>());
}

#[test]
fn every_page_of_a_rule_has_its_title_and_how_grave_it_is() {
    for rule in rules::ALL {
        let text = page(&format!("docs/codes/{}.md", rule.code));
        let title = diagnose::CODES.iter().find(|(code, _)| *code == rule.code).unwrap().1;
        assert!(text.starts_with(&format!("# {}: {title}\n", rule.code)), "{}", rule.code);
        let told = |severity| match severity {
            Severity::Off => "not looked at",
            Severity::Warning => "a warning",
            Severity::Error => "an error",
        };
        let (home, deployed) = (told(rule.at_home), told(rule.deployed));
        let expected = match rule.at_home == rule.deployed {
            true => format!("**severity.** {home} in every environment."),
            false => format!("**severity.** {home} in development and test, {deployed} in staging and production."),
        };
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        assert!(words.contains(&expected), "{}: {expected}", rule.code);
        let stops = rule.deployed == Severity::Error;
        assert_eq!(text.contains("exit code 78"), stops, "{}", rule.code);
    }
}
