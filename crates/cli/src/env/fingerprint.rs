//! `bootproof env fingerprint`.

use super::Seen;
use crate::{
    args::Common,
    format::Format,
    terminal::{Terminal, note, print},
};
use bootproof::env::{
    System, World,
    fingerprint::{FingerprintKey, fingerprint as hash},
};
use bootproof_core::{ExitCode, Secret, variables::FINGERPRINT_KEY};
use bootproof_report::env::{ENV_SCHEMA_VERSION, EnvFingerprint, EnvFingerprints};
use std::{collections::HashSet, fs, path::Path};

/// Prints the fingerprints, or what differs from those of an earlier output. Whatever cannot be read is a usage error.
pub(super) fn fingerprint(
    seen: &Seen,
    key_file: Option<&Path>,
    compare: Option<&Path>,
    common: &Common,
    terminal: &Terminal,
) -> ExitCode {
    let done = key(seen, key_file).and_then(|key| document(seen, &key)).and_then(|now| match compare {
        None => Ok(show(&now, common, terminal)),
        Some(path) => differences(&now, path, common, terminal),
    });
    done.unwrap_or_else(|why| {
        note(&format!("bootproof: {why}"));
        ExitCode::USAGE
    })
}

/// The key, from a file or from the variable: never from the command line, which everybody can read.
fn key(seen: &Seen, file: Option<&Path>) -> Result<FingerprintKey, String> {
    let given = match file {
        Some(path) => Some(read_key(path)?),
        None => seen.variables.process.text(FINGERPRINT_KEY).map(Secret::new),
    };
    let ways = format!("(`--key-file FILE` or {FINGERPRINT_KEY})");
    FingerprintKey::new(given.as_ref()).map_err(|error| format!("{error} {ways}"))
}

fn read_key(path: &Path) -> Result<Secret, String> {
    let file = System
        .secret_file(path)
        .map_err(|error| format!("the key file `{}` cannot be read: {error}", path.display()))?;
    if file.readable_by_others || file.writable_by_others {
        note(&format!(
            "every user of the machine may read or change the key file `{0}`: `chmod o-rwx {0}`",
            path.display()
        ));
    }
    Ok(file.text)
}

/// The fingerprints of the declared variables. What is in error has none: nobody knows what it should be.
fn document(seen: &Seen, key: &FingerprintKey) -> Result<EnvFingerprints, String> {
    let in_error =
        |name: &str| seen.culprit(name).is_some() || seen.problems_about(name).any(bootproof::env::Problem::is_error);
    let (wrong, right): (Vec<_>, Vec<_>) = seen.resolved.declared.iter().partition(|(name, _)| in_error(name));
    if !wrong.is_empty() {
        let told: Vec<String> = wrong.iter().map(|(name, _)| seen.with_culprit(name)).collect();
        note(&format!("left out, as they are in error (`bootproof env check`): {}", told.join(", ")));
    }
    let left_out = wrong.into_iter().map(|(name, _)| name.clone()).collect();
    let set: HashSet<&str> = seen.resolved.set().map(|(name, _)| name).collect();
    let texts = right.iter().map(|(name, set)| (name.as_str(), set.as_ref().map(|set| set.text.reveal())));
    let prints = hash(key, &texts.collect::<Vec<_>>()).map_err(|error| error.to_string())?;
    let one = |(name, print): (String, bootproof::env::fingerprint::Fingerprint)| EnvFingerprint {
        set: set.contains(name.as_str()),
        fingerprint: print.to_string(),
        name,
    };
    Ok(EnvFingerprints {
        schema_version: ENV_SCHEMA_VERSION,
        environment: seen.environment().to_owned(),
        key: prints.key.to_string(),
        all: prints.all.to_string(),
        variables: prints.each.into_iter().map(one).collect(),
        left_out,
    })
}

fn show(now: &EnvFingerprints, common: &Common, terminal: &Terminal) -> ExitCode {
    print(&match common.format() {
        Format::Json => now.json(),
        _ => now.text(&terminal.out),
    })
}

fn differences(now: &EnvFingerprints, path: &Path, common: &Common, terminal: &Terminal) -> Result<ExitCode, String> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
    let earlier = EnvFingerprints::read(&text).map_err(|why| format!("`{shown}` cannot be compared with: {why}"))?;
    let compared = now.compare(&earlier)?;
    let printed = print(&match common.format() {
        Format::Json => compared.json(),
        _ => compared.text(&terminal.out),
    });
    Ok(if compared.same { printed } else { ExitCode::FAILED })
}
