//! Writes `docs/bootproof.schema.json`: `cargo run -p bootproof --features schema --example file-schema`.

use std::{fs, io};

fn main() -> io::Result<()> {
    let schema = serde_json::to_string_pretty(&bootproof::file::json_schema())?;
    fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/bootproof.schema.json"), schema + "\n")
}
