//! Where values came from, counted: `3 from process, 1 alias, 8 defaults`.

use std::collections::BTreeMap;

/// Counts sources by their kind. Own kinds are told last, in this order: aliases, files, defaults.
pub(crate) fn tally<'a>(sources: impl Iterator<Item = &'a str>) -> String {
    let mut counts: BTreeMap<(u8, &str), usize> = BTreeMap::new();
    for source in sources {
        *counts.entry(kind_of(source)).or_default() += 1;
    }
    let parts: Vec<String> = counts
        .into_iter()
        .map(|((rank, kind), n)| match rank {
            0 => format!("{n} from {kind}"),
            _ => format!(
                "{n} {kind}{}",
                if n == 1 {
                    ""
                } else if kind == "alias" {
                    "es"
                } else {
                    "s"
                }
            ),
        })
        .collect();
    parts.join(", ")
}

fn kind_of(source: &str) -> (u8, &str) {
    match source {
        _ if source.starts_with("alias ") => (1, "alias"),
        _ if source.starts_with("file ") => (2, "file"),
        _ if source == "default" || source.starts_with("default.") => (3, "default"),
        other => (0, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_is_counted_once_under_its_kind() {
        let sources = ["process", "default", "alias OLD", "process", "default.test", "file /run/x", "alias B, file /y"];
        assert_eq!(tally(sources.into_iter()), "2 from process, 2 aliases, 1 file, 2 defaults");
        assert_eq!(tally([].into_iter()), "");
    }
}
