//! What cannot be written or read. No text of these holds a value.

use super::Format;

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// Some variables have a name or a value that the format cannot express. All of them are listed.
    #[error("`{format}` cannot hold {}; leave {} out or choose another format", list(faults), if faults.len() == 1 { "it" } else { "them" })]
    CannotHold {
        /// The format.
        format: Format,
        /// Each variable, and why.
        faults: Vec<Fault>,
    },
    /// A Kubernetes Secret holds only secrets, and without `--reveal` there is none to hold.
    #[error(
        "a `k8s-secret` holds only secrets, and secrets are written only with `--reveal`; add it, and mind where the output goes"
    )]
    NeedsReveal,
    /// The Kubernetes object cannot have this name.
    #[error("`{}` cannot be made the name of a Kubernetes object: {why}; give a name such as `my-service`", name.escape_debug())]
    ObjectName {
        /// What was given.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// All values together are more than the format may hold.
    #[error(
        "the values have {bytes} bytes together, and a `{format}` holds at most {most}; split them over several objects"
    )]
    TooLarge {
        /// The format.
        format: Format,
        /// How many bytes there are.
        bytes: usize,
        /// How many there may be.
        most: usize,
    },
}

/// A variable that cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its name, as it was given.
    pub name: String,
    /// Why not. Fixed text, never a piece of the value.
    pub why: &'static str,
}

fn list(faults: &[Fault]) -> String {
    let each: Vec<String> = faults.iter().map(|f| format!("`{}` ({})", f.name.escape_debug(), f.why)).collect();
    each.join(", ")
}

/// Why a text is not what its format says. It names the line and the rule, never what stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct ReadBackError {
    /// The line, from 1; 0 when it is not known.
    pub line: usize,
    /// What is wrong. Fixed text.
    pub why: &'static str,
}
