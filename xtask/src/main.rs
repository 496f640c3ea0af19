//! What a developer and CI both run.
fn main() {}
