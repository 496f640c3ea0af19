//! Embeds the page of every diagnosis code, so that `explain` works where there is no repository.

#![expect(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

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
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&out).join("pages.rs"), table)
}
