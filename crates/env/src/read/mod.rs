//! Reading a text as a type: the order of the rules, and the words for what was expected.
//!
//! Read [`Variable::read`] first. What a rule tells never holds the text, but for types in which nobody writes a secret.

mod address;
mod number;
mod text;
mod url;

use crate::{Access, Bounds, ExpandError, Type, Typed, Variable, duration, problem::Breach, rules, suspicious};
use bootproof_core::Secret;
use std::io::ErrorKind;

pub(crate) use self::url::{Parts, decoded, driver_of};
pub use number::bytes;
pub(crate) use number::{BOOL, DURATION, bool_of};

type Read<T> = Result<T, Breach>;

impl Variable {
    /// Reads `text` as a value of this variable: its type, its length, its pattern, and what no value should be.
    ///
    /// # Errors
    /// The first rule that `text` breaks; what it tells carries nothing of `text` that may be secret.
    pub fn read(&self, text: &str) -> Result<Typed, Breach> {
        let reads_braces = matches!(self.kind, Type::Regex | Type::Json);
        if let Some(to) = suspicious::reference(text).filter(|_| !reads_braces) {
            suspicious::of_any_text(text)?;
            // A piece of a password may look like a reference.
            let told = !self.is_secret() && (!text.contains('@') || suspicious::is_capitals(to));
            let to = if told { format!("the reference `${{{to}}}`") } else { "a `${...}` reference".to_owned() };
            return Err(Breach::new(rules::UNRESOLVED, format!("holds {to}, and nothing replaced it")));
        }
        self.read_filled(text)
    }

    /// The same for a text whose references were replaced: what looks like one now was written so on purpose.
    ///
    /// # Errors
    /// As [`Variable::read`].
    pub fn read_filled(&self, text: &str) -> Result<Typed, Breach> {
        suspicious::of_any_text(text)?;
        if suspicious::keeps_quotes(text) && self.kind != Type::Json {
            return Err(Breach::new(rules::KEPT_QUOTES, "stands in quotes that nothing took off"));
        }
        if suspicious::is_service_link(&self.kind, text) {
            return Err(Breach::new(
                rules::SERVICE_LINK,
                "holds a Kubernetes service link, which somebody else's pod put there",
            ));
        }
        let typed = match self.kind.read(text, self.is_secret()) {
            // A word that is declared as allowed is no placeholder.
            Ok(typed) if matches!(self.kind, Type::Enum { .. }) => typed,
            _ if suspicious::is_placeholder(text) => {
                return Err(Breach::new(rules::PLACEHOLDER, "still holds a placeholder"));
            }
            read => read?,
        };
        self.check_length(text, &typed)?;
        match &self.pattern {
            Some(pattern) if !pattern.matches(text) => {
                Err(Breach::new(rules::PATTERN, format!("does not match its pattern `{}`", pattern.source())))
            }
            _ => Ok(typed),
        }
    }

    fn check_length(&self, text: &str, typed: &Typed) -> Read<()> {
        let (length, unit) = match typed {
            Typed::List(items) => (items.len(), "items"),
            _ => (text.chars().count(), "characters"),
        };
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        if self.length.allow(&length) {
            return Ok(());
        }
        let allowed = self.length.in_words(u32::to_string).unwrap_or_default();
        let secret = self.is_secret();
        let is_short = secret && self.length.min.is_some_and(|min| length < min);
        let rule = if is_short { rules::SHORT_SECRET } else { rules::OUT_OF_RANGE };
        // How long a secret is helps whoever guesses.
        let told = if secret { String::new() } else { format!(" has {length} {unit};") };
        Err(Breach::new(
            rule,
            if secret {
                format!("must have {allowed} {unit}")
            } else {
                format!("{told} it must have {allowed}").trim_start().to_owned()
            },
        ))
    }
}

