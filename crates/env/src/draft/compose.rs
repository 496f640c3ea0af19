//! The Compose file: its services, and no more of them than a draft needs.

use super::image::{Image, image};
use crate::{Server, Template};
use bootproof_core::Secret;
use serde::{Deserialize, Deserializer, de};
use std::{collections::BTreeMap, fmt};

/// The names of Compose files, the one that Compose takes first.
pub(super) const NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// What of a Compose file is looked at.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Compose {
    pub name: Option<String>,
    #[serde(default)]
    services: BTreeMap<String, Option<Service>>,
}

/// A service.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Service {
    image: Option<String>,
    build: Option<de::IgnoredAny>,
    #[serde(default)]
    pub environment: Pairs,
    #[serde(default)]
    env_file: Files,
    #[serde(default)]
    ports: Vec<Port>,
}

/// `environment`: a map, or a list of `NAME=value`. A name without a value is handed on from outside.
#[derive(Debug, Default)]
pub(super) struct Pairs(pub Vec<(String, Option<Secret>)>);

/// `env_file`: a path, or a list of paths or of `{ path, required }`.
#[derive(Debug, Default)]
struct Files(Vec<String>);

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Port {
    Number(u16),
    Short(String),
    Long { target: Target, published: Option<de::IgnoredAny> },
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Target {
    Number(u16),
    Text(String),
}

/// Why a Compose file cannot be read: the line, and nothing of what stands there, which may be a secret.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ComposeError {
    line: Option<u64>,
}

impl fmt::Display for ComposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it is no Compose file that can be read")?;
        self.line.map_or(Ok(()), |line| write!(f, " (line {line})"))
    }
}

impl Compose {
    pub fn parse(text: &str) -> Result<Self, ComposeError> {
        serde_saphyr::from_str(text).map_err(|error| ComposeError { line: error.location().map(|at| at.line()) })
    }

    /// The services that run the project's own programs: those that are built here, else those of no well-known image.
    pub fn own(&self) -> Vec<(&str, &Service)> {
        let all = || self.services.iter().filter_map(|(name, service)| Some((name.as_str(), service.as_ref()?)));
        let built: Vec<_> =
            all().filter(|(_, service)| service.build.is_some() && service.kind() == Image::Own).collect();
        if built.is_empty() { all().filter(|(_, service)| service.kind() == Image::Own).collect() } else { built }
    }

    /// The servers that it runs, with the names of their services.
    pub fn servers(&self) -> Vec<(&str, Server)> {
        let server = |service: &Service| match service.kind() {
            Image::Server(server) => Some(server),
            _ => None,
        };
        self.services.iter().filter_map(|(name, service)| Some((name.as_str(), server(service.as_ref()?)?))).collect()
    }

    /// Services of other well-known images.
    pub fn others(&self) -> Vec<&str> {
        let is_other =
            |service: &Option<Service>| service.as_ref().is_some_and(|service| service.kind() == Image::Other);
        self.services.iter().filter(|(_, service)| is_other(service)).map(|(name, _)| name.as_str()).collect()
    }

    pub fn len(&self) -> usize {
        self.services.len()
    }
}

impl Service {
    /// One that is built and names an image gives the image its name.
    fn kind(&self) -> Image {
        match (&self.build, &self.image) {
            (None, Some(name)) => image(name),
            _ => Image::Own,
        }
    }

    pub fn env_files(&self) -> impl Iterator<Item = &str> {
        self.env_file.0.iter().map(String::as_str)
    }

    /// The first port that it publishes, as it is inside the container: what the program listens on.
    pub fn port(&self) -> Option<u16> {
        self.ports.iter().find_map(Port::target)
    }
}

impl Port {
    fn target(&self) -> Option<u16> {
        match self {
            Self::Number(port) => Some(*port),
            Self::Long { published: None, .. } => None,
            Self::Long { target: Target::Number(port), .. } => Some(*port),
            Self::Long { target: Target::Text(text), .. } | Self::Short(text) => target(text),
        }
    }
}

/// `127.0.0.1:8080:80/tcp`: 80. References are taken for what they are when nothing is set.
fn target(text: &str) -> Option<u16> {
    let text = Template::parse(text).ok()?.expand(&mut |_| Ok::<_, ()>(None)).ok()?;
    text.reveal().rsplit(':').next()?.split('/').next()?.parse().ok().filter(|port| *port != 0)
}

/// The names that `text` refers to with `${NAME}` or `$NAME`.
pub(super) fn references(text: &str) -> Vec<&str> {
    let after = text.split('$').skip(1).map(|rest| rest.trim_start_matches('{'));
    let name = |rest: &'_ str| rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    after.map(|rest| &rest[..name(rest)]).filter(|name| !name.is_empty()).collect()
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PairsVisitor)
    }
}

/// Not an untagged enum: that would make numbers of texts such as `0755` before they are read.
struct PairsVisitor;

impl<'de> de::Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map or a list of NAME=value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Pairs, E> {
        Ok(Pairs::default())
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut pairs = vec![];
        while let Some((name, value)) = map.next_entry::<String, Option<String>>()? {
            pairs.push((name, value.map(Secret::new)));
        }
        Ok(Pairs(pairs))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Pairs, A::Error> {
        let mut pairs = vec![];
        while let Some(line) = seq.next_element::<String>()? {
            let line = Secret::new(line);
            pairs.push(match line.reveal().split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(Secret::new(value))),
                None => (line.reveal().to_owned(), None),
            });
        }
        Ok(Pairs(pairs))
    }
}

impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum One {
            Path(String),
            Table { path: String },
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Any {
            One(One),
            Many(Vec<One>),
        }
        let path = |one| match one {
            One::Path(path) | One::Table { path } => path,
        };
        Ok(Self(match Option::<Any>::deserialize(deserializer)? {
            None => vec![],
            Some(Any::One(one)) => vec![path(one)],
            Some(Any::Many(many)) => many.into_iter().map(path).collect(),
        }))
    }
}

#[cfg(test)]
#[path = "compose_tests.rs"]
mod tests;
