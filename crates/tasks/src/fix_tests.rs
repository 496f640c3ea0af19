//! The fix: what it refuses, what it finds, and that its proof can fail.

use crate::{Limit, Settings, TaskManager, TaskSpec, TasksFix, TasksSpec, fix::MANAGER};
use bootproof_core::{Cause, Change, Criticality, Environment, Finding, Fix, Scope, Standing, Step};
use bootproof_testkit::contract::Rig;
use std::{sync::Arc, time::Duration};

const SECOND: Duration = Duration::from_secs(1);

fn spec(tasks: Vec<TaskSpec>) -> TasksSpec {
    TasksSpec { default_limit: 60 * SECOND, tasks, declared: true }
}

fn fix(spec: TasksSpec) -> TasksFix {
    TasksFix::new(spec, Criticality::Required).unwrap()
}

fn command(name: &str, argv: &[&str]) -> TaskSpec {
    TaskSpec { command: Some(argv.iter().map(ToString::to_string).collect()), ..TaskSpec::new(name) }
}

fn rig() -> Rig {
    Rig::new(Environment::Development)
}

/// A manager that limits nothing, where the fix put its own.
fn rig_without_limits() -> Rig {
    let rig = rig();
    let settings = Settings { enforced: false, ..Settings::default() };
    rig.shelf().put(MANAGER, Arc::new(TaskManager::with(settings).unwrap()));
    rig
}

#[test]
fn a3_a_limit_of_3600_s_is_an_error_before_start() {
    let task = TaskSpec { limit: Some(3600 * SECOND), ..TaskSpec::new("digest") };
    let Err(diagnosis) = TasksFix::new(spec(vec![task]), Criticality::Required) else { panic!("accepted") };
    assert_eq!((diagnosis.code, diagnosis.cause), ("TASK-001", Cause::Configuration));
    let text = diagnosis.to_string();
    assert!(text.contains("`digest`") && text.contains("3600s") && text.contains("120s"), "{text}");
}

#[test]
fn all_limits_out_of_range_are_named_at_once() {
    let tasks = vec![
        TaskSpec { limit: Some(121 * SECOND), ..TaskSpec::new("long") },
        TaskSpec { limit: Some(Duration::ZERO), ..TaskSpec::new("zero") },
        TaskSpec { limit: Some(SECOND), soft: Some(2 * SECOND), ..TaskSpec::new("crossed") },
        TaskSpec { limit: Some(120 * SECOND), soft: Some(100 * SECOND), ..TaskSpec::new("good") },
    ];
    let spec = TasksSpec { default_limit: 3600 * SECOND, ..spec(tasks) };
    let Err(diagnosis) = TasksFix::new(spec, Criticality::Required) else { panic!("accepted") };
    assert_eq!(diagnosis.why.len(), 4, "{diagnosis}");
    for (why, name) in diagnosis.why.iter().zip(["the default", "`long`", "`zero`", "`crossed`"]) {
        assert!(why.starts_with(name), "{why}");
    }
}

#[tokio::test]
async fn what_nothing_is_declared_for_is_not_counted_as_done() {
    let found = fix(TasksSpec::default()).inspect(&rig().cx(Step::Inspect)).await.unwrap();
    assert_eq!(found, Finding::NothingDeclared);
}

#[tokio::test]
async fn all_programs_that_cannot_be_run_are_named_at_once_and_no_argument_is_shown() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let tasks = vec![
        command("one", &["no-such-program", "hunter2"]),
        command("two", &[file.path().to_str().unwrap(), "hunter2"]),
        command("fine", &["sh", "-c", "exit"]),
        command("empty", &[]),
    ];
    let spec = spec(tasks);
    assert!(!format!("{spec:?}").contains("hunter2"));
    let diagnosis = fix(spec).inspect(&rig().cx(Step::Inspect)).await.unwrap_err();
    assert_eq!((diagnosis.code, diagnosis.cause, diagnosis.why.len()), ("TASK-002", Cause::Configuration, 3));
    assert!(!diagnosis.to_string().contains("hunter2"), "{diagnosis}");
}

