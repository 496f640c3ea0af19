//! A struct of your own, filled from the file, from .env and from the process, with all that is wrong said at once. Run it in the
//! repository's folder: `cargo run -p bootproof --example 04_config`

use bootproof::{Startup, env};
use std::{
    io::{Write, stderr, stdout},
    time::Duration,
};

#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum LogLevel {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
}

#[derive(Debug, serde::Deserialize)]
struct Config {
    port: u16,
    database_url: env::SecretText,
    jwt_secret: env::SecretText, // prints as ***, is wiped when dropped
    log_level: LogLevel,
    request_timeout: Duration,
    allowed_hosts: Vec<String>,
    smtp: Option<Smtp>, // None when no SMTP_... is set
}

#[derive(Debug, serde::Deserialize)]
struct Smtp {
    address: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let resolved = Startup::from_file("bootproof.toml")?.variables()?.resolve();
    for problem in &resolved.problems {
        writeln!(stderr(), "{problem}")?; // names, places and remedies, never a secret
    }
    if resolved.errors().next().is_some() {
        return Err("the environment is wrong".into());
    }
    let config: Config = env::fill(&resolved.vars)?; // everything that does not fit is in one error
    for (name, set) in resolved.set() {
        writeln!(stdout(), "{name} is from {}", set.source)?;
    }
    writeln!(stdout(), "{config:?}")?;
    let Config { port, database_url, jwt_secret, log_level, request_timeout, allowed_hosts, smtp } = config;
    assert!(port > 0 && database_url.reveal().contains("://") && !jwt_secret.reveal().is_empty());
    assert!(!allowed_hosts.is_empty() && smtp.is_none_or(|smtp| smtp.address.contains(':')));
    assert!(!matches!(log_level, LogLevel::Trace) && request_timeout > Duration::ZERO);
    Ok(())
}
