//! The named rules: a code, how grave a breach is, and what to do about it.
//!
//! A rule is data. The sentence that tells a breach is written where the breach is found; titles stand in
//! [`CODES`](crate::diagnose::CODES), pages in `docs/codes/`. No rule ever carries a value.

use bootproof_core::Environment;

/// How grave a breach is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Not looked at.
    Off,
    /// Told, and the start goes on.
    Warning,
    /// The environment is wrong: nothing is started.
    Error,
}

impl Severity {
    /// The words of `bootproof.toml`, mildest first.
    pub const WORDS: [(&'static str, Self); 3] =
        [("off", Self::Off), ("warning", Self::Warning), ("error", Self::Error)];

    /// The word used in files and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A named rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The stable code; `docs/codes/CODE.md` explains it.
    pub code: &'static str,
    /// How grave a breach is in development and test.
    pub at_home: Severity,
    /// How grave a breach is in staging and production.
    pub deployed: Severity,
    /// What to do about it, for any variable.
    pub action: &'static str,
}

impl Rule {
    /// How grave a breach is in `environment` when the schema does not say otherwise.
    pub fn severity(&self, environment: Environment) -> Severity {
        if environment.is_deployed() { self.deployed } else { self.at_home }
    }
}

const fn rule(code: &'static str, at_home: Severity, deployed: Severity, action: &'static str) -> Rule {
    Rule { code, at_home, deployed, action }
}

const fn error(code: &'static str, action: &'static str) -> Rule {
    rule(code, Severity::Error, Severity::Error, action)
}

const fn warning(code: &'static str, action: &'static str) -> Rule {
    rule(code, Severity::Warning, Severity::Warning, action)
}

/// Required here, and set under none of its names.
pub const MISSING: Rule =
    error("ENV-002", "set what is missing (NAME, or NAME_FILE with the path of a file that holds it)");
/// Set to nothing, or to white space only.
pub const BLANK: Rule = error("ENV-003", "give what is blank a value, or do not set it");
/// White space before or after the value.
pub const WHITE_SPACE: Rule = error("ENV-004", "remove the white space around the value");
/// Still what a template held: `changeme`, `REPLACE_WITH_...`, `<...>`.
pub const PLACEHOLDER: Rule = error("ENV-005", "replace placeholders by real values");
/// Holds a `${NAME}` that nothing replaced, or that could not be.
pub const UNRESOLVED: Rule = error(
    "ENV-006",
    "set the variable that is referred to, write `${NAME:-default}`, or `$$` for a dollar sign (references are replaced in .env files and defaults only)",
);
/// Not of its type.
pub const WRONG_TYPE: Rule = error("ENV-007", "correct the value");
/// A number, size or length outside its range.
pub const OUT_OF_RANGE: Rule = error("ENV-008", "correct the value");
/// A URL of another scheme.
pub const SCHEME: Rule = error("ENV-009", "use a URL of an allowed scheme, or allow this one in `schemes`");
/// Two of its names are set to different values.
pub const NAMES_DIFFER: Rule = error("ENV-010", "remove the older name");
/// `NAME_FILE` names a file that cannot be read.
pub const FILE_UNREADABLE: Rule = error("ENV-011", "mount the file and let the service's user read it");
/// `NAME` and `NAME_FILE` are both set.
pub const FILE_AND_VALUE: Rule =
    error("ENV-012", "keep one of the two; declare NAME_FILE in [env] if it is a variable of its own");
/// `NAME_FILE` names an empty file.
pub const FILE_EMPTY: Rule = error("ENV-013", "write the secret into the file");
/// Put there by Kubernetes: `tcp://10.0.0.7:6379` where a port, number, host or address belongs.
pub const SERVICE_LINK: Rule =
    error("ENV-014", "set `enableServiceLinks: false` in the pod's spec, or use another name");
/// None of the allowed words.
pub const NOT_AMONG: Rule = error("ENV-015", "use one of the allowed words");
/// In quotes that somebody else's loader did not take off.
pub const KEPT_QUOTES: Rule =
    error("ENV-017", "take the quotes off: what set this (docker --env-file, a unit file, a UI) does not do it");
/// Set under a name that is to go.
pub const OLD_NAME: Rule = warning("ENV-018", "rename it where it is set");
/// Set under a name that is gone.
pub const REMOVED_NAME: Rule = error("ENV-019", "rename it where it is set: the old name is read no more");
/// Must not be set here.
pub const FORBIDDEN: Rule = error("ENV-020", "remove it from this environment");
/// This machine's own address, where others are meant.
pub const LOCALHOST: Rule = rule(
    "ENV-021",
    Severity::Off,
    Severity::Error,
    "name the machine that is meant; if it really is this one, declare `localhost = true` for the variable",
);
/// Plain text to a port of TLS, or TLS to a port of plain text.
pub const TLS_PORT: Rule = error("ENV-022", "let scheme and port agree");
/// A password that everybody knows.
pub const WEAK_SECRET: Rule =
    rule("ENV-023", Severity::Off, Severity::Error, "make a new one, such as `openssl rand -base64 32` gives");
/// A secret that is shorter than it must be.
pub const SHORT_SECRET: Rule = error("ENV-024", "make a longer one, such as `openssl rand -base64 32` gives");
/// Two secrets hold the same text.
pub const SAME_SECRET: Rule = rule(
    "ENV-025",
    Severity::Off,
    Severity::Warning,
    "give each its own secret, so that one that leaks opens one door",
);
/// A secret inside a URL that servers and clients write into their logs.
pub const SECRET_IN_URL: Rule = rule(
    "ENV-026",
    Severity::Off,
    Severity::Warning,
    "hand the secret on in a header or a variable of its own, or declare the variable `secret = true` if no log shows it",
);
/// Set, not declared, and nearly the name of a declared variable that is not set.
pub const TYPO: Rule = warning("ENV-027", "correct the name, or declare it");
/// Declared, and the code never reads it.
pub const UNUSED: Rule = warning("ENV-028", "remove it from the schema, or read it");
/// Read by the code, and not declared.
pub const UNDECLARED: Rule = warning("ENV-029", "declare it in [env]");
/// The code's default is not the declared one, or two places of the code have two.
pub const DEFAULTS_DIFFER: Rule = warning("ENV-030", "let the schema hold the one default, and the code none");
/// Too many or too few of some variables that belong together are set.
pub const TOGETHER: Rule = error("ENV-031", "set as many of them as the rule asks for");
/// A condition over several variables does not hold.
pub const CONDITION: Rule = error("ENV-032", "correct one of the values, or the rule");
/// A URL and its parts say different things.
pub const PARTS_DIFFER: Rule = error("ENV-033", "keep the URL or the parts, not both");
/// Parts of an address without the host.
pub const PARTS_INCOMPLETE: Rule = error("ENV-034", "set the host too, or the whole URL");
/// Others may read or change a secret file.
pub const FILE_OPEN: Rule =
    rule("ENV-035", Severity::Warning, Severity::Error, "take the rights away from others: `chmod o-rwx FILE`");
/// Does not match its pattern.
pub const PATTERN: Rule = error("ENV-036", "correct the value");
/// A path that is not what it must be.
pub const PATH: Rule = error("ENV-037", "create it, or let the service's user use it");
/// A line of a .env file that cannot be read, or a file that cannot.
pub const DOTENV: Rule = error("ENV-038", "correct or remove the line; let the service's user read the file");
/// References that lead back to themselves.
pub const CYCLE: Rule = error("ENV-039", "write one of the values out");
/// Ends in a carriage return.
pub const CARRIAGE_RETURN: Rule =
    error("ENV-040", "save the file it came from with Unix line ends (`sed -i 's/\\r$//' FILE`)");
/// Begins with a byte order mark.
pub const BYTE_ORDER_MARK: Rule = error("ENV-041", "save the file it came from as UTF-8 without a byte order mark");
/// A parameter that the driver of the URL does not know.
pub const DRIVER: Rule = error("ENV-042", "use the parameter of this driver");
/// A secret on the command line.
pub const SECRET_FLAG: Rule = error(
    "ENV-043",
    "set it in the environment or name a file in NAME_FILE: everybody on the machine can read a command line",
);
/// Not text.
pub const NOT_TEXT: Rule = error("ENV-044", "set it to UTF-8 text");

/// Every rule that a start or, ENV-028 to ENV-030, the audit of the code can find broken, in the order of the codes: those whose
/// severity a schema may change.
pub const ALL: &[Rule] = &[
    MISSING,
    BLANK,
    WHITE_SPACE,
    PLACEHOLDER,
    UNRESOLVED,
    WRONG_TYPE,
    OUT_OF_RANGE,
    SCHEME,
    NAMES_DIFFER,
    FILE_UNREADABLE,
    FILE_AND_VALUE,
    FILE_EMPTY,
    SERVICE_LINK,
    NOT_AMONG,
    KEPT_QUOTES,
    OLD_NAME,
    REMOVED_NAME,
    FORBIDDEN,
    LOCALHOST,
    TLS_PORT,
    WEAK_SECRET,
    SHORT_SECRET,
    SAME_SECRET,
    SECRET_IN_URL,
    TYPO,
    UNUSED,
    UNDECLARED,
    DEFAULTS_DIFFER,
    TOGETHER,
    CONDITION,
    PARTS_DIFFER,
    PARTS_INCOMPLETE,
    FILE_OPEN,
    PATTERN,
    PATH,
    DOTENV,
    CYCLE,
    CARRIAGE_RETURN,
    BYTE_ORDER_MARK,
    DRIVER,
    SECRET_FLAG,
    NOT_TEXT,
];
