//! What a ConfigMap and a Secret have in common: the name of the object, the keys, the size.
//!
//! The rules are those of Kubernetes' `apimachinery/pkg/util/validation`: the name of an object is a DNS-1123 subdomain,
//! a key passes `IsConfigMapKey`, and `envFrom` makes a variable only of a key that passes `IsEnvVarName`. Values from
//! `envFrom` are not expanded: a `$(X)` stays as it is.

use super::{ExportError, Sheet, yaml};

/// `MaxSecretSize`: what the values of one object may have together, in bytes; a ConfigMap has the same limit.
pub(super) const MOST_BYTES: usize = 1024 * 1024;
/// The longest DNS-1123 subdomain, and the longest key.
const LONGEST_NAME: usize = 253;

/// `given` as a DNS-1123 subdomain: in lower case, with a `-` for every other ASCII character that may not stand there, and
/// without `-` and `.` where none may be.
///
/// # Errors
/// Nothing is left, it is too long, or it holds letters beyond ASCII, for which a `-` would be a guess.
pub(super) fn object_name(given: &str) -> Result<String, ExportError> {
    let refused = |why| Err(ExportError::ObjectName { name: given.to_owned(), why });
    if !given.is_ascii() {
        return refused("it has characters beyond ASCII");
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' };
    let all: String = given.chars().map(plain).collect();
    let labels: Vec<&str> = all.split('.').map(|l| l.trim_matches('-')).filter(|l| !l.is_empty()).collect();
    match labels.join(".") {
        name if name.is_empty() => refused("it has no letter and no digit"),
        name if name.len() > LONGEST_NAME => refused("it is longer than 253 characters"),
        name => Ok(name),
    }
}

pub(super) fn refuses_name(name: &str) -> Option<&'static str> {
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        Some("a variable's name cannot begin with a digit in Kubernetes")
    } else if !name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)) {
        Some("a key has only letters, digits, `-`, `_` and `.`")
    } else if name == "." || name.starts_with("..") {
        Some("a key is not `.` and does not begin with `..`")
    } else if name.len() > LONGEST_NAME {
        Some("a key has at most 253 characters")
    } else {
        None
    }
}

/// Everything before the variables.
pub(super) fn write_head(sheet: &mut Sheet, kind: &str, object: &str) {
    sheet.push_all(&["apiVersion: v1\nkind: ", kind, "\nmetadata:\n  name: "]);
    yaml::push_string(sheet, object);
    sheet.push('\n');
}
