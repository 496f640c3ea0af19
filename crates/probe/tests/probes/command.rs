use crate::{identity, is, is_configuration, rig, trouble};
use bootproof_core::{Cause, Criticality::Required, Retry, Service, Step};
use bootproof_probe::CommandService;
use std::{
    path::Path,
    time::{Duration, Instant},
};

fn sh(script: &str) -> CommandService {
    CommandService::new("check", ["/bin/sh", "-c", script], Required)
}

/// Waits until the process whose number is in `file` is gone.
async fn gone(file: &Path) -> bool {
    let text = std::fs::read_to_string(file).expect("the command wrote its number");
    let pid: u32 = text.trim().parse().expect("a number");
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(3) {
        let state = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        // A zombie is dead; who reaps an orphan is the machine's affair.
        if state.is_err() || state.is_ok_and(|text| text.contains(") Z ")) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

/// Waits until the command wrote its number.
async fn written(file: &Path) {
    while !std::fs::read_to_string(file).is_ok_and(|text| text.ends_with('\n')) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_command_that_exits_with_0_is_up_and_leaves_evidence() {
    let (rig, service) = (rig(), sh("exit 0"));
    let found = service.probe(&rig.cx(Step::Inspect)).await.unwrap();
    assert_eq!(found.0, "`/bin/sh` exits with 0");
    assert_eq!(rig.evidence()[0].saw, "exit code 0");
}

#[tokio::test]
async fn an_exit_code_is_shown_with_the_last_words_and_says_whether_time_may_cure() {
    for (code, cause, retry) in [
        (3, Cause::Fault, Retry::MayHelp),
        (75, Cause::Away, Retry::MayHelp),
        (78, Cause::Configuration, Retry::Never),
        (127, Cause::Configuration, Retry::Never),
    ] {
        let diagnosis = trouble(&sh(&format!("echo first >&2; echo not there yet >&2; exit {code}"))).await;
        is(&diagnosis, "CMD-003", cause, retry);
        let shown = diagnosis.to_string();
        assert!(
            shown.contains(&format!("exit code {code}")) && shown.contains("its last words: not there yet"),
            "{shown}"
        );
        assert!(!shown.contains("first"), "{shown}");
    }
}

#[tokio::test]
async fn secrets_in_arguments_and_last_words_are_not_shown() {
    let rig = rig().vars(&[("DB_PASSWORD", "hunter2"), ("URL", "redis://:sesame@cache:1")]);
    let script = "echo \"cannot reach $URL with $0 and redis://:other@h\" >&2; exit 1";
    let service = CommandService::new("x", ["/bin/sh", "-c", script, "${DB_PASSWORD}"], Required);
    let diagnosis = service.probe(&rig.cx(Step::Inspect)).await.unwrap_err();
    let shown = format!("{diagnosis} {diagnosis:?} {:?}", rig.evidence());
    assert!(["hunter2", "sesame", "other"].iter().all(|secret| !shown.contains(secret)), "{shown}");
    assert!(shown.contains("cannot reach *** with *** and redis://***@h"), "{shown}");
}

#[tokio::test]
async fn a_missing_program_and_one_that_cannot_be_run_are_configuration() {
    let missing = CommandService::new("x", ["no-such-program-here"], Required);
    is_configuration(&trouble(&missing).await, "CMD-001");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    std::fs::write(&path, "data").unwrap();
    is_configuration(&trouble(&CommandService::new("x", [path.to_str().unwrap()], Required)).await, "CMD-002");
    is_configuration(&trouble(&CommandService::new("x", Vec::<String>::new(), Required)).await, "CMD-006");
    let unset = trouble(&CommandService::new("x", ["true", "${NOT_SET}"], Required)).await;
    is_configuration(&unset, "CMD-006");
    assert!(unset.why[0].contains("`NOT_SET`"), "{unset}");
}

#[tokio::test]
async fn a_program_is_sought_in_the_path_that_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("only-here");
    std::os::unix::fs::symlink("/bin/true", &path).unwrap();
    let service = CommandService::new("x", ["only-here"], Required);
    is_configuration(&trouble(&service).await, "CMD-001");
    let rig = rig().vars(&[("PATH", folder.path().to_str().unwrap())]);
    assert!(service.probe(&rig.cx(Step::Inspect)).await.is_ok());
}

#[tokio::test]
async fn a_command_sees_the_starts_variables_and_no_others_and_no_shell_reads_it() {
    let rig = rig().vars(&[("GIVEN", "old"), ("OTHER", "kept")]);
    let resolved = bootproof_core::Vars::from_pairs("test", [("GIVEN", "new")]);
    let cx = rig.cx(Step::Inspect);
    cx.publish_vars(resolved);
    let script = "test \"$GIVEN $OTHER\" = 'new kept' && test -z \"$CARGO_MANIFEST_DIR\" && test \"$0\" = '$(id) *'";
    let service = CommandService::new("x", ["/bin/sh", "-c", script, "$(id) *"], Required);
    service.probe(&cx).await.unwrap_or_else(|diagnosis| panic!("{diagnosis}"));
}

#[tokio::test]
async fn a_crash_is_named_by_its_signal() {
    let diagnosis = trouble(&sh("kill -SEGV $$$$")).await;
    is(&diagnosis, "CMD-004", Cause::Fault, Retry::Never);
    assert!(diagnosis.what.contains("signal 11"), "{diagnosis}");
}

#[tokio::test]
async fn at_its_limit_a_command_is_killed_with_all_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let script = format!("sleep 60 & echo $! > {}; echo still waiting >&2; wait", file.display());
    let began = Instant::now();
    let diagnosis = trouble(&sh(&script).limit(Duration::from_millis(300))).await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    is(&diagnosis, "CMD-005", Cause::Away, Retry::MayHelp);
    assert!(diagnosis.to_string().contains("still waiting"), "{diagnosis}");
    assert!(gone(&file).await, "what the command started must be gone");
}

#[tokio::test]
async fn a_step_that_has_less_left_is_not_overrun() {
    let (rig, limit) = (rig().limit(Duration::from_millis(600)), Duration::from_millis(600));
    let began = Instant::now();
    let diagnosis = sh("sleep 60").probe(&rig.cx(Step::Inspect)).await.unwrap_err();
    assert!(began.elapsed() < limit * 4, "{:?}", began.elapsed());
    is(&diagnosis, "CMD-005", Cause::Away, Retry::MayHelp);
}

#[tokio::test]
async fn when_its_probe_is_dropped_a_command_is_killed_with_all_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let (leader, child) = (folder.path().join("leader"), folder.path().join("child"));
    let script = format!("echo $$$$ > {}; sleep 60 & echo $! > {}; wait", leader.display(), child.display());
    let (rig, service) = (rig(), sh(&script));
    let cx = rig.cx(Step::Inspect);
    tokio::select! {
        found = service.probe(&cx) => panic!("{found:?}"),
        () = written(&child) => {}
    }
    assert!(gone(&leader).await && gone(&child).await, "the group must be gone");
}

#[tokio::test]
async fn what_a_successful_command_left_running_is_killed_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let began = Instant::now();
    identity(&sh(&format!("sleep 60 & echo $! > {}", file.display()))).await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert!(gone(&file).await, "what the command left must be gone");
}

#[tokio::test]
async fn a_command_that_says_much_is_not_held_up() {
    let diagnosis = trouble(&sh("i=0; while [ $i -lt 20000 ]; do echo line $i >&2; i=$((i+1)); done; exit 1")).await;
    assert!(diagnosis.why.iter().any(|why| why.contains("line 19999")), "{diagnosis}");
}
