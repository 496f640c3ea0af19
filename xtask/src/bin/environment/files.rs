//! A made-up service with as many variables as asked for, always the same ones: its `.env`, its `bootproof.toml`, its schema, and the
//! same as a model of pydantic-settings.
//!
//! Names stand in alphabetical order and quotes only where they are needed, so that style checkers find nothing to print.

use bootproof_env::{Bounds, Environments, Schema, Type, Variable};
use std::fmt::Write as _;

/// A Python program whose model gets our fields.
const MODEL: &str = include_str!("settings.py");
/// The line of [`MODEL`] where the fields belong.
const FIELDS: &str = "    # FIELDS\n";

/// One variable, as each file has it.
struct One {
    name: String,
    /// What stands behind the `=`.
    value: String,
    kind: Type,
    /// The keys of its section.
    toml: &'static str,
    /// Its type in Python. Durations such as `30s` are none of pydantic's: there, a pattern stands for them.
    python: &'static str,
}

impl One {
    /// The one at `at`: every ten make the settings of a part of the service.
    fn new(at: usize) -> Self {
        let part = at / 10;
        let text =
            |word: &'static str, value, kind, toml, python| Self { name: name(part, word), value, kind, toml, python };
        let url = |scheme: &str| Type::Url { schemes: vec![scheme.to_owned()] };
        let secret = secret(at);
        match at % 10 {
            0 => text("API_KEY", secret, Type::Secret, "type = \"secret\"", "SecretStr"),
            1 => {
                let value = format!("https://api-{part}.example.com/v1/orders?page=50");
                text("API_URL", value, url("https"), "type = \"url\"\nschemes = [\"https\"]", "HttpUrl")
            }
            2 => text("DATABASE_HOST", format!("db-{part}.internal.example.com"), Type::Host, "type = \"host\"", "str"),
            3 => {
                let value = format!("postgres://app:{secret}@${{{}}}:5432/orders", name(part, "DATABASE_HOST"));
                let toml = "type = \"url\"\nschemes = [\"postgres\"]";
                text("DATABASE_URL", value, url("postgres"), toml, "PostgresDsn")
            }
            4 => text("DEBUG", part.is_multiple_of(2).to_string(), Type::Bool, "type = \"bool\"", "bool"),
            5 => text("NAME", format!("orders-{part}"), Type::String, "type = \"string\"", "str"),
            6 => {
                let bounds = Bounds { min: Some(1), max: Some(1000) };
                let python = "Annotated[int, Field(ge=1, le=1000)]";
                text(
                    "POOL_SIZE",
                    (1 + part % 64).to_string(),
                    Type::Int(bounds),
                    "type = \"int\"\nmin = 1\nmax = 1000",
                    python,
                )
            }
            7 => {
                let python = "Annotated[int, Field(ge=0, le=65535)]";
                text("PORT", (1024 + part).to_string(), Type::Port(Bounds::default()), "type = \"port\"", python)
            }
            8 => {
                let python = "Annotated[str, Field(pattern=r'^[0-9]+(ms|s|m|h|d)$')]";
                text(
                    "TIMEOUT",
                    format!("{}s", 1 + part % 60),
                    Type::Duration(Bounds::default()),
                    "type = \"duration\"",
                    python,
                )
            }
            _ => text("TITLE", format!("\"Orders of shop {part}\""), Type::String, "type = \"string\"", "str"),
        }
    }
}

fn name(part: usize, word: &str) -> String {
    format!("APP_{part:05}_{word}")
}

/// 32 hexadecimal digits that look drawn and are always the same: two numbers of SplitMix64.
fn secret(at: usize) -> String {
    let mix = |mut z: u64| {
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let seed = (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("{:016x}{:016x}", mix(seed), mix(!seed))
}

fn all(count: usize) -> impl Iterator<Item = One> {
    (0..count).map(One::new)
}

/// What a program declares with our types.
pub(super) fn schema(count: usize) -> Schema {
    Schema::of(all(count).map(|one| Variable::new(one.name, one.kind).required(Environments::ALL)))
}

/// The `.env`.
pub(super) fn dotenv(count: usize) -> String {
    all(count).fold(String::new(), |mut text, one| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}={}", one.name, one.value);
        text
    })
}

/// The `bootproof.toml` with the same schema.
pub(super) fn declaration(count: usize) -> String {
    all(count).fold("[service]\nname = \"orders\"\n".to_owned(), |mut text, one| {
        let _ = writeln!(text, "\n[env.{}]\n{}\nrequired = true", one.name, one.toml);
        text
    })
}

/// The same as a program in Python.
pub(super) fn model(count: usize) -> String {
    let fields = all(count).fold(String::new(), |mut text, one| {
        let _ = writeln!(text, "    {}: {}", one.name.to_lowercase(), one.python);
        text
    });
    MODEL.replace(FIELDS, &fields)
}
