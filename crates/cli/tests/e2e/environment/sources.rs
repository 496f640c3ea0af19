//! Who wins, who refers to whom, and what is told of rules that were changed.

use super::{
    ALL,
    files::{mode, private},
    told::{flat, told, told_with},
};
use crate::setup::*;
use std::{ffi::OsString, fs, os::unix::ffi::OsStringExt as _, path::Path};

/// The layers of one machine, the one that wins first.
const FILES: [&str; 4] = [".env.test.local", ".env.local", ".env.test", ".env"];

#[tokio::test]
async fn each_of_the_eight_sources_wins_over_all_that_come_after_it() {
    let rules: Vec<String> = (1..=8).map(|n| format!("\"V{n} == {n}\"")).collect();
    let declared: String = (1..=8).map(|n| format!("[env.V{n}]\ntype = \"int\"\ndefault = 8\n")).collect();
    let sandbox = service(&format!("[env]\nrules = [{}]\n{declared}", rules.join(", ")));
    // V1 is set in every layer, V2 in all but the first, ..., V8 by its default only. NAME and NAME_FILE are one layer's two
    // ways, of which a process must use one.
    for (layer, name) in (4..).zip(FILES) {
        let lines: Vec<String> = (1..=layer).map(|n| format!("V{n}={layer}\n")).collect();
        sandbox.write(name, lines.concat());
    }
    private(&sandbox.write("three", "3\n"));
    let secret = sandbox.path().join("three").display().to_string();
    let vars = [var("V1", "2"), var("V2", "2"), var("V3_FILE", &secret)];
    let flag = ["--set", "V1=1"];
    told_with(&sandbox, "test", &vars, &flag).await.accepts();
    let output = bootproof(&sandbox, "test", &["check", "-v"]).args(flag).vars(vars.clone()).run().await;
    let file = format!("file {secret}");
    let places = ["flag", "process", &file, ".env.test.local:4", ".env.local:5", ".env.test:6", ".env:7", "default"];
    let text = flat(&output.stdout);
    for (n, place) in (1..).zip(places) {
        assert!(text.contains(&format!("`V{n}` from {place}")), "V{n} is not from {place}: {text}");
    }
    // Without its own layer each falls to the next, which the rules tell.
    let broken = |n: usize| format!("ENV-032 `V{n} == {n}` does not hold");
    told(&sandbox, "test", &vars).await.refuses(&[&broken(1)]);
    told_with(&sandbox, "test", &vars[2..], &flag).await.refuses(&[&broken(2)]);
    told_with(&sandbox, "test", &vars[..2], &flag).await.refuses(&[&broken(3)]);
    for (layer, name) in (4..).zip(FILES) {
        let kept = sandbox.read(name);
        fs::remove_file(sandbox.path().join(name)).unwrap();
        told_with(&sandbox, "test", &vars, &flag).await.refuses(&[&broken(layer)]);
        sandbox.write(name, kept);
    }
}

#[tokio::test]
async fn a_line_that_cannot_be_read_is_told_with_its_variable_file_and_line() {
    let sandbox = service("[env.TOKEN]\ntype = \"secret\"\n[env.LEVEL]\ndefault = \"info\"\n");
    sandbox.write(".env", "# ours\nTOKEN=\"k3pt-s3cret\nLEVEL=debug\nwhat is this\n");
    let told = told(&sandbox, "development", &[]).await;
    told.refuses(&[
        "ENV-038 the value of `TOKEN` begins with a quote that is not closed: close it, or escape quotes inside it with `\\` (from .env:2)",
        "ENV-038 the line is no `NAME=value`: a value of several lines needs quotes, a comment begins with `#` (from .env:4)",
    ]);
    assert!(!told.everything.contains("k3pt"), "{}", told.everything);
}

#[tokio::test]
async fn a_variable_and_its_file_in_one_place_are_refused() {
    let sandbox = service("[env.K]\ntype = \"secret\"\n");
    let vars = [var("K", "s0me-value-here"), var("K_FILE", "/run/secrets/k")];
    told(&sandbox, "production", &vars).await.refuses(&["ENV-012 `K` and `K_FILE` are both set"]);
}

#[tokio::test]
async fn references_that_lead_back_to_themselves_are_told_once_with_the_whole_ring() {
    let sandbox = service("[env.A]\n[env.B]\n[env.C]\n[env.D]\ndefault = \"${E}\"\n[env.E]\ndefault = \"${D}\"\n");
    sandbox.write(".env", "A=x${B}\nB=${C}\nC=${A}\n");
    told(&sandbox, "development", &[]).await.refuses(&[
        "ENV-039 `A` → `B` → `C` → `A` refer to each other in a ring (from .env:3)",
        "ENV-039 `D` → `E` → `D` refer to each other in a ring",
    ]);
    let broken = told(&sandbox, "development", &[var("C", "an end"), var("E", "an end")]).await;
    broken.accepts();
    // A value that speaks of its own name means the one of the layer below.
    let own = service("[env]\nrules = [\"PATHS == '/opt/bin:/bin'\"]\n[env.PATHS]\n");
    own.write(".env.local", "PATHS=/opt/bin:${PATHS}\n");
    own.write(".env", "PATHS=/bin\n");
    told(&own, "development", &[]).await.accepts();
}

