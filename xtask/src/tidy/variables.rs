//! The process environment is read in one place of the command and one of the facade, and every variable it reads is documented.

use std::collections::BTreeMap;

use super::source::{self, Placed, Token};
use super::{Finding, Text};

/// Where our own variables are listed.
const TABLE: &str = "crates/core/src/variables.rs";
/// Where they are explained.
const PAGE: &str = "docs/environment.md";
/// The functions of `std::env` that read or change the environment.
const ACCESS: [&str; 6] = ["var", "vars", "var_os", "vars_os", "set_var", "remove_var"];
/// Who may use them: the command, the facade's one place that stands in for it, and what tests run with.
const READERS: [&str; 4] = ["crates/cli/src/", "crates/bootproof/src/process.rs", "crates/testkit/", "xtask/"];

/// Checks `sources` against the table in them and the page in `documents`.
pub(super) fn check(sources: &[Text], documents: &[Text]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let table = sources.iter().find(|file| file.path == TABLE);
    let listed = table.map(|file| listed(&source::shipped(&file.text))).unwrap_or_default();
    if listed.is_empty() {
        findings.push(Finding::error(TABLE, "it lists no variable in `VARIABLES`"));
    }
    let page = documents.iter().find(|document| document.path == PAGE).map_or("", |page| &page.text);
    for (line, name) in &listed {
        if !page.contains(&format!("`{name}`")) {
            findings.push(Finding::error(format!("{TABLE}:{line}"), format!("`{name}` is not in {PAGE}")));
        }
    }
    for file in sources.iter().filter(|file| file.path.contains("/src/") && !source::is_test_file(&file.path)) {
        findings.extend(check_source(file, &listed));
    }
    findings
}

fn check_source(file: &Text, listed: &[(usize, String)]) -> Vec<Finding> {
    let tokens = source::shipped(&file.text);
    let at = |line: &usize| format!("{}:{line}", file.path);
    let mut findings = Vec::new();
    if !READERS.iter().any(|reader| file.path.starts_with(reader)) {
        let found = accesses(&tokens).map(|(line, name)| {
            Finding::error(at(&line), format!("`env::{name}`: below the command nobody reads the process environment"))
        });
        findings.extend(found);
    }
    if file.path.starts_with("crates/") && !file.path.starts_with("crates/testkit/") {
        for (line, token) in &tokens {
            if let Token::Text(text) = token
                && is_ours(text)
                && !listed.iter().any(|(_, name)| name == text)
            {
                findings.push(Finding::error(at(line), format!("`{text}` is not in `VARIABLES` of {TABLE}")));
            }
        }
    }
    findings
}

/// Uses of `env::var` and its kind, also in `use std::env::{...}`.
fn accesses(tokens: &[Placed]) -> impl Iterator<Item = (usize, String)> {
    let is_env =
        |at: &usize| ["env", ":", ":"].iter().enumerate().all(|(step, sign)| source::is(tokens.get(at + step), sign));
    (0..tokens.len()).filter(is_env).flat_map(|at| {
        let after = &tokens[at + 3..];
        let length = match source::is(after.first(), "{") {
            true => after.iter().position(|token| source::is(Some(token), "}")).unwrap_or(after.len()),
            false => after.len().min(1),
        };
        after[..length].iter().filter_map(|(line, token)| match token {
            Token::Word(name) if ACCESS.contains(&name.as_str()) => Some((*line, name.clone())),
            _ => None,
        })
    })
}

/// The names in `VARIABLES`: the first of each pair, itself or through a constant of the same file.
fn listed(tokens: &[Placed]) -> Vec<(usize, String)> {
    let constants = constants(tokens);
    let is_table = |at: &usize| source::is(tokens.get(*at), "const") && source::is(tokens.get(at + 1), "VARIABLES");
    let Some(start) = (0..tokens.len()).find(is_table) else { return Vec::new() };
    let table = tokens.iter().skip(start).skip_while(|token| !source::is(Some(token), "="));
    let table: Vec<_> = table.take_while(|token| !source::is(Some(token), ";")).cloned().collect();
    let pairs = table.windows(2).filter(|pair| source::is(pair.first(), "("));
    pairs
        .filter_map(|pair| match &pair[1] {
            (line, Token::Text(name)) => Some((*line, name.clone())),
            (line, Token::Word(constant)) => constants.get(constant).map(|name| (*line, name.clone())),
            _ => None,
        })
        .collect()
}

