//! The shells of every Debian read back what is written: `/bin/sh` (dash) and bash.

use super::roundtrip_tests::{items, named, value};
use super::*;
use proptest::prelude::*;
use std::{collections::BTreeMap, fs, process::Command};

const AS_FILE: &str = ". \"$1\" && exec /usr/bin/env -0";
const BY_EVAL: &str = "eval \"$(/bin/cat \"$1\")\" && exec /usr/bin/env -0";

/// The environment that `shell` has after reading `text` by `script`.
fn environment(shell: &[&str], script: &str, text: &str) -> BTreeMap<String, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).args(["-c", script, "sh"]).arg(file.path()).env_clear();
    let output = command.output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{shell:?}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let pairs = text.split_terminator('\0').map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn real_shells_read_back_hundreds_of_values(values in prop::collection::vec(value(), 200..300)) {
        let named = named(&values);
        let written = export(Format::Shell, &items(&named, false), &Options::default()).unwrap();
        let shells: [&[&str]; 3] = [&["/bin/sh"], &["/bin/bash"], &["/bin/bash", "--posix"]];
        for shell in shells {
            for script in [AS_FILE, BY_EVAL] {
                let read = environment(shell, script, written.text.reveal());
                for (name, value) in &named {
                    prop_assert_eq!(read.get(name).map(String::as_str), Some(*value), "{:?}", shell);
                }
            }
        }
    }
}

#[test]
fn nothing_in_a_value_is_run() {
    let folder = tempfile::tempdir().unwrap();
    let trap = folder.path().join("run");
    let text = format!("$(touch {0})`touch {0}`';touch {0};'\n touch {0} &", trap.display());
    let item = Exported { name: "A", text: &text, secret: false };
    let written = export(Format::Shell, &[item], &Options::default()).unwrap();
    for shell in ["/bin/sh", "/bin/bash"] {
        assert_eq!(environment(&[shell], BY_EVAL, written.text.reveal())["A"], text);
    }
    assert!(!trap.exists());
}

/// The reason for the refusal: bash reads these as arithmetic, and arithmetic runs what stands in a subscript.
#[test]
fn a_name_that_bash_would_compute_is_refused_as_it_would_run_the_value() {
    let folder = tempfile::tempdir().unwrap();
    let trap = folder.path().join("run");
    let text = format!("a[$(touch {})]", trap.display());
    let error = export(Format::Shell, &[Exported { name: "RANDOM", text: &text, secret: false }], &Options::default());
    assert!(error.unwrap_err().to_string().contains("`RANDOM` (a shell keeps this name for itself)"));
    let output = Command::new("/bin/bash").arg("-c").arg(format!("export RANDOM='{text}'")).output().unwrap();
    assert!(trap.exists(), "bash no longer runs it: {output:?}");
}