#[tokio::test]
async fn a_rule_that_the_file_changes_is_told_with_its_reason() {
    let toml = "[env.CACHE]\ntype = \"url\"\n[policy.production.severity]\nENV-021 = { level = \"LEVEL\", reason = \"the proxy listens here\" }\n";
    let vars = [var("CACHE", "redis://localhost")];
    for level in ["warning", "off"] {
        let milder = told(&service(&toml.replace("LEVEL", level)), "production", &vars).await;
        milder
            .accepts()
            .notes(&format!("rule ENV-021 is `{level}` in production, as the file says: the proxy listens here"));
        let told_all_the_same = milder.notes.iter().any(|note| note == "ENV-021 `CACHE` leads to this very machine");
        assert_eq!(told_all_the_same, level == "warning", "{:?}", milder.notes);
    }
    let elsewhere = told(&service(&toml.replace("LEVEL", "off")), "staging", &vars).await;
    elsewhere.refuses(&["ENV-021 `CACHE` leads to this very machine"]);
    let idle = told(&service(&toml.replace("LEVEL", "off")), "production", &[var("CACHE", "redis://cache")]).await;
    assert_eq!(idle.accepts().notes, [""; 0], "what made no difference is not told");
    let harder = toml.replace("production", "development").replace("LEVEL", "error");
    let harder = told(&service(&harder), "development", &vars).await;
    harder
        .refuses(&["ENV-021 `CACHE` leads to this very machine"])
        .notes("rule ENV-021 is `error` in development, as the file says: the proxy listens here");
}

#[tokio::test]
async fn an_old_name_is_a_warning_with_its_dates_until_it_is_gone() {
    let toml = |removed: &str| {
        format!(
            "[env.DB_PASSWORD]\ntype = \"secret\"\naliases = [{{ name = \"DB_PASS\", deprecated_since = \"2026-01-31\", removed_in = \"{removed}\" }}]\n"
        )
    };
    let vars = [var("DB_PASS", "k3pt-s3cret")];
    for environment in ALL {
        told(&service(&toml("2999-12-31")), environment, &vars).await.accepts().notes(
            "ENV-018 `DB_PASS` is an old name since 2026-01-31, and will be gone from 2999-12-31 on: it is `DB_PASSWORD` now",
        );
        told(&service(&toml("2026-02-28")), environment, &vars)
            .await
            .refuses(&["ENV-019 `DB_PASS` is set, but is gone since 2026-02-28: it is `DB_PASSWORD` now"]);
    }
    let renamed = told(&service(&toml("2026-02-28")), "production", &[var("DB_PASSWORD", "k3pt-s3cret")]).await;
    assert_eq!(renamed.accepts().notes, [""; 0]);
}

#[tokio::test]
async fn a_name_that_looks_like_a_typo_is_told_with_the_one_that_is_meant() {
    let sandbox = service("[env.DATABASE_URL]\ntype = \"url\"\n[env.LEVEL]\ndefault = \"info\"\n");
    let told = told(&sandbox, "production", &[var("DATABSE_URL", "postgres://u:k3pt-s3cret@db/x")]).await;
    told.accepts().notes("ENV-027 `DATABSE_URL` is set and not declared; is `DATABASE_URL` meant?");
    assert!(!told.everything.contains("k3pt"), "{}", told.everything);
}

#[tokio::test]
async fn a_value_that_is_not_text_is_named() {
    let sandbox = service("[env.API_TOKEN]\ntype = \"secret\"\nrequired = true\n");
    for (name, refused) in [("API_TOKEN", true), ("SOMETHING_ELSE", false)] {
        let bytes = OsString::from_vec(b"caf\xe9-k3pt".to_vec());
        let run = bootproof(&sandbox, "production", &["verify", "--format", "json"]).var(name, &bytes);
        let run = if refused { run } else { run.var("API_TOKEN", "k3pt-s3cret") };
        let report = Report::of(run.run().await);
        let why = report.fix("environment")["diagnosis"]["why"].clone();
        match refused {
            true => {
                assert_eq!(why, serde_json::json!(["ENV-044 `API_TOKEN` is set to something that is not UTF-8 text"]))
            }
            false => assert_eq!((why, report.code()), (serde_json::Value::Null, 0)),
        }
        assert!(!report.output.stdout.contains("k3pt"), "{}", report.output.stdout);
    }
}

#[tokio::test]
async fn a_secret_file_that_others_may_read_or_change_is_told() {
    // On a disk: what lies in memory is taken for a mount of a container engine.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("secret-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("token");
    fs::write(&file, "k3pt-s3cret-t0ken\n").unwrap();
    let sandbox = service("[env.API_TOKEN]\ntype = \"secret\"\n");
    let vars = [var("API_TOKEN_FILE", file.display().to_string())];
    for (rights, what) in
        [(0o600, None), (0o640, None), (0o644, Some("read")), (0o602, Some("change")), (0o666, Some("change"))]
    {
        mode(&file, rights);
        let line = what.map(|what| {
            format!(
                "ENV-035 `API_TOKEN_FILE` names a file that every user of the machine may {what} (from file {})",
                file.display()
            )
        });
        for environment in ALL {
            let told = told(&sandbox, environment, &vars).await;
            match (&line, environment) {
                (None, _) => assert_eq!(told.accepts().notes, [""; 0], "{rights:o}"),
                (Some(line), "staging" | "production") => drop(told.refuses(&[line])),
                (Some(line), _) => drop(told.accepts().notes(line)),
            }
            assert!(!told.everything.contains("k3pt"), "{}", told.everything);
        }
    }
    fs::remove_dir_all(&folder).unwrap();
}
