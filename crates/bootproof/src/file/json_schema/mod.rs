//! The JSON Schema of `bootproof.toml`, for editors: which keys there are, what they mean, which words they take.
//!
//! Written as data beside the parser, from the same lists of words. The parser says more than a schema can, so the schema only
//! refuses what the parser refuses; tests hold the two together, key by key and value by value.
//!
//! Draft-07: taplo, which is inside Even Better TOML for VS Code, passes over what is newer (seen with 0.9.3). It completes no keys
//! of a table that has `allOf`, which is why conditions are chains of `if` and `else`.

mod discovery;
mod env;
mod policy;
mod services;
mod words;

use serde_json::{Value, json};
use words::{closed, word_like};

/// The JSON Schema of `bootproof.toml`, of draft-07. `docs/bootproof.schema.json` is what it returns.
pub fn json_schema() -> Value {
    let mut schema = closed(
        "A service, described for bootproof.",
        json!({
            "service": service(),
            "policy": policy::policy(),
            "fixes": policy::fixes(),
            "env": env::env(),
            "ports": services::ports(),
            "database": services::database(),
            "redis": services::redis(),
            "clickhouse": services::clickhouse(),
            "http": services::http(),
            "tcp": services::tcp(),
            "command": services::command(),
            "tasks": services::tasks(),
            "discovery": discovery::discovery(),
            "discover": discovery::discover(),
            "compose": discovery::compose(),
        }),
    );
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!("bootproof.toml");
    schema["definitions"] = policy::definitions();
    schema
}

fn service() -> Value {
    let version = "Its version, such as \"1.2.3\": aliases are gone from their `removed_in` on.";
    closed(
        "The service itself.",
        json!({
            "name": words::text("Its name in reports. Default: `unnamed`."),
            "version": word_like(VERSION, version),
        }),
    )
}

/// Semantic Versioning 2.0.0, a little wider.
const VERSION: &str = r"^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$";

#[cfg(test)]
mod agreement_tests;
#[cfg(test)]
mod page_tests;
#[cfg(test)]
mod tests;
