//! How much of a value may be shown: all of it, an address without its credentials, or nothing.

use crate::{Resolved, Schema, Typed, Variable, read, sounds_secret, suspicious};
use bootproof_core::{Masker, Secret, mask_url};
use std::collections::HashSet;

/// Shorter secrets are met in other texts by chance.
const TELLING: usize = 4;

/// What may be shown of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// All of it.
    Whole(String),
    /// The rest of it, with `***` for what is secret.
    Partly(String),
    /// Nothing.
    Hidden,
}

impl Variable {
    /// What may be shown of `text` as a value of this variable. Nothing of a secret or of a JSON document with one in it, and nothing
    /// of what is not of its type: a password may have been put into the wrong variable.
    pub fn show(&self, text: &str) -> Shown {
        if self.is_secret() || self.read_filled(text).is_err() || suspicious::json_holds_secret(text) {
            return Shown::Hidden;
        }
        if !may_carry_credentials(text) {
            return Shown::Whole(text.to_owned());
        }
        partly(text, mask_url(text))
    }
}

impl Variable {
    /// Whether all of a text of this variable's type may be shown.
    pub(crate) fn may_show_all(&self, text: &str) -> bool {
        !self.is_secret()
            && !suspicious::carries_secret(text)
            && (!may_carry_credentials(text) || mask_url(text) == text)
    }
}

impl Resolved {
    /// The texts that must not be seen in any other value: those of the secrets of `schema`, passwords in URLs, and what is not
    /// declared but named like a password. Short ones, and those that everybody knows, are left out.
    pub fn secrets(&self, schema: &Schema) -> Vec<Secret> {
        let all = schema.variables.iter().zip(&self.declared);
        let own = all
            .filter(|(variable, _)| variable.is_secret())
            .filter_map(|(_, (_, set))| Some(set.as_ref()?.text.clone()));
        let urls = self.set().filter(|(_, set)| matches!(set.typed, Some(Typed::Url(_))));
        let inside = urls.filter_map(|(_, set)| read::Parts::of(set.text.reveal())?.password());
        let declared: HashSet<&str> = self.set().map(|(name, _)| name).collect();
        let others = self.vars.iter().filter(|(name, _)| !declared.contains(name) && sounds_secret(name));
        let others = others.map(|(_, value)| value.text.clone());
        let telling = |secret: &Secret| secret.reveal().len() >= TELLING && !suspicious::is_known(secret.reveal());
        own.chain(inside).chain(others).filter(telling).collect()
    }

    /// Takes the [`secrets`](Self::secrets) out of any text.
    pub fn masker(&self, schema: &Schema) -> Masker {
        let secrets = self.secrets(schema);
        Masker::new(secrets.iter().map(Secret::reveal))
    }
}

impl Shown {
    /// The same without any of the secrets that a value may have been put together from.
    pub fn without(self, secrets: &Masker) -> Self {
        match self {
            Self::Whole(text) => partly(&text, secrets.mask(&text)),
            Self::Partly(text) => Self::Partly(secrets.mask(&text)),
            Self::Hidden => Self::Hidden,
        }
    }

    /// The text, if any of it may be shown.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Whole(text) | Self::Partly(text) => Some(text),
            Self::Hidden => None,
        }
    }

    /// Whether it is not all that there is.
    pub fn is_masked(&self) -> bool {
        !matches!(self, Self::Whole(_))
    }
}

/// What is left of `text`.
fn partly(text: &str, masked: String) -> Shown {
    match masked {
        masked if masked == text => Shown::Whole(masked),
        masked if masked == "***" => Shown::Hidden,
        masked => Shown::Partly(masked),
    }
}

/// Whether it looks like an address or a list of settings of a driver, whatever it was declared as.
fn may_carry_credentials(text: &str) -> bool {
    let user_and_password = || text.split_once('@').is_some_and(|(before, _)| before.contains(':'));
    let setting = || {
        let text = text.to_ascii_lowercase();
        ["password", "passwd", "pwd", "secret", "token", "key"].iter().any(|word| text.contains(&format!("{word}=")))
    };
    text.contains("://") || user_and_password() || setting()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sources, System, Type, resolve};
    use bootproof_core::{Environment, Vars};

    fn string(text: &str) -> Shown {
        Variable::new("A", Type::String).show(text)
    }

    #[test]
    fn plain_values_are_shown_whole_and_addresses_without_their_credentials() {
        assert_eq!(string("hello world"), Shown::Whole("hello world".into()));
        assert_eq!(string("redis://cache:6379/0"), Shown::Whole("redis://cache:6379/0".into()));
        for text in [
            "redis://:s3cr3t-pa55@cache/0",
            "redis://u:s3cr3t%2Dpa55@cache/0",
            "u:s3cr3t-pa55@tcp(cache:1)/x",
            "host=cache password=s3cr3t-pa55",
        ] {
            let shown = string(text);
            assert!(shown.is_masked() && !shown.text().unwrap_or_default().contains("pa55"), "{text} {shown:?}");
        }
        assert_eq!(
            Variable::new("A", Type::url()).show("redis://u:p@cache/0"),
            Shown::Partly("redis://***@cache/0".into())
        );
    }

    #[test]
    fn nothing_is_shown_of_secrets_and_of_what_is_not_of_its_type() {
        assert_eq!(Variable::new("A", Type::Secret).show("x"), Shown::Hidden);
        assert_eq!(Variable::new("A_TOKEN", Type::String).show("x"), Shown::Hidden);
        assert_eq!(Variable::new("A", Type::url()).show("s3cr3t-pa55"), Shown::Hidden);
    }

    #[test]
    fn a_secret_is_not_seen_in_what_was_put_together_from_it() {
        let schema = Schema::of([Variable::new("KEY", Type::Secret), Variable::new("URL", Type::url())]);
        let vars = Vars::from_pairs(
            "process",
            [("KEY", "s3cr3t-one"), ("URL", "redis://:s3cr3t-two@h"), ("THEIR_TOKEN", "s3cr3t-three")],
        );
        let resolved = resolve(&schema, &Sources::process(&vars), Environment::Test, &System);
        let secrets = resolved.masker(&schema);
        let shown = |text: &str| Shown::Whole(text.into()).without(&secrets);
        assert_eq!(shown("a s3cr3t-one b s3cr3t-two"), Shown::Partly("a *** b ***".into()));
        assert_eq!(shown("s3cr3t-one"), Shown::Hidden);
        assert_eq!(shown("s3cr3t-three"), Shown::Hidden, "named like a password, though nobody declared it");
        assert_eq!(shown("another"), Shown::Whole("another".into()));
        let known = Vars::from_pairs("process", [("KEY", "password")]);
        assert!(resolve(&schema, &Sources::process(&known), Environment::Test, &System).secrets(&schema).is_empty());
    }
}
