//! Where values came from, counted: `3 from process, 1 alias, 8 defaults`.

use crate::{Place, Source};
use std::collections::BTreeMap;

/// Counts sources by their kind. What is set where it belongs is told first, then aliases, secret files, flags, parts, defaults.
pub(crate) fn tally<'a>(sources: impl Iterator<Item = &'a Source>) -> String {
    let mut counts: BTreeMap<(u8, &str), usize> = BTreeMap::new();
    for source in sources {
        *counts.entry(kind_of(source)).or_default() += 1;
    }
    let told = counts.into_iter().map(|((rank, kind), n)| match (rank, n) {
        (FROM, _) => format!("{n} from {kind}"),
        (_, 1) => format!("1 {kind}"),
        (ALIAS, _) => format!("{n} {kind}es"),
        _ => format!("{n} {kind}s"),
    });
    told.collect::<Vec<_>>().join(", ")
}

const FROM: u8 = 0;
const ALIAS: u8 = 1;

fn kind_of(source: &Source) -> (u8, &str) {
    match (&source.alias, &source.place) {
        (Some(_), _) => (ALIAS, "alias"),
        (None, Place::Process) => (FROM, "process"),
        (None, Place::Dotenv { path, .. }) => (FROM, path),
        (None, Place::SecretFile { .. }) => (2, "file"),
        (None, Place::Flag) => (3, "flag"),
        (None, Place::Parts(_)) => (4, "URL of part"),
        (None, Place::Default(_)) => (5, "default"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_is_counted_once_under_its_kind() {
        let of = |place: Place, alias: Option<&str>| Source { place, alias: alias.map(str::to_owned) };
        let dotenv = || Place::Dotenv { path: ".env".into(), line: 1 };
        let file = Place::SecretFile { path: "/y".into(), named_by: Box::new(Place::Process) };
        let sources = [
            of(Place::Process, None),
            of(Place::Default(None), None),
            of(Place::Process, Some("OLD")),
            of(dotenv(), Some("OLDER")),
            of(dotenv(), None),
            of(file, None),
            of(Place::Default(Some(bootproof_core::Environment::Test)), None),
        ];
        assert_eq!(tally(sources.iter()), "1 from .env, 1 from process, 2 aliases, 1 file, 2 defaults");
        assert_eq!(tally([].iter()), "");
    }
}
