//! Spring's settings files: `${X}` and `${X:default}` in `application.properties` and `application.yml`.

use super::find::{Finds, Name, is_capitals};
use super::read::CodeDefault;
use std::path::Path;

/// Whether a file is one of Spring's by its name.
pub(super) fn is_settings_file(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("");
    ["application", "bootstrap"]
        .iter()
        .any(|name| stem.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
}

/// Finds the reads, line by line; whole lines behind `#` or `!` are comments, and so is what follows ` #`.
pub(super) fn reads(text: &str, finds: &mut Finds) {
    for (number, line) in (1..).zip(text.lines()) {
        let trimmed = line.trim_start();
        if trimmed.starts_with(['#', '!']) {
            continue;
        }
        let line = line.split(" #").next().unwrap_or(line);
        for (at, name, default) in references(line) {
            let column = u32::try_from(at).unwrap_or(u32::MAX - 1) + 1;
            let find = finds.at(number, column, 0, Name::Known(name.to_owned()));
            find.required = default.is_none();
            find.default = default;
        }
    }
}

/// The references in a text: where each begins, its name in capitals, and its default. Those in a default are found too.
pub(super) fn references(text: &str) -> Vec<(usize, &str, Option<CodeDefault>)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("${") {
        let inside = &text[at + 2..];
        let Some(end) = closing(inside) else { continue };
        let (name, default) = match inside[..end].split_once(':') {
            Some((name, default)) => (name, Some(default)),
            None => (&inside[..end], None),
        };
        if is_capitals(name) {
            let default = default.map(|text| match text.contains("${") {
                true => CodeDefault::computed(),
                false => CodeDefault::literal(text),
            });
            found.push((at, name, default));
        }
    }
    found
}

/// Where the bracket that is already open closes. No reference is longer than a thousand bytes.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1;
    for (i, byte) in text.bytes().enumerate().take(1_000) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(i);
        }
    }
    None
}
