//! The real thing: `docker-compose`, or the plugin `docker compose`, asked with `config`. It needs no engine for that.

use super::{Case, folder, refusal};
use serde_json::{Map, Value, json};
use std::env;
use std::path::Path;
use std::process::{Command, Output};

/// A Compose that answers.
#[derive(Debug)]
pub struct Peer {
    words: Vec<String>,
    /// What it says of its version.
    pub version: String,
}

impl Peer {
    /// The Compose of `$DOCKER_COMPOSE`, else of the path; `None`, and a line that says so, when there is none of version 2 or later.
    pub fn find() -> Option<Self> {
        if let Some(line) = env::var("DOCKER_COMPOSE").ok().filter(|line| !line.trim().is_empty()) {
            return Some(Self::given(&line));
        }
        let found = ["docker-compose", "docker compose"].into_iter().find_map(Self::at);
        if found.is_none() {
            #[allow(clippy::print_stderr, reason = "a test that looked at less than it could must say so")]
            {
                eprintln!(
                    "no Docker Compose 2 is at hand ($DOCKER_COMPOSE, or on the path): only recorded answers are compared"
                );
            }
        }
        found
    }

    /// The one that somebody named, who wants to know when it is none.
    pub fn given(line: &str) -> Self {
        Self::at(line)
            .unwrap_or_else(|| panic!("$DOCKER_COMPOSE is `{line}`, and that is no Docker Compose 2 or later"))
    }

    fn at(line: &str) -> Option<Self> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let (program, first) = words.split_first()?;
        let output = Command::new(program).args(first).args(["version", "--short"]).output().ok()?;
        let version = String::from_utf8_lossy(&output.stdout).trim().trim_start_matches('v').to_owned();
        let major: u32 = version.split('.').next()?.parse().ok()?;
        (output.status.success() && major >= 2).then_some(Self { words, version })
    }

    /// Asks it for the whole project.
    fn ask(&self, case: &Case) -> Output {
        let program = absolute(&self.words[0]);
        let mut command = Command::new(program);
        command.args(&self.words[1..]).args(&case.args).args(["config", "--format", "json"]);
        command.env_clear().envs(case.env.iter().cloned()).current_dir(&case.folder);
        command.output().unwrap_or_else(|error| panic!("{}: {error}", self.words[0]))
    }

    /// What it says of the project, whole and in its own form; else its error.
    pub fn config(&self, case: &Case) -> Result<Value, String> {
        let output = self.ask(case);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        serde_json::from_slice(&output.stdout).ok().filter(|_| output.status.success()).ok_or(error)
    }

    /// What it says of the project, in our form.
    pub fn answer(&self, case: &Case) -> Value {
        let output = self.ask(case);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let mut answer = match serde_json::from_slice::<Value>(&output.stdout) {
            Ok(config) if output.status.success() => json!({ "project": project(&config, &errors) }),
            _ => refusal(without_paths(said(&errors))),
        };
        answer["compose"] = json!(self.version);
        answer
    }
}

/// The program itself: it is looked up here, because it runs without our path.
fn absolute(program: &str) -> std::path::PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file());
    if program.contains('/') { program.into() } else { found.unwrap_or_else(|| Path::new(program).to_owned()) }
}

/// What it says besides its warnings.
fn said(errors: &str) -> String {
    let lines = errors.lines().filter(|line| !line.contains("level=warning"));
    lines.map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn without_paths(text: String) -> String {
    text.replace(folder().to_str().unwrap(), "…")
}

fn project(config: &Value, errors: &str) -> Value {
    let empty = Map::new();
    let services = config["services"].as_object().unwrap_or(&empty);
    let services: Map<String, Value> = services.iter().map(|(name, one)| (name.clone(), service(one))).collect();
    let name = |line: &str| Some(line.split_once("The \\\"")?.1.split_once("\\\" variable is not set")?.0.to_owned());
    let mut unset: Vec<String> = errors.lines().filter_map(name).collect();
    unset.sort_unstable();
    unset.dedup();
    json!({ "name": config["name"], "services": services, "unset": unset })
}

fn service(config: &Value) -> Value {
    let mut all = Map::new();
    for name in ["image", "profiles", "container_name", "network_mode", "restart", "scale", "depends_on", "environment"]
    {
        if let Some(value) = config.get(name) {
            all.insert(name.to_owned(), unescaped(value));
        }
    }
    if config.get("build").is_some() {
        all.insert("has_build".into(), json!(true));
    }
    if let Some(ports) = config.get("ports").and_then(Value::as_array) {
        all.insert("ports".into(), ports.iter().map(port).collect());
    }
    if let Some(check) = config.get("healthcheck") {
        let off = check["disable"] == json!(true) || check["test"][0] == json!("NONE");
        all.insert("healthcheck".into(), if off { json!("disabled") } else { unescaped(check) });
    }
    Value::Object(all)
}

/// A published port 0 is any free one, as if none were said.
fn port(config: &Value) -> Value {
    let mut one = unescaped(config);
    if one["published"] == json!("0") {
        one.as_object_mut().unwrap().remove("published");
    }
    one
}

/// `config` writes each dollar twice, so that its output can be read again.
fn unescaped(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(text.replace("$$", "$")),
        Value::Array(list) => list.iter().map(unescaped).collect(),
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), unescaped(value))).collect(),
        other => other.clone(),
    }
}
