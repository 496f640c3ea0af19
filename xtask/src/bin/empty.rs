//! Does nothing: what starting and ending a process costs, for `cargo xtask bench`.

fn main() {}
