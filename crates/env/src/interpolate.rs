//! Compose's interpolation: `${X}`, `${X:-default}`, `${X:?message}`, `${X:+other}`, `$$`.
//!
//! Read [`Template`] first: it is parsed once, knows the names it refers to, and is expanded with a lookup of the caller's.
//! Whatever a shell would execute (`$(id)`, backticks) or expand without braces (`$X`, `$1`) is text and stays text.

mod parse;

use bootproof_core::Secret;

/// How deep defaults may nest: `${A:-${B:-c}}` is two deep. Chosen by hand: nobody reads more than a few.
pub const DEEPEST: usize = 16;

/// The largest text that an expansion may give, in bytes: 1 MiB, as for secret files. Eight times what Linux allows one
/// variable to be; chains that double their length end here.
pub const LARGEST_EXPANSION: usize = 1 << 20;

/// A text with references to other variables in it.
///
/// ```
/// use bootproof_core::Secret;
/// use bootproof_env::Template;
/// use std::convert::Infallible;
///
/// let url = Template::parse("http://${HOST}:${PORT:-80}/$$x")?;
/// assert_eq!(url.references(), ["HOST", "PORT"]);
/// let mut lookup = |name: &str| Ok::<_, Infallible>((name == "HOST").then(|| Secret::new("db")));
/// assert_eq!(url.expand(&mut lookup)?.reveal(), "http://db:80/$x");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Part>);

/// A piece of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(Secret),
    Reference(Reference),
}

/// `${NAME...}`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reference {
    name: String,
    form: Form,
    /// Whether the form has a colon: then a blank value counts as none.
    blank_is_unset: bool,
}

/// What a reference does besides naming a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// `${X}`
    Plain,
    /// `${X-default}`
    Default(Template),
    /// `${X?message}`
    Required(String),
    /// `${X+other}`
    Alternative(Template),
}

/// Why a text is no template. It never shows the text; `at` is the byte in it where the reference begins, from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `${` without its `}`.
    #[error("`${{` at byte {at} has no `}}`: close it, or write `$${{` for the plain text")]
    Unterminated {
        /// Where the reference begins.
        at: usize,
    },
    /// What stands after `${` is no name of a variable.
    #[error("`${{` at byte {at} is not followed by the name of a variable: write `$${{` for the plain text")]
    BadName {
        /// Where the reference begins.
        at: usize,
    },
    /// What stands after the name is none of the forms that are known.
    #[error(
        "the reference at byte {at} has an unknown form: `${{X}}`, `${{X:-default}}`, `${{X:?message}}` and `${{X:+other}}` are known"
    )]
    BadForm {
        /// Where the reference begins.
        at: usize,
    },
    /// Defaults in defaults in defaults.
    #[error("the reference at byte {at} is nested more than {DEEPEST} deep")]
    TooDeep {
        /// Where the reference begins.
        at: usize,
    },
}

/// Why a template has no value. `E` is what the caller's lookup can fail with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpandError<E> {
    /// `${X}`, and X is not set.
    #[error("`{name}` is not set")]
    Unset {
        /// The name that was referred to.
        name: String,
    },
    /// `${X?message}`, and X is not set; or `${X:?message}`, and X is not set or is blank.
    #[error("`{name}` is required{}{message}", if message.is_empty() { "" } else { ": " })]
    Required {
        /// The name that was referred to.
        name: String,
        /// What the file says about it; may be empty.
        message: String,
    },
    /// The text would be larger than [`LARGEST_EXPANSION`].
    #[error("the value is larger than {LARGEST_EXPANSION} bytes once its references are filled in")]
    TooLarge,
    /// The lookup failed.
    #[error(transparent)]
    Lookup(E),
}

/// A caller's way to find values: `None` for what is not set.
pub type Lookup<'a, E> = &'a mut dyn FnMut(&str) -> Result<Option<Secret>, E>;

