//! Reads what a project has, and collects what it says of each name.

use super::{
    compose::{self, Compose, Service},
    example_file,
    fact::{Facts, Origin, Seen},
};
use crate::{
    Server, Template,
    audit::{self, AuditError, ScanOptions},
    dotenv::{self, Dotenv},
    sources::dotenv_names,
};
use bootproof_core::{Environment, Secret};
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Component, Path},
};

/// Files that are made to be published, the one that usually says most first.
const EXAMPLES: [&str; 4] = [".env.example", ".env.sample", ".env.template", ".env.dist"];

/// The largest Compose file that is read, in bytes. Chosen by hand: the largest of well-known projects have 200 kB.
const LARGEST_COMPOSE: u64 = 1 << 20;

/// What a project has.
#[derive(Debug, Default)]
pub(super) struct Project {
    pub name: Option<String>,
    pub facts: Facts,
    /// The servers of the Compose file, with the names of their services.
    pub servers: Vec<(String, Server)>,
    /// The services of its own that publish a port, with the port they listen on.
    pub ports: Vec<(String, u16)>,
    pub read: Vec<String>,
    pub left_out: Vec<String>,
    /// Names that the Compose file puts into itself.
    pub interpolated: BTreeSet<String>,
}

/// Reads everything below `root`.
pub(super) fn gather(root: &Path) -> Result<Project, AuditError> {
    let scan = audit::scan(root, &ScanOptions::default())?;
    let mut project = Project { name: folder_name(root), ..Project::default() };
    for name in EXAMPLES {
        project.take_example(root, name);
    }
    let env_files = project.take_compose(root);
    for name in dotenv_names(Environment::Development).into_iter().rev().chain(env_files) {
        project.take_private(root, &name);
    }
    project.take_code(&scan);
    project.leave_out();
    Ok(project)
}

impl Project {
    fn take_example(&mut self, root: &Path, name: &str) {
        let Some(file) = self.read_dotenv(root, name) else { return };
        // It was read a moment ago: only a race leaves it without its comments.
        let text = fs::read_to_string(root.join(name)).unwrap_or_default().replace("\r\n", "\n");
        for set in &file.assignments {
            let fact = self.facts.of(&set.name);
            fact.files.push(format!("{name}:{}", set.line));
            fact.values.push(seen(&set.template, Origin::Example));
            if fact.docs.is_none() {
                fact.docs = example_file::docs_above(&text, set.line);
            }
        }
        for (other, line) in example_file::commented_names(&text) {
            self.facts.of(other).files.push(format!("{name}:{line}"));
        }
        self.read.push(format!("{name}: {}", count(file.assignments.len(), "variable")));
    }

    fn take_private(&mut self, root: &Path, name: &str) {
        if self.read.iter().any(|read| read.starts_with(&format!("{name}: "))) {
            return;
        }
        let Some(file) = self.read_dotenv(root, name) else { return };
        for set in &file.assignments {
            let fact = self.facts.of(&set.name);
            fact.files.push(format!("{name}:{}", set.line));
            fact.values.push(seen(&set.template, Origin::Private));
        }
        let names = count(file.assignments.len(), "variable");
        self.read.push(format!("{name}: {names}, names only; its values decide types and are written nowhere"));
    }

    fn read_dotenv(&mut self, root: &Path, name: &str) -> Option<Dotenv> {
        match dotenv::read(&root.join(name)) {
            Ok(file) => {
                let problems = file.iter().flat_map(|file| &file.problems);
                self.left_out.extend(problems.map(|problem| format!("{name}: {problem}")));
                file
            }
            Err(error) => {
                self.left_out.push(format!("{name}: {error}"));
                None
            }
        }
    }

    /// Reads the Compose file; gives the .env files that it names.
    fn take_compose(&mut self, root: &Path) -> Vec<String> {
        let Some(name) = compose::NAMES.into_iter().find(|name| root.join(name).exists()) else { return vec![] };
        let text = match read_text(&root.join(name)) {
            Ok(text) => text,
            Err(error) => {
                self.left_out.push(format!("{name}: it cannot be read: {error}"));
                return vec![];
            }
        };
        let compose = match Compose::parse(text.reveal()) {
            Ok(compose) => compose,
            Err(error) => {
                self.left_out.push(format!("{name}: {error}"));
                return vec![];
            }
        };
        self.interpolated.extend(compose::references(text.reveal()).into_iter().map(str::to_owned));
        self.read.push(format!("{name}: {}", count(compose.len(), "service")));
        self.take_services(name, &compose)
    }

    fn take_services(&mut self, file: &str, compose: &Compose) -> Vec<String> {
        let mut env_files = vec![];
        for (name, service) in compose.own() {
            self.take_environment(&format!("{file} (service {name})"), service);
            self.ports.extend(service.port().map(|port| (name.to_owned(), port)));
            for path in service.env_files() {
                let path = path.strip_prefix("./").unwrap_or(path);
                if Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
                    env_files.push(path.to_owned());
                } else {
                    self.left_out.push(format!("`{path}`, which {file} names: it is outside of this folder"));
                }
            }
        }
        self.servers = compose.servers().into_iter().map(|(name, server)| (name.to_owned(), server)).collect();
        self.left_out.extend(compose.others().into_iter().map(|name| {
            format!("service `{name}` of {file}: if the program needs it, add [tcp.{name}] or [http.{name}]")
        }));
        self.name = compose.name.clone().or(self.name.take());
        env_files
    }

    fn take_environment(&mut self, place: &str, service: &Service) {
        for (name, value) in &service.environment.0 {
            let fact = self.facts.of(name);
            fact.files.push(place.to_owned());
            let value = value.as_ref().filter(|value| !value.reveal().trim().is_empty());
            fact.values.extend(value.map(|value| match Template::parse(value.reveal()) {
                Ok(template) => seen(&template, Origin::Compose),
                Err(_) => Seen { text: value.clone(), origin: Origin::Compose, whole: false },
            }));
        }
    }
}

/// What a template tells. References are taken for `x`, so that the scheme before them can be seen.
fn seen(template: &Template, origin: Origin) -> Seen {
    if let Some(text) = template.as_literal() {
        return Seen { text: text.clone(), origin, whole: !text.reveal().trim().is_empty() };
    }
    let text = template.expand(&mut |_| Ok::<_, ()>(Some(Secret::new("x")))).unwrap_or_default();
    Seen { text, origin, whole: false }
}

fn folder_name(root: &Path) -> Option<String> {
    let full = root.canonicalize().ok()?;
    full.file_name()?.to_str().map(str::to_owned)
}

fn read_text(path: &Path) -> io::Result<Secret> {
    let about = fs::metadata(path)?;
    if !about.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    if about.len() > LARGEST_COMPOSE {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    fs::read_to_string(path).map(Secret::new)
}

/// `1 file`, `2 files`.
pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
