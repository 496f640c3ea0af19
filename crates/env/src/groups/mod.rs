//! Ready-made groups: what one line of a schema stands for.
//!
//! Read [`Group`] first. A group knows the usual names of a service, their types and what holds between them; a group of a server knows
//! a URL and its parts, which resolving makes into ONE value that checker and program both use.

mod clickhouse;
mod http_server;
mod jwt;
mod mysql;
mod postgres;
mod redis;

use crate::{Bounds, Condition, Connection, Demand, Environments, Schema, Together, Type, Variable};
use bootproof_core::{Environment, nearest};

/// What a group adds to a schema.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    /// Its variables.
    pub variables: Vec<Variable>,
    /// The URL with its parts, of a group of a server.
    pub connection: Option<Connection>,
    /// Rules over several of them.
    pub together: Vec<Together>,
    /// Conditions.
    pub conditions: Vec<Demand>,
}

impl Group {
    /// The names of all groups.
    pub const NAMES: [&'static str; 6] = ["postgres", "mysql", "redis", "clickhouse", "jwt", "http-server"];

    /// The group `name`, with `prefix` before the name of each variable, required in `required`: staging and production unless said
    /// otherwise.
    ///
    /// # Errors
    /// The nearest name, when there is no such group.
    pub fn named(name: &str, prefix: &str, required: Option<Environments>) -> Result<Self, Option<&'static str>> {
        let required = required.unwrap_or_else(|| Environment::ALL.into_iter().filter(|e| e.is_deployed()).collect());
        let names = Names { prefix, required };
        match name {
            "postgres" => Ok(postgres::group(&names)),
            "mysql" => Ok(mysql::group(&names)),
            "redis" => Ok(redis::group(&names)),
            "clickhouse" => Ok(clickhouse::group(&names)),
            "jwt" => Ok(jwt::group(&names)),
            "http-server" => Ok(http_server::group(&names)),
            other => Err(nearest(other, Self::NAMES)),
        }
    }
}

impl Schema {
    /// Adds a group. A variable that is declared already stays as it is: a line of the user's own wins over the group's.
    pub fn add(&mut self, group: Group) {
        for variable in group.variables {
            if !self.variables.iter().any(|own| own.name == variable.name) {
                self.variables.push(variable);
            }
        }
        self.connections.extend(group.connection);
        self.together.extend(group.together);
        self.conditions.extend(group.conditions);
    }
}

/// The names of a group and where it is required.
struct Names<'a> {
    prefix: &'a str,
    required: Environments,
}

impl Names<'_> {
    fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn variable(&self, name: &str, kind: Type, docs: &str) -> Variable {
        Variable::new(self.name(name), kind).docs(docs)
    }

    /// A variable with other usual names.
    fn known_as(&self, names: &[&str], kind: Type, docs: &str) -> Variable {
        let (first, others) = names.split_first().unwrap_or((&"", &[]));
        others.iter().fold(self.variable(first, kind, docs), |variable, other| variable.alias(self.name(other)))
    }

    fn url(&self, names: &[&str], schemes: &[&str], docs: &str) -> Variable {
        self.known_as(names, Type::Url { schemes: schemes.iter().map(|s| (*s).to_owned()).collect() }, docs)
    }
}

/// Any port.
fn port() -> Type {
    Type::Port(Bounds::default())
}

/// A condition that is written here, so that it parses: a test looks at every group.
fn condition(source: &str) -> Option<Condition> {
    Condition::parse(source).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_is_whole_and_unknown_ones_are_told() {
        for name in Group::NAMES {
            let group = Group::named(name, "", None).unwrap();
            let known = |wanted: &str| group.variables.iter().any(|variable| variable.name == wanted);
            assert!(group.variables.iter().all(|variable| variable.docs.is_some()), "{name}");
            if let Some(connection) = &group.connection {
                assert!(connection.names().all(known), "{name}");
            }
            let mut names: Vec<&str> = group
                .variables
                .iter()
                .flat_map(|v| v.aliases.iter().map(|a| a.name.as_str()).chain([v.name.as_str()]))
                .collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{name} uses a name twice");
        }
        assert_eq!(Group::named("postgers", "", None), Err(Some("postgres")));
        assert_eq!(Group::named("kubernetes", "", None), Err(None));
    }

    #[test]
    fn a_prefix_stands_before_every_name() {
        let group = Group::named("redis", "CACHE_", Some(Environments::NONE)).unwrap();
        assert!(
            group
                .variables
                .iter()
                .all(|v| v.name.starts_with("CACHE_") && v.aliases.iter().all(|a| a.name.starts_with("CACHE_")))
        );
        assert!(group.connection.unwrap().names().all(|name| name.starts_with("CACHE_")));
    }

    #[test]
    fn a_line_of_the_users_own_wins() {
        let mut schema = Schema::of([Variable::new("REDIS_DB", Type::String)]);
        schema.add(Group::named("redis", "", None).unwrap());
        assert_eq!(schema.variables.iter().filter(|v| v.name == "REDIS_DB").count(), 1);
        assert_eq!(schema.variable("REDIS_DB").unwrap().kind, Type::String);
    }
}
