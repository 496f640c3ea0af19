//! Where other services are found: `[discovery]`, `[discover.NAME]`, `[compose]`.

use super::words::{NAME, SCHEME, VARIABLE, closed, duration, flag, named, required, text, texts, word_like};
use serde_json::{Value, json};

pub(super) fn discovery() -> Value {
    let etcd = json!({
        "type": "array",
        "items": { "type": "string" },
        "contains": { "type": "string", "pattern": r"\S" },
        "description": "The URLs of etcd's members, asked in this order; `${NAME}` is replaced.",
    });
    closed(
        "The registry that several machines share.",
        json!({
            "etcd": etcd,
            "namespace": text("Keeps projects apart that share an etcd. Default: `default`."),
            "ca": text("A PEM file with authorities that are trusted besides Mozilla's."),
            "user": text("The user that etcd knows."),
            "password": text("The user's password; `${NAME}` is replaced by the variable's value."),
            "ttl": duration("How long an entry outlives its service. Default: \"10s\"."),
            "advertise": text("The address that others reach this machine at. Default: one of its own that is not loopback."),
        }),
    )
}

pub(super) fn discover() -> Value {
    let properties = json!({
        "port": text("Which of its published ports. Default: the only one it has."),
        "scheme": word_like(SCHEME, "The scheme of what is found without one, such as \"http\"."),
        "check": word_like(CHECK, "How it is asked whether it is alive: `tcp`, a path such as \"/health\", `postgres`, `mysql`, `redis` or `clickhouse`. Default: `tcp`."),
        "variable": word_like(VARIABLE, "The variable that says where it is, and that is given what was found."),
        "dns": text("The name that DNS is asked for: `_http._tcp.users.internal` (SRV), or `users.internal:8080`."),
        "compose": word_like(COMPOSE, "A service of the Compose project and its port: \"users:8080\"."),
        "default": text("Where it is when nobody says: a URL or `host:port`; `${NAME}` is replaced."),
        "identity": text("What its answer must contain for it to be the right one."),
        "required": required("`true`"),
    });
    let mut service = closed("A service of somebody else's.", properties);
    service["if"] = json!({ "required": ["identity"] });
    service["then"] = json!({ "required": ["check"], "not": { "required": ["check"], "properties": { "check": { "const": "tcp" } } } });
    named("Services of others, found by name.", NAME, service)
}

const CHECK: &str = "^(tcp|postgres|mysql|redis|clickhouse|/.*)$";

/// A service, and a port from 1 to 65535.
const COMPOSE: &str =
    r"^.+:\+?0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$";

pub(super) fn compose() -> Value {
    closed(
        "The Compose project that runs what this service needs.",
        json!({
            "files": texts("Its files, in order. Default: those that Compose itself would read."),
            "profiles": texts("The profiles that are on."),
            "plan": flag("Make its services services of the plan, in the order of their `depends_on`. Default: `false`."),
        }),
    )
}
