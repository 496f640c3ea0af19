//! Each rule told in its own words, where values come from, and that no secret is ever told.

mod failed;
mod layers;
mod properties;
mod rules;
mod several;

use crate::{
    Access, Alias, Bounds, Condition, Count, Demand, DotenvFile, Environments, Group, Override, Resolved, Schema,
    SecretFile, Severity, Sources, Together, Type, Variable, World, dotenv, resolve,
};
use bootproof_core::{Environment, Secret, Vars};
use jiff::civil::Date;
use std::{io, path::Path};

fn schema(variables: impl IntoIterator<Item = Variable>) -> Schema {
    Schema::of(variables)
}

fn vars(pairs: &[(&str, &str)]) -> Vars {
    Vars::from_pairs("process", pairs.iter().copied())
}

/// Four files: one good, one empty, one forbidden, one that others may read. Anything else does not exist. It is 23 November 2026.
struct Four;

impl World for Four {
    fn secret_file(&self, path: &Path) -> io::Result<SecretFile> {
        let (text, readable_by_others) = match path.to_str() {
            Some("/run/good") => ("s3cret-text\n", false),
            Some("/run/open") => ("s3cret-text", true),
            Some("/run/empty") => ("\n", false),
            Some("/run/forbidden") => return Err(io::ErrorKind::PermissionDenied.into()),
            _ => return Err(io::ErrorKind::NotFound.into()),
        };
        Ok(SecretFile { text: Secret::new(text), readable_by_others, writable_by_others: false })
    }

    fn check(&self, path: &Path, access: Access) -> io::Result<()> {
        match (path.to_str(), access) {
            (Some("/run/good"), Access::Writable) => Err(io::ErrorKind::PermissionDenied.into()),
            (Some("/run/good"), Access::Folder) => Err(io::ErrorKind::NotADirectory.into()),
            (Some("/run/good"), _) => Ok(()),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn today(&self) -> Date {
        Date::constant(2026, 11, 23)
    }
}

fn run(schema: &Schema, pairs: &[(&str, &str)], environment: Environment) -> Resolved {
    resolve(schema, &Sources::process(&vars(pairs)), environment, &Four)
}

/// With .env files, the one that wins first.
fn run_files(schema: &Schema, pairs: &[(&str, &str)], files: &[(&str, &str)]) -> Resolved {
    let read = |(path, text): &(&str, &str)| DotenvFile { path: (*path).into(), content: Ok(dotenv::parse(text)) };
    let files: Vec<DotenvFile> = files.iter().map(read).collect();
    resolve(schema, &Sources::process(&vars(pairs)).files(&files), Environment::Test, &Four)
}

fn all_told(resolved: &Resolved) -> Vec<String> {
    resolved.problems.iter().map(ToString::to_string).collect()
}

fn port() -> Type {
    Type::Port(Bounds::default())
}

fn list() -> Type {
    Type::List { values: vec![] }
}

/// What is told about one variable in staging.
fn told(variable: Variable, pairs: &[(&str, &str)]) -> Vec<String> {
    run(&schema([variable]), pairs, Environment::Staging).problems.iter().map(ToString::to_string).collect()
}

/// Text and source of one variable in staging that has no problem.
fn value(variable: Variable, pairs: &[(&str, &str)]) -> Option<(String, String)> {
    let name = variable.name.clone();
    let resolution = run(&schema([variable]), pairs, Environment::Staging);
    assert_eq!(resolution.problems, []);
    resolution.vars.value(&name).map(|v| (v.text.reveal().to_owned(), v.source.clone()))
}

fn set(text: &str, source: &str) -> Option<(String, String)> {
    Some((text.into(), source.into()))
}

fn plain(kind: Type) -> Variable {
    Variable::new("NAME", kind)
}
