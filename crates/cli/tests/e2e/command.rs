//! The command line: files that cannot be used, flags, formats, exit codes, signals.

use crate::setup::*;
use bootproof_testkit::{Sandbox, faults::Link};
use nix::sys::signal::Signal;
use std::{path::Path, time::Duration};

/// The repository's own file, on its embedded defaults.
fn demo() -> Sandbox {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bootproof.toml");
    service(&std::fs::read_to_string(file).unwrap())
}

#[tokio::test]
async fn the_demo_is_proven_with_nothing_but_the_file() {
    let sandbox = demo();
    let report = verify(&sandbox, "development", &[], &[]).await;
    assert_eq!((report.proven(), report.code()), (FIXES.to_vec(), 0), "{}", report.output.stdout);
    assert_eq!(report.fix("redis")["scope"], "process", "the in-process store is no server");
    assert!(report.evidence("redis").contains("in-process store"), "{}", report.evidence("redis"));
    assert!(report.evidence("database").contains("SQLite"), "{}", report.evidence("database"));
    let again = verify(&sandbox, "development", &[], &[]).await;
    assert_eq!(again.code(), 0, "a second start finds what the first one made");
}

#[tokio::test]
async fn the_text_report_reads_without_colour_and_progress_is_on_stderr() {
    let output = bootproof(&demo(), "development", &["verify"]).run().await;
    assert_eq!(output.status.code(), Some(0));
    assert!(!output.stdout.contains('\u{1b}') && !output.stderr.contains('\u{1b}'), "no terminal, no colour");
    for id in FIXES {
        assert!(output.stdout.contains(id), "{}", output.stdout);
        assert!(output.stderr.contains(&format!("{id}: proven")), "{}", output.stderr);
    }
    assert!(output.stdout.lines().all(|line| line.chars().count() <= 80), "{}", output.stdout);
    let colored = bootproof(&demo(), "development", &["verify", "--color", "always"]).run().await;
    assert!(colored.stdout.contains('\u{1b}'));
    let quiet = bootproof(&demo(), "development", &["verify", "-q"]).run().await;
    assert_eq!(
        (quiet.stderr.as_str(), quiet.stdout.lines().filter(|l| !l.is_empty()).count()),
        ("", 1),
        "{}",
        quiet.stdout
    );
    let verbose = bootproof(&demo(), "development", &["verify", "-v"]).run().await;
    assert!(verbose.stdout.len() > output.stdout.len());
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_told_with_its_place_and_exit_78() {
    let cases: [(&str, &[&str]); 5] = [
        ("[ports.api]\nprot = 1\n", &["CONF-003", "bootproof.toml:2:1", "`port`"]),
        ("[portz.api]\nport = 1\n", &["CONF-003", "bootproof.toml:1:2", "ports"]),
        ("[ports.api\nport = 1\n", &["CONF-002", "bootproof.toml:1:"]),
        ("[ports.api]\nport = 70000\n", &["CONF-004", "bootproof.toml:2:8", "65535"]),
        ("[policy.stagging]\ngraceful = true\n", &["bootproof.toml:1:9", "staging"]),
    ];
    for (toml, expected) in cases {
        let sandbox = service(toml);
        for command in ["verify", "check", "plan"] {
            let output = bootproof(&sandbox, "development", &[command]).run().await;
            assert_eq!(output.status.code(), Some(78), "{command}: {}", output.stdout);
            for text in expected {
                assert!(output.stdout.contains(text), "{command} must say {text}: {}", output.stdout);
            }
        }
    }
    let missing = bootproof(&Sandbox::new(), "development", &["verify", "-f", "nowhere.toml"]).run().await;
    assert_eq!(missing.status.code(), Some(78));
    assert!(missing.stdout.contains("CONF-001") && missing.stdout.contains("nowhere.toml"), "{}", missing.stdout);
    let nowhere = Sandbox::new();
    std::os::unix::fs::symlink("gone", nowhere.path().join("bootproof.toml")).unwrap();
    let dangling = bootproof(&nowhere, "development", &["verify"]).run().await;
    assert!(dangling.stdout.contains("CONF-001"), "a link to nowhere is not `no file`: {}", dangling.stdout);
    let folder = bootproof(&Sandbox::new(), "development", &["verify", "-f", "."]).run().await;
    assert!(folder.stdout.contains("CONF-001") && folder.stdout.contains("directory"), "{}", folder.stdout);
}

#[tokio::test]
async fn a_refused_start_is_one_json_document_too() {
    let sandbox = service("[ports.api]\nprot = 1\n");
    let report = verify(&sandbox, "development", &[], &[]).await;
    assert_eq!((report.code(), report.json["outcome"].as_str()), (78, Some("failed")));
    assert_eq!(report.json["diagnoses"][0]["code"], "CONF-003", "{}", report.output.stdout);
    assert_eq!(report.json["schemaVersion"], 1);
}

#[tokio::test]
async fn an_unknown_environment_names_the_four_and_exits_78() {
    let output = bootproof(&demo(), "prodution", &["verify"]).run().await;
    assert_eq!(output.status.code(), Some(78));
    for name in ["development", "test", "staging", "production", "did you mean `production`"] {
        assert!(output.stdout.contains(name), "{}", output.stdout);
    }
    let by_variable =
        demo().command(env!("CARGO_BIN_EXE_bootproof")).args(["verify"]).var("ENVIRONMENT", "live").run().await;
    assert_eq!(by_variable.status.code(), Some(78), "{}", by_variable.stdout);
}

#[tokio::test]
async fn an_unset_environment_is_refused_where_somebody_else_runs_the_program() {
    let sandbox = demo();
    let run =
        sandbox.command(env!("CARGO_BIN_EXE_bootproof")).args(["verify"]).var("KUBERNETES_SERVICE_HOST", "10.0.0.1");
    let output = run.run().await;
    assert_eq!(output.status.code(), Some(78));
    assert!(output.stdout.contains("Kubernetes") && output.stdout.contains("CONF-005"), "{}", output.stdout);
}

#[tokio::test]
async fn usage_errors_exit_with_2_and_suggest_the_right_word() {
    let cases: [(&[&str], &str); 5] = [
        (&["verify", "--skip", "rediss"], "did you mean `redis`"),
        (&["verfy"], "verify"),
        (&["verify", "--timeout", "10"], "10s"),
        (&["verify", "--format", "dot"], "bootproof plan"),
        (&["verify", "--only", "redis", "--skip", "ports"], "--skip"),
    ];
    for (args, expected) in cases {
        let output = demo().command(env!("CARGO_BIN_EXE_bootproof")).args(args).run().await;
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", output.stderr);
        assert!(output.stderr.contains(expected), "{args:?}: {}", output.stderr);
        assert_eq!(output.stdout, "");
    }
}

#[tokio::test]
async fn explain_tells_every_code_and_refuses_unknown_ones() {
    let sandbox = Sandbox::new();
    let explain =
        async |args: &[&str]| sandbox.command(env!("CARGO_BIN_EXE_bootproof")).args(["explain"]).args(args).run().await;
    let all = explain(&[]).await;
    assert_eq!(all.status.code(), Some(0));
    let codes: Vec<&str> = all.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(codes.len() > 40, "{}", all.stdout);
    for code in [codes[0], codes[codes.len() - 1], "RUN-002", "redis-003"] {
        let page = explain(&[code]).await;
        assert_eq!(page.status.code(), Some(0), "{code}");
        assert!(page.stdout.contains(&code.to_uppercase()), "{}", page.stdout);
    }
    let unknown = explain(&["REDIS-999"]).await;
    assert_eq!(unknown.status.code(), Some(2));
    assert!(unknown.stderr.contains("did you mean"), "{}", unknown.stderr);
}

#[tokio::test]
async fn plan_prints_text_json_dot_and_mermaid_and_runs_nothing() {
    let sandbox = demo();
    let plan = async |format| bootproof(&sandbox, "production", &["plan", "--format", format]).run().await;
    let (text, dot, mermaid, json) = (plan("text").await, plan("dot").await, plan("mermaid").await, plan("json").await);
    for output in [&text, &dot, &mermaid, &json] {
        assert_eq!(output.status.code(), Some(0), "{}", output.stdout);
        assert!(output.stdout.contains("database.main"), "{}", output.stdout);
    }
    assert!(text.stdout.contains("30 s"), "the budget: {}", text.stdout);
    assert!(text.stdout.to_lowercase().contains("exceed"), "three steps of 30 s exceed 30 s: {}", text.stdout);
    assert!(
        dot.stdout.starts_with("digraph") && mermaid.stdout.starts_with("flowchart"),
        "{}\n{}",
        dot.stdout,
        mermaid.stdout
    );
    serde_json::from_str::<serde_json::Value>(&json.stdout).unwrap();
    assert!(sandbox.files().iter().all(|f| f == Path::new("bootproof.toml")), "{:?}", sandbox.files());
}

#[tokio::test]
async fn a_signal_ends_the_run_with_a_report_and_128_plus_its_number() {
    let silent = Link::silent().unwrap();
    let sandbox = service(&format!(
        "[ports.api]\nport = 0\nhost = \"localhost\"\n[database.main]\nurl = \"postgres://u@{}/x\"\n",
        silent.address()
    ));
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let running = bootproof(&sandbox, "staging", &["verify", "--format", "json"]).spawn();
        while !running.stderr().contains("ports: proven") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        running.signal(signal).unwrap();
        let report = Report::of(running.wait().await);
        assert_eq!(report.code(), code);
        assert_eq!((report.verdict("ports"), report.json["outcome"].as_str()), ("proven", Some("failed")));
        assert_eq!(report.problem("database.main"), "RUN-004", "{}", report.output.stdout);
        assert_eq!(report.fix("ports")["undone"]["result"], "undone", "{}", report.fix("ports"));
        assert!(report.output.elapsed < Duration::from_secs(8), "{:?}", report.output.elapsed);
    }
}

#[tokio::test]
async fn the_budget_ends_a_run_with_124() {
    let report = verify(&service("[tasks]\n"), "development", &[], &["--timeout", "20ms"]).await;
    assert_eq!((report.code(), report.problem("tasks")), (124, "RUN-003"), "{}", report.output.stdout);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_waits() {
    let sandbox = service(&format!("[tcp.gone]\naddress = \"127.0.0.1:{}\"\n", bootproof_testkit::free_port()));
    let waits = async |seed: &str| {
        let output = bootproof(&sandbox, "development", &["verify", "--timeout", "3s", "--seed", seed]).run().await;
        let next = output
            .stderr
            .lines()
            .filter_map(|l| l.split("next in ").nth(1))
            .map(|l| l.split(':').next().unwrap().to_owned());
        next.collect::<Vec<String>>()
    };
    let first = waits("4").await;
    assert!(!first.is_empty());
    assert_eq!(first, waits("4").await);
    assert_ne!(first, waits("5").await);
}
