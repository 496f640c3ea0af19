//! What only the text of an example file tells: the comments above its lines, and lines that are commented out.

/// The comments directly above line `line` (from 1) of `text`, as one text. None of it: rules of `-` or `=`, and lines that
/// are commented out.
pub(super) fn docs_above(text: &str, line: usize) -> Option<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).take(line.saturating_sub(1)).collect();
    let above = lines.iter().rev().take_while(|line| line.starts_with('#'));
    let mut docs: Vec<&str> = above
        .map(|line| line.trim_start_matches('#').trim())
        .take_while(|line| commented_out(line).is_none())
        .collect();
    docs.reverse();
    docs.retain(|line| line.chars().any(char::is_alphanumeric));
    let docs = docs.iter().map(|line| line.trim_matches(['-', '=', ' '])).collect::<Vec<_>>().join(" ");
    let is_clean = !docs.is_empty() && !docs.chars().any(char::is_control);
    is_clean.then_some(docs)
}

/// The names of lines such as `# SENTRY_DSN=`, each with its line.
pub(super) fn commented_names(text: &str) -> Vec<(&str, usize)> {
    let lines = text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with('#'));
    lines.filter_map(|(at, line)| Some((commented_out(line.trim().trim_start_matches('#').trim())?, at + 1))).collect()
}

/// The name in `NAME=value` without a blank before the `=`, in capitals as variables are.
fn commented_out(line: &str) -> Option<&str> {
    let name = line.split_once('=')?.0;
    let fits = name.len() > 1
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    fits.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# --- Server ---\n\n# The port\n# to listen on.\nPORT=1\nHOST=x\n# OLD=1\n# Who sends mail.\nFROM=y\n#DSN=\n# note: a = b\n#####\nX=1\n";

    #[test]
    fn the_comment_above_a_line_is_what_it_is_for() {
        assert_eq!(docs_above(TEXT, 5).as_deref(), Some("The port to listen on."));
        assert_eq!(docs_above(TEXT, 6), None, "the line above is another variable");
        assert_eq!(docs_above(TEXT, 9).as_deref(), Some("Who sends mail."));
        assert_eq!(docs_above(TEXT, 13).as_deref(), Some("note: a = b"));
        assert_eq!(docs_above(TEXT, 1), None);
        assert_eq!(docs_above("#---- Mail ----\nA=1", 2).as_deref(), Some("Mail"));
    }

    #[test]
    fn names_that_are_commented_out_are_found() {
        assert_eq!(commented_names(TEXT), [("OLD", 7), ("DSN", 10)]);
    }
}
