//! Every diagnosis code is in its crate's `CODES`, once, and has a page; every page has a code.

use std::collections::BTreeMap;

use super::source::{self, Placed, Token};
use super::{Finding, Text};

/// Longer pages are not read at three in the morning.
const PAGE_LINES: usize = 20;

/// Checks what ships of `sources` against `pages`, which are `docs/codes/*.md`.
pub(super) fn check(sources: &[Text], pages: &[Text]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut listed: BTreeMap<String, String> = BTreeMap::new();
    let mut used = Vec::new();
    for file in sources.iter().filter(|file| ships(file)) {
        let tokens = source::shipped(&file.text);
        for (line, code) in listed_codes(&tokens) {
            let at = format!("{}:{line}", file.path);
            if let Some(first) = listed.insert(code.clone(), at.clone()) {
                findings.push(Finding::error(at, format!("{code} is listed already at {first}")));
            }
        }
        used.extend(codes(&tokens).map(|(line, code)| (format!("{}:{line}", file.path), code)));
    }
    for (at, code) in used {
        if !listed.contains_key(&code) {
            findings.push(Finding::error(at, format!("{code} is in no crate's `CODES`")));
        }
    }
    let page_of = |code: &str| format!("docs/codes/{code}.md");
    for (code, at) in &listed {
        if !pages.iter().any(|page| page.path == page_of(code)) {
            findings.push(Finding::error(at, format!("{code} has no page {}", page_of(code))));
        }
    }
    findings.extend(pages.iter().flat_map(|page| check_page(page, &listed)));
    findings
}

fn check_page(page: &Text, listed: &BTreeMap<String, String>) -> Vec<Finding> {
    let code = page.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".md");
    if !is_code(code) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    if !listed.contains_key(code) {
        findings.push(Finding::error(&page.path, format!("{code} is in no crate's `CODES`")));
    }
    if !page.text.lines().next().unwrap_or_default().contains(code) {
        findings.push(Finding::error(&page.path, format!("its first line does not name {code}")));
    }
    if page.text.lines().count() > PAGE_LINES {
        findings.push(Finding::warning(&page.path, format!("longer than {PAGE_LINES} lines")));
    }
    findings
}

/// A library's or the command's own source. The test kit makes up codes.
fn ships(file: &Text) -> bool {
    file.crate_folder().is_some_and(|folder| folder != "testkit")
        && file.path.contains("/src/")
        && !source::is_test_file(&file.path)
}

fn codes(tokens: &[Placed]) -> impl Iterator<Item = (usize, String)> {
    tokens.iter().filter_map(|(line, token)| match token {
        Token::Text(text) if is_code(text) => Some((*line, text.clone())),
        _ => None,
    })
}

/// The codes between `const CODES` and its semicolon.
fn listed_codes(tokens: &[Placed]) -> Vec<(usize, String)> {
    let is_table = |at: &usize| source::is(tokens.get(*at), "const") && source::is(tokens.get(at + 1), "CODES");
    let Some(start) = (0..tokens.len()).find(is_table) else { return Vec::new() };
    let table = &tokens[start..];
    let end = table.iter().position(|token| source::is(Some(token), ";")).unwrap_or(table.len());
    codes(&table[..end]).collect()
}

/// `PORT-002`: capitals, a hyphen, three digits.
fn is_code(text: &str) -> bool {
    text.split_once('-').is_some_and(|(room, number)| {
        !room.is_empty()
            && room.bytes().all(|byte| byte.is_ascii_uppercase())
            && number.len() == 3
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str =
        "pub const CODES: &[(&str, &str)] = &[(\"PORT-001\", \"taken\")];\nfn f() { new(\"PORT-001\"); }";

    fn findings(source: &str, pages: &[(&str, &str)]) -> Vec<String> {
        let sources = [Text::new("crates/ports/src/diagnose.rs", source)];
        let page = |(code, text): &(&str, &str)| Text::new(&format!("docs/codes/{code}.md"), text);
        let pages: Vec<_> = pages.iter().map(page).collect();
        check(&sources, &pages).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn a_listed_code_with_its_page_is_no_finding() {
        assert_eq!(findings(TABLE, &[("PORT-001", "# PORT-001: taken\n")]), [""; 0]);
    }

    #[test]
    fn a_code_without_a_page_is_found() {
        assert_eq!(
            findings(TABLE, &[]),
            ["error: crates/ports/src/diagnose.rs:1: PORT-001 has no page docs/codes/PORT-001.md"]
        );
    }

    #[test]
    fn a_page_without_a_code_is_found() {
        let found = findings(TABLE, &[("PORT-001", "# PORT-001\n"), ("PORT-009", "# PORT-009\n")]);
        assert_eq!(found, ["error: docs/codes/PORT-009.md: PORT-009 is in no crate's `CODES`"]);
    }

    #[test]
    fn a_code_used_and_not_listed_is_found_but_not_in_tests_and_comments() {
        let more =
            "\nfn g() { new(\"PORT-002\") } // \"PORT-003\"\n#[cfg(test)] mod tests { fn t() { new(\"X-001\") } }";
        let found = findings(&format!("{TABLE}{more}"), &[("PORT-001", "# PORT-001\n")]);
        assert_eq!(found, ["error: crates/ports/src/diagnose.rs:3: PORT-002 is in no crate's `CODES`"]);
    }

    #[test]
    fn a_code_listed_twice_is_found() {
        let sources = ["ports", "db"].map(|name| Text::new(&format!("crates/{name}/src/diagnose.rs"), TABLE));
        let found = check(&sources, &[Text::new("docs/codes/PORT-001.md", "# PORT-001")]);
        assert_eq!(found.len(), 1);
        assert!(found[0].what.contains("listed already at crates/ports/src/diagnose.rs:1"));
    }

    #[test]
    fn a_page_that_is_long_or_about_something_else_is_found() {
        let found = findings(TABLE, &[("PORT-001", &"# PORT-010\n".repeat(21))]);
        assert_eq!(found.len(), 2);
        assert!(found[0].contains("does not name PORT-001") && found[1].starts_with("warning"));
    }
}
