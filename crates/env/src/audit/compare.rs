//! Holds what the code reads against what is declared.

use super::findings::{Audit, Differing, OldName, Undeclared, Unused};
use super::read::{Place, Read, Scan};
use super::system::{is_for_build_script, system_variable};
use bootproof_core::{Spelling, mask_url};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A declared variable, as far as the comparison needs it.
#[derive(Debug, Clone, Default)]
pub struct Declared {
    /// The canonical name.
    pub name: String,
    /// Older names.
    pub aliases: Vec<String>,
    /// The default, when it is the same everywhere. Leave it out where each environment has its own.
    pub default: Option<String>,
    /// Whether its value must never be shown.
    pub secret: bool,
    /// Whether something that is not code of this tree reads it, so that it is not "unused".
    pub read_elsewhere: bool,
}

/// Compares. `is_secret` says of a name whether it sounds like one whose value must never be shown.
pub fn compare(scan: &Scan, declared: &[Declared], is_secret: &dyn Fn(&str) -> bool) -> Audit {
    let mut by_name: BTreeMap<&str, Vec<&Read>> = BTreeMap::new();
    for read in scan.reads.iter().filter(|read| !is_for_build_script(&read.name, &read.place.file)) {
        by_name.entry(&read.name).or_default().push(read);
    }
    let known: HashSet<&str> = names(declared).collect();
    let spelling = Spelling::of(names(declared));
    let mentions: HashMap<&str, (usize, &Place)> =
        scan.mentions.iter().enumerate().rev().map(|(at, (name, place))| (name.as_str(), (at, place))).collect();
    let computed = scan.dynamic.iter().filter(|site| site.helper.is_none() && !site.in_test).count();
    let mut audit = Audit::default();
    for (name, reads) in &by_name {
        match (known.contains(name), system_variable(name)) {
            (true, _) => {}
            (false, Some(_)) => audit.system += 1,
            (false, None) => audit.undeclared.push(undeclared(name, reads, &spelling)),
        }
    }
    for one in declared {
        let of = |name: &str| by_name.get(name).cloned().unwrap_or_default();
        let reads: Vec<&Read> = std::iter::once(&one.name).chain(&one.aliases).flat_map(|name| of(name)).collect();
        let mention = std::iter::once(&one.name).chain(&one.aliases).filter_map(|name| mentions.get(name.as_str()));
        let mention = mention.min_by_key(|(at, _)| *at).map(|(_, place)| *place);
        audit.unused.extend(unused(one, &reads, mention, computed));
        audit.old_names.extend(one.aliases.iter().filter(|alias| !of(alias).is_empty()).map(|alias| {
            let places = of(alias).iter().map(|read| read.place.clone()).collect();
            OldName { name: one.name.clone(), alias: alias.clone(), places }
        }));
        let secret = one.secret || is_secret(&one.name);
        audit.differing.extend(differing(&one.name, one.default.as_deref(), &reads, secret));
    }
    for found in &audit.undeclared {
        let reads = by_name.get(found.name.as_str()).cloned().unwrap_or_default();
        audit.differing.extend(differing(&found.name, None, &reads, is_secret(&found.name)));
    }
    audit.differing.sort_by(|a, b| a.name.cmp(&b.name));
    audit
}

/// All names that are declared, older ones included.
fn names(declared: &[Declared]) -> impl Iterator<Item = &str> {
    declared.iter().flat_map(|d| std::iter::once(d.name.as_str()).chain(d.aliases.iter().map(String::as_str)))
}

fn undeclared(name: &str, reads: &[&Read], spelling: &Spelling<'_>) -> Undeclared {
    Undeclared {
        name: name.to_owned(),
        places: reads.iter().map(|read| read.place.clone()).collect(),
        required: reads.iter().any(|read| read.required),
        only_in_tests: reads.iter().all(|read| read.in_test),
        only_at_build: reads.iter().all(|read| read.build_time),
        nearest: spelling.nearest(name).map(str::to_owned),
    }
}

/// A declared variable that only tests read, or nothing. `mention` is where one of its names stands, `computed` how many reads of
/// computed names there are.
fn unused(one: &Declared, reads: &[&Read], mention: Option<&Place>, computed: usize) -> Option<Unused> {
    if one.read_elsewhere || reads.iter().any(|read| !read.in_test) {
        return None;
    }
    Some(Unused {
        name: one.name.clone(),
        tests: reads.iter().map(|read| read.place.clone()).collect(),
        mention: mention.filter(|_| reads.is_empty()).cloned(),
        computed,
    })
}

/// The defaults of one variable, when they are not the same. Those in tests and the computed ones do not count.
fn differing(name: &str, declared: Option<&str>, reads: &[&Read], secret: bool) -> Option<Differing> {
    let texts = reads.iter().filter(|read| !read.in_test).filter_map(|read| {
        let text = read.default.as_ref()?.text.as_ref()?;
        Some((read.place.clone(), text.reveal()))
    });
    let texts: Vec<(Place, &str)> = texts.collect();
    let differ: Vec<&(Place, &str)> = match declared {
        Some(declared) => texts.iter().filter(|(_, text)| !is_same(declared, text)).collect(),
        None if texts.iter().all(|(_, text)| is_same(texts[0].1, text)) => Vec::new(),
        None => texts.iter().collect(),
    };
    let shown = |text: &str| if secret { "***".to_owned() } else { harmless(text) };
    (!differ.is_empty()).then(|| Differing {
        name: name.to_owned(),
        declared: declared.map(shown),
        in_code: differ.into_iter().map(|(place, text)| (place.clone(), shown(text))).collect(),
    })
}

/// A default as it may be shown: credentials in a URL are not.
fn harmless(text: &str) -> String {
    if text.contains("://") || text.contains('@') { mask_url(text) } else { text.to_owned() }
}

/// Whether two defaults mean the same: as texts, as numbers, or as booleans when one is written as a word.
fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    let number = |text: &str| text.replace('_', "").parse::<f64>().ok();
    let truth = |text: &str| match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some((true, true)),
        "false" | "no" | "off" => Some((false, true)),
        "1" => Some((true, false)),
        "0" => Some((false, false)),
        _ => None,
    };
    let truths = match (truth(a), truth(b)) {
        (Some((a, a_word)), Some((b, b_word))) => a == b && (a_word || b_word),
        _ => false,
    };
    a == b || truths || number(a).is_some_and(|a| number(b) == Some(a))
}
