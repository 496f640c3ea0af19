//! A program that fills its own struct from a `bootproof.toml`, .env files and its process, through the library alone.

use bootproof::{Environment, Startup, Vars, env};
use std::{fs, path::Path, time::Duration};

const TOML: &str = r#"
[env.DATABASE_URL]
type = "url"
schemes = ["postgres"]
required = true
[env.API_TOKEN]
type = "secret"
required = true
[env.REQUEST_TIMEOUT]
type = "duration"
default = "30s"
[env.WORKERS]
type = "int"
min = 1
[env.CACHE_HOST]
type = "host"
[env.CACHE_PORT]
type = "port"
default = 6379
"#;

#[derive(Debug, serde::Deserialize)]
struct Config {
    database_url: env::SecretText,
    api_token: env::SecretText,
    request_timeout: Duration,
    workers: Option<u8>,
    cache: Cache,
}

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Cache {
    host: Option<String>,
    port: u16,
}

fn resolve(folder: &Path, environment: &str, vars: &[(&str, &str)]) -> env::Resolved {
    let path = folder.join("bootproof.toml");
    fs::write(&path, TOML).unwrap();
    let vars = Vars::from_pairs("process", vars.iter().copied());
    Startup::load(Some(&path), vars).unwrap().environment(environment).variables().unwrap().resolve()
}

#[test]
fn a_struct_is_filled_from_process_file_and_default_and_each_says_where_it_came_from() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), "API_TOKEN='k3pt s3cret'\nDATABASE_URL=postgres://${CACHE_HOST}/app\n")
        .unwrap();
    let resolved = resolve(folder.path(), "development", &[("CACHE_HOST", "db.example.com"), ("WORKERS", "4")]);
    assert_eq!(resolved.problems, []);
    let config: Config = env::fill(&resolved.vars).unwrap();
    assert_eq!(config.database_url.reveal(), "postgres://db.example.com/app");
    assert_eq!((config.api_token.reveal(), config.workers), ("k3pt s3cret", Some(4)));
    assert_eq!(config.request_timeout, Duration::from_secs(30));
    assert_eq!(config.cache, Cache { host: Some("db.example.com".into()), port: 6379 });
    assert!(!format!("{config:?} {resolved:?}").contains("k3pt"));
    let from = |name| resolved.get(name).unwrap().source.to_string();
    assert_eq!([from("WORKERS"), from("API_TOKEN"), from("CACHE_PORT")], ["process", ".env:1", "default"]);
}

#[test]
fn everything_that_is_wrong_is_said_at_once_by_the_schema_and_by_the_struct() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), "API_TOKEN=not-read-there\n").unwrap();
    let vars = [("DATABASE_URL", "mysql://db/app"), ("WORKERS", "many"), ("CACHE_PORT", "70000")];
    let resolved = resolve(folder.path(), Environment::Production.as_str(), &vars);
    let told: Vec<String> = resolved.errors().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "ENV-009 `DATABASE_URL` is a URL of another scheme (`mysql`) than `postgres`",
            "ENV-002 `API_TOKEN` is required in production, and not set",
            "ENV-007 `WORKERS` is `many`, not a whole number",
            "ENV-008 `CACHE_PORT` is `70000`; it must be 0 to 65535",
        ]
    );
    let errors = env::fill::<Config>(&resolved.vars).unwrap_err().to_string();
    for name in ["API_TOKEN", "WORKERS", "CACHE_PORT"] {
        assert!(errors.contains(&format!("`{name}`")), "{errors}");
    }
}