/// `const NAME: &str = "VALUE";`
fn constants(tokens: &[Placed]) -> BTreeMap<String, String> {
    let constant = |window: &[Placed]| match (&window[1].1, &window[6].1) {
        (Token::Word(name), Token::Text(value)) if source::is(window.first(), "const") => {
            Some((name.clone(), value.clone()))
        }
        _ => None,
    };
    // const NAME : & str = "VALUE"
    tokens.windows(7).filter_map(constant).collect()
}

/// `BOOTPROOF_...`
fn is_ours(text: &str) -> bool {
    text.strip_prefix("BOOTPROOF_")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VARIABLES: &str = "pub const MODE: &str = \"REDIS_MODE\";\n\
        pub const VARIABLES: &[(&str, &str)] = &[\n(MODE, \"(see there)\"),\n(\n\"NO_COLOR\",\n\"no colour\",\n)];";
    const EXPLAINED: &str = "| `REDIS_MODE` | where |\n| `NO_COLOR` | none |\n";

    fn findings(table: &str, page: &str, more: &[(&str, &str)]) -> Vec<String> {
        let mut sources = vec![Text::new(TABLE, table)];
        sources.extend(more.iter().map(|(path, text)| Text::new(path, text)));
        check(&sources, &[Text::new(PAGE, page)]).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn documented_variables_are_no_finding() {
        assert_eq!(findings(VARIABLES, EXPLAINED, &[]), [""; 0]);
    }

    #[test]
    fn an_undocumented_variable_is_found_also_behind_a_constant() {
        let found = findings(VARIABLES, "`NO_COLOR_AT_ALL`", &[]);
        assert_eq!(
            found,
            [
                "error: crates/core/src/variables.rs:3: `REDIS_MODE` is not in docs/environment.md",
                "error: crates/core/src/variables.rs:5: `NO_COLOR` is not in docs/environment.md"
            ]
        );
    }

    #[test]
    fn a_missing_table_is_found() {
        assert_eq!(
            findings("", EXPLAINED, &[]),
            ["error: crates/core/src/variables.rs: it lists no variable in `VARIABLES`"]
        );
    }

    #[test]
    fn reading_the_environment_is_found_below_the_command_only() {
        let uses =
            ["std::env::var(\"X\")", "use std::env;\nfn f() { env::vars_os() }", "use std::env::{self, var_os};"];
        for text in uses {
            let found = findings(VARIABLES, EXPLAINED, &[("crates/env/src/read.rs", text)]);
            assert_eq!(found.len(), 1, "{text}");
            assert!(found[0].contains("nobody reads the process environment"));
            for reader in ["crates/cli/src/main.rs", "crates/bootproof/src/process.rs", "crates/testkit/src/lib.rs"] {
                assert_eq!(findings(VARIABLES, EXPLAINED, &[(reader, text)]), [""; 0]);
            }
        }
        let allowed = "use std::env::current_dir; let x = env!(\"CARGO_PKG_VERSION\"); // env::var";
        assert_eq!(findings(VARIABLES, EXPLAINED, &[("crates/env/src/read.rs", allowed)]), [""; 0]);
    }

    #[test]
    fn a_variable_of_ours_that_is_listed_nowhere_is_found() {
        let found = findings(VARIABLES, EXPLAINED, &[("crates/cli/src/main.rs", "get(\"BOOTPROOF_FILE\")")]);
        assert_eq!(
            found,
            ["error: crates/cli/src/main.rs:1: `BOOTPROOF_FILE` is not in `VARIABLES` of crates/core/src/variables.rs"]
        );
    }
}
