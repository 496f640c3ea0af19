//! What a type demands, in words for people.

use crate::{Bounds, Type};

impl Type {
    /// What a value must be: `a port`, `a whole number, 1 to 512`, `one of json, text`.
    pub fn in_words(&self) -> String {
        match self {
            Self::String => "text".to_owned(),
            Self::Secret => "a secret".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Int(bounds) => within("a whole number", bounds, i64::to_string),
            Self::Float(bounds) => within("a number", bounds, f64::to_string),
            Self::Port(bounds) => within("a port", bounds, u16::to_string),
            Self::Url { schemes } => with("a URL", ": ", schemes),
            Self::Host => "a host name or IP address".to_owned(),
            Self::Address => "host:port".to_owned(),
            Self::Email => "an e-mail address".to_owned(),
            Self::Duration(bounds) => within("a duration such as 30s", bounds, |bound| format!("{bound:?}")),
            Self::Bytes(bounds) => within("a size such as 10MiB", bounds, |bound| format!("{bound} bytes")),
            Self::Enum { values } => with("one of", " ", values),
            Self::List { values } => with("a list separated by commas", " of ", values),
            Self::Json => "a JSON document".to_owned(),
            Self::Path { must } => {
                let words = crate::Access::WORDS.iter().filter(|(_, access)| must.contains(access));
                with("a path", ", which must be: ", &words.map(|(word, _)| (*word).to_owned()).collect::<Vec<_>>())
            }
            Self::Uuid => "a UUID".to_owned(),
            Self::Semver => "a version such as 1.2.3".to_owned(),
            Self::Ip => "an IP address".to_owned(),
            Self::Cidr => "a network such as 10.0.0.0/8".to_owned(),
            Self::Regex => "a regular expression".to_owned(),
        }
    }
}

fn within<T: PartialOrd>(words: &str, bounds: &Bounds<T>, tell: impl Fn(&T) -> String) -> String {
    bounds.in_words(tell).map_or_else(|| words.to_owned(), |bounds| format!("{words}, {bounds}"))
}

fn with(words: &str, join: &str, list: &[String]) -> String {
    if list.is_empty() { words.to_owned() } else { format!("{words}{join}{}", list.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_schemes_and_words_are_told() {
        assert_eq!(Type::Port(Bounds::default()).in_words(), "a port");
        assert_eq!(Type::Int(Bounds { min: Some(1), max: Some(5) }).in_words(), "a whole number, 1 to 5");
        assert_eq!(Type::Url { schemes: vec!["http".into(), "https".into()] }.in_words(), "a URL: http, https");
        assert_eq!(Type::url().in_words(), "a URL");
        assert_eq!(Type::Enum { values: vec!["a".into(), "b".into()] }.in_words(), "one of a, b");
        let must = vec![crate::Access::Readable];
        assert_eq!(Type::Path { must }.in_words(), "a path, which must be: readable");
    }
}
