//! How the program begins and ends, and what exit code that gives.

use super::*;
use nix::sys::signal::Signal;
use std::os::unix::process::ExitStatusExt;

#[tokio::test]
async fn the_exit_code_is_the_programs_and_128_and_more_for_a_signal() {
    let sandbox = service(NO_PORT);
    for (script, code) in [("exit 0", 0), ("exit 3", 3), ("exit 255", 255), ("kill -9 $$", 137), ("kill -15 $$", 143)] {
        let output = run(&sandbox, &[], &["sh", "-c", script]).run().await;
        assert_eq!(output.status.code(), Some(code), "{script}: {}", output.stderr);
    }
}

#[tokio::test]
async fn stdout_is_the_programs_alone_and_the_report_is_on_stderr() {
    let sandbox = service(ONE_PORT);
    let output = run(&sandbox, &[], &["echo", "data"]).run().await;
    assert_eq!((output.stdout.as_str(), output.code()), ("data\n", 0));
    assert!(output.stderr.contains("proven") && output.stderr.lines().count() == 1, "{}", output.stderr);
    let quiet = run(&sandbox, &["-q"], &["echo", "data"]).run().await;
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("data\n", ""));
    let verbose = run(&sandbox, &["-v"], &["sleep", "1"]).run().await;
    assert!(verbose.stderr.contains("evidence") && verbose.stderr.contains("ports.api: proven (child)"));
}

#[tokio::test]
async fn a_program_that_is_not_there_or_cannot_be_executed_is_told_before_anything_is_done() {
    let sandbox = service(NO_PORT);
    sandbox.write("data.txt", "no program");
    let cases = [
        ("no-such-program", 127, "RUN-009"),
        ("./nowhere/x", 127, "RUN-009"),
        ("./data.txt", 126, "RUN-010"),
        (".", 126, "RUN-010"),
    ];
    for (program, code, diagnosis) in cases {
        let output = run(&sandbox, &["-v"], &[program]).run().await;
        assert_eq!(output.status.code(), Some(code), "{program}: {}", output.stderr);
        assert!(output.stderr.contains(diagnosis) && !output.stderr.contains("begins"), "{}", output.stderr);
    }
    let usage = bootproof(&sandbox, "development", &["run"]).run().await;
    assert_eq!(usage.status.code(), Some(2), "a command is needed: {}", usage.stderr);
}

#[tokio::test]
async fn what_only_the_system_can_refuse_is_told_by_the_helper() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = service(NO_PORT);
    for (text, code) in [("#!/no/such/interpreter\n", 127), ("#!/etc\n", 126)] {
        let path = sandbox.write("program", text);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let output = run(&sandbox, &[], &["./program"]).run().await;
        assert_eq!(output.status.code(), Some(code), "{}", output.stderr);
        assert!(output.stderr.contains("RUN-010: `./program` cannot be started"), "{}", output.stderr);
        assert!(!output.stderr.contains("RUN-011"), "it never began: {}", output.stderr);
    }
}

#[tokio::test]
async fn a_start_that_fails_never_starts_the_program_and_gives_the_code_of_verify() {
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port();
    let cases = [
        (format!("[ports.api]\nport = {port}\nstrict = true\nhost = \"localhost\"\n"), 1, "PORT-002"),
        ("[env.NEEDED]\nrequired = true\n".to_owned(), 78, "NEEDED"),
        ("[ports.api]\nprot = 1\n".to_owned(), 78, "CONF-003"),
        ("[tcp.queue]\naddress = \"127.0.0.1:1\"\n".to_owned(), 75, "tcp.queue"),
    ];
    for (toml, code, word) in cases {
        let sandbox = service(&toml);
        let output = run(&sandbox, &["--timeout", "5s"], &["touch", "started"]).run().await;
        assert_eq!(output.status.code(), Some(code), "{toml}{}", output.stderr);
        assert!(output.stderr.contains(word) && output.stdout.is_empty(), "{}", output.stderr);
        assert!(!sandbox.path().join("started").exists(), "{toml}");
    }
}

#[tokio::test]
async fn a_program_that_fails_at_once_is_told_what_it_was_given() {
    let sandbox = service(ONE_PORT);
    let with = run(&sandbox, &[], &["sh", "-c", "exit 5"]).run().await;
    assert!(with.stderr.contains("RUN-011") && with.stderr.contains("hand_over = \"release\""), "{}", with.stderr);
    let sandbox = service(NO_PORT);
    let without = run(&sandbox, &[], &["sh", "-c", "exit 5"]).run().await;
    assert!(without.stderr.contains("RUN-011") && !without.stderr.contains("release"), "{}", without.stderr);
}

#[tokio::test]
async fn a_killed_bootproof_leaves_no_program_behind() {
    let sandbox = service(ONE_PORT);
    let running =
        perl(&sandbox, &[], "$SIG{TERM} = 'IGNORE'; $SIG{HUP} = 'IGNORE'; print \"pid $$\\n\"; sleep 1 while 1;")
            .spawn();
    let child: i32 = said(&running, "pid").parse().unwrap();
    running.signal(Signal::SIGKILL).unwrap();
    assert_eq!(running.wait().await.status.signal(), Some(9));
    until("the program's end", || (!lives(child)).then_some(()));
}

#[tokio::test]
async fn as_process_1_it_passes_signals_on_reaps_orphans_and_returns_the_exit_code() {
    let sandbox = service(NO_PORT);
    // The grandchild's parent ends at once, so that process 1 has to reap it.
    sandbox.write(
        "program.pl",
        "use strict; $| = 1; $SIG{TERM} = sub { exit 42 };\n\
         if (!fork) { if (!fork) { select undef, undef, undef, 0.05; exit 0 } exit 0 }\n\
         wait; select undef, undef, undef, 0.5;\n\
         my $zombies = grep { open(F, '<', $_) && <F> =~ /\\) Z / } glob '/proc/[0-9]*/stat';\n\
         print \"zombies $zombies parent \", getppid, \"\\n\"; sleep 1 while 1;\n",
    );
    let inside = [env!("CARGO_BIN_EXE_bootproof"), "run", "--env", "development", "--", "perl", "program.pl"];
    let running = unshare(&sandbox, &["--mount-proc"]).args(inside).spawn();
    assert_eq!(said(&running, "zombies"), "0 parent 1");
    let first = until("process 1", || child_of(running.pid()));
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(first), Signal::SIGTERM).unwrap();
    assert_eq!(running.wait().await.code(), 42);
}

/// The one child of `pid`.
fn child_of(pid: i32) -> Option<i32> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).ok()?;
    children.split_whitespace().next()?.parse().ok()
}

#[tokio::test]
async fn the_program_is_not_hurt_by_a_file_that_was_replaced_meanwhile() {
    let sandbox = service(NO_PORT);
    let own = sandbox.path().join("bootproof");
    std::fs::copy(env!("CARGO_BIN_EXE_bootproof"), &own).unwrap();
    // Deleted by its own first step: a command that is proven before the program starts.
    sandbox.write("bootproof.toml", "[command.deleted]\ncommand = [\"rm\", \"bootproof\"]\n");
    let output = sandbox.command(&own).args(["run", "--env", "development", "--", "echo", "here"]).run().await;
    assert_eq!((output.code(), output.stdout.as_str()), (0, "here\n"), "{}", output.stderr);
}
