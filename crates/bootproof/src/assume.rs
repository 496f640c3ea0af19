//! What is assumed when there is no file: only what the variables say, and the report says what was assumed.

use crate::file::{
    At, ClickHouseSection, ComposeSection, DatabaseSection, DiscoverySection, EnvOptions, File, PortSection, Position,
    RedisSection, TasksSection,
};
use bootproof_core::{Secret, Vars};
use std::path::PathBuf;

/// Where an assumption "stands".
const NOWHERE: Position = Position { line: 0, column: 0 };
/// The name of everything that is assumed.
const NAME: &str = "main";

/// A description of the service that PORT, DATABASE_URL, REDIS_URL and CLICKHOUSE_URL give, and a note for each.
pub(crate) fn from_variables(vars: &Vars) -> (File, Vec<String>) {
    let mut notes = vec!["there is no bootproof.toml: only what the variables say was looked at".to_owned()];
    let mut set = |name: &'static str, what: &str| {
        let is_set = vars.text(name).is_some();
        if is_set {
            notes.push(format!("{name} is set: assumed to be {what}"));
        }
        is_set.then(|| At { value: Secret::new(format!("${{{name}}}")), at: NOWHERE })
    };
    let port = set("PORT", "the port this service listens on, strictly").map(|_| port());
    let database = set("DATABASE_URL", "a required database").map(database);
    let redis = set("REDIS_URL", "a Redis server used as a cache").map(redis);
    let clickhouse = set("CLICKHOUSE_URL", "a ClickHouse server").map(clickhouse);
    let file = File {
        path: PathBuf::new(),
        service: None,
        version: None,
        policy: vec![],
        fixes: vec![],
        env: vec![],
        env_options: EnvOptions::default(),
        ports: port.into_iter().collect(),
        database: database.into_iter().collect(),
        redis: redis.into_iter().collect(),
        clickhouse: clickhouse.into_iter().collect(),
        http: vec![],
        tcp: vec![],
        command: vec![],
        tasks: TasksSection::default(),
        discovery: DiscoverySection::default(),
        discover: vec![],
        compose: ComposeSection::default(),
    };
    (file, notes)
}

fn port() -> PortSection {
    let variable = Some(At { value: "PORT".to_owned(), at: NOWHERE });
    PortSection { variable, strict: true, ..PortSection::new(NAME, NOWHERE) }
}

fn database(url: At<Secret>) -> DatabaseSection {
    DatabaseSection { name: NAME.into(), at: NOWHERE, url, pool: None }
}

fn redis(url: At<Secret>) -> RedisSection {
    let (name, url) = (NAME.to_owned(), Some(url));
    RedisSection { name, at: NOWHERE, url, r#use: None, local: None, fallback: None, required: None }
}

fn clickhouse(url: At<Secret>) -> ClickHouseSection {
    ClickHouseSection { name: NAME.into(), at: NOWHERE, url, required: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_set_means_nothing_declared() {
        let (file, notes) = from_variables(&Vars::default());
        assert!(
            file.ports.is_empty() && file.database.is_empty() && file.redis.is_empty() && file.clickhouse.is_empty()
        );
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn each_assumption_is_told_and_no_value_is() {
        let vars = Vars::from_pairs("test", [("DATABASE_URL", "postgres://u:hunter2@db/app"), ("PORT", "80")]);
        let (file, notes) = from_variables(&vars);
        assert_eq!((file.database.len(), file.ports.len(), file.redis.len()), (1, 1, 0));
        assert_eq!(notes.len(), 3);
        assert!(!format!("{notes:?} {file:?}").contains("hunter2"));
    }
}
