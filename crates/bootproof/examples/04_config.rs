//! A struct of your own, filled from the file, from .env and from the process, with all that is wrong said at once. Run it in the
//! repository's folder: `cargo run -p bootproof --example 04_config`

use bootproof::{Startup, env};
use std::time::Duration;

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
    let wrong: Vec<String> = resolved.errors().map(ToString::to_string).collect();
    if !wrong.is_empty() {
        return Err(wrong.join("\n").into()); // all of it: names, places, and never a secret
    }
    let config: Config = env::fill(&resolved.vars)?; // what does not fit into the struct is in one error, too
    let port = resolved.get("PORT").ok_or("PORT is not set")?;
    assert_eq!(port.source.to_string(), "default"); // or `process`, `.env:3`, `file /run/secrets/port`
    let Config { port, database_url, jwt_secret, log_level, request_timeout, allowed_hosts, smtp } = config;
    assert_eq!((port, request_timeout), (8000, Duration::from_secs(30)));
    assert!(database_url.reveal().starts_with("sqlite:") && format!("{jwt_secret:?}").contains("***"));
    assert!(matches!(log_level, LogLevel::Info) && allowed_hosts == ["localhost", "127.0.0.1"]);
    assert!(smtp.is_some_and(|smtp| smtp.address == "localhost:1025"));
    Ok(())
}
