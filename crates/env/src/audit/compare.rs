//! Holds what the code reads against what is declared.

use super::read::{Place, Read, Scan};
use super::system::{is_for_build_script, system_variable};
use bootproof_core::{mask_url, nearest};
use std::collections::BTreeMap;
use std::fmt;

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

/// Where code and declarations part, by name.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    /// Read, but not declared.
    pub undeclared: Vec<Undeclared>,
    /// Declared, but read nowhere.
    pub unused: Vec<Unused>,
    /// With defaults that are not the same everywhere.
    pub differing: Vec<Differing>,
    /// Read under an older name.
    pub old_names: Vec<OldName>,
    /// How many names are read that the system or a tool sets.
    pub system: usize,
}

/// A variable that is read and not declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undeclared {
    /// Its name.
    pub name: String,
    /// Every place that reads it.
    pub places: Vec<Place>,
    /// Whether some of these fail without it.
    pub required: bool,
    /// Whether only tests read it.
    pub only_in_tests: bool,
    /// Whether it is only read when the program is built.
    pub only_at_build: bool,
    /// The declared name that it may be a wrong spelling of.
    pub nearest: Option<String>,
}

impl fmt::Display for Undeclared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is read but not declared: {}", self.name, Places(&self.places))?;
        f.write_str(if self.required { "; the code fails without it" } else { "" })?;
        f.write_str(if self.only_in_tests { "; only in tests" } else { "" })?;
        f.write_str(if self.only_at_build { "; only when the program is built" } else { "" })?;
        match &self.nearest {
            Some(name) => write!(f, "; the nearest declared name is `{name}`"),
            None => Ok(()),
        }
    }
}

/// A variable that is declared and that the program does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// Its name.
    pub name: String,
    /// Reads in tests.
    pub tests: Vec<Place>,
    /// Where its name stands in code without being read in a known form.
    pub mention: Option<Place>,
    /// How many reads of the tree have a computed name, so that one of them may be it.
    pub computed: usize,
}

impl fmt::Display for Unused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tests.as_slice() {
            [] => write!(f, "`{}` is declared but read nowhere", self.name)?,
            tests => write!(f, "`{}` is declared but only tests read it: {}", self.name, Places(tests))?,
        }
        if let Some(place) = &self.mention {
            write!(f, "; {place} names it")?;
        }
        match self.computed {
            0 => Ok(()),
            1 => f.write_str("; one read has a computed name, which may be it"),
            n => write!(f, "; {n} reads have computed names, one of which may be it"),
        }
    }
}

/// A variable whose defaults are not the same everywhere. Texts that may not be shown are `***`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// Its name.
    pub name: String,
    /// The declared default.
    pub declared: Option<String>,
    /// The defaults in code that are not the declared one, or all of them when none is declared.
    pub in_code: Vec<(Place, String)>,
}

impl fmt::Display for Differing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` has different defaults: ", self.name)?;
        let declared = self.declared.iter().map(|text| format!("declared `{text}`"));
        let in_code = self.in_code.iter().map(|(place, text)| format!("`{text}` at {place}"));
        f.write_str(&declared.chain(in_code).collect::<Vec<_>>().join(", "))
    }
}

/// A declared variable that code reads under an older name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldName {
    /// The canonical name.
    pub name: String,
    /// The name in the code.
    pub alias: String,
    /// Every place that reads it so.
    pub places: Vec<Place>,
}

impl fmt::Display for OldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is read under its old name `{}`: {}", self.name, self.alias, Places(&self.places))
    }
}

/// Places, the first five of them in full.
struct Places<'a>(&'a [Place]);

impl fmt::Display for Places<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: Vec<String> = self.0.iter().take(5).map(Place::to_string).collect();
        f.write_str(&shown.join(", "))?;
        match self.0.len().saturating_sub(5) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// Compares. `is_secret` says of a name whether it sounds like one whose value must never be shown.
pub fn compare(scan: &Scan, declared: &[Declared], is_secret: &dyn Fn(&str) -> bool) -> Audit {
    let mut by_name: BTreeMap<&str, Vec<&Read>> = BTreeMap::new();
    for read in scan.reads.iter().filter(|read| !is_for_build_script(&read.name, &read.place.file)) {
        by_name.entry(&read.name).or_default().push(read);
    }
    let mut audit = Audit::default();
    for (name, reads) in &by_name {
        let known = declared.iter().any(|d| d.name == *name || d.aliases.iter().any(|alias| alias == name));
        match (known, system_variable(name)) {
            (true, _) => {}
            (false, Some(_)) => audit.system += 1,
            (false, None) => audit.undeclared.push(undeclared(name, reads, declared)),
        }
    }
    for one in declared {
        let of = |name: &str| by_name.get(name).cloned().unwrap_or_default();
        let reads: Vec<&Read> = std::iter::once(&one.name).chain(&one.aliases).flat_map(|name| of(name)).collect();
        audit.unused.extend(unused(scan, one, &reads));
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

fn undeclared(name: &str, reads: &[&Read], declared: &[Declared]) -> Undeclared {
    let names =
        declared.iter().flat_map(|d| std::iter::once(d.name.as_str()).chain(d.aliases.iter().map(String::as_str)));
    Undeclared {
        name: name.to_owned(),
        places: reads.iter().map(|read| read.place.clone()).collect(),
        required: reads.iter().any(|read| read.required),
        only_in_tests: reads.iter().all(|read| read.in_test),
        only_at_build: reads.iter().all(|read| read.build_time),
        nearest: nearest(name, names).map(str::to_owned),
    }
}

/// A declared variable that only tests read, or nothing.
fn unused(scan: &Scan, one: &Declared, reads: &[&Read]) -> Option<Unused> {
    if one.read_elsewhere || reads.iter().any(|read| !read.in_test) {
        return None;
    }
    let names = |name: &str| name == one.name || one.aliases.iter().any(|alias| alias == name);
    let mention = scan.mentions.iter().find(|(name, _)| names(name)).map(|(_, place)| place.clone());
    Some(Unused {
        name: one.name.clone(),
        tests: reads.iter().map(|read| read.place.clone()).collect(),
        mention: mention.filter(|_| reads.is_empty()),
        computed: scan.dynamic.iter().filter(|site| site.helper.is_none() && !site.in_test).count(),
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