#[tokio::test]
async fn a_declared_command_is_looked_up_on_the_path_of_the_service_and_not_run() {
    let directory = tempfile::tempdir().unwrap();
    let (program, trace) = (directory.path().join("digest"), directory.path().join("it ran"));
    std::fs::write(&program, format!("#!/bin/sh\n: > '{}'\n", trace.display())).unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = directory.path().to_str().unwrap();
    let fix = fix(spec(vec![command("digest", &["digest"])]));
    let Ok(Finding::Facts(facts)) = fix.inspect(&rig().vars(&[("PATH", path)]).cx(Step::Inspect)).await else {
        panic!("not found")
    };
    assert!(facts[1].contains(program.to_str().unwrap()), "{facts:?}");
    assert!(fix.inspect(&rig().vars(&[("PATH", "/nowhere")]).cx(Step::Inspect)).await.is_err());
    assert!(!trace.exists(), "the declared command was run");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_canaries_prove_every_limit_and_leave_nothing_in_the_books() {
    let rig = rig();
    let (_, _, proof) = rig.run(&fix(spec(vec![]))).await.unwrap();
    assert_eq!((proof.standing, proof.scope), (Standing::Proven, Scope::Process));
    let evidence = rig.evidence();
    let saw = |did: &str| {
        let found = evidence.iter().find(|e| e.did.contains(did)).unwrap_or_else(|| panic!("{did}: {evidence:?}"));
        found.saw.clone()
    };
    assert!(saw("ignores cancellation").contains("ended by force"), "{evidence:?}");
    assert!(saw("heeds its soft limit").contains("cleaned up"), "{evidence:?}");
    assert!(saw("blocks its thread").contains("blocks.rs:"), "{evidence:?}");
    assert!(saw("panics").contains("panics.rs:"), "{evidence:?}");
    assert!(saw("ignores SIGTERM").contains("killed and reaped"), "{evidence:?}");
    assert!(saw("heartbeat").contains("longest gap"), "{evidence:?}");
    let manager = rig.shelf().get::<TaskManager>(MANAGER).unwrap();
    assert_eq!(manager.snapshot(), crate::Snapshot::default());
    assert!(manager.spawn("the next", async {}).is_ok(), "it goes on serving");
}

#[tokio::test]
async fn the_proof_holds_on_a_runtime_of_one_thread_too() {
    let (_, _, proof) = rig().run(&fix(spec(vec![]))).await.unwrap();
    assert_eq!(proof.standing, Standing::Proven);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proof_fails_on_a_manager_that_does_not_enforce_limits_and_ends_its_canaries_all_the_same() {
    let mut rig = rig_without_limits();
    let diagnosis = fix(spec(vec![])).prove(&rig.cx(Step::Prove), &Change::nothing()).await.unwrap_err();
    assert_eq!(diagnosis.code, "TASK-003");
    let why = diagnosis.why.join("\n");
    assert!(diagnosis.what.contains("canary/ignores-cancellation"), "{diagnosis}");
    for missed in ["heeds-its-soft-limit", "TASK-004", "ignores-sigterm"] {
        assert!(why.contains(missed), "{missed}: {diagnosis}");
    }
    rig.settle().await;
    let manager = rig.shelf().get::<TaskManager>(MANAGER).unwrap();
    assert_eq!(manager.live(), 0, "{:?}", manager.snapshot());
}

#[tokio::test]
async fn the_proof_fails_on_a_manager_that_takes_no_tasks() {
    let rig = rig();
    let manager = TaskManager::new(Limit::default()).unwrap();
    manager.shutdown(Duration::ZERO).await;
    rig.shelf().put(MANAGER, Arc::new(manager));
    let diagnosis = fix(spec(vec![])).prove(&rig.cx(Step::Prove), &Change::nothing()).await.unwrap_err();
    assert_eq!(diagnosis.code, "TASK-007");
}

#[tokio::test]
async fn without_a_shell_the_report_says_which_part_was_not_shown() {
    let fixes = [(spec(vec![]), false), (spec(vec![command("digest", &["/bin/sh"])]), true)];
    for (spec, has_commands) in fixes {
        let rig = rig().vars(&[("PATH", "/nowhere")]);
        let (_, _, proof) = rig.run(&fix(spec)).await.unwrap();
        assert!(rig.evidence().iter().any(|e| e.saw.contains("there is no `sh`")), "{:?}", rig.evidence());
        match proof.standing {
            Standing::Unproven(diagnosis) if has_commands => assert_eq!(diagnosis.code, "TASK-009"),
            standing => assert!(!has_commands && standing == Standing::Proven, "{standing:?}"),
        }
    }
}

#[tokio::test]
async fn the_manager_on_the_shelf_has_the_declared_limits() {
    let digest = TaskSpec { limit: Some(90 * SECOND), soft: Some(80 * SECOND), ..TaskSpec::new("digest") };
    let rig = rig();
    rig.run(&fix(TasksSpec { default_limit: 30 * SECOND, ..spec(vec![digest]) })).await.unwrap();
    let manager = rig.shelf().get::<TaskManager>(MANAGER).unwrap();
    let digest = manager.limits_of("digest");
    assert_eq!((digest.soft(), digest.hard()), (80 * SECOND, 90 * SECOND));
    assert_eq!(manager.limits_of("other").hard(), 30 * SECOND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undo_that_cannot_stop_a_task_says_which_and_leaves_half_of_its_time_to_others() {
    // As long as the engine gives all of them together.
    let rig = rig().limit(2 * SECOND);
    let fix = fix(spec(vec![]));
    let (_, change, _) = rig.run(&fix).await.unwrap();
    let manager = rig.shelf().get::<TaskManager>(MANAGER).unwrap();
    let (release, held) = std::sync::mpsc::channel::<()>();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let work = move || begun.send(()).and_then(|()| held.recv().map_err(drop)).map_err(|()| "let go");
    manager.spawn_blocking("stuck", work).unwrap();
    has_begun.await.unwrap();
    let cx = rig.cx(Step::Undo);
    let diagnosis = fix.undo(&cx, &change).await.unwrap_err();
    assert!(cx.left() > SECOND / 2, "{:?} left", cx.left());
    assert!(diagnosis.code == "TASK-008" && diagnosis.why[0].contains("`stuck`"), "{diagnosis}");
    drop(release);
}

#[test]
fn every_code_is_listed_once_and_has_a_page() {
    let docs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes");
    for (at, (code, title)) in crate::diagnose::CODES.iter().enumerate() {
        assert_eq!(*code, format!("TASK-{:03}", at + 1));
        let page = std::fs::read_to_string(docs.join(format!("{code}.md"))).unwrap_or_else(|e| panic!("{code}: {e}"));
        assert!(page.starts_with(&format!("# {code}: {title}\n")), "{code}");
        assert!(page.lines().count() <= 20, "{code}");
    }
}