impl Template {
    /// Reads a text with references.
    ///
    /// # Errors
    /// A `${` that is not closed, names nothing, has a form that is not known, or is nested too deep.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        if text.contains('$') { parse::parse(text) } else { Ok(Self::literal(text)) }
    }

    /// A text in which a `$` is a `$`.
    pub fn literal(text: impl Into<String>) -> Self {
        Self(vec![Part::Text(Secret::new(text))])
    }

    /// The text, when it refers to nothing: then there is nothing to expand.
    pub fn as_literal(&self) -> Option<&Secret> {
        match self.0.as_slice() {
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The names it refers to, in order of their appearance, those in defaults included.
    pub fn references(&self) -> Vec<&str> {
        let mut names = vec![];
        self.add_references(&mut names);
        names
    }

    fn add_references<'a>(&'a self, names: &mut Vec<&'a str>) {
        for part in &self.0 {
            let Part::Reference(reference) = part else { continue };
            names.push(&reference.name);
            if let Form::Default(inner) | Form::Alternative(inner) = &reference.form {
                inner.add_references(names);
            }
        }
    }

    /// The text with its references filled in. What `lookup` gives is taken as it is: a `$` in it means nothing. Defaults
    /// are looked into only when they are used.
    ///
    /// # Errors
    /// A plain or required reference to what is not set, a text over [`LARGEST_EXPANSION`], or the lookup's own.
    pub fn expand<E>(&self, lookup: Lookup<'_, E>) -> Result<Secret, ExpandError<E>> {
        let mut pieces = Pieces { found: vec![], size: 0 };
        self.collect(lookup, &mut pieces)?;
        Ok(pieces.joined())
    }

    fn collect<'a, E>(&'a self, lookup: Lookup<'_, E>, pieces: &mut Pieces<'a>) -> Result<(), ExpandError<E>> {
        for part in &self.0 {
            match part {
                Part::Text(text) => pieces.push(Piece::Borrowed(text))?,
                Part::Reference(reference) => reference.collect(lookup, pieces)?,
            }
        }
        Ok(())
    }
}

impl Reference {
    fn collect<'a, E>(&'a self, lookup: Lookup<'_, E>, pieces: &mut Pieces<'a>) -> Result<(), ExpandError<E>> {
        let value = lookup(&self.name).map_err(ExpandError::Lookup)?;
        let value = value.filter(|value| !(self.blank_is_unset && value.reveal().is_empty()));
        match (&self.form, value) {
            (Form::Alternative(_), None) => Ok(()),
            (Form::Alternative(other), Some(_)) => other.collect(lookup, pieces),
            (_, Some(value)) => pieces.push(Piece::Owned(value)),
            (Form::Default(default), None) => default.collect(lookup, pieces),
            (Form::Plain, None) => Err(ExpandError::Unset { name: self.name.clone() }),
            (Form::Required(message), None) => {
                Err(ExpandError::Required { name: self.name.clone(), message: message.clone() })
            }
        }
    }
}

/// What an expansion found. It is joined at the end into one allocation, so that no copy is left behind by one that grew.
struct Pieces<'a> {
    found: Vec<Piece<'a>>,
    size: usize,
}

enum Piece<'a> {
    Borrowed(&'a Secret),
    Owned(Secret),
}

impl<'a> Pieces<'a> {
    fn push<E>(&mut self, piece: Piece<'a>) -> Result<(), ExpandError<E>> {
        self.size += piece.text().len();
        if self.size > LARGEST_EXPANSION {
            return Err(ExpandError::TooLarge);
        }
        self.found.push(piece);
        Ok(())
    }

    fn joined(self) -> Secret {
        let mut text = String::with_capacity(self.size);
        for piece in &self.found {
            text.push_str(piece.text());
        }
        Secret::new(text)
    }
}

impl Piece<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Borrowed(secret) => secret.reveal(),
            Self::Owned(secret) => secret.reveal(),
        }
    }
}

#[cfg(test)]
#[path = "interpolate_tests.rs"]
mod tests;
