//! References in a text, as Compose reads them: `$NAME`, `${NAME}`, `:-` `-` `:?` `?` `:+` `+` with what follows read
//! the same
//! way, and `$$` for a dollar. A `$` before anything else is a dollar.

use bootproof_core::{Secret, SecretBuilder};

/// How deep defaults in defaults may go.
const DEEPEST: usize = 32;
/// The largest text that comes out, in bytes: a value that refers to large ones many times ends here.
const LARGEST: usize = 1 << 20;

/// Where values come from.
pub(super) trait Lookup {
    /// The value of `name`; `None` when it is not set.
    fn value(&self, name: &str) -> Option<&str>;
}

/// Why references cannot be filled in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// A `${` that is not closed or has no name or no known form behind it.
    Format(&'static str),
    /// `${NAME:?message}`, and there is no value.
    Required { name: String, message: String },
}

/// What came of a text.
#[derive(Debug, Default)]
pub(super) struct Filled {
    pub text: Secret,
    /// The names that were looked at, in order.
    pub names: Vec<String>,
    /// Those of them that are not set and have no default.
    pub unset: Vec<String>,
}

/// `text` with its references filled in.
pub(super) fn fill(text: &str, values: &dyn Lookup) -> Result<Filled, Problem> {
    let mut filling = Filling { values, out: SecretBuilder::default(), filled: Filled::default() };
    filling.sequence(text, 0)?;
    Ok(Filled { text: filling.out.finish(), ..filling.filled })
}

struct Filling<'a> {
    values: &'a dyn Lookup,
    out: SecretBuilder,
    filled: Filled,
}

impl Filling<'_> {
    fn sequence(&mut self, text: &str, depth: usize) -> Result<(), Problem> {
        if depth > DEEPEST {
            return Err(Problem::Format("defaults are nested too deep"));
        }
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            self.push(&rest[..at])?;
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                self.push("$")?;
                rest = after;
            } else if let Some(inside) = rest.strip_prefix('{') {
                let end = closing(inside).ok_or(Problem::Format("`${` has no `}`"))?;
                self.braced(&inside[..end], depth)?;
                rest = &inside[end + 1..];
            } else {
                let (name, after) = split_name(rest);
                rest = after;
                if name.is_empty() { self.push("$")? } else { self.plain(name)? }
            }
        }
        self.push(rest)
    }

    fn push(&mut self, text: &str) -> Result<(), Problem> {
        if self.out.reveal().len() + text.len() > LARGEST {
            return Err(Problem::Format("the text is too large once its references are filled in"));
        }
        self.out.push_str(text);
        Ok(())
    }

    fn plain(&mut self, name: &str) -> Result<(), Problem> {
        self.filled.names.push(name.to_owned());
        match self.values.value(name) {
            Some(value) => self.push(value),
            None => {
                self.filled.unset.push(name.to_owned());
                Ok(())
            }
        }
    }

    /// What stands between `${` and `}`.
    fn braced(&mut self, inside: &str, depth: usize) -> Result<(), Problem> {
        let (name, form) = split_name(inside);
        if name.is_empty() {
            return Err(Problem::Format("`${` is not followed by the name of a variable"));
        }
        if form.is_empty() {
            return self.plain(name);
        }
        let colon = form.starts_with(':');
        let form = form.strip_prefix(':').unwrap_or(form);
        let value = self.values.value(name).filter(|value| !(colon && value.is_empty()));
        self.filled.names.push(name.to_owned());
        match (form.as_bytes().first(), value) {
            (Some(b'-' | b'?'), Some(value)) => self.push(value),
            (Some(b'-'), None) | (Some(b'+'), Some(_)) => self.sequence(&form[1..], depth + 1),
            (Some(b'+'), None) => Ok(()),
            (Some(b'?'), None) => Err(Problem::Required { name: name.to_owned(), message: form[1..].to_owned() }),
            _ => Err(Problem::Format("what follows the name in `${` is none of `:-`, `-`, `:?`, `?`, `:+` and `+`")),
        }
    }
}

/// The name at the start of `text`, and what follows it.
fn split_name(text: &str) -> (&str, &str) {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return ("", text);
    }
    text.split_at(text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len()))
}

/// The `}` that closes the reference whose `${` stands before `text`.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1_usize;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'}' => open -= 1,
            b'{' if at > 0 && bytes[at - 1] == b'$' => open += 1,
            _ => {}
        }
        if open == 0 {
            return Some(at);
        }
    }
    None
}
