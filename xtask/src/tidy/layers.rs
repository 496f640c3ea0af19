//! Who may depend on whom, as ARCHITECTURE.md says it.

use super::{Finding, Text};

/// Each crate and what of ours it may use. Tests may use the test kit besides.
const LAW: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("faults", &[]),
    ("env", &["core"]),
    ("ports", &["core"]),
    ("tasks", &["core"]),
    ("compose", &["core", "env", "ports"]),
    ("discovery", &["core", "ports"]),
    ("report", &["core"]),
    ("db", &["core", "tasks"]),
    ("engine", &["core", "tasks"]),
    ("redis", &["core", "faults", "tasks"]),
    ("probe", &["core", "db", "redis"]),
    ("testkit", &["core", "engine", "faults"]),
    (
        "bootproof",
        &[
            "compose",
            "core",
            "db",
            "discovery",
            "engine",
            "env",
            "faults",
            "ports",
            "probe",
            "redis",
            "report",
            "tasks",
        ],
    ),
    ("cli", &["bootproof", "core", "report"]),
];

/// Checks every manifest below `crates/`.
pub(super) fn check(manifests: &[Text]) -> Vec<Finding> {
    manifests.iter().filter(|manifest| manifest.path.ends_with("/Cargo.toml")).flat_map(check_one).collect()
}

fn check_one(manifest: &Text) -> Vec<Finding> {
    let name = manifest.crate_folder().unwrap_or_default();
    let Some((_, allowed)) = LAW.iter().find(|(known, _)| *known == name) else {
        return vec![Finding::error(
            &manifest.path,
            format!("no law for `{name}`: add it to xtask/src/tidy/layers.rs"),
        )];
    };
    let mut findings = Vec::new();
    for (line, section, dependency) in dependencies(&manifest.text) {
        // Of itself: how a crate's own tests switch on its features.
        let for_tests = section == "dev-dependencies" && (dependency == "testkit" || dependency == name);
        if !allowed.contains(&dependency.as_str()) && !for_tests {
            let what = format!("`{name}` may not depend on `{dependency}` ({section})");
            findings.push(Finding::error(format!("{}:{line}", manifest.path), what));
        }
    }
    findings
}

/// Our crates that a manifest names: line, kind of dependency, folder of the crate.
fn dependencies(manifest: &str) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    let mut section = String::new();
    for (index, line) in manifest.lines().enumerate() {
        let line = line.trim();
        let key = match line.strip_prefix('[') {
            Some(head) => {
                head.trim_end_matches(']').clone_into(&mut section);
                // `[dependencies.bootproof-core]` names its dependency in the head.
                head.trim_end_matches(']').rsplit_once("dependencies.").map_or("", |(_, name)| name)
            }
            None if section.ends_with("dependencies") => line,
            None => "",
        };
        let name = key.split(['.', '=', ' ']).next().unwrap_or_default().trim_matches('"');
        if let Some(folder) = folder(name) {
            let kind = section.split('.').find(|part| part.ends_with("dependencies")).unwrap_or(&section);
            found.push((index + 1, kind.to_owned(), folder.to_owned()));
        }
    }
    found
}

/// The folder of one of our packages.
fn folder(package: &str) -> Option<&str> {
    match package {
        "bootproof" => Some("bootproof"),
        _ => package.strip_prefix("bootproof-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(name: &str, manifest: &str) -> Vec<String> {
        let path = format!("crates/{name}/Cargo.toml");
        check(&[Text::new(&path, manifest)]).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn what_the_law_allows_is_no_finding() {
        let manifest = "[package]\nname = \"bootproof-db\"\n[dependencies]\nbootproof-core.workspace = true\nsqlx = \"1\"\n\
                        [dev-dependencies]\nbootproof-testkit.workspace = true\nbootproof-db = { path = \".\" }\n";
        assert_eq!(findings("db", manifest), [""; 0]);
    }

    #[test]
    fn a_forbidden_dependency_is_found_however_it_is_written() {
        for line in
            ["bootproof-redis.workspace = true", "bootproof-redis = { path = \"x\" }", "\"bootproof-redis\" = \"1\""]
        {
            for head in ["dependencies", "build-dependencies", "dev-dependencies", "target.'cfg(unix)'.dependencies"] {
                let found = findings("engine", &format!("[{head}]\n{line}\n"));
                assert_eq!(found.len(), 1, "{head}: {line}");
                assert!(found[0].starts_with("error: crates/engine/Cargo.toml:2: `engine` may not depend on `redis`"));
            }
        }
        assert_eq!(findings("core", "[dependencies.bootproof-env]\nworkspace = true\n").len(), 1);
    }

    #[test]
    fn the_test_kit_is_for_tests_only() {
        assert_eq!(findings("ports", "[dependencies]\nbootproof-testkit.workspace = true\n").len(), 1);
    }

    #[test]
    fn the_facade_and_the_command_keep_their_order() {
        assert_eq!(findings("bootproof", "[dependencies]\nbootproof-cli.workspace = true\n").len(), 1);
        assert_eq!(findings("bootproof", "[dependencies]\nbootproof-report.workspace = true\n"), [""; 0]);
        assert_eq!(findings("report", "[dependencies]\nbootproof.workspace = true\n").len(), 1);
        assert_eq!(findings("cli", "[dependencies]\nbootproof.workspace = true\n"), [""; 0]);
    }

    #[test]
    fn a_crate_without_a_law_is_found() {
        assert!(findings("ledger", "")[0].contains("no law for `ledger`"));
    }
}
