//! Where other services are found: `[discovery]`, `[discover.NAME]`, `[compose]`.

use super::words::{NAME, VARIABLE, closed, duration, flag, named, required, text, texts, word_like};
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
            "user": text("The user that etcd knows."),
            "password": text("The user's password; `${NAME}` is replaced by the variable's value."),
            "ttl": duration("How long an entry outlives its service. Default: \"15s\"."),
            "advertise": text("The address that others reach this machine at. Default: one of its own that is not loopback."),
        }),
    )
}

pub(super) fn discover() -> Value {
    let properties = json!({
        "variable": word_like(VARIABLE, "The variable that says where it is, and that is given what was found."),
        "dns": text("The name that DNS is asked for: `_http._tcp.users.internal` (SRV), or `users.internal:8080`."),
        "compose": word_like(COMPOSE, "A service of the Compose project and its port: \"users:8080\"."),
        "default": text("Where it is when nobody says: a URL or `host:port`; `${NAME}` is replaced."),
        "identity": text("What its answer must contain for it to be the right one."),
        "required": required("`true`"),
    });
    named("Services of others, found by name.", NAME, closed("A service of somebody else's.", properties))
}

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
