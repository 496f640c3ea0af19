//! The keys that Compose knows, where a wrong one would mean that something is silently not done: at the top, in a
//! service, in a
//! port, in a dependency and in a health check.

use super::Notes;
use super::tree::{Kind, Map, Node};
use crate::ComposeError;

/// The Compose specification, as Docker Compose 2.40 checks it.
const TOP: &[&str] = &["name", "include", "services", "models", "networks", "volumes", "secrets", "configs", "version"];
const SERVICE: &[&str] = &[
    "annotations",
    "attach",
    "blkio_config",
    "build",
    "cap_add",
    "cap_drop",
    "cgroup",
    "cgroup_parent",
    "command",
    "configs",
    "container_name",
    "cpu_count",
    "cpu_percent",
    "cpu_period",
    "cpu_quota",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "cpu_shares",
    "cpus",
    "cpuset",
    "credential_spec",
    "depends_on",
    "deploy",
    "develop",
    "device_cgroup_rules",
    "devices",
    "dns",
    "dns_opt",
    "dns_search",
    "domainname",
    "entrypoint",
    "env_file",
    "environment",
    "expose",
    "extends",
    "external_links",
    "extra_hosts",
    "gpus",
    "group_add",
    "healthcheck",
    "hostname",
    "image",
    "init",
    "ipc",
    "isolation",
    "label_file",
    "labels",
    "links",
    "logging",
    "mac_address",
    "mem_limit",
    "mem_reservation",
    "mem_swappiness",
    "memswap_limit",
    "models",
    "network_mode",
    "networks",
    "oom_kill_disable",
    "oom_score_adj",
    "pid",
    "pids_limit",
    "platform",
    "ports",
    "post_start",
    "pre_stop",
    "privileged",
    "profiles",
    "provider",
    "pull_policy",
    "pull_refresh_after",
    "read_only",
    "restart",
    "runtime",
    "scale",
    "secrets",
    "security_opt",
    "shm_size",
    "stdin_open",
    "stop_grace_period",
    "stop_signal",
    "storage_opt",
    "sysctls",
    "tmpfs",
    "tty",
    "ulimits",
    "use_api_socket",
    "user",
    "userns_mode",
    "uts",
    "volumes",
    "volumes_from",
    "working_dir",
];
const PORT: &[&str] = &["name", "mode", "host_ip", "target", "published", "protocol", "app_protocol"];
const NEED: &[&str] = &["condition", "required", "restart"];
const HEALTH: &[&str] = &["disable", "interval", "retries", "start_interval", "start_period", "test", "timeout"];

/// Notes every key of the merged tree `root` that Compose does not know.
pub(super) fn check(root: &Node, notes: &mut Notes) {
    let Some(root) = root.as_map() else { return };
    keys(root, TOP, "at the top", notes);
    let Some(services) = root.get("services").and_then(|entry| entry.node.as_map()) else { return };
    for (name, entry) in services {
        let odd = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_' | '-');
        if name.is_empty() || name.contains(odd) {
            let what = format!("`{name}` is no name of a service: letters, digits, `.`, `_` and `-`");
            notes.error(ComposeError::Shape { place: entry.key.clone(), what });
        }
        if let Some(service) = entry.node.as_map() {
            self::service(name, service, notes);
        }
    }
}

fn service(name: &str, service: &Map, notes: &mut Notes) {
    keys(service, SERVICE, &format!("in service `{name}`"), notes);
    let node = |key: &str| service.get(key).map(|entry| &entry.node.kind);
    if let Some(Kind::List(ports)) = node("ports") {
        ports.iter().filter_map(Node::as_map).for_each(|port| keys(port, PORT, "in a port", notes));
    }
    if let Some(Kind::Map(needs)) = node("depends_on") {
        needs
            .values()
            .filter_map(|need| need.node.as_map())
            .for_each(|need| keys(need, NEED, "in `depends_on`", notes));
    }
    if let Some(Kind::Map(health)) = node("healthcheck") {
        keys(health, HEALTH, "in `healthcheck`", notes);
    }
}

fn keys(map: &Map, known: &[&str], place: &str, notes: &mut Notes) {
    for (key, entry) in map {
        if !known.contains(&key.as_str()) && !key.starts_with("x-") {
            let like = notes.nearest(key, known.iter().copied()).map(|like| format!(": did you mean `{like}`?"));
            let what = format!("Compose does not know `{key}` {place}{}", like.unwrap_or_default());
            notes.error(ComposeError::Shape { place: entry.key.clone(), what });
        }
    }
}
