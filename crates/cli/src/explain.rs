//! `bootproof explain`.

use crate::terminal::{note, print};
use bootproof_core::{ExitCode, nearest};

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// Prints the page of `code`, or the list of all.
pub(crate) fn explain(code: Option<&str>) -> ExitCode {
    let Some(code) = code else {
        return print(&list());
    };
    let wanted = code.trim().to_ascii_uppercase();
    if let Some((_, page)) = PAGES.iter().find(|(known, _)| *known == wanted) {
        return print(page);
    }
    let near = nearest(&wanted, PAGES.iter().map(|(known, _)| *known));
    let near = near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
    note(&format!("bootproof: there is no diagnosis `{code}`{near}"));
    note("`bootproof explain` lists all codes");
    ExitCode::USAGE
}

/// Every code with the title of its page.
fn list() -> String {
    let line = |(code, page): &(&str, &str)| {
        let title = page.lines().next().unwrap_or_default().trim_start_matches(['#', ' ']);
        let title = title.strip_prefix(code).unwrap_or(title).trim_start_matches([':', ' ', '-']);
        format!("{code:<10} {title}\n")
    };
    PAGES.iter().map(line).collect()
}
