//! The named rules a variable can break. None of them carries a value.

use bootproof_core::Environment;
use std::io;

/// A rule that was broken. Holds what was expected, never what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Required here, and set under none of its names.
    Missing {
        /// Where it is required.
        environment: Environment,
        /// The older names it was looked for under.
        aliases: Vec<String>,
    },
    /// Set to nothing, or to white space only.
    Blank,
    /// White space before or after the value.
    WhiteSpace,
    /// Still what a template held: `changeme`, `REPLACE_WITH_...`, `<...>`.
    Placeholder,
    /// Holds a `${NAME}` that nothing replaced.
    UnresolvedReference {
        /// The name, unless the variable is a secret.
        to: Option<String>,
    },
    /// Not of its type.
    WrongType {
        /// What it must be, with an article.
        expected: &'static str,
    },
    /// A number outside its range.
    OutOfRange {
        /// The range in words.
        allowed: String,
    },
    /// A URL of another scheme.
    SchemeNotAllowed {
        /// The scheme found, when it is a widely known word (anything else may be part of a secret).
        found: Option<&'static str>,
        /// The schemes allowed.
        allowed: Vec<String>,
    },
    /// None of the allowed words.
    NotAmong {
        /// The words.
        allowed: Vec<String>,
        /// The nearest of them, when one is near.
        nearest: Option<String>,
    },
    /// Two of its names are set to different values.
    NamesDiffer {
        /// The name that would win.
        name: String,
        /// The other.
        other: String,
    },
    /// `NAME_FILE` names a file that cannot be read.
    FileUnreadable {
        /// The variable that names the file.
        variable: String,
        /// Why it cannot.
        kind: io::ErrorKind,
    },
    /// `NAME` and `NAME_FILE` are both set.
    FileAndValue {
        /// The name.
        name: String,
        /// The name with `_FILE`.
        variable: String,
    },
    /// `NAME_FILE` names an empty file.
    FileEmpty {
        /// The variable that names the file.
        variable: String,
    },
    /// Put there by Kubernetes: `tcp://10.0.0.7:6379` where a port, number, host or address belongs.
    ServiceLink,
}

impl Rule {
    /// The stable code; `docs/codes/CODE.md` explains it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "ENV-002",
            Self::Blank => "ENV-003",
            Self::WhiteSpace => "ENV-004",
            Self::Placeholder => "ENV-005",
            Self::UnresolvedReference { .. } => "ENV-006",
            Self::WrongType { .. } => "ENV-007",
            Self::OutOfRange { .. } => "ENV-008",
            Self::SchemeNotAllowed { .. } => "ENV-009",
            Self::NamesDiffer { .. } => "ENV-010",
            Self::FileUnreadable { .. } => "ENV-011",
            Self::FileAndValue { .. } => "ENV-012",
            Self::FileEmpty { .. } => "ENV-013",
            Self::ServiceLink => "ENV-014",
            Self::NotAmong { .. } => "ENV-015",
        }
    }

    /// What to do about it, for any variable.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "set what is missing (NAME, or NAME_FILE with the path of a file that holds it)",
            Self::Blank => "give what is blank a value, or do not set it",
            Self::WhiteSpace => "remove the white space around the value",
            Self::Placeholder => "replace placeholders by real values",
            Self::UnresolvedReference { .. } => {
                "write the value out, or let whatever starts the service replace the reference"
            }
            Self::WrongType { .. } | Self::OutOfRange { .. } | Self::NotAmong { .. } => "correct the value",
            Self::SchemeNotAllowed { .. } => "use a URL of an allowed scheme, or allow this one in `schemes`",
            Self::NamesDiffer { .. } => "remove the older name",
            Self::FileUnreadable { .. } => "mount the file and let the service's user read it",
            Self::FileAndValue { .. } => {
                "keep one of the two; declare NAME_FILE in [env] if it is a variable of its own"
            }
            Self::FileEmpty { .. } => "write the secret into the file",
            Self::ServiceLink => "set `enableServiceLinks: false` in the pod's spec, or use another name",
        }
    }
}
