//! The code audit on whole trees. Each folder here holds code of one language, written for these tests in the way real
//! services read their environment.

mod comparing;
mod languages;
mod tree;

use bootproof_env::audit::{Scan, ScanOptions, scan};
use std::path::Path;

/// Scans a tree.
fn look(root: &Path) -> Scan {
    scan(root, &ScanOptions::default()).expect("the tree is there")
}

/// The reads of a scan, one line each: `file:line NAME =default required build test`; `=?` is a computed default.
fn lines(scan: &Scan) -> Vec<String> {
    let line = |read: &bootproof_env::audit::Read| {
        let default = read.default.as_ref().map(|default| match &default.text {
            Some(text) => format!(" ={}", text.reveal()),
            None => " =?".to_owned(),
        });
        let flags = [(read.required, " required"), (read.build_time, " build"), (read.in_test, " test")];
        let flags: String = flags.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
        format!("{} {}{}{flags}", read.place, read.name, default.unwrap_or_default())
    };
    scan.reads.iter().map(line).collect()
}
