//! Which servers the project talks to, and by which ready-made group its variables are declared.

use super::{
    fact::{Fact, Facts},
    gather::Project,
    guess::scheme,
};
use crate::{Environments, Group, Server};
use std::collections::BTreeSet;

/// A group that stands for some of the project's variables.
#[derive(Debug)]
pub(super) struct Chosen {
    /// The name of the group.
    pub name: &'static str,
    pub group: Group,
    /// Where the URL, or the host with its parts, must be there; `None` as the group has it.
    pub required: Option<Environments>,
    /// `DATABASE_URL: src/db.rs:3`, one for each name that is used.
    pub whence: Vec<String>,
}

impl Chosen {
    /// The names of the variable at `at`, the canonical one first.
    pub fn names(&self, at: usize) -> impl Iterator<Item = &str> {
        let variable = &self.group.variables[at];
        [variable.name.as_str()].into_iter().chain(variable.aliases.iter().map(|alias| alias.name.as_str()))
    }

    pub fn knows(&self, name: &str) -> bool {
        (0..self.group.variables.len()).any(|at| self.names(at).any(|own| own == name))
    }

    /// The variable that holds the URL.
    pub fn url(&self) -> &str {
        self.group.connection.as_ref().map_or("", |connection| &connection.url)
    }
}

/// The group of a server.
pub(super) fn group_of(server: Server) -> &'static str {
    match server {
        Server::Postgres => "postgres",
        Server::MySql => "mysql",
        Server::Redis => "redis",
        Server::ClickHouse => "clickhouse",
    }
}

/// The groups whose URL or host the project uses, without those of `refused`.
pub(super) fn choose(project: &Project, refused: &BTreeSet<&'static str>) -> Vec<Chosen> {
    let servers = [sql(project), Some(Server::Redis), Some(Server::ClickHouse)];
    let names = servers.into_iter().flatten().map(group_of).filter(|name| !refused.contains(name));
    names.filter_map(|name| chosen(name, &project.facts)).collect()
}

fn chosen(name: &'static str, facts: &Facts) -> Option<Chosen> {
    let group = Group::named(name, "", None).ok()?;
    let mut chosen = Chosen { name, group, required: None, whence: vec![] };
    let (mut leads, mut required) = (false, false);
    for at in 0..chosen.group.variables.len() {
        let used: Vec<&Fact> = chosen.names(at).filter_map(|name| facts.get(name)).collect();
        let lines: Vec<String> = used.iter().map(|fact| format!("{}: {}", fact.name, fact.whence())).collect();
        if chosen.leads(at) {
            leads |= !used.is_empty();
            required |= used.iter().any(|fact| fact.is_required());
        }
        chosen.whence.extend(lines);
    }
    chosen.required = required.then_some(Environments::ALL);
    if required {
        chosen.group = Group::named(name, "", chosen.required).ok()?;
    }
    leads.then_some(chosen)
}

impl Chosen {
    /// Whether the variable at `at` is the URL or the host.
    pub fn leads(&self, at: usize) -> bool {
        let name = &self.group.variables[at].name;
        self.group
            .connection
            .as_ref()
            .is_some_and(|connection| *name == connection.url || *name == connection.parts.host)
    }
}

/// The SQL server that the project uses: by the scheme of a URL, by names of its own, by the Compose file, by a port.
fn sql(project: &Project) -> Option<Server> {
    let facts = &project.facts;
    let urls = ["DATABASE_URL", "POSTGRES_URL", "MYSQL_URL"].into_iter().filter_map(|name| facts.get(name));
    let schemes: BTreeSet<Option<Server>> = urls
        .flat_map(|fact| &fact.values)
        .filter_map(|seen| scheme(seen.text.reveal()))
        .map(|scheme| of_scheme(&scheme))
        .collect();
    if let Some(first) = schemes.first() {
        // Two kinds of database: no group allows both.
        return if schemes.len() == 1 { *first } else { None };
    }
    let named = |prefix: &str| facts.iter().any(|fact| fact.name.starts_with(prefix));
    let by_name = || match (named("POSTGRES_"), named("MYSQL_") || named("MARIADB_")) {
        (true, false) => Some(Server::Postgres),
        (false, true) => Some(Server::MySql),
        _ => None,
    };
    let in_compose = |wanted| project.servers.iter().any(|(_, server)| *server == wanted);
    let by_compose = || match (in_compose(Server::Postgres), in_compose(Server::MySql)) {
        (true, false) => Some(Server::Postgres),
        (false, true) => Some(Server::MySql),
        _ => None,
    };
    let port = |number: &str| facts.get("DB_PORT").is_some_and(|fact| fact.whole(None).any(|text| text == number));
    let by_port = || match (port("5432"), port("3306")) {
        (true, false) => Some(Server::Postgres),
        (false, true) => Some(Server::MySql),
        _ => None,
    };
    by_name().or_else(by_compose).or_else(by_port)
}

fn of_scheme(scheme: &str) -> Option<Server> {
    match scheme {
        "postgres" | "postgresql" => Some(Server::Postgres),
        "mysql" | "mariadb" => Some(Server::MySql),
        _ => None,
    }
}
