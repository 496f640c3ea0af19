//! The command bootproof.
fn main() {}
