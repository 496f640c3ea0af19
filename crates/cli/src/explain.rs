//! `bootproof explain`: a diagnosis code, or a variable.

use crate::{
    args::Common,
    env,
    terminal::{Terminal, note, print},
};
use bootproof::Vars;
use bootproof_core::{ExitCode, nearest};

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// Prints the page of `word`, all about the declared variable of that name, or the list of all codes.
pub(crate) fn explain(word: Option<&str>, common: &Common, vars: Vars, terminal: &Terminal) -> ExitCode {
    let Some(word) = word else {
        return print(&list());
    };
    let wanted = word.trim().to_ascii_uppercase();
    if let Some((_, page)) = PAGES.iter().find(|(known, _)| *known == wanted) {
        return print(page);
    }
    // The file may be broken, which is no reason not to explain codes.
    let seen = env::look(common, vars);
    let names = match &seen {
        Ok(seen) if seen.is_declared(word.trim()) => return env::explain(seen, word.trim(), common, terminal),
        Ok(seen) => seen.declared_names(),
        Err(_) => vec![],
    };
    let near = nearest(&wanted, PAGES.iter().map(|(known, _)| *known).chain(names.iter().map(String::as_str)));
    let near = near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
    note(&format!("bootproof: `{}` is no diagnosis and no declared variable{near}", word.escape_debug()));
    if seen.is_err() {
        note("the declared variables are not known: `bootproof env check` tells why");
    }
    note("`bootproof explain` lists all codes, `bootproof env` all declared variables");
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
