//! The code audit: which environment variables does a source tree read, and do they agree with what is declared?
//!
//! Read [`scan`] first, then [`compare`]. Nothing is compiled or run: each language is cut into tokens (so that comments
//! and plain texts are never taken for code), and the known forms of a read are looked for in these.
//!
//! What is not seen: a name that is put together at run time or is a constant of another file (listed in
//! [`Scan::dynamic`]); a name with other signs than letters, digits and `_`, and in a shell script one of a single letter;
//! variables that a library reads on its own or by a prefix (`envy`, viper's `AutomaticEnv`, figment, Spring's relaxed
//! names); the whole environment handed on (`dict(os.environ)`, `{...process.env}`); nested settings of pydantic; helper
//! functions of another file unless `env` is in their name; what a sourced shell script sets; code in the text of JSX and
//! in the templates of Vue and Svelte. A default that is set later (`if v == "" { v = "d" }`), and a check that fails
//! later, are not tied to the read.

mod code;
mod compare;
mod find;
mod findings;
mod go;
mod helper;
mod javascript;
mod jvm;
mod language;
mod lex;
mod options;
mod python;
mod read;
mod ruby;
mod rust;
mod scan;
mod shell;
mod skip;
mod spring;
mod system;
mod value;
mod walk;

pub use compare::{Declared, compare};
pub use findings::{Audit, Differing, OldName, Undeclared, Unused};
pub use language::Language;
pub use options::{AuditError, ScanOptions};
pub use read::{CodeDefault, Helper, Place, Read, Scan, Site};
pub use scan::scan;
pub use skip::{Reason, Skipped};
pub use system::system_variable;
