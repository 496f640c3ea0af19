//! The sections of what a service listens on, needs and runs.

use super::words::{
    NAME, PORTS, SCHEME, VARIABLE, closed, command as a_command, duration, flag, integer, named, needing,
    needing_one_of, one_of, required, text, word_like,
};
use crate::file::{
    ports::{HAND_OVERS, OF_NUMBERS, PROTOCOLS},
    stores::USES,
};
use serde_json::{Value, json};

pub(super) fn ports() -> Value {
    let host = json!({
        "type": "string",
        "anyOf": [{ "enum": ["localhost", "*"] }, { "format": "ipv4" }, { "format": "ipv6" }],
        "description": "`localhost` (both loopback addresses), `*` (all interfaces) or an IP address. Default: `localhost`; in staging and production `*`.",
    });
    let properties = json!({
        "port": integer(0, 65535, "The number; 0 takes any that is free."),
        "range": word_like(PORTS, "Where it may move when the number is busy: \"8000-8099\". Default: within `port_range` of the policy."),
        "variable": word_like(VARIABLE, "The variable that says the number, and is given the actual one."),
        "host": host,
        "protocol": one_of(&PROTOCOLS.map(|(word, _)| word), "What it speaks. Default: `tcp`."),
        "strict": flag("Refuse a busy port instead of moving, in every environment. Default: `false`."),
        "hand_over": one_of(&HAND_OVERS.map(|(word, _)| word), "How the program of `bootproof run` gets it: as open `socket`s, or as a number that is `release`d at the last moment. Default: `socket`."),
        "scheme": word_like(SCHEME, "The scheme of its URL, such as \"http\": without one no URL is published."),
        "unix": text("The path of a Unix socket that it is instead of a port; `@name` is an abstract one."),
        "mode": word_like("^0*[0-7]{1,3}$", "The permissions of the Unix socket, in octal: \"0660\"."),
    });
    let port = closed("A port, or a Unix socket, that the service listens on.", properties);
    let mut port = needing_one_of(&["port", "variable", "unix"], port);
    let numbers: Vec<_> = OF_NUMBERS.iter().map(|key| json!({ "required": [key] })).collect();
    port["dependencies"] = json!({ "mode": ["unix"], "unix": { "not": { "anyOf": numbers } } });
    port["if"] = json!({ "required": ["strict"], "properties": { "strict": { "const": true } } });
    port["then"] = json!({ "not": { "required": ["range"] } });
    named("The ports that the service listens on.", NAME, port)
}

pub(super) fn database() -> Value {
    let properties = json!({
        "url": text("`postgres://`, `mysql://` (MariaDB, too) or `sqlite://FILE`; `${NAME}` is replaced by the variable's value."),
        "pool": integer(1, 10_000, "Connections. Default: 5."),
    });
    let database = needing(&["url"], closed("A database.", properties));
    named("PostgreSQL, MySQL, MariaDB or SQLite.", NAME, database)
}

pub(super) fn redis() -> Value {
    let uses = USES.map(|(word, _)| word);
    let properties = json!({
        "url": text("`redis://`, `rediss://`, `unix:///path`, or `memory:` for the store inside the process; `${NAME}` is replaced."),
        "use": one_of(&uses, "What it is for, which decides what may stand in for it. Default: `cache`."),
        "local": text("A Redis server on this machine, asked before the store inside the process."),
        "fallback": text("The reason for which another use than a cache may fall back to the store inside the process; shown at every start."),
        "required": required("`false`"),
    });
    let redis = needing_one_of(&["url", "local"], closed("A Redis, and what may stand in for it.", properties));
    named("Redis.", NAME, redis)
}

pub(super) fn clickhouse() -> Value {
    let properties = json!({
        "url": text("The URL of its HTTP port; user and password go into headers. `${NAME}` is replaced."),
        "required": required("as CLICKHOUSE_REQUIRED says: in production"),
    });
    named("ClickHouse.", NAME, needing(&["url"], closed("A ClickHouse.", properties)))
}

pub(super) fn http() -> Value {
    let status = json!({
        "anyOf": [
            { "type": "integer", "minimum": 100, "maximum": 599 },
            { "type": "string", "pattern": r"^\s*[1-5][0-9]{2}\s*(-\s*[1-5][0-9]{2}\s*)?$" },
        ],
        "description": "The status codes that are good: 200 or \"200-399\", which is the default.",
    });
    let properties = json!({
        "url": text("What is asked; `${NAME}` is replaced."),
        "status": status,
        "required": required("`true`"),
    });
    named("What else must answer HTTP.", NAME, needing(&["url"], closed("A server that answers HTTP.", properties)))
}

pub(super) fn tcp() -> Value {
    let properties = json!({ "address": text("`host:port`; `${NAME}` is replaced."), "required": required("`true`") });
    let server = needing(&["address"], closed("A server that accepts connections.", properties));
    named("What else must accept connections.", NAME, server)
}

pub(super) fn command() -> Value {
    let properties = json!({
        "command": a_command("Program and arguments, run without a shell. Exit code 0 is good."),
        "timeout": duration("The most it may take."),
        "required": required("`true`"),
    });
    let check =
        needing(&["command"], closed("A command that says by its exit code whether something is there.", properties));
    named("What else a command checks.", NAME, check)
}

pub(super) fn tasks() -> Value {
    let properties = json!({
        "command": a_command("Program and arguments, run without a shell."),
        "limit": duration("When it is killed with its process group. Default: `default_timeout`."),
        "soft": duration("When it is asked to end. Default: a tenth of the limit earlier, 5 s at most."),
    });
    let task = needing(&["command"], closed("A command that bootproof can run and limit.", properties));
    let mut tasks = named("Background tasks and their limits.", NAME, task);
    let limit = "The limit of every task that has none of its own; 120 s at most. Default: \"60s\".";
    tasks["properties"] = json!({ "default_timeout": duration(limit) });
    tasks
}
