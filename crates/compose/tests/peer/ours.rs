//! What we say of a project, in the form in which `docker compose config` says it.

use super::{Case, refusal};
use bootproof_compose::{
    ComposeWarning, EnvEntry, HealthTest, Healthcheck, PortMapping, Project, Request, Service, diagnose, read,
};
use bootproof_core::{Secret, Vars};
use serde_json::{Map, Value, json};
use std::time::Duration;

pub fn answer(case: &Case) -> Value {
    let vars = Vars::from_pairs("process", case.env.iter().cloned());
    let mut request = Request::new(&case.folder, &vars);
    let mut args = case.args.iter();
    while let Some(option) = args.next() {
        let value = args.next().unwrap_or_else(|| panic!("{}: {option} has no value", case.name)).clone();
        match option.as_str() {
            "-f" => request.files.push(value.into()),
            "-p" => request.project = Some(value),
            "--profile" => request.profiles.push(value),
            "--env-file" => request.env_files.push(value.into()),
            "--project-directory" => request.project_folder = Some(value.into()),
            _ => panic!("{}: {option} is not known", case.name),
        }
    }
    match read(&request) {
        Ok(project) => json!({ "project": shown(&project) }),
        Err(errors) => refusal(errors.iter().map(|error| diagnose::diagnose(error).to_string()).collect::<Vec<_>>()),
    }
}

fn shown(project: &Project) -> Value {
    let services: Map<String, Value> =
        project.enabled().map(|service| (service.name.clone(), self::service(service))).collect();
    let mut unset: Vec<&str> = project
        .warnings
        .iter()
        .filter_map(|warning| if let ComposeWarning::Unset { name, .. } = warning { Some(name.as_str()) } else { None })
        .collect();
    unset.sort_unstable();
    json!({ "name": project.name, "services": services, "unset": unset })
}

fn service(service: &Service) -> Value {
    let mut all = Map::new();
    let mut set = |name: &str, value: Value| {
        let is_empty = value.is_null()
            || value.as_array().is_some_and(Vec::is_empty)
            || value.as_object().is_some_and(Map::is_empty);
        if !is_empty {
            all.insert(name.to_owned(), value);
        }
    };
    set("image", json!(service.image));
    set("profiles", json!(service.profiles));
    set("container_name", json!(service.container_name));
    set("network_mode", json!(service.network_mode));
    set("restart", json!(service.restart));
    set("scale", json!(service.scale));
    set("has_build", if service.has_build { json!(true) } else { Value::Null });
    set("ports", service.ports.iter().map(port).collect());
    let needs = service.depends_on.iter().map(|need| {
        let mut one = json!({ "condition": need.condition.as_str(), "required": need.required });
        if need.restart {
            one["restart"] = json!(true);
        }
        (need.service.clone(), one)
    });
    set("depends_on", Value::Object(needs.collect()));
    let value = |entry: &EnvEntry| json!(entry.value.as_ref().map(Secret::reveal));
    let environment = service.environment.iter().map(|(name, entry)| (name.clone(), value(entry)));
    set("environment", Value::Object(environment.collect()));
    set("healthcheck", service.healthcheck.as_ref().map_or(Value::Null, health));
    Value::Object(all)
}

fn port(mapping: &PortMapping) -> Value {
    let port = &mapping.port;
    let mut all = json!({ "target": port.target, "protocol": port.protocol.as_str() });
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            all[name] = json!(value);
        }
    };
    set("host_ip", port.host_ip.map(|ip| ip.to_string()));
    set(
        "published",
        port.published.as_ref().map(|range| match range.start() == range.end() {
            true => range.start().to_string(),
            false => format!("{}-{}", range.start(), range.end()),
        }),
    );
    set("mode", Some(mapping.mode.clone()));
    set("name", mapping.name.clone());
    set("app_protocol", mapping.app_protocol.clone());
    all
}

fn health(check: &Healthcheck) -> Value {
    let mut all = Map::new();
    match &check.test {
        HealthTest::Image => {}
        HealthTest::Disabled => return json!("disabled"),
        HealthTest::Command(words) => {
            let words = words.iter().map(|word| word.reveal());
            all.insert("test".into(), ["CMD"].into_iter().chain(words).collect());
        }
        HealthTest::Shell(line) => _ = all.insert("test".into(), json!(["CMD-SHELL", line.reveal()])),
    }
    for (name, time) in [
        ("interval", check.interval),
        ("timeout", check.timeout),
        ("start_period", check.start_period),
        ("start_interval", check.start_interval),
    ] {
        if let Some(time) = time {
            all.insert(name.into(), json!(go(time)));
        }
    }
    if let Some(retries) = check.retries {
        all.insert("retries".into(), json!(retries));
    }
    Value::Object(all)
}

/// A time as Go prints it.
fn go(time: Duration) -> String {
    let seconds = time.as_secs();
    if time.is_zero() {
        return "0s".into();
    }
    if seconds == 0 {
        return match time.subsec_nanos() {
            nanos if nanos % 1_000_000 == 0 => format!("{}ms", nanos / 1_000_000),
            nanos => format!("{}ms", f64::from(nanos) / 1e6),
        };
    }
    let rest = match time.subsec_nanos() {
        0 => format!("{}s", seconds % 60),
        nanos => format!("{}s", (seconds % 60) as f64 + f64::from(nanos) / 1e9),
    };
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => rest,
        (0, minutes) => format!("{minutes}m{rest}"),
        (hours, minutes) => format!("{hours}h{minutes}m{rest}"),
    }
}
