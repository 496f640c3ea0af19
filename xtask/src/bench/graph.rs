//! A graph of 10,000 empty nodes through the engine, beside a bare `JoinSet` with a limit and a record per node.
//!
//! All are measured in one process by `src/bin/graph.rs`, which prints `{"services_ns": N, "fixes_ns": N, "peer_ns": N}`: nodes of
//! one step, as the peer's are, and fixes, which have three steps with evidence.

use std::path::Path;
use std::process::Command;

use super::Built;
use super::row::Row;

/// At most so many times the peer.
const OF_PEER: f64 = 1.5;

pub(super) fn run(built: &Built) -> Result<Vec<Row>, String> {
    let what = ["--package", "xtask", "--features", "graph", "--bin", "graph"];
    let program = built.build(&what, Path::new("graph"))?;
    let output = Command::new(&program).output().map_err(|error| format!("{}: {error}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let peer = number(&text, "peer_ns")
        .ok_or_else(|| format!("the program graph did not print `peer_ns` ({})", output.status))?;
    let row = |kind: &str, steps: &str| -> Result<Row, String> {
        let key = format!("{kind}_ns");
        let ours = number(&text, &key).ok_or_else(|| format!("the program graph did not print `{key}`"))?;
        let note = format!("{steps}; peer: JoinSet with a limit and a record per node, same process");
        Ok(Row::beside(&format!("graph-10000/{kind}"), ours / 1e6, peer / 1e6, "ms", Some(OF_PEER), &note))
    };
    Ok(vec![row("services", "one step a node")?, row("fixes", "three steps a node")?])
}

/// The number that a flat JSON object has under `key`.
pub(super) fn number(json: &str, key: &str) -> Option<f64> {
    let rest = json.split_once(&format!("\"{key}\""))?.1.trim_start().strip_prefix(':')?.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_a_flat_object() {
        let json = "{ \"ours_ns\": 1500, \"peer_ns\":1000.5}\n";
        assert_eq!((number(json, "ours_ns"), number(json, "peer_ns")), (Some(1500.0), Some(1000.5)));
        assert_eq!(number(json, "other"), None);
    }
}