impl Type {
    /// Reads `text`, which is told in a breach only when it is not `secret` and of a type in which nobody writes one.
    fn read(&self, text: &str, secret: bool) -> Read<Typed> {
        let quote = Quote { text, told: !secret && self.may_be_told() };
        match self {
            Self::String | Self::Secret => Ok(Typed::Text(Secret::new(text))),
            Self::Bool => number::boolean(quote).map(Typed::Bool),
            Self::Int(bounds) => number::int(quote, bounds).map(Typed::Int),
            Self::Float(bounds) => number::float(quote, bounds).map(Typed::Float),
            Self::Port(bounds) => number::port(quote, bounds, "a port number").map(Typed::Port),
            Self::Url { schemes } => url::read(text, schemes),
            Self::Host => address::host(text).map(Typed::Host).ok_or_else(|| quote.not(address::HOST)),
            Self::Address => address::host_and_port(quote).map(|(host, port)| Typed::Address(host, port)),
            Self::Email => text::email(quote),
            Self::Duration(bounds) => {
                let length = duration(text).ok_or_else(|| quote.not(number::DURATION))?;
                quote.within(length, bounds, |bound| format!("`{bound:?}`")).map(Typed::Duration)
            }
            Self::Bytes(bounds) => {
                let size = bytes(text).ok_or_else(|| quote.not(number::BYTES))?;
                quote.within(size, bounds, |bound| format!("{bound} bytes")).map(Typed::Bytes)
            }
            Self::Enum { values } => text::one_of(quote, values, secret),
            Self::List { values } => text::list(quote, values, secret),
            Self::Json => text::json(quote),
            Self::Path { .. } => text::path(quote),
            Self::Uuid => {
                text.parse().map(Typed::Uuid).map_err(|_| quote.not("a UUID (8-4-4-4-12 hexadecimal digits)"))
            }
            Self::Semver => text.parse().map(Typed::Semver).map_err(|_| quote.not("a version such as `1.2.3`")),
            Self::Ip => text.parse().map(Typed::Ip).map_err(|_| quote.not("an IP address")),
            Self::Cidr => text.parse().map(Typed::Cidr).map_err(|_| quote.not("a network such as `10.0.0.0/8`")),
            Self::Regex => match regex_lite::Regex::new(text) {
                Ok(_) => Ok(Typed::Text(Secret::new(text))),
                Err(_) => Err(quote.not("a regular expression")),
            },
        }
    }
}

/// A text, and whether it may be told.
#[derive(Clone, Copy)]
pub(crate) struct Quote<'a> {
    text: &'a str,
    told: bool,
}

impl Quote<'_> {
    /// At most 40 characters are told: no value that belongs here is longer.
    fn told(self) -> Option<String> {
        self.told.then(|| format!("is `{}`", self.text.chars().take(40).collect::<String>()))
    }

    /// It is not `expected`.
    fn not(self, expected: &str) -> Breach {
        let told = self.told().map_or_else(|| format!("is not {expected}"), |told| format!("{told}, not {expected}"));
        Breach::new(rules::WRONG_TYPE, told)
    }

    fn out_of_range(self, allowed: &str) -> Breach {
        let told = self.told().unwrap_or_else(|| "is out of range".into());
        Breach::new(rules::OUT_OF_RANGE, format!("{told}; it must be {allowed}"))
    }

    fn within<T: PartialOrd>(self, value: T, bounds: &Bounds<T>, tell: impl Fn(&T) -> String) -> Read<T> {
        if bounds.allow(&value) {
            Ok(value)
        } else {
            Err(self.out_of_range(&bounds.in_words(tell).unwrap_or_default()))
        }
    }
}

/// What is wrong with a path that must be or allow something.
pub(crate) fn path_breach(access: Access, error: &std::io::Error) -> Breach {
    let tells = match (access, error.kind()) {
        (_, ErrorKind::NotFound) => "names something that does not exist".to_owned(),
        (Access::Folder, ErrorKind::NotADirectory) => "names something that is no folder".to_owned(),
        (Access::Readable, ErrorKind::PermissionDenied) => "names something that this user may not read".to_owned(),
        (Access::Writable, ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            "names something that this user may not write".to_owned()
        }
        (_, other) => format!("names something that cannot be looked at: {other}"),
    };
    Breach::new(rules::PATH, tells)
}

/// Why a reference cannot be replaced. Names only variables.
pub(crate) fn reference_trouble<E>(error: &ExpandError<E>) -> String {
    match error {
        ExpandError::Unset { name } => format!("refers to `${{{name}}}`, which is not set"),
        ExpandError::Required { name, message } if message.is_empty() => {
            format!("refers to `{name}`, which it requires to be set")
        }
        ExpandError::Required { name, message } => {
            format!("refers to `{name}`, which it requires to be set: {message}")
        }
        ExpandError::TooLarge => "is larger than 1 MiB once its references are replaced".to_owned(),
        ExpandError::Lookup(_) => "refers to what cannot be had".to_owned(),
    }
}

/// Why a secret file cannot be read.
pub(crate) fn unreadable(kind: ErrorKind) -> String {
    match kind {
        ErrorKind::NotFound => "there is no such file".into(),
        ErrorKind::IsADirectory => "it is a directory".into(),
        ErrorKind::InvalidData => "it is not UTF-8 text".into(),
        ErrorKind::InvalidInput => "it is not a regular file".into(),
        ErrorKind::FileTooLarge => "it is larger than 1 MiB".into(),
        other => other.to_string(),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
