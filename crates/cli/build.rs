//! Embeds the page of every diagnosis code, so that `explain` works where there is no repository.

use std::{env, fmt::Write as _, fs, io, path::Path};

fn main() -> io::Result<()> {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes");
    println!("cargo:rerun-if-changed={}", pages.display());
    let mut files: Vec<_> =
        fs::read_dir(&pages)?.collect::<io::Result<Vec<_>>>()?.into_iter().map(|f| f.path()).collect();
    files.sort();
    let mut table =
        String::from("/// Every code with its page, in order.\npub(crate) const PAGES: &[(&str, &str)] = &[\n");
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "md")) {
        let code = file.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        let path = file.canonicalize()?;
        writeln!(table, "    ({code:?}, include_str!({:?})),", path.display().to_string()).map_err(io::Error::other)?;
    }
    table.push_str("];\n");
    link_at_a_fixed_address();
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&out).join("pages.rs"), table)
}

/// A position-independent program of this size has thirteen thousand addresses to correct each time it starts, and touches
/// fifty more pages for that. The command lives for milliseconds and listens to nobody: it is linked at a fixed address.
fn link_at_a_fixed_address() {
    let target = |part| env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    if target("OS") == "linux"
        && target("ENV") == "gnu"
        && env::var("PROFILE").is_ok_and(|profile| profile == "release")
    {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
