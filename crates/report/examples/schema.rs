//! Writes `docs/report.schema.json`: `cargo run -p bootproof-report --features schema --example schema`.

use std::{fs, io};

fn main() -> io::Result<()> {
    let schema = serde_json::to_string_pretty(&bootproof_report::schema())?;
    fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/report.schema.json"), schema + "\n")
}
