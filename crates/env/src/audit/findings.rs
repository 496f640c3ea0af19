//! What a comparison finds, each as data and as one line to show.

use super::read::Place;
use std::fmt;

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
