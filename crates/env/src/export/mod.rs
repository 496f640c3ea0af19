//! Writes variables in the form another program reads, and reads them back.
//!
//! Read [`export`] first, then one of the formats: each has a file of its own, which says whose rules it follows, what it
//! cannot hold, how it is written and how it is read back. A value that a format cannot hold is an error with its name;
//! it is never bent until it fits.

mod docker;
mod dotenv;
mod error;
mod format;
mod json;
mod k8s;
mod k8s_configmap;
mod k8s_secret;
mod read_back;
mod sheet;
mod shell;
mod systemd;
mod yaml;

#[cfg(test)]
mod roundtrip_tests;
#[cfg(test)]
mod shell_tests;
#[cfg(test)]
mod tests;

pub use dotenv::dotenv_quoted;
pub use error::{ExportError, Fault, ReadBackError};
pub use format::{Format, UnknownFormat};
pub use read_back::read_back;

pub(crate) use dotenv::{Lines, push_value, refuses_name};
pub(crate) use sheet::Sheet;

use bootproof_core::Secret;
use std::{collections::BTreeSet, fmt};

/// One variable to write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Exported<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value.
    pub text: &'a str,
    /// Whether the value is written only with [`Options::reveal`].
    pub secret: bool,
}

impl fmt::Debug for Exported<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exported")
            .field("name", &self.name)
            .field("text", &"***")
            .field("secret", &self.secret)
            .finish()
    }
}

/// What to write.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options<'a> {
    /// Whether secrets are written, too.
    pub reveal: bool,
    /// The name of the Kubernetes object. It is made a DNS-1123 subdomain, or refused. Unused by the other formats.
    pub name: &'a str,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The file. Secret as a whole, as a value may be.
    pub text: Secret,
    /// The names of the secrets that were left out, in the order given.
    pub withheld: Vec<String>,
}

/// Writes `items` in `format`, in the order given.
///
/// Secrets are left out and named, in [`Export::withheld`] and in a comment where the format has comments, unless
/// [`Options::reveal`] is set. A ConfigMap never holds a secret; a Kubernetes Secret holds only secrets, and variables that
/// are not secret are none of its business.
///
/// ```
/// use bootproof_env::export::{Exported, Format, Options, export, read_back};
///
/// let items = [
///     Exported { name: "GREETING", text: "it's late", secret: false },
///     Exported { name: "TOKEN", text: "hunter2", secret: true },
/// ];
/// let shown = export(Format::Shell, &items, &Options::default())?;
/// assert_eq!(shown.text.reveal(), "# withheld: TOKEN, written with --reveal\nexport GREETING='it'\\''s late'\n");
/// assert_eq!(shown.withheld, ["TOKEN"]);
/// assert_eq!(read_back(Format::Shell, shown.text.reveal())?[0].1.reveal(), "it's late");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Every variable that the format cannot hold, with its name; a name given twice; a Kubernetes Secret without
/// [`Options::reveal`]; a name of the Kubernetes object that cannot be made one. Never a value.
pub fn export(format: Format, items: &[Exported<'_>], options: &Options<'_>) -> Result<Export, ExportError> {
    let shape = format.shape();
    let (written, withheld) = (shape.chooses)(items, options)?;
    refuse(format, items, &written, &withheld)?;
    let object = if shape.has_object { k8s::object_name(options.name)? } else { String::new() };
    let mut sheet = Sheet::default();
    (shape.write)(&mut sheet, &Page { written: &written, withheld: &withheld, object: &object });
    Ok(Export { text: sheet.into_secret(), withheld: withheld.into_iter().map(str::to_owned).collect() })
}

/// What one file holds.
struct Page<'a> {
    written: &'a [Exported<'a>],
    withheld: &'a [&'a str],
    object: &'a str,
}

impl Page<'_> {
    /// A comment line for each secret that is left out. Names only: they are checked, so none can end the line.
    fn name_withheld(&self, sheet: &mut Sheet, why: &str) {
        for name in self.withheld {
            sheet.push_all(&["# withheld: ", name, ", ", why, "\n"]);
        }
    }
}

/// What is written, and the names of what is withheld.
type Chosen<'a> = (Vec<Exported<'a>>, Vec<&'a str>);

/// What was read, or why it could not be.
type ReadBack = Result<Vec<(String, Secret)>, ReadBackError>;

/// What each format says of itself.
struct Shape {
    /// Whether it is an object with a name of its own.
    has_object: bool,
    /// Which of the variables belong into it.
    chooses: for<'a> fn(&[Exported<'a>], &Options<'_>) -> Result<Chosen<'a>, ExportError>,
    /// Why a name cannot be held. For every variable, the withheld ones too: they are named in a comment.
    refuses_name: fn(&str) -> Option<&'static str>,
    /// Why a value cannot be held: given its name and the value.
    refuses_value: fn(&str, &str) -> Option<&'static str>,
    /// The most bytes all values together may have.
    most_bytes: Option<usize>,
    write: fn(&mut Sheet, &Page<'_>),
    read: fn(&str) -> ReadBack,
}

/// Everything without `reveal` but the secrets, else everything.
fn all_or_shown<'a>(items: &[Exported<'a>], options: &Options<'_>) -> Result<Chosen<'a>, ExportError> {
    let kept = |item: &&Exported<'_>| options.reveal || !item.secret;
    let withheld = items.iter().filter(|i| !kept(i)).map(|i| i.name).collect();
    Ok((items.iter().filter(kept).copied().collect(), withheld))
}

/// All that stands in the way, at once.
fn refuse(
    format: Format,
    items: &[Exported<'_>],
    written: &[Exported<'_>],
    withheld: &[&str],
) -> Result<(), ExportError> {
    let shape = format.shape();
    let named: BTreeSet<&str> = written.iter().map(|item| item.name).chain(withheld.iter().copied()).collect();
    let mut seen = BTreeSet::new();
    let names = items.iter().filter(|item| named.contains(item.name)).filter_map(|item| {
        let twice = (!seen.insert(item.name)).then_some("it is given twice");
        let why = never_a_name(item.name).or_else(|| (shape.refuses_name)(item.name)).or(twice)?;
        Some(Fault { name: item.name.to_owned(), why })
    });
    let values = written.iter().filter_map(|item| {
        let nul = item.text.contains('\0').then_some("no environment variable can hold a NUL");
        let why = nul.or_else(|| (shape.refuses_value)(item.name, item.text))?;
        Some(Fault { name: item.name.to_owned(), why })
    });
    let faults: Vec<Fault> = names.chain(values).collect();
    if !faults.is_empty() {
        return Err(ExportError::CannotHold { format, faults });
    }
    let bytes = written.iter().map(|item| item.text.len()).sum();
    match shape.most_bytes {
        Some(most) if bytes > most => Err(ExportError::TooLarge { format, bytes, most }),
        _ => Ok(()),
    }
}

/// What no process can have in its environment: `environ(7)`.
fn never_a_name(name: &str) -> Option<&'static str> {
    match name {
        "" => Some("the name is empty"),
        _ if name.contains('=') => Some("no name of an environment variable can hold a `=`"),
        _ if name.contains('\0') => Some("no name of an environment variable can hold a NUL"),
        _ => None,
    }
}

/// A letter or `_`, then letters, digits and `_`: what POSIX calls a name (Base Definitions, 3.216).
fn is_posix_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
